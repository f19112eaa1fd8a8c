"""The marks of a page from which tables are found: its words, its ruling lines and its drawings.

Boxes here are (left, top, right, bottom) in points; y grows downwards from the top of the page.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from math import isnan, pi
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from designspace.parsing.calls import char_angle, edges_of
from designspace.parsing.dropped import dropped_from
from designspace.parsing.tables.paths import Paths

Box = tuple[float, float, float, float]
Edges = npt.NDArray[np.float64]
Boxes = tuple[Edges, Edges, Edges, Edges]  # of characters

WORD = re.compile(r"[^\s\0]+")
MOST_CHARACTERS = 40_000  # of a page; a full page of a journal has a quarter of them
LARGEST = 14_400.0  # points; the largest page that PDF allows
WHOLE = 0.85  # of a page: what covers so much of it is its ground
SPACE = 0.2  # of a character's height: a wider gap parts words
TALLER = 1.05  # times as high may a character be without its word becoming so

AnyBox = TypeVar("AnyBox", Box, Boxes)


class Upright:
    """What stands between y0, its top, and y1, its bottom."""

    __slots__ = ()
    y0: float
    y1: float

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        return self.y1 - self.y0


@dataclass(slots=True)
class Word(Upright):
    """Characters without a space between them and their box, in height that of the tallest of them."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class Rule:
    """A straight line at `at` across its direction, from `begin` to `end`; not `drawn`: an edge of a filled area."""

    at: float
    begin: float
    end: float
    drawn: bool = True

    @property
    def length(self) -> float:
        return self.end - self.begin


@dataclass(slots=True)
class Marks:
    """What is on a page that has been turned so that its script is upright."""

    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)  # horizontal lines: `at` is y
    down: list[Rule] = field(default_factory=list)  # vertical lines: `at` is x
    drawings: list[Box] = field(default_factory=list)  # images, curves and slanted lines
    _by_middle: list[tuple[float, int]] = field(default_factory=list)  # the places of the words

    def between(self, y0: float, y1: float) -> list[Word]:
        """The words whose middles are from y0 to y1, in the order of the file."""
        if not self._by_middle:
            self._by_middle = sorted((word.middle, place) for place, word in enumerate(self.words))
        first, last = bisect_left(self._by_middle, (y0, -1)), bisect_left(self._by_middle, (y1, len(self.words)))
        return [self.words[place] for place in sorted(place for _, place in self._by_middle[first:last])]


