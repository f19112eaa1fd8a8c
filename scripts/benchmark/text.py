"""Pages a second of CPU time of the text extraction over a folder of PDFs, beside pypdfium2 alone."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from math import inf
from pathlib import Path

import pypdfium2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.parsing.pdf import Page, read_page
from designspace.parsing.text import extract_text


def read_alone(data: bytes) -> None:
    """The least that any extraction with pdfium does: every page's text."""
    with pypdfium2.PdfDocument(data) as document:
        for index in range(len(document)):
            read_page_alone(document, index)


def read_page_alone(document: pypdfium2.PdfDocument, index: int) -> None:
    page = document[index]
    textpage = page.get_textpage()
    textpage.get_text_range()
    textpage.close()
    page.close()


READERS: dict[str, Callable[[bytes], object]] = {"ours": lambda data: extract_text(data, "paper"), "alone": read_alone}


def without_tables(data: bytes, repeats: int) -> tuple[float, float, int]:
    """(seconds of ours, of pypdfium2's, pages) over the pages of a PDF that have no table, by each page's best times.

    The second to read a page finds the file's bytes near at hand, so they read first in turns, from page to page and
    from time to time.
    """
    ours: dict[int, float] = {}
    alone: dict[int, float] = {}
    with_tables: set[int] = set()
    for turn in range(repeats):
        with pypdfium2.PdfDocument(data) as one, pypdfium2.PdfDocument(data) as other:
            readers: list[tuple[Callable[..., Page | None], pypdfium2.PdfDocument, dict[int, float]]]
            readers = [(read_page, one, ours), (read_page_alone, other, alone)]
            for index in range(len(one)):
                for read, document, best in readers if (index + turn) % 2 else reversed(readers):
                    start = time.process_time()
                    page = read(document, index)
                    best[index] = min(time.process_time() - start, best.get(index, inf))
                    if page and page.tables:
                        with_tables.add(index)
                    del page  # outside of the time of what reads next
    plain = ours.keys() - with_tables
    return sum(ours[index] for index in plain), sum(alone[index] for index in plain), len(plain)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the PDFs")
    parser.add_argument("--repeats", type=int, default=5, help="how often each PDF is read; the best time counts")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    papers = {path: path.read_bytes() for path in sorted(arguments.folder.glob("*.pdf"))}
    if not papers:
        sys.exit(f"There are no PDFs in {arguments.folder}: give a folder that has some.")
    total: dict[str, float] = {"pages": 0, "ours": 0.0, "alone": 0.0}
    plain: dict[str, float] = {"pages": 0, "ours": 0.0, "alone": 0.0}
    for path, data in papers.items():
        record = extract_text(data, path.stem)
        if record["status"] != "ok":
            print(f"{path.name}: left out ({record['status']})")
            continue
        times: dict[str, list[float]] = {"ours": [], "alone": []}
        for _ in range(arguments.repeats):  # taking turns, so that both see the same load of the machine
            for name, read in READERS.items():
                start = time.process_time()
                read(data)
                times[name].append(time.process_time() - start)
        total["pages"] += record["n_pages"]
        for name, seconds in times.items():
            total[name] += min(seconds)
        ours, alone, pages = without_tables(data, arguments.repeats)
        plain = {"pages": plain["pages"] + pages, "ours": plain["ours"] + ours, "alone": plain["alone"] + alone}
    for what, sums in (("papers with their tables and citations", total), ("pages without tables", plain)):
        ours, alone = sums["pages"] / sums["ours"], sums["pages"] / sums["alone"]
        rates = f"{ours:.0f} pages/s, pypdfium2 alone {alone:.0f} pages/s, ratio {ours / alone:.2f}"
        print(f"{what}: {sums['pages']} pages, {rates}")


if __name__ == "__main__":
    main()
