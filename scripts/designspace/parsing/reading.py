"""One PDF becomes one record, whatever it does: it is read in a process of its own, within limits."""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from designspace.core import limits
from designspace.parsing import ocr, text

GIB = 2**30
TEXT = {"seconds": 120, "address_space": 2 * GIB}  # a usual paper takes a tenth of a second and 60 MB
SCAN = {"seconds": 1200, "address_space": 2 * GIB}  # a page takes some seconds
DAMAGED = "{}: {}. If it can be read now, delete text/{}.json of the results and run again."
LATER = "The PDF {}. The next run tries it again."


def read(pdf: Path, paper: str, sha256: str, with_ocr: bool) -> dict[str, Any]:
    """The text record of a paper, see docs/architecture.md; with OCR, that of a scan too.

    `sha256` is what the ledger knows of the file, or empty. A file that is another one by now is not read, because
    the tables would say that they are about the first.
    """
    record = _within(TEXT, "The PDF cannot be read", _record, pdf, paper, sha256)
    if with_ocr and record["status"] == "needs_ocr":
        with tempfile.TemporaryDirectory(prefix="ocr-") as folder:
            record = _within(SCAN, "The OCR of the PDF failed", _record, pdf, paper, sha256, Path(folder))
    return record


def _within(
    room: dict[str, int],
    trouble: str,
    function: Callable[..., dict[str, Any]],
    pdf: Path,
    paper: str,
    sha256: str,
    *more: Path,
) -> dict[str, Any]:
    try:
        record: dict[str, Any] = limits.call(function, pdf, paper, sha256, *more, **room)
        return record
    except limits.Killed as failure:
        return text.unreadable(paper, sha256, f"{trouble}: {failure}. The next run tries it again.", "failed")
    except limits.Failed as failure:
        return text.unreadable(paper, sha256, DAMAGED.format(trouble, failure, paper))


def _record(pdf: Path, paper: str, sha256: str, folder: Path | None = None) -> dict[str, Any]:
    """The record of a paper; with a `folder` for its files, of what OCR reads on the pages."""
    try:
        data = pdf.read_bytes()
    except OSError as error:
        # What was readable when the run began may be so again, and what was not then is noticed when it is.
        status = "failed" if sha256 else "unreadable"
        return text.unreadable(paper, "", LATER.format(f"cannot be read: {error.strerror}"), status)
    actual = hashlib.sha256(data).hexdigest()
    if actual != (sha256 or actual):
        return text.unreadable(paper, actual, LATER.format("changed after the run began"), "failed")
    if folder is None:
        return text.extract_text(data, paper)
    tempfile.tempdir = str(folder)
    record = text.extract_text(ocr.searchable(data, folder), paper) | {"sha256": actual}
    if record["status"] == "needs_ocr":
        return text.unreadable(paper, actual, "It is a scan, and OCR found hardly any text on its pages.")
    return record | {"reason": "Its text comes from OCR."}
