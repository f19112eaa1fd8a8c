"""How well the reviewed papers tell the share of wrong values: the error rate, how sure it is, and how many more papers
a reviewer should check until it is known within five percentage points."""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from designspace.results.agreement import Z

WITHIN = 0.05  # of the rate, on either side
WRONG = ("corrected", "rejected")


class ErrorRate(NamedTuple):
    """The share of wrong values among those reviewed, half its 95% interval, and how many papers more narrow it to
    WITHIN."""

    rate: float
    half_width: float
    values: int
    papers: int
    more: int


def error_rate(rows: Iterable[dict[str, Any]], all_papers: int) -> ErrorRate | None:
    """Of the rows of extractions.csv, as a reviewer left them, in a collection of `all_papers`; None where fewer than
    two papers were reviewed.

    A paper's values are wrong together, so papers are what is sampled: the rate is a ratio of sums, and its variance
    that of the papers' deviations from it (Cochran, Sampling Techniques, 1977, section 6.3), with the correction for a
    finite collection. Where nothing is wrong yet, as for any rate near 0, the papers count by the rule of three.
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
