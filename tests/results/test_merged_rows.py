"""The rows of the tables are what they are declared, when they are written and when they are read."""

import math
import sqlite3
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from designspace.core import records
from designspace.results import columns, outcome_rows, score_rows, tables

TABLES = tables.ROWS | tables.EVALUATION_ROWS


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "table, column",
    [(name, column) for name, kind in TABLES.items() for column, sql in columns.columns(kind).items() if "REAL" in sql],
)
def test_a_number_that_is_not_finite_enters_no_table(table, column, number):
    row = whole_row(table)
    tables.frame_of(TABLES[table], [row])
    with pytest.raises(columns.InvalidRow, match=f"row 1.*{column}"):
        tables.frame_of(TABLES[table], [row | {column: number}])


@pytest.mark.parametrize("cell", ["inf", "nan", "1e999", "many", "1.5"])
def test_a_table_with_a_cell_that_is_no_number_of_its_column_is_set_aside(tmp_path, cell):
    path = tmp_path / "memory.csv"
    tables.write_csv(tables.frame_of(score_rows.MemoryRow, [whole_row("memory")]), path)
    assert tables.read_rows(path) == [whole_row("memory")]
    path.write_bytes(path.read_bytes().replace(b"4321", cell.encode()))
    with pytest.raises(records.BrokenResult, match="memory.csv.broken"):
        tables.read_rows(path)


def test_the_header_of_a_table_is_its_declaration(tmp_path):
    for table, kind in TABLES.items():
        path = tmp_path / f"{table}.csv"
        tables.write_csv(tables.frame_of(kind, []), path)
        assert path.read_text("utf-8-sig") == ",".join(kind.__annotations__) + "\n"
    frames = {name: tables.frame_of(kind, [whole_row(name)]) for name, kind in tables.ROWS.items()}
    frames["meta"] = frames["meta"].assign(**dict.fromkeys(outcome_rows.OPEN, ""))
    tables.write_sqlite(frames, [], tmp_path / "all.sqlite")
    base = sqlite3.connect(tmp_path / "all.sqlite")
    for name, kind in tables.ROWS.items():
        names = [column[0] for column in base.execute(f"SELECT * FROM {name}").description]
        assert names == [*kind.__annotations__, *(outcome_rows.OPEN if name == "meta" else ())]


def whole_row(table):
    """A row with something in every column that takes a number."""
    cells = {"INTEGER": 4321, "REAL": 0.5, "TEXT": ""}
    row = {name: cells[sql.split()[0]] for name, sql in columns.columns(TABLES[table]).items()}
    return row | {name: get_args(hint)[0] for name, hint in get_type_hints(TABLES[table]).items() if is_choice(hint)}


def is_choice(hint):
    return get_origin(hint) is Literal
