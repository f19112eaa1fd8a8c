"""Means whose parts stand in cells of a table's row, below heads that say what each is: "Error, M: 12.3;
Error, SD: 4.5; n: 12" and "Aim, mean (SD): 12.3 (4.5)".

The parts are put together as running text prints them, "M = 12.3, SD = 4.5, n = 12", and read like that. Parts belong
together if their heads are alike but for what says which part it is. A number whose head does not say what it is is no
part of a mean.
"""

import re
from collections import Counter
from typing import NamedTuple

from designspace.language import means, units
from designspace.language.means import CI, NUMBER, SD, SE, Mean
from designspace.language.mentions import cells_of, label_of

_SPREADS = {
    SD: r"s\.?d\.?s?|st(?:andar)?d\.?\s?dev(?:iation)?s?\.?",
    SE: r"s\.?e\.?(?:m\.?)?s?|st(?:andar)?d\.?\s?err(?:or)?s?\.?(?:\s(?:of\s)?(?:the\s)?means?)?",
    CI: r"95\s?%\s?(?:ci|c\.i\.|confidence\sintervals?)s?|ci\s?\(?95\s?%\)?",
}
_SPREAD = re.compile(
    "|".join(rf"(?P<{kind}>(?<![\w.])(?:{spelled})(?!\w))" for kind, spelled in _SPREADS.items()), re.IGNORECASE
)
_MEAN = re.compile(r"(?<![\w.])(?:means?|averages?|(?-i:M))(?!\w)", re.IGNORECASE)
_SIZE = re.compile(r"(?<![\w.])[nN](?!\w)")
# What makes a head, or the label of a row, one of other numbers, or of several kinds.
_OTHER = re.compile(
    r"\b(?:medians?|iqr|inter-?quartile|range|min|max|minimum|maximum|or|proportions?|frequency)(?!\w)"
    r"|\b(?:n|no|number)\.?\s?[(,]?\s?%|\bmeans?\s[-−–]\s",  # "Mean − Baseline" is a difference
    re.IGNORECASE,
)
_UNIT = re.compile(r"[(\[]\s?([^()\[\]]{1,12}?)\s?[)\]]")
_MARKS = r"[*†‡§¶\s]*"  # of significance and of notes
_PLUS = r"(?:±|\+/[-−])"
_ALONE = re.compile(rf"({NUMBER})\s?[°%]?{_MARKS}")
_PLUS_MINUS = re.compile(rf"({NUMBER})\s?[°%]?\s?{_PLUS}\s?({NUMBER})\s?[°%]?{_MARKS}")
_BRACKETS = re.compile(rf"({NUMBER})\s?[°%]?\s?[(\[]\s?{_PLUS}?\s?({NUMBER})\s?°?\s?[)\]]{_MARKS}")
_LIMITS = rf"({NUMBER})\s?(?:,|to|–|-)\s?({NUMBER})"
_INTERVAL = re.compile(rf"[(\[]?\s?{_LIMITS}\s?[)\]]?{_MARKS}")
_WITH_INTERVAL = re.compile(rf"({NUMBER})\s?[(\[]\s?{_LIMITS}\s?[)\]]{_MARKS}")


class _Head(NamedTuple):
    """What a head says of its numbers: whether they are means, their kind of spread, and what they are about."""

    is_mean: bool
    spread: str
    about: str
    unit: str


class _Draft(NamedTuple):
    """A mean as it is printed, with its unit, and each kind of spread of it as it stands behind the mean."""

    about: str
    mean: str
    spreads: dict[str, str]


def find(row: str) -> list[tuple[str, Mean]]:
    """The means of a row of a table, each with what its column is about: those whose spread the heads name, and those
    that a cell prints whole. Their place is that of the row."""
    cells = cells_of(row)
    label = label_of(cells)
    drafts = [] if _OTHER.search(label) else _drafts(cells, _head(label))
    sizes = _sizes(cells)
    found = []
    for about, mean, spreads in drafts:
        kind = next((kind for kind in (SD, SE, CI) if kind in spreads), "")
        size = sizes.get(about) or sizes.get("")
        text = f"M = {mean}, {spreads[kind]}" + (f", n = {size}" if size else "") if kind else mean
        found += [(about, read._replace(start=0)) for read in [means.parse(text)] if read]
    return found


