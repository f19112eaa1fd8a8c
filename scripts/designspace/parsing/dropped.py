"""The characters that pdfium drops: of several spaces in a row it keeps one, and it takes any glyph with the code of a
space for a space.

So a subset font whose zero has code 32 makes 200 of 2000, and "20ms" of "20 ms". The printed page shows what is
missing.
"""

import ctypes
import re
from collections.abc import Mapping
from math import ceil

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

SPACE = re.compile(" ")
SCALE = 3.0  # pixels a point
MOST_PIXELS = 40_000_000  # of a page that is drawn
DARK = 128  # of 255, below which there is ink
ALIKE = 0.7  # share of the ink of a character that its copies have at least
MOST = 5  # characters dropped at one place
GAP = 0.4  # of the width of the character, from which there is a space

Box = tuple[float, float, float, float]  # left, top, right, bottom


class PageText(str):
    """The text of a page with one character for each of pdfium's; `dropped` is {place: what stands before it, too}."""

    dropped: Mapping[int, str]

    def __new__(cls, text: str, dropped: Mapping[int, str]) -> "PageText":
        made = super().__new__(cls, text)
        made.dropped = dropped
        return made


def dropped_from(text: str) -> Mapping[int, str]:
    """{place in the text of a page: what pdfium dropped before it}."""
    return text.dropped if isinstance(text, PageText) else {}


def find(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, raw: str, read: str) -> dict[int, str]:
    """{place: what pdfium dropped before it}. `raw` is pdfium's text of the page and `read` what is printed, of the
    same length. A page that is turned, or too large to be drawn, is left as it is."""
    places = [at for at in map(re.Match.start, SPACE.finditer(raw)) if not read[at].isspace()]
    if not places or page.get_rotation() or page.get_width() * page.get_height() * SCALE**2 > MOST_PIXELS:
        return {}
    ink, found = _Ink(page), {}
    for at in places:
        left, top, right, bottom = _box(textpage, at)
        width = right - left
        if not 0.5 < width < 100:
            continue
        if at and not read[at - 1].isspace() and raw[at - 1] != " " and left - _box(textpage, at - 1)[2] > GAP * width:
            found[at] = " "
        follows = at + 1 < len(read) and not read[at + 1].isspace()
        end = _box(textpage, at + 1)[0] if follows else right + MOST * width
        n = 0
        while n < MOST and right + (n + 1) * width <= end + 0.15 * width:
            if not ink.is_copied((left, top, right, bottom), (n + 1) * width):
                break
            n += 1
        has_space = follows and GAP * width < end - right - n * width
        if dropped := read[at] * n + " " * has_space:
            found[at + 1] = dropped
    return found


def _box(textpage: pypdfium2.PdfTextPage, index: int) -> Box:
    rect = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(textpage, index, rect)
    return rect.left, rect.top, rect.right, rect.bottom


class _Ink:
    """A page as it is printed, of which only what is looked at is drawn."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page
        self._width, self._height = ceil(page.get_width() * SCALE), ceil(page.get_height() * SCALE)

    def is_copied(self, box: Box, shift: float) -> bool:
        """Whether what is printed in a box of the page is printed once more, so many points to the right."""
        left, top, right, bottom = box
        x0, y0 = self._device(left, max(top, bottom))
        x1, y1 = self._device(right, min(top, bottom))
        width, x0, copied = max(1, x1 - x0), max(x0, 0), max(self._device(left + shift, top)[0], 0)
        drawn = self._drawn(x0, max(y0, 0), min(copied + width, self._width), min(y1, self._height))
        own, other = drawn[:, :width], drawn[:, copied - x0 : copied - x0 + width]
        if own.shape != other.shape or not own.any():
            return False
        return bool(np.minimum(own.sum(0), other.sum(0)).sum() >= ALIKE * own.sum())

    def _drawn(self, x0: int, y0: int, x1: int, y1: int) -> npt.NDArray[np.bool_]:
        """Where there is ink in a part of the page, in pixels from its upper left corner."""
        if x0 >= x1 or y0 >= y1:
            return np.zeros((0, 0), bool)
        crop = (x0 / SCALE, (self._height - y1) / SCALE, (self._width - x1) / SCALE, y0 / SCALE)
        light: npt.NDArray[np.uint8] = self._page.render(scale=SCALE, grayscale=True, crop=crop).to_numpy()
        return light.reshape(y1 - y0, x1 - x0) < DARK

    def _device(self, x: float, y: float) -> tuple[int, int]:
        column, row = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(self._page, 0, 0, self._width, self._height, 0, x, y, column, row)
        return column.value, row.value
