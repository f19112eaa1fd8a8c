"""The sentence behind a value: the one that states it, before others that share its number or its words."""

import pytest

from designspace.language import evidence, quantities, sections, sentences

PAPER = """A title
Abstract
We studied how people learn to move under rotated feedback.
Introduction
In earlier work 30 participants practised rotations of 30° for 80 trials. Feedback was delayed by 1 s elsewhere.
Methods
A total of twenty-four right-handed volunteers (12 women, age range 18–34 years) took part in exchange for money.
Hand position was sampled at 130 Hz by a digitizing tablet (Intuos Pro; Wacom). The tablet occluded vision of the hand.
Targets appeared at a distance of 80 mm from the start position, at one of 8 locations (Fig. 5).
The appearance of the feedback was delayed by 500 ms. The cursor was turned by 30°, clockwise or counterclockwise.
The rotation was introduced abruptly and was kept for 320 trials. There were 80 baseline trials before it.
Participants reported where they aimed before every reach. They had to shoot through the target.
Results
Mean error fell to 8 deg within 80 trials. Movement time was 500 ms and did not change, t(23) = 1.30.
References
1. Taylor, J. A. Targets at a distance of 8 cm, feedback delayed by 0.5 s and abrupt rotation. Brain 24, 80 (2010)."""


def record(text):
    return {"paper": "p", "text": text, "pages": [{"page": 1, "lines": []}]}


def everything(paper):
    return {"sections": [part | {"kept": [[part["start"], part["end"]]]} for part in sections.split(paper)]}


def parameter(name, kind, definition, **more):
    return {"name": name, "kind": kind, "definition": definition} | more


DIRECTIONS = ["clockwise", "counterclockwise", "both"]
CASES = [
    (parameter("n_total", "integer", "Participants who took part."), 24, "A total of twenty-four"),
    (parameter("target_distance", "number", "Distance from start to target.", unit="cm"), 8.0, "80 mm"),
    (parameter("feedback_delay", "number", "Delay added to the feedback.", unit="s"), 0.5, "delayed by 500 ms"),
    (parameter("sampling_rate", "number", "Rate of recording of the movement.", unit="Hz"), 130.0, "130 Hz"),
    (parameter("n_targets", "integer", "Number of target locations."), 8, "one of 8 locations"),
    (parameter("magnitude", "number", "Size of the rotation.", unit="deg"), 30.0, "turned by 30°"),
    (parameter("age_range", "string", "Youngest and oldest age.", unit="years"), "18-34", "18–34 years"),
    (parameter("baseline_trials", "integer", "Trials before the perturbation."), 80, "80 baseline trials"),
    (parameter("apparatus", "string", "Device that recorded the movement."), "Wacom Intuos Pro tablet", "Wacom"),
    (
        parameter("vision", "category", "Whether the hand was seen.", values=["occluded", "visible"]),
        "occluded",
        "occluded",
    ),
    (parameter("schedule", "category", "How it was introduced.", values=["abrupt", "gradual"]), "abrupt", "abruptly"),
    (parameter("movement", "category", "Kind of reach.", values=["shooting", "reach_and_stop"]), "shooting", "shoot"),
    (parameter("direction", "category", "Direction.", values=DIRECTIONS), "both", "clockwise or counterclockwise"),
    (
        parameter("aiming_report", "boolean", "Whether participants reported where they aimed."),
        True,
        "where they aimed",
    ),
]


@pytest.mark.parametrize("entry, value, words", CASES, ids=[case[0]["name"] for case in CASES])
def test_the_sentence_that_states_the_value_is_the_best(entry, value, words):
    paper = record(PAPER)
    start, end = evidence.choose(paper, everything(paper), entry, value)
    assert words in PAPER[start:end]
    assert start < PAPER.index("References")


@pytest.mark.parametrize("thanks", ["The lamps were given", "This work was supported by the Institutes of Health and"])
def test_a_sentence_of_thanks_is_the_evidence_of_nothing_else(thanks):
    text = f"Methods\n{thanks} by the adult fund of healthy adults.\nHealthy people came.\n"
    paper = record(text)
    group = parameter("group", "category", "Who came.") | {"values": ["healthy_adults", "patients"]}
    start, end = evidence.choose(paper, everything(paper), group, "healthy_adults")
    assert text[start:end].startswith("Healthy") is thanks.startswith("This work")


