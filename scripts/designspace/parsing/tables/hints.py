"""Whether to search a page for tables: most pages have none, and nothing that suggests one."""

import re
from collections import defaultdict
from math import nan
from typing import Literal

import pypdfium2

from designspace.parsing.glyphs import HYPHEN
from designspace.parsing.tables.marks import MOST_CHARACTERS, Rule, joined
from designspace.parsing.tables.paths import Paths

BEGIN = r"\n\W{0,3}"  # of a line: what begins with a plain character is found faster than "^"
# How the caption of a table begins, and not a sentence that mentions one.
CAPTION = (
    r"(?:(?i:(?:supplement\w*|appendix|extended\s*data)?\s*(?:t\s?a\s?b\s?l\s?e|tab\.|exhibit))\s*"
    r"[-.]?(?:[A-Z]{0,3}[-.]?\d+(?:[-.]\d+)*[A-Za-z]?|[IVX]+)(?![\w-])(?!,?[^\S\r\n]+[a-z]|[,;)])|TABLE\b)"
)
CAPTIONS = re.compile(BEGIN + CAPTION)
FIGURES = re.compile(BEGIN + r"(?i:fig\.?|figure|f\s?i\s?g\s?u\s?r\s?e)\s*S?\d")
MARKS = ",:;%()[]<>=±*$€£/–−-"  # of numbers, which end with one of them or with a digit, and not with a full stop
NUMBER = rf"[^\w\s]{{0,3}}\d[\d.{re.escape(MARKS)}]*"
NUMBERS = re.compile(rf"^[^\w\r]*\d[\d. \t{re.escape(MARKS)}]*$|(?<![ \t])[ \t]+{NUMBER}[ \t]+{NUMBER}[ \t]+{NUMBER}$")
FEWEST_NUMBERS = 6  # lines that are a number or end with three
CLOSE, WITHIN = 4, 6  # so many of them stand within so many lines
SAME = 1e-6  # two steps of numbers that differ by less are one
MOST_PATHS = 300  # a page of more is a figure's, or has a table whose caption or numbers tell
FEWEST_RULES = 3  # of equal extent
SHORTEST = 50.0  # points of a rule that bounds a table
PARTS = 8.0  # points between the parts of a rule


def hint(page: pypdfium2.PdfPage, text: str) -> Literal["", "caption", "numbers", "rules"]:
    """What on a page hints at a table: its caption, or, without a figure's, rows of numbers or rules; "" if nothing."""
    if len(text) > MOST_CHARACTERS:
        return ""
    lines = "\n" + text.replace(HYPHEN, "\n")  # which stands for the end of a line, too
    if CAPTIONS.search(lines):
        return "caption"
    if FIGURES.search(lines):
        return ""
    return "numbers" if _has_rows(text) else "rules" if _has_rules(page) else ""


def _has_rows(text: str) -> bool:
    """Whether lines of numbers stand close together, as in a table and not in a list of references.

    Numbers that count on are those of lines, or of the axis of a figure.
    """
    lines: list[int] = []
    first, second = nan, nan
    for number, line in enumerate(text.split("\n")):
        line = line.rstrip()
        if line and (line[-1].isdecimal() or line[-1] in MARKS) and NUMBERS.search(line):
            third = _value(line)
            if not abs(third - 2 * second + first) < SAME:
                lines.append(number)
            first, second = second, third
    close = any(after - before < WITHIN for before, after in zip(lines, lines[CLOSE - 1 :], strict=False))
    return len(lines) >= FEWEST_NUMBERS and close


def _value(text: str) -> float:
    """The number that a line is; NaN if it is none, or several."""
    try:
        return float(text.replace("−", "-"))
    except ValueError:
        return nan


def _has_rules(page: pypdfium2.PdfPage) -> bool:
    paths = Paths(MOST_PATHS, SHORTEST)
    paths.read(page)
    across, down = [], []
    for (x0, y0, x1, y1), drawn in paths.rules:
        if x1 - x0 > y1 - y0:
            across.append(Rule((y0 + y1) / 2, x0, x1, drawn))
        else:
            down.append(Rule((x0 + x1) / 2, y0, y1, drawn))
    return any(_fewest_are_equal(rules) for rules in (across, down) if len(rules) >= FEWEST_RULES)


def _fewest_are_equal(rules: list[Rule]) -> bool:
    """Whether rules are of equal extent, and some of them drawn: text that is highlighted has edges, too."""
    extents: defaultdict[tuple[int, int], list[bool]] = defaultdict(list)
    for rule in joined(rules, PARTS):
        if rule.length >= SHORTEST:
            extents[round(rule.begin / 6), round(rule.end / 6)].append(rule.drawn)
    return any(len(drawn) >= FEWEST_RULES and any(drawn) for drawn in extents.values())
