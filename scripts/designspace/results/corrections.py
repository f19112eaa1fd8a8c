"""The corrections of reviewers: files that win over the model in every later run.

A row says what one cell of the tables (a parameter of a paper, an experiment or a group) contains, whatever a model
answers about it now or later. `marks` decides which value counts if several reviewers have marked one cell.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from designspace.core import sheets
from designspace.language import values

# The kinds of rows. An adjudication decides between reviews that disagree; a note has no value; `no …` takes back the
# reviewer's own review or adjudication of the cell.
REVIEW, ADJUDICATION, NOTE, NO_REVIEW, NO_ADJUDICATION = "", "adjudication", "note", "no review", "no adjudication"
KINDS = (REVIEW, ADJUDICATION, NOTE, NO_REVIEW, NO_ADJUDICATION)


class Correction(NamedTuple):
    """A row of a file. `value` may contain several values with semicolons between them, and is empty if the paper
    reports nothing; `old_value`, what the reviewer saw, is for people only."""

    paper: str  # its id or its file's name
    parameter: str
    experiment: str  # empty for the whole paper
    kind: str  # of KINDS
    old_value: str
    value: str
    note: str
    reviewer: str
    date: str  # 2026-11-24 or 2026-11-24T09:30:00Z
    group: str = ""  # empty for all groups


def files(path: str | Path) -> list[Path]:
    """The existing files of corrections: `path` itself, and all CSV files in the folder with its name without the
    ending (config/corrections.csv, config/corrections/NAME.csv)."""
    path = Path(path)
    return [*filter(Path.is_file, [path]), *sorted(path.with_suffix("").glob("*.csv"))]


def load(path: str | Path, library: dict[str, dict[str, Any]]) -> list[Correction]:
    """The corrections of all `files`, oldest first. SheetError if one cannot be read, or if a value is not allowed for
    its parameter in `library`, {name: entry}. In the folder, a row without a reviewer belongs to the reviewer that its
    file is named after."""
    rows = []
    for file in files(path):
        owner = "" if file == Path(path) else file.stem
        rows += [row._replace(reviewer=row.reviewer or owner) for row in _rows(file, library)]
    return sorted(rows, key=lambda row: _time(row.date))


def _rows(path: Path, library: dict[str, dict[str, Any]]) -> list[Correction]:
    lines = sheets.rows(path, needed=("paper", "parameter", "value"))
    strange = [name for _, cells in lines[:1] for name in cells if name not in Correction._fields]
    columns = ", ".join(Correction._fields)
    sheets.refuse(f"{path}: `{name}` is not a column of corrections; the columns are {columns}." for name in strange)
    rows = [(where, Correction(**dict.fromkeys(Correction._fields, "") | cells)) for where, cells in lines]
    sheets.refuse(f"{where}: {problem}" for where, row in rows for problem in _problems(row, library))
    return [row for _, row in rows]


def _problems(row: Correction, library: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The errors in a row."""
    try:
        _time(row.date)
    except ValueError:
        yield f'`date` is "{row.date}"; it must be written like 2026-11-24.'
    if row.kind not in KINDS:
        yield f'`kind` is "{row.kind}"; it must be empty or one of {", ".join(filter(None, KINDS))}.'
    if row.kind == ADJUDICATION and not row.reviewer:
        yield "`reviewer` is empty; an adjudication needs a name."
    if row.parameter in library and row.kind in (REVIEW, ADJUDICATION):  # a removed parameter allows any value
        try:
            values.parse(row.value, library[row.parameter])
        except ValueError as error:
            yield f'`value` of {row.parameter} is "{row.value}"; {error}.'


def _time(date: str) -> datetime:
    """The time of a row, for sorting; a row without a date is the oldest."""
    time = datetime.fromisoformat(date) if date else datetime.min
    return time if time.tzinfo else time.replace(tzinfo=UTC)
