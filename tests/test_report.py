"""The report and the summary: what a user sees first."""

import html.parser
import json
import re
import subprocess
import sys

import pytest
import yaml
from test_tables import LIBRARY, Run, finding, reported, unreported

import merge
from designspace import report, tables

PAYLOAD = "<script>alert(1)</script></details></table>\"'><img src=x onerror=alert(1)>&amp;"
VOID = {"meta", "img", "br", "hr", "input", "link"}


class Page(html.parser.HTMLParser):
    """What a browser would make of the page: its elements, its text, and whether every element was closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))


def program(name, run, *options):
    script = merge.__file__.replace("merge.py", f"{name}.py")
    done = subprocess.run(
        [sys.executable, script, "--results", str(run.results), *options], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_report(run, *options):
    plan, output = run.results / "memory_plan.json", run.results / "report.html"
    plan.write_text(json.dumps({"model": PAYLOAD, "token_budget": 30720, "extraction": {"weights_bytes": 61 * 2**30}}))
    program("report", run, "--parameters", str(run.parameters), "--plan", str(plan), "--output", str(output), *options)
    return output.read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path):
    run = Run(tmp_path)
    values = [
        reported("n_total", 158, evidence="A total of 158 subjects took part.", page=9),
        reported("age_mean", 21.5, confidence=0.25),
        unreported("offset", -77),
        unreported("aiming_report", None, "failed", "The answer was cut off."),
    ]
    run.add("smith_2019", values=values, findings=[finding("tablet_tilt")])
    run.add("scan", text="needs_ocr", reason="It has no text.")
    run.add("stuck", task="failed", reason="Out of memory.")
    run.add("copy", copy_of="smith_2019")
    run.write().merge()
    return run


def test_the_page_shows_values_with_their_evidence(run):
    page = Page(write_report(run, "--note", "Only a trial."))
    assert page.open == []
    for words in (
        "Only a trial.",
        "papers3 papers read1 values reported2 values with evidence2 values reviewed0 discoveries1",
        "158 A total of 158 subjects took part. It says so. page 9, confidence 0.93",
        "failedThe answer was cut off.",
        "needs_ocr It has no text.",
        "failed Extraction: Out of memory.",
        "duplicate The same file as smith_2019.",
        "smith_2019: 15 deg",
        "weights_bytes61.00 GiB",
        "token_budget30,720",
    ):
        assert words in page.text
    assert "-77" not in page.text  # not reported
    shades = [attributes["style"] for tag, attributes in page.elements if attributes.get("class") == "value"]
    assert shades == ["--confidence: 0.93", "--confidence: 0.25"]


def test_the_page_without_a_note_has_none(run):
    assert "note" not in [attributes.get("class") for _, attributes in Page(write_report(run)).elements]


def test_what_papers_and_models_say_is_never_markup(run):
    plain = [tag for tag, _ in Page(write_report(run)).elements]
    hostile = {"value": PAYLOAD, "evidence": PAYLOAD, "reasoning": PAYLOAD, "reason": PAYLOAD}
    texts = {"name": PAYLOAD, "description": PAYLOAD, "category": PAYLOAD, "evidence": PAYLOAD}
    run.add(
        "hostile",
        file=PAYLOAD.replace("/", "\\") + ".pdf",
        values=[reported("software", **hostile), unreported("n_total", None, "failed", PAYLOAD)],
        findings=[finding("x", PAYLOAD, PAYLOAD) | texts],
    )
    run.add("bad", text="unreadable", reason=PAYLOAD)
    library = [*LIBRARY[:-1], LIBRARY[-1] | {"definition": PAYLOAD, "unit": PAYLOAD}]
    run.parameters.write_text(yaml.safe_dump(library))
    run.write().merge()
    page = Page(write_report(run, "--note", PAYLOAD))
    assert page.open == []
    assert {tag for tag, _ in page.elements} == set(plain)
    assert "script" not in plain and "img" not in plain
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert page.text.count(PAYLOAD) >= 12
    assert page.text.count(PAYLOAD.replace("/", "\\")) == 1


def test_the_page_needs_no_network(run):
    text = write_report(run)
    page = Page(text)
    assert not any(name in ("src", "href") for _, attributes in page.elements for name in attributes)
    assert "http:" not in text and "https:" not in text and "@import" not in text and "url(" not in text
    policy = next(attributes for _, attributes in page.elements if attributes.get("http-equiv"))
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_page_is_the_same_every_time(run):
    assert write_report(run) == write_report(run)


def test_an_empty_run_has_a_page(tmp_path):
    run = Run(tmp_path)
    run.write().merge()
    assert "papers read0" in Page(write_report(run)).text


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


def test_the_summary_begins_with_the_note(run):
    note = "The answers of this model mean nothing."
    assert program("summarize", run, "--note", note) == f"{note}\n{program('summarize', run)}"


@pytest.mark.parametrize("missing", ["papers", "memory"])
def test_the_summary_of_a_run_without_tables_is_a_sentence(run, missing):
    (run.results / f"{missing}.csv").unlink()
    said = program("summarize", run)
    assert said.startswith(f"No tables yet: there is no {run.results / missing}.csv.") and said.count("\n") == 1


def test_the_page_says_which_memory_is_a_peak(run):
    said = "allocated is the measured peak of the paper's process, device what the GPU had in use at the end."
    assert said in Page(write_report(run)).text


def test_the_summary_of_many_failures_stays_short(run):
    for number in range(20):
        run.add(f"empty{number}", text="empty", reason="It has\nno pages.\x1b[2J")
    run.write().merge()
    lines = program("summarize", run).splitlines()
    assert len(lines) <= 10 and "  not read   19 more, see papers.csv" in lines
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize(
    "count, text", [(None, ""), (0, "0 B"), (1536, "1.5 KiB"), (3 * 2**20, "3 MiB"), (61.02 * 2**30, "61.02 GiB")]
)
def test_sizes(count, text):
    assert report._size(count) == text
