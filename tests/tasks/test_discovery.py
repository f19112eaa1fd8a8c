"""A finding is kept where its value stands in the paper and the library does not ask for it already."""

import json

import pytest
from conftest import text_record
from llguidance.hf import from_tokenizer
from test_tasks import play

from designspace.engine.generator import Answer
from designspace.language import context
from designspace.planning.branches import FINDING_CHARACTERS
from designspace.tasks import discovery

LIBRARY = [
    {"name": "n_total", "kind": "integer", "definition": "Participants who took part."},
    {"name": "age_mean", "kind": "number", "unit": "years", "definition": "Their mean age."},
]
SETTINGS = {"max_new_tokens": 4000, "findings": 3, "categories": ["apparatus"]}
PAGE = [
    "Methods",
    "Sixty people held a digital stylus on the tablet of the apparatus.",
    "The table was tilted by 15° and the monitor refreshed at 120 Hz.",
    "Each of 12 trials lasted 1500 ms, and breaks took 20-30 s.",
    "In all, 18 people were tired after 34 trials.",
    "Onset of the rotation: abrupt or gradual; arm length (cm): 61.5; the map was [0, 1].",
]


class Scripted:
    """A generator that answers the only question with what is written for it."""

    def __init__(self, tokenizer, text):
        self.tokens = tokenizer.encode(text, add_special_tokens=False)
        self.grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=640)

    def ask(self, questions):
        assert len(questions) == 1
        return [Answer(self.tokens, [0.9] * len(self.tokens), 0.0, True)]


# Its words are those of all sentences: what these tests are about is the value.
ABOUT = "Tilt, monitor, stylus, breaks, people, arm length and map."


def finding(value, unit="", name="tilt", description=ABOUT):
    return {"name": name, "value": value, "unit": unit, "description": description, "importance": "high"}


def kept(tokenizer, *findings, library=LIBRARY, page=PAGE):
    """The findings of the record of a paper about which a model reports these."""
    paper = text_record("one_2020", page)
    fitted = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    generator = Scripted(tokenizer, f" {json.dumps(findings, ensure_ascii=False)}}}")
    paper = discovery.Paper(tokenizer, generator.grammar_tokenizer, paper, fitted, library, SETTINGS)
    play(paper.rounds(), generator.ask)
    fields = paper.fields()
    assert fields["new_tokens"] == len(generator.tokens)
    return fields["findings"]


@pytest.mark.parametrize(
    "value, unit, evidence",
    [
        ("15", "deg", "tilted"),
        ("15°", "", "tilted"),
        ("60", "people", "Sixty"),
        ("1.5", "s", "1500 ms"),
        ("20 to 30 s", "s", "breaks"),
        ("120 Hz", "Hz", "monitor"),
        ("Digital  stylus", "", "stylus"),
        ("34 trials", "", "tired"),
        ("34", "trial", "tired"),
        ("34 trials", "trials", "tired"),
        ("18", "people", "tired"),
        ("61.5", "cm", "arm length"),
        ("120 Hz", "hertz", "monitor"),
        ("[0, 1]", "", "map"),
    ],
)
def test_a_finding_is_kept_with_the_sentence_that_holds_its_value(tokenizer, value, unit, evidence):
    (one,) = kept(tokenizer, finding(value, unit))
    assert one["value"] == value and evidence in one["evidence"] and one["category"] == "apparatus"


@pytest.mark.parametrize(
    "value, unit",
    [
        (".", ""),
        (":[", ""),
        ("{n_total}", ""),
        ("robot arm", ""),
        ("tab", ""),  # stands only inside a word
        ("16", "deg"),
        ("15", "cm"),
        ("15 cm", ""),
        ("2", ""),  # of "12"
        ("18-34", ""),  # both stand, but not together
        ("35 trials", ""),
        ("1500", "s"),
        ("15", "abrupt"),  # a unit is printed beside its value
        ("15 deg", "abrupt"),
        ("18", "years"),
        ("18", "s"),
        ("34", "participants"),
        ("120", "1.0},{"),
        ("120},{", ""),
        ('"15"', "deg"),
        ("abrupt", "abrupt"),
        ("digital stylus", "mm"),
    ],
)
def test_a_finding_whose_value_does_not_stand_in_the_paper_is_left_out(tokenizer, value, unit):
    assert kept(tokenizer, finding(value, unit)) == []


