"""Tables of pages: where they stand, their captions, and their cells with rows, columns, spans and heads."""

from math import isfinite

import pypdfium2
import pytest
import typst
from conftest import ROOT

from designspace.parsing.tables import hints
from designspace.parsing.tables.detection import document_tables

PROSE = (
    "Participants held the handle of a robot and reached for a target that stood before them, while a cursor showed "
    "where the hidden hand was. In each of the blocks the cursor was rotated, and the aim of the participants was "
    "reported before every movement. We found that the rotation was learned within a block, as in earlier work. "
)
BODY = "[Group], [Age], [Trials], [Young], [21.4], [320], [Old], [68.9], [240], [Patients], [64.2], [180]"
ROWS = [["Group", "Age", "Trials"], ["Young", "21.4", "320"], ["Old", "68.9", "240"], ["Patients", "64.2", "180"]]


def tables_of(source):
    """The tables of the pages of a typst source, and where its pages end."""
    return read(typst.compile(source.encode()))


def read(data):
    with pypdfium2.PdfDocument(data) as document:
        return [table for page in document_tables(document) for table in page]


def rows_of(table):
    """The texts of a table by row and column, "" where no cell begins."""
    size = [1 + max(cell[key] for cell in table["cells"]) for key in ("row", "column")]
    grid = [[""] * size[1] for _ in range(size[0])]
    for cell in table["cells"]:
        grid[cell["row"]][cell["column"]] = cell["text"]
    return grid


def cell(table, text):
    return next(cell for cell in table["cells"] if cell["text"] == text)


STROKES = {
    "ruled": "stroke: 0.5pt",
    "horizontal rules": "stroke: (x, y) => (top: if y < 2 {0.5pt} else {0pt}, bottom: if y == 3 {0.5pt} else {0pt})",
    "no rules": "stroke: none",
}


@pytest.mark.parametrize("stroke", STROKES.values(), ids=STROKES)
def test_a_table_has_rows_columns_a_head_and_a_caption(stroke):
    source = f"{PROSE}\n\nTable 1. The groups of the study.\n\n#table(columns: 3, {stroke}, {BODY})\n\n{PROSE}"
    (table,) = tables_of(source)
    assert rows_of(table) == ROWS
    assert table["caption"]["text"] == "Table 1. The groups of the study."
    assert [cell["text"] for cell in table["cells"] if cell["header"]] == ROWS[0]
    assert all(cell["row_span"] == cell["column_span"] == 1 for cell in table["cells"])


def test_a_spanning_head_spans_its_columns():
    source = """Table 2. Errors by phase.
#table(columns: 5, stroke: none, table.hline(), [], table.cell(colspan: 2, align: center)[Early],
table.cell(colspan: 2, align: center)[Late], table.hline(start: 1, end: 3, stroke: 0.4pt),
table.hline(start: 3, end: 5, stroke: 0.4pt), [Group], [Mean], [SD], [Mean], [SD], table.hline(),
[Young], [12.1], [3.2], [4.5], [1.1], [Old], [15.8], [4.4], [7.7], [2.0], table.hline())"""
    (table,) = tables_of(source)
    early, late = cell(table, "Early"), cell(table, "Late")
    assert [(c["row"], c["column"], c["column_span"]) for c in (early, late)] == [(0, 1, 2), (0, 3, 2)]
    assert rows_of(table)[1:] == [
        ["", "Mean", "SD", "Mean", "SD"],
        ["Young", "12.1", "3.2", "4.5", "1.1"],
        ["Old", "15.8", "4.4", "7.7", "2.0"],
    ]
    assert cell(table, "Group")["row"] == 0 and cell(table, "Group")["row_span"] == 2
    assert early["header"] and late["header"] and not cell(table, "12.1")["header"]


@pytest.mark.parametrize("stroke", ["stroke: 0.5pt", "stroke: (x, y) => (top: 0.5pt, bottom: 0.5pt)"])
def test_lines_of_a_cell_are_one_text(stroke):
    source = f"""Table 3. What was measured.
#table(columns: (3cm, 4cm, 3cm), {stroke}, [Measure], [How it was taken], [Unit],
[Aim], [reported before the movement with a number on a ring], [degrees],
[Hand angle], [taken where the hand crosses the ring of targets], [degrees],
[Time], [from the target to the start of the movement], [ms])"""
    (table,) = tables_of(source)
    assert rows_of(table)[1:] == [
        ["Aim", "reported before the movement with a number on a ring", "degrees"],
        ["Hand angle", "taken where the hand crosses the ring of targets", "degrees"],
        ["Time", "from the target to the start of the movement", "ms"],
    ]


