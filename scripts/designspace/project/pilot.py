"""A pilot: some papers that are read first, drawn at random, with short and long, early and late ones among them."""

import math
import random
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

STRATA = 3  # of the years; within each the papers are in the order of their lengths
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
NOT_YET = "not in the pilot"


class Paper(NamedTuple):
    """What is known of a paper before it is read: its year ("" if unknown) and the bytes of its PDF."""

    year: str
    size: int
    paper: str


def year_in(file_name: str) -> str:
    """The year in the name of a file, "" if it has none."""
    match = YEAR.search(file_name)
    return match[0] if match else ""


def sample(papers: Iterable[Paper], number: int) -> set[str]:
    """This many of the papers: one at random from each of as many equal shares, in the order of years, and of lengths
    within a third of the years. The same papers give the same sample."""
    by_year = sorted(papers)
    third = math.ceil(len(by_year) / STRATA) or 1
    ordered = [
        paper.paper
        for first in range(0, len(by_year), third)
        for paper in sorted(by_year[first : first + third], key=lambda paper: (paper.size, paper.paper))
    ]
    number = min(number, len(ordered))
    chance = random.Random(" ".join(ordered))
    bounds = [round(share * len(ordered) / number) for share in range(number + 1)] if number else []
    return {chance.choice(ordered[start:end]) for start, end in zip(bounds, bounds[1:], strict=False)}


def left_out(new: Mapping[str, Paper], asked: int, pilot: int) -> set[str]:
    """The `new` papers that wait for the end of a pilot of this many papers, of which some are `asked` already."""
    return new.keys() - sample(new.values(), max(0, pilot - asked))
