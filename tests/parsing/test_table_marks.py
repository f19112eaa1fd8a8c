"""The benchmark of tables scores cells against marks, which are places alone, and counts prose in cells."""

import pytest
import typst

from benchmark.tables import read_document, score_marks

TABLE = "#table(columns: 3, stroke: 0.5pt, [Group], [Age], [Trials], [Young], [21.4], [320], [Old], [68.9], [240])"


@pytest.fixture
def paper(tmp_path):
    """A PDF with a table, and the marks of that table."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(typst.compile(f"Table 1. The groups of the study.\n\n{TABLE}".encode()))
    (table,) = read_document(path)[0][0]
    cells = [[c["row"], c["column"], c["row_span"], c["column_span"], *c["box"]] for c in table["cells"]]
    return path, {"page": 1, "cells": cells}


def test_cells_are_compared_with_the_text_in_their_marks(paper):
    path, table = paper
    found = read_document(path)[0]
    scored = score_marks(path, [table], found)
    assert scored.relations == (12, 12, 12)
    assert scored[1:] == (1, 0, 0, 0)
    table["cells"][4][4] -= 100  # the box of "21.4" reaches over "Young"
    assert score_marks(path, [table], found).relations == (8, 12, 12)


def test_tables_that_are_missed_or_false_and_prose_in_cells_are_counted(paper):
    path, table = paper
    assert score_marks(path, [table], [[]])[1:] == (0, 1, 0, 0)
    found = read_document(path)[0]
    assert score_marks(path, [], found)[1:] == (0, 0, 1, 0)
    found[0][0]["cells"][0]["text"] = "The groups of the study were three in all."
    assert score_marks(path, [], found)[1:] == (0, 0, 1, 1)
    assert score_marks(path, [table], found).prose == 0
