"""Whether it is worth the time to look for tables on a page: most pages have none, and nothing that hints at one."""

import re

import pypdfium2

from designspace.parsing.tables.marks import MOST_CHARACTERS
from designspace.parsing.tables.paths import Paths

BEGIN = r"(?:^|(?<=\ufffe))\W{0,3}"  # of a line; pdfium has U+FFFE for a hyphen and the end of the line behind it
CAPTIONS = re.compile(
    rf"{BEGIN}(?:(?i:supplement\w*|appendix|extended\s+data)\s+)?"
    r"(?:(?i:t\s?a\s?b\s?l\s?e|tab\.|exhibit)\s{0,3}[-.]?(?:[A-Z]{0,3}[-.]?\d|[IVX]+\b)|TABLE\b)",
    re.MULTILINE,
)
FIGURES = re.compile(BEGIN + r"(?i:fig\.?|figure|f\s?i\s?g\s?u\s?r\s?e)\s*S?\d", re.MULTILINE)
NUMBER = r"[^\w\s]{0,3}\d[\d.,:;%()\[\]<>=±*$€£/–−-]*"
NUMBERS = re.compile(
    rf"(?:^[^\w\r\n]*\d[\d.,:;%()\[\]<>=±*$€£/ \t–−-]*|(?<![ \t])[ \t]+{NUMBER}[ \t]+{NUMBER}[ \t]+{NUMBER})[ \t]*\r?$",
    re.MULTILINE,
)
FEWEST_NUMBERS = 6  # lines that are a number or end with three
MOST_PATHS = 300  # a page of more is a figure's, or has a table whose caption or numbers tell
FEWEST_RULES = 3  # of equal extent


def may_have_tables(page: pypdfium2.PdfPage, text: str) -> bool:
    """Whether the text of a page has the caption of a table, or, without a figure's, rows of numbers or rules."""
    if len(text) > MOST_CHARACTERS:
        return False
    if CAPTIONS.search(text):
        return True
    if FIGURES.search(text):
        return False
    if sum(1 for _ in NUMBERS.finditer(text)) >= FEWEST_NUMBERS:
        return True
    paths = Paths(most_paths=MOST_PATHS)
    paths.read(page)
    counts: dict[tuple[int, int, bool], int] = {}
    for (x0, y0, x1, y1), _ in paths.rules:
        level = x1 - x0 > y1 - y0
        begin, end = (x0, x1) if level else (y0, y1)
        extent = (round(begin / 6), round(end / 6), level)
        counts[extent] = counts.get(extent, 0) + 1
    return max(counts.values(), default=0) >= FEWEST_RULES
