"""The rows of a table as lines of text, each value with its headers.

A row that is read as "Group A: n: 12; Age: 22.4" says what a model needs to know of it without the rest of its table.
"""

import re
from collections.abc import Iterator
from statistics import median
from typing import Any

from designspace.parsing.pdf import Box, Line, Page

LONGEST_HEADER = 100  # characters
LABEL = re.compile(r"[A-Z][^=]{2,60}")
SUMMARY = re.compile(r"\b(?:average|mean|total|overall|all|sum)\b", re.IGNORECASE)  # of all rows above


def with_rows(page: Page) -> list[Line]:
    """The lines of a page, with the rows of its tables in the places of the lines that were printed in them.

    Of a table without a caption the lines stay: it may be something else that is printed in columns.
    """
    lines = page.lines
    for table in page.tables:
        inside = [line for line in lines if _lies_in(line.box, table["box"])]
        if not inside or not table["caption"]:
            continue
        size = median(line.size for line in inside)
        rows = [Line(text, box, size, row=True) for text, box in row_texts(table["cells"])]
        first = lines.index(inside[0])
        taken = {id(line) for line in inside}
        before, behind = lines[:first], lines[first:]
        lines = before + rows + [line for line in behind if id(line) not in taken]
    return lines


def row_texts(cells: list[dict[str, Any]]) -> Iterator[tuple[str, Box]]:
    """(text, box) of each row of a table that is no header: its cells in order, each behind the headers over it.

    A row whose first place is empty begins with the label above it, which holds for it, too, since most tables print
    the label of several rows once; not where that stands in the middle of its rows, nor where the row sums others up.
    A row of one cell is that cell; one that is a label holds for the rows below it. A full stop ends each row, so that
    it is a sentence. Headers that hold whole rows, as those of a table without rules may, are left out.
    """
    headers = [cell for cell in cells if cell["header"] and cell["text"]]
    if any(len(header["text"]) > LONGEST_HEADER for header in headers):
        headers = []
    body = [cell for cell in cells if not cell["header"] and cell["text"]]
    label: list[dict[str, Any]] = []
    span: list[str] = []
    numbers = sorted({cell["row"] for cell in body})
    at_top = any(cell["column"] == 0 and cell["row"] == numbers[0] for cell in body)
    for number in numbers:
        row = sorted((cell for cell in body if cell["row"] == number), key=lambda cell: cell["column"])
        label = [row[0]] if row[0]["column"] == 0 else label
        is_labelled = len(row) > 1 and row[0]["column"] == 1 and not SUMMARY.search(row[0]["text"])
        known = label if is_labelled and at_top else []
        if len(row) == 1 or SUMMARY.search(row[0]["text"]):
            is_span = row[0]["column"] == 0 and LABEL.fullmatch(row[0]["text"])
            span = [row[0]["text"]] if len(row) == 1 and is_span else []
        first = [*known, *row][0]
        over_all = span if len(row) > 1 and first["column"] == 0 and first["text"] not in span else []
        texts = [_with_headers(cell, headers) if len(row) > 1 else cell["text"] for cell in [*known, *row]]
        pieces = [*over_all, *texts]
        edges = list(zip(*(cell["box"] for cell in row), strict=True))
        yield f"{'; '.join(pieces)}.", (min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3]))


def _with_headers(cell: dict[str, Any], headers: list[dict[str, Any]]) -> str:
    """A cell's text behind the headers of its columns, from the top down."""
    first, last = cell["column"], cell["column"] + cell["column_span"] - 1
    over = [
        header["text"]
        for header in sorted(headers, key=lambda header: header["row"])
        if header["column"] <= last and first <= header["column"] + header["column_span"] - 1
    ]
    return f"{', '.join(dict.fromkeys(over))}: {cell['text']}" if over else cell["text"]


def _lies_in(box: Box, table: Box) -> bool:
    """Whether the middle of a line lies in a table."""
    return table[0] <= (box[0] + box[2]) / 2 <= table[2] and table[1] <= (box[1] + box[3]) / 2 <= table[3]
