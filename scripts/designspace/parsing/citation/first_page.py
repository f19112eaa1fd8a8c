"""The first page of a PDF, as far as it tells which paper the file is or belongs to."""

from pathlib import Path

import pypdfium2

from designspace.parsing.citation import supplements
from designspace.parsing.citation.front import read_front
from designspace.parsing.citation.names import plain
from designspace.parsing.citation.titles import find_title

LETTERS = 3000  # of a first page; a title stands before


def read(path: str) -> tuple[str, list[str]]:
    """The letters of a first page, and of a supplement what may be the title of its paper; nothing of what cannot be
    read."""
    try:
        with pypdfium2.PdfDocument(path) as document:
            text = document[0].get_textpage().get_text_bounded() if len(document) else ""
    except (pypdfium2.PdfiumError, OSError):
        return "", []
    names: list[str] = []
    if any(supplements.MARK.match(line) or supplements.AT_THE_END.search(line) for line in text.splitlines()):
        front = read_front(Path(path).read_bytes())
        title = find_title(front)
        own = title.text if title else ""
        names = supplements.names(front, own) if supplements.heading(front, own) else []
    return plain(text)[:LETTERS], names
