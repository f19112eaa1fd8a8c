"""pdfium's functions for single characters, called as fast as Python can: a page has thousands of them.

pypdfium2 declares their arguments, and to check these takes ctypes two to four times as long as the call itself.
`bound` are the same functions without declared arguments: a page's handle is passed as `textpage.raw`, and a pointer as
`ctypes.byref` makes it.
"""

import ctypes
from typing import Any

import pypdfium2.raw as pdfium


def bound(function: Any, result: Any = None) -> Any:
    """A function of pdfium by its address, with a result of this type; no argument of it is checked."""
    return ctypes.PYFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value)


char_box = bound(pdfium.FPDFText_GetLooseCharBox)
char_matrix = bound(pdfium.FPDFText_GetMatrix)
char_size = bound(pdfium.FPDFText_GetFontSize, ctypes.c_double)
char_angle = bound(pdfium.FPDFText_GetCharAngle, ctypes.c_float)
map_error = bound(pdfium.FPDFText_HasUnicodeMapError, ctypes.c_int)
text_object = bound(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)
