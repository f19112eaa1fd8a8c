"""The counts from files to included papers, and their picture."""

import xml.etree.ElementTree as xml

from designspace.results import prisma

STATUSES = [*["ok"] * 4, *["duplicate"] * 2, "supplement", "version", "unreadable", "needs_ocr", "failed", "no_file"]
ROWS = [{"status": status, "reason": ""} for status in STATUSES]
ROWS += [{"status": "excluded", "reason": reason} for reason in ("a review", "<b>& no hands", "a review")]


def test_the_steps_add_up_to_the_files():
    listed = prisma.counts(ROWS)
    n = {row["step"]: row["papers"] for row in listed if not row["reason"]}
    assert n == {
        "no_file": 1,
        "files": 14,
        "duplicates": 2,
        "supplements": 1,
        "versions": 1,
        "excluded": 3,
        "unreadable": 3,
        "included": 4,
    }
    assert n["files"] == sum(n.values()) - n["files"] - n["no_file"]
    assert [(row["reason"], row["papers"]) for row in listed if row["reason"]] == [
        ("a review", 2),
        ("<b>& no hands", 1),
    ]


def test_the_picture_has_every_count_and_no_markup_of_a_reason():
    picture = xml.fromstring(prisma.svg(prisma.counts(ROWS)))
    texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == [
        "Files: 14",
        "Entries of the library without a file: 1",
        "Copies of another file: 2",
        "Supplements, read with their paper: 1",
        "Versions of another paper: 1",
        "Papers: 10",
        "Excluded: 3",
        "a review: 2",
        "<b>& no hands: 1",
        "Could not be read: 3",
        "Included papers: 4",
    ]


def test_boxes_lie_within_the_picture_and_not_on_each_other():
    many = [
        {"status": "excluded", "reason": f"reason number {n} that is longer than its box is\x00 wide"}
        for n in range(12)
    ]
    picture = xml.fromstring(prisma.svg(prisma.counts(many)))
    boxes = [
        [float(box.get(key)) for key in ("x", "y", "width", "height")]
        for box in picture.iter("{http://www.w3.org/2000/svg}rect")
    ]
    for x, y, width, height in boxes:
        assert x + width <= float(picture.get("width")) and y + height <= float(picture.get("height"))
    for one, other in zip(boxes, boxes[2:], strict=False):
        assert one[1] + one[3] < other[1], "the boxes of a column are below each other"
    assert "and 4 more reasons" in [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
