"""A CSV file that a person wrote: its rows, or a sentence that says what is wrong with it."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from .values import unescape


class SheetError(ValueError):
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
            problems.append(f"{where} has {len(cells)} cells and not {len(head)}; quote what has a comma.")
        if any(cells):
            cells += [""] * (len(head) - len(cells))
            found.append((where, {name: unescape(cell).strip() for name, cell in zip(head, cells, strict=False)}))
    refuse(problems)
    return found


def refuse(problems: Iterable[str]) -> None:
    """Raise what was found wrong, if anything, a line each."""
    if problems := list(problems):
        raise SheetError("\n".join(problems))
