"""Reported statistics and means with their numbers: the rows of outcomes.csv."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from designspace.core.contracts import Text
from designspace.language import expressions, means, statistics, units
from designspace.results import effects, groups, significance
from designspace.results.columns import fill
from designspace.results.marks import Parameter
from designspace.results.outcome_rows import OutcomeRow
from designspace.results.rows import ExtractionRow, GroupRow


def rows_of(
    extractions: list[ExtractionRow], of_groups: Iterable[GroupRow], text: Text, library: dict[str, Parameter]
) -> list[OutcomeRow]:
    """A row for each statistic and mean that a paper with this text and these groups reports."""
    cells, counted = groups.values_of(extractions), groups.counted(library)
    sizes: dict[str, list[int | None]] = defaultdict(list)
    for own in of_groups:
        sizes[own["experiment"]].append(groups.participants(cells, own, counted))
    rows = []
    for row in extractions:
        parameter = library[row["parameter"]]
        if row["status"] != "reported" or parameter["kind"] not in expressions.KINDS:
            continue
        if parameter["kind"] == "statistic":
            read = _statistic(row, sizes[row["experiment"]])
        else:
            read = _mean(row, text, parameter.get("unit", ""))
        rows.append(fill(OutcomeRow, read, row))
    return rows


def _statistic(row: ExtractionRow, sizes: list[int | None]) -> dict[str, Any]:
    found = statistics.parse(row["value"])
    if found is None:
        return {}
    return found._asdict() | {
        "statistic": found.value.number,
        "value": row["value"],
        "p_sign": found.p.sign,
        "p": found.p.number,
        "p_computed": significance.p_value(found),
        "p_check": significance.check(found),
        "effect_size": found.effect_size,
        "effect_computed": effects.computed(found, sizes),
        "effect_check": effects.check(found, sizes),
    }


def _mean(row: ExtractionRow, text: Text, unit: str) -> dict[str, Any]:
    found = means.parse(row["value"])
    if found is None:
        return {}
    numbers = {"mean": found.mean, "spread_size": found.size}
    if found.interval:
        numbers |= dict(zip(("ci_low", "ci_high"), found.interval, strict=True))
    own = found.unit or unit
    ratio = units.convert(1.0, own, unit)
    if ratio is not None:
        own = unit
        numbers = {name: _scaled(number, ratio) for name, number in numbers.items()}
    stated = "" if found.spread else _stated(row, text)
    origin = "printed" if found.spread else "stated" if stated else ""
    return numbers | {"n": found.n, "unit": own, "spread": found.spread or stated, "spread_from": origin}


def _scaled(number: float | None, ratio: float) -> float | None:
    return None if number is None else float(f"{number * ratio:.12g}")


def _stated(row: ExtractionRow, text: Text) -> str:
    """The kind of spread that the paper states before the place of the value."""
    if row["start"] is None or row["end"] is None:
        return ""
    place = expressions.written(row["value"]).search(text["text"], row["start"], row["end"])
    return means.stated(text["text"], place.start()) if place else ""
