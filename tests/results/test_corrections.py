"""What readers say of values, and that it stays."""

import csv

import pytest
import yaml
from made_up_run import LIBRARY, Run, reported, unreported

from designspace.core import sheets
from designspace.language import values
from designspace.results import corrections, loading, summary

EYE = {"name": "effector", "kind": "category", "values": ["arm", "eye"], "definition": "Body part."}
KNOWN = {parameter["name"]: parameter for parameter in [*LIBRARY, EYE]}


def correct(run, *rows):
    """Write a file of corrections; a row is paper, parameter, value and, by name, what else it has."""
    with open(run.corrections, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, corrections.Correction._fields, restval="")
        writer.writeheader()
        for paper, parameter, value, more in rows:
            writer.writerow({"paper": paper, "parameter": parameter, "value": value, "reviewer": "AB", **more})


def cell(frames, parameter, paper="smith_2019", experiment=""):
    """The rows of one cell as value, model's value and review."""
    rows = frames["extractions"]
    rows = rows[(rows.paper == paper) & (rows.parameter == parameter) & (rows.experiment == experiment)]
    return rows[["value", "model_value", "review"]].values.tolist()


def values_of_a_paper():
    return [
        reported("n_total", 158),
        reported("age_mean", 21.5),
        reported("age_mean", 68.0, evidence="They were 68 years old."),
        unreported("offset", -77),
        reported("aiming_report", True),
        reported("software", "Matlab; Psychtoolbox"),
        unreported("effector", None, "failed", "The answer was cut off."),
    ]


@pytest.fixture
def run(tmp_path):
    run = Run(tmp_path)
    run.parameters.write_text(yaml.safe_dump([*LIBRARY, EYE]))
    run.add("smith_2019", values=values_of_a_paper())
    run.add("scan", text="needs_ocr", reason="It has no text.")
    run.add("copy", copy_of="smith_2019")
    return run.write()


REVIEWED = [
    ("n_total", "158", [["158", "158", "accepted"]]),
    ("n_total", "160", [["160", "158", "corrected"]]),
    ("n_total", "", [["", "158", "rejected"]]),
    ("age_mean", "68; 21.50", [["21.5", "21.5", "accepted"], ["68", "68", "accepted"]]),
    ("age_mean", "258 months; 68 yr", [["21.5", "21.5", "accepted"], ["68", "68", "accepted"]]),
    ("age_mean", "68", [["", "21.5", "rejected"], ["68", "68", "accepted"]]),
    ("age_mean", "68;22.5;30", [["22.5", "21.5", "corrected"], ["68", "68", "accepted"], ["30", "", "corrected"]]),
    ("offset", "-4.5", [["-4.5", "", "corrected"]]),
    ("offset", "", [["", "", "accepted"]]),
    ("aiming_report", "FALSE", [["false", "true", "corrected"]]),
    ("software", "Matlab; Psychtoolbox", [["Matlab; Psychtoolbox"] * 2 + ["accepted"]]),
    ("effector", "eye", [["eye", "", "corrected"]]),
    ("effector", "", [["", "", "accepted"]]),
]


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """The tables of a run in which a reader has looked at one parameter of each paper."""
    run = Run(tmp_path_factory.mktemp("reviewed"))
    run.parameters.write_text(yaml.safe_dump([*LIBRARY, EYE]))
    for number in range(len(REVIEWED)):
        run.add(f"paper_{number}", values=values_of_a_paper())
    seen = {"note": "Table 1", "date": "2026-11-24"}
    correct(run, *((f"paper_{n}", parameter, value, seen) for n, (parameter, value, _) in enumerate(REVIEWED)))
    return run.write().merge()


@pytest.mark.parametrize("number, parameter, rows", [(n, name, rows) for n, (name, _, rows) in enumerate(REVIEWED)])
def test_the_reader_wins_and_the_model_is_kept_beside(reviewed, number, parameter, rows):
    paper = f"paper_{number}"
    assert cell(reviewed, parameter, paper) == rows
    wide = reviewed["parameters"].set_index("paper").loc[paper, parameter]
    assert wide == "; ".join(value for value, _, _ in rows if value)
    of_paper = reviewed["extractions"].query("paper == @paper")
    row = of_paper.query("parameter == @parameter").iloc[0]
    assert (row.reviewer, row.reviewed, row.review_note) == ("AB", "2026-11-24", "Table 1")
    assert row.status == ("reported" if row.value else "not_reported")
    others = of_paper.query("parameter != @parameter")
    assert len(others) and set(others.review) == {""} and set(others.model_value) == {""}


