"""Tables, cells and seconds a page of the PDFs of a folder; with --truth, how right the tables are.

Of papers that tables.csv beside this file knows by their sha256, the tables that are found, missed and made of
something else are counted page by page; it has how many tables each page of a paper has, and no text of theirs.

The truth is a folder of files NAME-str.xml in the form of the ICDAR 2013 table competition; the measure is that of
M. Göbel, T. Hassan, E. Oro, G. Orsi, A methodology for evaluating algorithms for table understanding in PDF documents
(DocEng 2012): a relation is a cell with text, the next cell with text to its right or below it, the direction and the
count of blank places between them, and it is right where a relation of the true table is the same, each counted once.
"""

import argparse
import csv
import hashlib
import sys
import time
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pypdfium2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.parsing.tables.detection import document_tables


class Counts(NamedTuple):
    """Relations that are right, that were read, and that are true."""

    right: int
    read: int
    true: int

    @property
    def f1(self) -> float:
        """The harmonic mean of the shares of right ones among the read and among the true."""
        return 2 * self.right / (self.read + self.true) if self.read + self.true else 0.0


class Cell(NamedTuple):
    """A cell's first and last row, first and last column, and text."""

    top: int
    bottom: int
    left: int
    right: int
    text: str


def true_tables(path: Path) -> list[tuple[int, list[Cell]]]:
    """The (page, cells) of a file of the competition; the regions of a table are one."""
    tables = []
    for table in ElementTree.parse(path).getroot().iter("table"):
        page, cells = 0, []
        for region in table.iter("region"):
            page = int(region.get("page", 0))
            down, right = int(region.get("row-increment") or 0), int(region.get("col-increment") or 0)
            for cell in region.iter("cell"):
                row, column = int(cell.get("start-row", 0)), int(cell.get("start-col", 0))
                last_row = max(row, int(cell.get("end-row") or row))
                last_column = max(column, int(cell.get("end-col") or cell.get("col-end") or column))
                text = "".join(content.text or "" for content in cell.iter("content"))
                cells.append(Cell(row + down, last_row + down, column + right, last_column + right, text))
        tables.append((page, cells))
    return tables


def relations(cells: list[Cell]) -> Counter[tuple[str, str, int, int]]:
    """The relations of a table's cells, each (text, text of the next, direction, blanks) with its count."""
    texts: list[str] = []
    places: dict[tuple[int, int], int] = {}
    for cell in cells:
        text = "".join(c for c in unicodedata.normalize("NFKC", cell.text) if unicodedata.category(c)[0] not in "CZ")
        if text:
            for row in range(cell.top, cell.bottom + 1):
                places |= {(row, column): len(texts) for column in range(cell.left, cell.right + 1)}
            texts.append(text.upper())
    found: dict[tuple[int, int, int], int] = {}
    for direction in (0, 1):
        lanes: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for place in sorted(places):
            lanes[place[direction]].append((place[1 - direction], places[place]))
        for _, lane in sorted(lanes.items()):
            for (at, this), (then, following) in zip(lane, lane[1:], strict=False):
                if this != following:
                    found.setdefault((this, following, direction), then - at - 1)
    return Counter((texts[a], texts[b], direction, blanks) for (a, b, direction), blanks in found.items())


def score(true: list[tuple[int, list[Cell]]], read: list[tuple[int, list[Cell]]]) -> Counts:
    """The counts of a document: its tables are paired page by page, those with the most right relations first."""
    trues, reads = ([(page, relations(cells)) for page, cells in tables] for tables in (true, read))
    pairs = sorted(
        (-(a & b).total(), b.total(), i, j)
        for i, (page, a) in enumerate(trues)
        for j, (other, b) in enumerate(reads)
        if page == other and a & b
    )
    right, used_true, used_read = 0, set(), set()
    for negative, _, i, j in pairs:
        if i not in used_true and j not in used_read:
            right -= negative
            used_true.add(i)
            used_read.add(j)
    return Counts(right, *(sum(table.total() for _, table in tables) for tables in (reads, trues)))