def test_a_label_that_spans_rows_of_a_ruled_table():
    source = """Table 4. Cells that span rows.
#table(columns: 3, align: horizon, table.cell(rowspan: 2)[Young], [pre], [10.1], [post], [11.2],
table.cell(rowspan: 2)[Old], [pre], [12.3], [post], [13.4])"""
    (table,) = tables_of(source)
    young, old = cell(table, "Young"), cell(table, "Old")
    assert [(c["row"], c["row_span"]) for c in (young, old)] == [(0, 2), (2, 2)]
    assert [row[1:] for row in rows_of(table)] == [["pre", "10.1"], ["post", "11.2"], ["pre", "12.3"], ["post", "13.4"]]


@pytest.mark.parametrize("angle", ["-90deg", "90deg"])
def test_a_sideways_table_is_read_as_if_the_page_were_turned(angle):
    inner = f"Table 5. Sideways.\n\n#table(columns: 3, stroke: (x, y) => (top: 0.5pt, bottom: 0.5pt), {BODY})"
    (table,) = tables_of(f"{PROSE}\n#rotate({angle}, reflow: true)[#box(width: 10cm)[{inner}]]")
    assert rows_of(table) == ROWS
    left, bottom, right, top = cell(table, "Patients")["box"]
    assert top - bottom > right - left  # it stands upright on the page as it is shown
    assert table["box"][0] - 1 <= left and right <= table["box"][2] + 1


def test_a_turned_page_gives_boxes_as_it_is_shown():
    source = f"Table 6. Turned.\n\n#table(columns: 3, {BODY})"
    plain = read(typst.compile(source.encode()))
    with pypdfium2.PdfDocument(typst.compile(source.encode())) as document:
        document[0].set_rotation(90)
        width, height = document[0].get_size()
        (table,) = next(document_tables(document))
    assert (width, height) == pytest.approx((841.9, 595.3), abs=0.1)
    assert rows_of(table) == ROWS
    left, bottom, right, top = plain[0]["box"]
    assert table["box"] == pytest.approx([bottom, height - right, top, height - left], abs=0.1)


def test_a_table_in_one_column_of_two_has_none_of_the_other():
    table_source = f"Table 7. In a column.\n\n#table(columns: 3, stroke: (x, y) => (top: 0.5pt, bottom: 0.5pt), {BODY})"
    source = f"#set page(columns: 2)\n#set par(justify: true)\n{PROSE * 9}\n\n{table_source}\n\n{PROSE * 9}"
    (table,) = tables_of(source)
    assert rows_of(table) == ROWS
    assert table["caption"]["text"] == "Table 7. In a column."


LIST = "\n".join(f"+ {PROSE[:60]} {n} and more" for n in range(9))
NO_TABLES = {
    "two columns": f"#set page(columns: 2)\n#set par(justify: true)\n{PROSE * 30}",
    "ragged columns": f"#set page(columns: 2)\n#set par(justify: false)\n{PROSE * 30}",
    "between rules": f"#line(length: 100%)\n{PROSE * 4}\n#line(length: 100%)\n{PROSE * 3}\n#line(length: 100%)",
    "box": f"#rect(width: 100%)[{PROSE * 4}]",
    "columns between rules": "#set page(columns: 2, header: line(length: 100%), footer: line(length: 100%))\n"
    f"#set par(justify: true)\n{PROSE * 30}",
    "a sentence that names a table": f"{PROSE}\n\nTable 1 shows the ages of all groups.\n\n{PROSE * 3}",
    "list": LIST,
    "references": "\n\n".join(
        f"Author, A. B., and Other, C. (20{n}). {PROSE[:150]} 1{n}, 3{n}-4{n}." for n in range(10, 30)
    ),
    "contents": "#outline()\n" + "\n".join(f"= Chapter {n}\n{PROSE}" for n in range(8)),
    "figure": "".join(
        f"#place(dx: {30 * x}pt, dy: {20 * y}pt)[{x}{y}] #place(dx: {30 * x}pt, dy: {20 * y}pt, circle(radius: 4pt))"
        for x in range(5)
        for y in range(6)
    ),
}


