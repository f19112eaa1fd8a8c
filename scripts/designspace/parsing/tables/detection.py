"""The tables of a page: their boxes, captions and cells.

After the ways that Göbel et al. (2013, ICDAR table competition) compare, with rules, gaps and captions as signs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2

from designspace.parsing.fonts import PageFonts, page_text
from designspace.parsing.glyphs import normalise
from designspace.parsing.tables.cells import Grid
from designspace.parsing.tables.extent import extended, without_notes
from designspace.parsing.tables.hints import hint
from designspace.parsing.tables.lines import LEADERS, Line, Piece, is_number, lines
from designspace.parsing.tables.marks import Box, Marks, PageMarks, Word
from designspace.parsing.tables.regions import (
    APART,
    NEXT,
    Region,
    caption_lines,
    inside,
    overlap,
    ruled_regions,
    spaced_regions,
    starts_caption,
    starts_figure,
)

FEWEST_WORDS = 8  # printed in a direction that may hold a table
NEAR = 40.0  # points around numbers in which a drawing makes them a figure's
GUTTER = 0.65  # of a line's height: between the columns of a page
FILLED = 0.45  # of the places of a table without a caption have to be
CAPTION_LINES = 6  # that are looked at
SPREAD = 2.5  # times the spaces of a line: what a wider one is not, if the line is justified
LONGEST_CAPTION = 12  # lines of one that ends at its table
MOST_WORDS = 6_000  # of a page
MOST_RULES = 3_000  # of a table; a figure of many bars has more


def page_tables(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, text: str) -> list[dict[str, Any]]:
    """The tables of a page from top to bottom, each {"box", "caption", "cells"}.

    `text` has one character for each of pdfium's, as `page_text` gives it. A box is [left, bottom, right, top] in
    points on the page as it is shown; a caption is {"box", "text"} or None; a cell has "row", "column", "row_span",
    "column_span", "header", "box" and "text".
    """
    sign = hint(page, text)
    if not sign:
        return []
    marks = PageMarks(page, textpage, text)
    found = []
    for turn in marks.turns(FEWEST_WORDS):
        upright = marks.upright(turn)
        if len(upright.words) <= MOST_WORDS:
            found += [_record(table, marks, turn) for table in find_tables(upright, sign != "rules")]
    return found


@dataclass(slots=True)
class Table:
    """A table: its box, its grid of cells and the words of its caption."""

    box: Box
    grid: Grid
    caption: list[Word]


def find_tables(marks: Marks, spaced: bool) -> list[Table]:
    """The tables of a page turned upright, from top to bottom; only if `spaced`, also those without rules."""
    tables: list[Table] = []
    ruled = sorted(ruled_regions(marks), key=lambda region: -_area(region.box))
    page = lines(marks.words) if ruled or spaced else []
    for region in ruled:
        _add(tables, region, marks, page)
    if spaced:
        taken = {id(word) for table in tables for word in inside(marks.words, table.box)}
        words = [word for word in marks.words if id(word) not in taken]
        for region in spaced_regions(words, lines(words) if taken else page, marks.width):
            _add(tables, region, marks, page)
    return sorted(tables, key=lambda table: table.box[1])


def _add(tables: list[Table], region: Region, marks: Marks, page: list[Line]) -> None:
    """Add the table of a region, if it is one."""
    if any(overlap(region.box, table.box) > 0.2 for table in tables):
        return
    words = inside(marks.words, region.box)
    caption = _caption(region.box, page, tables)
    table = lines(words)
    if own := caption_lines(table, marks):
        caption = caption or [word for line in table[:own] for word in line.words]
        table = table[own:]
    if table and len(rows := without_notes(table)) < len(table):
        region = Region((*region.box[:3], table[len(rows)].y0), region.ruled)
        table = rows
    body = [word for line in table for word in line.words]
    if len(body) < 4 or _rules(region.box, marks) > MOST_RULES or (not caption and _is_figure(region, page, marks)):
        return
    grid = Grid(body, marks, _bounds(body) if not region.ruled else region.box)
    if not is_table(grid, region, bool(caption), marks):
        return
    wider = extended(region.box, grid, page)
    if wider != region.box and not any(overlap(wider, table.box) > 0.05 for table in tables):
        known = {id(word) for word in caption}
        body += [w for w in inside(marks.words, wider) if id(w) not in known and not _within(w, region.box)]
        region, grid = Region(wider, region.ruled), Grid(body, marks, wider if region.ruled else _bounds(body))
        caption = _caption(wider, page, tables) or caption
    tables.append(Table(region.box, grid, caption))


def is_table(grid: Grid, region: Region, captioned: bool, marks: Marks) -> bool:
    """Whether a region with these cells is a table, and no prose, figure, list or table of contents."""
    n_rows = 1 + max((block.last_row for block in grid.blocks), default=-1)
    values = [block for block in grid.blocks if block.first]
    if n_rows < 2 or grid.n_columns < 2 or len(grid.blocks) < 4 or len(values) < 0.3 * n_rows:
        return False
    drawn = sum(overlap(drawing, region.box) > 0.9 for drawing in marks.drawings)
    if drawn > (max(6, len(grid.blocks)) if captioned else 2):
        return False
    places = sum((b.last_row - b.row + 1) * (b.last - b.first + 1) for b in grid.blocks)
    if not captioned and places < FILLED * n_rows * grid.n_columns:
        return False  # the levels of a figure
    if grid.ruled and region.ruled:
        return True
    if not captioned and _area(region.box) > 0.7 * marks.width * marks.height:
        return False  # a frame around the page
    texts = [" ".join(piece.text for piece in block.pieces) for block in grid.blocks]
    numbers = sum(is_number(" ".join(piece.text for piece in block.pieces)) for block in values) / len(values)
    parts = sum(len(block.pieces) for block in grid.blocks) if captioned and grid.listed else len(texts)
    length = sum(len(text.split()) for text in texts) / parts
    if _is_text(grid):
        return False
    if captioned:
        return region.ruled or length < 8
    if n_rows < 3 or any("=" in text for text in texts) or (grid.n_columns == 2 and numbers < 0.3):
        return False  # a formula, or a list of names and what they stand for
    if region.ruled:
        return length < 6 or numbers > 0.3
    leaders = sum(bool(LEADERS.search(text)) for text in texts)
    if grid.n_columns == 2 and leaders > 0.3 * n_rows:
        return False  # a table of contents
    return numbers > 0.6 and length < 4 and n_rows >= 4


def _is_text(grid: Grid) -> bool:
    """Whether the lines of every column are those of running text."""
    columns: dict[int, list[int]] = {}
    for line in grid.items:
        for item in line:
            columns.setdefault(item.first, []).append(len(item.piece.words))
    return all(sum(counts) >= 4.5 * len(counts) for counts in columns.values())


def _caption(box: Box, page: list[Line], tables: list[Table]) -> list[Word]:
    """The words of the caption above a box or below it, the nearer one, that is no other table's."""
    near = [(line, pieces) for line in page if (pieces := _over(line, box))]
    above = [item for item in near if item[0].middle < box[1] + 1][-LONGEST_CAPTION:]
    below = [item for item in near if item[0].middle > box[3]][:CAPTION_LINES]
    begins = [i for i, (_, pieces) in enumerate(above) if starts_caption(_words(pieces))]
    found = [_until_gap(above[begins[-1] :])] if begins else []
    if begins and begins[-1] < len(above) - CAPTION_LINES and found[0][-1] is not _words(above[-1][1])[-1]:
        found = []  # of another table
    found += [_until_gap(below)] if below and starts_caption(_words(below[0][1])) else []
    used = {id(table.caption[0]) for table in tables if table.caption}
    found = [words for words in found if id(words[0]) not in used]
    return min(found, key=lambda words: max(box[1] - words[-1].y1, words[0].y0 - box[3]), default=[])