def best_score(folder: Path, name: str, read: list[tuple[int, list[Cell]]]) -> Counts | None:
    """The counts of a document, by the truth that suits it better where NAME...a has a second one, NAME...b."""
    names = [name, name[:-1] + "b"] if name.endswith("a") else [name]
    paths = [folder / f"{each}-str.xml" for each in names]
    scores = [score(true_tables(path), read) for path in paths if path.exists()]
    return max(scores, key=lambda counts: counts.f1, default=None)


def read_document(path: Path) -> tuple[list[tuple[int, list[Cell]]], list[float], list[float]]:
    """The tables of a PDF as (page, cells), and the seconds of its pages with tables and without."""
    tables: list[tuple[int, list[Cell]]] = []
    with_tables: list[float] = []
    without: list[float] = []
    with pypdfium2.PdfDocument(path) as document:
        start = time.perf_counter()
        for number, found in enumerate(document_tables(document), start=1):
            (with_tables if found else without).append(time.perf_counter() - start)
            for table in found:
                cells = [
                    Cell(
                        c["row"],
                        c["row"] + c["row_span"] - 1,
                        c["column"],
                        c["column"] + c["column_span"] - 1,
                        c["text"],
                    )
                    for c in table["cells"]
                ]
                tables.append((number, cells))
            start = time.perf_counter()
    return tables, with_tables, without


def marked_pages() -> dict[str, Counter[int]]:
    """{beginning of a paper's sha256: how many tables each of its pages has}."""
    pages: defaultdict[str, Counter[int]] = defaultdict(Counter)
    with open(Path(__file__).with_suffix(".csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pages[row["sha256"]][int(row["page"])] += int(row["tables"])
    return pages


def detected(true: Counter[int], read: Counter[int]) -> Counter[str]:
    """The numbers of tables that are found, missed and false, by the counts of each page."""
    return Counter(found=(true & read).total(), missed=(true - read).total(), false=(read - true).total())


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with the PDFs")
    parser.add_argument("--truth", type=Path, help="the folder with the files NAME-str.xml of the PDFs")
    arguments = parser.parse_args()
    papers = sorted(arguments.folder.glob("*.pdf"))
    if not papers:
        sys.exit(f"There are no PDFs in {arguments.folder}: give a folder that has some.")
    seconds: tuple[list[float], list[float]] = [], []
    scores: list[Counts] = []
    detection: Counter[str] = Counter()
    marked, papers_marked, n_tables, n_cells = marked_pages(), 0, 0, 0
    for path in papers:
        try:
            tables, *times = read_document(path)
        except pypdfium2.PdfiumError as error:
            print(f"{path.name}: left out ({error})")
            continue
        for total, some in zip(seconds, times, strict=True):
            total += some
        if true := marked.get(hashlib.sha256(path.read_bytes()).hexdigest()[:16]):
            papers_marked += 1
            detection += detected(true, Counter(page for page, _ in tables))
        cells = sum(len(cells) for _, cells in tables)
        n_tables, n_cells = n_tables + len(tables), n_cells + cells
        line = f"{path.name}: {len(tables)} tables, {cells} cells, {mean(times[0] + times[1]):.3f} s a page"
        if arguments.truth and (counts := best_score(arguments.truth, path.stem, tables)):
            scores.append(counts)
            line += f", F1 {counts.f1:.3f} ({counts.right} right of {counts.read}, {counts.true} true)"
        print(line)
    with_tables, without = (mean(some) for some in seconds)
    print(f"{n_tables} tables, {n_cells} cells; {with_tables:.3f} s a page with tables, {without:.3f} s without")
    if papers_marked:
        numbers = ", ".join(f"{detection[kind]} {kind}" for kind in ("found", "missed", "false"))
        print(f"{papers_marked} marked papers: {numbers}")
    if scores:
        pooled = Counts(*(sum(column) for column in zip(*scores, strict=True)))
        print(f"{len(scores)} documents: mean F1 {mean([counts.f1 for counts in scores]):.3f}, pooled {pooled.f1:.3f}")


if __name__ == "__main__":
    main()
