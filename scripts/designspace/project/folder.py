"""The PDFs of a folder of papers: their names, when they changed, and what they hold."""

import hashlib
import os
from pathlib import Path

from designspace.core.errors import DesignspaceError

LARGEST = 2 * 2**30  # bytes of a file: no more can be read within the limits of the extraction


def is_pdf(file_name: str) -> bool:
    """Whether the name is a PDF's, in any case; hidden files are not papers."""
    return file_name.lower().endswith(".pdf") and not file_name.startswith(".")


def pdf_files(papers_folder: str | Path, with_subfolders: bool = False) -> list[str]:
    """The PDFs in the folder itself or, with "/" between folders, also in those below it, sorted.

    Links to files count, as those of a reference manager do, also while what they lead to is away, as a drive that is
    not mounted. Hidden folders are not searched, nor are links to folders, which may lead round in a circle.
    """
    files: list[str] = []
    for place, folders, _ in os.walk(papers_folder, onerror=_refuse):
        way = Path(place).relative_to(papers_folder).as_posix() + "/"
        with os.scandir(place) as entries:
            pdfs = (e for e in entries if is_pdf(e.name))
            own = [e.name for e in pdfs if (_is_link_to_file(e) if e.is_symlink() else e.is_file())]
        files += [way.removeprefix("./") + name for name in own]
        folders[:] = [name for name in folders if with_subfolders and not name.startswith(".")]
    return sorted(files)


def _refuse(error: OSError) -> None:
    raise DesignspaceError(
        f"The folder {error.filename} cannot be read: {error.strerror}. Make it readable, or move it to another place."
    )


def _is_link_to_file(link: os.DirEntry[str]) -> bool:
    return os.path.isfile(link) or not os.path.exists(link)


def last_change(path: Path) -> int | None:
    """Time in ns of the last change of a file, or of the link to it; one moved here with its old mtime changed too.
    None of one that is away."""
    try:
        there = path.stat()
        return max(there.st_mtime_ns, there.st_ctime_ns, path.lstat().st_ctime_ns)
    except OSError:
        return None


def hash_of(path: Path) -> str:
    """Hex digest, or "" for a file that cannot be read: it is a paper all the same, and its extraction reports why."""
    try:
        if path.stat().st_size > LARGEST:  # one can be made that has no end
            return ""
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
