"""The experiments of a paper are asked for, and what differs between them is reported for each."""

import pytest
from conftest import random_model, text_record
from llguidance import LLMatcher
from llguidance.hf import from_tokenizer
from test_numbered_experiments import COUNTED
from test_tasks import ask, check_evidence, check_kind, play

from designspace.engine.generator import Answer
from designspace.language import context
from designspace.tasks import experiments, extraction, scopes
from designspace.tasks.cap import Cap
from designspace.tasks.questions import begin
from designspace.tasks.scopes import Scope

SETTINGS = {"max_new_tokens": 400, "min_confidence": 0.3, "reasoning": False}
LIBRARY = [
    {"name": "n_total", "kind": "integer", "definition": "Participants who took part, over all experiments."},
    {"name": "n_targets", "kind": "integer", "multiple": True, "definition": "Number of targets."},
    {"name": "schedule", "kind": "category", "multiple": True, "values": ["abrupt", "gradual"], "definition": "How."},
]


@pytest.fixture(scope="module")
def paper():
    page = [
        "Methods",
        "Fifty people took part.",
        "In Experiment 1, 24 people reached for 8 targets, and the rotation was abrupt.",
        "In Experiment 2, 26 people reached for 2 targets, and the rotation was abrupt, too.",
        "The pilot had one target.",
    ]
    return text_record("two_2020", page)


class Scripted:
    """A generator whose branches write what is given for them, and nothing where nothing is."""

    def __init__(self, tokenizer, texts):
        self.tokenizer, self.texts, self.rounds = tokenizer, texts, []
        self.grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=640)

    def ask(self, questions):
        self.rounds.append(questions)
        return [self.answer(question) for question in questions]

    def answer(self, question):
        text = self.texts.get(self.tokenizer.decode(question.prompt))
        if text is None:
            return Answer(p_alternative=1.0)
        tokens = self.tokenizer.encode(text, add_special_tokens=False)[: question.max_new_tokens]
        matcher = LLMatcher(self.grammar_tokenizer, LLMatcher.grammar_from_lark(question.grammar))
        assert all(matcher.consume_token(token) for token in tokens), f"{text} is not allowed"
        return Answer(tokens, [0.9] * len(tokens), 0.0, matcher.is_stopped())


def test_a_branch_begins_as_models_write():
    assert begin("n_total") == '```json\n{\n  "n_total":'
    assert begin("n", experiment="Exp é") == '```json\n{\n  "experiment": "Exp é",\n  "n":'
    assert begin("n", experiment=scopes.key("experiment 2")) == '```json\n{\n  "experiment": 2,\n  "n":'
    assert [scopes.key(name) for name in ("Experiment 2b", "Study 2")] == ["Experiment 2b", "Study 2"]


def answered(tokenizer, paper, texts, **settings):
    """The fields of the record of a paper about which a model answers that, and the generator."""
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    generator = Scripted(tokenizer, texts)
    paper = extraction.Paper(tokenizer, generator.grammar_tokenizer, paper, kept, LIBRARY, SETTINGS | settings)
    play(paper.rounds(), generator.ask)
    return paper.fields(), generator