class PageMarks:
    """The marks of a page in each direction in which it is printed."""

    def __init__(self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, text: str) -> None:
        """`text` has one character for each of pdfium's, as `page_text` gives it."""
        rect = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, rect)
        self._left, self._top = rect.left, rect.top
        self._width, self._height = rect.right - rect.left, rect.top - rect.bottom
        self._shown = pdfium.FPDFPage_GetRotation(page) % 4  # clockwise quarter turns of the page as it is shown
        usable = 0 < self._width <= LARGEST and 0 < self._height <= LARGEST and len(text) <= MOST_CHARACTERS
        self._words: dict[int, list[Word]] = {}
        if usable:
            self._read_words(textpage.raw, text)
        self._page, self._paths = page, Paths()

    def turns(self, fewest: int) -> list[int]:
        """The counter-clockwise quarter turns at which at least `fewest` words are printed."""
        return [turn for turn, words in sorted(self._words.items()) if len(words) >= fewest]

    def upright(self, turn: int) -> Marks:
        """The marks of the page turned so that words printed at `turn` are upright."""
        self._paths.read(self._page)
        width, height = self._width, self._height
        marks = Marks(*((height, width) if turn % 2 else (width, height)))
        marks.words = self._words.get(turn, [])
        page = (0.0, 0.0, marks.width, marks.height)
        for box, drawn in self._paths.rules:
            x0, y0, x1, y1 = _within(turned(self._down(*box), turn, width, height), page)
            if x1 - x0 > y1 - y0:
                marks.across.append(Rule((y0 + y1) / 2, x0, x1, drawn))
            elif y1 > y0:
                marks.down.append(Rule((x0 + x1) / 2, y0, y1, drawn))
        drawings = [_within(turned(self._down(*box), turn, width, height), page) for box in self._paths.drawings]
        whole = WHOLE * marks.width * marks.height  # the picture of a scanned page is no figure on it
        marks.drawings = [(x0, y0, x1, y1) for x0, y0, x1, y1 in drawings if (x1 - x0) * (y1 - y0) < whole]
        return marks

    def _read_words(self, textpage: pdfium.FPDF_TEXTPAGE, text: str) -> None:
        """Keep the words in the order of the file, each in the frame in which it is upright."""
        boxes, dropped = self._boxes(textpage, len(text)), dropped_from(text)
        spans = [(0, len(text))] if dropped else [match.span() for match in WORD.finditer(text)]
        turns = _turns(textpage, [begin for begin, _ in spans])
        whole = (
            {}
            if dropped
            else {turn: _whole(turned(boxes, turn, self._width, self._height), spans) for turn in set(turns)}
        )
        for place, ((begin, end), turn) in enumerate(zip(spans, turns, strict=True)):
            if whole and (box := whole[turn][place]):
                self._words.setdefault(turn, []).append(Word(text[begin:end], *box))
            else:
                self._read_parts(textpage, _characters(text, boxes, begin, end))

    def _read_parts(self, textpage: pdfium.FPDF_TEXTPAGE, characters: Iterator[tuple[str, int, Box]]) -> None:
        """Keep the words of which each character may begin another."""
        word, turn, end = None, 0, 0.0
        for character, index, box in characters:
            if not character:
                word = None
                continue
            upright = turned(box, turn, self._width, self._height)
            if word is None or not _join(word, end, character, upright):  # what joins a word has its turn
                (turn,) = _turns(textpage, [index])
                upright = turned(box, turn, self._width, self._height)
                word = Word(character, *upright)
                self._words.setdefault(turn, []).append(word)
            end = upright[2]

    def _boxes(self, textpage: pdfium.FPDF_TEXTPAGE, n: int) -> Boxes:
        """The left, upper, right and lower edges of the page's characters; NaN where one is not on a page."""
        edges = edges_of(textpage, range(n))
        edges[~(np.abs(edges).sum(axis=1) < 4 * LARGEST)] = np.nan  # nor is one where a number is not finite
        left, top, right, bottom = edges.T
        x0, x1 = np.minimum(left, right), np.maximum(left, right)
        y0, y1 = np.minimum(bottom, top), np.maximum(bottom, top)
        return x0 - self._left, self._top - y1, x1 - self._left, self._top - y0

    def shown(self, box: Box, turn: int) -> list[float]:
        """A box of the marks turned by `turn` as [left, bottom, right, top] on the page as it is shown, y upwards."""
        size = (self._height, self._width) if turn % 2 else (self._width, self._height)
        x0, y0, x1, y1 = turned(box, (self._shown - turn) % 4, *size)
        width, height = (self._height, self._width) if self._shown % 2 else (self._width, self._height)
        x0, y0, x1, y1 = _within((x0, y0, x1, y1), (0.0, 0.0, width, height))
        return [round(edge, 2) for edge in (x0, height - y1, x1, height - y0)]

    def _down(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """A box of the page's own space, y upwards, with y downwards from the page's top."""
        if x0 > x1:
            x0, x1 = x1, x0
        if y0 > y1:
            y0, y1 = y1, y0
        return x0 - self._left, self._top - y1, x1 - self._left, self._top - y0


def _turns(textpage: pdfium.FPDF_TEXTPAGE, places: list[int]) -> list[int]:
    """The counter-clockwise quarter turns at which some characters are printed."""
    angles = map(char_angle, repeat(textpage), places)
    return [round(-angle / (pi / 2)) % 4 if angle else 0 for angle in angles]


def joined(rules: list[Rule], gap: float) -> list[Rule]:
    """Rules in order, with the parts of a line put together that are no farther apart than `gap` points."""
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / 1.5), rule.begin)):
        last = found[-1] if found else None
        if last and abs(rule.at - last.at) < 1.6 and rule.begin <= last.end + gap:
            last.end = max(last.end, rule.end)
            last.drawn = last.drawn or rule.drawn
        else:
            found.append(Rule(rule.at, rule.begin, rule.end, rule.drawn))
    return sorted(found, key=lambda rule: rule.at)


