"""The ledger: the papers, their ids, and the batch of each.

A paper's identity is its content. The ledger remembers id, sha256 and batch of every PDF that was ever in the folder,
so that a renamed file stays the same paper, a copy is processed once, and an old batch never changes.

`plan` only reads, since a dry run also makes a plan. `save` is called when a run starts, and the jobs of the run `load`
or `find` what was saved. The file of the ledger gets the time from before the papers were hashed, so that a paper that
changed since then is hashed again.
"""

import csv
import hashlib
import io
import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from designspace.core.errors import DesignspaceError
from designspace.core.files import write_whole
from designspace.core.sheets import escape, unescape
from designspace.project import pilot as pilots
from designspace.project import supplements
from designspace.project.first_pages import FirstPage
from designspace.project.folder import hash_of, is_pdf, last_change, pdf_files
from designspace.project.library.entries import Entry

# The clock of the papers' file system may differ from this machine's, and may tick every two seconds.
CLOCK_MARGIN_NS = 2 * 10**9
EXCLUDED = "excluded"
CLEAN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


class LedgerError(DesignspaceError, ValueError):
    """A ledger or a file name that cannot be used; the message is a sentence for the user."""


class Row(NamedTuple):
    """A PDF that was ever in the folder, as a row of results/ledger.csv; `sha256` is empty if the file could not be
    read. A copy has its paper's id in `duplicate_of`, a supplement that is read with its paper has it in
    `supplement_of`. Neither has a batch, unless it once was a paper. The batch of a paper that was excluded before it
    was asked is EXCLUDED."""

    paper: Annotated[str, Meta(pattern=rf"\A{CLEAN.pattern}\Z")]
    file: Annotated[str, Meta(pattern=r"\A((?!\.)[^/]+/)*(?!\.)[^/]*\.[pP][dD][fF]\Z")]
    sha256: Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")]
    batch: Annotated[str, Meta(pattern=rf"\A(b[0-9]{{4,}}|{EXCLUDED})?\Z")]
    duplicate_of: Annotated[str, Meta(pattern=rf"\A({CLEAN.pattern})?\Z")]
    supplement_of: Annotated[str, Meta(pattern=rf"\A({CLEAN.pattern})?\Z")] = ""

    @property
    def is_asked(self) -> bool:
        """Whether it is in a batch, and so is or was a paper that is asked."""
        return self.batch not in ("", EXCLUDED)


def paper_id(file_name: str, digits: int = 8) -> str:
    """A name for a paper that is safe as a file name everywhere, at most 80 characters of [A-Za-z0-9_-].

    A safe stem is its own id. Any other stem is cleaned, and hex digits of the file name's hash distinguish names that
    become equal. Folders in front of `file_name` only enter the hash.
    """
    stem = file_name.rpartition("/")[2]
    stem = stem[:-4] if is_pdf(stem) else stem
    if digits == 8 and CLEAN.fullmatch(stem):
        return stem
    letters = (c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))
    cleaned = re.sub(r"[^A-Za-z0-9-]+", "_", "".join(letters)).strip("_-")[:60].strip("_-")
    return f"{cleaned or 'paper'}-{hashlib.sha256(os.fsencode(file_name)).hexdigest()[:digits]}"


