"""Scores: what counts as right, and where each error came from."""

import csv
import sys

import pytest
import yaml
from conftest import text_record
from made_up_run import LIBRARY, Run, reported, unreported

import evaluate
from designspace.core import records
from designspace.results import annotations, evaluation, loading, summary, tables

EFFECTOR = {"name": "effector", "kind": "category", "multiple": True, "values": ["arm", "eye"], "definition": "Part."}
ENTRIES = [*LIBRARY, EFFECTOR, {"name": "age_range", "kind": "string", "multiple": True, "definition": "Range."}]
ENTRIES += [{"name": "aftereffect", "kind": "mean", "unit": "deg", "multiple": True, "definition": "In washout."}]
ENTRIES += [{"name": "test", "kind": "statistic", "definition": "Of the groups."}]
KNOWN = {entry["name"]: entry for entry in ENTRIES}
GOLD_COLUMNS = ["paper", "parameter", "value", "experiment", "group", "evidence", "page", "certainty"]


def write_gold(path, *rows):
    """A gold file; a row is paper, parameter, value and, by name, what else it has."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, GOLD_COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(dict(zip(GOLD_COLUMNS, row[:3], strict=False)) | row[3] for row in rows)
    return path


def golds(*values, certain=True):
    return [annotations.Gold("a", "x", "", "", value, certain, (), ()) for value in values]


def answers(*values):
    return [{"value": value} for value in values]


def outcome(golds, rows, parameter):
    """What is right, missed and wrong, as texts."""
    right, missed, wrong = evaluation.score(golds, rows, parameter)
    return [row["value"] for _, row in right], [gold.value for gold in missed], [row["value"] for row in wrong]


@pytest.mark.parametrize(
    "name, value, text, equal",
    [
        ("n_total", 158, "158", True),
        ("n_total", 158, "160", False),
        ("age_mean", 21.5, "21.7", True),  # 0.9%
        ("age_mean", 21.5, "21.75", False),
        ("offset", 0.0, "0", True),
        ("offset", 0.0, "0.001", False),
        ("offset", -4.5, "4.5", False),
        ("aiming_report", True, "true", True),
        ("aiming_report", False, "true", False),
        ("effector", "arm", "arm", True),
        ("effector", "arm", "eye", False),
        ("aftereffect", "19.6 ± 1.2°", "M = 19.6, SE = 1.2", True),
        ("aftereffect", "19.6 ± 1.2°", "19.6 ± 2.1°", False),
        ("test", "t(36.8) = 6.9, p < 0.001, d = 2.2", "t (36.8) = 6.9", True),  # what follows it may be left out
        ("test", "t(36.8) = 6.9, p < 0.001", "t(37.3) = 6.9, p < 0.001", False),
        ("test", "t(36.8) = 6.9, p < 0.001", "t(36.8) = 2.9, p < 0.001", False),
        ("software", "MATLAB with Psychophysics Toolbox", "Matlab", True),
        ("software", "MATLAB with Psychophysics Toolbox", "Toolbox (Psychophysics), MATLAB", True),
        ("software", "MATLAB with Psychophysics Toolbox", "Presentation", False),
        ("age_range", "18-34", "18 to 34 years", True),
        ("age_range", "18–34", "18-35", False),
        ("age_range", "18-34", "18", False),
    ],
)
def test_when_two_values_are_equal(name, value, text, equal):
    assert bool(evaluation.similarity(value, text, KNOWN[name])) == equal


def test_several_values_are_a_set():
    assert outcome(golds(25, 75, 90), answers("90", "30", "25"), KNOWN["age_mean"]) == (["25", "90"], [75], ["30"])
    # The nearest belong together, whatever their order.
    right, _, _ = evaluation.score(golds(100.0, 100.5), answers("100.5", "100"), KNOWN["age_mean"])
    assert {(gold.value, row["value"]) for gold, row in right} == {(100.0, "100"), (100.5, "100.5")}


def test_what_is_ambiguous_is_neither_expected_nor_wrong():
    both = golds(144) + golds(140, 240, certain=False)
    assert outcome(both, answers("140", "144", "7"), KNOWN["n_total"]) == (["144"], [], ["7"])
    assert outcome(both, answers("140"), KNOWN["n_total"]) == ([], [144], [])


def test_not_reported_makes_every_value_spurious():
    assert outcome(golds(None), answers("7"), KNOWN["n_total"]) == ([], [], ["7"])
    assert outcome(golds(None), [], KNOWN["n_total"]) == ([], [], [])


def rows_of(*cells):
    defaults = {"paper": "a", "parameter": "x", "review": "", "model_value": "", "status": "reported"}
    places = {"experiment": "", "group": ""}
    return [
        {**defaults, **places, "experiment": experiment, "value": value, **more} for experiment, value, more in cells
    ]


@pytest.mark.parametrize(
    "experiment, cells, expected",
    [
        ("", [("", "84", {}), ("Experiment 1", "24", {})], ["84"]),
        ("", [("Experiment 1", "24", {}), ("Experiment 2", "24", {}), ("Experiment 3", "20", {})], ["24", "20"]),
        ("2", [("", "84", {}), ("Experiment 1", "24", {}), ("Experiment 2", "40", {})], ["40"]),
        ("experiment  2", [("Experiment 2", "40", {})], ["40"]),
        ("Experiment 2", [("", "84", {}), ("Experiment 2", "", {"status": "not_reported"})], ["84"]),
        ("Pilot", [("", "84", {}), ("Experiment 2", "40", {})], ["84"]),
        ("", [("", "85", {"review": "corrected", "model_value": "84"})], ["84"]),
        ("", [("", "84", {"review": "corrected"})], []),
        ("", [("", "", {"review": "rejected", "model_value": "84", "status": "not_reported"})], ["84"]),
    ],
)
def test_the_models_own_values_of_a_cell(experiment, cells, expected):
    found, _ = evaluation.Answers(rows_of(*cells)).of("a", "x", experiment)
    assert [row["value"] for row in found] == expected


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("Early", ["20"]),
        ("early", ["20"]),
        ("the Late group", ["18"]),
        ("Late", ["18"]),
        ("Middle", ["40"]),
        ("", ["40"]),
    ],
)
def test_the_models_own_values_of_a_group(group, expected):
    values = {"Early": "20", "Late group": "18", "": "40"}
    cells = rows_of(*(("Experiment 1", value, {"group": of}) for of, value in values.items()))
    cells += rows_of(("Experiment 2", "99", {"group": "Early"}), ("", "60", {}))
    found, _ = evaluation.Answers(cells).of("a", "x", "1", group)
    assert [row["value"] for row in found] == expected


PAGES = [
    ["Methods", "A total of 24 participants (the ﬁrst group: 12 wom-", "en) took part."],
    ["Results", "They moved 80 mm. The software was Mat-", "lab."],
]


@pytest.mark.parametrize(
    "name, value, quote, why",
    [
        ("n_total", 24, "A total of 24 participants", ""),
        ("n_total", 12, "the first group: 12 women", ""),  # a ligature and a hyphen
        ("n_total", 24, "A totall of 24 participants (the first", ""),  # the reader's slip
        ("n_total", 99, "Ninety-nine people were asked to stay away", "lost_text"),
        ("software", "Matlab", "The software was Matlab.", "not_kept"),
        ("n_total", 24, "", ""),
        ("n_total", 25, "", "lost_text"),
        ("target_distance", 8.0, "", "not_kept"),  # 80 mm
        ("software", "Matlab", "", "not_kept"),
        ("effector", "arm", "", ""),
    ],
)
def test_why_a_value_was_out_of_reach(name, value, quote, why):
    record = text_record("a", *PAGES)
    context = {"sections": [{"kept": [[0, record["pages"][0]["end"]]]}, {"kept": []}]}
    parameter = KNOWN.get(name) or {"name": name, "kind": "number", "unit": "cm"}
    gold = annotations.Gold("a", name, "", "", value, True, (quote,) if quote else (), ())
    assert evaluation.missing_from(gold, record, context, parameter) == why
    if name == "effector":
        nothing = {"text": "", "pages": []}
        assert evaluation.missing_from(gold, nothing, {"sections": []}, parameter) == "lost_text"


@pytest.fixture
def run(tmp_path):
    """Two papers of four values each, some right, with the files of readers."""
    run = Run(tmp_path / "a")
    return fill(run)


def fill(run, n_total=24):
    run.parameters.write_text(yaml.safe_dump(ENTRIES))
    first = [
        reported("n_total", n_total, evidence="A total of 24 participants took part.", page=1, confidence=0.95),
        reported("age_mean", 21.5, confidence=0.91, evidence="Someone else was 21.5.", page=7),
        reported("age_mean", 30.0, confidence=0.35),
        reported("aiming_report", True, confidence=1.0),
        unreported("software", "Matlab"),
    ]
    run.add("first_2020", values=first, file="First, 2020.pdf")
    run.add("second_2021", values=[reported("n_total", 7, confidence=0.35), unreported("age_mean", 44.0)])
    run.add("third_2022", values=[reported("n_total", 7)])
    for paper in ("first_2020", "second_2021", "third_2022"):
        record = text_record(paper, ["A total of 24 participants took part.", "Their age was 21.5 years."])
        if paper == "second_2021":
            cited = {"title": "A study", "authors": ["Ada Ng"], "year": "2019", "type": "article", "sources": {}}
            record["citation"] = {"citation": "Ng 2019", "journal": "", "doi": ""} | cited
        run._json(f"text/{paper}.json", record)
        kept = [[0, len(record["text"])]] if paper == "first_2020" else []
        section = {"title": "", "kind": "body", "start": 0, "end": len(record["text"]), "kept": kept}
        section |= {"tokens": 20, "tokens_kept": 20 * len(kept)}
        head = {"paper": paper, "status": "ok", "reason": "", "token_budget": 256, "tokens": 20}
        run._json(f"context/{paper}.json", head | {"tokens_kept": 20 * len(kept), "sections": [section]})
    assert not isinstance(merged := run.write().merge(), str), merged
    return run


@pytest.fixture
def gold_file(tmp_path):
    evidence = {"evidence": "A total of 24 participants", "page": 1}
    return write_gold(
        tmp_path / "gold.csv",
        ("First, 2020.pdf", "n_total", "24", evidence),  # right, with the right evidence
        ("first_2020", "age_mean", "21.5", {"evidence": "Their age was 21.5 years.", "page": 1}),  # right, without
        ("first_2020", "age_mean", "264 months", {"evidence": "Nowhere is this said at all.", "page": 3}),
        ("first_2020", "aiming_report", "not_reported", {}),
        ("first_2020", "software", "Matlab 2011", {"evidence": "Their age was 21.5 years.", "page": 1}),
        ("first_2020", "offset", "3", {"certainty": "ambiguous"}),
        ("second_2021.pdf", "n_total", "24", evidence),
        ("fourth_2023", "n_total", "3", {}),
        ("first_2020", "mass", "7 kg", {}),
    )


def run_program(program, *arguments):
    """Run a program of the workflow here; the sentence that it ended with, if any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [program.__name__, *map(str, arguments)])
        try:
            program.main()
        except SystemExit as end:
            return end.code


