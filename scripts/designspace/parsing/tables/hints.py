"""Whether it is worth the time to look for tables on a page: most pages have none, and nothing that hints at one."""

import re
from collections import Counter
from typing import Literal

import pypdfium2

from designspace.parsing.glyphs import HYPHEN
from designspace.parsing.tables.marks import MOST_CHARACTERS, Rule, joined
from designspace.parsing.tables.paths import Paths

BEGIN = r"^\W{0,3}"  # of a line
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
CLOSE, WITHIN = 4, 6  # so many of them stand within so many lines
MOST_PATHS = 300  # a page of more is a figure's, or has a table whose caption or numbers tell
FEWEST_RULES = 3  # of equal extent
SHORTEST = 50.0  # points of a rule that bounds a table
PARTS = 8.0  # points between the parts of a rule


def hint(page: pypdfium2.PdfPage, text: str) -> Literal["", "caption", "numbers", "rules"]:
    """What on a page hints at a table: its caption, or, without a figure's, rows of numbers or rules; "" if nothing."""
    if len(text) > MOST_CHARACTERS:
        return ""
    lines = text.replace(HYPHEN, "\n")  # which stands for the end of a line, too
    if CAPTIONS.search(lines):
        return "caption"
    if FIGURES.search(lines):
        return ""
    return "numbers" if _has_rows(text) else "rules" if _has_rules(page) else ""


def _has_rows(text: str) -> bool:
    """Whether lines of numbers stand close together, as in a table and not in a list of references."""
    lines: list[int] = []
    line, last = 0, 0
    for match in NUMBERS.finditer(text):
        line, last = line + text.count("\n", last, match.start()), match.start()
        lines.append(line)
    close = any(after - before < WITHIN for before, after in zip(lines, lines[CLOSE - 1 :], strict=False))
    return len(lines) >= FEWEST_NUMBERS and close


def _has_rules(page: pypdfium2.PdfPage) -> bool:
    paths = Paths(most_paths=MOST_PATHS)
    paths.read(page)
    across, down = [], []
    for (x0, y0, x1, y1), _ in paths.rules:
        if x1 - x0 > y1 - y0:
            across.append(Rule((y0 + y1) / 2, x0, x1))
        else:
            down.append(Rule((x0 + x1) / 2, y0, y1))
    return any(_fewest_are_equal(rules) for rules in (across, down) if len(rules) >= FEWEST_RULES)


def _fewest_are_equal(rules: list[Rule]) -> bool:
    long = (rule for rule in joined(rules, PARTS) if rule.length >= SHORTEST)
    extents = Counter((round(rule.begin / 6), round(rule.end / 6)) for rule in long)
    return max(extents.values(), default=0) >= FEWEST_RULES
