"""The real workflow, run as a user runs it, with a model of random weights: what goes in, and what comes out."""

import json
import re

import pytest
import yaml
from bad_papers import BY_NAME, by_name
from batches import lines
from conftest import run_first
from projects import GPU_WORK, PAPER_WORK, configure, pdf, snakemake, study, table

from benchmark.stand_in import answer


def test_every_answer_says_what_gave_it(project):
    answered = table(project, "memory")
    assert len(answered) == 4 and answered.model.nunique() == 1
    assert answered.software.str.match(
        r"Designspace \S+, Python 3\S+, torch \S+, transformers \S+, llguidance \S+$"
    ).all()
    page = (project / "results" / "report.html").read_text("utf-8")
    assert f'"{answered.model[0]}"' in page and answered.software[0] in page
    assert '"step":"ask","jobs":1' in page and '"papers_per_job":' in page


def test_the_logs_of_the_model_have_its_papers_and_no_noise_of_libraries(project):
    said = (project / "results" / "logs" / "ask" / "b0001.log").read_text("utf-8").splitlines()
    assert [line.partition(":")[0] for line in said] == ["Paper 1/2 study_1", "Paper 2/2 study_2"], said


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


def test_a_parameter_of_groups_that_changed_asks_the_extraction_again_and_not_the_discovery(project):
    path, results = project / "config" / "parameters.yaml", project / "results"
    before = {task: (results / task / "b0001.jsonl").read_bytes() for task in ("extraction", "discovery")}
    library = yaml.safe_load(path.read_text("utf-8"))
    library[2] |= {"per": "group", "definition": "How many people of the group were measured."}
    path.write_text(yaml.safe_dump(library, sort_keys=False), "utf-8")
    finished, _ = snakemake(project)
    assert finished == dict.fromkeys(["plan_memory", *GPU_WORK, "merge", "draw", "report"], 1)
    assert (results / "discovery" / "b0001.jsonl").read_bytes() == before["discovery"], "with the seconds it took"
    digests = [
        {line["inputs"] for line in map(json.loads, answers.splitlines())}
        for answers in (before["extraction"], (results / "extraction" / "b0001.jsonl").read_bytes())
    ]
    assert len(digests[1]) == 2 and not digests[0] & digests[1]


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
    fresh = {"through": ["env"]}  # an interpreter of its own, which the watcher is in
    _, printed = snakemake(project, "--dry-run", "--mode", "remote", "--forceall", **fresh)
    assert "opened a PDF" not in printed and "study_1" in printed and "study_8" not in printed
    _, printed = snakemake(project, "--dry-run", **fresh)
    assert "opened a PDF" in printed and "study_8" in printed


def test_answers_that_are_damaged_are_made_again_and_never_merged(project, without_model):
    answers, text = project / "results" / "extraction" / "b0001.jsonl", project / "results" / "text" / "study_1.json"
    library = yaml.safe_load((project / "config" / "parameters.yaml").read_text("utf-8"))
    papers = [json.loads((text.parent / f"study_{n}.json").read_text("utf-8")) for n in (1, 2)]
    answers.write_text("".join(json.dumps(answer("extraction", record, library)) + "\n" for record in papers), "utf-8")
    whole, values = answers.read_bytes(), [record["values"] for record in lines(answers)]
    nonsense = whole.replace(b'"evidence": "', b'"evidence": "It is not true: ')
    read = text.read_bytes()
    for path, damaged, sentence in [
        (answers, nonsense, r"b0001.jsonl has evidence for \S+ that is not in the text of"),
        (answers, whole[:-30], r"b0001.jsonl is not valid JSON .* in line 2"),
        (text, read[:-30], r"study_1.json is not valid JSON"),
    ]:
        path.write_bytes(damaged)
        finished, printed = snakemake(project, "--show-failed-logs", fails=True)
        assert "merge" not in finished and re.search(sentence, printed)
        assert not (project / "results" / "papers.csv").exists() and not path.exists()
    assert set(snakemake(project)[0]) == {"extract_text", "truncate", *GPU_WORK, "merge", "draw", "report"}
    assert text.read_bytes() == read and [record["values"] for record in lines(answers)] == values


