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


def answered(tokenizer, texts, *, library=(MEAN, TEST), page=PAGE, scope="group", least=0.3):
    paper = text_record("outcomes_2020", page)
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    generator = Scripted(tokenizer, texts)
    settings = SETTINGS | {"min_confidence": least}
    asked = extraction.Paper(tokenizer, generator.grammar_tokenizer, paper, kept, [*library], settings)
    play(asked.rounds(), generator.ask)
    rows = asked.fields()["values"]
    for row in rows:
        if row["status"] == "reported":
            check_evidence(paper, row)
    return [(row["parameter"], row.get(scope, ""), row["value"], row["status"], row["evidence"]) for row in rows]


def reported(tokenizer, *texts, **changes):
    return {row[:3] for row in answered(tokenizer, *texts, **changes) if row[3] == "reported"}


def of_both(outcome, early, late):
    """What is reported where each group has a mean, and their paper has both."""
    return {(outcome, group, mean) for mean, *groups in ((early, "", "Early"), (late, "", "Late")) for group in groups}


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


def test_a_mean_in_another_kind_of_unit_is_no_value(tokenizer):
    page = [*PAGE, "The mean aftereffect of age was 21.4 years, SD = 2.8, and it lasted 3.1 ± 0.2 of a block."]
    texts = {begin("aftereffect"): ' ["21.4 years, SD = 2.8", "3.1 ± 0.2"],\n'}
    assert reported(tokenizer, texts, page=page) == {("aftereffect", "", "3.1 ± 0.2")}


def test_an_expression_of_a_sentence_about_something_else_has_half_of_its_confidence(tokenizer):
    page = [*PAGE, "Reaction times were 347 ± 11 ms (t(38) = 1.5, p = .14)."]
    time = MEAN | {"name": "time", "unit": "ms", "definition": "Its reaction time."}
    for asked, least, found in ((MEAN | {"unit": "s"}, 0.4, 1), (MEAN | {"unit": "s"}, 0.5, 0), (time, 0.5, 1)):
        texts = {begin(asked["name"]): ' "347 ± 11",\n'}
        assert len(reported(tokenizer, texts, page=page, library=[asked], least=least)) == found, (asked, least)
    for least, found in ((0.4, 1), (0.5, 0)):
        texts = {begin("aftereffect_test"): ' "t(38) = 1.5",\n'}
        assert len(reported(tokenizer, texts, page=page, library=[TEST | {"definition": "It."}], least=least)) == found


def test_the_evidence_of_an_expression_prints_it(tokenizer):
    """Also where another sentence is more about the outcome, and this one is a label."""
    texts = {begin("aftereffect"): ' "347 ± 11",\n'}
    other = "The aftereffect, an aftereffect of the rotation, was 19.6 ± 1.2°, 347 of it."
    page = [*PAGE, other, "References", "347 ± 11 aftereffect"]
    ((*_, evidence),) = [row for row in answered(tokenizer, texts, page=page) if row[3] == "reported"]
    assert evidence == page[-1]


def test_a_mean_is_that_of_the_group_to_which_its_sentence_gives_it(tokenizer):
    # The model knows one of two means, and takes it for that of both groups.
    texts = {
        begin("groups"): ' ["Early", "Late"],\n',
        begin("aftereffect"): ' "8.8 ± 1.0°",\n',
        begin("aftereffect", group="Early"): ' "8.8 ± 1.0°",\n',
        begin("aftereffect", group="Late"): ' "8.8 ± 1.0°",\n',
    }
    assert reported(tokenizer, texts) == of_both("aftereffect", "19.6 ± 1.2°", "8.8 ± 1.0°")


def test_means_side_by_side_are_of_the_outcome_that_their_sentence_is_about(tokenizer):
    # The model takes a mean of each for a value of both.
    aim = MEAN | {"name": "aim", "definition": "Where the participants say that they aim."}
    page = [*PAGE, "The Early group said that it aimed at 33.7 ± 2.4° and the Late group at 42.9 ± 2.1°."]
    both = ' ["8.8 ± 1.0°", "33.7 ± 2.4°"],\n'
    texts = {begin("groups"): ' ["Early", "Late"],\n', begin("aftereffect"): both, begin("aim"): both}
    found = reported(tokenizer, texts, library=(MEAN, aim), page=page)
    aftereffects, aims = ("aftereffect", "19.6 ± 1.2°", "8.8 ± 1.0°"), ("aim", "33.7 ± 2.4°", "42.9 ± 2.1°")
    assert found == of_both(*aftereffects) | of_both(*aims)


