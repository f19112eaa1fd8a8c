"""Tables of pages with two columns of text, whose lines need not stand at the same height."""

import pytest
from test_page_tables import PROSE, rows_of, tables_of

PAGE = "#set page(width: 500pt, height: 700pt, margin: 40pt)\n#set text(size: 8pt)\n#set par(justify: true)\n"
ROWS = "".join(f"[P{i}], [2{i}], [32{i}], " for i in range(1, 8))
TABLE = f"Table 1. The people.\n\n#table(columns: 3 * (1fr,), stroke: none, inset: 3pt, {ROWS})\n\n"


@pytest.mark.parametrize("lower", ["0pt", "4pt", "6pt"])
def test_a_table_beside_a_column_of_text_has_none_of_it(lower):
    left = f"#v({lower})\n{PROSE * 9}"
    columns = f"[{left}], [{TABLE}{PROSE * 5}]"
    (table,) = tables_of(f"{PAGE}#grid(columns: (1fr, 1fr), column-gutter: 14pt, {columns})")
    assert [row[0] for row in rows_of(table)] == [f"P{i}" for i in range(1, 8)]
    assert all(len(row) == 3 for row in rows_of(table))
    assert table["caption"]["text"] == "Table 1. The people."


def test_a_table_of_prose_across_the_columns_of_a_page_is_not_cut_at_their_gutter():
    rows = "".join(f"[Study {i}], [{PROSE[20 + i : 60 + i]}], [{PROSE[i:240]}], " for i in range(1, 4))
    table = f"#table(columns: (50pt, 70pt, 1fr), stroke: none, {rows})\n\nTable 2. The studies.\n\n"
    assert tables_of(f"{PAGE}{table}#columns(2)[#v(4pt)\n{PROSE * 14}]") == []


def across(*rows):
    """A page with these rows of six texts above two columns of text."""
    cells = "".join(f"[{text}], " for row in rows for text in row)
    table = f"#table(columns: 6 * (1fr,), stroke: none, inset: 3pt, {cells})"
    return f"{PAGE}Table 3. The people.\n\n{table}\n#v(20pt)\n#columns(2)[{PROSE * 14}]"


PEOPLE = [[f"P{i}", f"2{i}", f"32{i}", f"1{i}.5", f"0.{i}", f"4{i}"] for i in range(1, 7)]


def test_a_table_across_the_columns_goes_on_behind_lines_of_few_cells():
    names, units = ["Who", "Age", "Trials", "Force", "Error", "Score"], ["", "(years)", "", "", "(cm)", ""]
    rows = [names, units, ["Young", "", "", "Right", "", ""], *PEOPLE[:3], ["Old", "", "", "Left", "", ""], *PEOPLE[3:]]
    (table,) = tables_of(across(*rows))
    assert rows_of(table)[0] == ["Who", "Age (years)", "Trials", "Force", "Error (cm)", "Score"]
    assert rows_of(table)[1:] == rows[2:]


def test_a_head_that_is_printed_again_begins_another_table():
    heads = ["Who", "Age", "Trials", "Force", "Error", "Score"], ["Who", "Height", "Hand", "Time", "Speed", "Sum"]
    rows = [heads[0], *PEOPLE, ["", "", "Later", "", "Then", ""], heads[1], *PEOPLE]
    first, second = tables_of(across(*rows))
    assert rows_of(first) == [heads[0], *PEOPLE]
    assert rows_of(second) == [heads[1], *PEOPLE]


def test_heads_on_one_side_of_the_gutter_above_the_others_are_of_the_table():
    above = ["", "", "", "Left", "", "Right"]
    (table,) = tables_of(across(above, ["Who", "Age", "Trials", "Force", "Error", "Score"], *PEOPLE))
    assert rows_of(table)[0] == ["Who", "Age", "Trials", "Left Force", "Error", "Right Score"]
    assert rows_of(table)[1:] == PEOPLE
