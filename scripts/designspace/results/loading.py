"""The tables of a run, read and compared with each other: a table that was cut short may still end with a complete
row."""

from pathlib import Path
from typing import Any

from designspace.core import records
from designspace.results import tables
from designspace.results.evaluation import LEVELS

Tables = dict[str, list[Any]]  # the rows of each, by its name


def load(results: Path, evaluated: bool = False) -> Tables:
    """The rows of the CSV tables in `results`, by table, including those of the evaluation if there is one.
    FileNotFoundError if one is missing, BrokenResult if one is damaged or lacks rows."""
    names = [*tables.CSV_TABLES, *(tables.EVALUATION_TABLES if evaluated else [])]
    rows = {name: tables.read_rows(results / f"{name}.csv") for name in names}
    with tables.open_sqlite(results / "designspace.sqlite") as base:
        for name in tables.CSV_TABLES:
            (written,) = base.execute(f'SELECT count(*) FROM "{name}"').fetchone()
            if len(rows[name]) != written:
                raise records.set_aside(results / f"{name}.csv", f"has {len(rows[name])} rows and not {written}")
    if evaluated:
        _check_sums(rows, results)
    return rows


def _check_sums(rows: Tables, results: Path) -> None:
    """Raise BrokenResult if the tables of an evaluation do not add up, because one of them was cut short."""
    scores, errors, bins = (rows[name] for name in tables.EVALUATION_TABLES)
    if not scores:
        raise records.set_aside(results / "evaluation.csv", "has no rows")
    all_values, parts = scores[0], [row for row in scores[2:] if row["parameter"] not in LEVELS]
    support, reported, correct = (all_values[column] or 0 for column in ("support", "reported", "correct"))
    for name, values, expected in [
        ("evaluation", sum(part["support"] for part in parts), support),
        ("evaluation", sum(part["reported"] for part in parts), reported),
        ("evaluation_errors", sum(error["error"] != "spurious" for error in errors), support - correct),
        ("evaluation_errors", sum(error["value"] != "" for error in errors), reported - correct),
        ("evaluation_calibration", sum(part["n"] for part in bins), reported),
    ]:
        if values != expected:
            raise records.set_aside(results / f"{name}.csv", f"has {values} values and not {expected}")
