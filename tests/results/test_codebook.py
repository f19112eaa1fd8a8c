"""The codebook declares every column that is written, and datapackage.json is valid and true of the tables."""

import csv
import json
import re

import pytest
import yaml
from conftest import ROOT
from made_up_run import LIBRARY, Run, full_run, reported

from designspace import __version__
from designspace.results import codebook, tables

OUTCOMES = [
    {"name": "n", "kind": "integer", "multiple": True, "per": "group", "participants": "analysed", "definition": "n."},
    {"name": "aftereffect", "kind": "mean", "unit": "deg", "per": "group", "multiple": True, "definition": "It."},
    {"name": "test", "kind": "statistic", "per": "experiment", "definition": "Its test."},
]
WHOLE = [*LIBRARY, *OUTCOMES]


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    run = full_run(tmp_path_factory.mktemp("full"))
    run.parameters.write_text(yaml.safe_dump(WHOLE))
    place = {"evidence": "They took part.", "page": 3, "start": 7, "end": 22, "boxes": [], "confidence": 0.7}
    means = {"Early": "19.6 ± 5.4 SD", "Late": "8.8 ± 3.8 SD"}
    values = [reported("n", 20, group=group) for group in means]
    values += [reported("aftereffect", mean, group=group) for group, mean in means.items()]
    values += [reported("test", "t(38) = 2.94, p = .006, d = 0.93")]
    run.add("arms_2021", values=values, groups=[{"experiment": "", "name": name} | place for name in means])
    run.write()
    run.corrections.write_text(
        "paper,parameter,value,reviewer,date\nzhou_2020,n_total,159,AB,2026-01-02\nzhou_2020,software,R,AB,2026-01-03\n"
    )
    run.merge()
    return run


def test_the_readme_says_of_each_table_what_the_codebook_says():
    said = re.findall(r"^\| \[?`(\w+)\.csv`\S* \| (.+) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    said = {name: f"A row for each {cell}." for name, cell in said if name != "evaluation"}
    assert said.items() <= codebook.ABOUT.items() and len(said) > 7


def test_every_column_of_every_table_has_a_sentence(full):
    known = {(field.table, field.column): field for field in codebook.fields(WHOLE)}
    for name in tables.CSV_TABLES:
        for column in tables.read_csv(full.results / f"{name}.csv").columns:
            assert known.pop((name, column)).description.endswith("."), (name, column)
    assert not known


def test_a_parameter_is_in_the_codebook_as_the_library_has_it():
    known = {(field.table, field.column): field for field in codebook.fields(LIBRARY)}
    assert known["parameters", "offset"] == ("parameters", "offset", "number", "Signed offset.", "deg", ())
    assert known["parameters", "age_mean"].type == "string", "it may have several values"
    assert known["groups", "offset_from"].type == "string" and known["meta", "aiming_report"].type == "boolean"
    assert known["extractions", "review"].values == ("accepted", "corrected", "rejected", "disputed")


def validated(file):
    """The report of frictionless, which lifts Python's limit of a CSV field for the whole process."""
    limit = csv.field_size_limit()
    from frictionless import Package

    try:
        return Package(str(file)).validate()
    finally:
        csv.field_size_limit(limit)


def test_the_package_is_valid_and_the_tables_are_what_it_declares(full):
    report = validated(full.results / "datapackage.json")
    assert report.valid, report.flatten(["title", "fieldName", "note"])
    assert [task.name for task in report.tasks] == list(tables.CSV_TABLES)
    assert all(len(tables.read_csv(full.results / f"{name}.csv")) > 1 for name in ("groups", "outcomes", "meta"))


def test_the_package_says_where_the_tables_come_from(full):
    package = json.loads((full.results / "datapackage.json").read_text("utf-8"))
    papers = tables.read_csv(full.results / "papers.csv")
    assert {source["sha256"] for source in package["sources"]} == set(papers.sha256)
    run = package["run"]
    assert run["software"] == {"name": "Designspace", "version": __version__}
    assert run["corrections"] == [{"reviewer": "AB", "marks": 2, "first": "2026-01-02", "last": "2026-01-03"}]
    assert len(run["parameters"]["sha256"]) == 64 and run["settings"] == {"note": "A run."}


def test_the_models_that_answered_are_named(tmp_path):
    run = Run(tmp_path)
    run.add("a_2020", values=[reported("n_total", 8)])
    for batch in run.batches.values():
        batch[0] |= {"model": "Qwen/Qwen3-32B", "revision": "abc", "software": "torch 2"}
    run.write().merge()
    package = json.loads((run.results / "datapackage.json").read_text("utf-8"))
    assert package["run"]["models"] == [{"model": "Qwen/Qwen3-32B", "revision": "abc", "software": "torch 2"}]
