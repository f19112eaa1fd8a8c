"""Raised and lowered digits that change what is meant: 10^3, cm^2, R^2, CO_2.

Citations, ordinals and the marks of footnotes are raised too; they stand behind other words and stay as they are.
"""

import ctypes
import re
from bisect import bisect_left
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from designspace.parsing.calls import char_matrix, char_origin, char_size
from designspace.parsing.dropped import dropped_from

_SIGNS = "-−–\ufffe"
# Digits behind a letter, a sign or the end of a row, and numbers that begin with 10: no other may be raised or lowered.
_DIGITS = re.compile(rf"[0-9](?<![0-9].)(?:(?<=[^\W\d_].)|(?<=[{_SIGNS}\r\n].)|(?<=1)(?=0[0-9]))[0-9]*")
# Behind a unit or a single letter a raised digit is an exponent, as it is behind a ten.
_BASE = re.compile(r"(?<![^\W\d_])(?:[mcdk]?m|ms|kg|deg|rad|mN|Hz|min|[^\W\d_])$")
RISE, DROP = 0.15, -0.08  # of the size of the character before, from which one is raised or lowered


class Scripts:
    """Where in the text of a page something is raised or lowered."""

    def __init__(self, textpage: pypdfium2.PdfTextPage, text: str) -> None:
        self._text = text
        marks = {at: mark for at, mark in _marks(textpage, text) if mark}
        dropped = {at: characters + marks.get(at, "") for at, characters in dropped_from(text).items()}
        self._marks = dict(sorted((marks | dropped).items())) if dropped else marks
        self._places = list(self._marks)

    def text(self, begin: int, end: int) -> str:
        """The text of a stretch of the page with what pdfium dropped, "^" before what is raised and "_" before what is
        lowered."""
        first = bisect_left(self._places, begin)
        if first == len(self._places) or self._places[first] > end:
            return self._text[begin:end]
        at_break = self._text.startswith(("\r", "\n"), end)  # what pdfium dropped there is a part of the row
        last = bisect_left(self._places, end + at_break, first)
        pieces: list[str] = []
        for place in self._places[first:last]:
            pieces += self._text[begin:place], self._marks[place]
            begin = place
        return "".join([*pieces, self._text[begin:end]])


def _marks(textpage: pypdfium2.PdfTextPage, text: str) -> Iterator[tuple[int, str]]:
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        if 3 <= end - start <= 4 and text.startswith("10", start) and text[start - 1 : start] not in (".", ","):
            if all(RISE < _rise(textpage, start + 1, at) < 1 for at in {start + 2, end - 1}):
                yield start + 2, "^"
            continue
        if not start or end - start > 2:
            continue
        at = start - 1 if text[start - 1] in _SIGNS else start
        before = at - 1
        while before > 0 and text[before] in "\r\n":  # pdfium breaks some rows before what is raised
            before -= 1
        if before < 0 or at - before > 3:
            continue
        ten = text[before] == "0" and text[before - 1 : before] == "1" and not text[before - 2 : before - 1].isdigit()
        if not ten and not text[before].isalpha():
            continue
        rise = _rise(textpage, before, end - 1)
        if RISE < rise < 1:
            single = end - start == 1 and not (text[end : end + 1].isalnum() or text[end : end + 1] == ",")
            known = ten or single and _BASE.search(text, max(0, before - 4), before + 1)
            yield at, "^" if known and (at < start or _rise(textpage, before, start) > RISE) else ""
        elif -1 < rise < DROP and not ten and at == start:
            yield at, "_"


def _rise(textpage: pypdfium2.PdfTextPage, base: int, index: int) -> float:
    """How far the baseline of a character is above that of another, as a share of the other's size."""
    handle = textpage.raw
    x, y = _origin(handle, base)
    other_x, other_y = _origin(handle, index)
    if abs(other_y - y) < 0.3:
        return 0.0
    # Upwards is where the second column of the matrix points, also on a page that is turned.
    matrix = pdfium.FS_MATRIX()
    char_matrix(handle, base, ctypes.byref(matrix))
    upwards = matrix.c * (other_x - x) + matrix.d * (other_y - y)
    length = (matrix.c**2 + matrix.d**2) * char_size(handle, base)
    return float(upwards / length) if length else 0.0


def _origin(textpage: pdfium.FPDF_TEXTPAGE, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    char_origin(textpage, index, ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value
