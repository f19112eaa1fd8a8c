"""pdfium's functions that are called thousands of times a page, as fast as Python can call them.

pypdfium2 declares their arguments, and to check these takes ctypes two to four times as long as the call itself. These
are the same functions by their addresses, with nothing declared but their results: a handle is passed as pdfium gave it
(`textpage.raw`, not `textpage`), and memory as `ctypes.byref` makes it.
"""

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from math import hypot
from operator import mul
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium


def _bound(function: Any, result: Any = None, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(result or function.restype, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


# Of characters.
char_unicode = _bound(pdfium.FPDFText_GetUnicode)
char_box = _bound(pdfium.FPDFText_GetLooseCharBox)
char_matrix = _bound(pdfium.FPDFText_GetMatrix)
char_size = _bound(pdfium.FPDFText_GetFontSize)
char_origin = _bound(pdfium.FPDFText_GetCharOrigin)
char_angle = _bound(pdfium.FPDFText_GetCharAngle)
is_hyphen = _bound(pdfium.FPDFText_IsHyphen)
is_generated = _bound(pdfium.FPDFText_IsGenerated)
map_error = _bound(pdfium.FPDFText_HasUnicodeMapError)
# Addresses, which are no handles to be passed on; of nothing there is no font.
text_object = _bound(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)
text_font = _bound(pdfium.FPDFTextObj_GetFont, ctypes.c_void_p, ctypes.c_void_p)

# Of glyphs that are drawn alone.
new_text = _bound(pdfium.FPDFPageObj_CreateTextObj, None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_float)
set_codes = _bound(pdfium.FPDFText_SetCharcodes)
set_text = _bound(pdfium.FPDFText_SetText)
destroy = _bound(pdfium.FPDFPageObj_Destroy)

# Of what is drawn. Objects are addresses, which take less time than handles: most of them are only counted.
page_object = _bound(pdfium.FPDFPage_GetObject, ctypes.c_void_p)
form_object = _bound(pdfium.FPDFFormObj_GetObject, ctypes.c_void_p)
object_type = _bound(pdfium.FPDFPageObj_GetType, None, ctypes.c_void_p)
count_objects = _bound(pdfium.FPDFFormObj_CountObjects)
object_matrix = _bound(pdfium.FPDFPageObj_GetMatrix)
stroke_width = _bound(pdfium.FPDFPageObj_GetStrokeWidth)
draw_mode = _bound(pdfium.FPDFPath_GetDrawMode)
count_segments = _bound(pdfium.FPDFPath_CountSegments)
path_segment = _bound(pdfium.FPDFPath_GetPathSegment)
segment_type = _bound(pdfium.FPDFPathSegment_GetType)
segment_point = _bound(pdfium.FPDFPathSegment_GetPoint)
segment_closes = _bound(pdfium.FPDFPathSegment_GetClose)

_text = _bound(pdfium.FPDFText_GetText)
_place_in_text = _bound(pdfium.FPDFText_GetTextIndexFromCharIndex)
_object_bounds = _bound(pdfium.FPDFPageObj_GetBounds)

is_embedded = _bound(pdfium.FPDFFont_GetIsEmbedded, None, ctypes.c_void_p)
_font_data = _bound(
    pdfium.FPDFFont_GetFontData, None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p
)
_font_name = _bound(pdfium.FPDFFont_GetBaseFontName, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)

_name = ctypes.create_string_buffer(128)  # of the font that was looked at last
_edges = (ctypes.c_float * 4)()  # of the object that was looked at last
_edge_pointers = [ctypes.byref(_edges, 4 * edge) for edge in range(4)]


def bounds(item: Any) -> tuple[float, float, float, float] | None:
    """The left, lower, right and upper edges of an object in its own space; None where it has none."""
    return tuple(_edges) if _object_bounds(item, *_edge_pointers) else None


def font_name(font: Any) -> bytes:
    """The name of a font, with the tag of a subset; empty where there is none, or a very long one."""
    return _name.value if 0 < _font_name(font, _name, len(_name)) <= len(_name) else b""


def font_length(font: int | None) -> int:
    """How many bytes the file of a font has."""
    length = ctypes.c_size_t()
    _font_data(font, None, 0, ctypes.byref(length))
    return length.value


def text_of(textpage: pdfium.FPDF_TEXTPAGE, begin: int, length: int) -> str | None:
    """The text of some characters that follow each other; None if it has not one character for each of them."""
    if not length:
        return ""
    first, last = _place_in_text(textpage, begin), _place_in_text(textpage, begin + length - 1)
    if first < 0 or last < first:
        return None
    memory = bytearray(2 * (last - first + 2))  # with the zero that pdfium writes at the end
    units = _text(textpage, begin, length, ctypes.byref(ctypes.c_char.from_buffer(memory))) - 1
    text = memory[: 2 * units].decode("utf-16-le", "surrogatepass")
    return text if len(text) == length else None  # a character may be missing, or be two units


def char_edges(textpage: pdfium.FPDF_TEXTPAGE, places: Sequence[int]) -> Sequence[float]:
    """The left, upper, right and lower edges of some characters, one after the other."""
    return _of_each(char_box, textpage, places, 4).tolist()


def edges_of(textpage: pdfium.FPDF_TEXTPAGE, places: Sequence[int]) -> npt.NDArray[np.float64]:
    """The left, upper, right and lower edges of some characters, a row for each."""
    return np.array(_of_each(char_box, textpage, places, 4), np.float64).reshape(-1, 4)


def char_sizes(textpage: pdfium.FPDF_TEXTPAGE, places: Sequence[int]) -> list[float]:
    """The sizes of some characters in points, as their matrices scale them."""
    matrices = _of_each(char_matrix, textpage, places, 6)
    scales = map(hypot, matrices[2::6].tolist(), matrices[3::6].tolist())
    return list(map(mul, map(char_size, repeat(textpage), places), scales))


def _of_each(
    function: Callable[..., int], textpage: pdfium.FPDF_TEXTPAGE, places: Sequence[int], numbers: int
) -> "memoryview[float]":
    """What a function writes for each of some characters: so many numbers. It is called by a loop without steps in
    Python."""
    size = numbers * ctypes.sizeof(ctypes.c_float)
    memory = bytearray(len(places) * size + 1)
    rows = map(ctypes.byref, repeat(ctypes.c_char.from_buffer(memory)), range(0, len(places) * size, size))
    deque(map(function, repeat(textpage), places, rows), maxlen=0)
    return memoryview(memory)[:-1].cast("f")
