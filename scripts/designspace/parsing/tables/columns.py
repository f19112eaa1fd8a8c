"""The columns of a table: where its lines have gaps in common, and where vertical rules run."""

import numpy as np

from designspace.parsing.tables.lines import Line, Piece
from designspace.parsing.tables.marks import Rule

GAP = 0.45  # of a line's height: a narrower gap is a space
WIDE = 0.6  # of a line's height: the gap of at least two lines that makes a column
DEEP = 0.25  # of the lower of two columns' counts of lines: what may lie across the gap between them
STEP = 0.5  # points


def separators(table: list[Line], down: list[Rule], x0: float, x1: float) -> list[tuple[float, float]]:
    """The spaces between the columns of a table's lines, from left to right, as (begin, end); a rule has no width."""
    top, bottom = table[0].y0, table[-1].y1
    ruled = _ruled(down, x0, x1, top, bottom)
    split = [line.pieces(GAP, down) for line in table]
    edges = [x0, *ruled, x1]
    found = [(at, at) for at in ruled]
    for left, right in zip(edges, edges[1:], strict=False):
        inside = [[p for p in pieces if left - 1 <= p.middle <= right + 1] for pieces in split]
        # A column between rules has its own columns only where nearly every line of it says so.
        share = 0.6 if ruled else 0.0
        heights = [line.height for line in table]
        found += _valleys(inside, heights, left, right, share)
    return sorted(found)


def _ruled(down: list[Rule], x0: float, x1: float, top: float, bottom: float) -> list[float]:
    """Where vertical rules run along at least half of the table, edges of it left out."""
    groups: list[list[Rule]] = []
    for rule in sorted(down, key=lambda rule: rule.at):
        if groups and rule.at - groups[-1][-1].at < 3:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    found = []
    for group in groups:
        at = sum(rule.at for rule in group) / len(group)
        covered = np.zeros(max(int((bottom - top) / 2) + 1, 1), bool)
        for rule in group:
            covered[max(int((rule.begin - top) / 2), 0) : max(int((rule.end - top) / 2) + 1, 0)] = True
        if covered.mean() >= 0.5 and x0 + 4 < at < x1 - 4:
            found.append(at)
    return found


def _valleys(
    split: list[list[Piece]], heights: list[float], left: float, right: float, share: float
) -> list[tuple[float, float]]:
    """The spaces that the lines between `left` and `right` have in common."""
    size = int((right - left) / STEP) + 2
    if size < 4:
        return []
    cover = np.zeros(size, int)
    for pieces in split:
        line = np.zeros(size, bool)
        for piece in pieces:
            line[max(int((piece.x0 - left) / STEP + 0.5), 0) : max(int((piece.x1 - left) / STEP + 0.5), 0)] = True
        cover += line
    runs = _runs(cover)
    spaces = _deep(runs)
    filled = sum(bool(pieces) for pieces in split)
    found = []
    for begin, end in spaces:
        x0, x1 = left + begin * STEP, left + end * STEP
        count = sum(
            any(
                b.x0 - a.x1 >= WIDE * height and min(b.x0, x1 + 1) - max(a.x1, x0 - 1) > 0
                for a, b in zip(pieces, pieces[1:], strict=False)
            )
            for pieces, height in zip(split, heights, strict=True)
        )
        if count >= max(min(2, filled), share * filled):
            found.append((x0, x1))
    return found


def _runs(cover: np.ndarray) -> list[tuple[int, int, int]]:
    """(begin, end, height) of the stretches of equal height."""
    changes = np.flatnonzero(np.diff(cover)) + 1
    begins = [0, *changes.tolist()]
    ends = [*changes.tolist(), len(cover)]
    return [(begin, end, int(cover[begin])) for begin, end in zip(begins, ends, strict=True)]


def _deep(runs: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """The lowest stretches between peaks, where they are low enough beside both."""
    heights = [0, *(height for _, _, height in runs), 0]
    peaks: list[int] = []
    floors: list[tuple[int, int, int]] = []
    for run, before, height, after in zip(runs, heights, heights[1:], heights[2:], strict=False):
        if before < height > after:
            peaks.append(height)
        elif before > height < after and peaks:
            floors.append(run)
    while floors:
        lower = [min(pair) for pair in zip(peaks, peaks[1:], strict=False)]
        worst = max(range(len(floors)), key=lambda i: (floors[i][2] / lower[i], -lower[i]))
        if floors[worst][2] <= DEEP * lower[worst]:
            break
        peaks[worst : worst + 2] = [max(peaks[worst : worst + 2])]
        del floors[worst]
    return [(begin, end) for begin, end, _ in floors]
