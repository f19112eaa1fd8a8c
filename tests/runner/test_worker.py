"""What the process of one paper does, and what it sends."""

import dataclasses
import json
import math
import multiprocessing
import pickle
import threading

import pytest
from batches import job_of, read_papers

from designspace.core import records
from designspace.runner import worker
from designspace.runner.worker import FREED, Attempt


def post(outbox, messages, ended):
    with outbox:
        for message in messages:
            outbox.send_bytes(message)
        if ended:
            ended.wait(60)


@pytest.fixture
def work(model_folder, tokenizer, monkeypatch):
    """A function that does the work of a paper's process here, in its turn, or until a driver that never lets it go
    has `ended`. Returns what the process sent."""
    monkeypatch.setattr(worker.processes, "end_with_parent", lambda: None)
    job, paper = job_of(model_folder), read_papers(tokenizer)[0]

    def run(ended=None, **more_tasks):
        asked = dataclasses.replace(job, tasks=job.tasks | more_tasks)
        inbox, outbox = multiprocessing.Pipe(duplex=False)
        receiver, sender = multiprocessing.Pipe(duplex=False)
        messages = [pickle.dumps((asked, worker.load(asked), [paper], Attempt(1, 1)))]
        messages += [] if ended else [pickle.dumps(0.0)]
        threading.Thread(target=post, args=(outbox, messages, ended)).start()  # a pipe holds less than a model
        with sender:
            worker.work(sender, inbox)
        sent = []
        while receiver.poll():
            try:
                sent.append(receiver.recv_bytes())
            except EOFError:
                break
        return sent

    return run


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_fails_its_paper_and_not_the_batch(work, monkeypatch, number):
    value = {"parameter": "age", "value": 31, "status": "reported", "confidence": number}
    monkeypatch.setattr(worker.Group, "outcomes", lambda group: [("p1", {"status": "ok", "values": [value]})])
    outcome = json.loads(work()[-1])
    assert outcome["status"] == "failed" and "values" not in outcome
    assert "not finite" in outcome["reason"]
    records.encode({"task": "extraction"} | outcome)  # the journal takes it


def test_memory_is_given_back_before_the_evidence_is_sought(work, monkeypatch):
    events, answer, fields = [], worker.Generator.answer, worker.extraction.Paper.fields
    monkeypatch.setattr(worker.Generator, "answer", lambda *a: events.append("answer") or answer(*a))
    monkeypatch.setattr(worker.Generator, "__del__", lambda generator: events.append("freed"), raising=False)
    monkeypatch.setattr(worker.extraction.Paper, "fields", lambda paper: events.append("fields") or fields(paper))
    freed, outcome = work()
    assert freed == FREED and json.loads(outcome)["status"] == "ok"
    assert events == ["answer", "freed", "fields"]


def test_a_paper_is_made_ready_before_its_turn_and_takes_no_memory_until_then(work, monkeypatch):
    made, ended = [], threading.Event()
    monkeypatch.setattr(worker, "Generator", lambda *a: pytest.fail("memory of the cache"))
    monkeypatch.setattr(worker.masks, "compiled", lambda tokenizer, grammar: made.append(grammar))
    monkeypatch.setattr(worker.warming, "load_kernels", lambda *a: made.append("kernels") or ended.set())
    with pytest.raises(SystemExit):  # the driver ended while it waited
        work(ended)
    assert len(made) > 1 and made[-1] == "kernels"


def test_a_paper_whose_turn_has_come_loads_its_kernels_while_it_is_read(work, monkeypatch):
    monkeypatch.setattr(worker.warming, "load_kernels", lambda *a: pytest.fail("the GPU would wait"))
    assert json.loads(work()[-1])["status"] == "ok"


def test_a_paper_on_which_the_second_task_fails_has_no_answers_of_the_first(work, monkeypatch):
    def fails(paper):
        yield []
        raise ZeroDivisionError

    monkeypatch.setattr(worker.discovery.Paper, "rounds", fails)
    with pytest.raises(ZeroDivisionError):  # which ends the process, and so is the reason that the driver gives
        work(discovery={"max_new_tokens": 64, "findings": 1, "categories": ["task"]})


def near(record):
    """A record whose probabilities may be rounded differently."""
    if isinstance(record, dict):
        return {key: near(value) for key, value in record.items()}
    if isinstance(record, list):
        return [near(value) for value in record]
    return pytest.approx(record, abs=1e-4) if isinstance(record, float) else record


def test_both_tasks_of_a_job_have_the_answers_that_each_has_alone(model_folder, tokenizer):
    tasks = job_of(model_folder).tasks | {"discovery": {"max_new_tokens": 96, "findings": 2, "categories": ["task"]}}
    papers = read_papers(tokenizer)[:2]

    def answers(of_job):
        job = dataclasses.replace(job_of(model_folder), tasks=of_job)
        group = worker.Group(job, worker.load(job), papers, Attempt(1, 1))
        group.ask(0.0)
        return [outcome["tasks"] for _, outcome in group.outcomes()]

    together = answers(tasks)
    for name, settings in tasks.items():
        for one, both in zip(answers({name: settings}), together, strict=True):
            assert both[name].pop("seconds").keys() == one[name].pop("seconds").keys()
            assert near(both[name]) == one[name]