@pytest.mark.parametrize("value, written", [(": 120", "120"), (", stylus", "stylus"), ("= 15°;", "15°")])
def test_signs_around_a_value_are_no_part_of_it(tokenizer, value, written):
    assert [one["value"] for one in kept(tokenizer, finding(value))] == [written]


@pytest.mark.parametrize(
    "name, value",
    [("stylus", "apparatus"), ("tilt", "tilted"), ("digital_stylus", "a stylus"), ("tablet", "tablet of apparatus")],
)
def test_a_value_that_only_repeats_its_name_or_the_category_is_left_out(tokenizer, name, value):
    for written, found in ((value, 0), (f"{value} of wood", 1)):
        page = [*PAGE, f"The map, {written}, it says."]
        assert len(kept(tokenizer, finding(written, name=name), page=page)) == found, written


def test_a_value_that_the_grammar_cut_is_left_out(tokenizer):
    for characters, found in ((FINDING_CHARACTERS - 1, 1), (FINDING_CHARACTERS, 0)):
        value = characters * "a"
        page = [*PAGE, f"The map was {value}, it says."]
        assert len(kept(tokenizer, finding(value), page=page)) == found, characters


def test_a_name_of_the_library_with_an_affix_is_left_out(tokenizer):
    names = ["n_total_trials", "age_mean_subjects", "the_age_mean", "mean_age", "n_total2", "total_tilt"]
    findings = kept(tokenizer, *(finding("15", "deg", name) for name in names))
    assert [one["name"] for one in findings] == ["mean_age", "n_total2", "total_tilt"]


def test_of_two_findings_with_one_name_the_first_that_stands_is_kept(tokenizer):
    (one,) = kept(tokenizer, finding("robot arm"), finding("15", "deg"), finding("120", "Hz"))
    assert one["value"] == "15"


@pytest.mark.parametrize(
    ("name", "description", "stands"),
    [
        ("tilt", "An angle.", True),
        ("table_angle", "How far it was tilted.", True),  # another form of a word of the description
        ("sampling_rate", "The frequency of recording.", False),
        ("number_of_15", "15 and more.", False),  # the value itself says nothing of what it is
        ("table_and_the", "Of it, that and the value.", True),
    ],
)
def test_a_sentence_that_has_only_the_value_of_a_finding_is_no_evidence(tokenizer, name, description, stands):
    """Any number stands somewhere: in the date of a running head, in a reference."""
    assert [one["name"] for one in kept(tokenizer, finding("15", "deg", name, description))] == [name] * stands


@pytest.mark.parametrize(
    ("sentence", "name", "value", "stands"),
    [
        ("In all, 21 patients tapped with a finger in blocks.", "finger_tapping", "21", False),
        ("In all, 21 patients tapped with a finger in blocks.", "patients_tapping", "21", True),
        ("In all, 21 blocks were tapped with a finger.", "finger_tapping", "21", True),
        ("It is a visuomotor adaptation task.", "visuomotor", "adaptation", False),
        ("It is a visuomotor task, an adaptation.", "visuomotor", "adaptation", True),
        ("Transcranial stimulation (TST) was given.", "transcranial_stimulation", "TST", False),
        ("A stylus (Pen 3) was held.", "stylus", "Pen 3", True),
        ("The blind patient, JW, held a stylus.", "patient", "JW", True),
        ("A virtual room was created for them.", "virtual_room", "created", False),
        ("The cue was a virtual room for them.", "cue", "a virtual room", True),
    ],
)
def test_a_value_that_continues_its_name_or_is_no_value_is_left_out(tokenizer, sentence, name, value, stands):
    about = "Fingers, visuomotor tasks, stimulation, a stylus, a patient, a room and a cue."
    found = kept(tokenizer, finding(value, "", name, about), page=["Methods", sentence])
    assert [one["value"] for one in found] == [value] * stands


def test_a_count_of_participants_is_left_out_where_the_library_asks_for_it(tokenizer):
    names = ["participants", "number_of_subjects", "sample_size", "participants_tired", "people_in_all"]
    asked = [finding("18", "", name) for name in names]
    assert [one["name"] for one in kept(tokenizer, *asked)] == names
    counted = [LIBRARY[0] | {"participants": "total"}, LIBRARY[1]]
    left = kept(tokenizer, *asked, library=counted)
    assert [one["name"] for one in left] == ["participants_tired", "people_in_all"]
