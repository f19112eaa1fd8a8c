"""One PDF becomes one record, whatever it does: it is read in a process of its own, within limits.

Only that process imports what reads a PDF, which takes it a third of a second: the one that waits does without.
"""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designspace.core import limits
from designspace.parsing import quality
from designspace.parsing.blank import unreadable

if TYPE_CHECKING:
    from designspace.parsing.pdf import Page

GIB = 2**30
TEXT = {"seconds": 120, "address_space": 2 * GIB}  # a usual paper takes a tenth of a second and 60 MB
SCAN = {"seconds": 1200, "address_space": 2 * GIB}  # a page takes some seconds
DAMAGED = "{}: {}. If it can be read now, delete text/{}.json of the results and run again."
LATER = "The PDF {}. The next run tries it again."


def read(pdf: Path, paper: str, sha256: str, with_ocr: bool) -> dict[str, Any]:
    """The text record of a paper, see docs/files.md; with OCR, that of a scan and of pages that are read badly.

    `sha256` is what the ledger knows of the file, or empty. A file that is another one by now is not read, because
    the tables would say that they are about the first.
    """
    record = _within(TEXT, "The PDF cannot be read", _record, pdf, paper, sha256)
    bad = quality.bad_pages(record["pages"])
    if with_ocr and (record["status"] == "needs_ocr" or bad):
        with tempfile.TemporaryDirectory(prefix="ocr-") as folder:
            again = _within(SCAN, "The OCR of the PDF failed", _record, pdf, paper, sha256, Path(folder), bad)
        record = again if not bad or again["status"] == "ok" else record
    return record


def _within(
    room: dict[str, int],
    trouble: str,
    function: Callable[..., dict[str, Any]],
    pdf: Path,
    paper: str,
    sha256: str,
    *more: Any,
) -> dict[str, Any]:
    try:
        record: dict[str, Any] = limits.call(function, pdf, paper, sha256, *more, **room)
        return record
    except limits.Killed as failure:
        return unreadable(paper, sha256, f"{trouble}: {failure}. The next run tries it again.", "failed")
    except limits.Failed as failure:
        return unreadable(paper, sha256, DAMAGED.format(trouble, failure, paper))


def _record(pdf: Path, paper: str, sha256: str, folder: Path | None = None, bad: Sequence[int] = ()) -> dict[str, Any]:
    """The record of a paper; with a `folder` for its files, of what OCR reads on the pages, or on the `bad` ones."""
    from designspace.parsing import ocr, text
    from designspace.parsing.pdf import read_pdf

    try:
        data = pdf.read_bytes()
    except OSError as error:
        # What was readable when the run began may be so again, and what was not then is noticed when it is.
        status = "failed" if sha256 else "unreadable"
        return unreadable(paper, "", LATER.format(f"cannot be read: {error.strerror}"), status)
    actual = hashlib.sha256(data).hexdigest()
    if actual != (sha256 or actual):
        return unreadable(paper, actual, LATER.format("changed after the run began"), "failed")
    if folder is None:
        return text.extract_text(data, paper)
    tempfile.tempdir = str(folder)
    if bad:
        read = read_pdf(ocr.searchable(data, folder, bad))
        again = {number: replace(page, number=number) for number, page in zip(bad, read, strict=True)}
        better = {number: page for number, page in again.items() if not _is_bad(page)}
        return text.extract_text(data, paper, better)
    record = text.extract_text(ocr.searchable(data, folder), paper) | {"sha256": actual}
    if record["status"] == "needs_ocr":
        return unreadable(paper, actual, "It is a scan, and OCR found hardly any text on its pages.")
    for page in record["pages"]:
        page["quality"]["ocr"] = True
    return record | {"reason": " ".join(["Its text comes from OCR.", record["reason"]]).rstrip()}


def _is_bad(page: "Page") -> bool:
    return bool(quality.judge("\n".join(line.text for line in page.lines))["bad"])
