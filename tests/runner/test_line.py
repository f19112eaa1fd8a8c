"""The order in which papers have the memory of the GPU, and what a fault of one does to the others."""

import contextlib
import io
from unittest import mock

import pytest
from batches import job_of, lines, read_papers

from designspace.runner import driver, line
from designspace.runner.groups import Paper
from designspace.runner.line import ATTEMPTS, Line


class Scripted:
    """A process that has the outcomes that are written for its paper, one for each attempt, and notes what happens.

    An outcome in a list comes only after the memory is free.
    """

    events, scripts, has_memory = [], {}, []

    def __init__(self, start, job, weights, papers, attempt):
        self.papers = [record["paper"] for record, _ in papers]
        self.paper, self.gone, self.attempt = "+".join(self.papers), False, attempt
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
            if self in self.has_memory:
                self.free()
                self.note("freed")
                when_freed()
            (outcome,) = outcome
        of_paper = {"paper": self.papers.pop(0)} if outcome == "ok" else {}
        return {"status": outcome, "reason": f"{outcome} of {self.paper}"} | of_paper

    def end(self, patience=0):
        self.free()
        self.note("end")


@pytest.fixture
def scripted(monkeypatch):
    """A function that runs groups of papers of which some have scripts: {papers of a process: its outcomes, over all
    attempts}. Returns what happened, and [(paper, status, attempt)]."""
    monkeypatch.setattr(line, "PaperProcess", Scripted)
    monkeypatch.setattr(Scripted, "events", [])
    monkeypatch.setattr(Scripted, "has_memory", [])

    def run(*groups, weights="shared", scripts=None):
        monkeypatch.setattr(Scripted, "scripts", scripts or {})
        finished = Line(None, None, weights, 10).outcomes([list(map(paper_of, group)) for group in groups])
        ends = [(paper.record["paper"], outcome["status"], attempt) for paper, attempt, outcome in finished]
        return Scripted.events, ends

    return run


def paper_of(number):
    return Paper({"paper": f"p{number}"}, {})


def test_the_next_paper_makes_itself_ready_and_goes_as_soon_as_the_memory_is_free(scripted):
    events, ends = scripted([1], [2], [3])
    assert events == [
        *("begin p1", "go p1", "begin p2", "freed p1", "go p2", "end p1"),
        *("begin p3", "freed p2", "go p3", "end p2"),
        *("freed p3", "end p3"),
    ]
    assert ends == [("p1", "ok", 1), ("p2", "ok", 1), ("p3", "ok", 1)]


def test_where_each_paper_loads_the_weights_there_is_one_process_at_a_time(scripted):
    events, _ = scripted([1], [2], weights=None)
    assert events == ["begin p1", "go p1", "freed p1", "end p1", "begin p2", "go p2", "freed p2", "end p2"]


def test_a_paper_out_of_memory_has_it_for_itself_when_it_is_tried_again(scripted):
    events, ends = scripted([1], [2], scripts={"p1": ["out_of_memory", "out_of_memory"]})
    assert events == [
        *("begin p1", "go p1", "begin p2", "end p1", "end p2"),
        *("begin 2 p1", "go p1", "end p1"),
        *("begin 3 p1", "go p1", "freed p1", "end p1"),
        *("begin p2", "go p2", "freed p2", "end p2"),
    ]
    assert ends == [("p1", "ok", 3), ("p2", "ok", 1)]


def test_a_paper_that_is_killed_when_the_next_has_gone_comes_behind_it(scripted):
    events, ends = scripted([1], [2], [3], scripts={"p1": [["out_of_memory"]]})
    assert events[:10] == [
        *("begin p1", "go p1", "begin p2", "freed p1", "go p2", "end p1"),
        *("begin 2 p1", "freed p2", "go p1", "end p2"),
    ]
    assert ends == [("p2", "ok", 1), ("p1", "ok", 2), ("p3", "ok", 1)]


@pytest.mark.parametrize("outcome", ["failed", "late"])
def test_a_paper_that_fails_or_is_late_takes_no_other_along(scripted, outcome):
    events, ends = scripted([1], [2], [3], scripts={"p2": [outcome]})
    assert events.count("begin p3") == 1 and events.index("end p2") < events.index("go p3")
    assert ends == [("p1", "ok", 1), ("p2", "failed", 1), ("p3", "ok", 1)]


def test_a_paper_is_given_up_after_the_last_attempt(scripted):
    events, ends = scripted([1], [2], scripts={"p1": ["out_of_memory"] * len(ATTEMPTS)})
    assert ends == [("p1", "failed", len(ATTEMPTS)), ("p2", "ok", 1)]


def test_no_process_outlives_a_run_that_is_stopped(scripted):
    groups = [[paper_of(number)] for number in (1, 2, 3)]
    with contextlib.closing(Line(None, None, "shared", 10).outcomes(groups)) as finished:
        next(finished)
        next(finished)
    assert [Scripted.events.count(f"end p{n}") for n in (1, 2, 3)] == [1, 1, 1]
    assert scripted() == (Scripted.events, []), "none is begun where nothing is left"


def test_several_papers_share_a_process(scripted):
    events, ends = scripted([1, 2], [3], scripts={"p1+p2": [["ok"], "ok"]})
    assert events == [
        *("begin p1+p2", "go p1+p2", "begin p3", "freed p1+p2", "go p3", "end p1+p2", "freed p3", "end p3"),
    ]
    assert ends == [("p1", "ok", 1), ("p2", "ok", 1), ("p3", "ok", 1)]


def test_papers_that_run_out_of_memory_together_are_fewer_at_once_before_one_is_tried_with_less(scripted):
    starved = {"p1+p2+p3+p4": ["out_of_memory"], "p1+p2": ["out_of_memory"], "p1": ["out_of_memory"]}
    starved["p3+p4"] = [["ok"], "ok"]
    events, ends = scripted([1, 2, 3, 4], scripts=starved)
    assert [event for event in events if event.startswith("go")] == [
        *("go p1+p2+p3+p4", "go p1+p2", "go p1", "go p1", "go p2", "go p3+p4")
    ]
    assert ends == [("p1", "ok", 2), ("p2", "ok", 1), ("p3", "ok", 1), ("p4", "ok", 1)]


@pytest.mark.parametrize("outcome", ["failed", "late"])
def test_a_paper_that_fails_or_is_late_does_not_take_those_along_that_share_its_process(scripted, outcome):
    _, ends = scripted([1, 2, 3], [4], scripts={"p1+p2+p3": [["ok"], outcome], "p2": [outcome]})
    assert sorted(ends) == [("p1", "ok", 1), ("p2", "failed", 1), ("p3", "ok", 1), ("p4", "ok", 1)]


def test_a_run_that_stops_asks_no_later_paper(scripted, tokenizer, tmp_path, monkeypatch):
    monkeypatch.setattr(driver, "load_for_all", lambda job, log: "shared")
    monkeypatch.setattr(driver.processes, "start", lambda *model: None)
    monkeypatch.setattr(Scripted, "scripts", {"p2": ["stop"]})
    papers = read_papers(tokenizer)
    monkeypatch.setattr(driver, "Progress", mock.MagicMock())  # of outcomes that have no times
    with pytest.raises(driver.Stop, match="stop of p2"):
        driver.run(job_of("model"), papers, {"extraction": tmp_path / "b.jsonl"}, log=io.StringIO())
    assert "begin p3" in Scripted.events and "go p3" not in Scripted.events and Scripted.events[-1] == "end p3"
    assert [record["paper"] for record in lines(tmp_path / "b.jsonl.journal")[1:]] == ["p4", "p1"]
