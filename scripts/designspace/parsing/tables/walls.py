"""Cells that span rows or columns in a ruled table: where no rule parts two places of the grid, they are one."""

from designspace.parsing.tables.heads import Block
from designspace.parsing.tables.marks import Rule


def merge_by_walls(
    rows: list[list[Block]],
    tops: list[float],
    bottoms: list[float],
    spaces: list[tuple[float, float]],
    sides: tuple[float, float],
    across: list[Rule],
    down: list[Rule],
) -> list[Block]:
    """The blocks of the rows, joined where the rules leave the way open; rows reach from `tops` to `bottoms`."""
    edges = [sides[0], *((begin + end) / 2 for begin, end in spaces), sides[1]]
    n_columns = len(edges) - 1
    closed_below = [  # rows r and r + 1 are parted by a rule in the columns given
        [_crossed(across, bottoms[r] - 3, tops[r + 1] + 3, edges[c], edges[c + 1]) for c in range(n_columns)]
        for r in range(len(rows) - 1)
    ]
    ruled_row = [sum(closed) > 0 for closed in closed_below]
    ruled_column = [any(closed[c] for closed in closed_below[1:]) for c in range(n_columns)]
    merged: list[Block] = []
    for r, blocks in enumerate(rows):
        # Above the upper rule of a grid no rule parts the heads of its columns.
        parted = len(blocks) == 1 or any(not _open(space, down, tops[r], bottoms[r]) for space in spaces)
        for block in blocks if parted else ():
            block.first, block.last = _widened(block, blocks, spaces, down, tops[r], bottoms[r])
        for block in blocks:
            upper = next(
                (b for b in merged if b.last_row == r - 1 and (b.first, b.last) == (block.first, block.last)), None
            )
            span = range(block.first, block.last + 1)
            if upper and ruled_row[r - 1] and not any(closed_below[r - 1][c] or not ruled_column[c] for c in span):
                upper.pieces += block.pieces
                upper.last_row = r
            else:
                merged.append(block)
                _reach_up(block, rows, closed_below, ruled_row, ruled_column)
        _reach_down(merged, rows, r, closed_below, ruled_row, ruled_column)
    return merged


def _reach_up(
    block: Block,
    rows: list[list[Block]],
    closed_below: list[list[bool]],
    ruled_row: list[bool],
    ruled_column: list[bool],
) -> None:
    """Let a block reach into the rows above where these are empty and no rule lies between."""
    span = range(block.first, block.last + 1)
    while block.row > 0 and ruled_row[block.row - 1]:
        taken = {c for other in rows[block.row - 1] for c in range(other.first, other.last + 1)}
        if any(c in taken or closed_below[block.row - 1][c] or not ruled_column[c] for c in span):
            break
        block.row -= 1


def _reach_down(
    merged: list[Block],
    rows: list[list[Block]],
    r: int,
    closed_below: list[list[bool]],
    ruled_row: list[bool],
    ruled_column: list[bool],
) -> None:
    """Let blocks of row r reach into the next row where that is empty and no rule lies between."""
    if r + 1 >= len(rows) or not ruled_row[r]:
        return
    taken = {c for block in rows[r + 1] for c in range(block.first, block.last + 1)}
    for block in merged:
        span = range(block.first, block.last + 1)
        if block.last_row == r and not any(c in taken or closed_below[r][c] or not ruled_column[c] for c in span):
            block.last_row = r + 1


def _widened(
    block: Block, blocks: list[Block], spaces: list[tuple[float, float]], down: list[Rule], top: float, bottom: float
) -> tuple[int, int]:
    """The columns of a block that no vertical rule closes, up to the next block."""
    first, last = block.first, block.last
    taken = {c for other in blocks if other is not block for c in range(other.first, other.last + 1)}
    while last < len(spaces) and last + 1 not in taken and _open(spaces[last], down, top, bottom):
        last += 1
    while first > 0 and first - 1 not in taken and _open(spaces[first - 1], down, top, bottom):
        first -= 1
    return first, last


def _open(space: tuple[float, float], down: list[Rule], top: float, bottom: float) -> bool:
    """Whether a space that is ruled elsewhere is not ruled here."""
    middle = (top + bottom) / 2
    return space[0] == space[1] and not any(
        abs(rule.at - space[0]) < 3 and rule.begin - 1 <= middle <= rule.end + 1 for rule in down
    )


def _crossed(across: list[Rule], y0: float, y1: float, x0: float, x1: float) -> bool:
    """Whether rules between y0 and y1 cover most of the way from x0 to x1."""
    covered = sum(max(0.0, min(rule.end, x1) - max(rule.begin, x0)) for rule in across if y0 <= rule.at <= y1)
    return covered >= 0.5 * (x1 - x0)
