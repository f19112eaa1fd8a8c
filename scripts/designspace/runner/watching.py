"""The progress of jobs on a cluster: a line whenever papers were finished, from the journals of their batches."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from designspace.runner.journal import JOURNAL, whole_records
from designspace.runner.progress import duration, values_in

SECONDS = 20.0  # between two looks


class Watch:
    """The papers that jobs on other machines have finished since it began, of the given number of papers."""

    def __init__(self, results: Path, papers: int, now: Callable[[], float] = time.monotonic) -> None:
        self.results, self.papers, self.now, self.started = results, papers, now, now()
        self.finished: set[str] = set()
        self.values = 0
        self.read = {path: path.stat().st_size for path in self._journals()}

    def _journals(self) -> list[Path]:
        return list(self.results.glob(f"*/*.jsonl{JOURNAL}"))

    def line(self) -> str:
        """The papers finished, the values found and the time left; empty if nothing has changed."""
        before = len(self.finished)
        for path in self._journals():
            self._read(path)
        done = len(self.finished)
        if done == before:
            return ""
        left = self.papers - done
        # Papers that had an answer before are counted, too.
        of = f"{done}/{self.papers}" if left >= 0 else str(done)
        time_left = f"; {duration((self.now() - self.started) * left / done)} left" if left > 0 else ""
        return f"Progress   {of} papers; {self.values} values and findings{time_left}"

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
        self.finished.update(record["paper"] for record in records)
        self.values += sum(map(values_in, records))


def print_progress(watch: Watch) -> None:
    """Print the line of a watch from time to time, as long as this process lives."""

    def look() -> None:
        while True:
            time.sleep(SECONDS)
            if line := watch.line():
                print(line, flush=True)

    threading.Thread(target=look, daemon=True).start()
