"""What a glyph means by its shape: drawn alone and compared with the glyphs of pdfium's own fonts.

A font without a Unicode map, or with a wrong one, still draws its glyphs as a reader sees them. pdfium brings the
fourteen standard fonts along, so that nothing has to be shipped to compare with.
"""

import ctypes
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain, takewhile
from math import ceil, sqrt
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from designspace.parsing.calls import bounds, destroy, font_name, new_text, set_codes, set_text
from designspace.parsing.glyphs import JOINED

EM = 32.0  # pixels of a glyph's em
RASTER = 16  # places along each side of the raster that a glyph is stretched to
GEOMETRY = np.array([1.0, 1.0, 2.0, 1.0], dtype=np.float32)  # weights of width, height, bottom and top in em
BLACK = 0.6  # root of the mean square of a raster, to which those of light and bold fonts are brought half-way
NEAR = 0.055  # mean squared difference, up to which a glyph may be the one that it is compared with
TALL = 1.25  # em, from which a glyph is one that grows with a formula
FARTHER = 2.0  # times as far may it be where the other characters are far away, too
APART = 1.5  # times as far must the next other character be
ALIKE = 0.012  # and this much farther
LARGER = 1.3  # times are the operators of fonts of formulas larger
LATEST = 2_048  # drawings and comparisons that are kept: a paper draws the same glyphs on each of its pages
FAINT = 77  # of 255: a glyph without any darker pixel is none
WRONG = 4.0  # times as far is a glyph from the character that a wrong Unicode map makes of it

Floats = npt.NDArray[np.float32]
Glyph = tuple[bytes, int | None, str, float, float, float, float]  # its font, its code or text, and its extent

_ASCII = [chr(code) for code in range(33, 127)]
_TEXT = [*_ASCII, *"–—•…‘’“”°±×÷·§©®¼½¾²³¹€†‡¶¿¡äöüéèàáçñøåßÄÖÜÉæÀÂÆÁŠÞþÐð"]
_COMPOSED = {chr(0xFB00 + i): letters for i, letters in enumerate(("ff", "fi", "fl", "ffi", "ffl"))} | JOINED
_SYMBOLS = [*"αβχδεφγηικλμπθρστωξψζΔΓΦΛΘΣΩΞΨΠ−∼′≤≥∞→←↑↓↔°±×÷≠≡≈•·∂∈∇√⇒∫∗⊕<>=+[]{}|()"]
_OPERATORS = frozenset("+−×±÷=<>≤≥≈∼≠≡")
_AXIS = np.array([0, 0, 0.26, 0.26], dtype=np.float32)  # the height of the middle of operators
_FONTS = ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Times-Roman", "Times-Bold", "Times-Italic")


_drawn: WeakKeyDictionary[pypdfium2.PdfDocument, dict[Glyph, "Shape | None"]] = WeakKeyDictionary()
# By the addresses of fonts, which pdfium keeps until it closes their document, and by codes.
_known_codes: WeakKeyDictionary[pypdfium2.PdfDocument, dict[tuple[int, int], "Shape | None"]] = WeakKeyDictionary()


@dataclass(eq=False, slots=True)
class Shape:
    """A glyph's raster, stretched to a square and blurred, and its width, height, bottom and top in em."""

    raster: Floats
    geometry: Floats


@dataclass(frozen=True)
class Reading:
    """The characters that a glyph may be, the most similar first, and how far each is."""

    characters: list[str]
    distances: list[float]

    @cached_property
    def likely(self) -> list[str]:
        """The characters that the glyph may well be, see `choices`."""
        return self.choices()

    def choices(self, taken: Collection[str] = (), farther: bool = False) -> list[str]:
        """The characters that the glyph may well be: one if it is beyond doubt, none if it is like no known one.

        It is none of those that are `taken`, and may be `farther` away than usual.
        """
        open_ = (pair for pair in zip(self.characters, self.distances, strict=True) if pair[0] not in taken)
        nearest, first = next(open_)
        if first > NEAR * (FARTHER if farther else 1):
            return []
        limit = APART * first + ALIKE if farther else max(APART * first, first + ALIKE)
        near = takewhile(lambda pair: pair[1] <= limit, chain([(nearest, first)], open_))
        return [character for character, far in near if far <= NEAR or character not in _COMPOSED]