def test_what_differs_is_reported_for_each_experiment_and_for_the_whole_paper(tokenizer, paper):
    texts = {
        begin("n_total"): " 50,\n",
        begin("n_targets"): " 8,\n",
        begin("schedule"): ' "abrupt",\n',
        begin("experiments"): ' ["Experiment 1", "experiment 2", "Experiment 7"],\n',
        begin("n_targets", experiment=1): " 8,\n",
        begin("n_targets", experiment=2): " 2,\n",
        begin("schedule", experiment=1): ' "abrupt"\n}',
    }
    fields, generator = answered(tokenizer, paper, texts)
    assert [experiment["name"] for experiment in fields["experiments"]] == ["Experiment 1", "experiment 2"]
    assert "Experiment 2" in fields["experiments"][1]["evidence"]
    reported = [value for value in fields["values"] if value["status"] == "reported"]
    for item in [*reported, *fields["experiments"]]:
        check_evidence(paper, item)
    assert [(value["parameter"], value.get("experiment", ""), value["value"]) for value in reported] == [
        ("n_total", "", 50),
        ("n_targets", "", 8),
        ("n_targets", "", 2),
        ("n_targets", "Experiment 1", 8),
        ("n_targets", "experiment 2", 2),
        ("schedule", "", "abrupt"),
    ]
    assert "Experiment 2" in reported[4]["evidence"]
    first, second = generator.rounds
    assert len(first) == len(LIBRARY) + 1 and len(second) == 4, "what cannot differ is asked once"
    assert fields["new_tokens"] == sum(len(generator.answer(question).tokens) for question in [*first, *second])


@pytest.mark.parametrize("names", [' ["Experiment 1", "Experiment 9"],\n', ' ["pilot"],\n', " [],\n", None])
def test_the_whole_paper_is_the_experiment_where_fewer_than_two_stand_in_it(tokenizer, paper, names):
    texts = {begin("n_targets"): " 8,\n"} | ({begin("experiments"): names} if names else {})
    fields, generator = answered(tokenizer, paper, texts)
    assert fields["experiments"] == [] and not any("experiment" in value for value in fields["values"])
    assert generator.rounds[1:] in ([], [[]])


def test_names_that_are_not_sure_enough_are_no_experiments(tokenizer, paper):
    texts = {begin("experiments"): ' ["Experiment 1", "Experiment 2"],\n'}
    fields, _ = answered(tokenizer, paper, texts, min_confidence=0.95)
    assert fields["experiments"] == []


def test_a_number_is_the_name_of_an_experiment_where_the_text_has_that(tokenizer, paper):
    fields, _ = answered(tokenizer, paper, {begin("experiments"): ' ["1", "2", "8", "26"],\n'})
    assert [experiment["name"] for experiment in fields["experiments"]] == ["Experiment 1", "Experiment 2"]


def test_experiments_that_a_paper_numbers_need_no_model(tokenizer):
    page = [
        "Methods",
        "Experiments 1 and 2 are about targets. In Experiment 1, 24 people reached for 8 targets.",
        "In Experiment 2, 26 people reached for 2 targets, other than in experiment 3 of another paper and in Study 4.",
        "In the pilot there was one target.",
    ]
    fields, _ = answered(tokenizer, text_record("three_2020", page), {begin("n_targets", experiment=2): " 2,\n"})
    assert [experiment["name"] for experiment in fields["experiments"]] == ["Experiment 1", "Experiment 2"]
    assert [(v["experiment"], v["value"]) for v in fields["values"] if v.get("experiment") and v["value"]] == [
        ("Experiment 2", 2)
    ]


def test_further_experiments_than_are_asked_about_count_too(tokenizer):
    page = ["Methods", *(f"Experiment {n} had {n + 20} adults. Experiment {n} was short." for n in range(1, 9))]
    record = text_record("eight_2020", page)
    kept = context.fit(record, 2000, tokenizer.backend_tokenizer)
    targets = {begin("n_targets", experiment=n): f" {n},\n" for n in range(1, 9)}
    generator = Scripted(tokenizer, targets | {begin("n_studies"): " 3,\n"})
    settings = SETTINGS | {"max_new_tokens": 2000}
    asked = extraction.Paper(tokenizer, generator.grammar_tokenizer, record, kept, [COUNTED, *LIBRARY], settings)
    play(asked.rounds(), generator.ask)
    fields = asked.fields()
    assert [experiment["name"] for experiment in fields["experiments"]] == [f"Experiment {n}" for n in range(1, 9)]
    questions = {tokenizer.decode(question.prompt) for asked in generator.rounds for question in asked}
    assert {n for n in range(1, 9) if begin("n_targets", experiment=n) in questions} == {1, 2, 3, 4, 5, 6}
    (count,) = [row for row in fields["values"] if row["parameter"] == "n_studies" and row["status"] == "reported"]
    assert (count["value"], count["rule"]) == (8, "the experiments that the paper numbers")
    assert "Experiment 8" in count["evidence"]


