"""The tables of a run and their three forms: pandas frames, CSV files and one SQLite file.

TABLES declares every column once and all forms follow it. A missing value is an empty cell in a CSV file, NULL in
SQLite, and in a frame "" in a column of text and <NA> in a column of numbers.

    extractions = tables.read_csv("results/extractions.csv")
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from designspace.core import records
from designspace.core.files import write_whole
from designspace.core.sheets import escape, unescape

TABLES = {
    "papers": {
        "citation": "TEXT",  # McDougle & Taylor 2019; this and the next six as the first pages of the PDF say
        "title": "TEXT",
        "authors": "TEXT",  # with semicolons between them
        "year": "TEXT",
        "journal": "TEXT",
        "doi": "TEXT",
        "type": "TEXT",  # article, preprint, supplement or other
        "paper": "TEXT PRIMARY KEY",
        "file": "TEXT NOT NULL",
        "sha256": "TEXT NOT NULL",
        "pages": "INTEGER",
        "tokens": "INTEGER",
        "tokens_kept": "INTEGER",
        "status": "TEXT NOT NULL",
        "reason": "TEXT",
        "duplicate_of": "TEXT REFERENCES papers (paper)",
    },
    "extractions": {
        "paper": "TEXT NOT NULL REFERENCES papers (paper)",
        "experiment": "TEXT NOT NULL",  # empty: the whole paper
        "parameter": "TEXT NOT NULL",
        "item": "INTEGER NOT NULL",
        "value": "TEXT",
        "unit": "TEXT",
        "confidence": "REAL",
        "reasoning": "TEXT",
        "evidence": "TEXT",
        "page": "INTEGER",
        "start": "INTEGER",
        "end": "INTEGER",
        "boxes": "TEXT",
        "status": "TEXT NOT NULL",
        "reason": "TEXT",
        "candidate": "TEXT",
        "p_null": "REAL",
        "number": "REAL",
        "review": "TEXT",  # empty, accepted, corrected or rejected
        "model_value": "TEXT",  # of a reviewed row: what the model reported, empty where it reported nothing
        "reviewer": "TEXT",
        "reviewed": "TEXT",
        "review_note": "TEXT",
    },
    # The experiments that papers with several report.
    "experiments": {
        "paper": "TEXT NOT NULL REFERENCES papers (paper)",
        "experiment": "TEXT NOT NULL",
        "confidence": "REAL",
        "evidence": "TEXT",
        "page": "INTEGER",
        "start": "INTEGER",
        "end": "INTEGER",
        "boxes": "TEXT",
    },
    # A row for each paper, then one for each of its experiments, and behind these columns one for each parameter.
    "parameters": {"paper": "TEXT NOT NULL REFERENCES papers (paper)", "experiment": "TEXT NOT NULL"},
    "discoveries": {
        "name": "TEXT PRIMARY KEY",
        "category": "TEXT",
        "description": "TEXT",
        "unit": "TEXT",
        "n_papers": "INTEGER NOT NULL",
        "papers": "TEXT NOT NULL",
        "values": "TEXT",
        "importance": "TEXT",
        "evidence": "TEXT",
        "evidence_paper": "TEXT NOT NULL REFERENCES papers (paper)",
        "evidence_page": "INTEGER",
    },
    # The corrections of a paper or a parameter that is not there now.
    "corrections_unused": {
        "paper": "TEXT NOT NULL",
        "parameter": "TEXT NOT NULL",
        "experiment": "TEXT NOT NULL",
        "old_value": "TEXT",
        "value": "TEXT",
        "note": "TEXT",
        "reviewer": "TEXT",
        "date": "TEXT",
        "reason": "TEXT NOT NULL",
    },
    # One row for each finding of each paper; SQLite only, where discoveries can be joined to all their evidence.
    "findings": {
        "paper": "TEXT NOT NULL REFERENCES papers (paper)",
        "item": "INTEGER NOT NULL",
        "discovery": "TEXT NOT NULL REFERENCES discoveries (name)",
        "name": "TEXT NOT NULL",
        "category": "TEXT",
        "description": "TEXT",
        "value": "TEXT",
        "unit": "TEXT",
        "importance": "TEXT",
        "confidence": "REAL",
        "evidence": "TEXT",
        "page": "INTEGER",
        "start": "INTEGER",
        "end": "INTEGER",
        "boxes": "TEXT",
    },
    "memory": {
        "paper": "TEXT NOT NULL REFERENCES papers (paper)",
        "task": "TEXT NOT NULL",
        "attempt": "INTEGER",
        "predicted_bytes": "INTEGER",
        "allocated_bytes": "INTEGER",
        "device_bytes": "INTEGER",
        "prompt_tokens": "INTEGER",
        "new_tokens": "INTEGER",
        "seconds_attach": "REAL",
        "seconds_prefill": "REAL",
        "seconds_decode": "REAL",
        "status": "TEXT NOT NULL",
        "model": "TEXT",
        "revision": "TEXT",
        "software": "TEXT",
    },
}
# What `evaluate` makes of the tables and of annotations: CSV files only, and only where there are annotations.
EVALUATION_TABLES = {
    "evaluation": {
        "parameter": "TEXT",
        "precision": "REAL",
        "recall": "REAL",
        "f1": "REAL",
        "support": "INTEGER",
        "reported": "INTEGER",
        "correct": "INTEGER",
        "with_evidence": "INTEGER",
        "same_sentence": "REAL",
        "same_page": "REAL",
    },
    "evaluation_errors": {
        "paper": "TEXT",
        "experiment": "TEXT",
        "parameter": "TEXT",
        "error": "TEXT",
        "gold": "TEXT",
        "value": "TEXT",
        "confidence": "REAL",
        "candidate": "TEXT",
        "p_null": "REAL",
        "gold_evidence": "TEXT",
        "gold_page": "INTEGER",
        "evidence": "TEXT",
        "page": "INTEGER",
    },
    "evaluation_calibration": {
        "from": "REAL",
        "to": "REAL",
        "n": "INTEGER",
        "confidence": "REAL",
        "correct": "REAL",
    },
}
KEYS = {
    "extractions": "paper, experiment, parameter, item",
    "experiments": "paper, experiment",
    "parameters": "paper, experiment",
    "findings": "paper, item",
    "memory": "paper, task",
}
CSV_TABLES = tuple(name for name in TABLES if name != "findings")
KINDS: dict[str, Any] = {"INTEGER": "Int64", "REAL": "Float64", "TEXT": object}


def make_frame(rows: list[tuple[Any, ...]], columns: dict[str, str]) -> pd.DataFrame:
    """Rows as a frame with the types that `columns` (a table of TABLES) declares."""
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    for name, declaration in columns.items():
        kind = KINDS[declaration.split()[0]]
        frame[name] = frame[name].fillna("") if kind is object else frame[name].astype(kind)
    return frame


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """UTF-8 with a byte-order mark, without which Excel shows ± as Â±; lines end with a newline."""
    texts = frame.select_dtypes("object").columns
    frame = frame.assign(**{name: frame[name].map(escape) for name in texts})
    write_whole(path, frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))


def read_csv(path: str | Path) -> pd.DataFrame:
    """A table written by write_csv, with its types and with its texts as they were. In parameters.csv every cell is a
    text."""
    path = Path(path)
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
    texts = [name for name in frame.columns if name not in numbers]
    return frame.assign(**{name: frame[name].map(unescape) for name in texts})


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def read_rows(path: str | Path) -> list[dict[str, Any]]:
    """The rows of a table written by write_csv, {column: value}; a missing number is None. FileNotFoundError where it
    is missing, BrokenResult where it is no such table."""
    path = Path(path)
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 1, 0))
        if file.read() != b"\n":
            raise records.set_aside(path, "was cut short")
    try:
        frame = read_csv(path).astype(object)
    except (ValueError, TypeError) as error:
        raise records.set_aside(path, f"is no table ({error})") from None
    columns = (TABLES | EVALUATION_TABLES)[path.stem]
    if list(columns) != list(frame.columns[: len(columns)]):
        raise records.set_aside(path, "has not the columns of its table")
    rows: list[Any] = frame.where(frame.notna(), None).to_dict("records")
    return rows


@contextmanager
def open_sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    """A file written by write_sqlite, to read from. BrokenResult where it is none. It is opened as one that nobody
    changes, which takes no locks."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.row_factory = sqlite3.Row
            yield database
    except sqlite3.DatabaseError as error:
        raise records.set_aside(path, f"is no whole database ({error})") from None


