"""What became of every file of the folder and every entry of the library: the rows of papers.csv.

A paper is counted in the other tables unless it is a copy, a supplement, a version of another paper, or excluded.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from designspace.core.contracts import Answers, Citation, Context, Text
from designspace.parsing import quality
from designspace.parsing.citation.names import family, plain
from designspace.project import ledger, versions
from designspace.project.library import catalogue
from designspace.project.library.entries import Entry
from designspace.results.columns import fill
from designspace.results.rows import PaperRow

LEFT_OUT = ("duplicate", "supplement", "version", "excluded", "no_file")  # statuses that the other tables do not count
FIRST_PAGE = 6000  # characters of a text that contain its first page
Row = dict[str, Any]  # of the ledger
UNASKED = "not asked: no tokens of extraction: max_new_tokens were left."
LookUp = Callable[[Iterable[str]], Mapping[str, Entry]]  # the entries of DOIs


class Reading(NamedTuple):
    """What is known of a paper that was read: its cells in papers.csv, its citation, the beginning of its text, and the
    pages of its supplements."""

    cells: dict[str, Any]
    citation: Citation | None
    first_page: str
    parts: dict[str, Any]


class Outcome(NamedTuple):
    """The rows of papers.csv, and the included papers as items of CSL-JSON."""

    rows: list[PaperRow]
    included: list[dict[str, Any]]


def reading(text: Text, context: Context, answers: list[Answers]) -> Reading:
    """The Reading of a paper. Its status is the worst that happened: the text could not be read, or else a task
    failed."""
    failed = [record for record in answers if record["status"] == "failed"]
    if text["status"] != "ok":
        status, reason = text["status"], text["reason"]
    elif failed:
        status, reason = "failed", " ".join(f"{r['task'].capitalize()}: {r['reason']}" for r in failed)
    else:
        status, reason = "ok", context.get("reason", text["reason"])
        if unasked := sum(record.get("unasked", 0) for record in answers):
            what = "1 question was" if unasked == 1 else f"{unasked} questions were"
            reason = f"{reason} {what} {UNASKED}".strip()
    cells = {"pages": text["n_pages"], "status": status, "reason": reason}
    cells |= {key: context[key] for key in ("tokens", "tokens_kept")}
    cells |= quality.of_paper(text["pages"]) | {"sections": sum(bool(s["title"]) for s in context["sections"]) or None}
    parts = {"paper": text["paper"], "sha256": text.get("sha256", ""), "parts": text.get("parts", [])}
    return Reading(cells, text.get("citation"), text["text"][:FIRST_PAGE], parts)


class Papers:
    """The papers of a run; `outcome` combines them.

    `here` are the rows of the ledger with a PDF, `read` the readings of the papers that were asked, `entries` the
    library, `excluded` {paper: reason}, and `look_up` gives the entries of DOIs that the library does not have.
    """

    def __init__(
        self,
        here: list[Row],
        read: Mapping[str, Reading],
        entries: list[Entry],
        excluded: Mapping[str, str],
        look_up: LookUp,
    ) -> None:
        self.here, self.read, self.excluded = here, read, excluded
        own = [row for row in here if not row["duplicate_of"] and not row["supplement_of"]]
        printed = {row["paper"]: read[row["paper"]].citation if row["paper"] in read else None for row in own}
        self.found, self.missing = catalogue.match(entries, {row["file"]: row["paper"] for row in own}, printed)
        unknown = {paper: c["doi"] for paper, c in printed.items() if c and c["doi"] and paper not in self.found}
        looked_up = look_up(unknown.values())
        self.known: dict[str, list[tuple[str, Entry]]] = {
            paper: [(catalogue.LIBRARY, self.found[paper])] if paper in self.found else [] for paper in printed
        }
        for paper, doi in unknown.items():
            self.known[paper] += [(catalogue.LOOKUP, looked_up[doi])] if doi in looked_up else []
        self.citations = {paper: catalogue.resolve(self.known[paper], printed[paper]) for paper in printed}
        works = [self._work(paper) for paper in printed]
        self.version_of = versions.versions(works)
        self.supplement_of = versions.supplements(works)

    def _work(self, paper: str) -> versions.Paper:
        citation, reading = self.citations[paper], self.read.get(paper)
        families = self.found[paper].families if paper in self.found else [family(n) for n in citation["authors"]]
        kind = citation["type"]
        if reading and reading.citation and reading.citation["type"] == "supplement" and paper not in self.found:
            kind = "supplement"
        return versions.Paper(
            paper,
            citation["title"],
            tuple(families),
            citation["doi"],
            kind,
            reading.first_page if reading else "",
            reading is not None and reading.cells["status"] == "ok",
            paper in self.found,
            reading.cells["pages"] if reading else 0,
            frozenset().union(*(entry.related for _, entry in self.known[paper])),
        )

    def outcome(self) -> Outcome:
        """The rows, by citation, and the citations of the included papers."""
        rows = [self._row(row) for row in self.here]
        taken = {row["paper"].casefold() for row in rows}
        for entry in self.missing:
            ids = (ledger.paper_id(entry.key), ledger.paper_id(entry.key, 16))
            paper = next((one for one in ids if one.casefold() not in taken), None)
            if paper is None:
                continue  # two files have the ids that it could get
            taken.add(paper.casefold())
            citation = catalogue.resolve([(catalogue.LIBRARY, entry)], None)
            rows.append(
                _fill(citation, {"paper": paper, "key": entry.key, "status": "no_file", "reason": _no_file(entry)})
            )
        rows.sort(key=sort_key)
        included = [self._item(row["paper"]) for row in rows if row["status"] == "ok"]
        return Outcome(rows, included)

    def _row(self, row: Row) -> PaperRow:
        paper, original = row["paper"], row["duplicate_of"] or row["supplement_of"]
        if original:
            cited = self.citations.get(original) or self.citations.get(self._paper_of(original), {})
            kind = {"type": "supplement"} if row["supplement_of"] else {}
            return _fill(
                {**cited, "sources": {}} | kind, row, status="duplicate" if row["duplicate_of"] else "supplement"
            )
        cells = dict(self.read[paper].cells) if paper in self.read else {}
        if "another article" not in cells.get("reason", "") and (other := self._other_article(paper)):
            note = f"The PDF has another article, too: {other}."
            cells["reason"] = f"{cells['reason']} {note}".strip()
        key = self.found[paper].key if paper in self.found else ""
        return _fill(self.citations[paper], row, {"key": key}, cells, **self._left_out(paper))

    def _other_article(self, paper: str) -> str:
        """The title of another article that begins on the first pages of a paper and is not the one of the library."""
        citation = self.read[paper].citation if paper in self.read else None
        if not citation or paper not in self.found:
            return ""
        own, other, page = (
            plain(text) for text in (self.found[paper].title, citation["title"], self.read[paper].first_page)
        )
        both = min(len(own), len(other)) >= catalogue.SHORTEST and own in page and other in page
        return citation["title"] if both and own not in other and other not in own else ""

    def _left_out(self, paper: str) -> dict[str, str]:
        """Why a paper that is not a copy is not counted, as cells of its row; nothing if it is counted."""
        if paper in self.excluded:
            return {"status": "excluded", "reason": self.excluded[paper]}
        if paper in self.version_of:
            return {"status": "version", "version_of": self.version_of[paper]}
        if paper in self.supplement_of:
            return {"status": "supplement", "supplement_of": self.supplement_of[paper]}
        return {}

    def _paper_of(self, supplement: str) -> str:
        return next((str(row["supplement_of"]) for row in self.here if row["paper"] == supplement), "")

    def _item(self, paper: str) -> dict[str, Any]:
        """An included paper for export: everything that the library or doi.org has, and what they lack from the PDF."""
        item = catalogue.as_item(paper, self.citations[paper])
        for _, entry in reversed(self.known[paper]):
            item |= {key: value for key, value in entry.item.items() if value}
        return item | {"id": self.found[paper].key if paper in self.found else paper}


def _fill(citation: Mapping[str, Any], *sources: Mapping[str, Any], **more: str) -> PaperRow:
    cells = {"authors": "; ".join(citation.get("authors", []))}
    cells["found_in"] = "; ".join(f"{field}: {source}" for field, source in citation.get("sources", {}).items())
    return fill(PaperRow, more, cells, citation, *sources)


def _no_file(entry: Entry) -> str:
    names = ", ".join(Path(path).name for path in entry.files)
    return f"Its file {names} is not in the folder." if names else "The library has no PDF of it."


def sort_key(row: Mapping[str, Any]) -> tuple[str, str]:
    """Papers are sorted by their citation, or by their id if they have none."""
    return (row["citation"] or row["paper"]).casefold(), row["paper"]
