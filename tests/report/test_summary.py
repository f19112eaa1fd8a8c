"""The summary at the end of a run, and tables that are damaged or missing."""

import re

import pytest
from written_report import program, short_run, write_report

from designspace.project.pilot import NOT_YET
from designspace.report import page_data
from designspace.results import summary, tables


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    return short_run(tmp_path_factory.mktemp("merged"))


@pytest.fixture
def run(merged, tmp_path):
    return merged.copied(tmp_path)


def test_the_summary_fits_the_terminal(run):
    lines = program("summarize", run).splitlines()
    assert lines == [
        "Papers       3, read 1; copies left out 1",
        "  not read   scan.pdf: needs_ocr. It has no text.",
        "  not read   stuck.pdf: failed. Extraction: Out of memory.",
        "Values       2 reported, 2 with evidence, 0 reviewed",
        "Discoveries  1",
        "Tables       " + ", ".join(str(run.results / f"{name}.csv") for name in tables.CSV_TABLES),
        f"Database     {run.results / 'designspace.sqlite'}",
        f"Report       {run.results / 'report.html'}",
    ]


def test_questions_that_the_cap_left_unasked_are_named(run):
    run.batches["extraction", "b0001"][0]["unasked"] = 12
    run.write().merge()
    rows = tables.read_csv(run.results / "papers.csv").set_index("paper")
    reason = "12 questions were not asked: no tokens of extraction: max_new_tokens were left."
    assert rows.loc["smith_2019", ["status", "reason"]].tolist() == ["ok", reason]
    line = "  not asked  questions about 1 paper: max_new_tokens was used up, see `reason` in papers.csv"
    assert line in program("summarize", run).splitlines()


def test_the_summary_begins_with_the_note(run):
    note = "The answers of this model mean nothing."
    assert program("summarize", run, "--note", note) == f"{note}\n{program('summarize', run)}"


@pytest.mark.parametrize(
    ("name", "damage", "sentence"),
    [
        ("papers.csv", lambda data: b"", "was cut short"),
        ("papers.csv", lambda data: b"\n", "is not a table"),
        ("papers.csv", lambda data: bytes(400), "was cut short"),
        ("papers.csv", lambda data: data[: data[:-1].rindex(b"\n") + 1], r"has \d rows and not \d"),
        ("extractions.csv", lambda data: data.replace(b"0.93", b"much"), "is not a table"),
        ("extractions.csv", lambda data: data[:-40], "was cut short"),
        ("memory.csv", lambda data: data.replace(b"attempt", b"attempts"), "does not have the columns of its table"),
        ("designspace.sqlite", lambda data: b"", "is not a complete database"),
        ("designspace.sqlite", lambda data: data[:8192], "is not a complete database"),
        ("designspace.sqlite", lambda data: b"nonsense", "is not a complete database"),
    ],
)
def test_a_damaged_table_is_set_aside_and_never_shown(run, name, damage, sentence):
    table, page = run.results / name, run.results / "report.html"
    table.write_bytes(damage(whole := table.read_bytes()))
    assert table.read_bytes() != whole
    with pytest.raises(SystemExit) as end:
        write_report(run)
    aside = f"it is now called {name}.broken; start again, and it is made again."
    assert re.search(sentence, end.value.code) and end.value.code.startswith(f"report: {table} ")
    assert end.value.code.endswith(aside) and not table.exists() and not page.exists()
    table.write_bytes(damage(whole))
    assert aside in program("summarize", run)


def test_a_damaged_benchmark_is_not_counted(run):
    folder = run.results / "benchmarks"
    folder.mkdir()
    (folder / "merge.tsv").write_text("s\th:m:s\tmax_rss\n2.5\t0:00:02\t100\n")
    (folder / "draw").mkdir()
    for number, content in enumerate(
        [b"", b"s\th:m", b"s\tmax_rss\n7.5", b"s\tmax_rss\n1e999\t1e999\n", b"s\tmax_rss\nmany\t\xff\n", bytes(9)]
    ):
        (folder / "draw" / f"b{number}.tsv").write_bytes(content)
    draw, merge = page_data.steps(folder)
    assert (merge["seconds"], merge["bytes"]) == (2.5, 100 * 2**20)
    assert (draw["seconds"], draw["bytes"]) == (7.5, 0)


@pytest.mark.parametrize("missing", ["papers", "memory"])
def test_the_summary_of_a_run_without_tables_is_a_sentence(run, missing):
    (run.results / f"{missing}.csv").unlink()
    message = program("summarize", run)
    assert message.startswith(f"No tables yet: there is no {run.results / missing}.csv.") and message.count("\n") == 1


def test_the_summary_of_many_failures_stays_short(run):
    for number in range(20):
        run.add(f"empty{number}", text="empty", reason="It has\nno pages.\x1b[2J")
    run.write().merge()
    lines = program("summarize", run).splitlines()
    assert len(lines) <= 10 and "  not read   19 more, see papers.csv" in lines
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize("reason", [NOT_YET, "no human participants"])
def test_the_papers_that_wait_for_the_end_of_a_pilot_are_what_its_error_rate_is_about(tmp_path, reason):
    """All ten of a pilot were reviewed, one value in ten of every other paper is wrong; 90 papers are left out."""
    papers = [{"paper": f"p{n}", "status": "ok" if n < 10 else "excluded", "reason": reason} for n in range(100)]
    values = [
        {
            "paper": f"p{n}",
            "status": "reported",
            "evidence": "x",
            "review": "rejected" if value < n % 2 * 2 else "accepted",
        }
        for n in range(10)
        for value in range(10)
    ]
    for value in values:
        value |= {"experiment": "", "parameter": "n"}
    none = {"discoveries": [], "corrections_unused": [], "reviews": []}
    printed = summary.summary({"papers": papers, "extractions": values} | none, tmp_path)
    (line,) = (line for line in printed.splitlines() if line.startswith("Error rate"))
    if reason == NOT_YET:
        assert line == "Error rate   10% ± 6% of 100 values in 10 papers; to know it within ±5%, review 5 papers more"
    else:
        assert line == "Error rate   10% ± 0% of 100 values in 10 papers; enough"
