"""The values of annotators, which a run is scored against."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from designspace.core import sheets
from designspace.language import values

NOTHING = "not_reported"
ALL = "all"  # in place of a group: an experiment without groups


class Gold(NamedTuple):
    """A value of an annotator, and its place; `value` None means that the paper does not report the parameter.

    `certain` is false if annotators could differ: such a value is neither expected nor wrong.
    """

    paper: str
    parameter: str
    experiment: str
    group: str  # empty for all participants
    value: values.Value | None
    certain: bool
    quotes: tuple[str, ...]
    pages: tuple[int, ...]


def load(path: str | Path, library: dict[str, dict[str, Any]]) -> list[Gold]:
    """The gold of a CSV file with the columns paper, parameter and value, and perhaps experiment, group, evidence (or
    quote), page and certainty (`ambiguous` if annotators could differ).

    A row has one value, a number perhaps with its own unit, or `not_reported`. Rows of a cell with the same value are
    one Gold. The value of a parameter that `library`, {name: entry}, does not have stays a text. SheetError if the file
    is missing or wrong.
    """
    try:
        rows = sheets.rows(path, needed=("paper", "parameter", "value"))
    except FileNotFoundError:
        raise sheets.SheetError(f"There is no {path}: make it, or set `gold` to null.") from None
    same: defaultdict[tuple[str, str, str, str, values.Value | None], list[dict[str, str]]] = defaultdict(list)
    problems: list[str] = []
    for where, row in rows:
        parameter, text, page = library.get(row["parameter"]), row["value"], row.get("page", "")
        if not re.fullmatch(r"\d*", page):
            problems.append(f'{where}: `page` is "{page}"; it must be a whole number or empty.')
        try:
            value = None if text == NOTHING else values.typed(text, parameter) if parameter else text
            group = "" if row.get("group") == ALL else row.get("group", "")
            same[row["paper"], row["parameter"], row.get("experiment", ""), group, value].append(row)
        except ValueError as error:
            problems.append(f'{where}: `value` of {row["parameter"]} is "{text}"; {error}, or {NOTHING}.')
    sheets.refuse(problems)
    return [
        Gold(
            *key,
            certain=any(row.get("certainty") != "ambiguous" for row in rows),
            quotes=tuple(filter(None, (row.get("evidence") or row.get("quote") for row in rows))),
            pages=tuple(int(row["page"]) for row in rows if row.get("page")),
        )
        for key, rows in same.items()
    ]
