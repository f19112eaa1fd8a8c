"""A sentence lists further values beside one."""

import pytest

from designspace.language import listed


@pytest.mark.parametrize(
    "sentence, value, unit, others",
    [
        ("The tilt was 1°, 2.5°, and 4°.", 2.5, "deg", [1, 4]),
        ("The tilt was 0°, ±1.5°, ±3.5° or ±10°, for 20 trials.", 3.5, "deg", [1.5, 10]),
        ("Targets were 50 and 80 mm away.", 8, "cm", [5]),
        ("Targets were 50 and 80 mm away.", 80, "cm", []),
        ("Of 12, 30 were tilted by 15°.", 15, "deg", []),
        ("It was tilted by 15° and by 30°.", 15, "deg", []),
        ("It was tilted by 15° (30 trials, 45 pictures).", 15, "deg", []),
        ("Tilts of 15-30° were used.", 15, "deg", []),
        ("Blocks of 10, 20 and 30 were used.", 20, "deg", []),
    ],
)
def test_numbers_of_a_list(sentence, value, unit, others):
    assert listed.numbers(sentence, value, unit) == others


@pytest.mark.parametrize(
    "sentence, is_both",
    [
        ("The tilt was either clockwise or counter-clockwise.", True),
        ("Counterclockwise and clockwise tilts were used.", True),
        ("It was clockwise (CW) in the left and counterclockwise in the right half.", True),
        ("The tilt direction, clockwise here, was counterbalanced.", True),
        ("The directions of a clockwise tilt were counterbalanced.", True),
        ("The colour of the clockwise tilt was counterbalanced.", False),
        ("The tilt was counter-clockwise.", False),
        ("The tilt was clockwise, not counterclockwise.", False),
        ("Clockwise tilts came first. Counterclockwise and other lamps were red.", False),
    ],
)
def test_one_of_two_alternatives(sentence, is_both):
    assert listed.is_both(sentence, "clockwise", ["counterclockwise"], "direction") is is_both
