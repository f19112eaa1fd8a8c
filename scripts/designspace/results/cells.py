"""The cells of a sheet of Excel as XML, which XlsxWriter makes at 13 microseconds each; a run has millions of them.

XlsxWriter also takes a text from "<r>" to "</r>" for XML, so that a paper could break the file.
"""

import re
from math import isfinite
from typing import Any

from designspace.core.sheets import NUMBER

CHARACTERS = 32_767  # of a cell
# What XML or Excel does not take as it is. A control character is _x0007_, so a text like that is escaped, too.
SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_": "_x005F_"}


def text(place: str, value: str, style: int = 0) -> str:
    """A text, whatever it looks like, at a place such as "B7"; style 0 is the plain one."""
    if len(value) > CHARACTERS:
        value = value[: CHARACTERS - 1] + "…"
    if SPECIAL.search(value):
        value = SPECIAL.sub(_escaped, value)
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def number(place: str, value: Any) -> str:
    """A number, or as a text what is none or not finite."""
    written = str(value)
    if not NUMBER.fullmatch(written) or not isfinite(float(written)):
        return text(place, written)
    return f'<c r="{place}"><v>{float(written):.16G}</v></c>'


def link(place: str, paper: str, page: int, style: int) -> str:
    """The number of a page of a paper, which leads to its picture."""
    return f'<c r="{place}" s="{style}"><f>HYPERLINK("pages/{paper}/{page}.webp",{page})</f><v>{page}</v></c>'


def _escaped(match: re.Match[str]) -> str:
    return NAMED.get(match[0]) or f"_x{ord(match[0]):04X}_"
