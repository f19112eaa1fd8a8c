"""Which lines of a table are rows: lines of a cell, labels, and notes at the foot, which are no cells."""

import pytest
from test_page_tables import BODY, ROWS, rows_of, tables_of

NOTES = {
    "marks": "$ast$ Significant at P < 0.05; $ast ast$ significant at P < 0.01.",
    "a note": "Note. The age of a group is the mean of its participants.",
    "an address": "https:\\/\\/doi.org/10.1234/made.up.t001",
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
@pytest.mark.parametrize("down", ["0.5pt", "0pt"], ids=["ruled", "horizontal rules"])
def test_notes_at_the_foot_of_a_table_are_no_cells(down, note):
    rules = f"stroke: (x, y) => (top: 0.5pt, bottom: 0.5pt, left: if x > 0 and y < 4 {{{down}}} else {{0pt}})"
    foot = f"table.cell(colspan: 3)[{note}]"
    (table,) = tables_of(f"Table 1. The groups of the study.\n\n#table(columns: (1fr,) * 3, {rules}, {BODY}, {foot})")
    assert rows_of(table) == ROWS
