"""A run as the Snakefile needs it: its papers, their batches and the memory plan."""

import json
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from designspace.core import locks, records
from designspace.core.files import write_whole
from designspace.project import exclusions, first_pages, ledger, rereads
from designspace.project.folder import pdf_files
from designspace.project.library import loading
from designspace.settings import configuration

# The paper for which the graph of the rules is drawn if there is no paper yet.
EXAMPLE = ledger.Row("paper", "paper.pdf", "", "b0001", "")
FIRST_PAGES, TITLES = "first_pages.json", "titles.json"
# run: checks the configuration, hashes the papers and plans the memory. job: one of the run's jobs, which uses the
# papers that the run has saved and opens no PDF. outline: only shows the rules, so no file needs to exist.
Mode = Literal["run", "job", "outline"]


class Run:
    """What is known when the Snakefile is read. Nothing is written before `start`. ValueError if the configuration, the
    library, the ledger or the model cannot be used."""

    def __init__(self, config: dict[str, Any], mode: Mode) -> None:
        if mode == "run":
            configuration.check(config)
        self.papers, self.results = Path(config["papers"]), Path(config["results"])
        self.ledger_file = self.results / "ledger.csv"
        self._with_subfolders = config["papers_in_subfolders"]
        self._seen = time.time_ns()  # the next run hashes files again that change after this time
        self.notes = rereads.noted(self.results / "text", config["ocr"])
        self.titles: dict[str, str] = {}  # of papers whose PDF may begin with another article
        if mode == "outline":
            self.rows, self.present = [EXAMPLE], {EXAMPLE.paper}
            self.plan: dict[str, Any] = {"token_budget": None, "prefill_chunk": None}
            return
        self.plan = configuration.plan(config)
        if mode == "run":
            entries = loading.load(config["library"]) if config["library"] else []
            self.rows = ledger.plan(
                self.papers,
                self.ledger_file,
                config["papers_per_job"],
                self._with_subfolders,
                entries,
                exclusions.load(config["excluded"]),
                config["pilot"],
                self._read_first_pages,
            )
            files = {row.file: row.paper for row in self.rows if row.sha256 in self._first_pages}
            pages = {row.paper: self._first_pages[row.sha256] for row in self.rows if row.file in files}
            self.titles = first_pages.titles_behind(files, pages, entries)
        else:
            self.rows = ledger.load(self.ledger_file)
            self.titles = records.read_titles(self.results / TITLES)
        self.present = set(ledger.present(self.rows, self.papers, self._with_subfolders))

    def _read_first_pages(self, hashes: Mapping[str, str]) -> Mapping[str, first_pages.FirstPage]:
        self._first_pages = first_pages.known(self.papers, hashes, self.results / FIRST_PAGES)
        return self._first_pages

    @cached_property
    def sha256(self) -> dict[str, str]:
        """{paper: the hash of its PDF, followed by those of its supplements}."""
        hashes = {row.paper: row.sha256 for row in self.rows}
        for row in sorted(self.rows):
            if row.supplement_of and row.file in self._files_here:
                hashes[row.supplement_of] += f" {row.sha256}"
        return hashes

    @cached_property
    def _files_here(self) -> set[str]:
        return set(pdf_files(self.papers, self._with_subfolders)) if self.papers.is_dir() else set()

    @cached_property
    def batches(self) -> dict[str, list[str]]:
        """{batch: its papers}. Papers that were removed stay, so that no batch changes; a batch of only removed papers
        is left out."""
        return {
            batch: [paper for paper in papers if self._is_readable(paper)]
            for batch, papers in ledger.batches(self.rows).items()
            if not self.present.isdisjoint(papers)
        }

    def _is_readable(self, paper: str) -> bool:
        """Whether the text and context of a paper exist or can be made. Its PDF may have been removed before they
        were."""
        made = (Path(self.results, kind, f"{paper}.json").exists() for kind in ("text", "context"))
        return paper in self.present or all(made)

    def present_in(self, batch: str) -> list[str]:
        """The papers of a batch that are in the tables."""
        return [paper for paper in self.batches[batch] if paper in self.present]

    @cached_property
    def removed(self) -> list[str]:
        """The papers whose PDF was removed. Their text and context are used as they are: no rule can make them
        again."""
        return [row.paper for row in self.rows if row.is_asked and row.paper not in self.present]

    @cached_property
    def pdfs(self) -> list[tuple[str, ...]]:
        """Paper, file, original and paper of a supplement, for every PDF of the folder, copies included."""
        here = (row for row in self.rows if row.file in self._files_here)
        return [row[:2] + (row.duplicate_of,) + (row.supplement_of,) * bool(row.supplement_of) for row in here]

    def start(self) -> None:
        """Lock the results and save the ledger. ValueError if another run has the lock or the disk is full."""
        locks.keep_others_out(self.results)
        ledger.save(self.rows, self.ledger_file, self._seen)
        first_pages.save(self._first_pages, self.results / FIRST_PAGES)
        write_whole(self.results / TITLES, json.dumps(self.titles).encode())
