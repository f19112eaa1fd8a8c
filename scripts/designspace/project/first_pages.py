"""The first pages of the PDFs of a folder, by which supplements are known whose names say nothing.

They are read when a run is planned, in a process of its own, and kept by the hashes of the files, since opening
thousands of files takes a while.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import pypdfium2

from designspace.core import limits
from designspace.core.files import write_whole
from designspace.parsing.citation import supplements
from designspace.parsing.citation.front import read_front
from designspace.parsing.citation.names import plain
from designspace.parsing.citation.titles import find_title

LETTERS = 3000  # of a first page; a title stands before
LIMITS = {"seconds": 120, "address_space": 2 * 2**30}
CHUNK = 200  # files that a process reads


class FirstPage(NamedTuple):
    """The letters of a first page, and of a supplement what may be the title of its paper there."""

    page: str = ""
    names: list[str] = []


def known(folder: Path, hashes: Mapping[str, str], kept: Path) -> dict[str, FirstPage]:
    """{sha256: the first page} of files, {file: sha256}: from the file `kept`, or from the PDFs in `folder`."""
    pages = _load(kept)
    files = {sha256: file for file, sha256 in hashes.items() if sha256}
    new = [sha256 for sha256 in files if sha256 not in pages]
    for start in range(0, len(new), CHUNK):
        chunk = new[start : start + CHUNK]
        pages |= zip(chunk, _safely([str(folder / files[sha256]) for sha256 in chunk]), strict=True)
    return {sha256: pages[sha256] for sha256 in files}


def save(pages: Mapping[str, FirstPage], kept: Path) -> None:
    """Keep first pages for the next run."""
    write_whole(kept, json.dumps(pages, indent=0).encode())


def _load(kept: Path) -> dict[str, FirstPage]:
    """What was kept; nothing of a file that is damaged, as it can be made again."""
    try:
        return msgspec.json.decode(kept.read_bytes(), type=dict[str, FirstPage])
    except (OSError, msgspec.MsgspecError):
        return {}


def _safely(paths: Sequence[str]) -> list[FirstPage]:
    """The first pages of PDFs; an empty one of a file at which the process ends."""
    try:
        return [FirstPage(*page) for page in limits.call(read, paths, **LIMITS)]
    except limits.Failed:
        half = len(paths) // 2
        return [*_safely(paths[:half]), *_safely(paths[half:])] if half else [FirstPage()]


def read(paths: Sequence[str]) -> list[FirstPage]:
    """The first pages of PDFs; an empty one of what cannot be read."""
    return [_read(path) for path in paths]


def _read(path: str) -> FirstPage:
    try:
        with pypdfium2.PdfDocument(path) as document:
            text = document[0].get_textpage().get_text_bounded() if len(document) else ""
    except (pypdfium2.PdfiumError, OSError):
        return FirstPage()
    names: list[str] = []
    if any(supplements.MARK.match(line) or supplements.AT_THE_END.search(line) for line in text.splitlines()):
        front = read_front(Path(path).read_bytes())
        title = find_title(front)
        own = title.text if title else ""
        names = supplements.names(front, own) if supplements.heading(front, own) else []
    return FirstPage(plain(text)[:LETTERS], names)