def _over(line: Line, box: Box) -> list[Piece]:
    """The pieces of a line that stand over or under a box."""
    return [piece for piece in line.pieces(GUTTER) if piece.x1 > box[0] and piece.x0 < box[2]]


def _rules(box: Box, marks: Marks) -> int:
    """How many rules begin in a box."""
    x0, y0, x1, y1 = box
    across = sum(y0 <= rule.at <= y1 and x0 <= rule.begin <= x1 for rule in marks.across)
    return across + sum(x0 <= rule.at <= x1 and y0 <= rule.begin <= y1 for rule in marks.down)


def _is_figure(region: Region, page: list[Line], marks: Marks) -> bool:
    """Whether what stands in a region without a caption is a figure's, or numbers along the axes of one."""
    x0, y0, x1, y1 = region.box
    wide = x0 - NEAR, y0 - NEAR, x1 + NEAR, y1 + NEAR
    beside = not region.ruled and any(overlap(wide, drawing) > 0 for drawing in marks.drawings)
    return beside or _in_figure(region.box, page)


def _in_figure(box: Box, page: list[Line]) -> bool:
    """Whether the caption of a figure follows below a box before any running text."""
    long = 0
    for line in page:
        pieces = _over(line, box) if line.y1 > box[3] else []
        if pieces and starts_figure(_words(pieces)):
            return True
        long = long + 1 if any(len(piece.words) > 7 for piece in pieces) else 0
        if long == 2:
            return False
    return False


