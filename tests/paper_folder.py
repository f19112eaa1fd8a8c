"""A folder of papers to write files into, planned and saved as a run would."""

import time

from designspace.project import ledger


class Papers:
    """A folder whose files can be written, and planned and saved as a run would."""

    def __init__(self, root):
        self.folder, self.file = root / "papers", root / "results" / "ledger.csv"
        self.folder.mkdir()

    def write(self, **contents):
        for stem, content in contents.items():
            (self.folder / f"{stem}.pdf").write_text(content)

    def plan(self, papers_per_job=2):
        return ledger.plan(self.folder, self.file, papers_per_job)

    def run(self, papers_per_job=2):
        """The rows after a run, {paper: (file, batch, duplicate_of)}."""
        time.sleep(0.02)  # the clock of a file system ticks every few milliseconds
        seen = time.time_ns() + ledger.CLOCK_MARGIN_NS  # as if all files had been there for longer than that
        rows = self.plan(papers_per_job)
        ledger.save(rows, self.file, seen)
        time.sleep(0.02)
        assert ledger.load(self.file) == rows
        assert len({row.paper.casefold() for row in rows}) == len({row.file for row in rows}) == len(rows)
        return {row.paper: (row.file, row.batch, row.duplicate_of) for row in rows}
