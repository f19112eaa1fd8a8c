"""How far a table reaches: rows beyond the rules that showed it, a column of labels, and no notes at its foot."""

import re

from designspace.parsing.tables.cells import Grid
from designspace.parsing.tables.columns import GAP
from designspace.parsing.tables.lines import Line, Piece
from designspace.parsing.tables.marks import Box
from designspace.parsing.tables.regions import APART, NEXT, starts_caption

MOST_ROWS = 8  # that stand above or below the rules
SPARE = 9.0  # points by which a row may reach beyond the others
LABELLED = 0.6  # of the rows: that have a label to their left
WIDE = 0.7  # of a table's width: a line of running text
NOTE = re.compile(r"[*∗†‡§¶]|(?i:notes?|abbreviations?)\b\s*[.:—–-]|https?://(?:dx\.)?doi\.org/")


def extended(box: Box, grid: Grid, page: list[Line]) -> Box:
    """The box of a table with the rows that go on above and below it, and the labels to its left."""
    x0, y0, x1, y1 = box
    above = [line for line in page if line.middle < y0][::-1]
    below = [line for line in page if line.middle > y1]
    y0 = min([y0, *(line.y0 for line in _rows(above, box, grid))])
    y1 = max([y1, *(line.y1 for line in _rows(below, box, grid))])
    if grid.ruled:
        x0 = min(x0, _labels(page, box, grid))
    return x0, y0, x1, y1


def without_notes(table: list[Line]) -> list[Line]:
    """The lines of a table without the notes at its foot: lines of one piece, from one on that begins as notes do.

    Text across the table above them is one of them.
    """
    end, left, right = len(table), min(line.words[0].x0 for line in table), max(line.words[-1].x1 for line in table)
    for number in range(len(table) - 1, 1, -1):
        words = table[number].words
        if len(table[number].pieces(APART)) > 1:
            break
        noted = words[0].x0 < left + SPARE and bool(NOTE.match(" ".join(word.text for word in words[:2])))
        if noted or (end < len(table) and len(words) > 5 and words[-1].x1 - words[0].x0 > WIDE * (right - left)):
            end = number
    return table[:end]


def _rows(outside: list[Line], box: Box, grid: Grid) -> list[Line]:
    """The lines next to a table, from it outwards, that have its columns."""
    found: list[Line] = []
    edge = box[1] if outside and outside[0].middle < box[1] else box[3]
    for line in outside[:MOST_ROWS]:
        words = [word for word in line.words if word.x1 > box[0] - SPARE and word.x0 < box[2] + SPARE]
        pieces = Line(words, line.y0, line.y1).pieces(GAP) if words else []
        if abs(line.middle - edge) > NEXT * line.height or not pieces or starts_caption(line.words):
            break
        if not (box[0] - SPARE <= pieces[0].x0 and pieces[-1].x1 <= box[2] + SPARE):
            break
        headed = len(pieces) == 1 and bool(found) and _over_rule(pieces[0], grid)
        # Over a grid stand the heads of some of its columns, or of several columns together.
        headed |= grid.ruled and edge <= box[1] and len(Line(words, line.y0, line.y1).pieces(APART)) > 1
        if not headed and (len(pieces) < max(2, 0.5 * grid.n_columns) or any(_crosses(p, grid) for p in pieces)):
            break
        found.append(line)
        edge = line.middle
    return found


def _crosses(piece: Piece, grid: Grid) -> bool:
    return any(piece.x0 < begin - 3 and piece.x1 > end + 3 for begin, end in grid.spaces)


def _over_rule(piece: Piece, grid: Grid) -> bool:
    """Whether a piece stands on a rule, as a head that spans columns does."""
    height = piece.y1 - piece.y0
    return any(-3 < rule.at - piece.y1 < height and rule.begin < piece.x0 < rule.end for rule in grid.near)


def _labels(page: list[Line], box: Box, grid: Grid) -> float:
    """Where the labels begin that stand to the left of most rows, or the table's own left edge."""
    rows = [line for line in page if box[1] <= line.middle <= box[3]]
    left = [Line([w for w in line.words if w.x1 < box[0] + 2], line.y0, line.y1) for line in rows]
    pieces = [line.pieces(APART) for line in left if line.words]
    alone = [parts[0] for parts in pieces if len(parts) == 1]
    words = sum(len(piece.words) for piece in alone)
    if len(alone) < LABELLED * len(rows) or len(alone) < 0.9 * len(pieces) or words > 5 * len(alone):
        return box[0]
    return min(piece.x0 for piece in alone) - 1
