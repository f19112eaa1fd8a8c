"""Percent, kappa and their intervals, on counts that are worked out by hand."""

import pytest
from made_up_run import LIBRARY

from designspace.results import agreement, marks
from designspace.results.agreement import Counts, Reviewed
from designspace.results.corrections import Correction
from designspace.results.marks import Marks

KNOWN = {parameter["name"]: parameter for parameter in LIBRARY}


def review(reviewer, value, parameter="aiming_report"):
    return Correction("a", parameter, "", "", "", value, "", reviewer, "2026-11-01")


def cells(table, parameter="aiming_report"):
    """Cells of two reviewers, AB and CD, from {(AB's value, CD's value, the model's value): how many}."""
    for (one, other, model), number in table.items():
        for _ in range(number):
            own = Marks(reviews=[review("AB", one, parameter), review("CD", other, parameter)])
            yield Reviewed("a", "", "", parameter, own, [model] if model is not None else [], "")


def test_kappa_is_that_of_the_textbook():
    """20 and 15 agreements of 50, 5 and 10 disagreements: observed 0.7, by chance 0.5, so kappa is 0.4."""
    table = {("true", "true", True): 20, ("true", "false", True): 5, ("false", "true", True): 10}
    rows = agreement.agreement_rows(cells(table | {("false", "false", True): 15}), KNOWN)
    assert [(row["reviewer"], row["other"], row["parameter"]) for row in rows] == [
        ("AB", "CD", "all"),
        ("AB", "CD", "aiming_report"),
        ("AB", "model", "all"),
        ("AB", "model", "aiming_report"),
        ("CD", "model", "all"),
        ("CD", "model", "aiming_report"),
    ]
    both = rows[1]
    assert (both["cells"], both["agreed"], both["share"], both["kappa"]) == (50, 35, 0.7, 0.4)
    assert (both["share_low"], both["share_high"]) == (0.5625, 0.809)  # Wilson's, of 35 of 50
    assert (both["kappa_low"], both["kappa_high"]) == (0.125, 0.6179), "the same limits, less the chance"
    assert rows[0] == both | {"parameter": "all"}
    model = rows[3]  # it always answers the same, so that all of the agreement is chance
    assert (model["agreed"], model["kappa"]) == (25, 0)


def test_a_value_that_is_not_reported_is_a_value():
    table = {("", "", None): 3, ("", "true", None): 1, ("true", "true", True): 4}
    rows = agreement.agreement_rows(cells(table), KNOWN)
    by_pair = {(row["reviewer"], row["other"]): (row["agreed"], row["cells"]) for row in rows}
    assert by_pair == {("AB", "CD"): (7, 8), ("AB", "model"): (8, 8), ("CD", "model"): (7, 8)}


def test_one_reviewer_in_two_spellings_is_one():
    spellings = [Marks(reviews=[review(name, "true")]) for name in ("AB", "ab ")]
    rows = agreement.agreement_rows(
        [Reviewed("a", "", "", "aiming_report", own, [True], "") for own in spellings], KNOWN
    )
    assert [(row["reviewer"], row["parameter"], row["cells"]) for row in rows] == [
        ("AB", "all", 2),
        ("AB", "aiming_report", 2),
    ]


def test_over_all_parameters_the_parameter_is_no_chance():
    """Each parameter has one value of its own, which both always give: no kappa, in all as in each."""
    every = [*cells({("true", "true", True): 5}), *cells({("3", "3", 3): 5}, "n_total")]
    rows = agreement.agreement_rows(every, KNOWN)
    assert {row["kappa"] for row in rows} == {None} and {row["share"] for row in rows} == {1.0}


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ([100], [101.0], True),
        ([100], [101.1], False),
        ([0], [0], True),
        ([0], [0.001], False),
        ([-5], [5], False),
        ([True], [False], False),
        ([12, 9.0], [9.05, 12], True),
        ([12, 12], [12], False),
        (["Kinarm  Lab"], ["kinarm lab"], True),
        (["Kinarm"], ["Kinarm Lab"], False),
        ([], [], True),
        ([], [0], False),
    ],
)
def test_values_are_the_same(one, other, expected):
    assert marks.same(one, other) is marks.same(other, one) is expected


@pytest.mark.parametrize(
    "hits, number, low, high",
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (35, 50, 0.5625, 0.809),
    ],
)
def test_wilsons_interval(hits, number, low, high):
    assert [round(limit, 4) for limit in agreement.wilson(hits, number)] == [low, high]


def test_counts_of_numbers_close_to_each_other_are_of_one_kind():
    counts = agreement.count([([100], [100.5]), ([100.2], [100]), ([7], [7])])
    assert counts == Counts(3, 3, pytest.approx(5 / 9))
