"""The progress of a batch: a line for each finished paper, with the time that is left."""

import time
from collections.abc import Callable, Iterable
from typing import Any

Record = dict[str, Any]


class Progress:
    """The papers of a batch, some of which may be finished already, counted by the tokens that are read."""

    def __init__(self, papers: Iterable[tuple[Record, Record]], now: Callable[[], float] = time.monotonic) -> None:
        self.now, self.started = now, now()
        self.tokens = {record["paper"]: context["tokens_kept"] for record, context in papers}
        self.left, self.values = dict(self.tokens), 0
        self.groups: dict[str, list[str]] = {}  # the papers that share a process with a paper
        self.seen: set[str] = set()  # that the model has read, or has nearly

    def share(self, groups: Iterable[list[str]]) -> None:
        """The papers of a group share a process: they end at about the same time, whichever is the first."""
        for group in groups:
            self.groups |= dict.fromkeys(group, group)

    def finished(self, answers: list[Record], asked: bool = True) -> str:
        """The line of a paper that has just been finished, from the records of its tasks; `asked`: whether the model
        read it, which takes time."""
        (record, *_) = answers
        tokens = self.left.pop(record["paper"])
        self.seen.update(self.groups.get(record["paper"], [record["paper"]]) if asked else [])
        found = sum(map(values_in, answers))
        self.values += found
        head = f"Paper {len(self.tokens) - len(self.left)}/{len(self.tokens)} {record['paper']}: "
        if record["status"] != "ok":
            return f"{head}{record['status']}: {record['reason']}{self._time_left()}"
        seconds = sum(sum(answer["seconds"].values()) for answer in answers)
        return f"{head}{found} values, {self.values} in all; {tokens:,} tokens in {seconds:.1f} s{self._time_left()}"

    def passed_over(self, paper: str, answers: list[Record]) -> None:
        """Count a paper that was finished before this job began."""
        self.left.pop(paper)
        self.values += sum(map(values_in, answers))

    def _time_left(self) -> str:
        """The time that is left, to be added to a line; empty if no papers are left or none has been read."""
        seen = sum(self.tokens[paper] for paper in self.seen)
        left = sum(tokens for paper, tokens in self.left.items() if paper not in self.seen)
        if not left or not seen:
            return ""
        return f"; {duration((self.now() - self.started) * left / seen)} left"


def values_in(record: Record) -> int:
    """How many values and findings the record of a paper reports."""
    reported = [value for value in record.get("values", []) if value["status"] == "reported"]
    return len(reported) + len(record.get("findings", []))


def duration(seconds: float) -> str:
    """A time in words: 40 s, 12 min, 3.5 h."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
