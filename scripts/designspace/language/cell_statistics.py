"""Test statistics whose parts stand in cells of a table's row, below heads that say what each is: "t: 2.94; df: 38;
p: .006; d: 0.8", "F(1, 38): 3.4; p: .04; η²p: .08".

The parts are put together as running text prints them, "t(38) = 2.94, p = .006, d = 0.8", and read like that. Parts
belong together if their heads are alike but for what says which part it is, and if only one of them is a test.
"""

import re
from typing import NamedTuple

from designspace.language import statistics
from designspace.language.mentions import cells_of
from designspace.language.statistics import NUMBER, Statistic

_VALUE = r"(?:[-\s]?(?:value|statistic|ratio|test)s?)?"
# The last part of a head, by what it says of the numbers below it.
_KINDS = {
    "t": rf"t{_VALUE}|T[-\s]?(?:value|statistic)s?",
    "F": rf"F{_VALUE}",
    "χ2": r"[χΧX]\s?[2²]|[Cc]hi-?\s?squared?",
    "Z": rf"Z{_VALUE}|z[-\s]?(?:value|statistic|score)s?",
    "r": r"r",
    "whole": r"(?:t|F|r|[χΧX]\s?[2²])\s?\((?:\d[\d.,\s]*)\)|F\d{1,3},\s?\d{1,4}",  # "F(1, 38)"
    "with df": r"(?:t|F|[χΧX]\s?[2²])\s?\(d\.?f\.?[\w\s,]*\)",
    "df": r"[Dd]\.?[Ff]\.?s?(?:\s?[_(]?\s?[12]\s?\)?)?|[Dd]egrees of freedom",
    "p": r"(?:[pP](?:[-\s]?values?)?|[Ss]ig\.?)(?:\s?\((?:two|2)-(?:tailed|sided)\))?",
}
_KINDS["effect"] = "|".join(one for name, one in statistics.EFFECTS.items() if name != "r")  # which is a test, too
_HEAD = {kind: re.compile(rf"(?:{one})[*†‡]*") for kind, one in _KINDS.items()}
_MARKS = r"[*†‡§¶\s]*"
_LONGEST = 40  # characters of the end of a head that names a part
_ALONE = re.compile(rf"({NUMBER}){_MARKS}")
_BEFORE_DF = re.compile(rf"({NUMBER}){_MARKS}\((\d[\d.,\s]*)\){_MARKS}")
_P = re.compile(rf"([=<>≤≥]?)\s?({NUMBER}){_MARKS}")
_DF = re.compile(r"\(?(\d{1,6}(?:\.\d{1,4})?)(?:\s?[,;/]\s?(\d{1,6}(?:\.\d{1,4})?))?\)?")


class _Part(NamedTuple):
    """The number below a head: which part of a statistic it is, as the head and as the cell print it."""

    kind: str
    head: str
    cell: str


def find(row: str) -> list[Statistic]:
    """The statistics of a row of a table: those whose parts the heads name, and those that a cell prints whole. Their
    place is that of the row."""
    of_one: dict[str, list[_Part]] = {}
    for header, cell in cells_of(row):
        about, part = _part(header, cell)
        if part:
            of_one.setdefault(about, []).append(part)
    texts = [text for parts in of_one.values() if (text := _together(parts))]
    read = [one for text in texts if (one := statistics.parse(text)) and (one.test != "Z" or one.p.sign)]
    whole = [one for one in statistics.find(row) if not any(text.startswith(one.text) for text in texts)]
    return [*read, *(one._replace(start=0) for one in whole)]


def _part(header: str, cell: str) -> tuple[str, _Part | None]:
    """What a column is about, and its part of a statistic. The part is named by the end of the head: behind a comma, or
    by its last words."""
    if (one := statistics.parse(cell)) and one.text == cell and not one.p.sign:  # whole, without its p
        return "", _Part("whole", cell.partition("=")[0], cell.partition("=")[2].strip())
    first = max(len(header) - _LONGEST, 0)
    ends = [match.end() for match in re.finditer(r",\s(?!\d)|(?<=\w)\s(?=\S)", header[first:])]
    for start in [first + end for end in [0, *ends]]:
        end = header[start:].strip()
        for kind, pattern in _HEAD.items():
            if pattern.fullmatch(end if kind != "effect" else _spaceless(end)):
                return header[:start].strip(" ,"), _Part(kind, end, cell)
    return "", None


def _spaceless(head: str) -> str:
    return re.sub(r"(?i:effect\s?size)|[\s()]", "", head)


def _together(parts: list[_Part]) -> str:
    """The parts of a statistic as running text prints it; "" where they are not those of one."""
    tests = [part for part in parts if part.kind not in ("df", "p", "effect")]
    rest = {kind: [part for part in parts if part.kind == kind] for kind in ("df", "p", "effect")}
    if len(tests) != 1 or len(rest["p"]) > 1:
        return ""
    test = tests[0]
    value, name = _ALONE.fullmatch(test.cell), test.head
    df = ", ".join(part.cell for part in rest["df"])
    if test.kind == "with df" and (value := _BEFORE_DF.fullmatch(test.cell)):
        df = value[2]
    if test.kind not in ("whole", "Z"):
        degrees = _DF.fullmatch(df)
        is_whole = degrees and bool(degrees[2]) == (test.head[0] == "F")
        name = f"{test.head.partition('(')[0].strip() if test.kind == 'with df' else test.kind}({df.strip('()')})"
        name = name.replace("/", ", ")
        if not is_whole:
            return ""
    if not value:
        return ""
    text = f"{name.strip()} = {value[1]}"
    if rest["p"] and (p := _P.fullmatch(rest["p"][0].cell)) and 0 <= statistics.number(p[2]) <= 1:
        text += f", p {p[1] or '='} {p[2]}"
    effects = [(part.head, size) for part in rest["effect"] if (size := _ALONE.fullmatch(part.cell))]
    if len(effects) == 1:
        text += f", {re.sub(r'(?i:effect size)|[()]', '', effects[0][0]).strip()} = {effects[0][1][1]}"
    return text
