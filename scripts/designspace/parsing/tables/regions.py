"""Where tables may stand on a page: between rules of equal extent, and where consecutive lines share their gaps."""

import re
from dataclasses import dataclass

import numpy as np

from designspace.parsing.tables.columns import GAP, separators
from designspace.parsing.tables.hints import CAPTION, PARTS, SHORTEST
from designspace.parsing.tables.lines import LETTERS, Line, Piece, lines
from designspace.parsing.tables.marks import Box, Marks, Rule, Word, joined

APART = 1.0  # of a line's height: a gap between cells where no rule helps to tell
SAME_EDGE = 6.0  # points by which rules of one table may differ in extent
EMPTIEST = 60.0  # points between two rules without text
MOST_RULES = 600  # of a page that are looked at for tables
MOST_BETWEEN = 2  # lines
OWN = 10.0  # of a line's height above a table, in which its caption stands
BESIDE = 0.3  # of a word's height: middles that differ by less are beside each other
NEXT = 1.9  # of a line's height: middles of lines that follow each other are not farther apart
FEWEST = 10  # lines of each of two columns
LONG = 0.3  # of a page's width: a line of running text in one of two columns
FIGURE = re.compile(r"(?i:supplement\w*|extended\s*data)?\s*(?i:f\s?i\s?g\s?(?:u\s?r\s?e|\.)?)\s*S?\d")


@dataclass(slots=True)
class Region:
    """A box that may be a table's, and whether rules bound it."""

    box: Box
    ruled: bool


def inside(words: list[Word], box: Box, margin: float = 1.0) -> list[Word]:
    """The words whose middles lie in a box."""
    x0, y0, x1, y1 = box
    return [
        word
        for word in words
        if y0 - margin <= (word.y0 + word.y1) / 2 <= y1 + margin
        and x0 - margin <= (word.x0 + word.x1) / 2 <= x1 + margin
    ]


def starts_caption(words: list[Word]) -> bool:
    """Whether a line of words begins as the caption of a table does, and not as a sentence that mentions one."""
    return bool(re.match(CAPTION, " ".join(word.text for word in words[:12])))


def starts_figure(words: list[Word]) -> bool:
    """Whether a line of words begins as the caption of a figure does."""
    return bool(FIGURE.match(" ".join(word.text for word in words[:4])))


def caption_lines(table: list[Line], marks: Marks) -> int:
    """How many lines of a table that begins with its caption are the caption: to a rule, or a line of some pieces."""
    if not table or not starts_caption(table[0].words):
        return 0
    for number, line in enumerate(table[1:], start=1):
        above = table[number - 1].middle
        ruled = any(above < rule.at < line.middle and rule.begin <= line.words[0].x0 + 5 for rule in marks.across)
        if ruled or len(line.pieces(APART)) > 1:
            return number
    return len(table)


def is_prose(table: list[Line], x0: float, x1: float) -> bool:
    """Whether there is running text: two lines together that fill the space, or three that are justified."""
    filling = 0
    flush: dict[tuple[int, int], int] = {}
    for line in table:
        pieces = line.pieces(APART)
        fills = line.words[-1].x1 - line.words[0].x0 > 0.7 * (x1 - x0)
        filling = filling + 1 if fills and len(line.words) > 5 and len(pieces) == 1 else 0
        edges = {(round(p.x0 / 2), round(p.x1 / 2)) for p in pieces if _is_sentence(p)}
        flush = {
            (a, b): 1 + max((flush.get((a + i, b + j), 0) for i in (-1, 0, 1) for j in (-1, 0, 1)), default=0)
            for a, b in edges
        }
        if filling == 2 or max(flush.values(), default=0) >= 3:
            return True
    return False


def _is_sentence(piece: Piece) -> bool:
    """Whether a piece of a line has words enough for running text, and few numbers among them."""
    words = sum(bool(LETTERS.search(word.text)) for word in piece.words)
    return words > 4 and words >= 0.7 * len(piece.words)


