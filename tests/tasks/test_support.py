"""What the evidence of a value says of it: whether it is about the parameter, and what it lists beside the value."""

import pytest
from conftest import text_record
from test_experiments import Scripted
from test_tasks import play

from designspace.language import context
from designspace.tasks import extraction
from designspace.tasks.questions import About, Candidates, begin, checked, rows

RATE = {"name": "rate", "kind": "number", "unit": "Hz", "definition": "How often the movement was recorded."}
AIM = {"name": "aim_report", "kind": "boolean", "definition": "Whether participants reported where they aimed."}
DEVICE = {"name": "software", "kind": "string", "definition": "Program that ran the experiment."}
FORM = {"name": "schedule", "kind": "category", "definition": "How it was introduced."}
FORM |= {"values": ["abrupt", "gradual"]}


@pytest.mark.parametrize(
    "parameter, answer, sentence, is_about",
    [
        (RATE, "200", "The movements were recorded at 200 Hz.", True),
        (RATE, "200", "A bell rang with 200 Hz.", False),
        (AIM, "true", "Participants reported their aims aloud.", True),
        (AIM, "true", "All values are reported as means.", False),
        (DEVICE, '"Lumina"', "The experiment ran in Lumina.", True),
        (DEVICE, '"Software"', "The lamps came from Software.", False),  # its own word does not count
        (FORM, '"gradual"', "The lamp was introduced in a gradual way.", True),
        (FORM, '"gradual"', "Light faded in a gradual way.", False),
        (FORM, '"abrupt"', "It was introduced in a gradual way.", False),
    ],
)
def test_evidence_about_something_else_halves_the_confidence(tokenizer, parameter, answer, sentence, is_about):
    paper = text_record("one_2020", ["Methods", "Nobody saw the lamp.", sentence])
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    generator = Scripted(tokenizer, {begin(parameter["name"]): f" {answer},\n"})
    for least, reported in ((0.4, True), (0.5, is_about)):  # the confidence is 0.9, or half of it
        settings = {"max_new_tokens": 1000, "min_confidence": least, "reasoning": False}
        asked = extraction.Paper(tokenizer, generator.grammar_tokenizer, paper, kept, [parameter], settings)
        play(asked.rounds(), generator.ask)
        (row,) = asked.fields()["values"]
        assert (row["status"] == "reported") is reported, (least, row)


@pytest.mark.parametrize(
    "changes, answer, sentence, values",
    [
        ({}, "15", "The tilt was 15°, 30° or 45°.", [15, 30, 45]),
        ({"multiple": False}, "15", "The tilt was 15°, 30° or 45°.", [15]),
        ({"kind": "category", "values": ["left", "right", "both"]}, '"left"', "The tilt was left or right.", ["both"]),
        ({"kind": "category", "values": ["left", "right"]}, '"left"', "The tilt was left or right.", ["left"]),
        ({"kind": "category", "values": ["left", "right", "both"]}, '"left"', "The tilt was left.", ["left"]),
    ],
)
def test_what_the_evidence_lists_is_reported_too(tokenizer, changes, answer, sentence, values):
    tilt = {"name": "tilt", "kind": "number", "unit": "deg", "multiple": True, "definition": "Tilt of the lamp."}
    paper = text_record("one_2020", ["Methods", "Nobody saw the lamp.", sentence])
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    generator = Scripted(tokenizer, {begin("tilt"): f" {answer},\n"})
    settings = {"max_new_tokens": 1000, "min_confidence": 0.5, "reasoning": False}
    asked = extraction.Paper(tokenizer, generator.grammar_tokenizer, paper, kept, [tilt | changes], settings)
    play(asked.rounds(), generator.ask)
    rows = asked.fields()["values"]
    assert [row["value"] for row in rows if row["status"] == "reported"] == values
    assert {row["evidence"] for row in rows if row["status"] == "reported"} == {sentence}


ELSEWHERE = """Methods
Adults took part in Experiments 1 and 2.
Experiment 1
The movements were recorded at 80 Hz.
Experiment 2
{}
The movements were recorded at 90 Hz.
"""


@pytest.mark.parametrize(
    "sentence, of_second",
    [("Nobody saw the lamp.", [90]), ("The camera was the same as in Experiment 1.", [80, 90])],
)
def test_a_sentence_about_another_experiment_is_no_evidence(tokenizer, sentence, of_second):
    rate = RATE | {"multiple": True}
    paper = text_record("one_2020", ELSEWHERE.format(sentence).splitlines())
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    found = []
    for answer in (80, 90):
        replies = {begin("rate", experiment=1): " 80,\n", begin("rate", experiment=2): f" {answer},\n"}
        generator = Scripted(tokenizer, replies | {begin("rate"): " 70,\n"})
        settings = {"max_new_tokens": 1000, "min_confidence": 0.3, "reasoning": False}
        asked = extraction.Paper(tokenizer, generator.grammar_tokenizer, paper, kept, [rate], settings)
        play(asked.rounds(), generator.ask)
        rows = [row for row in asked.fields()["values"] if row.get("experiment") == "Experiment 2"]
        found += [row["value"] for row in rows if row["status"] == "reported"]
    assert found == of_second


def test_a_value_is_less_sure_than_null_at_most_half(tokenizer):
    candidates = Candidates(RATE, 0.45, {80.0: 0.44})
    paper = text_record("one_2020", ["Methods", "The movements were recorded at 80 Hz."])
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    assert checked(paper, kept, candidates, 0.3, About()).values == {80.0: 0.22}
    assert checked(paper, kept, candidates._replace(p_null=0.4), 0.3, About()).values == {80.0: 0.44}


INTRODUCED = "The lamp rate was set to 80 Hz."
REPEATED = "As before, lamps flickered at the lamp rate of 80 Hz."


@pytest.mark.parametrize(
    "lines, begins",
    [
        (["Methods", INTRODUCED, REPEATED], INTRODUCED),  # the first of two that say it
        (["Introduction", INTRODUCED, "Methods", REPEATED], REPEATED),  # not where less of the paper's own stands
        (["Methods", "Doors closed at 80 Hz.", REPEATED], REPEATED),  # nor what is about something else
    ],
)
def test_evidence_is_where_the_paper_introduces_a_value(tokenizer, lines, begins):
    paper = text_record("one_2020", lines)
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    rate = RATE | {"name": "lamp_rate", "definition": "Rate of the lamps."}
    (row,) = rows(paper, kept, Candidates(rate, 0.1, {80.0: 0.9}), 0.3, About())
    assert row["evidence"] == begins
