"""Several reviewers: what each marked, what stands in the tables, and what is left to adjudicate."""

import csv
import sqlite3

import pytest
from made_up_run import LIBRARY, Run, reported, unreported

from designspace.core import sheets
from designspace.results import corrections, loading, merging, summary, tables

KNOWN = {parameter["name"]: parameter for parameter in LIBRARY}
DAYS = {"AB": "2026-11-01", "CD": "2026-11-02", "EF": "2026-11-03"}


def write(path, *rows):
    """A file of corrections; a row is parameter, value, reviewer and, by name, what else it has."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, corrections.Correction._fields, restval="")
        writer.writeheader()
        for parameter, value, reviewer, more in rows:
            row = {"paper": "smith_2019", "parameter": parameter, "value": value, "reviewer": reviewer}
            writer.writerow(row | {"date": DAYS.get(reviewer, "")} | more)


@pytest.fixture
def run(tmp_path):
    run = Run(tmp_path)
    values = [
        reported("n_total", 158),
        reported("age_mean", 21.5),
        unreported("offset", -77),
        reported("software", "R"),
    ]
    run.add("smith_2019", values=values)
    run.add("scan", text="needs_ocr", reason="It has no text.")
    return run.write()


def merge(run, standing="none"):
    """The frames of the run, as the merge writes them."""
    ledger_file = run.results / "ledger.csv"
    frames, _ = merging.build(run.results, ledger_file, run.papers, LIBRARY, run.corrections, standing=standing)
    for name in tables.CSV_TABLES:
        tables.write_csv(frames[name], run.results / f"{name}.csv")
    tables.write_sqlite(frames, LIBRARY, run.results / "designspace.sqlite")
    return frames


def cell(frames, parameter, *columns):
    rows = frames["extractions"]
    rows = rows[(rows.paper == "smith_2019") & (rows.parameter == parameter) & (rows.experiment == "")]
    return rows[list(columns or ("value", "model_value", "review", "reviewer"))].values.tolist()


def states(frames):
    return {(row.parameter, row.reviewer, row.kind): row.state for row in frames["reviews"].itertuples()}


@pytest.fixture
def folder(run):
    return run.corrections.with_suffix("")


def test_each_reviewer_has_a_file_and_agreement_stands(run, folder):
    write(folder / "AB.csv", ("n_total", "160", "AB", {"note": "Table 1"}), ("software", "Matlab", "AB", {}))
    write(folder / "CD.csv", ("n_total", "161", "", {"date": "2026-11-05", "note": "p. 2"}))
    frames = merge(run)
    assert cell(frames, "n_total", "value", "review", "reviewer", "reviewed", "review_note") == [
        ["161", "corrected", "AB; CD", "2026-11-05", "Table 1; p. 2"]
    ], "160 and 161 are within 1%, and the later one stands"
    assert cell(frames, "software") == [["Matlab", "R", "corrected", "AB"]]
    assert states(frames) == {
        ("n_total", "AB", "review"): "agreed",
        ("n_total", "CD", "review"): "agreed",
        ("software", "AB", "review"): "single",
    }


@pytest.mark.parametrize(
    "standing, value, status",
    [("none", "", "not_reported"), ("first", "160", "reported"), ("model", "158", "reported")],
)
def test_what_stands_while_reviewers_disagree(run, folder, standing, value, status):
    write(folder / "AB.csv", ("n_total", "160", "AB", {}))
    write(folder / "CD.csv", ("n_total", "16", "CD", {}))
    frames = merge(run, standing)
    assert cell(frames, "n_total", "value", "status", "model_value", "review", "reviewer") == [
        [value, status, "158", "disputed", "AB; CD"]
    ]
    assert set(states(frames).values()) == {"disagreement"}
    assert frames["parameters"].set_index("paper").loc["smith_2019", "n_total"] == value
    lines = summary.summary(loading.load(run.results), run.results)
    assert "Corrections  0 corrected, 0 rejected, 1 disputed (see reviews.csv)" in lines


def test_a_disagreement_ends_with_an_adjudication(run, folder):
    write(folder / "AB.csv", ("n_total", "160", "AB", {}), ("offset", "-3", "AB", {}))
    write(folder / "CD.csv", ("n_total", "16", "CD", {}), ("offset", "", "CD", {}))
    write(folder / "EF.csv", ("n_total", "16", "EF", {"kind": "adjudication", "note": "Figure 2"}))
    frames = merge(run, "model")
    assert cell(frames, "n_total") == [["16", "158", "corrected", "EF"]]
    assert cell(frames, "offset") == [["", "", "disputed", "AB; CD"]]
    kinds = {key: state for key, state in states(frames).items() if key[0] == "n_total"}
    assert kinds == dict.fromkeys(
        [("n_total", "AB", "review"), ("n_total", "CD", "review"), ("n_total", "EF", "adjudication")], "adjudicated"
    )
    write(folder / "EF 2.csv", ("n_total", "", "EF", {"kind": "no adjudication", "date": "2026-11-04"}))
    assert cell(merge(run), "n_total", "review") == [["disputed"]], "it was taken back"


def test_nothing_is_lost_between_two_files_of_one_reviewer(run, folder):
    write(folder / "AB.csv", ("n_total", "160", "AB", {}), ("software", "Matlab", "AB", {}))
    later = {"date": "2026-11-20"}
    write(folder / "AB (1).csv", ("n_total", "150", "ab", later), ("software", "", "AB", later | {"kind": "no review"}))
    frames = merge(run)
    assert cell(frames, "n_total", "value", "reviewer") == [["150", "ab"]], "the later of one reviewer's"
    assert cell(frames, "software", "value", "review") == [["R", ""]]


def test_a_note_needs_no_value_and_changes_none(run, folder):
    write(folder / "AB.csv", ("n_total", "", "AB", {"kind": "note", "note": "=see the supplement"}))
    frames = merge(run)
    assert cell(frames, "n_total") == [["158", "", "", ""]]
    assert frames["reviews"][["kind", "note", "state"]].values.tolist() == [["note", "=see the supplement", ""]]
    base = sqlite3.connect(run.results / "designspace.sqlite")
    assert base.execute("SELECT model_value FROM reviews").fetchall() == [("158",)]


def test_the_single_file_and_the_folder_are_read_together(run, folder):
    write(run.corrections, ("n_total", "150", "", {}), ("age_mean", "30", "", {}))
    write(folder / "AB.csv", ("n_total", "160", "AB", {}))
    frames = merge(run)
    assert cell(frames, "n_total", "value", "reviewer") == [["160", "AB"]], "a name goes before none"
    assert cell(frames, "age_mean", "value") == [["30"]]
    assert corrections.files(run.corrections) == [run.corrections, folder / "AB.csv"]


@pytest.mark.parametrize(
    "row, sentence",
    [
        ("smith_2019,n_total,1,AB,maybe", '`kind` is "maybe"; it must be empty or one of adjudication, note,'),
        ("smith_2019,n_total,1,,adjudication", "`reviewer` is empty; an adjudication needs a name."),
        ("smith_2019,n_total,many,AB,adjudication", '`value` of n_total is "many"; it must be a whole number.'),
    ],
)
def test_what_is_wrong_with_a_mark_is_a_sentence(tmp_path, row, sentence):
    path = tmp_path / "corrections.csv"
    path.write_text(f"paper,parameter,value,reviewer,kind\n{row}\n")
    with pytest.raises(sheets.SheetError) as caught:
        corrections.load(path, KNOWN)
    assert str(caught.value).startswith(f"{path}, row 2: {sentence}")
