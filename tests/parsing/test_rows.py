"""A table is read as its rows, each value behind its headers, in the place where the table is printed."""

import typst

from designspace.language import sentences
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
    said = [record["text"][start:end] for start, end in sentences.spans(record["text"])]
    assert set(rows) <= set(said)
    assert lines.index("Methods") < first < next(i for i, line in enumerate(lines) if line.startswith("All of them"))


def test_the_box_of_a_row_is_that_of_its_cells():
    record = extract_text(typst.compile(TABLE.encode()), "groups_2020")
    (page,) = record["pages"]
    boxes = {record["text"][line["start"] : line["end"]]: line["box"] for line in page["lines"]}
    small = next(box for text, box in boxes.items() if text.startswith("Group: Small"))
    large = next(box for text, box in boxes.items() if text.startswith("Group: Large"))
    assert small[0] < small[2] <= page["width"] and 5 < small[3] - small[1] < 20
    assert large[3] <= small[1] + 2, "the second row is printed below the first"
