"""The example's results, which are in the repository: the present code reads them, and the page opens from a clone."""

import re
import shutil
from types import SimpleNamespace

import pytest
import yaml
from browser import Browser
from conftest import ROOT, needs_chromium
from written_report import program

from designspace.results import annotations, evaluation, tables
from designspace.settings import parameters

EXAMPLE = ROOT / "docs/example"
RESULTS = EXAMPLE / "results"
CELLS = ["paper", "experiment", "group", "parameter", "value", "status", "evidence"]


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """The tables that the present code makes of the example's records."""
    results = shutil.copytree(RESULTS, tmp_path_factory.mktemp("example") / "results")
    run, library = SimpleNamespace(results=results), ["--parameters", ROOT / "config/parameters.yaml"]
    papers = ["--papers", ROOT / "tests/papers", "--subfolders", "--excluded", EXAMPLE / "excluded.csv"]
    settings = ["--corrections", EXAMPLE / "corrections.csv", "--configuration", "{}"]
    program("merge", run, *library, *papers, *settings, "--ledger", results / "ledger.csv")
    program("evaluate", run, *library, "--gold", ROOT / "tests/papers/gold.csv")
    return results


def test_the_present_code_makes_the_same_tables_of_its_records(again):
    for table, columns in {"extractions": CELLS, "papers": ["paper", "file", "citation", "status"]}.items():
        made, kept = (tables.read_csv(folder / f"{table}.csv")[columns] for folder in (again, RESULTS))
        assert made.equals(kept), table
    assert (again / "evaluation.csv").read_bytes() == (RESULTS / "evaluation.csv").read_bytes()


def test_its_page_of_text_has_the_figures_of_its_tables():
    text = (EXAMPLE / "README.md").read_text("utf-8")
    (whole,) = tables.read_csv(RESULTS / "evaluation.csv").query("parameter == 'all (micro)'").to_dict("records")
    figures = re.search(r"F1 ([\d.]+) \(precision ([\d.]+), recall ([\d.]+)\) on (\d+) values", text).groups()
    assert figures == (*(f"{float(whole[key]):.2f}" for key in ("f1", "precision", "recall")), str(whole["support"]))


def test_what_the_demo_says_of_the_example_are_its_figures():
    """On the demo's questions about the demo's papers, and on all questions about all papers."""
    library = {entry["name"]: entry for entry in parameters.load(ROOT / "config/demo_parameters.yaml")}
    answers, papers, _ = evaluation.read(RESULTS)
    of_demo = set(tables.read_csv(RESULTS / "papers.csv").query("not file.str.contains('/')").paper)
    golds = annotations.load(ROOT / "tests/papers/gold.csv", library)
    golds = [gold for gold in golds if papers.get(gold.paper) in of_demo]
    same = evaluation.rates(evaluation.cells(golds, answers, papers, library))["f1"]
    (whole,) = tables.read_csv(RESULTS / "evaluation.csv").query("parameter == 'all (micro)'").f1
    said = " ".join((ROOT / "Makefile").read_text("utf-8").split())
    assert f"one of 1.5 billion F1 {same:.2f}, and {float(whole):.2f} on all 34" in said
    assert f"F1 {float(whole):.2f}" in " ".join(
        yaml.safe_load((ROOT / "config/demo.yaml").read_text("utf-8"))["note"].split()
    )


def test_it_is_small_and_knows_nothing_of_the_machine_that_made_it():
    files = [path for path in RESULTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 8e6
    assert [path for path in files if str(ROOT).encode() in path.read_bytes()] == []


@needs_chromium
def test_the_page_opens_from_a_clone(chromium):
    page = Browser(chromium, RESULTS / "report.html")
    page.open(page.cell("okafor_2021", "sampling_rate"))
    shown = "const image = document.querySelector('.sheet img'); return image?.complete && image.naturalWidth"
    assert page.wait(shown) > 500
    assert any("Tanaka" in paper for paper in page.papers())
    page.open(page.cell("lindqvist_2019", "sampling_rate"))  # its sentence goes on at the head of the next column
    page.wait(shown)
    frame, mark = (page.one(selector).rect for selector in (".frame", ".marked"))
    assert frame["y"] <= mark["y"] and mark["y"] + mark["height"] <= frame["y"] + frame["height"]
    page.open("#view=papers&open=paper%2Flindqvist_2019")
    assert "The same participants as in Experiment 1." in page.one("#panel").text
    page.open("#view=forest")
    assert page.one("#view select").get_attribute("value") == "age_mean", "and no count, such as of experiments"
    page.open("#view=run")
    (card,) = (text for text in page.texts(".card") if text.startswith("Estimate and truth"))
    for task in ("extraction", "discovery"):
        assert re.search(rf"{task}7 of 7([\d.]+ (min|s)){{2}}", card), card
    page.logs()
    assert page.console == []
    assert all(url.startswith((RESULTS.as_uri() + "/", "about:")) for url in page.sent if url != "about:blank")
