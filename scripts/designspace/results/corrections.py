"""The corrections of reviewers: a file that wins over the model in every later run.

A row states what one cell of the tables holds, the parameter of a paper, an experiment or a group, whatever a model
answers about it now or later. Whether that accepts, corrects or rejects the model's answer follows from comparing
the two.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from designspace.core import sheets
from designspace.language import values
from designspace.language.matching import spelled


class Correction(NamedTuple):
    """A row of the file. `value` may hold several with semicolons between them and is empty where the paper reports
    nothing; `old_value`, what the reviewer saw, is kept for people only."""

    paper: str  # its id or its file's name
    parameter: str
    experiment: str  # empty for the whole paper
    old_value: str
    value: str
    note: str
    reviewer: str
    date: str  # 2026-11-24 or 2026-11-24T09:30:00Z
    group: str = ""  # empty for all groups


Cells = dict[tuple[str, str, str], Correction]  # of a paper, by parameter, and experiment and group as `spelled`
Corrected = defaultdict[str, Cells]  # by paper


def load(path: str | Path, library: dict[str, dict[str, Any]]) -> list[Correction]:
    """The corrections of a CSV file, oldest first; none where there is no file. SheetError where it cannot be read, or
    where a value is none of its parameter in `library`, {name: entry}."""
    try:
        lines = sheets.rows(path, needed=("paper", "parameter", "value"))
    except FileNotFoundError:
        return []
    strange = [name for _, cells in lines[:1] for name in cells if name not in Correction._fields]
    columns = ", ".join(Correction._fields)
    sheets.refuse(f"{path}: `{name}` is no column of corrections, which has {columns}." for name in strange)
    rows = [(where, Correction(**dict.fromkeys(Correction._fields, "") | cells)) for where, cells in lines]
    sheets.refuse(f"{where}: {problem}" for where, row in rows for problem in _problems(row, library))
    return sorted((row for _, row in rows), key=lambda row: _time(row.date))


def _problems(row: Correction, library: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What is wrong with a row, if anything."""
    try:
        _time(row.date)
    except ValueError:
        yield f'`date` is "{row.date}"; it must be written like 2026-11-24.'
    if row.parameter in library:  # of one that is gone nothing can be wrong
        try:
            values.parse(row.value, library[row.parameter])
        except ValueError as error:
            yield f'`value` of {row.parameter} is "{row.value}"; {error}.'


def _time(date: str) -> datetime:
    """When, for sorting; what has no date is the oldest."""
    time = datetime.fromisoformat(date) if date else datetime.min
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def sort_out(
    rows: list[Correction], papers: dict[str, str], library: dict[str, dict[str, Any]]
) -> tuple[Corrected, list[dict[str, Any]]]:
    """The correction of each cell, {paper: {(parameter, experiment and group as `spelled`): correction}}, and the rows
    for which there is no cell now, each with the reason. `papers` is what each paper may be called: {name: id}."""
    cells: Corrected = defaultdict(dict)
    unused = []
    for row in rows:
        if row.paper not in papers:
            unused.append(row._asdict() | {"reason": "No PDF of the folder is this paper."})
        elif row.parameter not in library:
            unused.append(row._asdict() | {"reason": "The parameter library does not have this parameter."})
        else:
            cells[papers[row.paper]][row.parameter, spelled(row.experiment), spelled(row.group)] = (
                row  # the last one wins
            )
    return cells, unused


def review(answers: list[dict[str, Any]], correction: Correction, parameter: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one cell after its correction.

    `answers` are the model's, with `value`, `status` and `candidate` as in extractions.csv. Every row keeps what the
    model reported as its `model_value`, to which evidence and confidence still belong. What both have is accepted. The
    reviewer's other values take the places of the model's (corrected), and what is left of the model's is not reported
    (rejected). Where neither has a value and the model has no row, there is one for the reviewer's.
    """
    stamp = {"reviewer": correction.reviewer, "reviewed": correction.date, "review_note": correction.note}
    wanted = list(dict.fromkeys(map(values.as_text, values.parse(correction.value, parameter))))
    given = [row["value"] for row in answers if row["status"] == "reported"]
    if "; ".join(given).split() == correction.value.split():
        wanted = given  # also where one of them has a semicolon
    new = iter([value for value in wanted if value not in given])
    rows = []
    for row in sorted(answers, key=lambda row: row["status"] != "reported"):
        if row["value"] in wanted:
            value, verdict = row["value"], "accepted"
        else:
            value = next(new, "")
            verdict = "corrected" if value else "rejected" if row["value"] else "accepted"
        status, candidate = (
            ("reported", row["candidate"]) if value else ("not_reported", row["candidate"] or row["value"])
        )
        reviewed = {"value": value, "status": status, "candidate": candidate, "model_value": row["value"]}
        rows.append(row | reviewed | stamp | {"review": verdict})
    rows += [{"value": value, "status": "reported", "review": "corrected"} | stamp for value in new]
    return rows or [{"value": "", "status": "not_reported", "review": "accepted"} | stamp]