def plan(
    papers_folder: str | Path,
    ledger_file: str | Path,
    papers_per_job: int,
    with_subfolders: bool = False,
    entries: Iterable[Entry] = (),
    excluded: Iterable[str] = (),
    pilot: int | None = None,
    first_pages: Callable[[Mapping[str, str]], Mapping[str, FirstPage]] = lambda hashes: {},
) -> list[Row]:
    """The ledger as it should be now: its known rows, in their order, then the new PDFs of the folder, by name.

    `entries` are those of the library, which identify supplements. Papers in `excluded` get no batch, nor do those
    outside of a `pilot` of that many papers. `first_pages` gives the first pages of {file: sha256}. Reads only.
    LedgerError if the ledger is damaged or a file name cannot be used.
    """
    rows = [row if row.is_asked else row._replace(batch="") for row in load(ledger_file)]
    hashes, away = _hashes(Path(papers_folder), Path(ledger_file), rows, with_subfolders)
    rows = _follow_files(rows, hashes, away)
    taken = {row.paper.casefold() for row in rows}  # Smith and smith are the same file on some systems
    known = {row.file for row in rows}
    for file in sorted(hashes.keys() - known):
        paper = next((i for i in (paper_id(file), paper_id(file, 16)) if i.casefold() not in taken), None)
        if paper is None:
            raise LedgerError(
                f"The paper {file!r} cannot get an id: other papers have all that its name can become; rename it."
            )
        taken.add(paper.casefold())
        rows.append(Row(paper, file, hashes[file], "", ""))
    rows = _mark_supplements(_mark_copies(rows, hashes), hashes, entries, first_pages(hashes))
    called = names(row._asdict() for row in rows)
    left_out = {called[name] for name in excluded if name in called}
    if pilot is not None:
        left_out |= _beside_pilot(rows, left_out, pilot, Path(papers_folder))
    return _assign_batches(rows, papers_per_job, left_out)


def _follow_files(rows: list[Row], hashes: dict[str, str], away: set[str]) -> list[Row]:
    """Known rows with the present hashes of their files, and with the new names of renamed files."""
    rows = [row._replace(sha256=hashes.get(row.file, row.sha256)) for row in rows]
    there = hashes.keys() - away
    new_names: dict[str, list[str]] = {}  # by content
    copies: dict[str, list[int]] = {}
    for file in sorted(hashes.keys() - {row.file for row in rows}):
        new_names.setdefault(hashes[file], []).append(file)
    for i, row in enumerate(rows):
        if row.file in there and not row.batch:
            copies.setdefault(row.sha256, []).append(i)
    gone = [i for i, row in enumerate(rows) if row.sha256 and row.file not in there]
    for i in sorted(gone, key=lambda i: not rows[i].batch):  # papers before copies
        row = rows[i]
        if names := new_names.get(row.sha256):
            rows[i] = row._replace(file=names.pop(0))
        elif row.batch and (others := copies.get(row.sha256)):
            # The original was removed and a copy is left: they exchange files, so that the paper keeps its results.
            j = others.pop(0)
            rows[i], rows[j] = row._replace(file=rows[j].file), rows[j]._replace(file=row.file)
    return rows


def _mark_copies(rows: list[Row], hashes: dict[str, str]) -> list[Row]:
    """Of the present rows with the same content, the first (with a batch, if any) is the paper, and the others are
    copies. A paper that became a copy because its content changed keeps its batch, as batches never change. Removed
    rows stay."""
    owner: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: not row.batch):
        if row.file in hashes and row.sha256:
            owner.setdefault(row.sha256, row.paper)
    marked = []
    for row in rows:
        original = owner.get(row.sha256, row.paper)
        is_here = row.file in hashes
        marked.append(row._replace(duplicate_of="" if original == row.paper else original) if is_here else row)
    return marked


def _mark_supplements(
    rows: list[Row], hashes: dict[str, str], entries: Iterable[Entry], pages: Mapping[str, FirstPage]
) -> list[Row]:
    """Rows whose `supplement_of` follows from the present library, names and first pages of the files."""
    files = {row.file: row.paper for row in rows if row.file in hashes and not row.duplicate_of}
    of_papers = {files[file]: pages[sha256] for file, sha256 in hashes.items() if file in files and sha256 in pages}
    found = supplements.find(files, entries, of_papers)
    return [row._replace(supplement_of=found.get(row.paper, "")) for row in rows]


