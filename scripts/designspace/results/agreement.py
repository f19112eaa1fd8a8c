"""How far reviewers agree with each other and with the model: percent and Cohen's kappa, by parameter and overall.

The values of cells are compared; "the paper reports nothing" is a value, too. `marks.same` says whether two cells
agree. Kappa is (observed - chance) / (1 - chance) (Cohen 1960, Educational and Psychological Measurement 20:37). Chance
is the agreement of two raters who give each value of a parameter as often as these two do. Over all parameters, the
observed and the chance agreement are means, weighted by the cells of each parameter, so that knowing which parameter it
is does not count as chance.

The 95% interval of the percent is Wilson's (1927, Journal of the American Statistical Association 22:209). That of
kappa has the same limits for the observed agreement, with the chance taken as known, as in Cohen's standard error.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations
from math import sqrt
from typing import NamedTuple

from designspace.language.matching import spelled
from designspace.language.values import Value, parse
from designspace.results.columns import fill
from designspace.results.marks import Marks, Parameter, same
from designspace.results.score_rows import AgreementRow, ReviewRow

MODEL = "model"  # the name of the model among the raters
ALL = "all"  # in place of a parameter
Z = 1.959964  # of the normal distribution, for 95%


class Reviewed(NamedTuple):
    """A cell with marks, and what the model reports there."""

    paper: str
    experiment: str
    group: str
    parameter: str
    marks: Marks
    model: list[Value]
    model_text: str


class Counts(NamedTuple):
    """The cells of a parameter: their number, in how many two raters agree, and the share expected by chance."""

    cells: int
    agreed: int
    chance: float


def review_rows(cells: Iterable[Reviewed], library: dict[str, Parameter]) -> list[ReviewRow]:
    """A row for each mark."""
    rows = []
    for cell in cells:
        place = {"paper": cell.paper, "experiment": cell.experiment, "group": cell.group}
        place |= {"parameter": cell.parameter} | {
            "model_value": cell.model_text,
            "state": cell.marks.state(library[cell.parameter]),
        }
        for mark in [*cell.marks.decisions(), *cell.marks.notes]:
            rows.append(fill(ReviewRow, place, {"kind": mark.kind or "review"}, mark._asdict()))
    return rows


def agreement_rows(cells: Iterable[Reviewed], library: dict[str, Parameter]) -> list[AgreementRow]:
    """Rows for each pair of reviewers, and for each reviewer and the model: all parameters together, then each
    parameter."""
    pairs: dict[tuple[str, str], dict[str, list[tuple[list[Value], list[Value]]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    names: dict[str, str] = {}  # the first spelling of each reviewer's name
    for cell in cells:
        given = {
            names.setdefault(spelled(row.reviewer), row.reviewer): parse(row.value, library[cell.parameter])
            for row in cell.marks.reviews
        }
        for one, other in combinations(sorted(given), 2):
            pairs[one, other][cell.parameter].append((given[one], given[other]))
        for name, held in given.items():
            pairs[name, MODEL][cell.parameter].append((held, cell.model))
    rows = []
    for (one, other), by_parameter in sorted(pairs.items(), key=lambda pair: (pair[0][1] == MODEL, pair[0])):
        counts = {name: count(by_parameter[name]) for name in library if name in by_parameter}
        for name, counted in {ALL: total(counts.values()), **counts}.items():
            rows.append(_row(one, other, name, counted))
    return rows


def _row(one: str, other: str, parameter: str, counts: Counts) -> AgreementRow:
    share, (low, high) = counts.agreed / counts.cells, wilson(counts.agreed, counts.cells)
    kappas = (kappa(x, counts.chance) for x in (share, low, high))
    names = ("share", "share_low", "share_high", "kappa", "kappa_low", "kappa_high")
    rounded = [None if x is None else round(x, 4) for x in (share, low, high, *kappas)]
    of = {"reviewer": one, "other": other, "parameter": parameter, "cells": counts.cells, "agreed": counts.agreed}
    return fill(AgreementRow, of, dict(zip(names, rounded, strict=True)))


def count(pairs: list[tuple[list[Value], list[Value]]]) -> Counts:
    """How two raters of one parameter agree; each pair has the values of a cell. Equal values, also if they are only
    equal to a third one, are of the same kind when the chance is computed."""
    kinds: list[list[Value]] = []

    def kind(held: list[Value]) -> int:
        known = next((number for number, other in enumerate(kinds) if same(held, other)), None)
        if known is None:
            kinds.append(held)
        return len(kinds) - 1 if known is None else known

    firsts = Counter(kind(one) for one, _ in pairs)
    seconds = Counter(kind(other) for _, other in pairs)
    chance = sum(number * seconds[which] for which, number in firsts.items()) / len(pairs) ** 2
    return Counts(len(pairs), sum(same(one, other) for one, other in pairs), chance)


def total(parts: Iterable[Counts]) -> Counts:
    """The counts of several parameters together."""
    parts = list(parts)
    cells = sum(part.cells for part in parts)
    chance = sum(part.cells * part.chance for part in parts) / cells
    return Counts(cells, sum(part.agreed for part in parts), chance)


def kappa(observed: float, chance: float) -> float | None:
    """Cohen's kappa, from -1 to 1; None if both raters always give one and the same value."""
    return max(-1.0, (observed - chance) / (1 - chance)) if chance < 1 else None


def wilson(hits: int, number: int) -> tuple[float, float]:
    """The 95% interval of a share: `hits` of a number above 0."""
    share, z2 = hits / number, Z * Z
    middle = (share + z2 / (2 * number)) / (1 + z2 / number)
    half = Z / (1 + z2 / number) * sqrt(share * (1 - share) / number + z2 / (4 * number**2))
    return max(0.0, middle - half), min(1.0, middle + half)