def test_evidence_stays_with_what_the_model_said(run):
    correct(run, ("smith_2019", "age_mean", "21.5; 70", {}), ("smith_2019", "n_total", "", {}))
    rows = run.merge()["extractions"].set_index(["parameter", "item"])
    new = rows.loc[("age_mean", 2)]
    assert (new.value, new.number, new.model_value, new.evidence) == ("70", 70, "68", "They were 68 years old.")
    rejected = rows.loc[("n_total", 1)]
    assert (rejected.candidate, rejected.evidence, rejected.confidence) == ("158", "It was 158.", 0.93)


def test_a_correction_holds_whatever_another_model_says(run):
    correct(run, ("smith_2019", "n_total", "158", {}), ("smith_2019", "offset", "", {}))
    assert cell(run.merge(), "n_total") == [["158", "158", "accepted"]]
    record = run.batches["extraction", "b0001"][0]
    record["values"] = [reported("n_total", 7), reported("offset", -3.0)]
    run.add("new_2026", values=[reported("n_total", 7)])
    frames = run.write().merge()
    assert cell(frames, "n_total") == [["158", "7", "corrected"]]
    assert cell(frames, "offset") == [["", "-3", "rejected"]]
    assert cell(frames, "n_total", "new_2026") == [["7", "", ""]]


def test_a_paper_that_no_model_could_read_gets_values_by_hand(run):
    correct(run, ("scan", "age_mean", "20; 30", {}))
    frames = run.merge()
    assert cell(frames, "age_mean", "scan") == [["20", "", "corrected"], ["30", "", "corrected"]]
    assert frames["papers"].set_index("paper").loc["scan", "status"] == "needs_ocr"


def test_that_nothing_is_reported_stays_said_where_the_model_has_no_row(run):
    correct(run, ("scan", "n_total", "", {}), ("smith_2019", "n_total", "", {"experiment": "Pilot"}))
    frames = run.merge()
    assert cell(frames, "n_total", "scan") == cell(frames, "n_total", experiment="Pilot") == [["", "", "accepted"]]
    assert set(frames["extractions"].query("review != ''").status) == {"not_reported"}


@pytest.mark.parametrize("name", ["smith_2019", "smith_2019.pdf", "copy", "copy.pdf"])
def test_a_paper_may_be_named_by_its_file_or_its_copy(run, name):
    correct(run, (name, "n_total", "160", {}))
    assert cell(run.merge(), "n_total") == [["160", "158", "corrected"]]


def test_a_renamed_paper_keeps_its_corrections(run):
    correct(run, ("smith_2019", "n_total", "160", {}))
    (run.papers / "smith_2019.pdf").rename(run.papers / "better.pdf")
    run.ledger[0] = run.ledger[0]._replace(file="better.pdf")
    assert cell(run.write().merge(), "n_total") == [["160", "158", "corrected"]]


def test_the_last_correction_of_a_cell_wins_by_its_date(run):
    rows = [("smith_2019", "n_total", value, {"date": date}) for value, date in [
        ("1", "2026-11-24T10:00:00+02:00"), ("2", "2026-11-24T09:00:00Z"), ("3", "2026-11-24"), ("4", ""),
    ]]  # fmt: skip
    correct(run, *rows)
    assert cell(run.merge(), "n_total")[0][0] == "2"
    correct(run, *rows[2:], ("smith_2019", "n_total", "5", {"date": "2026-11-24"}))
    assert cell(run.merge(), "n_total")[0][0] == "5", "of one date the later row"


def test_what_has_no_cell_now_is_listed_and_comes_back(run):
    correct(run, ("gone_1999", "n_total", "5", {}), ("smith_2019", "mass", "7 kg", {"note": "=1+1"}))
    run.parameters.write_text(yaml.safe_dump(LIBRARY))
    run.batches["extraction", "b0001"][0]["values"].pop()
    unused = run.write().merge()["corrections_unused"]
    assert unused[["paper", "parameter", "value", "note", "reason"]].values.tolist() == [
        ["gone_1999", "n_total", "5", "", "No PDF of the folder is this paper."],
        ["smith_2019", "mass", "7 kg", "=1+1", "The parameter library does not have this parameter."],
    ]
    assert run.sql("SELECT COUNT(*) FROM corrections_unused") == [(2,)]
    run.add("gone_1999")
    correct(run, ("gone_1999", "n_total", "5", {}))
    frames = run.write().merge()
    assert cell(frames, "n_total", "gone_1999") == [["5", "", "corrected"]] and frames["corrections_unused"].empty


