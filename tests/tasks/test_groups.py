"""The groups of an experiment are asked for, what differs between them is reported, and their numbers are derived."""

import pytest
from conftest import text_record
from llguidance.hf import from_tokenizer
from test_experiments import Scripted
from test_tasks import check_evidence, play

from designspace.engine.generator import Answer
from designspace.language import context
from designspace.planning.branches import GROUPS, differing, of_extraction
from designspace.tasks import extraction, groups
from designspace.tasks.questions import begin

SETTINGS = {"max_new_tokens": 1000, "min_confidence": 0.3, "reasoning": False}
LIBRARY = [
    {"name": "n_total", "kind": "integer", "definition": "Participants."},
    {
        "name": "n",
        "kind": "integer",
        "multiple": True,
        "per": "group",
        "participants": "analysed",
        "definition": "Analysed.",
    },
    {
        "name": "n_start",
        "kind": "integer",
        "multiple": True,
        "per": "group",
        "participants": "recruited",
        "definition": "All.",
    },
    {"name": "size", "kind": "number", "unit": "deg", "multiple": True, "per": "group", "definition": "Its size."},
    {"name": "hint", "kind": "boolean", "per": "group", "definition": "Whether any group had a hint."},
    {"name": "targets", "kind": "integer", "multiple": True, "definition": "Targets."},
]
ONE = [
    "Methods",
    "Fifty people took part, and 26 participants were assigned to the Late group and 24 to the Early group.",
    "Two participants in the Late group were excluded from the analysis.",
    "The rotation was 30° in the Early group and 45° in the Late group.",
]
TWO = [
    "Methods",
    "In Experiment 1, 40 adults were divided equally into two groups.",
    "The cursor was shown to the Clamp group and hidden from the Free group.",
    "In Experiment 2, the same participants reached for 4 targets.",
]


def answered(tokenizer, page, texts, **settings):
    """The fields of the record of a paper about which a model answers that, and the generator."""
    paper = text_record("grouped_2020", page)
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    generator = Scripted(tokenizer, texts)
    asked = extraction.Paper(tokenizer, generator.grammar_tokenizer, paper, kept, LIBRARY, SETTINGS | settings)
    play(asked.rounds(), generator.ask)
    fields = asked.fields()
    for item in [*fields["values"], *fields["groups"], *fields["experiments"]]:
        if item.get("status", "reported") == "reported":
            check_evidence(paper, item)
    return fields, generator


def reported(fields, parameter):
    """{(experiment, group): (values, rule)} of a parameter."""
    cells = {}
    for row in fields["values"]:
        if row["parameter"] == parameter and row["status"] == "reported":
            key = row.get("experiment", ""), row.get("group", "")
            cells[key] = [*cells.get(key, []), (row["value"], row.get("rule"))]
    return cells


def test_groups_of_the_only_experiment(tokenizer):
    texts = {
        begin("groups"): ' ["Early", "late group", "Late", "Middle"],\n',
        begin("size"): " [30, 45],\n",
        begin("hint"): " false,\n",
        begin("size", group="Early"): " 30,\n",
        begin("size", group="late group"): " 45,\n",
        begin("hint", group="Early"): " true,\n",
        begin("hint", group="late group"): " false,\n",
        begin("n", group="Early"): " 50,\n",
    }
    fields, generator = answered(tokenizer, ONE, texts)
    assert [(group["experiment"], group["name"]) for group in fields["groups"]] == [("", "Early"), ("", "late group")]
    assert reported(fields, "size") == {
        ("", ""): [(30, None), (45, None)],
        ("", "Early"): [(30, None)],
        ("", "late group"): [(45, None)],
    }
    assert reported(fields, "hint") == {("", ""): [(False, None)], ("", "Early"): [(True, None)]}, "only what differs"
    assert reported(fields, "n") == {
        ("", ""): [(24, "")],
        ("", "Early"): [(24, "")],
        ("", "late group"): [(24, "26 recruited less 2 excluded")],
    }
    assert reported(fields, "n_start") == {("", ""): [(26, "")], ("", "late group"): [(26, "")]}
    first, second = generator.rounds
    assert len(first) == len(LIBRARY) + 2 and len(second) == 2 * len(differing(LIBRARY, "group")) == 8


