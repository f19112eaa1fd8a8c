"""Pages a second of the text extraction over a folder of PDFs, on one core, beside pypdfium2 alone."""

import argparse
import os
import sys
import time
from pathlib import Path

import pypdfium2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.parsing.text import extract_text


def read_alone(data):
    """The least that any extraction with pdfium does: every page's text."""
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            page.get_textpage().get_text_range()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the PDFs")
    parser.add_argument("--repeats", type=int, default=5, help="how often each PDF is read; the best time counts")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    papers = {path: path.read_bytes() for path in sorted(arguments.folder.glob("*.pdf"))}
    if not papers:
        sys.exit(f"There are no PDFs in {arguments.folder}: give a folder that has some.")
    total = {"pages": 0, "ours": 0.0, "alone": 0.0}
    for path, data in papers.items():
        record = extract_text(data, path.stem)
        if record["status"] != "ok":
            print(f"{path.name}: left out ({record['status']})")
            continue
        times = {"ours": [], "alone": []}
        for _ in range(arguments.repeats):  # taking turns, so that both see the same load of the machine
            for name, read in (("ours", lambda data: extract_text(data, "paper")), ("alone", read_alone)):
                start = time.perf_counter()
                read(data)
                times[name].append(time.perf_counter() - start)
        total["pages"] += record["n_pages"]
        for name, seconds in times.items():
            total[name] += min(seconds)
    ours, alone = total["pages"] / total["ours"], total["pages"] / total["alone"]
    print(f"{total['pages']} pages: {ours:.0f} pages/s, pypdfium2 alone {alone:.0f} pages/s, ratio {ours / alone:.2f}")


if __name__ == "__main__":
    main()
