"""Which lines of a table are rows: lines of a cell, labels, and notes at the foot, which are no cells."""

import pytest
from test_page_tables import BODY, PROSE, ROWS, rows_of, tables_of

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


BANDS = """
Table 1. The groups of the study.

#let band = place(dy: 4pt, line(length: 100%, stroke: 14pt + luma(220)))
#let row(..a) = block(above: 8pt, grid(columns: (1fr,) * 3, ..a))
#block(above: 8pt)[#band#row[Group][Age][Trials]]
#row[Young][21.4][320]
#block(above: 8pt)[#band#row[Old][68.9][240]]
#row[Patients][64.2][180]
#line(length: 100%)
"""


def test_shading_by_thick_strokes_is_no_rule_through_its_text():
    (table,) = tables_of(BANDS)
    assert rows_of(table) == ROWS
    assert [cell["text"] for cell in table["cells"] if cell["header"]] == ROWS[0]


SPACED = """
#let t(..a) = block(above: 8pt, grid(columns: (80pt, 180pt, 60pt, 60pt), row-gutter: 0pt, ..a))
#set par(leading: 5pt)
Table 1. The studies.

#line(length: 100%)
#t[Study][Task][Trials][Age]
#line(length: 100%)
#t[Anders \\ and Berg][Reaches to eight targets with \\ a rotated cursor][320][21.4]
#t[Chen][Taps to a metronome with one \\ hand while the other rests][240][25.1]
#t[Dietrich][Throws of darts at a board][180][24.9]
#t[Eriksen \\ and Fisk][Holding a handle against \\ a force][200][22.2]
#line(length: 100%)
"""


def test_lines_that_follow_more_closely_than_rows_are_of_one_row():
    (table,) = tables_of(SPACED)
    assert [row[0] for row in rows_of(table)] == ["Study", "Anders and Berg", "Chen", "Dietrich", "Eriksen and Fisk"]
    assert rows_of(table)[1] == ["Anders and Berg", "Reaches to eight targets with a rotated cursor", "320", "21.4"]


def test_a_label_below_a_line_without_one_begins_a_row():
    first = "[motor], [“On the learning of reaches in young people”], [timing], [“Taps to a metronome that speeds up”]"
    second = "[motor], [“Throws of darts at boards that move and turn”], [timing], [“Rhythms of speech and of song”]"
    rules = "stroke: (x, y) => (top: if y in (0, 1, 3, 4) {0.5pt} else {0pt}, bottom: if y == 5 {0.5pt} else {0pt})"
    cells = f"[Region A], [], {first}, [Region B], [], {second}"
    table = f"#table(columns: (70pt, 130pt), inset: (y: (2pt)), row-gutter: 0.4pt, {rules}, {cells})"
    (found,) = tables_of(f"Table 1. The papers.\n\n#set par(leading: 0.5em)\n{table}")
    assert [row[0] for row in rows_of(found)] == ["Region A", "motor", "timing", "Region B", "motor", "timing"]


HEADED = """
#let rule = line(length: 100%)
#let t(..a) = grid(columns: (90pt, 1fr, 1fr, 1fr, 1fr), row-gutter: 5pt, ..a)
#rule
Table 1. The errors of both groups, which are means over all of the trials that a person made in a block of the
experiment.
#t([Group], grid.cell(colspan: 2)[Places on the table (x, y)], [Early], [Late])
#rule
#t([Young], [12.1], [3.2], [4.5], [1.1], [Old], [15.8], [4.4], [7.7], [2.0], [Patients], [19.3], [5.1], [9.9], [2.4])
#rule
"""


def test_heads_below_a_caption_between_the_rules_are_of_the_table():
    (table,) = tables_of(HEADED)
    heads = [cell["text"] for cell in table["cells"] if cell["header"]]
    assert heads == ["Group", "Places on the table (x, y)", "Early", "Late"]
    assert rows_of(table)[1:3] == [["Young", "12.1", "3.2", "4.5", "1.1"], ["Old", "15.8", "4.4", "7.7", "2.0"]]
    assert table["caption"]["text"].endswith("of the experiment.")


def test_rules_far_above_a_caption_are_not_of_its_table():
    link = "#place(line(length: 60%, start: (0pt, 2pt)))"
    (table,) = tables_of(f"{link}\n#v(60pt)\nTable 1. People.\n\n#table(columns: (15%, 15%, 15%), {BODY})\n\n{link}\n")
    assert rows_of(table) == ROWS


def features(*rows):
    """A table without rules down of rows of lines, each a tuple of the texts of three columns."""
    lines = "".join(f"#block(above: 5pt)[#grid(columns: (90pt, 170pt, 1fr), ..{row})]" for row in rows)
    rule = "#line(length: 100%)"
    heads = "#grid(columns: (90pt, 170pt, 1fr), [Field], [Children], [Adults])"
    return f"Table 1. What was found.\n\n{rule}\n{heads}\n{rule}\n{lines}\n{rule}\n\n{PROSE}"


def cells(*texts):
    return f"({', '.join(f'[{text}]' for text in texts)})"


INDENT = "#h(8pt)"


def test_lists_within_cells_are_of_the_row_of_their_label():
    source = features(
        cells("Reaches", "Short", "Slow in the dark"),
        cells(f"{INDENT}and taps", "- Of one hand", ""),
        cells("", "- Of both hands", ""),
        cells("Balance", "Poor on one leg", "Poor on one leg"),
        cells("", "Better with a rail", ""),
        cells("Speech", "Slow", "Slow"),
        cells("", "", "Slurred when tired"),
    )
    (table,) = tables_of(source)
    assert rows_of(table)[1:] == [
        ["Reaches and taps", "Short • Of one hand • Of both hands", "Slow in the dark"],
        ["Balance", "Poor on one leg Better with a rail", "Poor on one leg"],
        ["Speech", "Slow", "Slow Slurred when tired"],
    ]


def test_numbers_below_a_label_are_rows_of_their_own():
    rows = ["Young", "12.1", "3.2"], ["", "13.5", ""], ["", "14.4", ""], ["Old", "15.8", "4.4"], ["", "16.1", ""]
    (table,) = tables_of(features(*(cells(*row) for row in rows)))
    assert rows_of(table)[1:] == [*map(list, rows)]
