"""The real workflow, run as a user runs it, with a model of random weights: what runs when, and what comes out."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import typst
import yaml
from bad_papers import BY_NAME, SAMPLE
from conftest import ROOT, needs_tesseract, random_model, run_first
from test_batch import lines

from designspace import tables
from designspace.text import extract_text

SAMPLES = ROOT / "tests" / "papers"
GPU_WORK = {"extract", "discover"}
PAPER_WORK = {"extract_text", "truncate"}


def pdf(text, path):
    """A one-page PDF of a text."""
    path.write_bytes(typst.compile(text.encode()))
    return path


def study(n):
    """A short invented paper."""
    return f"= Methods\nIn study {n} a total of {10 + n} right-handed people reached for targets at {n} cm distance."


def snakemake(project, *arguments, fails=False):
    """Run the workflow in a project; returns how many jobs of each rule finished, and what was printed."""
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--snakefile",
        ROOT / "Snakefile",
        "--cores",
        "2",
        "--rerun-incomplete",
    ]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command += ["--set-threads", "extract=1", "discover=1"]  # the model is so small that they run side by side
    command = [*map(str, command), *arguments]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    printed = done.stdout + done.stderr
    assert (done.returncode != 0) == fails, printed
    finished = Counter(re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", printed))
    finished.pop("all", None)
    return finished, printed


def configure(project, **changes):
    """Change settings of a project; a dictionary changes keys of a section."""
    path = project / "config" / "config.yaml"
    config = yaml.safe_load(path.read_text("utf-8"))
    for key, value in changes.items():
        config[key] = config[key] | value if isinstance(value, dict) else value
    path.write_text(yaml.safe_dump(config), "utf-8")


def table(project, name):
    return tables.read_csv(project / "results" / f"{name}.csv")


@pytest.fixture(scope="session")
def empty_project(tmp_path_factory, tokenizer):
    """A project without papers: the default configuration and library, and a model of random weights."""
    project = tmp_path_factory.mktemp("empty")
    shutil.copytree(ROOT / "config", project / "config")
    (project / "papers").mkdir()
    random_model("llama").save_pretrained(project / "model")
    tokenizer.save_pretrained(project / "model")
    configure(
        project,
        papers_per_job=2,
        model={"name": "model", "device": "cpu", "dtype": "float32"},
        memory={"capacity": "4GiB", "reserve": "1GiB", "token_budget": 256},
        extraction={"max_new_tokens": 768, "min_confidence": 0},
        discovery={"max_new_tokens": 384, "findings": 2},
    )
    # The prompt of the whole library is longer than this little model's positions.
    library = yaml.safe_load((project / "config" / "parameters.yaml").read_text("utf-8"))
    (project / "config" / "parameters.yaml").write_text(yaml.safe_dump(library[:3], sort_keys=False), "utf-8")
    return project


@pytest.fixture(scope="session")
def finished_project(empty_project, tmp_path_factory):
    """A project whose two papers were read."""
    project = tmp_path_factory.mktemp("finished") / "project"
    shutil.copytree(empty_project, project)
    for n in (1, 2):
        pdf(study(n), project / "papers" / f"study_{n}.pdf")
    finished, _ = snakemake(project)
    both = dict.fromkeys(PAPER_WORK, 2)
    assert finished == {**both, **dict.fromkeys(["plan_memory", *GPU_WORK, "merge", "draw", "report"], 1)}
    return project


@pytest.fixture
def project(finished_project, tmp_path):
    """A copy of the finished project, times and Snakemake's memory included."""
    return Path(shutil.copytree(finished_project, tmp_path / "project"))


@pytest.fixture
def new_project(empty_project, tmp_path):
    return Path(shutil.copytree(empty_project, tmp_path / "project"))


