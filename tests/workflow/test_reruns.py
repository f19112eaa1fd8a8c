"""What a next run of the workflow does again where something has changed, and what it leaves as it is."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bad_papers import SAMPLE, by_name
from conftest import needs_tesseract
from projects import GPU_WORK, PAPER_WORK, configure, pdf, planned, snakemake, study, table
from test_text import FILLER

from designspace.parsing import READING
from designspace.parsing.text import extract_text

pytestmark = pytest.mark.usefixtures("without_model")


def test_a_second_run_does_nothing(project):
    finished, printed = snakemake(project)
    assert not finished and "Nothing to be done" in printed


def shift(folder, hours):
    """Change the times of all files of a folder."""
    for file in filter(Path.is_file, folder.rglob("*")):
        os.utime(file, ns=(changed := file.stat().st_mtime_ns + hours * 3600 * 10**9, changed))


def test_a_clock_that_was_wrong_runs_nothing_again_and_loses_no_change(project):
    results = project / "results"
    shift(results, hours=-100)  # older than the library and the papers
    assert not snakemake(project)[0]
    shift(results, hours=105)
    library = project / "config" / "parameters.yaml"
    library.write_text(library.read_text("utf-8").replace("How many experiments", "The number of experiments"), "utf-8")
    finished, printed = snakemake(project, fails=True)
    assert not finished and "files in results are from the future, up to" in printed and "Traceback" not in printed
    subprocess.run(re.search(r"find results/ .* \+", printed)[0], shell=True, cwd=project, check=True)
    assert set(planned(project)) == {*GPU_WORK, "plan_memory", "merge", "draw", "report"}


def test_a_new_paper_runs_only_its_own_jobs_and_the_merge(project):
    old = [*(project / "results").glob("*/b0001.json*"), *(project / "results" / "pages").glob("*/*.webp")]
    before = {file: file.stat() for file in old}
    pdf(study(3), project / "papers" / "study_3.pdf")
    finished, _ = snakemake(project)
    assert finished == dict.fromkeys([*PAPER_WORK, *GPU_WORK, "merge", "draw", "report"], 1)
    assert len(before) == 5 and all(file.stat().st_mtime_ns == was.st_mtime_ns for file, was in before.items())
    assert (project / "results" / "pages" / "study_3" / "1.webp").exists()
    assert list(table(project, "papers").paper) == ["study_1", "study_2", "study_3"]


def test_a_dry_run_writes_nothing(project):
    pdf(study(3), project / "papers" / "study_3.pdf")
    ledger = (project / "results" / "ledger.csv").read_bytes()
    snakemake(project, "--dry-run")
    assert (project / "results" / "ledger.csv").read_bytes() == ledger


def test_a_changed_library_asks_again_and_does_not_read_again(project):
    path = project / "config" / "parameters.yaml"
    path.write_text(path.read_text("utf-8").replace("How many experiments", "The number of experiments"), "utf-8")
    picture = project / "results" / "pages" / "study_1" / "1.webp"
    drawn = picture.stat().st_mtime_ns
    finished, _ = snakemake(project)
    assert not set(finished) & PAPER_WORK
    assert finished["ask"] == finished["merge"] == finished["draw"] == finished["report"] == 1
    assert picture.stat().st_mtime_ns == drawn, "a picture that is there is not drawn again"


@pytest.mark.parametrize("changes", [{"discovery": {"findings": 1}}, {"extraction": {"min_confidence": 0.5}}])
def test_changed_settings_of_a_task_ask_again_and_do_not_read_again(project, changes):
    configure(project, **changes)
    finished, _ = snakemake(project)
    assert set(finished) - {"plan_memory"} == {*GPU_WORK, "merge", "draw", "report"}
    assert set(table(project, "papers").status) == {"ok"}


def test_settings_that_change_no_answer_run_nothing_again(project):
    configure(project, memory={"allocator": "expandable_segments:True,max_split_size_mb:512", "prefill_chunk": 1024})
    assert not set(planned(project)) & (PAPER_WORK | GPU_WORK)


def test_corrections_and_gold_cost_no_gpu_work(project):
    rows = "paper,parameter,value\nstudy_1,n_total,999\nstudy_7,n_total,3\n"
    (project / "config" / "corrections.csv").write_text(rows, "utf-8")
    (project / "gold.csv").write_text("paper,parameter,value\nstudy_1.pdf,n_total,11\n", "utf-8")
    configure(project, gold="gold.csv")
    finished, printed = snakemake(project)
    assert finished == {"merge": 1, "evaluate": 1, "report": 1}
    assert table(project, "evaluation").support[0] == 1 and "Evaluation   F1" in printed
    assert table(project, "parameters").set_index("paper").loc["study_1", "n_total"] == "999"
    assert "1 without their paper or parameter" in printed


def test_a_changed_budget_makes_contexts_anew(project):
    configure(project, memory={"token_budget": 512})
    jobs = planned(project)
    assert "extract_text" not in jobs and jobs["truncate"] == 2 and jobs["ask"] == 1


def test_what_an_older_version_read_differently_is_made_again(project):
    for path in (project / ".snakemake" / "metadata").iterdir():
        job = json.loads(path.read_text("utf-8"))
        if job["rule"] == "extract_text":
            job["params"].remove(repr(READING))  # as before there was such a number
            path.write_text(json.dumps(job), "utf-8")
    jobs = planned(project)
    assert (jobs["extract_text"], jobs["truncate"], jobs["ask"]) == (2, 2, 1)
    # Where only texts are made again first, what had the same text stays.
    snakemake(project, "--until", "extract_text")
    assert not set(planned(project)) & (PAPER_WORK | GPU_WORK)


def test_a_removed_paper_disappears_without_gpu_work(project):
    removed = (project / "papers" / "study_1.pdf").read_bytes()
    (project / "papers" / "study_1.pdf").unlink()
    finished, _ = snakemake(project)
    assert finished == {"merge": 1, "draw": 1, "report": 1}
    drawn = project / "results" / "pages" / "b0001.json"
    assert json.loads(drawn.read_text("utf-8")) == {"study_2": [1]}
    for name in ("papers", "extractions", "parameters", "memory"):
        assert set(table(project, name).paper) == {"study_2"}
    assert '"paper":"study_1"' not in (project / "results" / "report.html").read_text("utf-8")
    # Nor is anything of it made again, which could not be done without its PDF.
    snakemake(project, "--forcerun", "extract_text", "truncate", "--until", "truncate")
    assert (project / "results" / "text" / "study_1.json").exists()
    assert (project / "results" / "context" / "study_1.json").exists()
    (project / "papers" / "study_1.pdf").write_bytes(removed)  # it comes back
    snakemake(project)
    assert set(table(project, "papers").paper) == {"study_1", "study_2"}
    assert json.loads((project / "results" / "pages" / "b0001.json").read_text("utf-8")).keys() == {
        "study_1",
        "study_2",
    }


def test_a_paper_removed_before_it_was_read_holds_nothing_up(project):
    pdf(study(3), project / "papers" / "study_3.pdf")
    pdf(study(4), project / "papers" / "study_4.pdf")
    pdf(study(5), project / "papers" / "study_5.pdf")
    snakemake(project, "--until", "plan_memory", "--forcerun", "plan_memory")  # remembers the papers, reads none
    (project / "papers" / "study_3.pdf").unlink()
    snakemake(project, "--until", "extract_text")
    (project / "papers" / "study_5.pdf").unlink()
    snakemake(project)
    assert list(table(project, "papers").paper) == ["study_1", "study_2", "study_4"]


def test_papers_per_job_changed_later_leaves_old_results_alone(project):
    configure(project, papers_per_job=1)
    assert not planned(project)
    for n in (3, 4):
        pdf(study(n), project / "papers" / f"study_{n}.pdf")
    assert planned(project)["ask"] == 2, "the new size holds for new papers"


def test_a_renamed_paper_costs_no_gpu_work(project):
    (project / "papers" / "study_1.pdf").rename(project / "papers" / "better name.pdf")
    finished, _ = snakemake(project)
    assert not set(finished) & GPU_WORK
    papers = table(project, "papers")
    assert list(papers[papers.paper == "study_1"].file) == ["better name.pdf"]


def test_a_copy_under_a_second_name_is_processed_once_and_listed(project):
    shutil.copy(project / "papers" / "study_1.pdf", project / "papers" / "copy.pdf")
    finished, _ = snakemake(project)
    assert finished == {"merge": 1, "report": 1}
    papers = table(project, "papers").set_index("file")
    assert papers.loc["copy.pdf"].status == "duplicate" and papers.loc["copy.pdf"].duplicate_of == "study_1"
    assert papers.loc["study_1.pdf"].status == "ok"
    assert set(table(project, "extractions").paper) == {"study_1", "study_2"}


def test_a_paper_that_could_not_be_read_is_tried_again_until_it_can(new_project, tmp_path):
    text, drive, away = new_project / "results" / "text" / "a.json", tmp_path / "drive", tmp_path / "away"
    (new_project / "papers" / "a.pdf").symlink_to(drive / "study.pdf")
    away.mkdir()  # the drive is not mounted yet
    pdf(study(1), away / "study.pdf")

    def read():
        finished, _ = snakemake(new_project, "--until", "extract_text")
        assert finished == {"extract_text": 1}
        record = json.loads(text.read_text("utf-8"))
        return record["status"], record["reason"]

    reason = "The PDF cannot be read: No such file or directory. The next run tries it again."
    assert read() == ("unreadable", reason)
    away.rename(drive)
    assert read() == ("ok", "")
    drive.rename(away)
    assert "extract_text" not in planned(new_project), "what was read stays while its drive is away"
    text.unlink()
    for _ in range(2):
        assert read() == ("failed", reason)
    away.rename(drive)
    assert read() == ("ok", "")
    assert "extract_text" not in planned(new_project), "once is enough"


def lines_of(record, page):
    """{what a line says: its box}"""
    return {record["text"][line["start"] : line["end"]]: line["box"] for line in record["pages"][page - 1]["lines"]}


@needs_tesseract
def test_switching_ocr_on_reads_scans_and_nothing_else_again(project):
    scans = {"scan": "a scan without a text layer", "shapes": "text as outlines"}
    for paper, name in scans.items():
        (project / "papers" / f"{paper}.pdf").write_bytes(by_name(name))

    def read():
        finished, _ = snakemake(project, "--until", "extract_text")
        assert finished == {"extract_text": 2}
        return [json.loads((project / "results" / "text" / f"{paper}.json").read_text("utf-8")) for paper in scans]

    assert {record["status"] for record in read()} == {"needs_ocr"}
    configure(project, ocr=True)
    scan, shapes = read()
    for record in (scan, shapes):
        assert (record["status"], record["reason"]) == ("ok", "Its text comes from OCR.")
    assert FILLER in " ".join(shapes["text"].split())
    # What OCR reads lies where it is printed on the pages that were scanned.
    for page, share in ((1, 0.6), (2, 0.5)):  # on the second, the ticks of a figure are read as one line
        found, printed = lines_of(scan, page), lines_of(extract_text(SAMPLE, "sample"), page)
        same = found.keys() & printed.keys()
        assert len(same) > share * len(printed)
        assert all(found[line] == pytest.approx(printed[line], abs=5) for line in same)  # of some 600 points
    assert "extract_text" not in snakemake(project, "--dry-run")[1], "once is enough"
