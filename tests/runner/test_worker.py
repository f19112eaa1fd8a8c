"""What the process of one paper sends."""

import json
import math
import multiprocessing
import pickle

import pytest

from designspace.core import records
from designspace.runner import worker
from designspace.runner.worker import Attempt, Job

JOB = Job("extraction", {}, [], {"device": "cpu"}, {})


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_fails_its_paper_and_not_the_batch(monkeypatch, number):
    value = {"parameter": "age", "value": 31, "status": "reported", "confidence": number}
    monkeypatch.setattr(worker.processes, "end_with_parent", lambda: None)
    monkeypatch.setattr(worker, "answer", lambda *_: {"status": "ok", "values": [value]})
    inbox, outbox = multiprocessing.Pipe(duplex=False)
    receiver, sender = multiprocessing.Pipe(duplex=False)
    outbox.send_bytes(pickle.dumps((JOB, "weights", {"paper": "p"}, {}, Attempt(1, 1), 0.0)))
    worker.work(sender, inbox)
    outcome = json.loads(receiver.recv_bytes())
    assert outcome["status"] == "failed" and "values" not in outcome
    assert "not finite" in outcome["reason"]
    records.encode({"paper": "p", "task": "extraction"} | outcome)  # the journal takes it
