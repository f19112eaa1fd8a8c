"""A CSV file that a person wrote: its rows, or a sentence that says what is wrong with it."""

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from designspace.core.errors import DesignspaceError

# What a spreadsheet may run: a cell that begins so, also in full width, and also a cell that it makes of a part of a
# text, since it may take semicolons, tabs or line ends for separators.
_BEGIN, _RUNS = r"(?:^|(?<=[;\t\r\n]))", r"[\"']*[=+\-@＝＋－＠]"
_OUTER = r"[\"']*[\t\r\n]"
FORMULA = re.compile(rf"{_BEGIN}(?={_RUNS})|^(?={_OUTER})")
STOPPED = re.compile(rf"{_BEGIN}'(?={_RUNS})|^'(?={_OUTER})")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


class SheetError(DesignspaceError, ValueError):
    """A file that cannot be used; the message has a sentence for each thing that is wrong."""


def rows(path: str | Path, needed: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    """(where, {column: cell}) of each row that is not empty, without spaces at the ends of cells. SheetError where the
    file cannot be read or lacks a column; FileNotFoundError where it is not there."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
        head, *lines = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SheetError(f"{path} cannot be read: {error}. Save it as CSV in UTF-8.") from None
    if missing := [name for name in needed if name not in head]:
        raise SheetError(f"{path} has no column `{missing[0]}` in its first line, which is {','.join(head)!r}.")
    found, problems = [], []
    for number, cells in enumerate(lines, 2):
        where = f"{path}, row {number}"
        if len(cells) > len(head):
            problems.append(
                f"{where} has {len(cells)} cells where the first line has {len(head)}; "
                "put cells with a comma in quotes."
            )
        if any(cells):
            cells += [""] * (len(head) - len(cells))
            found.append((where, {name: unescape(cell).strip() for name, cell in zip(head, cells, strict=False)}))
    refuse(problems)
    return found


def refuse(problems: Iterable[str]) -> None:
    """Raise what was found wrong, if anything, a line each."""
    if problems := list(problems):
        raise SheetError("\n".join(problems))


def escape(text: str) -> str:
    """A text in which nothing begins like a formula: an apostrophe in front stops it. Plain numbers keep their sign."""
    return text if NUMBER.fullmatch(text) else FORMULA.sub("'", text)


def unescape(text: str) -> str:
    """What `escape` was given."""
    return STOPPED.sub("", text)