def _until_gap(lines_near: list[tuple[Line, list[Piece]]]) -> list[Word]:
    """The words of lines as far as they follow each other closely and are no row of heads."""
    words, last = [], None
    for line, pieces in lines_near:
        own = _words(pieces)
        if last and (line.middle - last.middle > NEXT * last.height or (len(pieces) > 1 and not _is_spread(own))):
            break
        words += own
        last = line
    return words


def _is_spread(words: list[Word]) -> bool:
    """Whether words have spaces of one kind between them, though wide ones, as those of a justified line have."""
    spaces = sorted(b.x0 - a.x1 for a, b in pairwise(words))
    return spaces[-1] < min(APART * words[0].height, SPREAD * spaces[len(spaces) // 4])


def _words(pieces: list[Piece]) -> list[Word]:
    return [word for piece in pieces for word in piece.words]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _within(word: Word, box: Box) -> bool:
    return bool(inside([word], box))


def _bounds(words: list[Word]) -> Box:
    return min(w.x0 for w in words), min(w.y0 for w in words), max(w.x1 for w in words), max(w.y1 for w in words)


def _record(table: Table, marks: PageMarks, turn: int) -> dict[str, Any]:
    """A table as page_tables gives it."""
    cells = []
    for block in sorted(table.grid.blocks, key=lambda block: (block.row, block.first)):
        words = [word for piece in block.pieces for word in piece.words]
        cells.append(
            {
                "row": block.row,
                "column": block.first,
                "row_span": block.last_row - block.row + 1,
                "column_span": block.last - block.first + 1,
                "header": block.header,
                "box": marks.shown(_bounds(words), turn),
                "text": normalise(" ".join(word.text for word in words)),
            }
        )
    caption = None
    if table.caption:
        text = normalise(" ".join(word.text for word in table.caption))
        caption = {"box": marks.shown(_bounds(table.caption), turn), "text": text}
    return {"box": marks.shown(table.box, turn), "caption": caption, "cells": cells}


def document_tables(document: pypdfium2.PdfDocument) -> Iterator[list[dict[str, Any]]]:
    """The tables of each page of a PDF, as page_tables gives them; a damaged page has none."""
    for index in range(len(document)):
        try:
            page = document[index]
            textpage = page.get_textpage()
            yield page_tables(page, textpage, page_text(textpage, PageFonts(document, index)))
        except pypdfium2.PdfiumError:
            yield []