def test_a_table_or_a_plan_that_is_cut_short_is_made_again(project):
    path, plan = project / "results" / "extractions.csv", project / "results" / "memory_plan.json"
    whole, planned_before = path.read_bytes(), plan.read_bytes()
    for file, cut, made_before, sentence in [
        (plan, planned_before[:-30], [], "results/memory_plan.json is not valid JSON .*: it is now called"),
        (
            path,
            whole[: whole[:-1].rindex(b"\n") + 1],  # a row less
            ["plan_memory"],
            r"results/extractions.csv has \d+ rows and not \d+: it is now called",
        ),
    ]:
        file.write_bytes(cut)
        finished, printed = snakemake(project, "--show-failed-logs", fails=True)
        assert list(finished) == made_before and re.search(sentence, printed) and not file.exists()
    assert set(snakemake(project)[0]) == {"merge", "report"}
    assert path.read_bytes() == whole and plan.read_bytes() == planned_before


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


def test_odd_file_names_work(new_project, without_model):
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


def test_snakemake_looks_for_jobs_when_one_ends_and_not_ever_more_often(new_project):
    for n in range(8):
        pdf(study(n), new_project / "papers" / f"study_{n}.pdf")
    finished, printed = snakemake(new_project, "--verbose", "--cores", "1", "--until", "extract_text")
    assert finished == {"extract_text": 8}
    assert printed.count("Resources before job selection") <= 1 + 8


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
        (papers / f"{name}.pdf").write_bytes(by_name(name))
    for n in (1, 2):
        pdf(study(n), tmp_path / f"study_{n}.pdf")
        (papers / f"study_{n}.pdf").symlink_to(tmp_path / f"study_{n}.pdf")  # out of the folder
    (papers / "a link to a secret.pdf").symlink_to("/etc/passwd")
    configure(new_project, papers_per_job=12)
    _, printed = snakemake(new_project)
    rows = table(new_project, "papers").set_index("file")
    assert len(rows) == len(BAD) + 3 and rows.loc["a link to a secret.pdf"].status == "unreadable"
    for name in BAD:
        row, (_, status, said) = rows.loc[f"{name}.pdf"], BY_NAME[name]
        assert row.status == status and (row.reason == "" if status == "ok" else said in row.reason), name
    values, alone = (table(at, "extractions").set_index("paper") for at in (new_project, finished_project))
    assert values.loc[["study_1", "study_2"]].equals(alone.loc[["study_1", "study_2"]])
    assert set(values.index) == set(rows[rows.status == "ok"].paper)
    assert set(values.parameter) == set(table(new_project, "parameters").columns[4:])
    assert all(rows[rows.status != "ok"].reason.str.endswith("."))
    assert "encrypted with a password.pdf: encrypted" in printed, "the summary says which papers were not read"
    assert (new_project / "results" / "report.html").exists()


TWICE = [{"name": "a", "kind": "integer", "definition": "A."}] * 2


@pytest.mark.parametrize(
    "changes, entries, sentences",
    [
        ({"paper": "x"}, None, ["`paper`"]),
        ({}, TWICE, ["two parameters have the name `a`"]),
        (
            {"papers": "nowhere", "extraction": {"max_new_tokens": 20}},
            None,
            ["the folder nowhere .* does not exist", "at least 16 are needed"],
        ),
        ({"memory": {"capacity": "100MiB", "reserve": "50MiB"}}, None, ["The model does not fit: weights"]),
    ],
)
def test_errors_of_the_configuration_are_sentences_before_anything_runs(new_project, changes, entries, sentences):
    """One of each step of the check; tests/settings has all of them."""
    pdf(study(1), new_project / "papers" / "study_1.pdf")
    configure(new_project, **changes)
    if entries:
        (new_project / "config" / "parameters.yaml").write_text(yaml.safe_dump(entries), "utf-8")
    finished, printed = snakemake(new_project, fails=True)
    assert not finished and "Traceback" not in printed and not (new_project / "results").exists()
    assert [sentence for sentence in sentences if not re.search(sentence, printed)] == [], printed


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
