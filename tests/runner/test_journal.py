"""The journal of a batch: what is taken up after a batch was stopped, and what is not."""

import dataclasses
import json

import pytest
from batches import job_of, lines, read_papers

from designspace.runner import driver, journal


@pytest.fixture
def papers(tokenizer):
    return read_papers(tokenizer)


def answers(paper):
    return {"paper": paper, "task": "extraction", "status": "failed", "reason": ""}


def test_a_journal_is_taken_up_to_its_last_whole_record(tmp_path):
    path = tmp_path / "b.journal"
    begun = journal.Journal(path, "inputs")
    begun.append([answers("p1")])
    begun.file.write(b'{"paper": "p2", "sta')  # the line that was being written
    del begun
    begun = journal.Journal(path, "inputs")
    assert begun.records == [answers("p1")]
    begun.append([answers("p2")])
    del begun
    with path.open("ab") as file:
        file.write(bytes(100) + b"\n" + json.dumps(answers("p3")).encode() + b"\n")  # after a crash
    assert journal.Journal(path, "inputs").records == [answers("p1"), answers("p2")]
    assert len(lines(path)) == 3
    assert journal.Journal(path, "other inputs").records == []
    assert lines(path) == [{"fingerprint": "other inputs"}]


def test_a_journal_belongs_to_its_inputs(model_folder, papers):
    fingerprint = driver.fingerprint(job_of(model_folder), papers)
    assert driver.fingerprint(job_of(model_folder), papers[:1]) != fingerprint


@pytest.mark.parametrize("changed", ["version", "capacity", "reserve", "prefill_chunk"])
def test_a_batch_is_not_taken_up_by_another_program_or_with_other_memory(
    model_folder, papers, tmp_path, monkeypatch, changed
):
    output, begun_with = tmp_path / "b.jsonl", job_of(model_folder)
    begun = journal.Journal(tmp_path / "b.jsonl.journal", driver.fingerprint(begun_with, papers[:1]))
    begun.append([answers("p1") | {"reason": "Made before."}])
    del begun
    if changed == "version":
        monkeypatch.setattr("designspace.__version__", "0.0.1")
        job = begun_with
    else:  # how much of a paper fits depends on each of them
        job = job_of(model_folder, **{changed: begun_with.memory[changed] * 3 // 4})
    driver.run(job, papers[:1], {"extraction": output})
    assert [record["status"] for record in lines(output)] == ["ok"]


def test_a_paper_with_the_answer_of_one_task_alone_is_asked_again(model_folder, papers, tmp_path):
    """As after a kill between its two records."""
    discovery = {"max_new_tokens": 64, "findings": 1, "categories": ["task"]}
    job = dataclasses.replace(job_of(model_folder), tasks=job_of(model_folder).tasks | {"discovery": discovery})
    begun = journal.Journal(tmp_path / "b.jsonl.journal", driver.fingerprint(job, papers[:1]))
    for _ in range(2):  # twice in a row
        begun.append([answers("p1") | {"reason": "Made before."}])
    del begun
    outputs = {"extraction": tmp_path / "b.jsonl", "discovery": tmp_path / "d.jsonl"}
    driver.run(job, papers[:1], outputs)
    for task, output in outputs.items():
        assert [(record["task"], record["status"]) for record in lines(output)] == [(task, "ok")]