class Shapes:
    """Draws glyphs of a document's fonts, one at a time, and reads them."""

    def __init__(self, document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> None:
        self._document, self._page = document, page
        self._shapes = _known_codes.setdefault(document, {})

    def read(self, font: Any, code: int, scale: float = 1.0, rise: float = 0.0) -> Reading | None:
        """What the glyph of a code of a font looks like; None where nothing is drawn.

        `scale` is its size as a share of that of the text around, and `rise` how far it is raised, as a share too.
        """
        if (font, code) not in self._shapes:
            self._shapes[font, code] = _draw(self._document, self._page, font, code, "")
        shape = self._shapes[font, code]
        return _compare(shape, scale, rise) if shape else None

    def printed(self, font: Any, character: str) -> str:
        """What a font prints where its Unicode map says `character`: another one if it is plainly not that one."""
        shape = _draw(self._document, self._page, font, None, character)
        claimed = _claimed(character)
        if shape is None or claimed is None:
            return character
        raster = ((claimed.raster - shape.raster) ** 2).mean(axis=1)
        far = float((raster + ((claimed.geometry - shape.geometry) ** 2) @ GEOMETRY).min())
        if far <= NEAR:
            return character
        reading = _compare(shape)
        choices = reading.likely or reading.choices(farther=True)
        plain = len(choices) == 1 and character not in choices and far > WRONG * reading.distances[0]
        return choices[0] if plain else character


@lru_cache(LATEST)
def _compare(shape: Shape, scale: float = 1.0, rise: float = 0.0) -> Reading:
    known, raised = _known(), np.array([0, 0, rise, rise], dtype=np.float32)
    shape = Shape(shape.raster, shape.geometry * scale + raised)
    tall = shape.geometry[1] > TALL  # brackets of a formula, of whatever height
    far = ((known.rasters - shape.raster) ** 2).mean(axis=1) + known.low if tall else _far(shape, known)
    nearest = np.minimum.reduceat(far, known.starts)
    order = nearest.argsort()
    return Reading(known.characters[order].tolist(), nearest[order].tolist())


def _far(shape: Shape, known: "_Known") -> Floats:
    # Squares of differences, from the squares and the products.
    far = known.squares + (shape.raster @ shape.raster - 2 * (known.rasters @ shape.raster)) / RASTER**2
    return (np.maximum(far, 0) + ((known.geometry - shape.geometry) ** 2) @ GEOMETRY).astype(np.float32)


class _Known(NamedTuple):
    """The glyphs of the standard fonts, sorted by the characters that they are."""

    rasters: Floats
    squares: Floats  # mean square of each raster
    geometry: Floats
    starts: npt.NDArray[np.intp]  # of each character's glyphs
    characters: npt.NDArray[np.str_]
    low: Floats  # infinite where a glyph is of no character that grows with a formula


@cache
def _known() -> _Known:
    characters = sorted({*_TEXT, *_COMPOSED, *_SYMBOLS})
    shapes = [(number, shape) for number, character in enumerate(characters) for shape in _standard(character)]
    rasters = np.stack([shape.raster for _, shape in shapes])
    geometry = np.stack([shape.geometry for _, shape in shapes])
    drawn, starts = np.unique([number for number, _ in shapes], return_index=True)
    low = np.array([0.0 if characters[number] in "()[]{}|√∑∏∫" else np.inf for number, _ in shapes], dtype=np.float32)
    names = np.array([characters[number] for number in drawn])
    return _Known(rasters, (rasters**2).mean(axis=1), geometry, starts, names, low)


@cache
def _standard(character: str) -> list[Shape]:
    """The shapes of a character in the standard fonts."""
    document, page, fonts = _standard_fonts()
    names = [*_FONTS] if character in _TEXT or character in _COMPOSED else []
    names += ["Symbol"] if character in _SYMBOLS else []
    text = _COMPOSED.get(character, character)
    drawn = [_draw(document, page, fonts[name], None, text) for name in names]
    shapes = [shape for shape in drawn if shape is not None]
    if character in _OPERATORS:  # which fonts of formulas draw larger
        shapes += [Shape(shape.raster, _AXIS + LARGER * (shape.geometry - _AXIS)) for shape in shapes]
    return shapes


@cache
def _claimed(character: str) -> Shape | None:
    """The shapes of a character in the standard fonts, one below the other; None where they have none."""
    shapes = _standard(character)
    return Shape(np.stack([s.raster for s in shapes]), np.stack([s.geometry for s in shapes])) if shapes else None


@cache
def _standard_fonts() -> tuple[pypdfium2.PdfDocument, pypdfium2.PdfPage, dict[str, Any]]:
    document = pypdfium2.PdfDocument.new()
    fonts = {name: pdfium.FPDFText_LoadStandardFont(document, name.encode()) for name in (*_FONTS, "Symbol")}
    return document, document.new_page(10, 10), fonts


def _draw(
    document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, font: Any, code: int | None, text: str
) -> Shape | None:
    """The shape of a code of a font, or of a text in it."""
    glyph = new_text(document.raw, font, EM)
    if not glyph:
        return None
    try:
        if code is not None:
            set_codes(glyph, ctypes.byref(ctypes.c_uint32(code)), 1)
        else:
            set_text(glyph, (text + "\0").encode("utf-16-le", "surrogatepass"))
        left, bottom, right, top = bounds(glyph) or (0.0, 0.0, 0.0, 0.0)
        if not (0 < right - left < 4 * EM and 0 < top - bottom < 4 * EM):  # nor is it where one is not finite
            return None
        # A page draws the glyphs of the pages before: one of the same font, code and extent is the same.
        drawn = _drawn.setdefault(document, {})
        key = font_name(font), code, text, left, bottom, right, top
        if key not in drawn:
            drawn[key] = _rendered(pdfium.FPDFTextObj_GetRenderedBitmap(document, page, glyph, 1.0), top)
        return drawn[key]
    finally:
        destroy(glyph)


def _rendered(bitmap: Any, top: float) -> Shape | None:
    """The shape of a glyph in a bitmap, which is given back; `top` is how many pixels of it are over the baseline."""
    if not bitmap:
        return None
    width, height = pdfium.FPDFBitmap_GetWidth(bitmap), pdfium.FPDFBitmap_GetHeight(bitmap)
    stride = pdfium.FPDFBitmap_GetStride(bitmap)
    pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), height * stride)
    pdfium.FPDFBitmap_Destroy(bitmap)
    opacity = np.frombuffer(pixels, np.uint8).reshape(height, stride)[:, 3 : 4 * width : 4]
    return _shape(opacity.tobytes(), width, int(height - ceil(top))) if opacity.size else None