@pytest.mark.parametrize("source", NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table(source):
    assert tables_of(source) == []


def test_two_tables_keep_their_own_captions():
    one = f"Table 8. First.\n\n#table(columns: 3, {BODY})"
    two = f"#table(columns: 3, {BODY.replace('21.4', '33.3')})\n\nTable 9. Second, below it."
    first, second = tables_of(f"{one}\n\n{PROSE}\n\n{two}\n\n{PROSE}")
    assert [table["caption"]["text"] for table in (first, second)] == ["Table 8. First.", "Table 9. Second, below it."]
    assert rows_of(second)[1] == ["Young", "33.3", "320"]


def test_a_page_of_many_paths_is_bounded_and_its_numbers_are_finite():
    content = b"".join(b"%d %d m %d %d l S\n" % (i % 600, i % 800, -i * 10**6, i) for i in range(60_000))
    content += b"BT /F1 9 Tf 1 0 0 1 1e30 20 Tm (12 34 56 78) Tj ET\n"
    content += b"".join(
        b"BT /F1 9 Tf %d %d Td (%d) Tj ET\n" % (60 * x, 700 - 20 * y, x * y) for x in range(8) for y in range(9)
    )
    for table in read(one_page(content)):
        boxes = [table["box"], *(cell["box"] for cell in table["cells"])]
        assert all(isfinite(edge) and 0 <= edge <= 800 for box in boxes for edge in box)


def test_a_figure_of_more_bars_than_a_table_has_rules_is_no_table():
    content = b"".join(b"%d %d m %d 200 l S\n" % (i % 400, i % 190, i % 400) for i in range(9_000))
    content += b"BT /F1 9 Tf 20 420 Td (Table 1. Bars) Tj ET\n"
    content += b"".join(
        b"BT /F1 9 Tf 1 0 0 1 %d %d Tm (%d) Tj ET\n" % (20 + 60 * x, 400 - 20 * y, x * y)
        for x in range(4)
        for y in range(19)
    )
    assert read(one_page(content)) == []


def test_a_page_of_more_characters_than_a_page_has_is_left_out():
    lines = b"".join(b"BT /F1 2 Tf 10 %d Td (%s) Tj ET\n" % (y, b"12 " * 300) for y in range(10, 790, 6))
    assert read(one_page(lines)) == []


def one_page(content):
    """A PDF of one page of 600 by 800 points with this content and the font F1."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R "
        b"/Resources << /Font << /F1 3 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    data = b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, body) for n, body in enumerate(objects, 1))
    return data + b"trailer\n<< /Size 6 /Root 1 0 R >>\n"


def test_a_running_head_above_the_caption_is_no_row_of_the_table():
    source = f"""#set page(margin: (top: 40pt))\n568 #h(1fr) M. QUIST AND OTHERS #h(1fr) 2014\n
Table 1. The groups of the study.\n\n#table(columns: 3, stroke: none, {BODY})\n\n{PROSE * 3}"""
    (table,) = tables_of(source)
    assert rows_of(table) == ROWS
    assert table["caption"]["text"] == "Table 1. The groups of the study."


def test_a_scan_behind_its_text_hides_no_table():
    picture = '#set page(background: image("scan.svg", width: 100%, height: 100%))\n'
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><circle cx="45" cy="45" r="44"/></svg>'
    rows = "".join(f"[Group {i}], [2{i}.4], [32{i}], [1{i}.5], [0.{i}], " for i in range(1, 7))
    source = f"{picture}{PROSE}\n\n#table(columns: 5, column-gutter: 20pt, stroke: none, {rows})\n\n{PROSE}"
    (table,) = read(typst.compile({"main": source.encode(), "scan.svg": svg}))
    assert len(rows_of(table)) == 6


@pytest.mark.parametrize("caption", ["", "Table 2. The people of the study.\n\n"])
def test_a_table_across_two_columns_of_text_is_one(caption):
    rows = "".join(f"[P{i}], [2{i}], [32{i}], [1{i}.5], [0.{i}], [4{i}], " for i in range(1, 8))
    source = f"""#set page(width: 500pt, height: 700pt, margin: 40pt)\n#set text(size: 8pt)\n{caption}
#table(columns: 6 * (1fr,), stroke: none, {rows})\n#v(20pt)\n#columns(2)[{PROSE * 14}]"""
    (table,) = tables_of(source)
    assert [row[0] for row in rows_of(table)] == [f"P{i}" for i in range(1, 8)]
    assert all(len(row) == 6 for row in rows_of(table))


def test_tables_side_by_side_in_two_columns_are_two():
    def column(number):
        rows = "".join(f"[P{i}], [2{i}], [32{i}], " for i in range(1, 8))
        table = f"#table(columns: 3 * (1fr,), stroke: none, {rows})"
        return f"Table {number}. The people of group {number}.\n\n{table}\n\n{PROSE * 5}"

    source = f"""#set page(width: 500pt, height: 700pt, margin: 40pt)\n#set text(size: 8pt)
#grid(columns: (1fr, 1fr), column-gutter: 20pt, [{column(1)}], [{column(2)}])"""
    tables = tables_of(source)
    assert [table["caption"]["text"] for table in tables] == [f"Table {n}. The people of group {n}." for n in (1, 2)]
    assert all(len(rows_of(table)[0]) == 3 for table in tables)


def test_a_caption_behind_a_line_that_ends_in_a_hyphen():
    """pdfium has a mark for the hyphen there and no end of the line."""
    (table,) = read((ROOT / "tests/papers/example/hartwig_2023.pdf").read_bytes())
    assert table["caption"]["text"].startswith("Table 1. The samples of the two experiments")
    assert rows_of(table)[1] == ["1, gradual", "Patients", "14", "6", "54.1 ± 9.8"]


@pytest.mark.parametrize("spacing", ["100%", "190%"], ids=["ragged", "justified"])
def test_a_caption_is_read_to_its_end(spacing):
    words = f"{PROSE}{PROSE}It ends here."
    caption = f"#block(width: 8cm)[#set text(spacing: {spacing})\nTable 2. {words}]"
    table = f"#table(columns: 3, stroke: (x, y) => (top: 0.5pt, bottom: 0.5pt), {BODY})"
    (found,) = tables_of(f"#set text(8pt)\n{caption}\n{table}\n\n{PROSE}")
    assert found["caption"]["text"].startswith("Table 2. Participants")
    assert found["caption"]["text"].endswith("It ends here.")
    assert rows_of(found) == ROWS


@pytest.mark.parametrize(("apart", "expected"), [(1, True), (3, False)])
def test_lines_of_numbers_hint_at_a_table_only_where_they_stand_together(apart, expected):
    words = "as was found in the earlier work of these authors\r\n" * (apart - 1)
    assert hints._has_rows(f"{words}in the journal, 12 345 67\r\n" * 8) is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("{0}{1}\r\n21.{0}\r\n", True),
        ("Trials, {0}: 22 33{1}\r\n", True),
        ("J. Exp. Psychol. 4{0}: 123-135, 200{1}.\r\n", False),
        ("1{0}\r\n", False),
        ("-0.{0}\r\n", False),
    ],
    ids=["cells", "rows", "references", "line numbers", "an axis"],
)
def test_numbers_that_count_on_or_end_references_hint_at_no_table(lines, expected):
    assert hints._has_rows("".join(lines.format(i, 7 * i % 5) for i in range(1, 9))) is expected


