"""Whatever a model says, what is reported is typed, allowed and a verbatim piece of the paper."""

import copy
import csv
import json
import re
import unicodedata
from pathlib import Path

import pytest
import torch
from conftest import random_model
from llguidance.hf import from_tokenizer

from designspace.engine import attention, loading
from designspace.engine.generator import Answer, Generator
from designspace.engine.masks import Masks
from designspace.language import context, quantities
from designspace.language.expressions import Expressions
from designspace.planning.branches import TEXT_CHARACTERS
from designspace.tasks import answers, discovery, extraction, grammars, prompts, questions

EXTRACTION = {"max_new_tokens": 1000, "min_confidence": 0.0, "reasoning": True}  # everything is reported
DISCOVERY = {"max_new_tokens": 600, "findings": 3, "categories": ["participants", "apparatus", "other"]}


def ask(task, weights, tokenizer, record, library, settings):
    """Run a task in this process; returns the fields of its record."""
    weights.set_attn_implementation(attention.FUSED)
    kept = context.fit(record, 2000, tokenizer.backend_tokenizer)
    before, after = task.frame(library, settings)
    tokens = prompts.prefix(tokenizer, before, context.kept_text(record, kept), after)
    number, _, slots = task.shape(tokenizer, library, settings)
    grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=weights.config.vocab_size)
    paper = task.Paper(tokenizer, grammar_tokenizer, record, kept, library, settings)
    Generator(weights, grammar_tokenizer, len(tokens), number, slots, chunk=512).answer_one(tokens, paper.rounds())
    return paper.fields()


def play(rounds, ask):
    """What rounds come to whose questions a function answers."""
    answers = None
    try:
        while True:
            answers = ask(rounds.send(answers))
    except StopIteration as end:
        return end.value


def check_evidence(record, item):
    assert item["evidence"] and record["text"][item["start"] : item["end"]] == item["evidence"]
    page = record["pages"][item["page"] - 1]
    assert page["start"] <= item["start"] < page["end"]
    assert item["boxes"] and all(box["page"] in (1, 2) for box in item["boxes"])


def printable(text):
    """No control, format, private or lone surrogate character (str.isprintable also refuses what is new in Unicode)."""
    return not {unicodedata.category(character) for character in text} & {"Cc", "Cf", "Co", "Cs"}


def check_kind(parameter, value):
    kind = parameter["kind"]
    assert kind != "integer" or type(value) is int
    assert kind != "number" or type(value) in (int, float)
    assert kind != "boolean" or type(value) is bool
    assert kind != "string" or (type(value) is str and value.strip() and printable(value))
    assert kind != "category" or value in parameter["values"]


@pytest.fixture(scope="module")
def answered(library):
    """The library as far as the model answers it: the program reads no participants."""
    read = {"participants", "characteristic"}
    return [{key: value for key, value in parameter.items() if key not in read} for parameter in library]


# Models that say different things, one of each family: the engine's own tests have more of each.
ANYTHING = pytest.mark.parametrize(("family", "seed"), [("llama", 4), ("qwen2", 1), ("qwen3", 2), ("mistral", 3)])


@ANYTHING
def test_values_of_a_model_that_says_anything(family, seed, tokenizer, record, answered):
    fields = ask(extraction, random_model(family, seed), tokenizer, record, answered, EXTRACTION)
    values = fields["values"]
    assert 0 < fields["new_tokens"] <= EXTRACTION["max_new_tokens"]
    assert {value["parameter"] for value in values} == {parameter["name"] for parameter in answered}
    assert any(value["status"] == "reported" for value in values)
    by_name = {parameter["name"]: parameter for parameter in answered}
    for value in values:
        assert 0 <= value["p_null"] <= 1
        if value["status"] == "failed":
            assert value["value"] is None and "max_new_tokens" in value["reason"]
            continue
        check_kind(by_name[value["parameter"]], value["value"])
        assert 0 <= value["confidence"] <= 1
        check_evidence(record, value)
    listed = [(value["parameter"], value["value"]) for value in values]
    assert len(set(listed)) == len(listed), "a value is listed once"