def test_a_short_name_of_a_numbered_experiment_is_no_other_one(tokenizer):
    text = "Experiment 1 was long. In Exp. 1 and Exp. 2 people sat. Experiment 2 was short."
    fields, _ = answered(
        tokenizer, text_record("short_2020", [text]), {begin("experiments"): ' ["Exp. 1", "Exp 2"],\n'}
    )
    assert [experiment["name"] for experiment in fields["experiments"]] == ["Experiment 1", "Experiment 2"]


def test_parts_stand_in_place_of_the_whole(tokenizer):
    page = ["Methods", "Experiment 1 had parts. Experiments 1a and 1b were long. Experiment 1a. Experiment 1b."]
    reply = {begin("experiments"): ' ["Experiment 1"],\n'}
    fields, _ = answered(tokenizer, text_record("parts_2020", page), reply)
    assert [experiment["name"] for experiment in fields["experiments"]] == ["Experiment 1a", "Experiment 1b"]


@pytest.mark.parametrize(
    "names", [["Methods", "abrupt"], ["took part. In Experiment 1", "people took part."], ["Pilot", "targets"]]
)
def test_what_the_text_calls_no_experiment_is_none(tokenizer, paper, names):
    fields, _ = answered(tokenizer, paper, {begin("experiments"): f' ["{names[0]}", "{names[1]}"],\n'})
    assert fields["experiments"] == []


def test_experiments_that_have_names(tokenizer):
    page = ["Methods", "Twelve people took part in the Short experiment and 14 in the experiment Long, in one session."]
    reply = {begin("experiments"): ' ["Short", "Long", "session"],\n'}
    fields, _ = answered(tokenizer, text_record("named_2020", page), reply)
    assert [experiment["name"] for experiment in fields["experiments"]] == ["Short", "Long"]


def test_the_name_of_an_experiment_is_a_whole_word_of_the_text(tokenizer, paper):
    fields, _ = answered(tokenizer, paper, {begin("experiments"): ' ["Experiment", "pilo", "xperiment 1"],\n'})
    assert fields["experiments"] == []


def test_the_number_of_a_section_is_not_that_of_an_experiment(tokenizer):
    page = ["Methods", "In Experiment 1 people sat. In Experiment 2 they stood. Experiments 1 and 2 were short."]
    page += ["Comparison of the experiments", "6.1 Measures", "Study 7,2 was long."]
    reply = {begin("experiments"): ' ["Experiments 6", "Study 7"],\n'}
    fields, _ = answered(tokenizer, text_record("sections_2020", page), reply)
    assert [experiment["name"] for experiment in fields["experiments"]] == ["Experiment 1", "Experiment 2"]


class Lengthy:
    """A generator that takes for each answer a share of the tokens it may, and keeps what it was asked."""

    grammar_tokenizer = None

    def __init__(self, share):
        self.share, self.rounds = share, []

    def ask(self, questions):
        self.rounds.append(questions)
        return [Answer([0] * self.length(question), [], 0.0, True) for question in questions]

    def length(self, question):
        return max(1, int(question.max_new_tokens * self.share))


