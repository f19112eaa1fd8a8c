"""The printed lines of a set of words, and the pieces of a line between its gaps."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from designspace.parsing.glyphs import UNKNOWN
from designspace.parsing.tables.marks import Rule, Upright, Word

SAME_LINE = 0.45  # of a word's height: middles closer than this are of one line
BULLET = re.compile(r"[•●▪■◦‣❖➢\uf0a7\uf0b7\uf0d8]$")
DIGITS = re.compile(r"\d")
LETTERS = re.compile(r"[^\W\d_]")
LEADERS = re.compile(r"(?:[.·…_]\s*){4,}$")


@dataclass(slots=True)
class Piece:
    """Words of one line without a wide gap between them."""

    words: list[Word]
    x0: float = 0.0
    x1: float = 0.0

    def __post_init__(self) -> None:
        self.x0 = min([word.x0 for word in self.words])
        self.x1 = max([word.x1 for word in self.words])

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def y0(self) -> float:
        return min(word.y0 for word in self.words)

    @property
    def y1(self) -> float:
        return max(word.y1 for word in self.words)

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(slots=True)
class Line(Upright):
    """The words on one baseline, from left to right."""

    words: list[Word] = field(default_factory=list)
    y0: float = 0.0
    y1: float = 0.0
    parted: dict[float, list[Piece]] = field(default_factory=dict)  # its pieces without rules, by the gap

    def pieces(self, gap: float, down: Sequence[Rule] = ()) -> list[Piece]:
        """The line parted at gaps wider than `gap` of its height and at the vertical rules that cross it."""
        cuts = [rule.at for rule in down if rule.begin <= self.middle <= rule.end]
        if not cuts and gap in self.parted:
            return self.parted[gap]
        parts: list[list[Word]] = []
        end, wide = 0.0, gap * self.height
        for word in self.words:
            apart = not parts or (word.x0 - end > wide and not self._is_item(parts[-1], word, end))
            if apart or cuts and any(end - 2 < cut < word.x0 + 2 for cut in cuts):
                parts.append([])
            parts[-1].append(word)
            if word.x1 > end:
                end = word.x1
        pieces = [Piece(part) for part in parts]
        if not cuts:
            self.parted[gap] = pieces
        return pieces

    def _is_item(self, part: list[Word], word: Word, end: float) -> bool:
        """Whether a word goes with the part before it because that is the bullet of a list."""
        bullet = len(part) == 1 and BULLET.fullmatch(part[0].text)
        return bool(bullet and LETTERS.search(word.text)) and word.x0 - end < 4 * self.height


def lines(words: list[Word]) -> list[Line]:
    """The lines from top to bottom. Symbols join them last: the boxes of bullets and the like may be of any height."""
    found: list[Line] = []
    symbols = [word for word in words if _is_symbol(word.text)]
    known = {id(word) for word in symbols}
    others = [word for word in words if id(word) not in known]
    latest: list[tuple[float, float, Line]] = []  # the middles and heights of the last lines
    for word in sorted(others, key=lambda word: word.y0 + word.y1):
        height, middle = word.y1 - word.y0, (word.y0 + word.y1) / 2
        nearest, least = -1, SAME_LINE * height
        for place, (at, high, _) in enumerate(latest):
            away = abs(at - middle)
            if away < least and away < SAME_LINE * high:
                nearest, least = place, away
        if nearest >= 0:
            _, high, line = latest[nearest]
            line.words.append(word)
            if len(line.words) < 4 and 1.05 * high < height:
                line.y0, line.y1 = word.y0, word.y1
                latest[nearest] = middle, height, line
        else:
            found.append(Line([word], word.y0, word.y1))
            latest = [*latest[-3:], (middle, height, found[-1])]
    found.sort(key=lambda line: line.middle)
    alone = []
    for word in symbols:
        place = bisect_left(found, word.middle, key=lambda line: line.middle)
        near = [
            line for line in found[max(place - 2, 0) : place + 2] if abs(line.middle - word.middle) < 0.7 * line.height
        ]
        if near:
            min(near, key=lambda line: abs(line.middle - word.middle)).words.append(word)
        else:
            alone.append(Line([word], word.y0, word.y1))
    for line in found:
        line.words.sort(key=lambda word: word.x0)
    return sorted([*found, *alone], key=lambda line: line.middle)


@lru_cache(maxsize=20_000)
def _is_symbol(text: str) -> bool:
    if BULLET.fullmatch(text):
        return True
    return all(c != UNKNOWN and unicodedata.category(c)[0] in "PS" for c in text)


def is_number(text: str) -> bool:
    """Whether a text is rather a number than words: it has digits, and no more letters than these."""
    digits = len(DIGITS.findall(text))
    return digits > 0 and len(LETTERS.findall(text)) <= digits
