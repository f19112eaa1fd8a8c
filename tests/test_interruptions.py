"""The real workflow, interrupted: it sleeps, is started twice, is killed.

It goes on, and no paper is lost or read twice."""

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from conftest import ROOT
from test_batch import lines
from test_faults import children, ended, wait_for
from test_workflow import configure, empty_project, pdf, study, table  # noqa: F401 (one is a fixture)

PAPERS = [f"study_{n}" for n in range(1, 6)]


@pytest.fixture
def night(empty_project, tmp_path):  # noqa: F811
    """A project with five papers, which are one batch."""
    project = Path(shutil.copytree(empty_project, tmp_path / "project"))
    for n, paper in enumerate(PAPERS):
        pdf(study(n), project / "papers" / f"{paper}.pdf")
    configure(project, papers_per_job=len(PAPERS), discovery={"categories": ["task"]})
    return project


class Run:
    """A run of the workflow with its default profile, in a process group of its own."""

    def __init__(self, project, log):
        self.results, self.log = project / "results", project / log
        profile = ["--profile", ROOT / "workflow/profiles/default", "--cores", "2"]
        command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", *profile]
        command += ["--set-threads", "extract=1", "discover=1"]
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        with self.log.open("w") as file:
            self.process = subprocess.Popen(
                command, cwd=project, env=environment, stdout=file, stderr=file, start_new_session=True
            )

    def ends(self):
        """The exit code of the run and what it printed."""
        return self.process.wait(), self.log.read_text("utf-8")

    def answered(self):
        """How many papers are in the journal of the extraction."""
        journal = self.results / "extraction" / "b0001.jsonl.journal"
        return journal.read_bytes().count(b"\n") - 1 if journal.exists() else 0

    def driver(self):
        """The process of extract.py, None before it is there."""
        found, left = [], [self.process.pid]
        while left:
            left += children(pid := left.pop())
            with suppress(OSError):
                if b"extract.py\0--papers" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
        return found[0] if found else None


def test_a_night_of_interruptions(night):
    first = Run(night, "first.log")
    wait_for(lambda: list(night.glob("results/text/*.json")), first.process)
    os.killpg(first.process.pid, signal.SIGSTOP)  # a laptop goes to sleep between two steps
    code, printed = Run(night, "second.log").ends()
    assert code == 1 and f"Another run is at work in results (process {first.process.pid} on " in printed
    os.killpg(first.process.pid, signal.SIGCONT)

    wait_for(lambda: first.answered() >= 1, first.process)
    driver = first.driver()
    worker = wait_for(lambda: [pid for child in children(driver) for pid in children(child)], first.process)[0]
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: first.answered() >= 2, first.process)
    os.kill(driver, signal.SIGKILL)
    code, printed = first.ends()
    assert code == 1 and "Error in rule extract" in printed
    assert not (night / "results" / "papers.csv").exists(), "what is not complete is not merged"
    before = lines(night / "results" / "extraction" / "b0001.jsonl.journal")[1:]
    assert 2 <= len(before) < len(PAPERS)

    third = Run(night, "third.log")
    wait_for(lambda: third.answered() > len(before), third.process)
    driver = third.driver()
    third.process.kill()
    assert third.ends()[0] < 0 and ended(driver), "the job goes on without the run, and ends"
    answers = {path: path.read_bytes() for path in night.glob("results/*/b0001.jsonl")}

    code, printed = Run(night, "fourth.log").ends()
    assert code == 0 and re.search("Papers +5, read 5", printed)
    assert list(table(night, "papers").paper) == PAPERS and set(table(night, "papers").status) == {"ok"}
    assert len(answers) == 2 and all(path.read_bytes() == content for path, content in answers.items())
    assert lines(night / "results" / "extraction" / "b0001.jsonl")[: len(before)] == before, "each was read once"
    used = table(night, "memory").set_index("task").attempt
    assert sorted(used["extraction"]) == [1, 1, 1, 1, 2] and set(used["discovery"]) == {1}
    assert not list(night.glob("results/*/*.journal"))


def test_a_paper_that_hangs_has_its_row_and_the_others_their_answers(night):
    configure(night, minutes_per_paper=0.25)
    for paper in PAPERS[2:]:
        (night / "papers" / f"{paper}.pdf").unlink()
    run = Run(night, "run.log")
    driver = wait_for(run.driver, run.process)

    def at_work():
        with suppress(psutil.NoSuchProcess):
            papers = [psutil.Process(pid) for child in children(driver) for pid in children(child)]
            return [paper.pid for paper in papers if paper.cpu_times().user > 0]

    worker = wait_for(at_work, run.process)[0]
    os.kill(worker, signal.SIGSTOP)
    assert run.ends()[0] == 0 and ended(worker)
    papers = table(night, "papers")
    assert sorted(papers.status) == ["failed", "ok"]
    assert papers.reason.str.contains("not done after 0.25 minutes (minutes_per_paper)", regex=False).sum() == 1
