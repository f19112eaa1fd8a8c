"""Where a sentence, or a row of a table, names groups of participants whose spellings are known."""

import re
from collections.abc import Collection, Iterable

from designspace.language import counts
from designspace.language.attribution import ROW
from designspace.language.group_names import PEOPLE

_CALLED = rf"(?:\s+(?:(?:sub)?groups?\b|cohorts?\b|conditions?\b|{PEOPLE}))*"  # behind a name
_ACRONYM = 4  # letters of a name in capitals: a longer one is a heading, and "AT" is no "at"
# A row of a table, whose first columns may have no header: "cell; header: cell; header: cell".
_ROW = re.compile(rf"(?:[^:;]{{1,80}}; ){{0,2}}(?:{ROW.pattern})")
_JOINING = re.compile(r"[\s,”\"’']*(?:\b(?:and|or|versus|vs\.?|the|an?|to|in|for|either)\b[\s,“\"‘']*)*")


def bare_names(names: Iterable[str]) -> set[str]:
    """The names without what all groups are called, in lower case unless they are acronyms."""
    return {bare_name(counts.core(name)) for name in names}


def bare_name(name: str) -> str:
    """A name in lower case, unless it is an acronym."""
    return name if name.isupper() and len(name) <= _ACRONYM else name.lower()


def any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Any of some spellings, as `name`, the longest first, with what all groups are called; acronyms in capitals."""
    longest = sorted(names, key=lambda name: (-len(name), name))
    words = {name: r"\s+".join(map(re.escape, name.split())) for name in longest}
    either = "|".join(rf"(?-i:{words[name]})" if name.isupper() else words[name] for name in longest)
    return re.compile(rf"(?<![\w-])(?P<name>{either})(?![\w-]){_CALLED}", re.IGNORECASE)


def spelling(match: re.Match[str], names: Collection[str]) -> str:
    """The spelling that a match of `any_of` these names is."""
    printed = " ".join(match["name"].split())
    return printed if printed in names else printed.lower()


def are_joined(text: str, end: int, start: int) -> bool:
    """Whether nothing but "and" stands between the end of a name and the start of the next."""
    return bool(_JOINING.fullmatch(text, end, start))


def is_of_table(text: str) -> bool:
    """Whether a sentence is a row of a table, and no list in brackets: "adults (Early: 12; Late: 11)"."""
    header = text.partition(":")[0]
    return bool(_ROW.match(text)) and header.count("(") == header.count(")")


def cells_of(row: str) -> list[tuple[str, str]]:
    """The cells of a row of a table, (header, cell); the header is "" where there is none. A semicolon in brackets, as
    in "(min; max)", ends no cell."""
    parts = [cell.partition(": ") for cell in _divided(row.rstrip("."))]
    return [(header.strip() if colon else "", (cell or header).strip()) for header, colon, cell in parts]


def _divided(row: str) -> list[str]:
    """The text of each cell. A semicolon is in brackets if the next bracket closes them."""
    cells, end, following = [], len(row), ""
    for match in reversed(list(re.finditer(r"; |[()]", row))):
        if match[0] != "; ":
            following = match[0]
        elif following != ")":
            cells.append(row[match.end() : end])
            end = match.start()
    return [row[:end], *reversed(cells)]


def label_of(cells: list[tuple[str, str]]) -> str:
    """What the first cells of a row call it: those without a header, and the first one with a header."""
    headed = next((number for number, (header, _) in enumerate(cells) if header), len(cells))
    own = [f"{header}: {cell}" if header else cell for header, cell in cells[: headed + (headed == 0)]]
    return ", ".join(own)


def name_in(cell: str, names: Collection[str]) -> str:
    """The spelling that a header or a cell is, of some; "" if it is none."""
    whole = re.sub(r"\s*\([^()]*\)$", "", cell)
    bare = [whole, counts.core(whole)]
    return next((name for name in [*bare, *map(str.lower, bare)] if name in names), "")