def _beside_pilot(rows: list[Row], excluded: set[str], pilot: int, folder: Path) -> set[str]:
    """The papers that a pilot of this many papers leaves out. Papers that were asked before belong to it."""
    papers = [row for row in rows if not (row.duplicate_of or row.supplement_of) and (folder / row.file).is_file()]
    new = {
        row.paper: pilots.Paper(pilots.year_in(row.file), (folder / row.file).stat().st_size, row.paper)
        for row in papers
        if not row.batch and row.paper not in excluded
    }
    return pilots.left_out(new, sum(row.is_asked for row in papers), pilot)


def _assign_batches(rows: list[Row], papers_per_job: int, excluded: set[str]) -> list[Row]:
    """New batches for the papers that have none."""
    last = max((int(row.batch[1:]) for row in rows if row.batch), default=0)
    asked = (row for row in rows if not (row.batch or row.duplicate_of or row.supplement_of))
    papers = [row.paper for row in asked]
    new = [paper for paper in papers if paper not in excluded]
    batch = dict.fromkeys(papers, EXCLUDED) | {
        paper: f"b{last + 1 + i // papers_per_job:04d}" for i, paper in enumerate(new)
    }
    return [row._replace(batch=batch.get(row.paper, row.batch)) for row in rows]


def _hashes(folder: Path, ledger_file: Path, rows: list[Row], with_subfolders: bool) -> tuple[dict[str, str], set[str]]:
    """{file: sha256} of the present PDFs, and the files that are links to an unreachable target, for which the ledger's
    row stays valid. Known files that have not changed since the time of the ledger's file are not opened. A time in the
    future comes from a wrong clock, and is not used."""
    known = {row.file: row.sha256 for row in rows if row.sha256}
    seen = ledger_file.stat().st_mtime_ns if rows else 0
    if seen > time.time_ns():
        seen = 0
    hashes: dict[str, str] = {}
    away: set[str] = set()
    for file in pdf_files(folder, with_subfolders):
        if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in file):
            raise LedgerError(
                f"The name of the paper {file!r} in {folder} has a control character or is not UTF-8; rename it."
            )
        changed = last_change(folder / file)
        if changed is None:
            away.add(file)
        is_known = file in known and (changed is None or changed < seen)
        hashes[file] = known[file] if is_known else hash_of(folder / file)
    return hashes, away


def load(ledger_file: str | Path) -> list[Row]:
    """The rows of the ledger, none without a file. LedgerError if the file is not a ledger."""
    rows = [_row(ledger_file, number, cells) for number, cells in _lines(ledger_file)]
    papers = {row.paper for row in rows}
    for what, of in (("a copy", "duplicate_of"), ("a supplement", "supplement_of")):
        if unknown := {getattr(row, of) for row in rows} - papers - {""}:
            raise _damaged(ledger_file, f"it has {what} of {min(unknown)}, a paper that it does not have")
    for column in ("paper", "file"):
        if len({getattr(row, column) for row in rows}) < len(rows):
            raise _damaged(ledger_file, f"two rows have the same `{column}`")
    return rows


def find(ledger_file: str | Path, papers: list[str]) -> dict[str, Row]:
    """{paper: its row} of some papers. No other row is checked, since there is a job for each paper and a row for each,
    too. LedgerError if the ledger lacks one of them, or is damaged there."""
    rows = {}
    for number, cells in _lines(ledger_file):
        if cells and cells[0] in papers:
            rows[cells[0]] = _row(ledger_file, number, cells)
            if len(rows) == len(papers):
                return rows
    missing = next(paper for paper in papers if paper not in rows)
    raise LedgerError(f"The ledger {ledger_file} has no paper {missing}: run the workflow, which adds it.")


