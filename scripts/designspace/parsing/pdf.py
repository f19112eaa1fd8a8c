"""The lines of a PDF, as pdfium reads them: text, box and font size, in the order of the file."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from designspace.core.errors import DesignspaceError
from designspace.parsing.calls import char_sizes, edges_of
from designspace.parsing.fonts import PageFonts, page_text
from designspace.parsing.glyphs import HYPHEN, normalise
from designspace.parsing.scripts import Scripts
from designspace.parsing.tables.detection import page_tables

WIDEST = 1e6  # points of a side of a page; PDF allows 14,400, and a unit of the user that makes more of them
LONGEST = 2_000_000  # characters of a paper; a book of 700 pages has fewer
HYPHENS = HYPHEN + "-\u00ad\u2010\u2011"
NO_PAGES = re.compile(rb"/Type\s*/Pages\b[^>]*/Count\s+0\b|/Count\s+0\b[^>]*/Type\s*/Pages\b")
WORD = re.compile(r"[a-zA-Z]{2}")
LINE = re.compile(rf"[^\s{HYPHEN}](?:[^\r\n{HYPHEN}]*[^\s{HYPHEN}])?{HYPHEN}?|{HYPHEN}")

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points from the lower left corner of the page
Visit = Callable[[pypdfium2.PdfDocument, int, pypdfium2.PdfPage, pypdfium2.PdfTextPage, str], None]


class BadPdf(DesignspaceError):
    """A file that cannot be read as a paper: `status` is the status of its record, `reason` a sentence."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(slots=True)
class Line:
    """One printed line: its text, its box [left, bottom, right, top] and its font size, both in points."""

    text: str
    box: Box
    size: float
    hyphenated: bool = False  # a hyphen at its end (not in `text`) divides a word or joins a compound
    spaced: bool = False  # the file has a space behind it
    row: bool = False  # the row of a table, which is a paragraph of its own


@dataclass(slots=True)
class Page:
    """One page: its number from 1, its width and height in points, its lines in the order of the file."""

    number: int
    width: float
    height: float
    lines: list[Line]
    tables: list[dict[str, Any]] = field(default_factory=list)  # as page_tables gives them


def read_pdf(data: bytes, visit: Visit | None = None) -> list[Page]:
    """The pages of a PDF given as bytes. Raises BadPdf where there is nothing to read; no other error.

    A page that is damaged has no lines; the others are still read. `visit` is called with the document, the index of a
    page, the page, its textpage and its text while they are open.
    """
    if not data:
        raise BadPdf("empty", "The file has no content (zero bytes).")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            reason = "The PDF needs a password to be opened; put a copy that opens without one in its place."
            raise BadPdf("encrypted", reason) from None
        if NO_PAGES.search(data):
            raise BadPdf("empty", "The PDF has no pages.") from None
        kind = "is damaged" if b"%PDF-" in data[:1024] else "is not a PDF"
        raise BadPdf("unreadable", f"The file {kind}: pdfium cannot open it.") from None
    with document:
        if not len(document):
            raise BadPdf("empty", "The PDF has no pages.")
        pages: list[Page] = []
        length = 0
        for index in range(len(document)):
            pages.append(read_page(document, index, visit))
            length += sum(len(line.text) for line in pages[-1].lines)
            if length > LONGEST:
                raise BadPdf("unreadable", f"Its text has more than {LONGEST:,} characters, and no paper has so many.")
        return pages


