"""The heads of a table's columns: which lines of a head are one cell, and which columns a head spans."""

from dataclasses import dataclass, field

from designspace.parsing.tables.lines import Piece
from designspace.parsing.tables.marks import Rule

NEAR = 4.0  # points that a spanning head may be off the middle of its columns


@dataclass(slots=True)
class Item:
    """A piece of a line in the columns from `first` to `last`."""

    piece: Piece
    first: int
    last: int


@dataclass(slots=True)
class Block:
    """A cell: its pieces from top to bottom, its columns and its rows."""

    pieces: list[Piece]
    first: int
    last: int
    row: int = 0
    last_row: int = 0
    header: bool = False
    below: list["Block"] = field(default_factory=list)


def head_blocks(head: list[list[Item]], columns: list[tuple[float, float]], across: list[Rule]) -> list[Block]:
    """The cells of a head of lines of items above columns that reach from x to x, with rows from 0."""
    blocks: list[Block] = []
    latest: dict[int, Block] = {}  # the lowest block of each column
    width = columns[-1][1] - columns[0][0]
    partial = [rule for rule in across if rule.length < 0.9 * width]
    for number, items in enumerate(head):
        for item in items:
            first, last = _span(item, items, head[number + 1 :], columns, partial)
            piece = item.piece
            above = latest.get(first)
            if (
                above
                and (above.first, above.last) == (first, last)
                and piece.y0 - above.pieces[-1].y1 < 0.8 * (piece.y1 - piece.y0)
                and not _parted(above.pieces[-1], piece, across)
            ):
                above.pieces.append(piece)
                continue
            block = Block([piece], first, last, header=True)
            over = [latest[c] for c in range(first, last + 1) if c in latest]
            block.row = max((b.row + 1 for b in over), default=0)
            blocks.append(block)
            latest |= dict.fromkeys(range(first, last + 1), block)
    bottom = max(block.row for block in blocks)
    for block in blocks:
        lower = [b.row for b in blocks if b.row > block.row and b.first <= block.last and block.first <= b.last]
        block.last_row = min(lower) - 1 if lower else bottom
    return blocks


def _parted(upper: Piece, lower: Piece, across: list[Rule]) -> bool:
    """Whether a rule runs between two pieces."""
    middle = (max(upper.x0, lower.x0) + min(upper.x1, lower.x1)) / 2
    return any(
        upper.y0 + 2 < rule.at < lower.y1 - 2 and rule.begin <= middle <= rule.end and rule.at > upper.y1 - 4
        for rule in across
    )


def _span(
    item: Item, line: list[Item], below: list[list[Item]], columns: list[tuple[float, float]], partial: list[Rule]
) -> tuple[int, int]:
    """The columns that a piece of a head is printed over."""
    piece = item.piece
    for rule in partial:
        alone = sum(rule.begin - 2 <= other.piece.middle <= rule.end + 2 for other in line) == 1
        if (
            alone
            and -3 < rule.at - piece.y1 < 1.2 * (piece.y1 - piece.y0)
            and rule.begin - 2 <= piece.middle <= rule.end + 2
        ):
            under = [c for c, (x0, x1) in enumerate(columns) if rule.begin - 3 <= (x0 + x1) / 2 <= rule.end + 3]
            if under:
                return min(under[0], item.first), max(under[-1], item.last)
    if not below:
        return item.first, item.last
    first, last = item.first, item.last
    lowest = max((other.last + 1 for other in line if other.last < first), default=0)
    highest = min((other.first - 1 for other in line if other.first > last), default=len(columns) - 1)
    headed = {c for items in below for other in items for c in range(other.first, other.last + 1)}
    best = _off(piece, columns, first, last)
    if best <= NEAR:
        return first, last
    span = first, last
    for a in range(lowest, first + 1):
        for b in range(last, highest + 1):
            off = _off(piece, columns, a, b)
            if off < best - 2 and all(c in headed for c in range(a, b + 1)):
                best, span = off, (a, b)
    return span


def _off(piece: Piece, columns: list[tuple[float, float]], first: int, last: int) -> float:
    return abs((columns[first][0] + columns[last][1]) / 2 - piece.middle)
