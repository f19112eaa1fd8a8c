"""The order in which papers have the memory of the GPU, and what a fault of one does to the others."""

import contextlib
import io

import pytest
from batches import job_of, lines, read_papers

from designspace.core.clock import Clock
from designspace.runner import driver
from designspace.runner.driver import ATTEMPTS, Turn


class Scripted:
    """A process that has the outcomes that are written for its paper, one for each attempt, and notes what happens.

    An outcome in a list comes only after the memory is free.
    """

    events, scripts, has_memory = [], {}, []

    def __init__(self, start, job, weights, record, context, attempt):
        self.paper, self.gone, self.attempt = record["paper"], False, attempt
        self.note("begin" if attempt == ATTEMPTS[0] else f"begin {ATTEMPTS.index(attempt) + 1}")

    def note(self, what):
        self.events.append(f"{what} {self.paper}")

    def let_go(self):
        if not self.gone:
            self.note("go")
            self.gone = True
            self.has_memory.append(self)
            assert self.has_memory == [self], "two papers have the memory at once"

    def free(self):
        if self in self.has_memory:
            self.has_memory.remove(self)

    def outcome(self, clock, when_freed):
        scripted = self.scripts.get(self.paper, [])
        outcome = scripted.pop(0) if scripted else ["ok"]
        if isinstance(outcome, list):
            self.free()
            self.note("freed")
            when_freed()
            (outcome,) = outcome
        return {"status": outcome, "reason": f"{outcome} of {self.paper}"}

    def end(self, patience=0):
        self.free()
        self.note("end")


@pytest.fixture
def scripted(monkeypatch):
    """A function that runs papers p1, p2 … of which some have scripts: {paper: outcomes of its attempts}. Returns what
    happened, and {paper: (status, attempt)}."""
    monkeypatch.setattr(driver, "PaperProcess", Scripted)
    monkeypatch.setattr(Scripted, "events", [])
    monkeypatch.setattr(Scripted, "has_memory", [])

    def run(papers, weights="shared", **scripts):
        monkeypatch.setattr(Scripted, "scripts", scripts)
        turns = [Turn(n, {"paper": f"p{n}"}, {}, Clock(60)) for n in range(1, papers + 1)]
        ends = [
            (turn.record["paper"], outcome["status"], turn.attempt)
            for turn, outcome in driver.outcomes(None, None, weights, turns)
        ]
        return Scripted.events, ends

    return run


def test_the_next_paper_makes_itself_ready_and_goes_as_soon_as_the_memory_is_free(scripted):
    events, ends = scripted(3)
    assert events == [
        *("begin p1", "go p1", "begin p2", "freed p1", "go p2", "end p1"),
        *("begin p3", "freed p2", "go p3", "end p2"),
        *("freed p3", "end p3"),
    ]
    assert ends == [("p1", "ok", 1), ("p2", "ok", 1), ("p3", "ok", 1)]


def test_where_each_paper_loads_the_weights_there_is_one_process_at_a_time(scripted):
    events, _ = scripted(2, weights=None)
    assert events == ["begin p1", "go p1", "freed p1", "end p1", "begin p2", "go p2", "freed p2", "end p2"]


def test_a_paper_out_of_memory_has_it_for_itself_when_it_is_tried_again(scripted):
    events, ends = scripted(2, p1=["out_of_memory", "out_of_memory"])
    assert events == [
        *("begin p1", "go p1", "begin p2", "end p1", "end p2"),
        *("begin 2 p1", "go p1", "end p1"),
        *("begin 3 p1", "go p1", "freed p1", "end p1"),
        *("begin p2", "go p2", "freed p2", "end p2"),
    ]
    assert ends == [("p1", "ok", 3), ("p2", "ok", 1)]


def test_a_paper_that_is_killed_when_the_next_has_gone_comes_behind_it(scripted):
    events, ends = scripted(3, p1=[["out_of_memory"]])
    assert events[:10] == [
        *("begin p1", "go p1", "begin p2", "freed p1", "go p2", "end p1"),
        *("begin 2 p1", "freed p2", "go p1", "end p2"),
    ]
    assert ends == [("p2", "ok", 1), ("p1", "ok", 2), ("p3", "ok", 1)]


@pytest.mark.parametrize("outcome", ["failed", "late"])
def test_a_paper_that_fails_or_is_late_takes_no_other_along(scripted, outcome):
    events, ends = scripted(3, p2=[outcome])
    assert events.count("begin p3") == 1 and events.index("end p2") < events.index("go p3")
    assert ends == [("p1", "ok", 1), ("p2", outcome, 1), ("p3", "ok", 1)]


def test_a_paper_is_given_up_after_the_last_attempt(scripted):
    events, ends = scripted(2, p1=["out_of_memory"] * len(ATTEMPTS))
    assert ends == [("p1", "out_of_memory", len(ATTEMPTS)), ("p2", "ok", 1)]


def test_no_process_outlives_a_run_that_is_stopped(scripted):
    turns = [Turn(n, {"paper": f"p{n}"}, {}, Clock(60)) for n in (1, 2, 3)]
    with contextlib.closing(driver.outcomes(None, None, "shared", turns)) as finished:
        next(finished)
        next(finished)
    assert [Scripted.events.count(f"end p{n}") for n in (1, 2, 3)] == [1, 1, 1]
    scripted(0)  # and none is begun where nothing is left


def test_a_run_that_stops_asks_no_later_paper(scripted, tokenizer, tmp_path, monkeypatch):
    monkeypatch.setattr(driver, "load_for_all", lambda job, log: "shared")
    monkeypatch.setattr(driver.processes, "start", lambda *model: None)
    monkeypatch.setattr(Scripted, "scripts", {"p2": ["stop"]})
    papers = read_papers(tokenizer)
    monkeypatch.setattr(driver, "summary", lambda head: head["paper"])
    with pytest.raises(driver.Stop, match="stop of p2"):
        driver.run(job_of("model"), papers, tmp_path / "b.jsonl", log=io.StringIO())
    assert "begin p3" in Scripted.events and "go p3" not in Scripted.events and Scripted.events[-1] == "end p3"
    assert [record["paper"] for record in lines(tmp_path / "b.jsonl.journal")[1:]] == ["p4", "p1"]
