"""The real workflow, interrupted: it sleeps, is started twice, is killed.

It goes on, and no paper is lost or read twice."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import ready_programs
from batches import lines
from conftest import ROOT
from paper_processes import driver_of, ended, families, go_on, held, hold, wait_for
from projects import configure, pdf, snakemake, study, table
from quick_engine import without_engine

WITHOUT_MODEL = without_engine("ask.py")
PAPERS = [f"study_{n}" for n in range(1, 6)]
PROFILE = ["--profile", str(ROOT / "workflow/profiles/default")]


@pytest.fixture
def night(empty_project, tmp_path, monkeypatch):
    """A project with five papers, which are one batch. What is held there is found by how it was started."""
    monkeypatch.setenv("STARTED", "ask.py")
    project = Path(shutil.copytree(empty_project, tmp_path / "project"))
    for n, paper in enumerate(PAPERS):
        pdf(study(n), project / "papers" / f"{paper}.pdf")
    configure(project, papers_per_job=len(PAPERS), discovery={"categories": ["task"]})
    return project


class Run:
    """A run of the workflow with its default profile, in a process group of its own: Snakemake is started."""

    def __init__(self, project, log):
        self.results, self.log = project / "results", project / log
        command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", *PROFILE]
        command += ["--cores", "2", "--set-threads", "ask=1"]
        how = {"cwd": project, "env": ready_programs.on_path(), "start_new_session": True}
        with self.log.open("w") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=file, **how)

    def ends(self):
        """The exit code of the run and what it printed."""
        return self.process.wait(), self.log.read_text("utf-8")

    def processes(self):
        """The processes of the run and of its jobs."""
        found, of = [self.process.pid], families()
        for pid in found:
            found += of.get(pid, {})
        return found

    def held(self):
        """The process of ask.py and that of a paper of it, as soon as that one stands still."""
        driver = wait_for(lambda: driver_of("b0001", self.processes()), self.process)
        return driver, wait_for(lambda: held(driver), self.process)


def test_a_night_of_interruptions(night, tmp_path, monkeypatch):
    # The second paper's first, and the third paper's second one: its first is ended as the second paper starts again.
    hold(monkeypatch, tmp_path, "ask.py", 2, 5, and_first=WITHOUT_MODEL)
    first = Run(night, "first.log")
    wait_for(lambda: list(night.glob("results/text/*.json")), first.process)
    os.kill(first.process.pid, signal.SIGSTOP)  # a laptop goes to sleep between two steps
    _, printed = snakemake(night, *PROFILE, fails=True)
    assert f"Another run is at work in results (process {first.process.pid} on " in printed
    go_on(first.process.pid)

    driver, paper = first.held()
    os.kill(paper, signal.SIGKILL)
    assert ended(paper)
    driver, paper = first.held()
    os.kill(driver, signal.SIGKILL)
    go_on(paper)
    code, printed = first.ends()
    assert code == 1 and "Error in rule ask" in printed
    assert not (night / "results" / "papers.csv").exists(), "what is not complete is not merged"
    before = lines(night / "results" / "extraction" / "b0001.jsonl.journal")[1:]
    answered = [(PAPERS[0], 1), (PAPERS[1], 2)]
    assert [(record["paper"], record["attempt"]) for record in before[::2]] == answered
    assert [(record["paper"], record["attempt"]) for record in before[1::2]] == answered

    third = Run(night, "third.log")
    driver, paper = third.held()  # of the fourth paper
    left = third.processes()
    third.process.kill()
    assert third.ends()[0] < 0
    go_on(paper)
    assert driver in left and all(map(ended, left)), "the jobs go on without the run, and end"
    answers = {path: path.read_bytes() for path in night.glob("results/*/b0001.jsonl")}

    _, printed = snakemake(night, *PROFILE)
    assert re.search("Papers +5, read 5", printed)
    assert list(table(night, "papers").paper) == PAPERS and set(table(night, "papers").status) == {"ok"}
    assert len(answers) == 2 and all(path.read_bytes() == content for path, content in answers.items())
    for task, made in (("extraction", before[::2]), ("discovery", before[1::2])):
        assert lines(night / "results" / task / "b0001.jsonl")[:2] == made, "each was read once"
        assert sorted(table(night, "memory").set_index("task").attempt[task]) == [1, 1, 1, 1, 2]
    assert not list(night.glob("results/*/*.journal"))


def test_a_paper_that_hangs_and_one_without_memory_have_their_rows_and_the_others_their_answers(
    night, tmp_path, monkeypatch
):
    configure(night, minutes_per_paper=0.2)
    for paper in PAPERS[3:]:
        (night / "papers" / f"{paper}.pdf").unlink()
    # Of the second paper one, two, three and four, since its first process is begun beside the hanging one; its second
    # ends the first one of the paper behind it.
    hold(monkeypatch, tmp_path, "ask.py", *(1, 2, 4, 5, 6), and_first=WITHOUT_MODEL)
    run = Run(night, "run.log")
    _, hanging = run.held()
    assert ended(hanging)
    for _ in range(4):  # all attempts of the second paper, as the kernel does it
        os.kill(killed := run.held()[1], signal.SIGKILL)
        assert ended(killed)
    assert run.ends()[0] == 0
    papers = table(night, "papers")
    assert list(papers.status) == ["failed", "failed", "ok"]
    assert "not done after 0.2 minutes (minutes_per_paper)" in papers.reason[0]
    assert papers.reason[1].startswith("Extraction: Out of memory on all 4 attempts")
    used = table(night, "memory").query("task == 'extraction'")
    assert list(used.attempt) == [1, 4, 1] and list(used.status) == ["failed", "failed", "ok"]
