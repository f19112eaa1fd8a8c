"""The journal of a batch: the answers so far, so that no paper is asked twice, whatever ends the job or the run.

The records of a paper are on the disk before the next paper begins. The journal outlives its job, because Snakemake
repeats a job that it did not see finish: one that went on after Snakemake was killed, or whose end could not be
recorded. When a run ends by itself, the journals of finished outputs are deleted.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from designspace.core import locks, records
from designspace.core.files import TEMPORARY, write_whole, writing

JOURNAL = ".journal"  # appended to the name of the output


def discard(results: Path) -> None:
    """Remove the journals of all batches with an output, and unfinished files that killed jobs left."""
    for path in results.glob(f"*/*.jsonl{JOURNAL}"):
        if path.with_suffix("").exists():
            path.unlink(missing_ok=True)
    for place in ("*", "*/*", "pages/*/*"):
        for path in results.glob(place):
            if TEMPORARY.search(path.name):
                path.unlink(missing_ok=True)


class Journal:
    """The finished records, one a line, after a first line with the fingerprint of the inputs.

    It belongs to one process at a time. If a killed run left a process behind that still writes it, this one waits for
    the end of that process and then has its records.
    """

    def __init__(self, path: Path, fingerprint: str, log: TextIO = sys.stderr) -> None:
        self.path = path
        self.records: list[dict[str, Any]] = []
        head = json.dumps({"fingerprint": fingerprint}).encode() + b"\n"
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file = path.open("a+b", buffering=0)
            if not locks.acquire(self.file):
                print("Another process is still working on this batch: waiting for its end.", file=log, flush=True)
                locks.wait_for(self.file)
            self.file.seek(0)
            lines = self.file.read().splitlines(keepends=True)
            if lines[:1] == [head]:
                self.records = list(whole_records(lines[1:]))
                self.file.truncate(sum(map(len, lines[: 1 + len(self.records)])))
            else:
                self.file.truncate(0)
                self._write(head)

    def append(self, answers: list[dict[str, Any]]) -> None:
        """Add the records of a paper, and return when they are on the disk. NotWritten if that fails."""
        self.records += answers
        self._write(b"".join(map(records.encode, answers)))

    def _write(self, data: bytes) -> None:
        with writing(self.path):
            while data:
                data = data[self.file.write(data) :]
            os.fsync(self.file.fileno())

    def finish(self, task: str, output: Path, order: list[str], kept: dict[str, dict[str, Any]]) -> None:
        """Write the complete output of a task, in the order of the papers; `kept` are the records of papers that were
        not asked."""
        by_paper = kept | {record["paper"]: record for record in self.records if record["task"] == task}
        write_whole(output, b"".join(records.encode(by_paper[paper]) for paper in order))


def whole_records(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The records of the lines up to the first incomplete one; a job that is killed while it writes leaves such a
    line."""
    with contextlib.suppress(records.Malformed):
        for line in lines:
            if not line.endswith(b"\n"):
                return
            yield dict(records.parse_answers(line))
