"""The PDFs that an export names, and which files of the papers' folder they are.

An export names files as they were on the machine that made it, which may be another one. So only the end of a path can
be compared: the file's name and the folders above it.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

FIELD = re.compile(r"(?:\\.|[^;\\])+")  # one attachment of several
ESCAPED = re.compile(r"\\([\\:;{}_&%#$ ])")
ZOTERO = re.compile(r"[A-Z0-9]{8}")  # a folder of Zotero's storage, with one attachment


def pdfs(field: str) -> Iterator[str]:
    r"""The paths of the PDFs in a `file` field, with "/" between folders.

    Zotero writes "Full Text:C\:\\me\\a.pdf:application/pdf;…", JabRef ":a.pdf:PDF", Mendeley "$\backslash$" for a
    backslash, Better BibTeX and RIS paths alone, and some the address "file:///C:/me/a%20b.pdf".
    """
    field = re.sub(r"\{?\$?\\backslash\$?\}?", "/", field.replace("{\\_}", "_"))
    for attachment in FIELD.findall(field):
        parts = re.split(r"(?<!\\):", attachment)
        address = re.match(r"\s*[a-z][a-z-]+://", attachment)
        path = attachment if address or len(parts) < 3 else ":".join(parts[1:-1])
        path = ESCAPED.sub(r"\1", path).strip()
        if address:
            path = unquote(re.sub(r"^[a-z-]+://(?:localhost)?/?", "", path))
        if path.lower().endswith(".pdf"):
            yield path.replace("\\", "/")


class Files:
    """The PDFs of the papers' folder, to be found by the paths of an export."""

    def __init__(self, files: Iterable[str]) -> None:
        """`files` are paths from the folder, with "/" between folders."""
        self._named: dict[str, list[str]] = defaultdict(list)
        for file in files:
            self._named[_steps(file)[-1]].append(file)

    def find(self, path: str) -> str | None:
        """The file that a path of an export means: of the files with its name, the one that shares most of its folders,
        if there is one. Two different folders of Zotero's storage have different attachments, even if the names of the
        files are equal."""
        steps = _steps(path)
        shared = {file: _shared(steps, _steps(file)) for file in self._named.get(steps[-1], [])}
        likely = [file for file, n in shared.items() if n == max(shared.values()) and not _elsewhere(path, file, n)]
        return likely[0] if len(likely) == 1 else None


def _steps(path: str) -> list[str]:
    """The parts of a path as file systems compare them: macOS stores letters and their accents separately."""
    return unicodedata.normalize("NFC", path).casefold().split("/")


def _shared(one: list[str], other: list[str]) -> int:
    """How many of the last parts of two paths are equal."""
    n = 0
    while n < min(len(one), len(other)) and one[-1 - n] == other[-1 - n]:
        n += 1
    return n


def _elsewhere(path: str, file: str, shared: int) -> bool:
    folders = [steps[-2] for steps in (path.split("/"), file.split("/")) if len(steps) > 1]
    return shared == 1 and len(folders) == 2 and all(ZOTERO.fullmatch(folder) for folder in folders)