def write_sqlite(frames: dict[str, pd.DataFrame], parameters: list[dict[str, Any]], path: Path) -> None:
    """All tables in one fresh SQLite file, keyed and typed; a parameter with one number has a column of numbers.

    The file is put together in memory, since the locks that SQLite needs on a disk fail on many clusters' file
    systems. The tables are not STRICT: SQLite before 3.37, which many clusters have, could not open the file.
    """
    types = {"integer": "INTEGER", "number": "REAL"}
    wide = {p["name"]: "TEXT" if p.get("multiple") else types.get(p["kind"], "TEXT") for p in parameters}
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA page_size = 4096")
    with database:
        for table, columns in TABLES.items():
            columns = columns | wide if table == "parameters" else columns
            parts = [f"{_quote(name)} {declaration}" for name, declaration in columns.items()]
            parts += [f"PRIMARY KEY ({KEYS[table]})"] if table in KEYS else []
            database.execute(f"CREATE TABLE {_quote(table)} ({', '.join(parts)})")
            frame = frames[table].astype(object)
            empty = [name for name, declaration in columns.items() if "NOT NULL" not in declaration]
            frame[empty] = frame[empty].where(frame[empty].notna() & (frame[empty] != ""), None)
            rows = frame.itertuples(index=False, name=None)
            database.executemany(f"INSERT INTO {_quote(table)} VALUES ({', '.join('?' * len(columns))})", rows)
    write_whole(path, database.serialize())
    database.close()
