"""Faults that are really made: processes killed, stopped and left behind. No paper is lost, and none is read twice."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from batches import OPTIONS, job_of, lines
from conftest import ROOT, text_record
from paper_processes import answered, ended, go_on, held, hold, wait_for
from quick_engine import without_engine

from designspace.language import context


@pytest.fixture
def start(tmp_path, tokenizer, model_folder):
    """A function that starts ask.py on five papers; what it prints goes into the file that it is given."""
    papers = [f"p{n}" for n in range(1, 6)]
    for folder in ("text", "context"):
        (tmp_path / folder).mkdir()
    for paper in papers:
        record = text_record(paper, [f"In study {paper} we tested twenty right-handed people."])
        record["more"] = "x" * 300_000  # than a pipe holds: a process can die, or hang, before it has its paper
        kept = context.fit(record, 500, tokenizer.backend_tokenizer)
        (tmp_path / "text" / f"{paper}.json").write_text(json.dumps(record))
        (tmp_path / "context" / f"{paper}.json").write_text(json.dumps(kept))
    (tmp_path / "parameters.yaml").write_text(json.dumps(job_of("x").library))

    def program(log, minutes_per_paper=10):
        command = f"{ROOT}/scripts/ask.py --papers {' '.join(papers)} --results {tmp_path}"
        command += " --extraction-output b.jsonl --discovery-output d.jsonl"
        command += f" --parameters {tmp_path}/parameters.yaml --model {model_folder} --dtype float32 --device cpu"
        command += f" --capacity 4GiB --reserve 1GiB --prefill-chunk 64 --minutes-per-paper {minutes_per_paper}"
        command += f" {OPTIONS}"
        with (tmp_path / log).open("w") as file:
            return subprocess.Popen([sys.executable, *command.split()], cwd=tmp_path, stdout=file, stderr=file)

    return program


def test_a_killed_batch_goes_on_with_its_journal_and_two_do_not_mix(start, tmp_path, monkeypatch):
    journal, output = tmp_path / "b.jsonl.journal", tmp_path / "b.jsonl"

    hold(monkeypatch, tmp_path, "ask.py", 2, and_first=without_engine("ask.py"))
    driver = start("first.log")
    left = wait_for(lambda: answered(journal) and held(driver.pid), driver)
    driver.kill()
    driver.wait()
    go_on(left)
    assert ended(left), "a paper's process does not outlive its driver"
    before = lines(journal)[1:]
    assert [(record["paper"], record["task"]) for record in before] == [("p1", "extraction"), ("p1", "discovery")]

    driver = start("second.log")
    paper = wait_for(lambda: held(driver.pid), driver)
    os.kill(driver.pid, signal.SIGSTOP)  # it stays in the middle, as one that a killed snakemake left behind
    late = start("third.log")
    wait_for(lambda: "waiting for its end" in (tmp_path / "third.log").read_text(), late)
    os.kill(driver.pid, signal.SIGCONT)
    go_on(paper)
    assert driver.wait() == late.wait() == 0
    records, found = lines(output), lines(tmp_path / "d.jsonl")
    assert [record["paper"] for record in records] == ["p1", "p2", "p3", "p4", "p5"]
    assert [record["paper"] for record in found] == ["p1", "p2", "p3", "p4", "p5"]
    assert [records[0], found[0]] == before, "what was in the journal was not asked again"
    counts = [(tmp_path / log).read_text().count("Paper ") for log in ("second.log", "third.log")]
    assert counts == [4, 0]


def test_what_hangs_is_stopped_and_what_only_rests_is_not(start, tmp_path, monkeypatch):
    hold(monkeypatch, tmp_path, "ask.py", 1, 2, and_first=without_engine("ask.py"))
    driver = start("log", minutes_per_paper=0.1)
    resting = wait_for(lambda: held(driver.pid), driver)
    os.kill(driver.pid, signal.SIGSTOP)  # with its paper, as when a laptop sleeps or a job is suspended
    time.sleep(7)
    go_on(resting)
    os.kill(driver.pid, signal.SIGCONT)
    assert ended(resting)
    hanging = wait_for(lambda: held(driver.pid), driver)  # before it has read any of its paper
    assert ended(hanging)
    assert driver.wait() == 0
    ok, late, *others = lines(tmp_path / "b.jsonl")
    assert (ok["status"], ok["attempt"]) == ("ok", 1)
    assert late["status"] == "failed" and late["reason"].startswith("The paper was not done after 0.1 minutes")
    assert {record["status"] for record in others} == {"ok"}


def test_a_paper_that_runs_out_of_memory_is_tried_again_and_the_rest_goes_on(start, tmp_path, monkeypatch):
    # Two and seven are of the papers behind those that are tried again.
    hold(monkeypatch, tmp_path, "ask.py", *(1, 3, 4, 5), *(6, 8), and_first=without_engine("ask.py"))
    driver = start("log")
    for _ in range(4 + 2):  # of the first paper all processes are killed, as the kernel does it, of the second two
        os.kill(killed := wait_for(lambda: held(driver.pid), driver), signal.SIGKILL)
        assert ended(killed)
    assert driver.wait() == 0
    always, twice, *others = lines(tmp_path / "b.jsonl")
    assert (always["status"], always["attempt"]) == ("failed", 4)
    assert always["reason"].startswith("Out of memory on all 4 attempts") and "was killed" in always["reason"]
    assert (twice["status"], twice["attempt"]) == ("ok", 3)
    assert twice["token_budget"] == 250, "the third attempt is with half of the budget"
    assert {(record["status"], record["attempt"], record["token_budget"]) for record in others} == {("ok", 1, 500)}
