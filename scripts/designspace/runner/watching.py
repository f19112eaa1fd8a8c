"""The progress of jobs on a cluster: a line whenever papers were finished, from the journals of their batches."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from designspace.runner.journal import JOURNAL, whole_records
from designspace.runner.progress import duration, values_in

SECONDS = 20.0  # between two looks


class Watch:
    """The papers that jobs on other machines have finished since it began, of the given number of papers of each
    task."""

    def __init__(self, results: Path, papers: dict[str, int], now: Callable[[], float] = time.monotonic) -> None:
        self.results, self.papers, self.now, self.started = results, papers, now, now()
        self.finished: Counter[str] = Counter()
        self.values = 0
        self.read = {path: path.stat().st_size for path in self._journals()}

    def _journals(self) -> list[Path]:
        return [path for task in self.papers for path in self.results.glob(f"{task}/*.jsonl{JOURNAL}")]

    def line(self) -> str:
        """The papers finished, the values found and the time left; empty if nothing has changed."""
        before = self.finished.total()
        for path in self._journals():
            self._read(path)
        done = self.finished.total()
        if done == before:
            return ""
        left = sum(max(0, number - self.finished[task]) for task, number in self.papers.items())
        papers = ", ".join(f"{task} {self._of(task)}" for task in self.papers)
        time_left = f"; {duration((self.now() - self.started) * left / done)} left" if left else ""
        return f"Progress   {papers} papers; {self.values} values and findings{time_left}"

    def _of(self, task: str) -> str:
        """The number of finished papers of a task, with the number of its papers unless more are finished: papers that
        had an answer before are counted, too."""
        done, number = self.finished[task], self.papers[task]
        return f"{done}/{number}" if done <= number else str(done)

    def _read(self, path: Path) -> None:
        """Count the new lines of a journal. A journal that has become shorter was written again."""
        try:
            with path.open("rb") as file:
                start = self.read.get(path, 0)
                start = start if start <= path.stat().st_size else 0
                file.seek(start)
                lines = file.read().splitlines(keepends=True)
        except OSError:
            return
        first = start == 0  # the line with the fingerprint, which is not a record
        records = list(whole_records(lines[first:]))
        self.read[path] = start + sum(map(len, lines[: first + len(records)]))
        self.finished[path.parent.name] += len(records)
        self.values += sum(map(values_in, records))


def print_progress(watch: Watch) -> None:
    """Print the line of a watch from time to time, as long as this process lives."""

    def look() -> None:
        while True:
            time.sleep(SECONDS)
            if line := watch.line():
                print(line, flush=True)

    threading.Thread(target=look, daemon=True).start()