def read_page(document: pypdfium2.PdfDocument, index: int, visit: Visit | None = None) -> Page:
    """One page of a document that is open, by its index; without lines where it is damaged."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return Page(index + 1, 0.0, 0.0, [])
    rect = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, rect)
    width, height = rect.right - rect.left, rect.top - rect.bottom
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):  # nor is it where a number is not finite
        return Page(index + 1, 0.0, 0.0, [])
    rotation = pdfium.FPDFPage_GetRotation(page)
    place = _placement(rotation, rect.left, rect.bottom, width, height)
    if rotation % 2:
        width, height = height, width
    width, height = round(width, 1), round(height, 1)
    try:
        textpage = page.get_textpage()
        text = page_text(textpage, PageFonts(document, index))
        if visit:
            visit(document, index, page, textpage, text)
        lines = _read_lines(textpage, text, place, width, height)
        _correct_sizes(lines)
        tables = page_tables(page, textpage, text)
        textpage.close()
    except pypdfium2.PdfiumError:
        lines, tables = [], []
    page.close()
    return Page(index + 1, width, height, lines, tables)


def _read_lines(
    textpage: pypdfium2.PdfTextPage, text: str, place: Callable[..., Box], width: float, height: float
) -> list[Line]:
    spans = [match.span() for match in LINE.finditer(text)]
    if not spans:
        return []
    scripts, longest, lines = Scripts(textpage, text), max(width, height), []
    sizes = map(abs, char_sizes(textpage.raw, [_sample(text, begin, end) for begin, end in spans]))
    for (begin, end), box, size in zip(spans, _boxes(textpage, spans, place, width, height), sizes, strict=True):
        if box is None:
            continue
        hyphenated = text[end - 1] in HYPHENS and end - begin > 1 and text[end - 2].isalnum()
        line = scripts.text(begin, end)
        line = normalise(line[:-1] if hyphenated else line)
        if line:
            if not 0.05 <= size <= longest:
                size = box[3] - box[1] or 1.0
            lines.append(Line(line, box, size, hyphenated, text.startswith(" ", end)))
    return lines


def _boxes(
    textpage: pypdfium2.PdfTextPage,
    spans: list[tuple[int, int]],
    place: Callable[..., Any],
    width: float,
    height: float,
) -> list[Box | None]:
    """The boxes of lines as far as they lie on the page, see `_within`: those of their first and last characters."""
    edges = edges_of(textpage.raw, [at for begin, end in spans for at in (begin, end - 1)])
    left, top, right, bottom, left_end, top_end, right_end, bottom_end = edges.reshape(-1, 8).T
    low, high = np.minimum(bottom, bottom_end), np.maximum(top, top_end)
    left, bottom, right, top = place(np.minimum(left, left_end), low, np.maximum(right, right_end), high)
    on_page = (left >= 0) & (left <= right) & (right <= width) & (bottom >= 0) & (bottom <= top) & (top <= height)
    boxes = zip(left.tolist(), bottom.tolist(), right.tolist(), top.tolist(), strict=True)
    return list(boxes) if on_page.all() else [_within(width, height, *box) for box in boxes]


def _correct_sizes(lines: list[Line]) -> None:
    """Give lines whose size is that of something raised or lowered the size of the lines beside them, as high as them,
    in place."""
    sizes = [line.size for line in lines]
    before, behind = [0.0, *sizes[:-1]], [*sizes[1:], 0.0]
    smaller = [i for i, size in enumerate(sizes) if size < 0.8 * before[i] or size < 0.8 * behind[i]]
    heights = [line.box[3] - line.box[1] for line in lines] if smaller else []
    for i in smaller:
        near = (j for j in (i - 1, i + 1) if 0 <= j < len(lines))
        beside = [j for j in near if abs(heights[i] - heights[j]) < 0.03 * heights[j]]
        if beside and all(sizes[i] < 0.8 * sizes[j] for j in beside):
            lines[i].size = sizes[beside[0]]


def _within(width: float, height: float, left: float, bottom: float, right: float, top: float) -> Box | None:
    """The part of a box that lies on the page; None if no part does, or if a number is not finite. Nobody sees a text
    beside the page."""
    if 0 <= left <= right <= width and 0 <= bottom <= top <= height:
        return left, bottom, right, top
    if not (isfinite(left + bottom + right + top) and left < width and right > 0 and bottom < height and top > 0):
        return None
    return (
        max(0.0, min(left, right)),
        max(0.0, min(bottom, top)),
        min(width, max(left, right)),
        min(height, max(bottom, top)),
    )


def _sample(text: str, begin: int, end: int) -> int:
    """The character whose size is that of a line: of a word near the middle, whatever superscripts and symbols stand
    at the line's ends."""
    word = WORD.search(text, (begin + end) // 2, end) or WORD.search(text, begin, end)
    return word.start() if word else begin


def _placement(rotation: int, x: float, y: float, width: float, height: float) -> Callable[..., Box]:
    """How boxes of the page's own space, whose lower left corner is (x, y), lie on the page as it is shown."""
    return (
        lambda left, bottom, right, top: (left - x, bottom - y, right - x, top - y),
        lambda left, bottom, right, top: (bottom - y, width - right + x, top - y, width - left + x),
        lambda left, bottom, right, top: (width - right + x, height - top + y, width - left + x, height - bottom + y),
        lambda left, bottom, right, top: (height - top + y, left - x, height - bottom + y, right - x),
    )[rotation % 4]
