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
Key = tuple[str, str]  # paper and task


def inputs(job: Job, task: str, paper: tuple[Record, Record]) -> str:
    """A digest of everything that the answers of a task about a paper, (text record, context record), depend on."""
    parts = [designspace.__version__, task, job.tasks[task], TASKS[task].depends_on(job.library)]
    return hashlib.sha256(json.dumps([*parts, job.model, job.memory, paper], sort_keys=True).encode()).hexdigest()


def answers(digests: dict[Key, str], outputs: dict[str, Path]) -> dict[Key, Record]:
    """What the outputs of an earlier run have of inputs with these digests, without papers that failed. Nothing if that
    is all: then the model is to be asked again regardless."""
    found: dict[Key, Record] = {}
    for task, output in outputs.items():
        lines = output.read_bytes().splitlines(keepends=True) if output.exists() else []
        for record in whole_records(lines):
            key = record["paper"], task
            if record.get("inputs") == digests.get(key, "") and record["status"] != "failed":
                found[key] = record
    return {} if len(found) == len(digests) else found
