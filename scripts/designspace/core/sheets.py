"""A CSV file that a person wrote: its rows, or a sentence for each error in it."""

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from designspace.core.errors import DesignspaceError

# A spreadsheet may run a cell that begins like this, also in full width. It may also split a text at semicolons, tabs
# or line ends and run a part of it.
_BEGIN, _RUNS = r"(?:^|(?<=[;\t\r\n]))", r"[\"']*[=+\-@＝＋－＠]"
_OUTER = r"[\"']*[\t\r\n]"
FORMULA = re.compile(rf"{_BEGIN}(?={_RUNS})|^(?={_OUTER})")
STOPPED = re.compile(rf"{_BEGIN}'(?={_RUNS})|^'(?={_OUTER})")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


class SheetError(DesignspaceError, ValueError):
    """A file that cannot be used; the message has a sentence for each error."""


def rows(path: str | Path, needed: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    """(where, {column: cell}) of each row that is not empty, without spaces at the ends of cells. SheetError if the
    file cannot be read or lacks a column; FileNotFoundError if it does not exist."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
        head, *lines = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SheetError(f"{path} cannot be read: {error}. Save it as CSV in UTF-8.") from None
    if missing := [name for name in needed if name not in head]:
        raise SheetError(
            f"{path} has no column `{missing[0]}` in its first line, which is {','.join(head)!r}. "
            "Add it; commas separate the columns."
        )
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
    """Raise the problems, one a line, if there are any."""
    if problems := list(problems):
        raise SheetError("\n".join(problems))


def escape(text: str) -> str:
    """A text in which nothing begins like a formula: an apostrophe in front prevents it. Plain numbers keep their
    sign."""
    return text if NUMBER.fullmatch(text) else FORMULA.sub("'", text)


def unescape(text: str) -> str:
    """The text before `escape`."""
    return STOPPED.sub("", text)
