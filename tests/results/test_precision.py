"""How many papers to check follows from how much the papers that were checked differ."""

import random

import pytest

from designspace.results.precision import WITHIN, error_rate


def rows(*papers):
    """Rows of extractions.csv: of each paper a number of values, some of which are wrong."""
    for number, (values, wrong) in enumerate(papers):
        for value in range(values):
            verdict = ("corrected", "rejected")[value % 2] if value < wrong else "accepted"
            yield {"paper": f"p{number}", "review": verdict}
        yield {"paper": f"p{number}", "review": ""}
        yield {"paper": f"unread{number}", "review": "disputed"}


def test_one_paper_says_nothing_of_others():
    assert error_rate(rows((20, 3)), 100) is None and error_rate([], 100) is None


def test_papers_that_differ_need_more_than_papers_that_are_alike():
    alike = error_rate(rows(*[(20, 2), (20, 3)] * 4), 1000)
    differ = error_rate(rows(*[(20, 0), (20, 5)] * 4), 1000)
    assert alike.rate == differ.rate == pytest.approx(0.125) and (alike.values, alike.papers) == (160, 8)
    assert alike.half_width < WITHIN and alike.more == 0
    assert differ.half_width > WITHIN and differ.more > 10


def test_the_whole_collection_is_the_most_that_is_to_be_checked():
    rate = error_rate(rows((10, 0), (10, 10), (10, 1)), 5)
    assert rate.more <= 2
    assert error_rate(rows((10, 0), (10, 10)), 2).half_width == 0


def test_nothing_wrong_in_few_values_does_not_mean_that_nothing_is():
    few, many = error_rate(rows((5, 0), (5, 0)), 100), error_rate(rows(*[(20, 0)] * 4), 100)
    assert few.rate == 0 and few.half_width == pytest.approx(0.3) and few.more == 10
    assert many.half_width < WITHIN and many.more == 0


def test_the_interval_holds_the_rate_of_the_collection():
    """Of 300 samples of 15 from 200 papers whose rates differ, the rate of all is within in at least nine of ten."""
    chance = random.Random(1)
    collection = [(20, min(20, round(chance.expovariate(1 / 3)))) for _ in range(200)]
    true = sum(wrong for _, wrong in collection) / sum(values for values, _ in collection)
    samples = [error_rate(rows(*chance.sample(collection, 15)), 200) for _ in range(300)]
    assert sum(abs(one.rate - true) <= one.half_width for one in samples) >= 260
