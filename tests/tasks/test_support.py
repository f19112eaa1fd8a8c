"""What the evidence of a value says of it: whether it is about the parameter, and what it lists beside the value."""

import pytest
from conftest import text_record
from test_experiments import Scripted
from test_tasks import play

from designspace.language import context
from designspace.tasks import extraction
from designspace.tasks.questions import begin

RATE = {"name": "rate", "kind": "number", "unit": "Hz", "definition": "How often the movement was recorded."}
AIM = {"name": "aim_report", "kind": "boolean", "definition": "Whether participants reported where they aimed."}
DEVICE = {"name": "software", "kind": "string", "definition": "Program that ran the experiment."}
FORM = {"name": "schedule", "kind": "category", "values": ["abrupt", "gradual"], "definition": "How it was introduced."}


@pytest.mark.parametrize(
    "parameter, answer, sentence, is_about",
    [
        (RATE, "200", "The movements were recorded at 200 Hz.", True),
        (RATE, "200", "A bell rang with 200 Hz.", False),
        (AIM, "true", "Participants reported their aims aloud.", True),
        (AIM, "true", "All values are reported as means.", False),
        (DEVICE, '"Lumina"', "The experiment ran in Lumina.", True),
        (DEVICE, '"Software"', "The lamps came from Software.", False),  # its own word does not count
        (FORM, '"gradual"', "Light faded in a gradual way.", True),
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
