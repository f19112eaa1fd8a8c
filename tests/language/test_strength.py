"""How well a sentence supports a value: whether its words are about the parameter, and what its number counts."""

import pytest

from designspace.language.support import HALF, NOTHING, WHOLE, rivals_of, strength

FORM = {"name": "schedule", "kind": "category", "values": ["abrupt_rise", "gradual"], "definition": "Way of the light."}
LATE = {"name": "late_trials", "kind": "integer", "definition": "Trials in the dark."}
EARLY = {"name": "early_trials", "kind": "integer", "definition": "Trials before the dark."}
RATE = {"name": "rate", "kind": "number", "unit": "Hz", "definition": "How often the movement was recorded."}
DELAY = {"name": "light_delay", "kind": "number", "unit": "s", "definition": "Delay of the light."}
SIZE = {"name": "n", "kind": "integer", "definition": "Participants of a group."}
AGE = {"name": "age_mean", "kind": "number", "unit": "years", "definition": "Mean age."}


@pytest.mark.parametrize(
    "parameter, value, sentence, expected",
    [
        (FORM, "gradual", "The light changed in a gradual way.", WHOLE),
        (FORM, "gradual", "Learning was gradual.", HALF),
        (FORM, "abrupt_rise", "The lights rose in an abrupt way.", HALF),
        (FORM, "abrupt_rise", "There was a rise of the lights.", WHOLE),
        (FORM, "abrupt_rise", "Nothing is said of it.", WHOLE),
        (LATE, 40, "There were 40 late trials.", WHOLE),
        (LATE, 40, "The late block had 40 trials after 40 early ones.", WHOLE),
        (LATE, 40, "There were 40 early trials.", NOTHING),
        (LATE, 40, "Early block (40 trials) and late block (20 trials).", NOTHING),
        (LATE, 40, "The early trials were increased from 20 to 40.", NOTHING),
        (LATE, 40, "After the early trials, 40 trials came.", WHOLE),
        (LATE, 40, "There were 40 trials and early lamps.", WHOLE),
        (LATE, 40, "The late trials came in 40 cycles.", NOTHING),
        (LATE, 40, "The late trials came in 40 short cycles.", NOTHING),
        (LATE, 40, "There were 40-trial blocks of late lamps.", WHOLE),
        (LATE, 40, "In the trials, 40 participants slept.", NOTHING),
        (LATE, 40, "The trials were 40 of 80.", WHOLE),
        (LATE, 40, "The 40 trials were divided into two phases.", HALF),
        (LATE, 40, "The sum of 15 and 25 trials.", WHOLE),
        (LATE, 4, "The trials were those of Session 4.", NOTHING),
        (SIZE, 2, "They assigned the participants to 2 groups.", NOTHING),
        (SIZE, 12, "Each of 2 groups had 12 participants.", WHOLE),
        (SIZE, 12, "There were 12 participants a group.", WHOLE),
        (SIZE, 1, "Participants of a group reached to one of two small targets.", NOTHING),
        (SIZE, 3, "Three of the 12 participants of this group left.", WHOLE),
        (RATE, 200, "Movements were recorded at 200 Hz.", WHOLE),
        (RATE, 200, "The recorded rate was 200 ± 3 Hz.", HALF),
        (RATE, 200, "The movements were recorded at an average of 200 Hz.", HALF),
        (RATE, 200, "The recorded rate was 200 Hz [180, 220].", HALF),
        (AGE | {"unit": "deg", "definition": "x", "name": "age"}, 25.9, "Their age was 25.9° [16.9°, 31.6°].", HALF),
        (RATE, 200, "A bell of 200 Hz rang.", HALF),
        (AGE, 24.0, "Their mean age was 24 ± 3 years.", WHOLE),
        (DELAY, 2, "The light had a delay of 2 s.", WHOLE),
        (DELAY, 2, "The light was visible for 2 s.", HALF),
        (DELAY | {"definition": "Duration of the light."}, 2, "The light was visible for 2 s.", WHOLE),
    ],
)
def test_a_sentence_supports_a_value_as_far_as_its_words_say(parameter, value, sentence, expected):
    assert strength(sentence, parameter, value, rivals_of(parameter, [LATE, EARLY, RATE])) == expected


def test_parameters_that_are_named_alike_are_told_apart_by_their_other_words():
    assert rivals_of(LATE, [LATE, EARLY, RATE, EARLY | {"kind": "number", "name": "first_trials"}]) == {"early"}
    assert rivals_of(RATE, [LATE, EARLY, RATE]) == frozenset()
