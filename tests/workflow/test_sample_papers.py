"""The sample papers are what their sources say, marked as invented, and their gold answers can be found in them."""

import csv
import importlib.util
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import pypdfium2
import pytest
import yaml

from designspace.language import expressions, statistics
from designspace.project.ledger import paper_id
from designspace.results import effects, significance

TESTS = Path(__file__).parents[1]
PAPERS = TESTS / "papers"
CONFIG = TESTS.parent / "config"
COLUMNS = ["paper", "experiment", "group", "parameter", "value", "evidence", "page", "certainty"]
MARK = "Invented sample paper for testing Designspace; not real research"

spec = importlib.util.spec_from_file_location("build", PAPERS / "source/build.py")
build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build)


def read_gold(file):
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        assert reader.fieldnames == COLUMNS
        return list(reader)


def read_library(name):
    return {entry["name"]: entry for entry in yaml.safe_load((CONFIG / name).read_text("utf-8"))}


# Each set of papers: its PDFs, its gold and its library.
MOTOR, TRIALS = (build.PDF_NAMES | build.EXAMPLE).values(), [f"{name}.pdf" for name in build.TRIALS]
SETS = {
    "motor adaptation": (MOTOR, PAPERS / "gold.csv", "parameters.yaml"),
    "outcomes": (MOTOR, PAPERS / "gold_outcomes.csv", "outcomes.yaml"),  # of its parameters, those that are outcomes
    "clinical trials": (TRIALS, PAPERS / "trials" / "gold.csv", "clinical_trials.yaml"),
}
FIELDS = {
    field: ({paper_id(name): gold.parent / name for name in names}, read_gold(gold), read_library(library))
    for field, (names, gold, library) in SETS.items()
}
FILES = {paper: file for files, _, _ in FIELDS.values() for paper, file in files.items()}
REPORTED = [
    (row, library[row["parameter"]])
    for _, gold, library in FIELDS.values()
    for row in gold
    if row["value"] != "not_reported"
]


def fold(text):
    """Text without line ends. A hyphen at a line's end may belong to its word, so hyphens do not count at all."""
    return " ".join(re.sub(r"[-\ufffe]\s*", "", text).split())


def bare(text):
    """Text without spaces and with plain letters: a PDF has the letters of formulas, and spaces around them."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.fixture(scope="module")
def pages():
    """The folded text of every page, {paper: [page 1, ...]}."""
    pages = {}
    for paper, file in FILES.items():
        with pypdfium2.PdfDocument(file) as pdf:
            pages[paper] = [fold(page.get_textpage().get_text_range()) for page in pdf]
    return pages


def is_of_kind(value, parameter):
    match parameter["kind"]:
        case "integer":
            return re.fullmatch(r"\d+", value)
        case "number":
            return re.fullmatch(r"\d+(\.\d+)?", value)
        case "boolean":
            return value in ("true", "false")
        case "category":
            return value in parameter["values"]
        case "string":
            return value == value.strip() != ""
        case "statistic" | "mean":
            return expressions.is_one(parameter["kind"], value)


@pytest.mark.parametrize("source", build.PDFS)
def test_the_pdf_is_what_its_source_compiles_to(source):
    committed = (PAPERS / build.PDFS[source]).read_bytes()
    assert build.compile_paper(source) == committed
    assert len(committed) < 200_000


def test_no_other_pdf_lies_beside_them():
    assert {str(file.relative_to(PAPERS)) for file in PAPERS.rglob("*.pdf")} == set(build.PDFS.values())


def test_every_page_says_that_it_is_invented(pages):
    for paper, texts in pages.items():
        assert texts and all(MARK in text for text in texts), paper
        assert "This paper is invented" in texts[0]


@pytest.mark.parametrize("field", FIELDS)
def test_gold_answers_every_parameter_of_every_paper(field):
    files, gold, library = FIELDS[field]
    if field == "outcomes":
        answered = {(row["paper"], row["parameter"]) for row in gold}
        library = [name for name, entry in library.items() if entry["kind"] in expressions.KINDS]
    else:
        answered = {(row["paper"], row["parameter"]) for row in gold if not row["experiment"] and not row["group"]}
    assert answered == {(paper, name) for paper in files for name in library}
    assert len({tuple(row.values()) for row in gold}) == len(gold)


@pytest.mark.parametrize("field", FIELDS)
def test_only_multiple_parameters_have_several_values(field):
    _, gold, library = FIELDS[field]
    values = defaultdict(list)
    for row in gold:
        values[row["paper"], row["experiment"], row["group"], row["parameter"]].append(row["value"])
    for (paper, *scope, name), found in values.items():
        assert len(found) == len(set(found)), (paper, name)
        assert len(found) == 1 or library[name].get("multiple") and not any(scope), (paper, name)
        assert len(found) == 1 or "not_reported" not in found, (paper, name)


@pytest.mark.parametrize("row, parameter", REPORTED, ids=["-".join(list(row.values())[:5]) for row, _ in REPORTED])
def test_a_gold_value_is_of_its_kind_and_stands_on_its_page(row, parameter, pages):
    assert is_of_kind(row["value"], parameter)
    assert row["certainty"] in ("explicit", "derived", "ambiguous")
    assert row["evidence"]
    written = bare if parameter["kind"] == "statistic" else str
    assert written(fold(row["evidence"])) in written(pages[row["paper"]][int(row["page"]) - 1])


def test_what_is_asked_of_groups_has_gold_for_groups():
    _, gold, library = FIELDS["motor adaptation"]
    groups = {(row["paper"], row["experiment"], row["group"]) for row in gold if row["group"]}
    counted = {(row["paper"], row["experiment"], row["group"]) for row in gold if row["parameter"] == "n"}
    assert len(groups) == 22 and groups < counted, "the number of each group"
    assert all(library[row["parameter"]].get("per") == "group" for row in gold if row["group"])


def test_outcomes_have_gold_where_they_are_reported():
    _, gold, library = FIELDS["outcomes"]
    groups = {(row["paper"], row["experiment"], row["group"]) for row in FIELDS["motor adaptation"][1]}
    for row in gold:
        assert (row["paper"], row["experiment"], row["group"]) in groups or not row["group"]
        assert library[row["parameter"]]["kind"] == "mean" or not row["group"]
        assert row["value"] == "not_reported" or fold(row["value"]) in fold(row["evidence"])


def test_the_invented_statistics_agree_with_themselves():
    sizes = defaultdict(list)
    for row in FIELDS["motor adaptation"][1]:
        if row["parameter"] == "n" and row["group"]:
            sizes[row["paper"], row["experiment"]].append(int(row["value"]))
    checks = defaultdict(set)
    for row in FIELDS["outcomes"][1]:
        if found := statistics.parse(row["value"]):
            own = sizes[row["paper"], row["experiment"]]
            checks["p"].add(significance.check(found))
            checks[found.effect or "none"].add(effects.check(found, own))
    assert checks == {"p": {"consistent"}, "d": {"consistent"}, "eta2": {"consistent"}, "none": {""}}


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_not_reported_has_no_evidence(field):
    missing = [row for row in FIELDS[field][1] if row["value"] == "not_reported"]
    assert missing
    assert all(row["evidence"] == row["page"] == "" for row in missing)
