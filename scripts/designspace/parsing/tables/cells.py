"""The cells of a table whose place is known: columns from gaps and rules, rows from lines, bands and heads."""

from bisect import bisect_left, bisect_right

from designspace.parsing.tables.columns import GAP, separators
from designspace.parsing.tables.heads import Block, Item, head_blocks
from designspace.parsing.tables.lines import BULLET, LETTERS, Line, Piece, is_number, lines
from designspace.parsing.tables.marks import Box, Marks, Rule, Word, joined
from designspace.parsing.tables.walls import merge_by_walls

FULL = 0.85  # of a table's width: a rule as long runs through
LONGEST_HEAD = 8  # lines
ASTRIDE = 0.25  # of a line's height: a rule as close to its middle belongs to other columns
TIGHT = 1.35  # times the smallest distance of lines: within a cell
APART = 0.05  # of the smallest distance of lines: two distances that differ by less are one
FEW = 0.1  # of the cells of lists: how many are numbers at most
HANGING = 3.0  # points by which the further lines of a label may stand in
LISTED = 0.75  # of the columns beside the labels: what the further lines of lists fill, on average
PARTIAL = 0.6  # of the places of a row: what the further lines of rows fill at most, on average


class Grid:
    """A table's blocks, with its number of columns and rows."""

    def __init__(self, words: list[Word], marks: Marks, box: Box) -> None:
        x0, y0, x1, y1 = box
        self.lines = lines(words)
        self.across = [r for r in marks.across if y0 - 3 <= r.at <= y1 + 3 and r.begin < x1 and r.end > x0]
        self.near = [r for r in marks.across if y0 - 60 <= r.at <= y1 + 60 and r.begin < x1 and r.end > x0]
        self.down = [r for r in marks.down if x0 - 3 <= r.at <= x1 + 3 and r.begin < y1 and r.end > y0]
        self.spaces = separators(self.lines, self.down, x0, x1) if self.lines else []
        self.items = [_place(line, self.spaces, self.down) for line in self.lines]
        self.columns = _columns(self.items, self.spaces, x0, x1)
        self.ruled = any(begin == end for begin, end in self.spaces)
        self.listed = False  # whether its cells are lists
        self.full = _full_rules(self.across, x0, x1, FULL)
        self.head = self._head()
        self.blocks = _apart(_without_empty_columns(self._blocks(x0, x1)))
        self.n_columns = 1 + max((block.last for block in self.blocks), default=-1)

    def _head(self) -> int:
        """How many lines are the head."""
        most = min(LONGEST_HEAD, len(self.lines) - 1)
        for at in self.full:
            above = sum(line.middle < at for line in self.lines)
            if 0 < above <= most:
                headed = {c for items in self.items[:above] for i in items for c in range(i.first, i.last + 1)}
                numbers = any(is_number(item.piece.text) for item in self.items[above][1:])
                if len(headed) >= 0.7 * (len(self.spaces) + 1) or numbers:
                    return above
        for number, items in enumerate(self.items[: most + 1]):
            values = [item for item in items if item.first]
            if values and 2 * sum(is_number(item.piece.text) for item in values) >= len(values) and number:
                # Section heads above the first row of numbers are of the body.
                while number > 1 and len(self.items[number - 1]) == 1 and self.items[number - 1][0].first == 0:
                    number -= 1
                return number
        return 1 if most > 0 else 0

    def _blocks(self, x0: float, x1: float) -> list[Block]:
        if self.ruled:
            hard = _full_rules(self.across, x0, x1, 0.25)
            groups = self._groups(0, hard, boxed=True)
            rows = [self._row(group, number) for number, group in enumerate(groups)]
            for blocks, group in zip(rows, groups, strict=True):
                for block in blocks:
                    block.header = group[-1] < self.head or group[0] == 0
            own = [[self.lines[i] for i in group if i not in self._astride(hard)] for group in groups]
            tops, bottoms = [min(r.y0 for r in row) for row in own], [max(r.y1 for r in row) for row in own]
            return merge_by_walls(rows, tops, bottoms, self.spaces, (x0, x1), self.across, self.down)
        blocks = []
        if self.head:
            head = [items for items in self.items[: self.head] if items]
            rules = joined([r for r in self.across if r.at < self.lines[self.head - 1].y1 + 4], 1.0)
            blocks = head_blocks(head, self.columns, rules)
        first = 1 + max((block.last_row for block in blocks), default=-1)
        for number, group in enumerate(self._groups(self.head, self.full, boxed=False)):
            blocks += self._row(group, first + number)
        return blocks

    def _row(self, group: list[int], row: int) -> list[Block]:
        """The cells of one row of so many lines."""
        items = sorted((item for i in group for item in self.items[i]), key=lambda item: item.first)
        found: list[Block] = []
        for item in items:
            if found and found[-1].first == item.first:
                found[-1].pieces.append(item.piece)
                found[-1].last = max(found[-1].last, item.last)
            else:
                found.append(Block([item.piece], item.first, item.last, row, row))
        for block, following in zip(found, found[1:], strict=False):
            block.last = min(block.last, following.first - 1)
        if len(found) == 1 and found[0].first == 0 and not self.ruled:
            found[0].last = 0  # a section's head
        for block in found:
            block.pieces.sort(key=lambda piece: (piece.y0 + piece.y1, piece.x0))
        return found

    def _groups(self, start: int, hard: list[float], boxed: bool) -> list[list[int]]:
        """The numbers of the lines of each row, from line `start` on, between rules at `hard`."""
        if not boxed and (rows := self._listed(start) or self._stepped(start, hard)):
            return rows
        bands: list[list[int]] = []
        astride = self._astride(hard) if boxed else set()
        for i in (i for i in range(start, len(self.lines)) if i not in astride):
            if not bands or any(self.lines[bands[-1][-1]].middle < at <= self.lines[i].middle for at in hard):
                bands.append([])
            bands[-1].append(i)
        spaced = [part for band in bands for part in self._spaced(band)] if not boxed else bands
        groups = []
        merging = boxed or len(spaced) >= 3
        for band in spaced:
            if merging and len(band) > 1 and (band[-1] < self.head or not self._rows_in(band)):
                groups.append(band)
            else:
                groups += self._wrapped(band)
        for i in sorted(astride):  # of a cell that spans rows
            max([g for g in groups if g[0] < i] or groups[:1], key=lambda group: group[0]).append(i)
        return groups

    def _listed(self, start: int) -> list[list[int]]:
        """The rows of labels with lists of words beside them, where further lines fill some of the columns only."""
        values = [item.piece.text for items in self.items[start:] for item in items if item.first]
        if len(self.spaces) < 2 or sum(map(is_number, values)) > FEW * len(values):
            return []
        rows: list[list[int]] = []
        indent = 0.0
        for i, items in enumerate(self.items[start:], start=start):
            label = items[0].piece if items[0].first == 0 else None
            hanging = label and rows and len(self.items[rows[-1][0]]) > 1 and label.x0 > indent + HANGING
            if not rows and (not label or BULLET.match(label.words[0].text)):
                return []
            if label and not hanging:
                rows.append([])
                indent = label.x0
            rows[-1].append(i)
        further = [sum(item.first > 0 for item in self.items[i]) / len(self.spaces) for row in rows for i in row[1:]]
        self.listed = len(further) >= len(rows) >= 2 and sum(further) < LISTED * len(further)
        return rows if self.listed else []

    def _stepped(self, start: int, hard: list[float]) -> list[list[int]]:
        """The rows where their lines follow each other more closely than rows do, and hold a part of a row each."""
        steps = [b.middle - a.middle for a, b in zip(self.lines[start:], self.lines[start + 1 :], strict=False)]
        sizes = sorted(step for step in steps if step <= TIGHT * min(steps) + 1) if steps else []
        gaps = [(b - a, (a + b) / 2) for a, b in zip(sizes, sizes[1:], strict=False)]
        wide, cut = max(gaps, default=(0.0, 0.0))
        if not gaps or wide < APART * sizes[0]:
            return []
        rows = [[start]]
        for i, step in enumerate(steps, start=start + 1):
            if step > cut or any(self.lines[i - 1].middle < at <= self.lines[i].middle for at in hard):
                rows.append([])
            rows[-1].append(i)
        further = [(row[0], i) for row in rows for i in row[1:]]
        filled = [len(self.items[i]) / len(self.items[first]) for first, i in further]
        labelled = all(self.items[row[0]][0].first == 0 for row in rows)
        if len(further) < 2 or not labelled or max(filled) >= 1 or sum(filled) > PARTIAL * len(filled):
            return []
        counts_on = any(share > 0.5 and self._counts_on(i) for share, (_, i) in zip(filled, further, strict=True))
        return [] if counts_on else rows

    def _counts_on(self, line: int) -> bool:
        """Whether a line has a number under a number of the line above."""
        upper = {item.first: item.piece for item in self.items[line - 1]}
        return any(
            is_number(item.piece.text) and is_number(upper[item.first].text)
            for item in self.items[line]
            if item.first and item.first in upper
        )

    def _astride(self, hard: list[float]) -> set[int]:
        """The lines that stand at the height of a rule, beside it: those of cells that span rows."""
        near = {
            i for i, line in enumerate(self.lines) if any(abs(line.middle - at) < ASTRIDE * line.height for at in hard)
        }
        return near if len(near) < len(self.lines) else set()

    def _spaced(self, band: list[int]) -> list[list[int]]:
        """A band parted where lines are farther from each other than within cells."""
        steps = [self.lines[b].middle - self.lines[a].middle for a, b in zip(band, band[1:], strict=False)]
        if not steps:
            return [band]
        limit = TIGHT * min(steps)
        parts = [[band[0]]]
        for i, step in zip(band[1:], steps, strict=True):
            if step > limit:
                parts.append([])
            parts[-1].append(i)
        return parts

    def _rows_in(self, band: list[int]) -> bool:
        """Whether the lines of a band are rows of their own, and not one row of cells of several lines."""
        for above, below in zip(band, band[1:], strict=False):
            upper = {item.first: item.piece for item in self.items[above]}
            both = [(upper[i.first], i.piece, i.first) for i in self.items[below] if i.first in upper]
            if self.items[band[0]][0].first == 0 and self._labelled_again(above, below):
                return True
            labelled = len(self.items[below]) >= 2 and self.items[below][0].first == 0 and len(both) >= 2
            if labelled and not all(self._wraps(*pair) for pair in both):
                return True
            if any(is_number(a.text) and is_number(b.text) for a, b, column in both if column):
                return True
        return False

    def _labelled_again(self, above: int, below: int) -> bool:
        """Whether a line has a label and more, below a line that goes on without a label."""
        return bool(self.items[above][0].first > 0 == self.items[below][0].first and len(self.items[below]) > 1)

    def _wraps(self, upper: Piece, lower: Piece, column: int) -> bool:
        """Whether the first word of `lower` had no room at the end of `upper`."""
        if is_number(upper.text) or is_number(lower.text):
            return False
        word = lower.words[0]
        return upper.x1 + 0.2 * word.height + word.x1 - word.x0 > self.columns[column][1] - 1

    def _wrapped(self, band: list[int]) -> list[list[int]]:
        """Lines of a band as rows: a line that goes on with the text of the one above is of its row."""
        groups: list[list[int]] = []
        steps = [self.lines[b].middle - self.lines[a].middle for a, b in zip(band, band[1:], strict=False)]
        for number, i in enumerate(band):
            if number and steps[number - 1] <= TIGHT * min(steps) and self._goes_on(i - 1, i):
                groups[-1].append(i)
            else:
                groups.append([i])
        return groups

    def _goes_on(self, above: int, below: int) -> bool:
        upper = {item.first: item.piece for item in self.items[above]}
        lower = self.items[below]
        shared = [(upper[item.first], item.piece, item.first) for item in lower if item.first in upper]
        if not shared or self._labelled_again(above, below) or not all(self._wraps(*pair) for pair in shared):
            return False
        if len(shared) < len(lower) and len(upper) > len(shared):
            return False
        first = shared[0][1].text
        return first[0].islower() or first[0] in "(&" or (shared[0][2] > 0 and bool(LETTERS.search(first)))