def test_groups_of_one_of_two_experiments_and_a_shared_sample(tokenizer):
    texts = {
        begin("experiments"): ' ["Experiment 1", "Experiment 2"],\n',
        begin("groups"): ' ["Clamp", "Free"],\n',  # of the paper, which has several experiments
        begin("groups", experiment=1): ' ["Clamp", "clamped feedback", "Free", "Experiment 2"],\n',
        begin("groups", experiment=2): " [],\n",
        begin("targets", experiment=2): " 4,\n",
        begin("hint", experiment=1, group="Free"): " true,\n",
    }
    fields, generator = answered(tokenizer, TWO, texts)
    assert [(group["experiment"], group["name"]) for group in fields["groups"]] == [
        ("Experiment 1", "Clamp"),
        ("Experiment 1", "Free"),
    ]
    half = [(20, "40 divided equally among 2 groups")]
    assert reported(fields, "n") == {("", ""): half, ("Experiment 1", "Clamp"): half, ("Experiment 1", "Free"): half}
    assert reported(fields, "hint") == {("Experiment 1", "Free"): [(True, None)]}
    assert reported(fields, "targets")[("Experiment 2", "")] == [(4, None)]
    assert [experiment["same_sample"] for experiment in fields["experiments"]] == ["", "Experiment 1"]
    first, second, third = generator.rounds
    assert len(second) == 2 + 2 * 5 and len(third) == 2 * 4


def test_samples_that_other_studies_share_are_not_the_papers(tokenizer):
    page = [*TWO[:3], "In Experiment 2, 30 adults reached for 4 targets.", "Discussion"]
    page += ["As in Experiment 1, earlier studies tested the same participants in both tasks of Experiment 2."]
    texts = {begin("experiments"): ' ["Experiment 1", "Experiment 2"],\n'}
    fields, _ = answered(tokenizer, page, texts)
    assert [experiment["same_sample"] for experiment in fields["experiments"]] == ["", ""]


def test_a_model_is_not_asked_for_groups_where_no_parameter_is_theirs(tokenizer, monkeypatch):
    monkeypatch.setattr("test_groups.LIBRARY", [LIBRARY[0], LIBRARY[-1]])
    fields, generator = answered(tokenizer, ONE, {begin("groups"): ' ["Early", "Late"],\n'})
    assert fields["groups"] == [] and len(generator.rounds[0]) == 3


def test_what_the_model_answers_beside_a_number_of_the_program_stays_a_candidate(tokenizer):
    fields, _ = answered(tokenizer, ["Methods", "Twenty students took part."], {begin("n"): " 12,\n"})
    rows = [(row["value"], row["status"], row["evidence"]) for row in fields["values"] if row["parameter"] == "n"]
    assert rows == [(20, "reported", "Twenty students took part."), (12, "not_reported", None)]


def test_the_paper_has_the_numbers_of_its_groups(tokenizer):
    page = ["Methods", "Of the 50 participants, 26 were in the Late group and 24 in the Early group."]
    texts = {begin("groups"): ' ["Early", "Late"],\n', begin("n"): " 50,\n"}
    texts |= {begin("n", group="Early"): " 24,\n", begin("n", group="Late"): " 26,\n"}
    fields, _ = answered(tokenizer, page, texts)
    rows = [row for row in fields["values"] if row["parameter"] == "n" and "group" not in row]
    assert sorted((row["value"], row["status"]) for row in rows) == [
        (24, "reported"),
        (26, "reported"),
        (50, "not_reported"),
    ]


def test_a_division_that_is_taken_as_equal_has_half_the_confidence(tokenizer):
    page = ["Methods", "We tested 24 adults. They were assigned to the Early group or the Late group."]
    page += ["They were assigned to one of two groups."]
    texts = {begin("groups"): ' ["Early", "Late"],\n'}
    fields, _ = answered(tokenizer, page, texts)
    (late,) = [row for row in fields["values"] if row["parameter"] == "n" and row.get("group") == "Late"]
    assert late["rule"] == "24 divided among 2 groups, taken as equal"
    assert late["confidence"] == pytest.approx(0.5 * fields["groups"][1]["confidence"])


