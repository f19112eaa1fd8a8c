"""A batch of papers: load the weights once, give every paper a fresh process, lose nothing.

Each finished paper is appended to a journal beside the output, and a job that was killed takes up where it ends.
"""

import contextlib
import gc
import hashlib
import json
import sys
from collections import deque
from collections.abc import Generator
from dataclasses import asdict, dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, TextIO

import torch
from torch.multiprocessing import set_sharing_strategy

import designspace
from designspace.core import processes
from designspace.core.clock import Clock
from designspace.core.errors import DesignspaceError
from designspace.engine import gpus, loading
from designspace.runner import PRELOAD, worker
from designspace.runner.journal import JOURNAL, Journal
from designspace.runner.paper_process import EXIT_SECONDS, PaperProcess
from designspace.runner.worker import Attempt, Job

Record = dict[str, Any]

# The plan, and while memory runs out a smaller prefill chunk, then less of the paper.
ATTEMPTS = [Attempt(1, 1), Attempt(4, 1), Attempt(4, 2), Attempt(4, 4)]
LOADING_MINUTES = 20  # that a process may take in addition where it loads the weights, or even downloads them


@dataclass
class Turn:
    """A paper of the batch, the time that is left for it, and which attempt at it is the next, or under way."""

    number: int
    record: Record
    context: Record
    clock: Clock
    attempt: int = 1


Outcomes = Generator[tuple[Turn, Record], None, None]


class Stop(DesignspaceError):
    """An error of the whole run, not of a paper; its message tells the user what to do."""


def run(
    job: Job,
    papers: list[tuple[Record, Record]],
    output: str | Path,
    minutes_per_paper: float = 10,
    log: TextIO = sys.stderr,
) -> None:
    """Answer the papers, [(text record, context record)], and write one JSON line for each to the output."""
    output = Path(output)
    journal = Journal(output.with_name(output.name + JOURNAL), fingerprint(job, papers), log)
    done = {record["paper"] for record in journal.records}
    start = processes.start(job.model["name"], job.model["revision"], PRELOAD)
    # Tensors on a CPU are shared by name: by open file, a model has more of them than a process may be handed.
    set_sharing_strategy("file_system")

    def finish(number: int, record: Record, fields: Record) -> None:
        head = {"paper": record["paper"], "task": job.task, "status": record["status"], "reason": record["reason"]}
        head |= {"model": job.model["name"], "revision": job.model["revision"]}  # the worker knows the exact one
        journal.append(head | fields)
        print(f"{job.task} {number}/{len(papers)} {summary(head | fields)}", file=log, flush=True)

    readable = []
    for number, (record, context) in enumerate(papers, 1):
        if record["status"] == "ok" and record["paper"] not in done:
            readable.append((number, record, context))
        elif record["paper"] not in done:
            finish(number, record, {})
    # One paper needs no second process to hold the weights for it: its own loads them.
    weights = load_for_all(job, log) if len(readable) > 1 else None
    seconds = max(1, round(60 * (minutes_per_paper + (0 if weights else LOADING_MINUTES))))
    turns = [Turn(*paper, Clock(seconds)) for paper in readable]
    with contextlib.closing(outcomes(start, job, weights, turns)) as finished:
        for turn, outcome in finished:
            fields = fields_of(turn, outcome, minutes_per_paper, weights)
            if fields["status"] == "failed" and weights and (obstacle := loading.obstacle_to_computing(weights)):
                raise Stop(obstacle)  # it would fail every paper that is left; a job that fails goes on with this one
            finish(turn.number, turn.record, fields)
    journal.finish(output, [record["paper"] for record, _ in papers])


def load_for_all(job: Job, log: TextIO) -> Any:
    """The weights that the processes of the papers share; None where they cannot, and the log says why."""
    obstacle = gpus.obstacle_to_processes() if job.model["device"] == "cuda" else ""
    if not obstacle:
        weights = worker.load(job)
        obstacle = loading.obstacle_to_sharing(weights)
        if not obstacle:
            return weights
        del weights
        gc.collect()
        torch.cuda.empty_cache()  # each paper's process needs that room
    print(f"{obstacle} Each paper loads the weights itself.", file=log)
    return None


def outcomes(start: ForkServerContext, job: Job, weights: Any, turns: list[Turn]) -> Outcomes:
    """The outcome of each paper, after as many attempts as it needs.

    The first process of the line has the memory of the GPU. Where the weights are shared, the next one makes itself
    ready meanwhile, and is let go as soon as that memory is free. No other process waits while a paper is tried again.
    """
    waiting, line = deque(turns), deque[tuple[Turn, PaperProcess]]()

    def begin() -> None:
        turn = waiting.popleft()
        attempt = ATTEMPTS[turn.attempt - 1]
        line.append((turn, PaperProcess(start, job, weights, turn.record, turn.context, attempt)))

    try:
        while waiting or line:
            if not line:
                begin()
            turn, process = line[0]
            process.let_go()
            if weights and waiting and len(line) == 1 and turn.attempt == 1:
                begin()
            _, last = line[-1]  # the next one, or the same
            outcome = process.outcome(turn.clock, when_freed=last.let_go)
            again = outcome["status"] == "out_of_memory" and turn.attempt < len(ATTEMPTS)
            if not again:
                yield turn, outcome
            process.end(0 if outcome["status"] == "late" else EXIT_SECONDS)
            line.popleft()
            if again and line and not last.gone:
                last.end()
                waiting.appendleft(line.popleft()[0])
            if again:
                turn.attempt += 1
                waiting.appendleft(turn)
    finally:
        for _, process in line:
            process.end()


def fields_of(turn: Turn, outcome: Record, minutes: float, weights: Any) -> Record:
    """What the outcome of the last attempt at a paper adds to its record. Stop where it is of the whole run."""
    match outcome["status"]:
        case "stop":
            raise Stop(outcome["reason"])
        case "late":
            loading = "" if weights else f" and {LOADING_MINUTES} to load the model"
            reason = f"The paper was not done after {minutes:g} minutes (minutes_per_paper){loading} and was stopped."
            outcome = {"status": "failed", "reason": reason}
        case "out_of_memory":
            last = f"Out of memory on all {len(ATTEMPTS)} attempts, the last with a quarter of the paper"
            outcome = {"status": "failed", "reason": f"{last}: {outcome['reason']}"}
    return {"attempt": turn.attempt} | outcome


def fingerprint(job: Job, papers: list[tuple[Record, Record]]) -> str:
    """A digest of all that the answers depend on: a journal of other inputs, or of another version, is not taken up.

    The memory settings are part of it, because they decide how much of a long paper is kept.
    """
    inputs = [designspace.__version__, asdict(job), papers]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def summary(record: Record) -> str:
    """A finished paper in a few words, for the log."""
    if record["status"] != "ok":
        return f"{record['paper']}: {record['status']}: {record['reason']}"
    values = sum(value["status"] == "reported" for value in record.get("values", [])) + len(record.get("findings", []))
    seconds = sum(record["seconds"].values())
    return f"{record['paper']}: {values} values in {seconds:.1f} s ({record['prompt_tokens']} tokens read)"
