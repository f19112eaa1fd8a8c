"""The first pages of the PDFs of a folder: they identify supplements whose names say nothing, and PDFs that begin with
another article than the library's.

They are read when a run is planned, even in a dry run, since a supplement is in no batch. They are read in separate
processes and kept by the hashes of the files, since opening thousands of files takes a while.
"""

import contextlib
import json
import os
import signal
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from designspace.core import limits
from designspace.core.files import write_whole
from designspace.language import matching
from designspace.parsing.citation.names import plain
from designspace.project.library import catalogue
from designspace.project.library.entries import Entry

FEWEST = 200  # letters of a page that was read well
MIDDLE = 1200  # letters: a title behind them may be that of a second article
LIMITS = {"seconds": 300, "address_space": 2 * 2**30}  # of a process
SECONDS = 20.0  # of CPU time for a file
CHUNK = 500  # files that a process reads
NEEDED = ("pypdfium2", "numpy")  # to read a PDF; the environment of snakemake itself may lack them


class FirstPage(NamedTuple):
    """The letters of a first page, and for a supplement the possible titles of its paper there."""

    page: str = ""
    names: list[str] = []


def known(folder: Path, hashes: Mapping[str, str], kept: Path) -> dict[str, FirstPage]:
    """{sha256: the first page} of files, {file: sha256}: from the file `kept`, or from the PDFs in `folder` if this
    environment can read them."""
    pages = _load(kept)
    files = {sha256: file for file, sha256 in hashes.items() if sha256}
    new = [sha256 for sha256 in files if sha256 not in pages]
    if not all(map(find_spec, NEEDED)):
        new = []
    paths = [str(folder / files[sha256]) for sha256 in new]
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        chunks = executor.map(_safely, (paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)))
        pages |= zip(new, chain.from_iterable(chunks), strict=True)
    return {sha256: pages[sha256] for sha256 in files if sha256 in pages}


def save(pages: Mapping[str, FirstPage], kept: Path) -> None:
    """Keep first pages for the next run."""
    write_whole(kept, json.dumps(pages, indent=0).encode())


def titles_behind(files: Mapping[str, str], pages: Mapping[str, FirstPage], entries: Iterable[Entry]) -> dict[str, str]:
    """{paper: its title in the library, in plain letters} of papers whose first page does not begin with this title, so
    that another article may begin there. `files` is {file: paper} and `pages` {paper: its first page}."""
    titles = {entry.key: plain(entry.title) for entry in entries}
    own = {papers[0]: titles[key] for key, papers in catalogue.attached(entries, files).items()}
    return {paper: title for paper, title in own.items() if title and _is_behind(title, pages[paper].page)}


def _is_behind(title: str, page: str) -> bool:
    return len(page) >= FEWEST and all(start >= MIDDLE for start, _ in matching.spans(page, title))


def _load(kept: Path) -> dict[str, FirstPage]:
    """The first pages that were kept; nothing if the file is damaged, as it can be made again."""
    try:
        return msgspec.json.decode(kept.read_bytes(), type=dict[str, FirstPage])
    except (OSError, msgspec.MsgspecError):
        return {}


def _safely(paths: Sequence[str]) -> list[FirstPage]:
    """The first pages of PDFs. A file that crashes the process gets an empty page, and another process continues."""
    pages: list[FirstPage] = []
    while len(pages) < len(paths):
        with tempfile.NamedTemporaryFile() as answers:
            with contextlib.suppress(limits.Failed):
                limits.call(read, paths[len(pages) :], answers.name, SECONDS, **LIMITS)
            lines = answers.read().split(b"\n")[:-1]  # the last one may be incomplete
        pages += (msgspec.json.decode(line, type=FirstPage) for line in lines)
        if len(pages) < len(paths):
            pages.append(FirstPage())
    return pages


def read(paths: Sequence[str], answers: str, seconds: float) -> None:
    """Write the fields of the first pages of PDFs, one a line, so that those before a crash are known. The parser of
    PDFs is imported here, in the process that uses it."""
    from designspace.parsing.citation import first_page

    with open(answers, "wb", buffering=0) as file:
        for path in paths:
            signal.setitimer(signal.ITIMER_PROF, seconds)  # which ends the process
            file.write(json.dumps(first_page.read(path)).encode() + b"\n")
