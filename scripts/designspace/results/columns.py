"""From the declaration of a kind of row, a TypedDict: its columns in SQLite, a row filled from several sources, and a
check."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

import msgspec

from designspace.core.errors import DesignspaceError

Row = TypeVar("Row")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
TYPES = {str: "TEXT", int: "INTEGER", float: "REAL"}  # of SQLite


class Sql(str):
    """The constraint after a column's type in SQLite."""


class About(str):
    """The meaning of a column in a sentence."""


class InvalidRow(DesignspaceError, ValueError):
    """A row that does not belong in its table; the message is the end of a sentence that begins with the table's
    name."""


@cache
def columns(kind: type) -> dict[str, str]:
    """{column: its declaration in SQLite} of a kind of row."""
    return {name: _declaration(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}


def _declaration(hint: Any) -> str:
    known = list(parts(hint))
    constraint = next((part for part in known if isinstance(part, Sql)), "")
    type_ = next((TYPES[part] for part in known if isinstance(part, type) and part in TYPES), "TEXT")
    return f"{type_} {constraint}".strip()


def parts(hint: Any) -> Iterable[Any]:
    """The types that a type consists of, and its annotations."""
    if inner := get_args(hint):
        for part in inner:
            yield from parts(part)
    else:
        yield hint


def fill(kind: type[Row], *sources: Mapping[str, Any], **more: Any) -> Row:
    """A row of a kind: each column comes from `more`, or from the first of `sources` that has it, or is missing."""
    merged = {key: value for source in reversed(sources) for key, value in source.items()} | more
    kind_: Any = kind  # mypy does not accept a TypedDict as a type
    return cast(Row, {name: _cell(merged.get(name), declaration) for name, declaration in columns(kind_).items()})


def _cell(value: Any, declaration: str) -> Any:
    """A value of a record as a cell."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value)
    return "" if value is None and declaration.startswith("TEXT") else value


def plain(text: str) -> str:
    """A text with newlines as its only line ends, and nothing else that cannot be printed."""
    if text.isprintable():  # nearly all texts are
        return text
    return UNPRINTABLE.sub("\ufffd", re.sub("\r\n?", "\n", text))


def check(rows: Iterable[Any], kind: type) -> None:
    """Raise InvalidRow if one of the rows is not of the kind, or has a number that is not finite."""
    for number, row in enumerate(rows, 1):
        try:
            msgspec.convert(row, kind)
        except msgspec.ValidationError as error:
            raise InvalidRow(f"is broken in row {number} ({error})") from None