def test_the_three_tables(run, gold_file, capsys):
    run_program(evaluate, "--results", run.results, "--gold", gold_file, "--parameters", run.parameters)
    assert capsys.readouterr().out.splitlines() == [
        "Left out of the gold are papers, which the run does not have: fourth_2023.",
        "Left out of the gold are parameters, which the library does not have: mass.",
    ]
    scores = {row.pop("parameter"): row for row in tables.read_rows(run.results / "evaluation.csv")}
    assert list(scores) == ["all (micro)", "all (macro)", "n_total", "age_mean", "aiming_report", "software"]
    micro = {"precision": 0.4, "recall": 0.4, "f1": 0.4, "support": 5, "reported": 5, "correct": 2}
    assert scores["all (micro)"] == micro | {"with_evidence": 2, "same_sentence": 0.5, "same_page": 0.5}
    assert scores["n_total"]["f1"] == scores["age_mean"]["f1"] == 0.5 and scores["software"]["precision"] is None
    assert scores["aiming_report"]["f1"] == 0 and scores["aiming_report"]["recall"] is None
    macro = scores["all (macro)"]
    assert (macro["precision"], macro["recall"], macro["f1"], macro["support"]) == (0.3333, 0.3333, 0.25, None)

    errors = tables.read_rows(run.results / "evaluation_errors.csv")
    assert [(row["citation"], row["paper"]) for row in errors[2:]] == [("", "first_2020"), ("Ng 2019", "second_2021")]
    assert [[row[key] for key in ("paper", "parameter", "error", "gold", "value", "candidate")] for row in errors] == [
        ["first_2020", "age_mean", "lost_text", "22", "30", ""],
        ["first_2020", "aiming_report", "spurious", "", "true", ""],
        ["first_2020", "software", "missed", "Matlab 2011", "", "Matlab"],
        ["second_2021", "n_total", "not_kept", "24", "7", ""],
    ]
    assert (errors[0]["gold_page"], errors[0]["page"], errors[0]["confidence"]) == (3, 2, 0.35)

    bins = tables.read_rows(run.results / "evaluation_calibration.csv")
    calibration = {(row["from"], row["to"]): (row["n"], row["confidence"], row["correct"]) for row in bins if row["n"]}
    assert calibration == {(0.3, 0.4): (2, 0.35, 0.0), (0.9, 1.0): (3, 0.9533, 0.6667)} and len(bins) == 10

    printed = summary.summary(loading.load(run.results, evaluated=True), run.results)
    assert "Evaluation   F1 0.40 (precision 0.40, recall 0.40) on 5 values; of the right ones 50% in the ann" in printed


