"""pdfium's functions that are called thousands of times a page, as fast as Python can call them.

pypdfium2 declares their arguments, and to check these takes ctypes two to four times as long as the call itself. These
are the same functions by their addresses, with nothing declared but their results: a handle is passed as pdfium gave it
(`textpage.raw`, not `textpage`), and memory as `ctypes.byref` makes it.
"""

import ctypes
from collections import deque
from collections.abc import Callable
from itertools import repeat
from math import hypot
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
char_angle = _bound(pdfium.FPDFText_GetCharAngle)
is_hyphen = _bound(pdfium.FPDFText_IsHyphen)
is_generated = _bound(pdfium.FPDFText_IsGenerated)
map_error = _bound(pdfium.FPDFText_HasUnicodeMapError)
# Addresses, which are no handles to be passed on; of nothing there is no font.
text_object = _bound(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)
text_font = _bound(pdfium.FPDFTextObj_GetFont, ctypes.c_void_p, ctypes.c_void_p)

# Of what is drawn.
page_object = _bound(pdfium.FPDFPage_GetObject)
form_object = _bound(pdfium.FPDFFormObj_GetObject)
object_type = _bound(pdfium.FPDFPageObj_GetType)
object_matrix = _bound(pdfium.FPDFPageObj_GetMatrix)
draw_mode = _bound(pdfium.FPDFPath_GetDrawMode)
count_segments = _bound(pdfium.FPDFPath_CountSegments)
path_segment = _bound(pdfium.FPDFPath_GetPathSegment)
segment_type = _bound(pdfium.FPDFPathSegment_GetType)
segment_point = _bound(pdfium.FPDFPathSegment_GetPoint)
segment_closes = _bound(pdfium.FPDFPathSegment_GetClose)

_object_bounds = _bound(pdfium.FPDFPageObj_GetBounds)
_font_name = _bound(pdfium.FPDFFont_GetBaseFontName, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


def bounds(item: pdfium.FPDF_PAGEOBJECT) -> tuple[float, float, float, float] | None:
    """The left, lower, right and upper edges of an object in its own space; None where it has none."""
    edges = (ctypes.c_float * 4)()
    found = _object_bounds(item, *(ctypes.byref(edges, 4 * edge) for edge in range(4)))
    return tuple(edges) if found else None


def font_name(font: pdfium.FPDF_FONT) -> bytes:
    """The name of a font, with the tag of a subset; empty where there is none."""
    name = ctypes.create_string_buffer(128)
    _font_name(font, name, len(name))
    return name.value


def char_edges(textpage: pdfium.FPDF_TEXTPAGE, n: int) -> npt.NDArray[np.float64]:
    """The left, upper, right and lower edges of the first `n` characters of a page, a row for each."""
    return _of_characters(char_box, textpage, (pdfium.FS_RECTF * n)(), 4)


def char_sizes(textpage: pdfium.FPDF_TEXTPAGE, n: int) -> list[float]:
    """The sizes of the first `n` characters of a page in points, as its matrices scale them."""
    matrices = _of_characters(char_matrix, textpage, (pdfium.FS_MATRIX * n)(), 6)
    scales = map(hypot, matrices[:, 2].tolist(), matrices[:, 3].tolist())
    return [size * scale for size, scale in zip(map(char_size, repeat(textpage), range(n)), scales, strict=True)]


def _of_characters(
    function: Callable[..., int], textpage: pdfium.FPDF_TEXTPAGE, memory: Any, numbers: int
) -> npt.NDArray[np.float64]:
    """What a function writes into its part of the memory for each character: so many numbers. It is called by a loop
    without steps in Python."""
    size = ctypes.sizeof(memory._type_)
    places = map(ctypes.byref, repeat(memory), range(0, len(memory) * size, size))
    deque(map(function, repeat(textpage), range(len(memory)), places), maxlen=0)
    return np.frombuffer(memory, np.float32).reshape(len(memory), numbers).astype(np.float64)