@lru_cache(LATEST)
def _shape(drawing: bytes, wide: int, below: int) -> Shape | None:
    """The shape of a drawn glyph, rows of `wide` pixels, of which `below` are under the baseline; None without ink."""
    ink = np.frombuffer(drawing, np.uint8).reshape(-1, wide)
    most = int(ink.max(initial=0))
    if most < FAINT:
        return None
    drawn = ink > 2 * most // 5
    (rows,), (columns,) = np.nonzero(drawn.any(axis=1)), np.nonzero(drawn.any(axis=0))
    glyph = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32) / most
    height, width = glyph.shape
    raster: Floats = _stretch(height).dot(glyph).dot(_stretch(width).T).ravel()
    raster *= sqrt(BLACK / sqrt(raster @ raster / RASTER**2))  # a bold letter and a light one are nearer to each other
    bottom = (len(ink) - 1 - int(rows[-1]) - below) / EM
    geometry = [width / EM, height / EM, bottom, bottom + height / EM]
    return Shape(raster, np.array(geometry, dtype=np.float32))


@cache
def _stretch(size: int) -> Floats:
    """The matrix that stretches so many pixels to the raster's places, by their shares, and blurs them."""
    edges = np.linspace(0, size, RASTER + 1)
    starts, ends = edges[:-1, None], edges[1:, None]
    pixels = np.arange(size)[None]
    shares = np.clip(np.minimum(ends, pixels + 1) - np.maximum(starts, pixels), 0, None) / (ends - starts)
    blur = (2 * np.eye(RASTER) + np.eye(RASTER, k=1) + np.eye(RASTER, k=-1)) / 4
    matrix: Floats = (blur @ shares).astype(np.float32)
    return matrix