def test_the_column_of_a_reported_mean_is_of_its_outcome(tokenizer):
    rows = ["Group: Early; n: 20; Aftereffect (°): 7 ± 1; Aim (°): 3 ± 1."]
    rows += ["Group: Late; n: 20; Aftereffect (°): 6 ± 1; Aim (°): 2 ± 1."]
    texts = {begin("groups"): ' ["Early", "Late"],\n', begin("aftereffect"): ' "6 ± 1",\n'}
    found = reported(tokenizer, texts, library=[MEAN], page=[*PAGE[:3], *rows])
    assert {row for row in found if row[1]} == {("aftereffect", "Early", "7 ± 1"), ("aftereffect", "Late", "6 ± 1")}


def test_the_cells_of_a_row_are_put_together_and_the_row_is_the_evidence(tokenizer):
    rows = ["Early; Aftereffect, M: 7.1; Aftereffect, SD: 1.5; Aim, M: 3; Aim, SD: 1; n: 19."]
    rows += ["Late; Aftereffect, M: 6.2; Aftereffect, SD: 1.7; Aim, M: 2; Aim, SD: 1; n: 20."]
    rows += ["Outcome: Aftereffect; t: 6.9**; df: 37; p: < .001; d: 2.2."]
    texts = {begin("groups"): ' ["Early", "Late"],\n', begin("aftereffect"): ' "6.2 (1.7)",\n'}
    texts |= {begin("aftereffect_test"): ' "t = 6.9, p < .001",\n'}
    found = answered(tokenizer, texts, page=[*PAGE[:3], *rows])
    early, late = "M = 7.1, SD = 1.5, n = 19", "M = 6.2, SD = 1.7, n = 20"
    assert {(row[1], row[2], row[4]) for row in found if row[0] == "aftereffect" and row[1]} == {
        ("Early", early, rows[0]),
        ("Late", late, rows[1]),
    }
    assert found[-1] == ("aftereffect_test", "", "t(37) = 6.9, p < .001, d = 2.2", "reported", rows[2])


def test_an_experiment_without_groups_has_the_mean_that_its_sentence_reports(tokenizer):
    page = ["Experiment 1", "Twenty people took part in Experiment 1.", "The aftereffect was 7 ± 1°."]
    page += ["Experiment 2", "Ten people took part in Experiment 2.", "The aftereffect was 6 ± 1°."]
    texts = {begin("aftereffect"): ' ["7 ± 1°", "6 ± 1°"],\n'}
    texts |= {begin("aftereffect", experiment=number): ' "7 ± 1°",\n' for number in (1, 2)}
    found = answered(tokenizer, texts, library=[MEAN | {"per": "group"}], page=page, scope="experiment")
    assert [row[1:3] for row in found if row[1]] == [("Experiment 1", "7 ± 1°"), ("Experiment 2", "6 ± 1°")]


def test_means_without_names_are_in_the_order_of_the_sentence_before(tokenizer):
    page = [*PAGE, "Their aims, which they told us, were 33.7 ± 2.4° and 42.9 ± 2.1°.", "At last, 4 ± 1° were left."]
    aim = MEAN | {"name": "aim", "definition": "Where the participants say that they aim."}
    texts = {begin("groups"): ' ["Early", "Late"],\n', begin("aim"): ' ["42.9 ± 2.1°", "4 ± 1°"],\n'}
    found = reported(tokenizer, texts, library=[aim], page=page)
    assert found == of_both("aim", "33.7 ± 2.4°", "42.9 ± 2.1°") | {("aim", "", "4 ± 1°")}


def test_means_of_something_else_than_groups_are_of_no_group(tokenizer):
    page = [*PAGE, "The index finger was faster (17 ± 2°) than the little finger (18 ± 2°)."]
    texts = {begin("groups"): ' ["Early", "Late"],\n', begin("aftereffect"): ' ["17 ± 2°", "18 ± 2°"],\n'}
    found = reported(tokenizer, texts, library=[MEAN], page=page)
    assert found == {("aftereffect", "", "17 ± 2°"), ("aftereffect", "", "18 ± 2°")}


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
