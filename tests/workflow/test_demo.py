"""What `make demo` makes, looked at as its reader would."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from designspace.project.folder import pdf_files
from designspace.results import tables

pytestmark = pytest.mark.timeout(1800)  # the model's answers take minutes, beside other tests


@pytest.fixture(scope="session")
def demo(embedded_model):
    """The results of `make demo`; made, or made again where its papers, its settings or the code changed."""
    sources = sorted(path for folder in ("scripts", "config") for path in (ROOT / folder).rglob("*.[phy]*"))
    sources = [path for path in sources if "__pycache__" not in path.parts]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    results = ROOT / "results" / "demo"
    made_by = results / "made_by"
    if made_by.exists() and made_by.read_text() != digest:
        shutil.rmtree(results)
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = ["make", "--old-file=env", "demo"]  # in the environment of these tests
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    made_by.write_text(digest)
    return results


def test_every_sample_paper_was_read_and_the_long_one_truncated(demo):
    papers = tables.read_csv(demo / "papers.csv").set_index("paper")
    assert set(papers.file) == set(pdf_files(ROOT / "tests" / "papers"))
    assert set(papers.status) == {"ok"}
    assert papers.loc["tanaka_2020"].tokens > 8192 > papers.loc["tanaka_2020"].tokens_kept
    kept_whole = papers.drop("tanaka_2020")
    assert (kept_whole.tokens == kept_whole.tokens_kept).all()


def test_every_value_is_typed_and_every_evidence_verbatim_on_its_page(demo):
    library = {
        entry["name"]: entry for entry in yaml.safe_load((ROOT / "config" / "demo_parameters.yaml").read_text("utf-8"))
    }
    values = tables.read_csv(demo / "extractions.csv")
    reported = values[values.status == "reported"]
    assert len(reported) > 10
    texts = {path.stem: json.loads(path.read_text("utf-8")) for path in (demo / "text").glob("*.json")}
    for _, value in reported.iterrows():
        text = texts[value.paper]
        assert text["text"][int(value.start) : int(value.end)] == value.evidence
        page = text["pages"][int(value.page) - 1]
        assert page["start"] <= value.start < page["end"]
        entry = library[value.parameter]
        assert entry["kind"] != "category" or value.value in entry["values"]
        if entry["kind"] in ("integer", "number"):
            assert {"integer": int, "number": float}[entry["kind"]](value.value) == value.number
        assert entry["kind"] != "boolean" or value.value in ("true", "false")
        assert 0 <= value.confidence <= 1


def test_the_groups_of_participants_have_what_the_papers_say_of_them(demo):
    """Unequal groups after exclusions, ages by group in a table, sizes by division, a sample of two experiments."""
    groups = tables.read_csv(demo / "groups.csv").fillna("")
    groups["paper"] = groups.paper.str.split("_").str[0].str.lower()
    rows = {(row.paper, row.group.removesuffix(" adults")): row for row in groups.itertuples()}
    older, young = rows["marchetti", "older"], rows["marchetti", "young"]
    assert (older.n, older.n_from) == ("19", "group: 21 recruited less 2 excluded") and young.n == "21"
    assert (older.age_mean, young.age_mean) == ("68.7", "23.1")
    assert rows["okafor", "Instructed"].n_from == "group: 16 in each group"
    (again,) = groups[groups.same_sample != ""].itertuples()
    assert (again.paper, again.experiment, again.same_sample, again.n) == (
        "lindqvist",
        "Experiment 3",
        "Experiment 1",
        "20",
    )
    values = tables.read_rows(demo / "evaluation.csv")
    (of_groups,) = (row for row in values if row["parameter"] == "all (groups)")
    assert of_groups["support"] > 10 and of_groups["correct"] > 5


def test_what_the_demo_asks_is_a_part_of_the_library():
    whole = {entry["name"]: entry for entry in yaml.safe_load((ROOT / "config" / "parameters.yaml").read_text("utf-8"))}
    for entry in yaml.safe_load((ROOT / "config" / "demo_parameters.yaml").read_text("utf-8")):
        assert whole[entry["name"]].items() >= entry.items()


def test_every_finding_is_new_and_its_evidence_verbatim_on_its_page(demo):
    library = yaml.safe_load((ROOT / "config" / "demo_parameters.yaml").read_text("utf-8"))
    known = {entry["name"] for entry in library}
    (batch,) = (demo / "discovery").glob("*.jsonl")
    records = [json.loads(line) for line in batch.read_text("utf-8").splitlines()]
    assert [record["status"] for record in records] == ["ok"] * 4
    for record in records:
        text = json.loads((demo / "text" / f"{record['paper']}.json").read_text("utf-8"))
        for finding in record["findings"]:
            assert text["text"][finding["start"] : finding["end"]] == finding["evidence"]
            page = text["pages"][finding["page"] - 1]
            assert page["start"] <= finding["start"] < page["end"]
            assert finding["name"] not in known and finding["boxes"]


def test_the_database_has_the_same_rows(demo):
    with sqlite3.connect(demo / "designspace.sqlite") as database:
        for name in tables.CSV_TABLES:
            (rows,) = database.execute(f"SELECT count(*) FROM {name}").fetchone()
            assert rows == len(tables.read_csv(demo / f"{name}.csv"))
        assert not database.execute("PRAGMA foreign_key_check").fetchall()


def test_the_values_are_measured_by_what_the_sample_papers_say(demo):
    micro = tables.read_rows(demo / "evaluation.csv")[0]
    errors = tables.read_rows(demo / "evaluation_errors.csv")
    assert micro["support"] > 20 and micro["reported"] > 10
    assert sum(row["gold"] != "" for row in errors) == micro["support"] - micro["correct"]
    assert sum(row["value"] != "" for row in errors) == micro["reported"] - micro["correct"]
    calibration = tables.read_rows(demo / "evaluation_calibration.csv")
    assert sum(row["n"] for row in calibration) == micro["reported"]


def test_the_outputs_say_that_this_is_no_science(demo):
    assert "This checks the installation, not science." in (demo / "report.html").read_text("utf-8")