@pytest.mark.parametrize(("drawn", "expected"), [("0.5pt", "rules"), ("none", "")])
def test_highlighted_text_hints_at_no_table_where_no_rule_is_drawn(drawn, expected):
    source = (
        "#rect(width: 100%, fill: yellow, stroke: none)[A line.]\n" * 3 + f"#rect(width: 100%, stroke: {drawn})[It.]"
    )
    with pypdfium2.PdfDocument(typst.compile(source.encode())) as document:
        page = document[0]
        assert hints.hint(page, page.get_textpage().get_text_range()) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Table 2. Ages of the groups", True),
        ("Table S2\r\nages of the groups", True),
        ("TABLE II", True),
        ("Table 2 shows the ages", False),
        ("(Table 1). Of these, all", False),
    ],
)
def test_a_caption_and_not_a_sentence_that_mentions_a_table_hints_at_one(line, expected):
    assert bool(hints.CAPTIONS.search(f"as it is given in\r\n{line}\r\n")) is expected


@pytest.mark.parametrize(
    ("heads", "texts"),
    [
        ("[Group], [Age], [], [Trials], []", ["Group", "Age", "", "Trials", ""]),
        ("[], [Age], [], [Trials], []", ["", "Age", "", "Trials", ""]),
        ("[], grid.cell(colspan: 2)[Age of the people], grid.cell(colspan: 2)[Trials of training]",
         ["", "Age of the people", "", "Trials of training", ""]),
    ],
)  # fmt: skip
def test_heads_above_the_upper_rule_of_a_grid_are_of_the_table(heads, texts):
    grid = "columns: 5 * (70pt,), inset: 5pt, align: center"
    rows = [["Young", "21.4", "3.2", "320", "12"], ["Old", "68.9", "4.4", "240", "11"]]
    body = "".join(f"[{text}], " for row in rows for text in row)
    (table,) = tables_of(f"Table 1. The groups.\n\n#grid({grid}, {heads})\n#v(-6pt)\n#table({grid}, {body})\n\n{PROSE}")
    assert rows_of(table) == [texts, *rows]
    assert [cell["text"] for cell in table["cells"] if cell["header"]] == [text for text in texts if text]
