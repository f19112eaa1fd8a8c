"""The tables of a run and their three forms: pandas frames, CSV files and one SQLite file.

`rows` declares every column once and all forms follow it. A missing value is an empty cell in a CSV file, NULL in
SQLite, and in a frame "" in a column of text and <NA> in a column of numbers.

    extractions = tables.read_csv("results/extractions.csv")
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from designspace.core import records
from designspace.core.files import write_whole
from designspace.core.sheets import escape, unescape
from designspace.language import expressions
from designspace.results import columns as declarations
from designspace.results import outcome_rows, rows, score_rows

ROWS: dict[str, type] = {
    "papers": rows.PaperRow,
    "prisma": rows.PrismaRow,
    "extractions": rows.ExtractionRow,
    "experiments": rows.ExperimentRow,
    "parameters": rows.ParametersRow,
    "groups": rows.GroupRow,
    "outcomes": outcome_rows.OutcomeRow,
    "meta": outcome_rows.MetaRow,
    "discoveries": rows.DiscoveryRow,
    "corrections_unused": rows.UnusedRow,
    "findings": rows.FindingRow,  # SQLite only: there, discoveries can be joined with all their evidence
    "memory": score_rows.MemoryRow,
    "reviews": score_rows.ReviewRow,
    "agreement": score_rows.AgreementRow,
}
# The tables that `evaluate` makes from the others and from annotations: CSV files only, and only with annotations.
EVALUATION_ROWS: dict[str, type] = {
    "evaluation": score_rows.EvaluationRow,
    "evaluation_errors": score_rows.ErrorRow,
    "evaluation_calibration": score_rows.CalibrationRow,
}
TABLES, EVALUATION_TABLES = (
    {name: declarations.columns(kind) for name, kind in kinds.items()} for kinds in (ROWS, EVALUATION_ROWS)
)
KEYS = {
    "prisma": "step, reason",
    "extractions": 'paper, experiment, "group", parameter, item',
    "experiments": "paper, experiment",
    "parameters": 'paper, experiment, "group"',
    "groups": 'paper, experiment, "group"',
    "outcomes": 'paper, experiment, "group", parameter, item',
    "findings": "paper, item",
    "memory": "paper, task",
}
SOURCE = "_from"  # ending of a parameter's second column in groups: the level that its value comes from
CSV_TABLES = tuple(name for name in TABLES if name != "findings")
AT_ONCE = 10_000  # rows of a table that are made into Python's own numbers and texts
KINDS: dict[str, Any] = {"INTEGER": "Int64", "REAL": "Float64", "TEXT": object}


def frame_of(kind: type, table: list[Any]) -> pd.DataFrame:
    """The rows of a kind as a frame. InvalidRow if one of them is not of the kind."""
    declarations.check(table, kind)
    return make_frame([tuple(row.values()) for row in table], declarations.columns(kind))


def make_frame(cells: list[tuple[Any, ...]], columns: dict[str, str]) -> pd.DataFrame:
    """Rows as a frame with the types that `columns` (a table of TABLES) declares."""
    made: dict[str, Any] = {}
    of_columns = zip(*cells, strict=True) if cells else [()] * len(columns)
    for (name, declaration), own in zip(columns.items(), of_columns, strict=True):
        kind = KINDS[declaration.split()[0]]
        texts = kind is object
        made[name] = pd.Series(["" if c is None else c for c in own], dtype=kind) if texts else pd.array(own, kind)
    return pd.DataFrame(made)


def rows_of(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The rows of a frame, with Python's own numbers; pandas' `itertuples` takes several times as long for a small one.
    Only some rows of a large frame are in memory a second time."""
    for first in range(0, len(frame), AT_ONCE):
        yield from zip(*(own.tolist() for _, own in frame.iloc[first : first + AT_ONCE].items()), strict=True)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write UTF-8 with a byte-order mark, without which Excel shows ± as Â±; lines end with a newline."""
    safe = {
        name: np.array([*map(escape, own)], dtype=object) if own.dtype == object else own.array
        for name, own in frame.items()
    }
    write_whole(path, pd.DataFrame(safe).to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))


def read_csv(path: str | Path) -> pd.DataFrame:
    """A table written by write_csv, with its types and its original texts. In parameters.csv every cell is a text."""
    return pd.DataFrame(_columns(Path(path)))


def _columns(path: Path) -> dict[str, Any]:
    """The columns of a table written by write_csv, by name, as arrays: to make a frame of arrays takes pandas far less
    time than to replace the columns of a frame."""
    kinds = {
        name: KINDS[declaration.split()[0]] for name, declaration in (TABLES | EVALUATION_TABLES)[path.stem].items()
    }
    numbers = {name: kind for name, kind in kinds.items() if kind is not object}
    frame = pd.read_csv(
        path,
        encoding="utf-8-sig",
        dtype=defaultdict[str, Any](lambda: object, numbers),
        keep_default_na=False,
        na_values={name: [""] for name in numbers},
    )
    return {
        str(name): own.array if name in numbers else np.array([*map(unescape, own)], dtype=object)
        for name, own in frame.items()
    }


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def read_rows(path: str | Path) -> list[Any]:
    """The rows of a table written by write_csv, checked to be of the kind that ROWS or EVALUATION_ROWS has for the
    file's name. FileNotFoundError if it is missing, BrokenResult if it is not such a table."""
    path = Path(path)
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 1, 0))
        if file.read() != b"\n":
            raise records.set_aside(path, "was cut short")
    try:
        found = _columns(path)
    except (ValueError, TypeError, OverflowError) as error:
        raise records.set_aside(path, f"is not a table ({error})") from None
    kind = (ROWS | EVALUATION_ROWS)[path.stem]
    columns = declarations.columns(kind)
    if list(columns) != list(found)[: len(columns)]:
        raise records.set_aside(path, "does not have the columns of its table")
    cells = [
        (own if isinstance(own, np.ndarray) else own.to_numpy(object, na_value=None)).tolist() for own in found.values()
    ]
    table: list[Any] = [dict(zip(found, row, strict=True)) for row in zip(*cells, strict=True)]
    try:
        declarations.check(table, kind)
    except declarations.InvalidRow as error:
        raise records.set_aside(path, str(error)) from None
    return table


