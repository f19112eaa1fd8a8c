"""The line of the processes of a batch: which papers have the memory of the GPU, which are next, which are tried
again."""

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from typing import Any

from designspace.core.clock import Clock
from designspace.core.errors import DesignspaceError
from designspace.runner.groups import Paper
from designspace.runner.paper_process import EXIT_SECONDS, PaperProcess
from designspace.runner.worker import Attempt, Job

Record = dict[str, Any]

# First as planned; if memory runs out, with a smaller prefill chunk, then with less of the paper.
ATTEMPTS = [Attempt(1, 1), Attempt(4, 1), Attempt(4, 2), Attempt(4, 4)]
LOADING_MINUTES = 20  # in addition, for a process that loads the weights, or even downloads them


class Stop(DesignspaceError):
    """An error of the whole run, not of a paper; its message says what the user can do."""


@dataclass
class Turn:
    """Papers that share a process, the time that is left for them, and the number of the next or current attempt."""

    papers: list[Paper]
    clock: Clock
    attempt: int = 1


Outcomes = Generator[tuple[Paper, int, Record], None, None]


class Line:
    """The processes of a batch that share `weights`; with None, each process loads them."""

    def __init__(self, start: ForkServerContext, job: Job, weights: Any, minutes: float) -> None:
        self.start, self.job, self.weights, self.minutes = start, job, weights, minutes
        self.waiting: deque[Turn] = deque()
        self.begun: deque[tuple[Turn, PaperProcess]] = deque()

    def outcomes(self, groups: list[list[Paper]]) -> Outcomes:
        """Each paper, its last attempt, and its outcome. Stop if the outcome concerns the whole run.

        The first process has the memory of the GPU. If the weights are shared, the next process prepares itself at the
        same time, and may continue as soon as that memory is free. While a paper is tried again, no other process
        waits.
        """
        self.waiting.extend(map(self._turn, groups))
        try:
            while self.waiting or self.begun:
                if not self.begun:
                    self._begin()
                turn, process = self.begun[0]
                process.let_go()
                if self.weights and self.waiting and len(self.begun) == 1 and turn.attempt == 1:
                    self._begin()
                yield from self._wait_for(turn, process)
        finally:
            for _, process in self.begun:
                process.end()

    def _turn(self, papers: list[Paper]) -> Turn:
        """The turn of these papers; its time limit, for all attempts together, counts from when their process may
        continue."""
        minutes = self.minutes * len(papers) + (0 if self.weights else LOADING_MINUTES)
        return Turn(papers, Clock(max(1, round(60 * minutes))))

    def _begin(self) -> None:
        turn = self.waiting.popleft()
        papers = [(paper.record, paper.context) for paper in turn.papers]
        process = PaperProcess(self.start, self.job, self.weights, papers, ATTEMPTS[turn.attempt - 1])
        self.begun.append((turn, process))

    def _wait_for(self, turn: Turn, process: PaperProcess) -> Outcomes:
        """The outcomes of the first process, until it ends; papers that are tried again are put at the front of the
        line."""
        left = {paper.record["paper"]: paper for paper in turn.papers}
        _, last = self.begun[-1]  # the next process, or the same one
        finished, outcome = [], Record()
        while left:
            outcome = process.outcome(turn.clock, last.let_go)
            if "paper" not in outcome:
                break
            finished.append((left.pop(outcome.pop("paper")), turn.attempt, outcome))
        process.end(0 if outcome["status"] == "late" else EXIT_SECONDS)
        self.begun.popleft()
        again = self._again(turn, list(left.values()), outcome["status"])
        if left and not again:
            finished += [(paper, turn.attempt, self._given_up(outcome)) for paper in left.values()]
        if again and self.begun and not last.gone:  # its memory is needed by the papers before it
            last.end()
            self.waiting.appendleft(self.begun.popleft()[0])
        self.waiting.extendleft(reversed(again))
        yield from finished

    def _again(self, turn: Turn, left: list[Paper], status: str) -> list[Turn]:
        """How the papers that a process left without an outcome are tried again. If several ran out of memory: half as
        many at once. Several for another reason: each alone. One alone: with less memory, as long as there is a further
        attempt."""
        if len(turn.papers) > 1 and status != "stop":
            size = max(1, len(turn.papers) // 2) if status == "out_of_memory" else 1
            return [self._turn(left[first : first + size]) for first in range(0, len(left), size)]
        if not left or status != "out_of_memory" or turn.attempt == len(ATTEMPTS):
            return []
        return [Turn(left, turn.clock, turn.attempt + 1)]

    def _given_up(self, outcome: Record) -> Record:
        """The outcome of a process as the outcome of its paper."""
        match outcome["status"]:
            case "stop":
                raise Stop(outcome["reason"])
            case "late":
                loading = "" if self.weights else f" and {LOADING_MINUTES} to load the model"
                over = f"after {self.minutes:g} minutes (minutes_per_paper){loading}"
                return {"status": "failed", "reason": f"The paper was not done {over} and was stopped."}
            case "out_of_memory":
                last = f"Out of memory on all {len(ATTEMPTS)} attempts, the last with a quarter of the paper"
                return {"status": "failed", "reason": f"{last}: {outcome['reason']}"}
        return outcome
