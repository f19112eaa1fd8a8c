"""The printed lines of a paper's first pages and of its last, as an eye sees them: rows, sizes and raised marks.

The order of the file is not used: titles and by-lines are often drawn last.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from math import degrees
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from designspace.parsing.calls import char_angle, char_sizes, edges_of
from designspace.parsing.citation.accents import accented
from designspace.parsing.dropped import dropped_from
from designspace.parsing.fonts import PageFonts, page_text
from designspace.parsing.glyphs import HYPHEN, RAISED, normalise

Box = tuple[float, float, float, float]  # left, bottom, right, top
Char = tuple[str, float, float, float, float, float]  # the character, its box, its size
Placement = Callable[[Any, Any, Any, Any], tuple[Any, Any, Any, Any]]  # of the edges of boxes

FIRST_PAGES = 4
MOST_CHARACTERS = 12_000  # read of one page: a front page of two dense columns has fewer
MOST_PIECES = 1_500
NUMBER = re.compile(r"\d{1,4}(?:\s+|$)")
TYPE_3 = 10.0  # points: the size of a character whose font has a scale of its own
GAP, WIDE = 1.3, 14  # of a size, at most so many points, between the pieces of a row
SMALLEST = 3.0  # points: smaller characters are not there to be read
SMALLER = 0.82  # of a row's size: what is smaller may be raised


@dataclass(slots=True)
class Row:
    """One printed row: its text, its box in points and the size of most of its characters.

    `marked` is the text with RAISED in the place of raised characters; `stamp` is a row printed along the margin.
    """

    text: str
    marked: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool
    page: int
    stamp: bool = False


@dataclass
class Front:
    """What a citation is made of: rows of the pages that were read, their heights, and the file's own metadata."""

    rows: list[Row] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    n_pages: int = 0
    info: dict[str, str] = field(default_factory=dict)

    def read(
        self,
        document: pypdfium2.PdfDocument,
        index: int,
        page: pypdfium2.PdfPage,
        textpage: pypdfium2.PdfTextPage,
        text: str,
    ) -> None:
        """Add the rows of a page, if it is one of the first or the last; `text` is as `page_text` gives it."""
        if not self.n_pages:
            self.n_pages, self.info = len(document), _info(document)
        if index in pages_of_front(self.n_pages):
            self.rows += _page_rows(page, textpage, text, index + 1)
            self.heights[index + 1] = page.get_height()

    def page(self, number: int) -> list[Row]:
        """The rows of one page from top to bottom, without those in its margin."""
        return [row for row in self.rows if row.page == number and not row.stamp]

    @cached_property
    def body(self) -> float:
        """The size in which most of the text is printed."""
        sizes: Counter[float] = Counter()
        for row in self.rows:
            sizes[round(2 * row.size) / 2] += len(row.text)
        return max(sizes, key=sizes.__getitem__, default=10.0)


def read_front(data: bytes) -> Front:
    """The Front of a PDF given as bytes; without rows where the file cannot be read."""
    front = Front()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return front
    with document:
        for index in pages_of_front(len(document)):
            with suppress(pypdfium2.PdfiumError):
                page = document[index]
                textpage = page.get_textpage()
                front.read(document, index, page, textpage, page_text(textpage, PageFonts(document, index)))
                textpage.close()
                page.close()
    return front


def pages_of_front(n_pages: int) -> list[int]:
    """The indices of a document's first pages and of its last."""
    return [*range(min(FIRST_PAGES, n_pages)), *range(max(FIRST_PAGES, n_pages - 1), n_pages)]


def _info(document: pypdfium2.PdfDocument) -> dict[str, str]:
    keys = ("Title", "Author", "Subject", "Keywords", "CreationDate")
    try:
        values = document.get_metadata_dict()
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        return {}
    return {key: normalise(values.get(key, "")[:2000]) for key in keys}


