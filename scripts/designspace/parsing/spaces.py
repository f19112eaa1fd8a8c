"""Spaces that pdfium loses in tight lines.

A file may have no characters for spaces, only gaps. pdfium writes a space where a gap is wide beside the width of the
font's space or, without one, of the next letter. So in a tight line it writes some of them or none.
"""

import ctypes
from statistics import median

import pypdfium2

from designspace.parsing.calls import char_box, is_generated

SHORT = 20  # characters of a line that is not looked at
TIGHT = 0.2  # of a line's height, up to which a gap between words may be lost
LEAST = 0.06  # of a line's height, from which a gap is between words where pdfium wrote no space at all
PART = 0.55  # of the usual gap between words is one, too, as behind an f that leans over
SPREAD = 0.15  # of it may be between letters
FEW = 0.05  # of the letters may stand further apart
MOST = 0.4  # of the letters of a line may begin a word
OPEN, CLOSE = "([{“‘-–/", ".,;:)]}%’”-–"  # stand as close to a word as its letters

Gap = tuple[int, float]  # the place of the character behind it, and its width in points


def lost(textpage: pypdfium2.PdfTextPage, text: str) -> dict[int, str]:
    """{place in the text of a page: the space that is missing before it}."""
    handle = textpage.raw
    edges = (ctypes.c_float * 8)()  # left, top, right, bottom of the characters before a space and behind it
    before, behind = ctypes.byref(edges), ctypes.byref(edges, 16)
    found: dict[int, str] = {}
    start = 0
    for line in text.split("\n"):
        begin, end = start, start + len(line) - line.endswith("\r")
        start += len(line) + 1
        if end - begin < SHORT:
            continue
        space = text.find(" ", (begin + end) // 2, end - 1)
        space = space if space > 0 else text.rfind(" ", begin + 1, end - 1)
        if space > 0:
            if is_generated(handle, space) != 1:
                continue
            char_box(handle, space - 1, before)
            char_box(handle, space + 1, behind)
            _, top, right, bottom, left, _, _, _ = edges
            if not 0 < left - right < TIGHT * (top - bottom):
                continue
        _, top, _, bottom = _box(handle, begin)
        gaps = _gaps(handle, text, begin, end)
        found |= dict.fromkeys(_missing(text, gaps, LEAST * (top - bottom)), " ")
    return found


def _missing(text: str, gaps: list[Gap], least: float) -> list[int]:
    """The places of a line before which a space is missing, by the gaps between its characters, of which the narrower
    than `least` are between letters."""
    within = [(at, gap) for at, gap in gaps if text[at - 1] != " "]
    known = [gap for at, gap in gaps if text[at - 1] == " "] or [gap for _, gap in within if gap > least]
    if not known:
        return []
    usual = median(known)
    wide = [at for at, gap in within if gap >= PART * usual]
    between = sum(SPREAD * usual < gap for _, gap in within) - len(wide)
    if between > FEW * len(within) or len(wide) > MOST * len(within):
        return []  # its letters are spread
    return [at for at in wide if _may_part(text[at - 1], text[at])]


def _may_part(before: str, behind: str) -> bool:
    """Whether a space may be missing between two characters; capitals are spread."""
    return before not in OPEN and behind not in CLOSE and not (before.isupper() and behind.isupper())


def _gaps(handle: object, text: str, begin: int, end: int) -> list[Gap]:
    """The gaps between the printed characters of a line."""
    gaps, previous = [], _box(handle, begin)[2]
    for at in range(begin + 1, end):
        if text[at] != " ":
            left, _, right, _ = _box(handle, at)
            gaps.append((at, left - previous))
            previous = right
    return gaps


def _box(handle: object, at: int) -> list[float]:
    edges = (ctypes.c_float * 4)()  # left, top, right, bottom
    char_box(handle, at, ctypes.byref(edges))
    return edges[:]