@pytest.mark.parametrize(
    "cap, share, name, experiments_asked",
    [(30, 1, "Study", 1), (30, 0, "Study", 6), (100, 1, "Study", 4), (400, 1, "Study", 6), (400, 1, 90 * "x", 0)],
)
def test_questions_about_experiments_keep_to_the_cap_and_the_slots(tokenizer, cap, share, name, experiments_asked):
    generator = Lengthy(share)
    *_, slots = extraction.shape(tokenizer, LIBRARY, SETTINGS)
    cells = [(Scope(f"{name} {n}"), parameter) for n in range(6) for parameter in LIBRARY[1:]]
    asked = scopes.questions_about(tokenizer, cells, slots)
    tokens = Cap(cap)
    replies = play(tokens.ask([question for *_, question in asked]), generator.ask)
    assert tokens.unasked == len(asked) - len(replies)
    assert len({scope for (scope, *_), _ in zip(asked, replies, strict=False)}) == experiments_asked
    left = cap
    for asked in generator.rounds:
        assert 0 < sum(question.max_new_tokens for question in asked) <= left
        left -= sum(map(generator.length, asked))
        assert all(len(question.prompt) + question.max_new_tokens <= slots for question in asked)
    assert sum(map(len, generator.rounds)) == len(replies)


def test_the_evidence_is_the_experiments_own_sentence(tokenizer):
    page = ["Methods", "In Study A, 24 people reached for 8 targets.", "In Study B, 26 people reached for 8 targets."]
    texts = {
        begin("experiments"): ' ["Study A", "Study B"],\n',
        begin("n_targets"): " 4,\n",
        begin("n_targets", experiment="Study A"): " 8,\n",
        begin("n_targets", experiment="Study B"): " 8,\n",
    }
    fields, _ = answered(tokenizer, text_record("studies", page), texts)
    assert [experiment["evidence"][3:10] for experiment in fields["experiments"]] == ["Study A", "Study B"]
    own = {value["experiment"]: value["evidence"] for value in fields["values"] if "experiment" in value}
    assert {name: sentence[3:10] for name, sentence in own.items()} == {"Study A": "Study A", "Study B": "Study B"}


def test_what_one_experiment_alone_says_is_its_own_and_reasoning_is_of_the_value_that_it_explains(tokenizer, paper):
    texts = {
        begin("experiments"): ' ["Experiment 1", "Experiment 2"],\n',
        begin("n_targets", experiment=1): " 8,\n",
        begin("schedule"): ' "abrupt",\n',
        begin("schedule", experiment=2): ' "gradual",\n',
        begin("schedule") + ' "abrupt",\n  "reasoning":': ' "It was abrupt.",\n',
    }
    fields, _ = answered(tokenizer, paper, texts, reasoning=True, max_new_tokens=2000)
    rows = [value for value in fields["values"] if value["status"] == "reported"]
    assert [(row["parameter"], row.get("experiment"), row["value"], row["reasoning"]) for row in rows] == [
        ("n_targets", None, 8, ""),
        ("n_targets", "Experiment 1", 8, ""),
        ("schedule", None, "abrupt", "It was abrupt."),
        ("schedule", None, "gradual", ""),
        ("schedule", "Experiment 2", "gradual", ""),
    ]


@pytest.mark.parametrize("reasoning", [False, True])
def test_experiments_of_a_model_that_says_anything(tokenizer, record, library, reasoning, monkeypatch):
    names = ["one experiment", "Training"]

    monkeypatch.setattr(experiments, "named", lambda *of: [(name, 1.0) for name in names])
    settings = {"max_new_tokens": 2048, "min_confidence": 0.0, "reasoning": reasoning}
    fields = ask(extraction, random_model("llama"), tokenizer, record, library, settings)
    assert 0 < fields["new_tokens"] <= 2048
    own = [value for value in fields["values"] if "experiment" in value]
    assert {value["experiment"] for value in own} == set(names)
    by_name = {parameter["name"]: parameter for parameter in library}
    whole = {(value["parameter"], value["value"]) for value in fields["values"] if "experiment" not in value}
    for value in own:
        check_kind(by_name[value["parameter"]], value["value"])
        check_evidence(record, value)
        several = by_name[value["parameter"]].get("multiple") and "group" not in value and "rule" not in value
        said = (value["parameter"], value["value"]) in whole
        assert said or not several, "what an experiment reports of a parameter with several values, its paper does"