def ruled_regions(marks: Marks) -> list[Region]:
    """The boxes between rules of equal extent that have something like a table between them."""
    across = [rule for rule in joined(marks.across, PARTS) if rule.length >= SHORTEST][:MOST_RULES]
    stacks: list[list[Rule]] = []
    for rule in across:
        for stack in stacks:
            if abs(stack[0].begin - rule.begin) < SAME_EDGE and abs(stack[0].end - rule.end) < SAME_EDGE:
                stack.append(rule)
                break
        else:
            stacks.append([rule])
    found = []
    for stack in stacks:
        run = [stack[0]]
        for upper, lower in zip(stack, stack[1:], strict=False):
            headed = _caption_below(marks, upper, lower)
            if headed or not _band(marks, upper, lower, 0):
                found.append(run)
                run = [upper] if headed and _band(marks, upper, lower, headed) else []
            run.append(lower)
        found.append(run)
    return [
        Region((min(r.begin for r in run), run[0].at, max(r.end for r in run), run[-1].at), True)
        for run in found
        if len(run) > 1 and run[-1].at - run[0].at > 8
    ]


def _caption_below(marks: Marks, upper: Rule, lower: Rule) -> int:
    """How many lines between two rules are a caption right below the upper one."""
    words = marks.between(upper.at - 1, lower.at + 1)
    table = lines(inside(words, (upper.begin, upper.at, upper.end, lower.at)))
    near = table and table[0].y0 - upper.at < NEXT * table[0].height
    return caption_lines(table, marks) if near else 0


def _band(marks: Marks, upper: Rule, lower: Rule, headed: int) -> bool:
    """Whether the space between two rules may be part of a table, of which so many lines are the caption."""
    x0, x1 = max(upper.begin, lower.begin), min(upper.end, lower.end)
    words = inside(marks.between(upper.at - 1, lower.at + 1), (x0, upper.at, x1, lower.at))
    height = lower.at - upper.at
    if not words:
        return height < EMPTIEST and not _drawn_over(marks, (x0, upper.at, x1, lower.at))
    crossing = [
        rule
        for rule in marks.down
        if x0 + 4 < rule.at < x1 - 4 and rule.begin < upper.at + 3 and rule.end > lower.at - 3
    ]
    if crossing:
        return True
    table = lines(words)[headed:]
    if not table or any(starts_caption(line.words) and len(line.pieces(APART)) == 1 for line in table):
        return False
    near = BESIDE * max(word.height for word in words)
    level = marks.between(upper.at - near - 1, lower.at + near + 1)
    beside = [word for word in level if word.x0 < x0 - 3 or word.x1 > x1 + 3]
    if any(_outside(beside, word, x0, x1) for line in table for word in (line.words[0], line.words[-1])):
        return False
    return not is_prose(table, x0, x1) and not _drawn_over(marks, (x0, upper.at, x1, lower.at))


def _outside(words: list[Word], word: Word, x0: float, x1: float) -> bool:
    """Whether the text of a word goes on beyond x0 or x1."""
    space, middle, near = 0.5 * word.height, word.middle, BESIDE * word.height
    return (
        any(
            abs((other.y0 + other.y1) / 2 - middle) < near
            and (
                (other.x0 < x0 - 3 and other.x1 > word.x0 - space and other.x0 < word.x0)
                or (other.x1 > x1 + 3 and other.x0 < word.x1 + space and other.x1 > word.x1)
            )
            for other in words
        )
        or word.x0 < x0 - 3
        or word.x1 > x1 + 3
    )


def _drawn_over(marks: Marks, box: Box) -> bool:
    """Whether a drawing covers a good part of a box."""
    least = 0.25 * max((box[2] - box[0]) * (box[3] - box[1]), 1.0)
    return any(
        (x1 - x0) * (y1 - y0) > least and _shared((x0, y0, x1, y1), box) > least for x0, y0, x1, y1 in marks.drawings
    )


def _shared(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    width, height = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0.0) * max(height, 0.0)


def overlap(one: Box, other: Box) -> float:
    """The share of the smaller of two boxes that lies in the other."""
    smaller = min((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other))
    return _shared(one, other) / max(smaller, 1.0)


def spaced_regions(words: list[Word], page: list[Line], width: float) -> list[Region]:
    """The boxes of consecutive lines that have gaps in common, those across the columns of a page first.

    `page` are the lines of the words, on a page of this width.
    """
    areas = _areas(page, width)
    found = _across(page, areas[0][1]) if len(areas) > 1 else []
    across = _crossing(page, areas[0][1]) if len(areas) > 1 else set()
    for area in areas:
        own = [word for word in words if area[0] <= (word.x0 + word.x1) / 2 <= area[1]]
        chosen = own if area == areas[-1] else [word for word in own if id(word) not in across]
        for run in _runs(page if len(chosen) == len(words) else lines(chosen)):
            found += _aligned(run)
    return [Region(box, False) for box in found]


