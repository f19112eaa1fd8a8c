"""The codebook: every column of every table with its type, unit and meaning, also as a Frictionless data package.

It follows from the declarations that the rows are checked with, and from the parameter library.
"""

import hashlib
import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import pandas as pd

from designspace import __version__
from designspace.core.sheets import escape
from designspace.language import expressions
from designspace.results import columns, outcome_rows, tables

TYPES = {"TEXT": "string", "INTEGER": "integer", "REAL": "number"}
REFERENCE = re.compile(r"REFERENCES (\w+) \((\w+)\)")
ABOUT = {
    "papers": "A row for each PDF and each entry of the library without one.",
    "prisma": "The number of files, papers and entries at each step from files to included papers.",
    "extractions": "A row for each value, with its evidence.",
    "experiments": "A row for each experiment of a paper with several.",
    "parameters": "A row for each paper, a column for each parameter; experiments and groups have what differs.",
    "groups": "A row for each group of participants, with all parameters that hold for it.",
    "outcomes": "A row for each reported statistic or mean, with its numbers in columns.",
    "meta": "A row for each comparison, mean of a group or statistic, as metafor and metalab read them.",
    "discoveries": "A row for each thing that papers report and the library does not ask for.",
    "corrections_unused": "A row for each correction whose paper or parameter is not in this run.",
    "memory": "A row for each paper and task: time, tokens and memory.",
    "reviews": "A row for each mark of a reviewer.",
    "agreement": "A row for each pair of raters and each parameter: how far they agree.",
}


class Field(NamedTuple):
    """A column of a table; `type` is one of Frictionless' Table Schema, `values` are the allowed ones, if they are
    listed."""

    table: str
    column: str
    type: str
    description: str
    unit: str = ""
    values: tuple[str, ...] = ()


def fields(library: list[dict[str, Any]]) -> list[Field]:
    """The columns of the CSV tables, in order."""
    return [field for name in tables.CSV_TABLES for field in [*_declared(name), *_of_parameters(name, library)]]


@cache
def _declared(table: str) -> tuple[Field, ...]:
    bare = get_type_hints(tables.ROWS[table])
    made = []
    for name, hint in get_type_hints(tables.ROWS[table], include_extras=True).items():
        about = next(part for part in columns.parts(hint) if isinstance(part, columns.About))
        choices = tuple(filter(None, get_args(bare[name]))) if get_origin(bare[name]) is Literal else ()
        made.append(Field(table, name, TYPES[tables.TABLES[table][name].split()[0]], str(about), "", choices))
    return tuple(made)


def _of_parameters(table: str, library: list[dict[str, Any]]) -> list[Field]:
    """The columns of a table for the parameters: none, or one for each, or in groups two for each."""
    made: dict[str, Field] = {}
    if table not in ("parameters", "groups", "meta"):
        return []
    if table == "meta":
        by_hand = "Empty, to be filled by hand, unless a parameter has this name."
        made |= {name: Field(table, name, "string", f"{what} {by_hand}") for name, what in outcome_rows.OPEN.items()}
    for entry in library:
        name, kind = entry["name"], entry["kind"]
        if table == "meta" and kind in expressions.KINDS:
            continue
        single = kind in ("integer", "number", "boolean") and not entry.get("multiple")
        choices = () if entry.get("multiple") else tuple(entry.get("values", ()))
        what = kind if single else "string"
        made[name] = Field(table, name, what, _sentence(entry["definition"]), entry.get("unit", ""), choices)
        if table == "groups":
            source = f"Level that the value of {name} comes from: group, experiment or paper; behind a colon, its rule."
            made[name + tables.SOURCE] = Field(table, name + tables.SOURCE, "string", source)
    return list(made.values())


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def package(
    library: list[dict[str, Any]], frames: dict[str, pd.DataFrame], settings: dict[str, Any], parameters_file: Path
) -> dict[str, Any]:
    """The data package of a run: the schema of each table, and the sources of the tables."""
    of_tables: dict[str, list[Field]] = defaultdict(list)
    for field in fields(library):
        of_tables[field.table].append(field)
    papers = frames["papers"].sort_values("paper")
    files = papers[papers["file"] != ""][["file", "sha256"]].to_dict("records")
    return {
        "profile": "tabular-data-package",
        "name": "designspace",
        "title": "Experimental parameters of papers, each value with its evidence",
        "sources": [{"title": str(row["file"]), "sha256": str(row["sha256"])} for row in files],
        "run": {
            "software": {"name": "Designspace", "version": __version__},
            "models": _distinct(frames["memory"][["model", "revision", "software"]]),
            "settings": settings,
            "parameters": {"sha256": hashlib.sha256(parameters_file.read_bytes()).hexdigest()},
            "corrections": _corrections(frames["reviews"]),
        },
        "resources": [_resource(name, own) for name, own in of_tables.items()],
    }


def _distinct(frame: pd.DataFrame) -> list[dict[str, str]]:
    known = {tuple(map(str, row)) for row in frame.itertuples(index=False, name=None) if any(row)}
    return [dict(zip(frame.columns, row, strict=True)) for row in sorted(known)]


def _corrections(reviews: pd.DataFrame) -> list[dict[str, Any]]:
    """The number of marks of each reviewer, and the dates of the first and the last; reviews.csv has each."""
    made: dict[str, list[str]] = defaultdict(list)
    for row in reviews.to_dict("records"):
        made[row["reviewer"]].append(row["date"])
    return [
        {"reviewer": name, "marks": len(dates), "first": min(dates), "last": max(dates)}
        for name, dates in sorted(made.items())
    ]


def _resource(table: str, own: list[Field]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_descriptor(field) for field in own]}
    references = []
    for column, declaration in tables.TABLES[table].items():
        if reference := REFERENCE.search(declaration):
            other = "" if reference[1] == table else reference[1]
            to = {"resource": other, "fields": [reference[2]]}
            references.append({"fields": [column], "reference": to})
        if "PRIMARY KEY" in declaration:
            schema["primaryKey"] = [column]
    if table in tables.KEYS:
        schema["primaryKey"] = [column.strip(' "') for column in tables.KEYS[table].split(",")]
    if references:
        schema["foreignKeys"] = references
    return {
        "name": table,
        "description": ABOUT[table],
        "path": f"{table}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "schema": schema,
    }


def _descriptor(field: Field) -> dict[str, Any]:
    made: dict[str, Any] = {"name": field.column, "type": field.type, "description": field.description}
    if field.unit:
        made["unit"] = field.unit
    if field.values:
        made["constraints"] = {"enum": [*map(escape, field.values)]}  # as they stand in the CSV file
    return made


def as_json(made: dict[str, Any]) -> bytes:
    """A data package, or a crate, as the content of its file."""
    return (json.dumps(made, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