def _lines(ledger_file: str | Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row, one at a time; none without a file. A ledger of an older version lacks the last
    column."""
    try:
        lines = csv.reader(io.StringIO(Path(ledger_file).read_bytes().decode(), newline=""))
        head = next(lines, None)
        if head not in (list(Row._fields), list(Row._fields[:-1])):
            raise _damaged(ledger_file, f"its first line is not {','.join(Row._fields)}")
        lacking = [""] * (len(Row._fields) - len(head))
        yield from ((number, cells + lacking) for number, cells in enumerate(lines, 1))
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _damaged(ledger_file, str(error)) from None


def _row(ledger_file: str | Path, number: int, cells: list[str]) -> Row:
    """The row of a line, if its cells are valid."""
    if len(cells) != len(Row._fields):
        raise _damaged(ledger_file, f"row {number} has {len(cells)} cells and not {len(Row._fields)}")
    try:
        row = msgspec.convert([cells[0], unescape(cells[1]), *cells[2:]], Row)
    except msgspec.ValidationError as error:
        column = Row._fields[int(re.findall(r"\d+", str(error))[-1])]  # it ends with `$[3]`
        raise _damaged(ledger_file, f"row {number} has a `{column}` that is not valid") from None
    if not (row.batch or row.duplicate_of or row.supplement_of):
        raise _damaged(ledger_file, f"row {number} has neither a batch nor a paper that it is a copy or supplement of")
    return row


def _damaged(ledger_file: str | Path, why: str) -> LedgerError:
    return LedgerError(
        f"The ledger {ledger_file} is damaged: {why}. Restore it from a backup, or delete it: then "
        "the papers are put into new batches and run again."
    )


def save(rows: list[Row], ledger_file: str | Path, seen: int) -> None:
    """Write the ledger completely or not at all.

    `seen` is the time (ns since the epoch) just before `plan` made the rows. A file that changed later, or less than
    CLOCK_MARGIN_NS before, is hashed again by the next plan. OSError if the ledger cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Row._fields)
    for row in rows:
        writer.writerow(row._replace(file=escape(row.file)))
    # Also if nothing changed: only the owner of a file may set its time, and writing makes this user the owner.
    write_whole(ledger_file, text.getvalue().encode())
    os.utime(ledger_file, ns=(seen - CLOCK_MARGIN_NS,) * 2)


def batches(rows: list[Row]) -> dict[str, list[str]]:
    """{batch: its papers}, including those that were removed since: an old batch never changes."""
    papers: dict[str, list[str]] = {}
    for row in rows:
        if row.is_asked:
            papers.setdefault(row.batch, []).append(row.paper)
    return dict(sorted(papers.items(), key=lambda item: int(item[0][1:])))


def names(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """{any name of a paper: its id}: the id itself, or its file's name, with or without the ending. The names of a
    copy, a supplement and a version lead to the paper that has their answers. `rows` have paper, file, duplicate_of,
    supplement_of and perhaps version_of."""
    own = list(rows)
    called: dict[str, str] = {}
    for column, end in (("file", -4), ("file", None), ("paper", None)):  # the id wins
        called |= {row[column][:end]: _answered(row) for row in own if row[column]}
    return called


def _answered(row: Mapping[str, Any]) -> str:
    return str(row["supplement_of"] or row["duplicate_of"] or row.get("version_of") or row["paper"])


def supplements_of(ledger_file: str | Path, papers: Iterable[str]) -> dict[str, list[Row]]:
    """{paper: the rows of the supplements that are read with it, by id} of some papers."""
    of: dict[str, list[Row]] = {paper: [] for paper in papers}
    for number, cells in _lines(ledger_file):
        if cells and cells[-1] in of:
            row = _row(ledger_file, number, cells)
            of[row.supplement_of].append(row)
    return {paper: sorted(rows) for paper, rows in of.items()}


def present(rows: list[Row], papers_folder: str | Path, with_subfolders: bool = False) -> list[str]:
    """The papers whose PDF is in the folder now, without copies, supplements and papers that are not asked."""
    here = set(pdf_files(papers_folder, with_subfolders))
    asked = (row for row in rows if row.is_asked and not row.duplicate_of and not row.supplement_of)
    return [row.paper for row in asked if row.file in here]
