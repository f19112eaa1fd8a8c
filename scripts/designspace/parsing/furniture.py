"""Removes lines of a PDF that are not part of the paper's text: running heads and feet, page and line numbers."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from designspace.parsing.pdf import Line, Page

PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—|\s]*(\d{1,5})(?:\s*(?:of|/)\s*\d+)?[-–—|\s]*", re.IGNORECASE)
NUMBER_AT_EDGE = re.compile(r"^\d{1,5}(?=\s)|\d{1,5}$")
LONG = 15  # letters of a line that is hardly the same on several pages by chance
MOST_LINES = 80  # of a page
EVERY = 5  # lines is another way to number them
FEW = 8  # lines in a row may lack their numbers
LINE_NUMBER = re.compile(r"^(\d{1,4})(?:\s+|$)")

Sign = tuple[str, str, int]  # of which kind it is, what it says, and its height or number


def remove_running_lines(pages: list[Page]) -> None:
    """Remove running heads and feet, stamps and page numbers from the pages, in place.

    They are the lines in the outer eighth of a page that occur, up to digits, on other pages too, and numbers there
    that count with the pages. Two pages are enough for a line with the number of the page. Marks of digits, and lines
    further in, have to stand at one height of many pages.
    """
    usual = 2 if len(pages) < 6 else 3
    enough = {"usual": usual, "numbered": 2, "mark": max(usual, len(pages) // 3), "edge": max(5, len(pages) // 2)}
    found = [(page, line, sign) for page in pages for line, sign in _signed(page)]
    pages_of: defaultdict[Sign, set[int]] = defaultdict(set)
    for page, _, sign in found:
        pages_of[sign].add(page.number)
    removed = {id(line) for _, line, sign in found if len(pages_of[sign]) >= enough[sign[0]]}
    for page in pages:
        page.lines = [line for line in page.lines if id(line) not in removed]


def _signed(page: Page) -> Iterator[tuple[Line, Sign]]:
    """The lines of a page that may be running ones, each with what those of several pages have in common."""
    edges = {id(edge(page.lines, key=lambda line: line.box[3])) for edge in (min, max)} if len(page.lines) > 2 else ()
    for line in page.lines:
        letters = re.sub(r"[\W\d_]+", " ", line.text).strip().casefold()
        if not _is_outer(line, page):
            if id(line) in edges and len(letters) >= LONG:
                yield line, ("edge", letters, round(line.box[3]))
        elif match := PAGE_NUMBER.fullmatch(line.text):
            yield line, ("usual", "", int(match.group(1)) - page.number)
        elif len(letters) >= 4:
            yield line, ("usual", letters, 0)
            for number in NUMBER_AT_EDGE.findall(line.text) if len(letters) >= LONG else ():
                yield line, ("numbered", letters, int(number) - page.number)
        elif line.text[0].isdigit():
            yield line, ("mark", line.text, round(line.box[3]))


def _is_outer(line: Line, page: Page) -> bool:
    left, bottom, right, top = line.box
    if top - bottom > right - left and len(line.text) > 2:  # printed sideways along an edge
        return not 0.125 < (left + right) / 2 / (page.width or 1) < 0.875
    return not 0.125 < (bottom + top) / 2 / (page.height or 1) < 0.875


def remove_line_numbers(pages: list[Page]) -> None:
    """Remove the line numbers of manuscripts from the pages, in place: alone on a line or at its beginning."""
    numbered = [(page, _numbered_lines(page.lines)) for page in pages]
    if 2 * sum(bool(lines) for _, lines in numbered) < sum(len(page.lines) >= 10 for page in pages):
        return
    for page, lines in _with_broken_runs(numbered):
        _remove_within(page, lines)
        for line in lines:
            left, bottom, right, top = line.box
            rest = LINE_NUMBER.sub("", line.text, count=1)
            # The number took its share of the line's width.
            line.box = (right - (right - left) * len(rest) / len(line.text), bottom, right, top)
            line.text = rest
        page.lines = [line for line in page.lines if line.text]


def _remove_within(page: Page, numbered: list[Line]) -> None:
    """Remove, in place, the numbers that a page's run lacks from between the words of the lines where they belong."""
    for above, below in pairwise(numbered):
        missing = range(_number(above) + 1, _number(below))
        if len(missing) > FEW or len(missing) + 1 == EVERY:
            continue
        top = _middle(above)
        for number in missing:
            for line in page.lines:
                if _middle(below) < _middle(line) < top:
                    line.text, found = re.subn(rf"(?:^|\s){number}(?=\s|$)", "", line.text, count=1)
                    if found:
                        top = _middle(line)
                        break


def _with_broken_runs(numbered: list[tuple[Page, list[Line]]]) -> list[tuple[Page, list[Line]]]:
    """The numbered lines of pages, also those where a formula or the end of the paper breaks the run.

    Numbers that count through the whole paper are between those of the pages before and behind, and in their margin.
    """
    ends = [(_number(lines[0]), _number(lines[-1])) if lines else None for _, lines in numbered]
    known = [pair for pair in ends if pair]
    if len(known) < 2 or any(one[1] >= other[0] for one, other in pairwise(known)):
        return numbered  # no numbers, or each page starts again at 1
    margins = [lines[0].box[0] for _, lines in numbered if lines]
    found = []
    for i, (page, lines) in enumerate(numbered):
        low = max((pair[1] for pair in ends[:i] if pair), default=0)
        high = min((pair[0] for pair in ends[i + 1 :] if pair), default=low + MOST_LINES)
        run: list[Line] = []
        for line in sorted(page.lines, key=lambda line: -line.box[3]):
            near = min(abs(line.box[0] - margin) for margin in margins) < 2.5 * line.size
            if near and LINE_NUMBER.match(line.text) and low < _number(line) < high:
                run.append(line)
                low = _number(line)
        found.append((page, run if len(run) > len(lines) else lines))
    return found


def _middle(line: Line) -> float:
    return (line.box[1] + line.box[3]) / 2


def _number(line: Line) -> int:
    match = LINE_NUMBER.match(line.text)
    return int(match.group(1)) if match else 0


def _numbered_lines(lines: list[Line]) -> list[Line]:
    """The lines that begin with the page's line numbers: a run that counts down the page by 1 or by 5 in one margin."""
    candidates: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if match := LINE_NUMBER.match(line.text):
            candidates[int(match.group(1))].append(line)
    n_text = sum(len(line.text) > 4 for line in lines)
    for step in (1, EVERY):
        for number in sorted(candidates):
            for line in candidates[number]:
                run = [line]
                while below := [
                    other
                    for other in candidates.get(number + step * len(run), ())
                    if other.box[3] < run[-1].box[3] and abs(other.box[0] - line.box[0]) < 2.5 * line.size
                ]:
                    run.append(below[0])
                if len(run) >= 5 and len(run) * step * 2 >= n_text:
                    return run
    return []