def test_groups_that_the_sentences_name_need_no_model(tokenizer):
    page = [
        "Methods",
        "Experiment 1. People were assigned to the bell (n = 12) or the red lamp (n = 14) group.",
        "Experiment 1 had no cue.",
        "Experiment 2. People were assigned to the slow or the fast group. In the slow group, all was red.",
        "Experiment 2 had no cue. It had ten people in the lamp group of others.",
    ]
    texts = {begin("targets", experiment=number): " 4,\n" for number in (1, 2)}
    texts |= {begin("groups", experiment=1): ' ["Bell", "Experiment 2", "cue"],\n'}
    fields, _ = answered(tokenizer, page, texts)
    named = [(group["experiment"], group["name"], group["confidence"]) for group in fields["groups"]]
    assert named == [
        ("Experiment 1", "Bell", 0.9),
        ("Experiment 1", "red lamp", 0.9),
        ("Experiment 2", "slow", 0.9),
        ("Experiment 2", "fast", 0.9),
    ]
    cells = reported(fields, "n")
    assert cells[("Experiment 1", "Bell")] == [(12, "")] and cells[("Experiment 1", "red lamp")] == [(14, "")]
    assert ("Experiment 2", "slow") not in cells and ("Experiment 2", "fast") not in cells


def test_groups_of_authors_and_of_other_studies_are_none(tokenizer):
    page = ["Lamp Group, Bell Group", "Lamp Group and Bell Group, University of Somewhere", "Methods", "All reached."]
    assert answered(tokenizer, page, {})[0]["groups"] == []


def test_groups_of_another_experiment_are_not_those_of_this_one(tokenizer):
    page = [
        "Methods",
        "Experiment 1. Ten people reached without a cue. Two out of 12 from the bell group were late.",
        "Experiment 1 had no cue. Two out of 14 from the lamp group were late.",
        "Experiment 2. People were assigned to the bell group (n = 12) or to the lamp group (n = 14).",
        "Experiment 2 had a cue. In Experiment 2, the bell group was faster than the lamp group.",
    ]
    texts = {begin("targets", experiment=number): " 4,\n" for number in (1, 2)}
    texts |= {begin("groups", experiment=number): ' ["bell", "lamp"],\n' for number in (1, 2)}
    fields, _ = answered(tokenizer, page, texts)
    assert {group["experiment"] for group in fields["groups"]} == {"Experiment 2"}


def test_names_that_no_sentence_calls_groups_are_none(tokenizer):
    texts = {begin("groups"): ' ["Day", "Night"],\n'}
    assert answered(tokenizer, ["Methods", "Lamps were lit by Day and by Night."], texts)[0]["groups"] == []


def test_questions_about_groups_keep_to_the_cap(tokenizer):
    texts = {begin("groups"): ' ["Early", "Late"],\n'}
    texts |= {
        begin(p["name"], group=name): " 1,\n" for name in ("Early", "Late") for p in LIBRARY if p["kind"] != "boolean"
    }
    for cap in (160, 200, 1000):
        fields, _ = answered(tokenizer, ONE, texts, max_new_tokens=cap)
        assert fields["new_tokens"] <= cap and len(fields["groups"]) == 2


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        ('["Clamp", "Free"]', ["Clamp", "Free"]),
        ('["Clamp", "clamped feedback", "the Clamp group", "Free"]', ["Clamp", "Free"]),
        ('["Clamp"]', []),
        ('["all participants", "Clamp"]', []),
        ('["Experiment 2", "Clamp"]', []),
        ('["2T 25°", "2T 75°", "2T"]', ["2T 25°", "2T 75°", "2T"]),
        ('["Nobody", "Clamp", "Free"]', ["Clamp", "Free"]),
    ],
)
def test_names_of_groups(tokenizer, listed, kept):
    text = "The Clamp group had clamped feedback. The Free group, 2T 25° and 2T 75°, too, and Experiment 2."
    tokens = tokenizer.encode(f" {listed},\n", add_special_tokens=False)
    reply = Answer(tokens, [0.9] * len(tokens), 0.0, True)
    names = groups.named(text, from_tokenizer(tokenizer, n_vocab=640), reply, 0.5, ["Experiment 2"])
    assert list(names) == kept


def test_the_plan_counts_the_rounds(tokenizer):
    branches, tokens = of_extraction(LIBRARY, 1000, False)
    assert branches == 64, "6 experiments of 6 groups with 4 parameters, as far as a step goes"
    assert of_extraction([LIBRARY[0], LIBRARY[-1]], 1000, False)[0] == 6 and GROUPS == 6
    assert extraction.shape(tokenizer, LIBRARY, SETTINGS)[:2] == (branches, tokens)