@contextmanager
def open_sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    """A file written by write_sqlite, opened for reading. BrokenResult if it is not one. It is opened as immutable,
    which takes no locks."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.row_factory = sqlite3.Row
            yield database
    except sqlite3.DatabaseError as error:
        raise records.set_aside(path, f"is not a complete database ({error})") from None


def write_sqlite(frames: dict[str, pd.DataFrame], parameters: list[dict[str, Any]], path: Path) -> None:
    """Write all tables into one new SQLite file, with keys and types; a parameter with one number has a column of
    numbers.

    The file is built in memory, since the locks that SQLite needs on a disk fail on the file systems of many clusters.
    The tables are not STRICT: SQLite before 3.37, which many clusters have, could not open the file.
    """
    types = {"integer": "INTEGER", "number": "REAL"}
    wide = {p["name"]: "TEXT" if p.get("multiple") else types.get(p["kind"], "TEXT") for p in parameters}
    paired = {column: kind for name in wide for column, kind in ((name, wide[name]), (name + SOURCE, "TEXT"))}
    moderators = [p["name"] for p in parameters if p["kind"] not in expressions.KINDS]
    last = {name: wide.get(name, "TEXT") for name in outcome_rows.last_columns(moderators)}
    more = {"parameters": wide, "groups": paired, "meta": last}
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA page_size = 4096")
    with database:
        for table, columns in TABLES.items():
            columns = columns | more.get(table, {})
            parts = [f"{_quote(name)} {declaration}" for name, declaration in columns.items()]
            parts += [f"PRIMARY KEY ({KEYS[table]})"] if table in KEYS else []
            database.execute(f"CREATE TABLE {_quote(table)} ({', '.join(parts)})")
            may_be_null = ["NOT NULL" not in declaration for declaration in columns.values()]
            rows = (
                [
                    None if null and (cell is pd.NA or cell == "") else cell
                    for cell, null in zip(row, may_be_null, strict=True)
                ]
                for row in rows_of(frames[table])
            )
            database.executemany(f"INSERT INTO {_quote(table)} VALUES ({', '.join('?' * len(columns))})", rows)
    write_whole(path, database.serialize())
    database.close()
