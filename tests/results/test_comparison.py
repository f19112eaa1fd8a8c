"""Two runs side by side: where they differ, and which is better."""

import csv
import re

from made_up_run import LIBRARY, Run
from test_evaluation import fill, gold_file, run, run_program  # noqa: F401 (two are fixtures)

import compare
from designspace.results import comparison


def test_two_runs_are_compared(run, gold_file, tmp_path, capsys):  # noqa: F811
    other = fill(Run(tmp_path / "b"), n_total=25)
    options = ("--parameters", run.parameters, "--output", tmp_path / "changed.csv")
    run_program(compare, run.results, other.results, "--gold", gold_file, *options)
    with open(tmp_path / "changed.csv", encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["paper"], row["parameter"], row["value_a"], row["value_b"]) == ("first_2020", "n_total", "24", "25")
    assert (row["gold"], row["verdict"]) == ("24", "worse")
    printed = capsys.readouterr().out
    assert "\nChanged   1 (9" in printed and "% agree), of which 0 have a value only in A and 0 only in B\n" in printed
    assert "Verdict   B is better in 0 cells and worse in 1\n" in printed
    head, of_a, of_b = printed[printed.index("Run ") :].splitlines()[:3]
    assert head == "Run       F1     precision  recall  confidence off by  seconds a paper"
    assert re.fullmatch(r"A         0\.\d{3}  0\.\d{3}      0\.\d{3}   0\.\d{2}               8\.2", of_a), of_a
    assert re.fullmatch(r"B         0\.200  0\.200      0\.200   0\.\d{2}               8\.2", of_b), of_b

    (run.papers / "second_2021.pdf").unlink()
    run.merge()
    run_program(compare, run.results, run.results, *options)
    printed = capsys.readouterr().out
    assert "of the 2 papers that both have\nChanged   0" in printed
    assert "\nRun       seconds a paper\nA         8.2\nB         8.2\nWritten" in printed, "without annotations"
    assert run_program(compare, run.results, tmp_path, *options).startswith(f"compare: There is no {tmp_path}/")


def test_two_runs_are_compared_in_what_the_library_asks(run, tmp_path):  # noqa: F811
    other = fill(Run(tmp_path / "b"), n_total=25)
    library = {entry["name"]: entry for entry in LIBRARY}
    (row,), _ = comparison.compare(run.results, other.results, [], library)
    del library[row["parameter"]]
    rows, printed = comparison.compare(run.results, other.results, [], library)
    assert rows == [] and "Changed   0 (100% agree)" in printed
