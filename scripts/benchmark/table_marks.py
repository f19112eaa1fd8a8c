"""The tables of papers as a person sees them, marked by places alone: table_marks.json has no text of the papers.

It is {beginning of a PDF's sha256: {"held_out": bool, "tables": [{"page": n, "cells": [...]}]}}, where a cell is
[row, column, row span, column span, left, bottom, right, top], in points on the page as it is shown. The text of a
cell is that of the characters of the PDF in its box. A paper without tables has none in the list.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from designspace.parsing.fonts import PageFonts, page_text
from designspace.parsing.tables.marks import turned

FEWEST_WORDS = 5  # of a cell outside of every table that is prose
WORD = re.compile(r"[^\W\d_]{4}")  # which a formula does not have
MARGIN = 2.0  # points around a table's cells that are the table's

Box = tuple[float, float, float, float]


def read_marks(path: Path) -> dict[str, Any]:
    marks: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return marks


class Characters:
    """The characters of a page and where their middles are, in points on the page as it is shown, y upwards."""

    def __init__(self, document: pypdfium2.PdfDocument, index: int) -> None:
        page = document[index]
        textpage = page.get_textpage()
        self.text = page_text(textpage, PageFonts(document, index))
        frame, box = pdfium.FS_RECTF(), pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, frame)
        width, height = frame.right - frame.left, frame.top - frame.bottom
        quarters = pdfium.FPDFPage_GetRotation(page) % 4
        shown_height = width if quarters % 2 else height
        middles = []
        for number in range(len(self.text)):
            pdfium.FPDFText_GetLooseCharBox(textpage, number, box)
            down = (box.left - frame.left, frame.top - box.top, box.right - frame.left, frame.top - box.bottom)
            x0, y0, x1, y1 = turned(down, quarters, width, height)
            middles.append(((x0 + x1) / 2, shown_height - (y0 + y1) / 2))
        self.x, self.y = np.array(middles or np.empty((0, 2))).T

    def within(self, box: Box) -> str:
        """The characters whose middles lie in a box, in the order of the file."""
        left, bottom, right, top = box
        found = (left <= self.x) & (self.x <= right) & (bottom <= self.y) & (self.y <= top)
        return "".join(self.text[number] for number in np.flatnonzero(found))


def table_box(table: dict[str, Any]) -> Box:
    """The box around the cells of a marked table."""
    left, bottom, right, top = zip(*(cell[4:] for cell in table["cells"]), strict=True)
    return min(left), min(bottom), max(right), max(top)


def prose_cells(cells: list[dict[str, Any]], tables: list[Box]) -> int:
    """How many cells of a page are sentences or the like that stand in none of its tables: notes, captions, text."""
    outside = [cell for cell in cells if not any(_holds(table, cell["box"]) for table in tables)]
    return sum(len(cell["text"].split()) >= FEWEST_WORDS and bool(WORD.search(cell["text"])) for cell in outside)


def _holds(table: Box, cell: Box) -> bool:
    """Whether the middle of a cell lies in a table."""
    x, y = (cell[0] + cell[2]) / 2, (cell[1] + cell[3]) / 2
    return table[0] - MARGIN <= x <= table[2] + MARGIN and table[1] - MARGIN <= y <= table[3] + MARGIN
