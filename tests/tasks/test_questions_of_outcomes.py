"""Statistics and means are answered as the paper prints them, and nothing that it does not print is reported."""

import pytest
from conftest import ROOT, text_record
from test_experiments import Scripted
from test_tasks import check_evidence, play

from designspace.language import context, expressions, values
from designspace.settings import parameters
from designspace.tasks import extraction
from designspace.tasks.questions import begin, describe

SETTINGS = {"max_new_tokens": 1000, "min_confidence": 0.3, "reasoning": False}
MEAN = {"name": "aftereffect", "kind": "mean", "unit": "deg", "per": "group", "multiple": True, "definition": "It."}
TEST = {"name": "aftereffect_test", "kind": "statistic", "definition": "Test of the aftereffect."}
PAGE = [
    "Methods",
    "Forty people took part, 20 in the Early group and 20 in the Late group.",
    "Results",
    "The groups differed in the error (t(38) = 2.94, p = .006) at the end of training.",
    "The aftereffect was 19.6 ± 1.2° in the Early and 8.8 ± 1.0° in the Late group (t(38) = 6.9; p < .001, d = 2.2).",
]


def answered(tokenizer, texts):
    paper = text_record("outcomes_2020", PAGE)
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    generator = Scripted(tokenizer, texts)
    asked = extraction.Paper(tokenizer, generator.grammar_tokenizer, paper, kept, [MEAN, TEST], SETTINGS)
    play(asked.rounds(), generator.ask)
    rows = asked.fields()["values"]
    for row in rows:
        if row["status"] == "reported":
            check_evidence(paper, row)
    return [(row["parameter"], row.get("group", ""), row["value"], row["status"], row["evidence"]) for row in rows]


def test_the_expression_of_the_paper_is_reported_with_the_sentence_that_has_it(tokenizer):
    texts = {
        begin("groups"): ' ["Early", "Late"],\n',
        begin("aftereffect"): ' ["19.6 ± 1.2", "8.8 ± 1.0°"],\n',
        begin("aftereffect", group="Early"): ' "19.6 ± 1.2°",\n',
        begin("aftereffect", group="Late"): ' "8.8",\n',
        begin("aftereffect_test"): ' "t(38) = 6.9",\n',
    }
    assert answered(tokenizer, texts) == [
        ("aftereffect", "", "19.6 ± 1.2°", "reported", PAGE[-1]),
        ("aftereffect", "", "8.8 ± 1.0°", "reported", PAGE[-1]),
        ("aftereffect", "Early", "19.6 ± 1.2°", "reported", PAGE[-1]),
        ("aftereffect", "Late", "8.8 ± 1.0°", "reported", PAGE[-1]),
        ("aftereffect_test", "", "t(38) = 6.9, p < .001, d = 2.2", "reported", PAGE[-1]),
    ]


def test_what_the_paper_does_not_print_is_a_candidate(tokenizer):
    rows = answered(tokenizer, {begin("aftereffect_test"): ' "t(38) = 3.9, p < .001",\n'})
    assert rows[-1] == ("aftereffect_test", "", "t(38) = 3.9, p < .001", "not_reported", None)


def test_the_question_is_short():
    assert describe(TEST) == "- aftereffect_test (test statistic as printed, with its p): Test of the aftereffect."
    assert describe(MEAN) == "- aftereffect (mean with its spread as printed, several possible): It."


def test_the_library_of_outcomes_is_one():
    library = parameters.load(ROOT / "config" / "outcomes.yaml")
    assert {entry["kind"] for entry in library} >= {"statistic", "mean"}
    assert not parameters.example_warnings(library, "outcomes.yaml")


@pytest.mark.parametrize("kind", ["statistic", "mean"])
def test_a_correction_is_an_expression(kind):
    entry = {"name": "a", "kind": kind}
    assert values.parse(expressions.EXAMPLES[kind], entry) == [expressions.EXAMPLES[kind]]
    with pytest.raises(ValueError, match=f"it must be a {kind} such as"):
        values.typed("large", entry)