def _across(page: list[Line], gutter: float) -> list[Box]:
    """The boxes of lines that have several pieces on both sides of the gutter, and no sentence on either, where no
    caption says that the right side is a table of its own."""
    captions = [
        line.middle
        for line in page
        if any(piece.x0 > gutter and starts_caption(piece.words) for piece in line.pieces(APART))
    ]
    found = []
    for part in (part for run in _runs(page) for part in _parts_across(run, gutter)):
        own = any(part[0].middle - OWN * part[0].height < at < part[-1].middle for at in captions)
        found += _aligned(part) if len(part) > 2 and not own else []
    return found


def _parts_across(run: list[Line], gutter: float) -> list[list[Line]]:
    """The lines of a run that have several pieces on both sides of the gutter, parted where text lies between them, or
    where the first of them seems to be printed again, as the head of another table."""
    parts: list[list[Line]] = [[]]
    between: list[Line] = []  # with fewer pieces: second lines of heads, or heads of sections
    for line in run:
        pieces = line.pieces(APART)
        left = sum(piece.middle < gutter for piece in pieces)
        few = min(left, len(pieces) - left) < 2
        if len(pieces) < 2:
            continue
        if any(map(_is_sentence, pieces)) or (few and len(between) == MOST_BETWEEN):
            parts.append([])
            between = []
        elif few:
            between.append(line)
        else:
            again = parts[-1] and LETTERS.search(word := line.words[0].text) and word == parts[-1][0].words[0].text
            if again:
                parts.append([])
            parts[-1] += [line] if again else [*between, line]
            between = []
    return [part for part in parts if part]


def _areas(page: list[Line], width: float) -> list[tuple[float, float]]:
    """The whole width, and where most lines leave the middle of the page free, its two columns.

    Of some of these lines the page has both columns; the columns of a scan need not have their lines at one height.
    """
    table = [line for line in page if len(line.words) > 1]
    middles = np.arange(int(0.4 * width), int(0.6 * width), 2)
    parted, left, right = (np.zeros(len(middles), int) for _ in range(3))
    for line in table:
        space = np.ones(len(middles), bool)
        for word in line.words:
            if word.x0 - 2 < 0.6 * width and word.x1 + 2 > 0.4 * width - 1:
                space &= (middles <= word.x0 - 2) | (word.x1 + 2 <= middles)
        begun, goes_on = line.words[0].x0 < middles, middles < line.words[-1].x1
        parted += space & begun & goes_on
        if line.words[-1].x1 - line.words[0].x0 > LONG * width:
            left += space & ~goes_on
            right += space & ~begun
    free = parted + (left + right) * (left + right > FEWEST)
    free *= parted + np.minimum(left, right) > FEWEST
    if free.max(initial=0) > 0.5 * len(table):
        at = float(middles[free.argmax()])
        return [(0.0, at), (at, width), (0.0, width)]
    return [(0.0, width)]


def _crossing(page: list[Line], gutter: float) -> set[int]:
    """The ids of the words of text that runs across the gutter between the columns of a page."""
    pieces = [piece for line in page for piece in line.pieces(GAP) if piece.x0 < gutter < piece.x1]
    return {id(word) for piece in pieces for word in piece.words}


def _runs(page: list[Line]) -> list[list[Line]]:
    """Consecutive lines of at least two pieces each; a single piece between them may be a section's head, and the
    caption of a table ends what is above it."""
    found: list[list[Line]] = []
    run: list[Line] = []
    single = 0
    for line in page:
        several = len(line.pieces(APART)) > 1
        near = run and line.middle - run[-1].middle < 2 * NEXT * max(line.height, run[-1].height)
        if not near or not several and (single >= 2 or starts_caption(line.words)):
            found.append(run)
            run, single = [], 0
        if several or run:
            run.append(line)
            single = 0 if several else single + 1
    found.append(run)
    for run in found:
        while run and len(run[-1].pieces(APART)) < 2:
            run.pop()
    return [run for run in found if len(run) >= 3]


def _aligned(run: list[Line]) -> list[Box]:
    x0, x1 = min(line.words[0].x0 for line in run), max(word.x1 for line in run for word in line.words)
    spaces = separators(run, [], x0, x1)
    return [(x0, run[0].y0, x1, run[-1].y1)] if spaces else []
