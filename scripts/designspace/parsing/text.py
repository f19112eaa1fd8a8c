"""The text of a paper as the later steps read it."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from designspace.parsing import quality
from designspace.parsing.blank import unreadable
from designspace.parsing.citation.front import Front
from designspace.parsing.citation.record import citation_of
from designspace.parsing.furniture import remove_line_numbers, remove_running_lines
from designspace.parsing.glyphs import UNKNOWN
from designspace.parsing.paragraphs import join_lines
from designspace.parsing.pdf import BadPdf, Page, read_pdf
from designspace.parsing.tables.rows import with_rows

TWENTY_LETTERS = re.compile(r"(?:[^\W\d_][\W\d_]*){20}")


def extract_text(data: bytes, paper: str, read_again: Mapping[int, Page] | None = None) -> dict[str, Any]:
    """The record of results/text/{paper}.json (see docs/files.md) of a PDF given as bytes.

    A PDF that cannot be read is a record too, with a status and a reason. `read_again` are pages as OCR reads them, by
    their numbers.
    """
    again = read_again or {}
    sha256, front = hashlib.sha256(data).hexdigest(), Front()
    try:
        pages = [again.get(page.number, page) for page in read_pdf(data, front.read)]
    except BadPdf as bad:
        return unreadable(paper, sha256, bad.reason, bad.status)
    record = {"paper": paper, "sha256": sha256, "status": "ok", "reason": ""}
    for page in pages:
        page.lines = with_rows(page)
    remove_running_lines(pages)
    remove_line_numbers(pages)
    text, page_records = join_lines(pages)
    for page_record in page_records:
        page_text = text[page_record["start"] : page_record["end"]]
        page_record["quality"] = quality.judge(page_text, ocr=page_record["page"] in again)
    with_text = sum(_is_text(text[page["start"] : page["end"]]) for page in page_records)
    if 4 * with_text < len(pages) or not with_text:
        # A scanned paper may still carry a publisher's cover page and a stamp on every page.
        reason = f"Only {with_text} of {len(pages)} pages have text: it is probably a scan, which `ocr: true` reads."
        text, page_records = "", []
        record |= {"status": "needs_ocr", "reason": reason}
    elif doubtful := quality.bad_pages(page_records):
        record["reason"] = (
            f"{quality.pages(doubtful)} cannot be trusted: the text hardly consists of words or known characters."
        )
    return record | {"n_pages": len(pages), "text": text, "pages": page_records, "citation": citation_of(front, paper)}


def _is_text(page: str) -> bool:
    """Whether a page has words, and its glyphs are not mainly unknown characters."""
    return bool(TWENTY_LETTERS.search(page)) and 2 * page.count(UNKNOWN) < len(page)