def test_confidence_is_the_condition_for_reporting(tokenizer, record, answered):
    weights = random_model("llama")

    def values(**settings):
        return ask(extraction, weights, tokenizer, record, answered, EXTRACTION | settings)["values"]

    nothing = values(min_confidence=1.1)
    assert {value["status"] for value in nothing} == {"not_reported"}
    assert all(value["evidence"] is None and value["reasoning"] == "" for value in nothing)
    everything = values(reasoning=False)
    # What would have been answered stays in the record, so that a threshold can be set later.
    assert [value["value"] for value in nothing] == [value["value"] for value in everything]
    assert {value["status"] for value in everything} == {"reported", "failed"}
    assert all(value["reasoning"] == "" for value in everything)
    threshold = sorted(value["confidence"] for value in everything if value["status"] == "reported")[5]
    some = values(min_confidence=threshold)
    assert {value["value"] for value in some if value["status"] == "reported"} == {
        value["value"] for value in everything if value["status"] == "reported" and value["confidence"] >= threshold
    }


def written(tokenizer, text, complete):
    """What a branch wrote, each of its tokens less probable than the one before, and the tokenizer of the grammars."""
    tokens = tokenizer.encode(text, add_special_tokens=False)
    probabilities = [1 - 0.01 * n for n in range(len(tokens))]
    return from_tokenizer(tokenizer, n_vocab=640), Answer(tokens, probabilities, 0.1, complete)


@pytest.mark.parametrize(
    "text, complete, values",
    [
        (" 158,\n", True, [158]),
        (' ["a, b", "c"],\n', True, ["a, b", "c"]),
        (" [25, 75, 25]\n}", True, [25, 75]),
        (" [25, 75, 9", False, [25, 75]),  # of a list that ran out of tokens, what is whole
        (' ["a", "b, c', False, ["a"]),
        (' ["a", "b"', False, ["a"]),
        (" 15", False, []),
    ],
)
def test_values_of_an_answer(tokenizer, text, complete, values):
    values_of_answer = answers.scalars(*written(tokenizer, text, complete))
    assert [value for value, _ in values_of_answer] == values
    assert sorted((p for _, p in values_of_answer), reverse=True) == [p for _, p in values_of_answer], (
        "each has its own probability"
    )


def test_a_number_that_the_paper_does_not_have_has_no_confidence():
    found = quantities.find("Targets stood 80 mm away.")
    distance = {"name": "target_distance", "kind": "number", "unit": "cm"}
    assert questions.confidences(distance, [(80, 0.9), (7, 0.8)], 0.5, found) == {8.0: 0.45, 7: 0.0}
    ages = {"name": "age_range", "kind": "string", "unit": "years"}
    assert questions.confidences(ages, [("18-34", 0.9), ("students", 0.8)], 0.5, found) == {
        "18-34": 0.0,
        "students": 0.4,
    }
    trials = {"name": "trials", "kind": "integer"}  # may be a sum
    assert questions.confidences(trials, [(120, 0.8)], 0.5, found) == {120: 0.4}


@ANYTHING
def test_findings_of_a_model_that_says_anything(family, seed, tokenizer, record, library, monkeypatch):
    for check in ("holds", "says_more", "shared_words"):  # what random weights write stands in no paper
        monkeypatch.setattr(discovery, check, lambda *_: True)
    monkeypatch.setattr(discovery, "FINDING_CHARACTERS", 0)  # and is as long as the grammar allows
    known = [{"name": "a", "kind": "integer", "definition": "A."}, *library]
    fields = ask(discovery, random_model(family, seed), tokenizer, record, known, DISCOVERY)
    findings = fields["findings"]
    assert 0 < fields["new_tokens"] <= DISCOVERY["max_new_tokens"]
    names = [finding["name"] for finding in findings]
    assert len(set(names)) == len(names) and not set(names) & {parameter["name"] for parameter in known}
    for finding in findings:
        assert re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", finding["name"])
        assert finding["importance"] in ("high", "medium", "low")
        assert finding["category"] in DISCOVERY["categories"]
        assert printable(finding["value"]) and printable(finding["description"])
        check_evidence(record, finding)