def test_every_answer_says_what_gave_it(project):
    answered = table(project, "memory")
    assert len(answered) == 4 and answered.model.nunique() == 1
    assert answered.software.str.match(r"Python 3\S+, torch \S+, transformers \S+, llguidance \S+$").all()
    page = (project / "results" / "report.html").read_text("utf-8")
    assert f'"{answered.model[0]}"' in page and answered.software[0] in page
    assert '"step":"extract","jobs":1' in page and '"papers_per_job":' in page


def test_the_logs_of_the_model_have_its_papers_and_no_noise_of_libraries(project):
    for task, log in (("extraction", "extract/b0001.log"), ("discovery", "discover/b0001.log")):
        said = (project / "results" / "logs" / log).read_text("utf-8").splitlines()
        assert [line.partition(":")[0] for line in said] == [f"{task} 1/2 study_1", f"{task} 2/2 study_2"], said


def test_every_reported_value_has_its_sentence_and_page(project):
    values = table(project, "extractions")
    reported = values[values.status == "reported"]
    assert len(reported)
    for _, value in reported.iterrows():
        record = json.loads((project / "results" / "text" / f"{value.paper}.json").read_text("utf-8"))
        start, end = int(value.start), int(value.end)
        assert value.evidence and record["text"][start:end] == value.evidence
        page = record["pages"][int(value.page) - 1]
        assert page["start"] <= start < page["end"]
        assert json.loads(value.boxes)


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
    assert set(snakemake(project)[0]) == {*GPU_WORK, "plan_memory", "merge", "draw", "report"}


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


def test_a_job_on_a_node_opens_no_pdf_and_sees_the_papers_of_its_run(project, monkeypatch):
    """Whatever happened to the folder since the run began; ten thousand jobs would do it ten thousand times."""
    watcher = """
import os, sys
def watch(event, details):
    if event == "open" and str(details[0]).lower().endswith(".pdf"):
        os.write(2, b"opened a PDF\\n")
sys.addaudithook(watch)
"""
    run_first(monkeypatch, project, watcher)
    pdf(study(7), project / "papers" / "study_1.pdf")
    pdf(study(8), project / "papers" / "study_8.pdf")
    _, printed = snakemake(project, "--dry-run", "--mode", "remote", "--forceall")
    assert "opened a PDF" not in printed and "study_1" in printed and "study_8" not in printed
    _, printed = snakemake(project, "--dry-run")
    assert "opened a PDF" in printed and "study_8" in printed


def test_a_changed_library_asks_again_and_does_not_read_again(project):
    path = project / "config" / "parameters.yaml"
    path.write_text(path.read_text("utf-8").replace("How many experiments", "The number of experiments"), "utf-8")
    picture = project / "results" / "pages" / "study_1" / "1.webp"
    drawn = picture.stat().st_mtime_ns
    finished, _ = snakemake(project)
    assert not set(finished) & PAPER_WORK
    assert finished["extract"] == finished["merge"] == finished["draw"] == finished["report"] == 1
    assert picture.stat().st_mtime_ns == drawn, "a picture that is there is not drawn again"


def test_changed_discovery_settings_run_only_discovery_and_what_follows(project):
    configure(project, discovery={"findings": 1})
    finished, _ = snakemake(project)
    assert set(finished) - {"plan_memory"} == {"discover", "merge", "draw", "report"}
    assert set(table(project, "papers").status) == {"ok"}


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (
            lambda data: data.replace(b'"evidence": "', b'"evidence": "It is not true: '),
            r"b0001.jsonl has evidence for \S+ that is not in the text of",
        ),
        (lambda data: data[:-30], r"b0001.jsonl is not valid JSON .* in line 2"),
    ],
)
def test_answers_that_are_damaged_are_made_again_and_never_merged(project, damage, sentence):
    answers = project / "results" / "extraction" / "b0001.jsonl"
    whole = lines(answers)
    answers.write_bytes(damage(answers.read_bytes()))
    finished, printed = snakemake(project, "--show-failed-logs", fails=True)
    assert "merge" not in finished and re.search(sentence, printed)
    assert not (project / "results" / "papers.csv").exists()
    assert set(snakemake(project)[0]) == {"extract", "merge", "draw", "report"}
    assert [record["values"] for record in lines(answers)] == [record["values"] for record in whole]