def _place(line: Line, spaces: list[tuple[float, float]], down: list[Rule]) -> list[Item]:
    """The pieces of a line with their columns; what lies in one column is one piece."""
    found: list[Item] = []
    for piece in line.pieces(GAP, down):
        for part in _cut(piece, spaces, line.height):
            width = 0.15 * (part.x1 - part.x0)
            first = sum(part.x0 >= begin - 2 for begin, _ in spaces)
            last = max(first, sum(part.x1 > end + 1 + width for _, end in spaces))
            if found and found[-1].last >= first:
                words = found[-1].piece.words + part.words
                found[-1] = Item(Piece(words), found[-1].first, max(last, found[-1].last))
            else:
                found.append(Item(part, first, last))
    return found


def _cut(piece: Piece, spaces: list[tuple[float, float]], height: float) -> list[Piece]:
    """A piece parted at the narrow gaps of it that lie between columns and have a number beside them."""
    parts = [[piece.words[0]]]
    for a, b in zip(piece.words, piece.words[1:], strict=False):
        between = any(min(b.x0, end + 1) - max(a.x1, begin - 1) > 0 for begin, end in spaces)
        if between and (is_number(b.text) or b.x0 - a.x1 > 0.8 * GAP * height):
            parts.append([])
        parts[-1].append(b)
    return [Piece(part) for part in parts]