def test_thinking_is_switched_off_where_the_template_has_it(tokenizer):
    thinking = copy.copy(tokenizer)
    thinking.chat_template = tokenizer.chat_template + "{% if not enable_thinking %}<think></think>{% endif %}"
    assert tokenizer.decode(prompts.prefix(thinking, "a", "b", "c")).endswith("<think></think>")
    thinking.chat_template = None  # a base model reads plain text behind its first token
    assert tokenizer.decode(prompts.prefix(thinking, "a", "b", "c")) == "<|im_start|>abc"


def accepts(tokenizer, lark, text):
    from llguidance import LLMatcher

    grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=640)
    matcher = LLMatcher(grammar_tokenizer, LLMatcher.grammar_from_lark(lark), log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    tokens = tokenizer.encode(text, add_special_tokens=False)
    return all(matcher.consume_token(token) for token in tokens) and matcher.is_stopped() and not matcher.is_error()


@pytest.mark.parametrize(
    "kind, good, bad",
    [
        ("integer", [" 60,\n", "0\n}", " -5,\n"], [" 60", " 007,\n", " 1.5,\n", " null,\n", " 6e3,\n", " [60],\n"]),
        ("number", [" 0.25,\n", " 3\n}"], [" .5,\n", " 1.,\n", " NaN,\n", " 1e9,\n"]),
        ("boolean", [" true,\n", "false\n}"], [" True,\n", " yes,\n", ' "true",\n']),
        (
            "string",
            [' "a tablet, 25 cm (µ±°)",\n'],
            [' "",\n', ' " ",\n', ' "a\\"b",\n', ' "a\nb",\n', ' "a\u202eb",\n', ' "a'],
        ),
        ("category", [' "left",\n'], [' "lef",\n', " left,\n", ' "both",\n']),
    ],
)
def test_grammar_of_a_kind(tokenizer, kind, good, bad):
    lark = grammars.value({"name": "x", "kind": kind, "values": ["left", "right"]})
    assert all(accepts(tokenizer, lark, text) for text in good)
    assert not any(accepts(tokenizer, lark, text) for text in bad)


def test_grammar_of_several_values(tokenizer):
    lark = grammars.value({"name": "x", "kind": "category", "multiple": True, "values": ["left", "right", "a b"]})
    assert accepts(tokenizer, lark, ' "left",\n')
    assert accepts(tokenizer, lark, ' ["right", "a b"],\n')
    assert accepts(tokenizer, lark, ' ["left","right","a b"]\n}')
    assert not any(accepts(tokenizer, lark, text) for text in [" [],\n", ' ["left", null],\n'])
    lark = grammars.value({"name": "x", "kind": "number", "multiple": True})
    assert all(accepts(tokenizer, lark, f" {list(range(n))},\n") for n in (1, 2, 30)), "only its tokens end a list"


def texts():
    """Pieces, as long as a text may be, of the sentences behind the gold of the invented papers: numbers and units."""
    with (Path(__file__).parents[1] / "papers" / "gold.csv").open(encoding="utf-8") as file:
        sentences = [row["evidence"].replace('"', "") for row in csv.DictReader(file)]
    length = TEXT_CHARACTERS
    pieces = [s[at : at + length].strip() for s in sentences for at in range(0, len(s) - length, 25)]
    return [*sorted(set(pieces)), "large digitizing tablet (Intuos4 XL, 508 lpmm, 48.8 × 30.5"]


@pytest.mark.parametrize("multiple", [False, True])
@pytest.mark.parametrize(
    "kind, longest",
    [
        ("integer", ["-999999999", "123456789"]),
        ("number", ["-999999999.999999", "-123456789.012345"]),
        ("boolean", ["true", "false"]),
        ("string", [json.dumps(text, ensure_ascii=False) for text in texts()]),
        ("category", [f'"{value}"' for value in ("kg·m²", "ψ", "healthy_young_adults", "xqzwvk", 40 * "ab")]),
    ],
)
def test_a_value_that_the_grammar_allows_is_reached_within_its_tokens(embedded_model, kind, longest, multiple):
    real = loading.load_tokenizer(embedded_model)
    grammar_tokenizer = loading.load_grammar_tokenizer(embedded_model, None, len(real))
    masks = Masks(grammar_tokenizer, len(real), torch.device("cpu"))
    for value in longest:
        parameter = {"name": "x", "kind": kind, "multiple": multiple}
        parameter |= {"values": [json.loads(value)]} if kind == "category" else {}
        question = questions.question(real, parameter, 2048)
        matcher = masks.matcher(question.grammar)
        tokens = real.encode(f" {value},\n", add_special_tokens=False)
        assert all(matcher.consume_token(token) for token in tokens) and matcher.is_stopped(), value
        assert len(tokens) <= question.max_new_tokens, f"{value} takes {len(tokens)} tokens"


def test_a_text_that_the_grammar_cut_is_no_value(tokenizer):
    device = {"name": "device", "kind": "string"}
    for characters, values in [(59, {59 * "a": 0.5}), (60, {})]:
        tokens = tokenizer.encode(f' "{characters * "a"}",\n', add_special_tokens=False)
        reply = Answer(tokens, [0.5] * len(tokens), 0.0, True)
        found = questions.candidates_in(
            from_tokenizer(tokenizer, n_vocab=640), device, reply, quantities.find(""), Expressions("")
        )
        assert found.values == values


def test_grammar_of_a_category_with_many_values(tokenizer):
    masks = Masks(from_tokenizer(tokenizer, n_vocab=640), 640, torch.device("cpu"))
    values = [f"value {n} of many" for n in range(100, 1100)]
    matcher = masks.matcher(grammars.value({"name": "x", "kind": "category", "multiple": True, "values": values}))
    for token in tokenizer.encode(f" {json.dumps(values[-8:])},\n", add_special_tokens=False):
        assert masks.allowed([matcher])[0, token]
        masks.advance(matcher, token)
    assert matcher.is_stopped()


def test_grammar_of_several_values_where_only_one_is_possible(tokenizer):
    lark = grammars.value({"name": "x", "kind": "category", "multiple": True, "values": ["left"]})
    assert accepts(tokenizer, lark, ' "left",\n') and accepts(tokenizer, lark, ' ["left"],\n')
    finding = '{"name": "tilt", "value": "15", "unit": "deg", "description": "The tilt.", "importance": "low"}'
    lark = grammars.findings(1, ["n_total"])
    assert accepts(tokenizer, lark, f" [{finding}],") and accepts(tokenizer, lark, " [],")
    assert not accepts(tokenizer, lark, f" [{finding}, {finding}],")


def test_grammar_refuses_names_that_the_library_has(tokenizer):
    finding = '{{"name": "{}", "value": "15", "unit": "deg", "description": "The tilt.", "importance": "low"}}'
    lark = grammars.findings(2, ["tilt", "n_total"])
    assert accepts(tokenizer, lark, " [],")
    assert accepts(tokenizer, lark, f" [{finding.format('tilt_angle')}, {finding.format('til')}]}}")
    assert not accepts(tokenizer, lark, f" [{finding.format('tilt')}],")
    assert not accepts(tokenizer, lark, f" [{finding.format('Tilt')}],")


def test_the_grammar_of_names(tokenizer):
    lark = grammars.names(3)
    good = [" [],\n", ' ["Experiment 1"]\n}', ' ["Experiment 1", "the pilot (n = 5)"],\n', ' ["a", "b", "c"],\n']
    assert all(accepts(tokenizer, lark, text) for text in good)
    bad = [" null", ' "a"', ' [""]', ' ["a", "b", "c", "d"]', f' ["{41 * "a"}"]', ' ["a\\"b"]', ' ["a\nb"]']
    assert not any(accepts(tokenizer, lark, text + ",\n") for text in bad)
