"""The share of wrong values, estimated from the reviewed papers: the error rate, how certain it is, and how many more
papers a reviewer should check to know it within five percentage points."""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from designspace.results.agreement import Z

WITHIN = 0.05  # wanted half width of the rate's interval
WRONG = ("corrected", "rejected")


class ErrorRate(NamedTuple):
    """The share of wrong values among the reviewed ones, half of its 95% interval, and how many more papers narrow it
    to WITHIN."""

    rate: float
    half_width: float
    values: int
    papers: int
    more: int


def error_rate(rows: Iterable[dict[str, Any]], all_papers: int) -> ErrorRate | None:
    """The error rate by the reviews in the rows of extractions.csv, in a collection of `all_papers`; None if fewer than
    two papers were reviewed.

    Errors within a paper occur together, so papers are the sampled units: the rate is a ratio of sums, and its variance
    that of the papers' deviations from it (Cochran, Sampling Techniques, 1977, section 6.3), with the correction for a
    finite collection. If nothing is wrong yet, as for any rate near 0, the papers count by the rule of three.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["review"] in ("accepted", *WRONG):
            counts[row["paper"]][0] += 1
            counts[row["paper"]][1] += row["review"] in WRONG
    if len(counts) < 2:
        return None
    papers, values = len(counts), sum(n for n, _ in counts.values())
    rate = sum(wrong for _, wrong in counts.values()) / values
    spread = sum((wrong - rate * n) ** 2 for n, wrong in counts.values()) / (papers - 1) / (values / papers) ** 2
    if not spread:
        half_width = min(1.0, 3 / values)
        needed = math.ceil(papers * half_width / WITHIN)
        return ErrorRate(rate, half_width, values, papers, max(0, min(needed, all_papers) - papers))
    half_width = Z * math.sqrt(max(0.0, 1 - papers / all_papers) * spread / papers)
    infinite = spread * (Z / WITHIN) ** 2
    needed = math.ceil(infinite / (1 + infinite / all_papers))
    return ErrorRate(rate, half_width, values, papers, max(0, needed - papers))