def test_all_kept_sentences_are_ranked_once_best_first():
    paper = record(PAPER)
    context = everything(paper)
    ranked = evidence.rank(paper, context, CASES[0][0], 24)
    kept = [span for part in context["sections"] for span in sentences.spans(PAPER, part["start"], part["end"])]
    assert sorted((start, end) for start, end, _ in ranked) == kept
    scores = [score for *_, score in ranked]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("value", [17, -4.5, "", "ünknown ☃", "both", True, False, 0, 10**9])
def test_any_value_has_a_sentence_of_the_kept_text(value):
    paper = record(PAPER)
    context = everything(paper)
    for part in context["sections"]:
        part["kept"] = part["kept"] if part["kind"] == "results" else []
    start, end = evidence.choose(paper, context, parameter("x", "string", ""), value)
    assert PAPER.index("Results") <= start < end <= PAPER.index("References")
    for part in context["sections"]:
        part["kept"] = []
    start, end = evidence.choose(paper, context, parameter("x", "string", ""), value)
    assert (start, end) in sentences.spans(PAPER)


@pytest.mark.parametrize(
    "text, found",
    [
        ("aged 18–34 years", [(18, "years"), (34, "years")]),
        ("±25˚ and ±75˚", [(25, "˚"), (75, "˚")]),
        ("at 25 and 75°", [(25, "°"), (75, "°")]),
        ("an 80-mm target, N = 1,024", [(80, "mm"), (1024, "")]),
        ("one-hundred volunteers, twenty-two trials", [(100, ""), (22, "")]),
        ("two hundred and five trials in the 12T group", [(205, ""), (12, "")]),
        ("a single target (p < .05, Fig. 3, see Table 2)", [(1, ""), (0.05, "")]),
        ("experiments one and two, two-hundred-and-fifty", [(1, ""), (2, ""), (250, "")]),
        ("work4 on cells", []),
    ],
)
def test_quantities_in_text(text, found):
    assert [(number, unit) for _, number, unit in quantities.find(text)] == found


def test_quantities_agree_across_units():
    assert quantities.agreement(80, "mm", 8, "cm") == quantities.agreement(500, "ms", 0.5, "s") == 1
    assert quantities.agreement(8, "s", 8, "cm") == quantities.agreement(8, "mm", 8, "cm") == 0
    assert 0 < quantities.agreement(8, "", 8, "cm") < 1
    assert 0 < quantities.agreement(8, "ms", 8, "") < quantities.agreement(8, "", 8, "") == 1


@pytest.mark.parametrize(
    "text, number, unit, expected",
    [
        ("Targets stood 80 mm away; 80 people took part.", 80, "cm", 8.0),
        ("Targets stood 80 mm away, which is 8 cm.", 8, "cm", 8),
        ("A dot of 80 mm was 80 cm away.", 80, "cm", 80),
        ("The limit was 0.7 s.", 0.7, "ms", 700.0),
        ("Sets of 8 mm and 8 inches.", 8, "cm", 8),  # which of them is not known
        ("Feedback was shown for 25 ms.", 25, "years", 25),
        ("Nothing of the kind.", 80, "cm", 80),
        ("None was 0 mm away.", 0, "cm", 0),
    ],
)
def test_a_number_copied_in_another_unit_is_converted(text, number, unit, expected):
    assert quantities.as_written(number, unit, quantities.find(text)) == expected


@pytest.mark.parametrize(
    "value, unit, stands",
    [(8, "cm", 1), (-8, "cm", 1), (80, "mm", 1), (8, "ms", 0), (18, "years", 1), (9, "cm", 0), (60, "Hz", 0.5)]
    + [(60, "cm/s", 0.5), (8, "cm/s", 0), (60, "marks", 1), (61, "marks", 0), (8, "", 1)]
    + [("18-30", "years", 1), ("18 to 31", "years", 0), ("a pen, 9 cm long", "", 1)],
)
def test_a_number_stands_in_a_text(value, unit, stands):
    found = quantities.find("People of 18 to 30 years took part, 60 in all. Targets stood 8 cm away.")
    assert quantities.stands(value, unit, found) == stands