def test_an_experiment_is_corrected_apart_from_its_paper(run):
    record = run.batches["extraction", "b0001"][0]
    record["experiments"] = [{"name": "Experiment 1", "evidence": None, "page": None, "start": None, "end": None}]
    record["values"].append(reported("n_total", 24, experiment="Experiment 1"))
    correct(
        run,
        ("smith_2019", "n_total", "25", {"experiment": "experiment  1"}),
        ("smith_2019", "n_total", "12", {"experiment": "Pilot"}),
    )
    frames = run.write().merge()
    assert cell(frames, "n_total") == [["158", "", ""]]
    assert cell(frames, "n_total", experiment="Experiment 1") == [["25", "24", "corrected"]]
    assert cell(frames, "n_total", experiment="Pilot") == [["12", "", "corrected"]]
    wide = frames["parameters"].query("paper == 'smith_2019'")
    assert wide[["experiment", "n_total"]].values.tolist() == [["", "158"], ["Experiment 1", "25"], ["Pilot", "12"]]


def test_without_a_file_nothing_is_reviewed(run):
    frames = run.merge()
    assert set(frames["extractions"].review) == {""} and frames["corrections_unused"].empty
    assert "Corrections" not in summary.summary(loading.load(run.results), run.results)


def test_the_summary_counts_what_readers_did(run):
    correct(
        run,
        ("smith_2019", "n_total", "158", {}),
        ("smith_2019", "age_mean", "21.5; 70", {}),
        ("smith_2019", "software", "", {}),
        ("gone_1999", "n_total", "5", {}),
    )
    run.merge()
    lines = summary.summary(loading.load(run.results), run.results).splitlines()
    assert "Values       4 reported, 4 with evidence, 3 reviewed" in lines
    line = "Corrections  1 corrected, 1 rejected; 1 without their paper or parameter, see corrections_unused.csv"
    assert line in lines


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "has no column `paper`"),
        ("paper,parameter\n", "has no column `value` in its first line, which is 'paper,parameter'."),
        ("paper;parameter;value\n", "has no column `paper` in its first line, which is 'paper;parameter;value'."),
        ("paper,parameter,value,nota\na,offset,1,x", "`nota` is not a column of corrections; the columns are paper,"),
        ("paper,parameter,value\na,n_total,many\n", 'row 2: `value` of n_total is "many"; it must be a whole number.'),
        ("paper,parameter,value\n\na,n_total,7.5\n", 'row 3: `value` of n_total is "7.5"; it must be a whole number.'),
        ("paper,parameter,value\na,n_total,1;2\n", 'is "1;2"; it must be a whole number.'),
        ("paper,parameter,value\na,age_mean,20;5 kg\n", 'is "20;5 kg"; it must be a number in years.'),
        ("paper,parameter,value\na,offset,nan\n", 'is "nan"; it must be a number in deg.'),
        ("paper,parameter,value\na,aiming_report,yes\n", 'is "yes"; it must be true or false.'),
        ("paper,parameter,value\na,effector,Arm\n", 'is "Arm"; it must be one of arm, eye.'),
        (
            "paper,parameter,value,date\na,offset,1,24.11.2026\n",
            '`date` is "24.11.2026"; it must be written like 2026-',
        ),
        ("paper,parameter,value\na,software,Matlab, R\n", "row 2 has 4 cells where the first line has 3; put cells"),
        ("paper,parameter,value\na,software,\udcff\n", "cannot be read: "),
        ("paper,parameter,value\na,software," + "x" * 200_000, "cannot be read: field larger than field limit"),
    ],
)
def test_what_is_wrong_with_the_file_is_a_sentence(tmp_path, text, sentence):
    path = tmp_path / "corrections.csv"
    path.write_text(text, "utf-8", "surrogateescape")
    with pytest.raises(sheets.SheetError) as caught:
        corrections.load(path, KNOWN)
    message = str(caught.value)
    assert str(path) in message and sentence in message and message.endswith(".") and "\n" not in message


def test_every_wrong_row_is_named_by_the_merge(run):
    correct(run, ("smith_2019", "n_total", "a", {}), ("smith_2019", "offset", "b", {}))
    first, second = run.merge().splitlines()
    assert first.startswith(f"merge: {run.corrections}, row 2") and second.startswith(f"{run.corrections}, row 3")


@pytest.mark.parametrize("text", ["1e999", "-1e999"])
def test_a_number_that_is_not_finite_is_no_value(text):
    with pytest.raises(ValueError, match="it must be a number"):
        values.typed(text, {"name": "angle", "kind": "number", "unit": "deg"})
