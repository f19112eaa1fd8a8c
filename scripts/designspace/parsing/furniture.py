"""Removes from the lines of a PDF what is not the paper's text: running heads and feet, page and line numbers."""

import re
from collections import defaultdict

from designspace.parsing.pdf import Line, Page

PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—|\s]*(\d{1,5})(?:\s*(?:of|/)\s*\d+)?[-–—|\s]*", re.IGNORECASE)
LINE_NUMBER = re.compile(r"^(\d{1,4})(?:\s+|$)")


def remove_running_lines(pages: list[Page]) -> None:
    """Remove running heads and feet, stamps and page numbers from the pages, in place.

    They are the lines in the outer eighth of a page that occur, up to digits, on other pages too, and numbers there
    that count with the pages.
    """
    enough = 2 if len(pages) < 6 else 3
    outer = [(page, line, _signature(line, page)) for page in pages for line in page.lines if _is_outer(line, page)]
    pages_of: defaultdict[str | int | None, set[int]] = defaultdict(set)
    for page, _, signature in outer:
        pages_of[signature].add(page.number)
    removed = {id(line) for _, line, signature in outer if signature is not None and len(pages_of[signature]) >= enough}
    for page in pages:
        page.lines = [line for line in page.lines if id(line) not in removed]


def _signature(line: Line, page: Page) -> str | int | None:
    """What the running lines of several pages have in common; None for a line too short to be one."""
    if match := PAGE_NUMBER.fullmatch(line.text):
        return int(match.group(1)) - page.number
    letters = re.sub(r"[\W\d_]+", " ", line.text).strip().casefold()
    return letters if len(letters) >= 4 else None


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
    for page, lines in numbered:
        for line in lines:
            left, bottom, right, top = line.box
            rest = LINE_NUMBER.sub("", line.text, count=1)
            # The number took its share of the line's width.
            line.box = (right - (right - left) * len(rest) / len(line.text), bottom, right, top)
            line.text = rest
        page.lines = [line for line in page.lines if line.text]


def _numbered_lines(lines: list[Line]) -> list[Line]:
    """The lines that begin with the page's line numbers: a run that counts down the page by 1 or by 5 in one margin."""
    candidates: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if match := LINE_NUMBER.match(line.text):
            candidates[int(match.group(1))].append(line)
    n_text = sum(len(line.text) > 4 for line in lines)
    for step in (1, 5):
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
