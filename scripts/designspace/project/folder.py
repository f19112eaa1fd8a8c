"""The PDFs of a folder of papers: their names, the times of their last changes, and their hashes."""

import hashlib
import os
from pathlib import Path

from designspace.core.errors import DesignspaceError

LARGEST = 2 * 2**30  # bytes of a file: no more can be read within the limits of the extraction


def is_pdf(file_name: str) -> bool:
    """Whether the name is that of a PDF, in upper or lower case; hidden files are not papers."""
    return file_name.lower().endswith(".pdf") and not file_name.startswith(".")


def pdf_files(papers_folder: str | Path, with_subfolders: bool = False) -> list[str]:
    """The PDFs in the folder itself or, with "/" between folders, also in its subfolders, sorted.

    Links to files count, as reference managers make them, even if their target is not reachable, such as a drive that
    is not mounted. Hidden folders are not searched, nor are links to folders, which may form a circle.
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
    """Time in ns of the last change of a file, or of the link to it. A file that was moved here with its old mtime has
    changed, too. None if the file is not reachable."""
    try:
        there = path.stat()
        return max(there.st_mtime_ns, there.st_ctime_ns, path.lstat().st_ctime_ns)
    except OSError:
        return None


def hash_of(path: Path) -> str:
    """Hex digest, or "" for a file that cannot be read: it is a paper, too, and its extraction reports the reason."""
    try:
        if path.stat().st_size > LARGEST:  # a sparse file may have any size
            return ""
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
