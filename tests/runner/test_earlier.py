"""A job keeps the answers of an earlier run whose inputs are the same."""

import dataclasses
import io
import re

import pytest
from batches import SETTINGS, job_of, lines, read_papers

from designspace.runner import driver, earlier, journal

DISCOVERY = {"max_new_tokens": 64, "findings": 1, "categories": ["task"]}


@pytest.fixture
def batch(model_folder, tokenizer, tmp_path):
    """A job of both tasks, its papers and outputs, and a function that runs it and returns the papers it asked."""
    job = dataclasses.replace(job_of(model_folder), tasks={"extraction": SETTINGS, "discovery": DISCOVERY})
    outputs = {task: tmp_path / task / "b.jsonl" for task in job.tasks}

    def asked(job, papers):
        log = io.StringIO()
        driver.run(job, papers, outputs, log=log)
        journal.discard(tmp_path)
        return re.findall(r"^Paper \d/\d (\w+): (?!encrypted)", log.getvalue(), re.MULTILINE)

    return job, read_papers(tokenizer), outputs, asked


def test_a_task_is_asked_again_only_if_its_own_inputs_changed(batch):
    job, papers, outputs, asked = batch
    assert asked(job, papers) == ["p1", "p2", "p3"]
    first = {task: lines(output) for task, output in outputs.items()}
    library = [entry | {"definition": "Who took part."} for entry in job.library]
    assert asked(dataclasses.replace(job, library=library), papers) == ["p1", "p2", "p3"]
    assert lines(outputs["discovery"]) == first["discovery"]
    second = lines(outputs["extraction"])
    assert all(one["inputs"] != other["inputs"] for one, other in zip(first["extraction"], second, strict=True))
    changed = job.tasks | {"discovery": DISCOVERY | {"findings": 2}}
    assert asked(dataclasses.replace(job, library=library, tasks=changed), papers) == ["p1", "p2", "p3"]
    assert lines(outputs["extraction"]) == second
    assert lines(outputs["discovery"]) != first["discovery"]


def test_findings_depend_on_the_names_of_the_library(batch):
    job, (paper, *_), *_ = batch
    renamed = dataclasses.replace(job, library=[entry | {"name": f"{entry['name']}_2"} for entry in job.library])
    assert earlier.inputs(renamed, "discovery", paper) != earlier.inputs(job, "discovery", paper)


def test_a_paper_is_asked_again_only_if_its_text_changed_or_it_failed(batch):
    job, papers, outputs, asked = batch
    asked(job, papers)
    (record, context), *others = papers
    changed = [(record | {"sha256": "another"}, context), *others]
    assert asked(job, changed) == ["p1"]
    before = outputs["extraction"].read_text("utf-8")
    failed = before.replace('"status": "ok"', '"status": "failed"', 1).replace('"status":"ok"', '"status":"failed"', 1)
    outputs["extraction"].write_text(failed)
    assert asked(job, changed) == ["p1"]
    assert [line["paper"] for line in lines(outputs["extraction"])] == ["p1", "p2", "p3", "p4"]
    assert asked(job, changed) == ["p1", "p2", "p3"], "nothing has changed, so it was wanted"
