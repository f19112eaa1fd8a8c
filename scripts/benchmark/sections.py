"""Characters of each kind of section that are kept and lost, over a folder of PDFs whose sections were marked by hand.

`sections.csv` beside this file says where the sections of some PDFs begin: the first 16 digits of the PDF's sha256, the
kind, and the page, left and top edge, in points, of the first line. PDFs of the folder without marks are left out.
"""

import argparse
import csv
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.language import sections
from designspace.parsing.text import extract_text

MARKS = Path(__file__).with_name("sections.csv")
Mark = tuple[str, int, float, float]  # kind, page, left, top


def read_marks(path: Path) -> dict[str, list[Mark]]:
    """{first digits of a PDF's sha256: where its sections begin}, in the order of the paper."""
    marks: defaultdict[str, list[Mark]] = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            marks[row["sha256"]].append((row["kind"], int(row["page"]), float(row["left"]), float(row["top"])))
    return marks


def starts(record: dict[str, Any], marks: list[Mark]) -> list[tuple[int, str]]:
    """Where the marked sections begin in a text record: at the lines that are nearest to the marks."""
    lines = {page["page"]: page["lines"] for page in record["pages"] if page["lines"]}
    found = []
    for kind, page, left, top in marks:
        if page in lines:
            line = min(lines[page], key=lambda one: abs(one["box"][0] - left) + abs(one["box"][3] - top))
            found.append((line["start"], kind))
    return sorted(found)


def count(record: dict[str, Any], marks: list[Mark]) -> Counter[tuple[str, str]]:
    """How many characters of each marked kind have which kind in the result."""
    begins = starts(record, marks)
    found = sections.split(record)
    edges = sorted({0, len(record["text"]), *(start for start, _ in begins), *(part["start"] for part in found)})
    counts: Counter[tuple[str, str]] = Counter()
    for start, end in zip(edges, edges[1:], strict=False):
        true = begins[max(bisect_right(begins, (start, "~")) - 1, 0)][1]
        kind = found[bisect_right([part["start"] for part in found], start) - 1]["kind"]
        counts[true, kind] += len(record["text"][start:end].strip())
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with the PDFs")
    arguments = parser.parse_args()
    marks, total, n_papers = read_marks(MARKS), Counter[tuple[str, str]](), 0
    for path in sorted(arguments.folder.glob("*.pdf")):
        record = extract_text(path.read_bytes(), path.stem)
        own = marks.get(record["sha256"][:16])
        if not own or not record["text"]:
            continue
        counts = count(record, own)
        total += counts
        n_papers += 1
        lost = sum(n for (true, kind), n in counts.items() if true != kind)
        print(f"{path.stem}: {lost} of {counts.total()} characters in another kind of section")
    if not n_papers:
        sys.exit(f"There are no PDFs with marks in {arguments.folder}: {MARKS.name} says whose sections are marked.")
    for kind in sorted({true for true, _ in total}):
        of_kind = {found: n for (true, found), n in total.items() if true == kind}
        kept, all_of_it = of_kind.pop(kind, 0), sum(n for (true, _), n in total.items() if true == kind)
        others = ", ".join(f"{n} {found}" for found, n in sorted(of_kind.items(), key=lambda pair: -pair[1]) if n)
        wrongly = sum(n for (true, found), n in total.items() if found == kind != true)
        print(
            f"{kind}: {kept} of {all_of_it} ({100 * kept / (all_of_it or 1):.1f}%), "
            f"{wrongly} from others; lost: {others}"
        )
    print(f"{n_papers} papers: {100 * sum(n for (t, f), n in total.items() if t == f) / total.total():.1f}% kept")


if __name__ == "__main__":
    main()
