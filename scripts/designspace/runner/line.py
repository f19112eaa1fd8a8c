"""The line of the processes of a batch: which papers have the memory of the GPU, which are next, which come again."""

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

# The plan, and while memory runs out a smaller prefill chunk, then less of the paper.
ATTEMPTS = [Attempt(1, 1), Attempt(4, 1), Attempt(4, 2), Attempt(4, 4)]
LOADING_MINUTES = 20  # that a process may take in addition where it loads the weights, or even downloads them


class Stop(DesignspaceError):
    """An error of the whole run, not of a paper; its message tells the user what to do."""


@dataclass
class Turn:
    """Papers that share a process, the time that is left for them, and which attempt is the next, or under way."""

    papers: list[Paper]
    clock: Clock
    attempt: int = 1


Outcomes = Generator[tuple[Paper, int, Record], None, None]


class Line:
    """The processes of a batch whose `weights` are shared, or None where each process loads them."""

    def __init__(self, start: ForkServerContext, job: Job, weights: Any, minutes: float) -> None:
        self.start, self.job, self.weights, self.minutes = start, job, weights, minutes
        self.waiting: deque[Turn] = deque()
        self.begun: deque[tuple[Turn, PaperProcess]] = deque()

    def outcomes(self, groups: list[list[Paper]]) -> Outcomes:
        """Each paper, the attempt that was its last, and its outcome. Stop where that is of the whole run.

        The first process has the memory of the GPU. Where the weights are shared, the next one makes itself ready
        meanwhile, and is let go as soon as that memory is free. No other waits while a paper is tried again.
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
        """The papers may take so long, with all attempts, from when their process is let go."""
        minutes = self.minutes * len(papers) + (0 if self.weights else LOADING_MINUTES)
        return Turn(papers, Clock(max(1, round(60 * minutes))))

    def _begin(self) -> None:
        turn = self.waiting.popleft()
        papers = [(paper.record, paper.context) for paper in turn.papers]
        process = PaperProcess(self.start, self.job, self.weights, papers, ATTEMPTS[turn.attempt - 1])
        self.begun.append((turn, process))

    def _wait_for(self, turn: Turn, process: PaperProcess) -> Outcomes:
        """The outcomes of the first process, which ends; papers that are tried again are put in front."""
        left = {paper.record["paper"]: paper for paper in turn.papers}
        _, last = self.begun[-1]  # the next one, or the same
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
        if again and self.begun and not last.gone:  # it gives its memory to those before it
            last.end()
            self.waiting.appendleft(self.begun.popleft()[0])
        self.waiting.extendleft(reversed(again))
        yield from finished

    def _again(self, turn: Turn, left: list[Paper], status: str) -> list[Turn]:
        """How papers are tried again that a process left without an outcome: of several that ran out of memory half
        as many at once, of others each alone; one alone with less memory, as long as there is such an attempt."""
        if len(turn.papers) > 1 and status != "stop":
            size = max(1, len(turn.papers) // 2) if status == "out_of_memory" else 1
            return [self._turn(left[first : first + size]) for first in range(0, len(left), size)]
        if not left or status != "out_of_memory" or turn.attempt == len(ATTEMPTS):
            return []
        return [Turn(left, turn.clock, turn.attempt + 1)]

    def _given_up(self, outcome: Record) -> Record:
        """The outcome of a process as that of its paper."""
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
