"""Spaces that pdfium loses in tight lines.

A file may have no characters for spaces, only gaps. pdfium writes a space where a gap is wide beside the width of the
font's space or, without one, of the next letter. So in a tight line it writes some of them or none.
"""

import re
from itertools import compress, repeat
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from designspace.parsing.calls import char_edges, edges_of, is_generated

LINE = re.compile(r"[^\n]{19,}[^\r\n]")  # shorter ones are not looked at
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
    found: dict[int, str] = {}
    for begin, end in _tight(handle, text):
        printed = [begin, *(at for at in range(begin + 1, end) if text[at] != " ")]
        edges = char_edges(handle, printed)
        lefts, rights = edges[0::4], edges[2::4]
        gaps = [(at, left - right) for at, left, right in zip(printed[1:], lefts[1:], rights, strict=False)]
        found |= dict.fromkeys(_missing(text, gaps, LEAST * (edges[1] - edges[3])), " ")
    return found


def _tight(handle: pdfium.FPDF_TEXTPAGE, text: str) -> list[tuple[int, int]]:
    """The lines of the text of a page that may lack spaces: those that have none, or a narrow one that pdfium wrote."""
    found, spaced = [], []
    for begin, end in map(re.Match.span, LINE.finditer(text)):
        space = text.find(" ", (begin + end) // 2, end - 1)
        space = space if space > 0 else text.rfind(" ", begin + 1, end - 1)
        if space < 0:
            found.append((begin, end))
        else:
            spaced.append((begin, end, space))
    generated = map(is_generated, repeat(handle), [space for _, _, space in spaced])
    spaced = [line for line, own in zip(spaced, generated, strict=True) if own == 1]
    edges = edges_of(handle, [at for _, _, space in spaced for at in (space - 1, space + 1)])
    _, top, right, bottom, left, *_ = edges.reshape(-1, 8).T
    tight = (right < left) & (left - right < TIGHT * (top - bottom))
    return found + [(begin, end) for begin, end, _ in compress(spaced, tight)]


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
