"""The workflow on a real SLURM: what its jobs ask for and get, and what becomes of those that it ends."""

import csv
import re
import shutil
import subprocess
import sys

import paper_processes
import pytest
import ready_programs
import slurm_cluster
import yaml
from batches import lines
from conftest import ROOT, random_model
from paper_processes import driver_of, held, hold, wait_for
from quick_engine import without_engine

GPU_RULE = "rule_ask_wildcards_"
ENDED = {"b0001": "CANCELLED", "b0002": "TIMEOUT"}  # how the job of each batch is ended first


@pytest.fixture(scope="module")
def slurm():
    """A SLURM on this machine."""
    if obstacle := slurm_cluster.obstacle():
        pytest.skip(obstacle)
    with slurm_cluster.running():
        yield slurm_cluster


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tokenizer):
    """A folder with two batches of two papers, a small model with random weights, a configuration for the CPU."""
    folder = tmp_path_factory.mktemp("slurm")
    (folder / "papers").mkdir()
    for pdf in sorted((ROOT / "tests/papers").glob("*.pdf")):
        shutil.copy(pdf, folder / "papers")
    tokenizer.save_pretrained(folder / "model")
    random_model("llama").save_pretrained(folder / "model")
    parameters = yaml.safe_load((ROOT / "config/parameters.yaml").read_text())
    (folder / "parameters.yaml").write_text(yaml.safe_dump(parameters[:3]))
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    config |= {"parameters": "parameters.yaml", "papers_per_job": 2}
    config["model"] |= {"name": "model", "dtype": "float32", "device": "cpu"}
    config["memory"] |= {"capacity": "4GiB", "reserve": "1GiB", "token_budget": 256}
    config["extraction"]["max_new_tokens"] = 96
    config["discovery"] |= {"max_new_tokens": 384, "findings": 2}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    return folder


def submit(folder):
    """Start the workflow with its SLURM profile. Returns the process of snakemake."""
    options = ["--profile", ROOT / "workflow/profiles/slurm", "--configfile", "config.yaml", "--directory", folder]
    options += ["--set-resources", "ask:gpu=1"]  # the model runs on the CPU, but asks for a GPU
    options += ["--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1"]
    # Jobs are started; the programs of their rules are forked, but for those that are ended with their jobs.
    environment = ready_programs.on_path() | slurm_cluster.ENVIRONMENT | {"STARTED": "ask.py"}
    del environment["HF_HUB_OFFLINE"]  # the profile is to set it
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", *options]
    with open(folder / "snakemake.log", "w") as log:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)


def find(jobs, batch):
    """The jobs that asked a batch of papers."""
    return [job for job in jobs if job["Comment"].startswith(f"{GPU_RULE}{batch}")]


def reach_its_limit(job):
    """Let the time limit of a job be now; SLURM looks at the time of its jobs every half minute. It takes no limit in
    the past, and `now` is a whole second: one that is over when SLURM hears of it is refused."""
    command = ["scontrol", "update", f"JobId={job}", "EndTime=now"]
    while (asked := subprocess.run(command, capture_output=True, text=True)).returncode:
        assert asked.stderr.startswith("Invalid time specified"), asked.stderr


@pytest.fixture(scope="module")
def interrupted(slurm, folder, tmp_path_factory):
    """{batch: what was answered when its job was ended} of a whole run, in the middle of both batches: the job of the
    first is cancelled, and that of the second, in which a paper hangs, is at its time limit."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        hold(monkeypatch, tmp_path_factory.mktemp("hold"), "ask.py", 2, and_first=without_engine("ask.py"))
        run = submit(folder)
    answered = {}
    for batch in ENDED:
        wait_for(lambda batch=batch: held(driver_of(batch, slurm.ours())), run)
        journal = folder / f"results/extraction/{batch}.jsonl.journal"
        wait_for(lambda journal=journal: paper_processes.answered(journal), run)
        answered[batch] = lines(journal)[1:]
    (cancelled,), (late,) = (find(slurm.jobs(), batch) for batch in ENDED)
    reach_its_limit(late["JobId"])
    subprocess.run(["scancel", cancelled["JobId"]], check=True)
    assert run.wait() == 0, (folder / "snakemake.log").read_text()
    return answered


@pytest.fixture(scope="module")
def jobs(slurm, interrupted):
    """The jobs of that run."""
    return slurm.jobs()


def test_the_run_finishes(jobs, folder):
    with open(folder / "results/papers.csv", newline="") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["ok"] * 4
    assert (folder / "results/report.html").exists()
    log = (folder / "snakemake.log").read_text()
    shown = re.findall(r"^Progress   (.*) papers; \d+ values and findings", log, re.MULTILINE)
    assert shown[-1] == "4/4", "whatever ended the jobs between"


def test_gpu_rules_ask_for_a_gpu_and_see_it(slurm, jobs):
    on_gpu = [job for job in jobs if job["Comment"].startswith(GPU_RULE)]
    assert len(on_gpu) == 4  # both batches, and both once more
    for job in on_gpu:
        assert job["TresPerJob"] == "gres:gpu:1"
        assert slurm.task_environment(job)["CUDA_VISIBLE_DEVICES"] in ("0", "1")


def test_other_rules_neither_ask_for_a_gpu_nor_see_one(slurm, jobs):
    others = [job for job in jobs if not job["Comment"].startswith(GPU_RULE)]
    assert others
    for job in others:
        assert "TresPerJob" not in job
        assert "CUDA_VISIBLE_DEVICES" not in slurm.task_environment(job)


def test_jobs_do_not_turn_to_the_model_hub(slurm, jobs):
    assert {slurm.task_environment(job)["HF_HUB_OFFLINE"] for job in jobs} == {"1"}


def test_the_small_jobs_of_many_papers_are_one_job(jobs):
    assert [job["Comment"] for job in jobs].count("rule_papers_extract_text_truncate") == 1
    assert not [job for job in jobs if job["Comment"].startswith(("rule_extract_text", "rule_truncate"))]


@pytest.mark.parametrize(("batch", "state"), ENDED.items())
def test_a_job_that_was_ended_is_submitted_again_with_more_time_and_memory(jobs, batch, state):
    first, second = find(jobs, batch)
    assert (first["JobState"], second["JobState"]) == (state, "COMPLETED")
    assert second["TimeLimit"] > first["TimeLimit"]
    assert int(second["MinMemoryNode"].rstrip("M")) == 2 * int(first["MinMemoryNode"].rstrip("M"))


def test_it_goes_on_where_its_journal_ends(folder, interrupted):
    for batch, answered in interrupted.items():
        of_tasks = [lines(folder / f"results/{task}/{batch}.jsonl") for task in ("extraction", "discovery")]
        assert [first for first, _ in of_tasks] == answered, "what was answered is not asked again"
        records = [record for answers in of_tasks for record in answers]
        assert len(records) == 4 and len({record["paper"] for record in records}) == 2
        assert {record["status"] for record in records} == {"ok"}


def test_a_second_run_submits_nothing(slurm, jobs, folder):
    assert submit(folder).wait() == 0
    assert "Nothing to be done" in (folder / "snakemake.log").read_text()
    assert len(slurm.jobs()) == len(jobs)