def test_a_table_that_is_cut_short_is_made_again(project):
    path = project / "results" / "extractions.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[: whole[:-1].rindex(b"\n") + 1])  # a row less
    finished, printed = snakemake(project, "--show-failed-logs", fails=True)
    assert not finished and re.search(r"results/extractions.csv has \d+ rows and not \d+: it is now called", printed)
    assert set(snakemake(project)[0]) == {"merge", "report"} and path.read_bytes() == whole


def test_settings_that_change_no_answer_run_nothing_again(project):
    configure(project, memory={"allocator": "expandable_segments:True,max_split_size_mb:512", "prefill_chunk": 1024})
    assert not set(snakemake(project)[0]) & (PAPER_WORK | GPU_WORK)


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
    finished, _ = snakemake(project)
    assert "extract_text" not in finished and finished["truncate"] == 2 and finished["extract"] == 1


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
    assert not snakemake(project)[0]
    for n in (3, 4):
        pdf(study(n), project / "papers" / f"study_{n}.pdf")
    finished, _ = snakemake(project)
    assert finished["extract"] == 2, "the new size holds for new papers"


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


ODD_NAMES = [
    "two  spaces.pdf",
    "Müller & Ångström – ﬁnal (2).PDF",
    'quote\'s "double" $(touch pwned) `touch pwned`; {x} {paper}.pdf',
    "-rf.pdf",
    "v1.2.3.pdf",
    "a b.pdf",
    "a_b-.pdf",
    "a?b.pdf",
    "x" * 196 + ".pdf",
    "=1+1.pdf",
]


def test_odd_file_names_work(new_project):
    for n, name in enumerate(ODD_NAMES):
        pdf(study(n), new_project / "papers" / name)
    configure(new_project, papers_per_job=16)
    snakemake(new_project)
    papers = table(new_project, "papers")
    assert set(papers.file) == set(ODD_NAMES) and set(papers.status) == {"ok"}
    assert papers.paper.is_unique and all(
        re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]{0,79}", paper) for paper in papers.paper
    )
    assert not list(new_project.rglob("pwned"))


# Of each status, and those that are read and are strange to what comes behind.
BAD = [
    "zero bytes",
    "not a PDF",
    "only a header",
    "encrypted with a password",
    "no pages",
    "a page of 20,000 by 20,000 points",
    "text as outlines",
    "right to left",
    "control characters",
]


def test_bad_papers_have_their_row_and_good_ones_are_unharmed(new_project, finished_project, tmp_path):
    papers = new_project / "papers"
    for name in BAD:
        (papers / f"{name}.pdf").write_bytes(BY_NAME[name][0])
    for n in (1, 2):
        pdf(study(n), tmp_path / f"study_{n}.pdf")
        (papers / f"study_{n}.pdf").symlink_to(tmp_path / f"study_{n}.pdf")  # out of the folder
    (papers / "a link to a secret.pdf").symlink_to("/etc/passwd")
    configure(new_project, papers_per_job=6)
    _, printed = snakemake(new_project)
    rows = table(new_project, "papers").set_index("file")
    assert len(rows) == len(BAD) + 3 and rows.loc["a link to a secret.pdf"].status == "unreadable"
    for name in BAD:
        row, (_, status, said) = rows.loc[f"{name}.pdf"], BY_NAME[name]
        assert row.status == status and (row.reason == "" if status == "ok" else said in row.reason), name
    values, alone = (table(at, "extractions").set_index("paper") for at in (new_project, finished_project))
    assert values.loc[["study_1", "study_2"]].equals(alone.loc[["study_1", "study_2"]])
    assert set(values.index) == set(rows[rows.status == "ok"].paper)
    assert set(values.parameter) == set(table(new_project, "parameters").columns[2:])
    assert all(rows[rows.status != "ok"].reason.str.endswith("."))
    assert "encrypted with a password.pdf: encrypted" in printed, "the summary says which papers were not read"
    assert (new_project / "results" / "report.html").exists()


