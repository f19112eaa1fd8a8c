"""The user's library, read from one of three formats: CSL-JSON, BibTeX or RIS."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from designspace.core.errors import DesignspaceError
from designspace.project.library import csl, ris
from designspace.project.library.entries import Entry, Problem


def _bibtex(text: str) -> tuple[list[Entry], list[Problem]]:
    from designspace.project.library import bibtex  # importing its parser takes a quarter of a second

    return bibtex.read(text)


READERS = {".json": csl.read, ".bib": _bibtex, ".ris": ris.read}


class LibraryError(DesignspaceError, ValueError):
    """A library that cannot be used; the message has a sentence for each error."""


def load(path: str | Path) -> list[Entry]:
    """The entries of a library, in the order of the file. LibraryError with all errors in it."""
    path = Path(path)
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise LibraryError(
            f"The library {path} (config: `library`) is neither CSL-JSON (.json) nor BibTeX (.bib) nor RIS (.ris); "
            "export it from the reference manager in one of them."
        )
    try:
        entries, problems = read(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise LibraryError(
            f"The library {path} (config: `library`) does not exist; export it there, name another, or set null."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise LibraryError(
            f"The library {path} (config: `library`) cannot be read: {error}. Save it as UTF-8."
        ) from None
    problems += _of_keys(entries)
    if problems:
        raise LibraryError("\n".join(f"The library {path}, {where}: {what}" for where, what in problems))
    return entries


def _of_keys(entries: list[Entry]) -> Iterator[Problem]:
    """An error for each key that occurs more than once: its entries could not be distinguished."""
    for key, count in Counter(entry.key for entry in entries).items():
        if count > 1:
            yield f"entry {key}", f"{count} entries have this key; give each a key of its own, and export it again."
