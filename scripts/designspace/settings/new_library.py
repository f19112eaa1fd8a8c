"""A parameter library from a spreadsheet: a row for each parameter, with the columns name, kind, unit, definition,
values, multiple and per; only name, kind and definition are required."""

import itertools
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from designspace.core import sheets
from designspace.settings import parameters

Parameter = dict[str, Any]

HEAD = "# Made from a spreadsheet. The keys are explained in docs/settings.md.\n"
SIMILAR = 90  # percent: definitions that differ in an important word, such as before and after, stay below
ANSWERS = {"": False, "no": False, "false": False, "yes": True, "true": True}


def read(path: Path) -> list[Parameter]:
    """The parameters of a spreadsheet that was saved as CSV, checked. SheetError or ConfigurationError with all
    errors."""
    try:
        rows = sheets.rows(path, needed=("name", "kind", "definition"))
    except FileNotFoundError:
        raise sheets.SheetError(f"There is no {path}; save the spreadsheet as CSV and name that file.") from None
    sheets.refuse(
        f'{where}: `multiple` is "{row["multiple"]}"; it must be yes, no or empty.'
        for where, row in rows
        if row.get("multiple", "").lower() not in ANSWERS
    )
    return parameters.check([parameter_of(row) for _, row in rows], str(path))


def parameter_of(row: dict[str, str]) -> Parameter:
    """The entry of a row; an empty cell gives no key."""
    parameter: Parameter = {"name": row["name"], "kind": row["kind"].lower(), "unit": row.get("unit")}
    parameter["per"] = row.get("per", "").lower()
    parameter["multiple"] = ANSWERS[row.get("multiple", "").lower()]
    parameter["values"] = [value.strip() for value in row.get("values", "").split(";") if value.strip()]
    parameter["definition"] = " ".join(row["definition"].split())
    return {key: value for key, value in parameter.items() if value}


def write(library: list[Parameter]) -> str:
    """The library as YAML, one line for each parameter."""
    lines = [
        yaml.safe_dump(entry, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf"))
        for entry in library
    ]
    return HEAD + "".join(f"- {line.strip()}\n" for line in lines)


def warnings(library: list[Parameter], source: str) -> list[str]:
    """A sentence for each entry that is allowed but that models answer badly."""
    similar = [
        f"{source}: the definitions of `{a['name']}` and `{b['name']}` are nearly the same, and a model may give one "
        "value for both; say in each what the other does not count."
        for a, b in itertools.combinations(library, 2)
        if fuzz.token_sort_ratio(a["definition"], b["definition"]) >= SIMILAR
    ]
    closed = [
        f"{source}: the category `{entry['name']}` has no value `other`, and a paper in which none of its values fits "
        "will get one of them; add `other` unless one always fits."
        for entry in library
        if entry["kind"] == "category" and "other" not in entry["values"]
    ]
    return parameters.example_warnings(library, source) + similar + closed
