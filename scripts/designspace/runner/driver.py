"""A batch of papers: load the weights once, give every paper a fresh process, lose nothing.

Each finished paper is appended to a journal beside the output, and a job that was killed takes up where it ends.
"""

import contextlib
import gc
import hashlib
import json
import signal
import sys
import threading
import time
from dataclasses import asdict
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
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
from designspace.runner.worker import Attempt, Job

Record = dict[str, Any]

# The plan, and while memory runs out a smaller prefill chunk, then less of the paper.
ATTEMPTS = [Attempt(1, 1), Attempt(4, 1), Attempt(4, 2), Attempt(4, 4)]
LOADING_MINUTES = 20  # that a process may take in addition where it loads the weights, or even downloads them
EXIT_SECONDS = 60  # that a process may take to end after its answer
SERVER_GONE = 255  # the exit code that multiprocessing gives a process whose fork server has ended


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
    readable = [record["paper"] for record, _ in papers if record["status"] == "ok" and record["paper"] not in done]
    start = processes.start(job.model["name"], job.model["revision"], PRELOAD)
    # Tensors on a CPU are shared by name: by open file, a model has more of them than a process may be handed.
    set_sharing_strategy("file_system")
    # One paper needs no second process to hold the weights for it: its own loads them.
    weights = load_for_all(job, log) if len(readable) > 1 else None
    for number, (record, context) in enumerate(papers, 1):
        if record["paper"] in done:
            continue
        head = {"paper": record["paper"], "task": job.task, "status": record["status"], "reason": record["reason"]}
        head |= {"model": job.model["name"], "revision": job.model["revision"]}  # the worker knows the exact one
        if record["status"] == "ok":
            head |= try_paper(job, weights, record, context, start, minutes_per_paper)
        if head["status"] == "failed" and weights and (obstacle := loading.obstacle_to_computing(weights)):
            raise Stop(obstacle)  # it would fail every paper that is left; a job that fails goes on with this one
        journal.append(head)
        print(f"{job.task} {number}/{len(papers)} {summary(head)}", file=log, flush=True)
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


def try_paper(job: Job, weights: Any, record: Record, context: Record, start: Any, minutes: float) -> Record:
    """Repeat the attempt at a paper with less memory until it is enough, for so many minutes in all. Returns the
    record's further fields."""
    clock = Clock(max(1, round(60 * (minutes + (0 if weights else LOADING_MINUTES)))))
    for number, attempt in enumerate(ATTEMPTS, 1):
        outcome = in_fresh_process(start, job, weights, record, context, attempt, clock)
        if outcome["status"] == "stop":
            raise Stop(outcome["reason"])
        if outcome["status"] == "late":
            loading = "" if weights else f" and {LOADING_MINUTES} to load the model"
            reason = f"The paper was not done after {minutes:g} minutes (minutes_per_paper){loading} and was stopped."
            return {"attempt": number, "status": "failed", "reason": reason}
        if outcome["status"] != "out_of_memory":
            return {"attempt": number} | outcome
    reason = f"Out of memory on all {len(ATTEMPTS)} attempts, the last with a quarter of the paper: {outcome['reason']}"
    return {"attempt": len(ATTEMPTS), "status": "failed", "reason": reason}


def in_fresh_process(
    start: Any, job: Job, weights: Any, record: Record, context: Record, attempt: Attempt, clock: Clock
) -> Record:
    """The outcome of one paper in a process of its own; a process that dies, or hangs until the clock has no seconds
    left, is an outcome, too."""
    receiver, sender = start.Pipe(duplex=False)
    inbox, outbox = start.Pipe(duplex=False)
    paper = bytes(ForkingPickler.dumps((job, weights, record, context, attempt, time.monotonic())))
    process = start.Process(target=worker.work, args=(sender, inbox))
    try:
        process.start()
    except (EOFError, BrokenPipeError):  # it died in its first moment
        return ending(-signal.SIGKILL)
    sender.close()
    inbox.close()
    # A pipe holds less than a paper, and a process that hangs never empties it.
    threading.Thread(target=post, args=(outbox, paper), daemon=True).start()
    outcome: Record = {"status": "late"}
    try:
        if clock.wait(receiver):
            outcome = json.loads(receiver.recv_bytes())
            process.join(EXIT_SECONDS)
    except (EOFError, OSError):  # it died before its answer, or in the middle
        process.join(EXIT_SECONDS)
        outcome = ending(process.exitcode)
    process.kill()
    process.join()
    return outcome


def post(outbox: Connection, paper: bytes) -> None:
    """Write all of a paper, as it is read at the other end, which may be gone."""
    with contextlib.suppress(OSError), outbox:
        outbox.send_bytes(paper)


def ending(code: int | None) -> Record:
    """The outcome of a process that ended with a code before its answer."""
    if code == -signal.SIGKILL:  # what the kernel does, and SLURM, when memory is out
        return {"status": "out_of_memory", "reason": "The paper's process was killed."}
    if code in (-signal.SIGTERM, SERVER_GONE):  # what SLURM does to all processes of a job, one after the other
        return {"status": "stop", "reason": "The paper's process was ended with its job; start again."}
    if code is None:
        return {"status": "failed", "reason": "The paper's process neither answered nor ended, and was stopped."}
    return {"status": "failed", "reason": f"The paper's process ended with code {code}; the log says why."}


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
