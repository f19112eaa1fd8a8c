"""A batch of papers: load the weights once, give every paper a fresh process, lose nothing.

Each finished paper is appended to a journal beside the output and synced. A job that was killed takes up where its
journal ends. The output appears whole, by a rename.
"""

import hashlib
import json
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path

from torch.multiprocessing import set_sharing_strategy

from . import model, processes, worker
from .files import write_whole
from .worker import Rung

# What is tried when memory runs out: the plan, a smaller chunk, then less of the paper.
LADDER = [Rung(1, 1), Rung(4, 1), Rung(4, 2), Rung(4, 4)]


class Stop(Exception):
    """The run itself is wrong, not a paper; the message is a sentence for the user."""


def run(job, papers, output, log=sys.stderr):
    """Answer the papers, [(text record, context record)], and write one JSON line for each to the output."""
    output = Path(output)
    journal = Journal(output.with_name(output.name + ".journal"), fingerprint(job, papers))
    done = {record["paper"] for record in journal.records}
    readable = [record["paper"] for record, _ in papers if record["status"] == "ok" and record["paper"] not in done]
    start = processes.start()
    # Tensors on a CPU are shared by name: by open file, a model has more of them than a process may be handed.
    set_sharing_strategy("file_system")
    # One paper needs no second process to hold the weights for it: its own loads them.
    weights = model.load(**job.model) if len(readable) > 1 else None
    if weights and (obstacle := model.obstacle_to_sharing(weights)):
        print(f"{obstacle} Each paper loads them itself.", file=log)
        weights = None
    for number, (record, context) in enumerate(papers, 1):
        if record["paper"] in done:
            continue
        head = {"paper": record["paper"], "task": job.task, "status": record["status"], "reason": record["reason"]}
        head |= {"model": job.model["name"], "revision": job.model["revision"]}  # the worker knows the exact one
        if record["status"] == "ok":
            head |= climb(job, weights, record, context, start)
        journal.append(head)
        print(f"{job.task} {number}/{len(papers)} {summary(head)}", file=log, flush=True)
    journal.finish(output, [record["paper"] for record, _ in papers])


def climb(job, weights, record, context, start):
    """Try a paper on the rungs of the ladder until one has memory enough. Returns the record's further fields."""
    for attempt, rung in enumerate(LADDER, 1):
        outcome = in_fresh_process(start, job, weights, record, context, rung)
        if outcome["status"] == "stop":
            raise Stop(outcome["reason"])
        if outcome["status"] != "out_of_memory":
            return {"attempt": attempt} | outcome
    reason = f"Out of memory on all {len(LADDER)} attempts, the last with a quarter of the paper: {outcome['reason']}"
    return {"attempt": len(LADDER), "status": "failed", "reason": reason}


def in_fresh_process(start, job, weights, record, context, rung):
    """The outcome of one paper in a process of its own; a process that dies is an outcome, too."""
    receiver, sender = start.Pipe(duplex=False)
    arguments = (sender, job, weights, record, context, rung, time.monotonic())
    process = start.Process(target=worker.work, args=arguments)
    process.start()
    sender.close()
    try:
        outcome = json.loads(receiver.recv_bytes())
    except EOFError:
        outcome = None
    process.join()
    if outcome:
        return outcome
    if process.exitcode == -signal.SIGKILL:  # what the kernel does, and SLURM, when memory is out
        return {"status": "out_of_memory", "reason": "The paper's process was killed."}
    return {"status": "failed", "reason": f"The paper's process ended with code {process.exitcode}; the log says why."}


def fingerprint(job, papers):
    """A digest of all that the answers depend on: a journal of other inputs is not taken up."""
    inputs = {key: value for key, value in asdict(job).items() if key != "memory"}
    return hashlib.sha256(json.dumps([inputs, papers], sort_keys=True).encode()).hexdigest()


class Journal:
    """The records finished so far, a line each, behind a first line with the fingerprint of the inputs."""

    def __init__(self, path, fingerprint):
        self.path, self.records = path, []
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        whole = [line for line in lines if line.endswith(b"\n")]  # a killed job may leave half a line
        head = json.dumps({"fingerprint": fingerprint}).encode() + b"\n"
        if whole[:1] == [head]:
            self.records = [json.loads(line) for line in whole[1:]]
            os.truncate(path, sum(map(len, whole)))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(head)

    def append(self, record):
        """Add a record, and return when it is on the disk."""
        self.records.append(record)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def finish(self, output, order):
        """Write the output in the order of the papers, whole, and remove the journal."""
        by_paper = {record["paper"]: record for record in self.records}
        lines = (json.dumps(by_paper[paper], ensure_ascii=False) + "\n" for paper in order)
        write_whole(output, "".join(lines).encode())
        self.path.unlink()


def summary(record):
    """A finished paper in a few words, for the log."""
    if record["status"] != "ok":
        return f"{record['paper']}: {record['status']}: {record['reason']}"
    found = sum(value["status"] == "reported" for value in record.get("values", [])) + len(record.get("findings", []))
    seconds = sum(record["seconds"].values())
    return f"{record['paper']}: {found} found in {seconds:.1f} s ({record['prompt_tokens']} tokens read)"