def _columns(
    items: list[list[Item]], spaces: list[tuple[float, float]], x0: float, x1: float
) -> list[tuple[float, float]]:
    """From where to where the text of each column reaches."""
    found = []
    for column in range(len(spaces) + 1):
        pieces = [item.piece for line in items for item in line if item.first == item.last == column]
        left = spaces[column - 1][1] if column else x0
        right = spaces[column][0] if column < len(spaces) else x1
        begin, end = min((p.x0 for p in pieces), default=left), max((p.x1 for p in pieces), default=right)
        found.append((begin, max(begin, end)))
    return found


def _without_empty_columns(blocks: list[Block]) -> list[Block]:
    """The blocks in the columns in which some block begins: a space between double rules is no column."""
    used = sorted({block.first for block in blocks})
    for block in blocks:
        block.first, block.last = bisect_left(used, block.first), bisect_right(used, block.last) - 1
    return blocks


def _apart(blocks: list[Block]) -> list[Block]:
    """The blocks with no place of the grid in two of them."""
    owner: dict[tuple[int, int], Block] = {}
    for block in blocks:
        if owner.setdefault((block.row, block.first), block) is not block:
            owner[block.row, block.first].pieces += block.pieces
    kept = list(owner.values())
    for block in kept:
        places = [(r, c) for r in range(block.row, block.last_row + 1) for c in range(block.first, block.last + 1)]
        if any(owner.get(place, block) is not block for place in places):
            block.last_row, block.last = block.row, block.first
        else:
            owner |= dict.fromkeys(places, block)
    return kept


def _full_rules(across: list[Rule], x0: float, x1: float, share: float) -> list[float]:
    """Where rules of a table cover at least a share of its width, from top to bottom."""
    groups: list[list[Rule]] = []
    for rule in sorted(across, key=lambda rule: rule.at):
        if not groups or rule.at - groups[-1][-1].at > 2.5:
            groups.append([])
        groups[-1].append(rule)
    full = (group for group in groups if _covered(group, x0, x1) >= share * (x1 - x0))
    return [sum(rule.at for rule in group) / len(group) for group in full]


def _covered(rules: list[Rule], x0: float, x1: float) -> float:
    """How much of the way from x0 to x1 rules cover together."""
    covered, reach = 0.0, x0
    for rule in sorted(rules, key=lambda rule: rule.begin):
        covered += max(0.0, min(rule.end, x1) - max(rule.begin, reach))
        reach = max(reach, rule.end)
    return covered
