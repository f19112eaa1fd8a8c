"""Means are given to the groups that a sentence or a row of a table gives them to, and to no other."""

import pytest

from designspace.language import group_means

GROUPS = {"early": "Early", "late": "Late"}


def read(text, groups=GROUPS):
    return [{group: mean.text for group, mean in one.items()} for one in group_means.of_sentence(text, groups)]


@pytest.mark.parametrize(
    "text",
    [
        "The aftereffect was 19.6 ± 1.2° in the Early and 8.8 ± 1.0° in the Late group.",
        "The Early group compensated for 19.6 ± 1.2° and the Late group for 8.8 ± 1.0° (t(22) = 2.9, p = 0.01).",
        "They compensated for 19.6 ± 1.2° (Early) and 8.8 ± 1.0° (Late) of the 60°.",
        "They compensated for 19.6 ± 1.2° (the Early group) versus 8.8 ± 1.0° (the Late group, who had seen a cursor).",
        "Hand angles (Early: 19.6 ± 1.2°; Late: 8.8 ± 1.0°) were measured.",
        "Hand angles were larger in the Early group (19.6 ± 1.2°) than in the Late group (8.8 ± 1.0°).",
        "Hand angles of the Early and Late groups were 19.6 ± 1.2° and 8.8 ± 1.0°, respectively.",
        "Hand angles were 19.6 ± 1.2° and 8.8 ± 1.0° for the Early and Late participants, respectively.",
        "At the end, Early participants reached 19.6 ± 1.2°, while Late participants reached only 8.8 ± 1.0°.",
        "Early participants showed smaller angles (19.6 ± 1.2°) compared with Late participants (8.8 ± 1.0°).",
        "Both Early and Late participants had a small bias in both groups (Early: 19.6 ± 1.2°; Late: 8.8 ± 1.0°).",
    ],
)
def test_means_of_two_groups_are_a_series(text):
    assert read(text) == [{"Early": "19.6 ± 1.2°", "Late": "8.8 ± 1.0°"}]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("The Early group ended at 33.7 ± 2.4°.", [{"Early": "33.7 ± 2.4°"}]),
        ("The Early group adapted with a mean of 25 ± 1°.", [{"Early": "25 ± 1°"}]),
        # Of the same group, of something else
        ("The Early group reached 25 ± 1° and aimed at 20 ± 2°.", [{"Early": "25 ± 1°"}]),
        # Of several groups, of their difference, of no group, or of part of a group
        ("The Early and Late groups reached 25 ± 1°.", []),
        ("It was 25 ± 1° in the Early and Late groups.", []),
        ("The Early group differed from others by 25 ± 1°.", []),
        ("The Early group reached 25 ± 1° more than the Late group.", []),
        ("Compared to the Late group, the Early group reached 25 ± 1°.", []),
        ("The Early group, and over both groups 25 ± 1°.", []),
        ("They reached 25 ± 1°.", []),
        ("Early participants with an instruction reached 25 ± 1°.", []),
        ("The Early and Late groups reached 25 ± 1°, 26 ± 2° and 27 ± 3°, respectively.", []),
        ("The Early and Late groups: 25 ± 1°.", []),
        ("The Early group moved more slowly than Late participants (347 ± 14 ms vs 264 ± 61 ms).", []),
        ("Those who were matched to the Early group (Early-matched group, 12 women) reached 25 ± 1°.", []),
        ("A Norwegian sample (62% of all Early participants) reached 25 ± 1°.", []),
        # Of a group whose name is not known, behind "and"
        ("We removed 3.2 ± 1.9% of the trials from the Early group and 2.7 ± 1.6% of those of patients.", []),
        ("The Early group reached 0.42 ± 0.0.86 of it.", []),  # a misprint
    ],
)
def test_what_is_given_to_one_group_or_to_none(text, given):
    assert read(text) == given


def test_an_acronym_is_a_name_only_in_capitals():
    groups = {"AT": "AT", "late": "Late"}
    assert read("At the end of training, it was 1.0 ± 1.9 at a later point (130 ± 106).", groups) == []
    assert read("The AT group ended at 1.0 ± 1.9, the LATE group at 2.0 ± 1.0.", groups) == [
        {"AT": "1.0 ± 1.9", "Late": "2.0 ± 1.0"}
    ]


def test_a_name_may_go_on_in_the_next_line():
    groups = {"delayed endpoint": "Delayed", "delayed start": "Start"}
    assert read("It was 19.6 ± 1.2° in the Delayed\nendpoint group.", groups) == [{"Delayed": "19.6 ± 1.2°"}]


def read_table(*rows):
    return [
        {group: (index, mean.text) for group, (index, mean) in one.items()}
        for one in group_means.of_table([(row, GROUPS) for row in rows])
    ]


def test_columns_of_a_table_of_groups_are_series():
    rows = [
        f"Exp.: 1; Group: {name}; n: 12; Aim (°): 2{n} ± 2; Hand (°): {n} ± 1."
        for n, name in ((9, "Early"), (8, "Late"))
    ]
    assert read_table(*rows, "Group: Others; n: 12; Aim (°): 4 ± 2; Hand (°): 4 ± 1.") == [
        {"Early": (0, "29 ± 2"), "Late": (1, "28 ± 2")},
        {"Early": (0, "9 ± 1"), "Late": (1, "8 ± 1")},
    ]


def test_rows_of_a_table_whose_columns_are_groups_are_series():
    rows = ["Measure: Hand; Early: 9 ± 1°; Late (n = 12): 8 ± 1°.", "Measure: Age; Early:  21 ± 2; All: 22 ± 2."]
    assert read_table(*rows) == [{"Early": (0, "9 ± 1°"), "Late": (0, "8 ± 1°")}, {"Early": (1, "21 ± 2")}]