@pytest.mark.parametrize("name", tables.EVALUATION_TABLES)
def test_a_table_that_lost_rows_is_set_aside_and_never_shown(run, gold_file, name):
    run_program(evaluate, "--results", run.results, "--gold", gold_file, "--parameters", run.parameters)
    loading.load(run.results, evaluated=True)
    path = run.results / f"{name}.csv"
    whole = path.read_bytes().splitlines(keepends=True)
    for kept, sentence in ((whole[:-1], rf"{name}.csv has \d values and not \d: it is now"), (whole[:1], " has ")):
        path.write_bytes(b"".join(kept))
        with pytest.raises(records.BrokenResult, match=sentence):
            loading.load(run.results, evaluated=True)


def test_gold_about_nothing_here_gives_empty_scores(run, tmp_path):
    file = write_gold(tmp_path / "other.csv", ("fourth_2023", "n_total", "3", {}))
    run_program(evaluate, "--results", run.results, "--gold", file, "--parameters", run.parameters)
    micro, macro = tables.read_rows(run.results / "evaluation.csv")
    assert micro["support"] == 0 and micro["f1"] is None and macro["f1"] is None
    assert "F1 0.00" in summary.summary(loading.load(run.results, evaluated=True), run.results)


def test_each_level_has_scores_where_gold_speaks_of_several(tmp_path):
    run = Run(tmp_path)
    first, early = {"experiment": "Experiment 1"}, {"experiment": "Experiment 1", "group": "Early"}
    values = [reported("n_total", 24), reported("age_mean", 22.0, **first), reported("age_mean", 30.0, **early)]
    run.add("first_2020", values=values)
    run.write().merge()
    gold = [("n_total", "24", {}), ("age_mean", "22", first), ("age_mean", "23", early)]
    file = write_gold(tmp_path / "gold.csv", *(("first_2020", *row) for row in gold))
    run_program(evaluate, "--results", run.results, "--gold", file, "--parameters", run.parameters)
    scores = {row["parameter"]: row for row in loading.load(run.results, evaluated=True)["evaluation"]}
    assert list(scores) == [
        *("all (micro)", "all (macro)", "all (papers)", "all (experiments)", "all (groups)", "n_total", "age_mean"),
    ]
    assert [scores[f"all ({level})"]["f1"] for level in ("papers", "experiments", "groups")] == [1, 1, 0]


def test_missing_gold_is_a_sentence(run, tmp_path):
    message = run_program(evaluate, "--results", run.results, "--gold", tmp_path / "x", "--parameters", run.parameters)
    assert message == f"evaluate: There is no {tmp_path / 'x'}: make it, or set `gold` to null."