def turned(box: AnyBox, quarters: int, width: float, height: float) -> AnyBox:
    """A box of a page of this size after so many clockwise quarter turns of the page."""
    x0, y0, x1, y1 = box
    if quarters == 1:
        return height - y1, x0, height - y0, x1
    if quarters == 2:
        return width - x1, height - y1, width - x0, height - y0
    if quarters == 3:
        return y0, width - x1, y1, width - x0
    return box


def _within(box: Box, page: Box) -> Box:
    x0, y0, x1, y1 = box
    return (
        min(max(x0, page[0]), page[2]),
        min(max(y0, page[1]), page[3]),
        min(max(x1, page[0]), page[2]),
        min(max(y1, page[1]), page[3]),
    )


def _whole(boxes: Boxes, spans: list[tuple[int, int]]) -> list[Box | None]:
    """The boxes of the words of characters that plainly join their first; None where they may be several words, or are
    not on the page. All words are upright in the frame of the characters' boxes."""
    x0, y0, x1, y1 = boxes
    ends = np.array(spans, int).reshape(-1, 2)
    begins = ends[:, 0]
    first = np.zeros(len(x0), int)
    first[begins] = begins
    first = np.maximum.accumulate(first)
    size, height = (y1 - y0)[first], y1 - y0
    gap, shared = np.diff(x0, prepend=0.0), np.minimum(y1, y1[first]) - np.maximum(y0, y0[first])
    gap[1:] = x0[1:] - x1[:-1]
    joins = (-size < gap) & (gap <= SPACE * size) & (shared > 0.4 * np.minimum(height, size))
    apart = np.cumsum(~(joins & (height <= TALLER * size)))
    whole = (apart[begins] == apart[ends[:, 1] - 1]) & ~np.isnan(y0[begins])
    left = np.minimum.reduceat(np.append(x0, np.inf), ends.ravel())[::2]
    right = np.maximum.reduceat(np.append(x1, -np.inf), ends.ravel())[::2]
    found = zip(left.tolist(), y0[begins].tolist(), right.tolist(), y1[begins].tolist(), strict=True)
    return [box if known else None for box, known in zip(found, whole.tolist(), strict=True)]


def _characters(text: str, boxes: Boxes, begin: int, end: int) -> Iterator[tuple[str, int, Box]]:
    """The visible characters of a part of the text with their index and their box; "" for a space.

    What pdfium dropped has the index of the character before.
    """
    dropped, last, box = dropped_from(text), begin, (0.0, 0.0, 0.0, 0.0)
    edges = (edge[begin:end].tolist() for edge in boxes)
    for index, x0, y0, x1, y1 in zip(range(begin, end), *edges, strict=True):
        for lost in dropped.get(index, ""):
            box = box[2], box[1], 2 * box[2] - box[0], box[3]
            yield lost.strip(), last, box
        if not WORD.match(text, index):
            yield "", 0, box
        elif not isnan(x0):
            last, box = index, (x0, y0, x1, y1)
            yield text[index], index, box


def _join(word: Word, end: float, character: str, box: Box) -> bool:
    """Add a character to the word whose last character ends at `end`, unless it begins another word."""
    x0, y0, x1, y1 = box
    size, height = word.y1 - word.y0, y1 - y0
    if not -size < x0 - end <= SPACE * size or min(y1, word.y1) - max(y0, word.y0) <= 0.4 * min(height, size):
        return False
    word.text += character
    word.x0, word.x1 = min(word.x0, x0), max(word.x1, x1)
    if height > TALLER * size:  # the tallest decides the height: a raised character belongs to its word
        word.y0, word.y1 = y0, y1
    return True
