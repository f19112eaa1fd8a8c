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
