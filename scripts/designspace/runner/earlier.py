"""The answers of an earlier run that still hold: those of papers and tasks of which nothing has changed since.

A job has the outputs of the last one until it replaces them. So a change of one task's settings, or of one paper, does
not cost the answers of the other.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import designspace
from designspace.runner.journal import whole_records
from designspace.runner.worker import TASKS, Job

Record = dict[str, Any]
Answers = dict[tuple[str, str], Record]  # by paper and task


def inputs(job: Job, task: str, paper: tuple[Record, Record]) -> str:
    """A digest of everything that the answers of a task about a paper, (text record, context record), depend on."""
    parts = [designspace.__version__, task, job.tasks[task], TASKS[task].depends_on(job.library)]
    return hashlib.sha256(json.dumps([*parts, job.model, job.memory, paper], sort_keys=True).encode()).hexdigest()


def answers(job: Job, papers: list[tuple[Record, Record]], outputs: dict[str, Path]) -> Answers:
    """What the outputs of an earlier run have of the same inputs, without papers that failed. Nothing if that is all:
    then the model is to be asked again regardless."""
    found: Answers = {}
    for task, output in outputs.items():
        same = {paper[0]["paper"]: inputs(job, task, paper) for paper in papers}
        lines = output.read_bytes().splitlines(keepends=True) if output.exists() else []
        for record in whole_records(lines):
            if record.get("inputs") == same.get(record["paper"], "") and record["status"] != "failed":
                found[record["paper"], task] = record
    return {} if len(found) == len(papers) * len(outputs) else found
