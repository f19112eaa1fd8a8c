"""A library as CSL-JSON, which Zotero, Better BibTeX, Mendeley and others export; an attachment is a `file` in it."""

import json
from typing import Any

import msgspec

from designspace.project.library.attachments import pdfs
from designspace.project.library.entries import Entry, Problem, new_key

Text = str | int | float | None


class Name(msgspec.Struct, rename="kebab"):
    """A person of an item, or an institution."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None
    dropping_particle: str | None = None
    non_dropping_particle: str | None = None


class Date(msgspec.Struct, rename="kebab"):
    date_parts: list[list[int | str | None]] | None = None
    raw: Text = None
    literal: Text = None


class Item(msgspec.Struct, rename="kebab"):
    """The fields of an item that the program uses; other keys are ignored."""

    id: str | int | None = None
    citation_key: str | None = None
    type: str | None = None
    title: Text = None
    author: list[Name] | None = None
    editor: list[Name] | None = None
    issued: Date | None = None
    container_title: Text = None
    genre: Text = None
    publisher: Text = None
    doi: Text = msgspec.field(name="DOI", default=None)
    file: str | list[str] | None = None
    attachments: list[dict[str, Any]] | None = None


def read(text: str) -> tuple[list[Entry], list[Problem]]:
    """The entries of CSL-JSON, and the errors in it."""
    try:
        items = json.loads(text)
    except ValueError as error:
        return [], [("the file", f"it is not valid JSON ({error}); export it again as CSL-JSON.")]
    if not isinstance(items, list):
        return [], [("the file", "it is not a list of items; export it again as CSL-JSON.")]
    entries: list[Entry] = []
    problems: list[Problem] = []
    taken = {key for item in items if isinstance(item, dict) and (key := _key(item))}
    for number, item in enumerate(items, 1):
        try:
            checked = msgspec.convert(item, Item)
        except msgspec.ValidationError as error:
            name = f" ({item['id']})" if isinstance(item, dict) and item.get("id") else ""
            problems.append((f"entry {number}{name}", f"{error}; correct it there, or export it again as CSL-JSON."))
            continue
        item = {key: value for key, value in item.items() if value is not None}
        entries.append(Entry(_key(item) or new_key(item, taken), item, tuple(_files(checked))))
    return entries, problems


def _key(item: dict[str, Any]) -> str:
    """The key that the owner chose, or the id that the exporting program gave it."""
    return str(item.get("citation-key") or item.get("id") or "").strip()


def _files(item: Item) -> list[str]:
    named = [item.file] if isinstance(item.file, str) else item.file or []
    own = [str(attachment.get("path") or "") for attachment in item.attachments or []]
    return [path for text in named for path in pdfs(text)] + [path for text in own for path in pdfs(text)]
