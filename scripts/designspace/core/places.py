"""Where a piece of a paper's text is printed: its pages and boxes."""

import sys
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from designspace.core.contracts import Place


def page_of(record: Mapping[str, Any], start: int) -> int:
    """The number of the page on which character `start` of the text is printed."""
    pages = [page for page in record["pages"] if page["lines"]]
    number: int = pages[max(0, bisect_right(pages, start, key=lambda page: page["start"]) - 1)]["page"]
    return number


def boxes(record: Mapping[str, Any], start: int, end: int) -> list[Place]:
    """[{"page", "box"}] of the lines that characters [start, end) of the text are printed on, in reading order."""
    return [
        {"page": page["page"], "box": line["box"]}
        for page in record["pages"]
        if page["start"] < end and start < page["end"]
        for line in page["lines"]
        if line["start"] < end and start < line["end"]
    ]


def files(record: Mapping[str, Any]) -> list[tuple[str, str, range]]:
    """[(its id, its sha256, the numbers of its pages)] of the PDF of a text record and of its supplements'."""
    parts = record.get("parts", [])
    starts = [1, *(part["page"] for part in parts), sys.maxsize]
    ids = [(record["paper"], record["sha256"]), *((part["paper"], part["sha256"]) for part in parts)]
    return [(*known, range(start, end)) for known, start, end in zip(ids, starts, starts[1:], strict=False)]


def file_and_page(record: Mapping[str, Any], page: int) -> tuple[str, int]:
    """(the id of the paper or of its supplement that has a page, the number of the page in that file)."""
    return next((paper, page - own.start + 1) for paper, _, own in files(record) if page in own)
