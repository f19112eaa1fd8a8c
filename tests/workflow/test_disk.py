"""A disk that is full or may not be written: a sentence, nothing half written, and later the same command finishes.

The results of the real workflow are on a small disk in memory, which the test fills and makes read-only.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress

import pytest
from batches import lines
from conftest import ROOT, run_first
from paper_processes import answered, go_on, hold, wait_for
from projects import snakemake, table
from test_interruptions import PAPERS, PROFILE, WITHOUT_MODEL, Run, night  # noqa: F401 (one is a fixture)


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture
def results(night):  # noqa: F811
    """The folder of the results of a project, on a disk of 2 MiB; so is Snakemake's, on one of its own."""
    folders = [night / "results", night / ".snakemake"]
    try:
        for folder in folders:
            folder.mkdir()
            mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", folder)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"Mounting a disk takes root, in a container that is allowed to: {error}")
    yield folders[0]
    for folder in folders:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder):
    """Write until nothing more fits. Returns the file to remove."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return filler


FULL = "No space left on device. Make room on its disk and start again."


def test_a_full_disk(night, results, tmp_path, monkeypatch):  # noqa: F811
    hold(monkeypatch, tmp_path, "ask.py", 2, and_first=WITHOUT_MODEL)
    filler = fill(results)
    _, printed = snakemake(night, *PROFILE, fails=True)
    assert f"Cannot write results/.lock: {FULL}" in printed and "rule extract_text" not in printed
    filler.unlink()

    run = Run(night, "first.log")
    _, paper = run.held()
    wait_for(lambda: answered(results / "extraction" / "b0001.jsonl.journal"), run.process)
    fillers = [fill(folder) for folder in (results, night / ".snakemake")]
    go_on(paper)
    code, printed = run.ends()
    assert code == 1 and f"The batch stopped: Cannot write results/extraction/b0001.jsonl.journal: {FULL}" in printed
    assert not list(results.glob("extraction/*.jsonl")) and not list(results.glob("*.csv*.tmp"))
    assert not (results / "papers.csv").exists(), "what is not complete is not merged"
    for filler in fillers:
        filler.unlink()
    journal = (results / "extraction" / "b0001.jsonl.journal").read_bytes().splitlines(keepends=True)[1:]
    whole = [json.loads(line) for line in journal if line.endswith(b"\n")]  # the disk was full in the middle of a line
    assert whole

    run_first(monkeypatch, tmp_path, WITHOUT_MODEL)
    snakemake(night, *PROFILE)
    assert list(table(night, "papers").paper) == PAPERS and set(table(night, "papers").status) == {"ok"}
    for task in ("extraction", "discovery"):
        there = [answer for answer in whole if answer["task"] == task]
        kept = lines(results / task / "b0001.jsonl")[: len(whole) // 2]
        assert kept == there[: len(kept)], "what is on the disk is not asked again"

    tables = {path: path.read_bytes() for path in results.iterdir() if path.is_file()}
    fill(results)
    command = [sys.executable, ROOT / "scripts/merge.py", "--ledger", "results/ledger.csv", "--results", "results"]
    command += ["--papers", "papers", "--parameters", "config/parameters.yaml", "--corrections", "none.csv"]
    merge = subprocess.run(command, cwd=night, capture_output=True, text=True)
    assert merge.returncode == 1 and merge.stderr == f"merge: Cannot write results/papers.csv: {FULL}\n"
    assert all(path.read_bytes() == content for path, content in tables.items()) and not list(results.glob("*.tmp"))


def test_folders_that_may_not_be_written(night, results):  # noqa: F811
    for folder in (results, night / ".snakemake"):
        mount("-o", "remount,ro", folder)
    _, printed = snakemake(night, *PROFILE, fails=True)
    assert "Traceback" not in printed
    assert f"config: you may not write in {results}, where the results go (`results`); make that" in printed
    assert f"config: you may not write in {night / '.snakemake'}, where Snakemake keeps its notes; make that" in printed


# Root may write anywhere; without this capability it may where a folder's modes say so, as anybody else.
AS_ANYBODY = ["setpriv", "--inh-caps=-dac_override", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []


def test_a_folder_of_the_results_that_belongs_to_somebody_else(night):  # noqa: F811
    text = night / "results" / "text"
    text.mkdir(parents=True)
    text.chmod(0o555)
    finished, printed = snakemake(night, through=AS_ANYBODY, fails=True)
    assert not finished and "Traceback" not in printed
    assert f"config: you may not write in {text}, where the results go (`results`); make that" in printed
    text.chmod(0o755)
    finished, _ = snakemake(night, "--until", "extract_text", through=AS_ANYBODY)
    assert finished == {"extract_text": len(PAPERS)}
