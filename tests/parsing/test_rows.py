"""A table is read as its rows, each value behind its headers, in the place where the table is printed."""

import typst

from designspace.language import sentences
from designspace.parsing.tables.rows import row_texts
from designspace.parsing.text import extract_text

TABLE = """
#set page(width: 500pt, height: 700pt)
= Methods
Participants were divided into two groups, which differed in the size of the rotation, as the table shows.

#figure(
  table(columns: 4, stroke: none,
    table.hline(), table.header([Group], [n], [Age (years)], [Rotation]), table.hline(),
    [Small], [12], [22.4], [15°],
    [Large], [14], [23.1], [45°], table.hline()),
  caption: [The groups of participants.])

All of them were paid for the hour that the experiment took, and none knew its purpose until it had ended.
"""


def test_each_row_is_a_sentence_with_the_headers_of_its_values():
    record = extract_text(typst.compile(TABLE.encode()), "groups_2020")
    lines = record["text"].splitlines()
    rows = [
        "Group: Small; n: 12; Age (years): 22.4; Rotation: 15°.",
        "Group: Large; n: 14; Age (years): 23.1; Rotation: 45°.",
    ]
    first = lines.index(rows[0])
    assert lines[first + 1] == rows[1]
    assert [line for line in lines if "12" in line or "Group" in line] == rows, "nothing of the table stands twice"
    found = [record["text"][start:end] for start, end in sentences.spans(record["text"])]
    assert set(rows) <= set(found)
    assert lines.index("Methods") < first < next(i for i, line in enumerate(lines) if line.startswith("All of them"))


def test_the_box_of_a_row_is_that_of_its_cells():
    record = extract_text(typst.compile(TABLE.encode()), "groups_2020")
    (page,) = record["pages"]
    boxes = {record["text"][line["start"] : line["end"]]: line["box"] for line in page["lines"]}
    small = next(box for text, box in boxes.items() if text.startswith("Group: Small"))
    large = next(box for text, box in boxes.items() if text.startswith("Group: Large"))
    assert small[0] < small[2] <= page["width"] and 5 < small[3] - small[1] < 20
    assert large[3] <= small[1] + 2, "the second row is printed below the first"


def cells(*rows):
    """The cells of a table whose first row is its header; an empty text is no cell."""
    return [
        {"row": row, "column": column, "column_span": 1, "header": not row, "box": [0, 0, 1, 1], "text": text}
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
        if text
    ]


def texts(*rows):
    return [text for text, _ in row_texts(cells(("Exp", "Group", "n"), *rows))]


def test_a_label_that_is_printed_once_holds_for_the_rows_below_it():
    assert texts(
        ("1", "Young", "12"), ("", "Old", "14"), ("2", "Young", "10"), ("", "Old", "11"), ("", "Total", "47")
    ) == [
        "Exp: 1; Group: Young; n: 12.",
        "Exp: 1; Group: Old; n: 14.",
        "Exp: 2; Group: Young; n: 10.",
        "Exp: 2; Group: Old; n: 11.",
        "Group: Total; n: 47.",
    ]


def test_a_label_in_the_middle_of_its_rows_is_its_own_rows():
    assert texts(("", "Young", "12"), ("1", "Old", "14"), ("", "Patients", "9")) == [
        "Group: Young; n: 12.",
        "Exp: 1; Group: Old; n: 14.",
        "Group: Patients; n: 9.",
    ]


def test_a_label_on_a_line_of_its_own_holds_for_the_rows_below_it():
    assert texts(
        ("Before", "", ""), ("1", "Young", "12"), ("2", "Old", "14"), ("After", "", ""), ("1", "Old", "9")
    ) == [
        "Before.",
        "Before; Exp: 1; Group: Young; n: 12.",
        "Before; Exp: 2; Group: Old; n: 14.",
        "After.",
        "After; Exp: 1; Group: Old; n: 9.",
    ]
    assert texts(("1", "Young adults of", "12"), ("the first", "", ""), ("2", "Old", "14"))[-1].startswith("Exp: 2")
    assert texts(("Before", "", ""), ("1", "Young", "12"), ("Total", "", "26"))[-1] == "Exp: Total; n: 26."


def test_a_head_that_holds_rows_is_not_repeated():
    head = (
        "a, phase for all groups, mean angles of the last trials",
        "t(13) = 1.2 and more of what was found " * 3,
        "n",
    )
    assert [text for text, _ in row_texts(cells(head, ("b", "t(12) = 0.5", "12")))] == ["b; t(12) = 0.5; 12."]