def lines_of(record, page):
    """{what a line says: its box}"""
    return {record["text"][line["start"] : line["end"]]: line["box"] for line in record["pages"][page - 1]["lines"]}


@needs_tesseract
def test_switching_ocr_on_reads_scans_and_nothing_else_again(project):
    (project / "papers" / "scan.pdf").write_bytes(BY_NAME["a scan without a text layer"][0])
    snakemake(project, "--until", "extract_text")
    text = project / "results" / "text" / "scan.json"
    assert json.loads(text.read_text("utf-8"))["status"] == "needs_ocr"
    configure(project, ocr=True)
    assert snakemake(project, "--until", "extract_text")[0] == {"extract_text": 1}
    record = json.loads(text.read_text("utf-8"))
    assert (record["status"], record["reason"]) == ("ok", "Its text comes from OCR.")
    # What OCR reads lies where it is printed on the page that was scanned.
    found, printed = lines_of(record, 1), lines_of(extract_text(SAMPLE, "sample"), 1)
    same = found.keys() & printed.keys()
    assert len(same) > 0.6 * len(printed)
    assert all(found[line] == pytest.approx(printed[line], abs=5) for line in same)  # of some 600 points
    assert "extract_text" not in snakemake(project, "--dry-run")[1], "once is enough"


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"paper": "x"}, "`paper`"),
        ({"papers": "nowhere"}, "the folder nowhere .* does not exist"),
        ({"papers": "config"}, "has no PDF in it"),
        ({"model": {"name": "nobody/no-such-model"}}, "The model nobody/no-such-model is not a folder here"),
        ({"memory": {"capacity": "100MiB", "reserve": "50MiB"}}, "The model does not fit: weights"),
        ({"extraction": {"max_new_tokens": 20}}, "at least 16 are needed"),
    ],
)
def test_a_wrong_configuration_is_a_sentence_before_anything_runs(project, change, sentence):
    shutil.rmtree(project / "results")
    configure(project, **change)
    finished, printed = snakemake(project, fails=True)
    assert not finished and re.search(sentence, printed)
    assert "Traceback" not in printed and not (project / "results").exists()


@pytest.mark.parametrize(
    "library, sentence",
    [
        ([{"name": "a", "kind": "colour", "definition": "A."}], "integer, number, string, boolean or category"),
        ([{"name": "a", "kind": "integer", "definition": "A."}] * 2, "two parameters have the name `a`"),
    ],
)
def test_a_wrong_library_is_a_sentence_before_anything_runs(project, library, sentence):
    (project / "config" / "parameters.yaml").write_text(yaml.safe_dump(library), "utf-8")
    finished, printed = snakemake(project, fails=True)
    assert not finished and sentence in printed and "Traceback" not in printed


def test_gpu_rules_ask_for_a_gpu_and_set_the_allocator(project):
    configure(project, model={"device": "cuda"}, memory={"allocator": "expandable_segments:True"})
    _, printed = snakemake(project, "--dry-run", "--printshellcmds", "--forceall")
    seen = set()
    for job in re.split(r"\n\s*(?=(?:local)?rule \w+:)", printed):
        if rule := re.match(r"(?:local)?rule (\w+):", job):
            seen.add(rule[1])
            assert ("gpu=1" in job) == (rule[1] in GPU_WORK)
            assert ("PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True python" in job) == (rule[1] in GPU_WORK)
    assert seen >= GPU_WORK | PAPER_WORK | {"plan_memory", "merge", "draw", "report"}