def _page_rows(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, text: str, number: int) -> list[Row]:
    pieces = _pieces(textpage, text, number, _placement(page.get_rotation() // 90, *page.get_size()))
    angles: Counter[int] = Counter()
    for piece in pieces:
        angles[piece.angle] += len(piece.chars)
    upright = max(angles, key=angles.__getitem__, default=0)
    rows = _without_numbers(_in_order(_rows([piece for piece in pieces if piece.angle == upright])))
    rows += [_row([piece], stamp=True) for piece in pieces if piece.angle != upright]
    return [row for row in rows if row.text]


def _placement(quarters: int, width: float, height: float) -> Placement:
    """How boxes of the page's own space lie on the page as it is shown, `width` by `height` points."""
    return (
        lambda left, bottom, right, top: (left, bottom, right, top),
        lambda left, bottom, right, top: (bottom, height - right, top, height - left),
        lambda left, bottom, right, top: (width - right, height - top, width - left, height - bottom),
        lambda left, bottom, right, top: (width - top, left, width - bottom, right),
    )[quarters % 4]


@dataclass(slots=True)
class _Piece:
    """Characters that the file draws one after the other on one row."""

    chars: list[Char]
    size: float
    bold: bool
    page: int
    angle: int  # in degrees, by tens
    box: Box = field(init=False)

    def __post_init__(self) -> None:
        _, lefts, bottoms, rights, tops, _ = zip(*(char for char in self.chars if char[0] != " "), strict=True)
        self.box = min(lefts), min(bottoms), max(rights), max(tops)


def _pieces(textpage: pypdfium2.PdfTextPage, text: str, number: int, place: Placement) -> list[_Piece]:
    handle = textpage.raw
    pieces: list[_Piece] = []
    chars: list[Char] = []
    n = min(len(text), MOST_CHARACTERS)
    x0, y1, x1, y0 = edges_of(handle, range(n)).T
    boxes = list(zip(*(edges.tolist() for edges in place(x0, y0, x1, y1)), strict=True))
    sizes = char_sizes(handle, range(n))
    start, right_end = 0, 0.0
    dropped = dropped_from(text)
    for index, char in enumerate(text[:n]):
        for lost in dropped.get(index, "") if chars else "":
            _, left, bottom, right, top, size = chars[-1]
            right_end += (right - left) * (lost != " ")
            chars.append((lost, right_end - (right - left) * (lost != " "), bottom, right_end, top, size))
        if char in "\r\n":
            _end_piece(pieces, chars, handle, start, number)
            chars, start = [], index + 1
            continue
        if char.isspace():
            if chars:
                chars.append((" ", right_end, chars[-1][2], right_end, chars[-1][4], chars[-1][5]))
            continue
        left, bottom, right, top = boxes[index]
        size = sizes[index] if sizes[index] >= SMALLEST or top - bottom < SMALLEST else TYPE_3
        if chars and not -2 * size < left - right_end < 2.2 * max(size, chars[-1][5]):
            _end_piece(pieces, chars, handle, start, number)
            chars, start = [], index
        chars.append((char, left, bottom, right, top, size))
        right_end = right
        if char == HYPHEN:
            _end_piece(pieces, chars, handle, start, number)
            chars, start = [], index + 1
        if len(pieces) >= MOST_PIECES:
            break
    _end_piece(pieces, chars, handle, start, number)
    return pieces


def _end_piece(pieces: list[_Piece], chars: list[Char], handle: Any, start: int, number: int) -> None:
    while chars and chars[-1][0].isspace():
        chars.pop()
    if chars and all(char[5] == TYPE_3 for char in chars):
        height = sorted(char[4] - char[2] for char in chars)[int(0.9 * (len(chars) - 1))]
        chars = [(*char[:5], max(height, SMALLEST)) for char in chars]
    sizes = _sizes(chars)
    if not sizes or (size := max(sizes, key=sizes.__getitem__)) < SMALLEST:
        return
    middle = start + len(chars) // 2
    angle = round(degrees(char_angle(handle, middle)) / 10) % 36 * 10
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(handle, middle, name, len(name), None)
    bold = any(word in name.value.lower() for word in (b"bold", b"black", b"heavy", b".b", b"-b"))
    pieces.append(_Piece(chars, size, bold, number, angle))


def _sizes(chars: list[Char]) -> Counter[float]:
    """How many characters have each size, in tenths of a point."""
    sizes: Counter[float] = Counter()
    for size, count in Counter([char[5] for char in chars if not char[0].isspace()]).items():
        sizes[round(size, 1)] += count
    return sizes


class _Line:
    """Pieces side by side; its size and height are those of the piece that has most of its text."""

    def __init__(self, piece: _Piece) -> None:
        self.pieces: list[_Piece] = []
        self.right = piece.box[2]
        self.overlap = 0.0  # with the piece that joined it last
        self._most = 0.0, 0
        self.add(piece)

    def add(self, piece: _Piece) -> None:
        self.pieces.append(piece)
        self.right = max(piece.box[2], self.right)
        most = piece.size * min(len(piece.chars), 3), len(piece.chars)
        if len(self.pieces) == 1 or most > self._most:
            self._most, self.size = most, piece.size
            _, self.bottom, _, self.top = piece.box
            self.height = self.top - self.bottom

    def takes(self, piece: _Piece, overlap: float) -> bool:
        """Whether a piece stands next to the line, beside it or raised."""
        left, bottom, _, top = piece.box
        gap, size = left - self.right, max(piece.size, self.size)
        if gap > GAP * min(size, WIDE) or gap < -0.6 * size or overlap < 0.5 * min(top - bottom, self.height):
            return False
        return piece.size > 0.55 * self.size or top > self.bottom + 0.4 * self.height


def _rows(pieces: list[_Piece]) -> list[Row]:
    """Pieces side by side on one row become one: a by-line and its raised marks are often drawn apart."""
    lines: list[_Line] = []
    near: list[_Line] = []
    for piece in sorted(pieces, key=lambda piece: piece.box[0]):
        left, bottom, _, top = piece.box
        near = [line for line in near if not left - line.right > GAP * WIDE]  # no later piece is farther to the left
        best = None
        for line in near:
            overlap = min(top, line.top) - max(bottom, line.bottom)
            if not line.takes(piece, overlap):
                continue
            best = line if best is None or overlap > best.overlap else best
            best.overlap = overlap
        if best is None:
            near.append(_Line(piece))
            lines.append(near[-1])
        else:
            best.add(piece)
    return [_row(line.pieces) for line in lines]


def _in_order(rows: list[Row]) -> list[Row]:
    """Rows from the top of a page to its foot, and from left to right where they stand side by side."""
    rows = sorted(rows, key=lambda row: -row.bottom)
    result: list[Row] = []
    side: list[Row] = []
    for row in rows:
        if side and side[0].bottom - row.bottom > 0.35 * row.size:
            result += sorted(side, key=lambda row: row.left)
            side = []
        side.append(row)
    return result + sorted(side, key=lambda row: row.left)


def _without_numbers(rows: list[Row]) -> list[Row]:
    """Rows without the line numbers of a manuscript, which count up by one or by five."""
    numbers = [(index, int(match.group())) for index, row in enumerate(rows) if (match := NUMBER.match(row.text))]
    steps = [second[1] - first[1] for first, second in zip(numbers, numbers[1:], strict=False)]
    if len(steps) < 4 or sum(step in (1, 5) for step in steps) < 0.7 * len(steps):
        return rows
    ones = [rows[index] for index, _ in numbers]
    middle = sorted(row.left for row in ones)[len(ones) // 2]
    for row in (row for row in ones if abs(row.left - middle) < 3 * row.size):
        row.text, row.marked = NUMBER.sub("", row.text), NUMBER.sub("", row.marked)
    return rows


def _row(pieces: list[_Piece], stamp: bool = False) -> Row:
    chars: list[Char] = []
    for piece in pieces:
        if chars and piece.chars[0][1] - chars[-1][3] > 0.12 * piece.size:
            chars.append((" ", *chars[-1][1:]))
        chars += piece.chars
    sizes = _sizes(chars)
    size = max(sizes, key=lambda size: (sizes[size], size))
    text = marked = "".join(char[0] for char in chars)
    every = {char[5] for char in chars}
    if min(every) < SMALLER * size:
        same = {other for other in every if round(other, 1) == size}
        base = sorted([char[2] for char in chars if char[5] in same])[sizes[size] // 2]
        marked = "".join(RAISED if _raised(char, size, base) else char[0] for char in chars)
    marked = RAISED.join(normalise(part) if part.strip() else part for part in marked.split(RAISED))
    left, bottom, right, top = zip(*(piece.box for piece in pieces), strict=True)
    bold = max(pieces, key=lambda piece: len(piece.chars)).bold
    text, marked = accented(normalise(text))[:1000], accented(marked)[:1000]
    box = min(left), min(bottom), max(right), max(top)
    return Row(text, marked, *box, size, bold, pieces[0].page, stamp)


def _raised(char: Char, size: float, base: float) -> bool:
    """Whether a character is smaller than its row and stands higher."""
    return char[5] < SMALLER * size and char[2] > base + 0.12 * size and not char[0].isspace()