def _drafts(cells: list[tuple[str, str]], of_row: _Head) -> list[_Draft]:
    """The means in the cells of a row whose label says something of all, in order."""
    drafts: list[_Draft] = []
    of_column: dict[str, _Draft] = {}  # the last mean in a column of its own, by what it is about
    latest: _Draft | None = None  # that mean, as long as only its spreads follow
    for header, cell in cells:
        head = _head(header)
        unit = head.unit or of_row.unit
        if whole := _whole(head, cell, unit) or _whole(_joined(of_row, head), cell, unit):
            drafts.append(whole)
            latest = None
        elif head.is_mean and not head.spread and (alone := _ALONE.fullmatch(cell)):
            latest = of_column[head.about] = _Draft(head.about, _with_unit(alone[1], unit), {})
            drafts.append(latest)
        elif head.spread and not head.is_mean and (size := _size(head.spread, cell)):
            beside = latest if not head.about else None
            if draft := of_column.get(head.about) or beside:
                draft.spreads.setdefault(head.spread, size)
        else:
            latest = None
            drafts += [_Draft(header, printed.text, {}) for printed in means.find(cell)]
    return drafts


def _joined(of_row: _Head, head: _Head) -> _Head:
    """What the label of a row says of a column whose head says nothing itself."""
    return head if head.is_mean or head.spread else of_row._replace(about=head.about)


def _whole(head: _Head, cell: str, unit: str) -> _Draft | None:
    """The mean with its spread in one cell, if the head says which spread it is. What stands before an SD is a mean;
    before a standard error or an interval it may be any estimate."""
    if head.spread == CI:
        found = _WITH_INTERVAL.fullmatch(cell) if head.is_mean else None
        return _Draft(head.about, _with_unit(found[1], unit), {CI: _interval(found[2], found[3])}) if found else None
    found = _PLUS_MINUS.fullmatch(cell) or _BRACKETS.fullmatch(cell) if head.spread else None
    if not found or not head.is_mean and head.spread == SE:
        return None
    return _Draft(head.about, _with_unit(found[1], unit), {head.spread: f"{head.spread} = {found[2]}"})


def _size(kind: str, cell: str) -> str:
    """A spread in a column of its own, as it stands behind its mean; "" if the cell has none."""
    if kind == CI:
        interval = _INTERVAL.fullmatch(cell)
        return _interval(interval[1], interval[2]) if interval else ""
    alone = _ALONE.fullmatch(cell.strip("()"))
    return f"{kind} = {alone[1]}" if alone and alone[1][0] not in "-−–" else ""


def _interval(low: str, high: str) -> str:
    return f"95% CI {low} to {high}"


def _with_unit(mean: str, unit: str) -> str:
    return f"{mean}{unit}" if unit in ("°", "%") else f"{mean} {unit}".rstrip()


def _sizes(cells: list[tuple[str, str]]) -> dict[str, str]:
    """The numbers of participants in the columns of a row, by what the columns are about; only where one column is."""
    found = [(_about(_SIZE.sub("", header)), cell) for header, cell in cells if _SIZE.search(header)]
    counts = Counter(about for about, _ in found)
    return {about: cell for about, cell in found if counts[about] == 1 and re.fullmatch(r"[1-9]\d{0,5}", cell)}


def _head(text: str) -> _Head:
    """What a head, or the label of a row, says of its numbers."""
    kinds = {match.lastgroup or "" for match in _SPREAD.finditer(text)}
    rest = _SPREAD.sub("", text)
    in_brackets = [match[1] for match in _UNIT.finditer(text) if units.known(match[1]) and match[1] not in ("n", "N")]
    unit = in_brackets[0] if in_brackets and re.fullmatch(r"[°%]|[^\W\d_]+(?:/[^\W\d_]+)?", in_brackets[0]) else ""
    if _OTHER.search(text) or len(kinds) > 1:
        return _Head(False, "", text, unit)
    about = _about(_MEAN.sub("", _UNIT.sub(lambda match: "" if match[1] in in_brackets else match[0], rest)))
    return _Head(bool(_MEAN.search(rest)), next(iter(kinds), ""), about, unit)


def _about(text: str) -> str:
    """What is left of a head without what says which part it is."""
    without = " ".join(re.sub(rf"[(\[]\s?(?:{_PLUS}|[,;/&])?\s?[)\]]|{_PLUS}", " ", " ".join(text.split())).split())
    return " ".join(re.sub(r"(?:^|,)[\s,;:]*(?=,|$)| (?=,)", "", without).split()).strip(" ,;:")
