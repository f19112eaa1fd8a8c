"""A batch of papers: load the weights once, give every paper a fresh process, and lose no answer.

Each finished paper is appended to a journal beside the output; a killed job continues where its journal ends. Answers
of an earlier run that still hold are kept.
"""

import contextlib
import gc
import hashlib
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

import torch
from torch.multiprocessing import set_sharing_strategy

import designspace
from designspace.core import processes
from designspace.engine import gpus, loading
from designspace.runner import PRELOAD, earlier, worker
from designspace.runner.groups import Paper, together
from designspace.runner.journal import JOURNAL, Journal
from designspace.runner.line import Line, Stop
from designspace.runner.progress import Progress
from designspace.runner.worker import Job

Record = dict[str, Any]


def run(
    job: Job,
    papers: list[tuple[Record, Record]],
    outputs: dict[str, Path],
    minutes_per_paper: float = 10,
    log: TextIO = sys.stderr,
) -> None:
    """Answer the papers, [(text record, context record)], and write one JSON line for each to the output of each
    task. The journal is beside the first of the outputs. Tasks and papers whose earlier answers hold are not asked."""
    first, *_ = outputs.values()
    journal = Journal(first.with_name(first.name + JOURNAL), fingerprint(job, papers), log)
    progress = Progress(papers)
    digests = {(paper[0]["paper"], task): earlier.inputs(job, task, paper) for paper in papers for task in job.tasks}
    kept = earlier.answers(digests, outputs)
    left = {paper for paper, task in digests if (paper, task) not in kept}
    asked = {task: job.tasks[task] for task in job.tasks if any((paper, task) not in kept for paper in left)}
    job = replace(job, tasks=asked)
    answered = kept | {(record["paper"], record["task"]): record for record in journal.records}
    done = {paper for paper, _ in digests if all((paper, task) in answered for task in job.tasks)}
    for paper in done:
        progress.passed_over(paper, [record for (of, _), record in answered.items() if of == paper])
    start = processes.start(job.model["name"], job.model["revision"], PRELOAD)
    # On a CPU, tensors are shared by name: shared as open files, a model has more of them than a process may receive.
    set_sharing_strategy("file_system")

    def finish(record: Record, fields: Record, asked: bool) -> None:
        head = {"paper": record["paper"], "status": record["status"], "reason": record["reason"]}
        head |= {"model": job.model["name"], "revision": job.model["revision"]}  # the worker adds the exact commit
        of_tasks = fields.pop("tasks", {})
        answers = [
            head | {"task": task, "inputs": digests[record["paper"], task]} | fields | of_tasks.get(task, {})
            for task in job.tasks
        ]
        journal.append(answers)
        print(progress.finished(answers, asked), file=log, flush=True)

    readable = []
    for record, context in papers:
        if record["status"] == "ok" and record["paper"] not in done:
            readable.append(Paper(record, context))
        elif record["paper"] not in done:
            finish(record, {}, asked=False)
    groups = list(together(job, readable))
    progress.share([paper.record["paper"] for paper in group] for group in groups)
    # A single process needs no second one to hold the weights: it loads them itself.
    weights = load_for_all(job, log) if len(groups) > 1 else None
    line = Line(start, job, weights, minutes_per_paper)
    with contextlib.closing(line.outcomes(groups)) as finished:
        for paper, attempt, outcome in finished:
            fields: Record = {"attempt": attempt} | outcome
            if fields["status"] == "failed" and weights and (obstacle := loading.obstacle_to_computing(weights)):
                raise Stop(obstacle)  # every paper that is left would fail; a job that is started again continues here
            finish(paper.record, fields, asked=True)
    for task in reversed(outputs):  # with the output beside it, the journal is no longer needed
        of_task = {paper: record for (paper, of), record in kept.items() if of == task}
        journal.finish(task, outputs[task], [record["paper"] for record, _ in papers], of_task)


def load_for_all(job: Job, log: TextIO) -> Any:
    """The weights that the processes of the papers share; None if they cannot be shared, and then the log says why."""
    obstacle = gpus.obstacle_to_processes() if job.model["device"] == "cuda" else ""
    if not obstacle:
        weights = worker.load(job)
        obstacle = loading.obstacle_to_sharing(weights)
        if not obstacle:
            return weights
        del weights
        gc.collect()
        torch.cuda.empty_cache()  # each paper's process needs this memory
    print(f"{obstacle} Each paper loads the weights itself.", file=log)
    return None


def fingerprint(job: Job, papers: list[tuple[Record, Record]]) -> str:
    """A digest of everything that the answers depend on: a journal of other inputs, or of another version, is not
    continued.

    The memory settings are part of it, because they decide how much of a long paper is kept.
    """
    inputs = [designspace.__version__, asdict(job), papers]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
