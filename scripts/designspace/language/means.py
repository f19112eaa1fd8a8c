"""Means with their spread as papers print them: 19.6 ± 1.2°, M = 12.3, SD = 4.5, 12.3° (95% CI 10.1 to 14.5).

Which spread stands behind ± is printed with it, or stated once for the numbers that follow: "values are means ±
standard errors", and in the caption of a table for its cells.
"""

import re
from typing import NamedTuple

from designspace.language import units
from designspace.language.statistics import number

SD, SE, CI = "SD", "SE", "CI"
NUMBER = r"(?:[-−–]\s?)?(?<![\d.])(?:\d{1,9}(?:[.·]\d{1,12})?|[.·]\d{1,12})(?!\.?\d)"
_SPREADS = (
    r"(?P<{0}sd>SDs?|S\.D\.|s\.d\.|standard\s+deviations?)|(?P<{0}se>SEM?s?|S\.E\.(?:M\.)?|s\.e\.(?:m\.)?"
    r"|standard\s+errors?(?:\s+of\s+the\s+means?)?)"
)
_UNIT = r"(?:\s?(?P<{0}>[°%]|[^\W\d_]+(?:/[^\W\d_]+)?))??"
PATTERN = re.compile(
    rf"(?<![\w.±])(?:M\s*=\s*)?(?P<mean>{NUMBER}){_UNIT.format('unit')}"
    r"(?:"
    rf"\s*±\s*(?P<plus>{NUMBER})(?:\s?(?P<behind>[°%]|[^\W\d_]+(?:/[^\W\d_]+)?))?"
    rf"(?:\s?[,(]?\s?(?:{_SPREADS.format('p')})\b\)?)?"
    rf"|\s?[,;(]?\s?(?:{_SPREADS.format('l')})\s?[=:]?\s?(?P<size>{NUMBER})\)?"
    rf"|\s?[,;(]?\s?(?:95\s?%\s)(?:CI|confidence\s+interval):?\s?=?\s?[\[(]?\s?(?P<low>{NUMBER})"
    rf"\s?(?:,|to|–|-)\s?(?P<high>{NUMBER})\s?[\])]?"
    r")(?:(?<![)\]])[,;]\s[nN]\s?=\s?(?P<n>\d{1,6})(?![\d.%]))?"
)
_STATEMENT = re.compile(
    rf"\b(?:means?|averages?)\s*\(?\s*(?:±|\+/[-−]|and)\s*(?:(?:the|one|1)\s+)?(?:{_SPREADS.format('')})\b",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"^(?:Table|Tab\.|Figure|Fig\.)\s", re.MULTILINE)
_ROW = re.compile(r"[^\n:;]+: [^\n;]*; [^\n]*: ")  # of a table, as the text has it


class Mean(NamedTuple):
    """A mean of a text. `spread` is SD, SE or CI, or "" where the expression does not say which; `size` is that of the
    spread and `interval` the limits of the 95% CI, both in the same unit; `n` the sample that is printed with them."""

    start: int
    text: str
    mean: float
    unit: str
    spread: str
    size: float | None
    interval: tuple[float, float] | None
    n: int | None = None


def find(text: str) -> list[Mean]:
    """The means with a spread of a text, in order."""
    return [_read(text, match) for match in PATTERN.finditer(text)]


def parse(text: str) -> Mean | None:
    """The mean that a text is, or begins with."""
    match = PATTERN.match(text)
    return _read(text, match) if match else None


def printed(answer: str, found: list[Mean]) -> str | None:
    """The expression of a paper, of those `found` in it, that an answer copies: the same mean, and the same spread if
    the answer has one. None where there is none."""
    own = parse(answer)
    if own:
        same = [one for one in found if (one.mean, one.size, one.interval) == (own.mean, own.size, own.interval)]
    else:
        alone = re.match(rf"(?:M(?:ean)?\s*[=:]\s*)?({NUMBER})(?![\d.]*\d)", answer)
        same = [one for one in found if alone and one.mean == number(alone[1])]
        second = re.search(NUMBER, answer[alone.end() :]) if alone else None  # "12.3 (4.5)", as a table may print it
        same = [one for one in same if second and one.size == number(second[0])] or same
    return same[0].text if same else None


def stated(text: str, position: int) -> str:
    """Which spread the paper states to stand behind the ± at a position of its text: SD, SE or "".

    A caption speaks of its own table or figure. Everywhere else, the statement in the running text that comes last
    before holds.
    """
    line = text.rfind("\n", 0, position) + 1
    if _ROW.match(text, line):
        captions = [match.start() for match in _CAPTION.finditer(text, 0, line)]
        end = text.find("\n", captions[-1]) if captions else -1
        if end >= 0 and (own := _STATEMENT.search(text, captions[-1], end)):
            return _spread(own, "")
    before = [
        match
        for match in _STATEMENT.finditer(text, 0, position)
        if not _CAPTION.match(text, text.rfind("\n", 0, match.start()) + 1)
    ]
    return _spread(before[-1], "") if before else ""


def _spread(match: re.Match[str], prefix: str) -> str:
    return SD if match[f"{prefix}sd"] else SE if match[f"{prefix}se"] else ""


def _read(text: str, match: re.Match[str]) -> Mean:
    end, unit = match.end(), match["unit"] or ""
    behind = match["behind"] or ""
    spread = _spread(match, "p") or _spread(match, "l") or (CI if match["low"] else "")
    if behind in ("SD", "SE", "SEM"):  # "12.3 ± 1.1 SD"
        spread, behind = (SD if behind == "SD" else SE), ""
    if behind and not units.known(behind):
        end, behind, spread = match.end("plus"), "", ""
    if not behind and match["plus"] and not spread:
        end = match.end("plus")
    if text[end - 1] == ")" and "(" not in text[match.start() : end]:  # of a bracket that began before
        end -= 1
    size = match["plus"] or match["size"]
    return Mean(
        match.start(),
        text[match.start() : end],
        number(match["mean"]),
        unit if units.known(unit) else behind,
        spread,
        number(size) if size else None,
        (number(match["low"]), number(match["high"])) if match["low"] else None,
        int(match["n"]) if match["n"] and end == match.end() else None,
    )
