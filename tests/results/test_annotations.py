"""The annotations of a gold file are checked as they are loaded."""

import pytest
from test_evaluation import KNOWN, write_gold

from designspace.core import sheets
from designspace.results import annotations


@pytest.mark.parametrize(
    "rows, sentence",
    [
        ([("a", "n_total", "many", {})], '`value` of n_total is "many"; it must be a whole number, or not_reported.'),
        ([("a", "age_mean", "7 kg", {})], 'is "7 kg"; it must be a number in years, or not_reported.'),
        ([("a", "effector", "Arm", {})], 'is "Arm"; it must be one of arm, eye, or not_reported.'),
        ([("a", "n_total", "7", {"page": "ix"})], '`page` is "ix"; it must be a whole number or empty.'),
    ],
)
def test_wrong_gold_is_a_sentence(tmp_path, rows, sentence):
    with pytest.raises(sheets.SheetError, match="gold.csv, row 2: ") as caught:
        annotations.load(write_gold(tmp_path / "gold.csv", *rows), KNOWN)
    assert str(caught.value).endswith(sentence)


def test_rows_with_one_value_of_a_cell_are_one(tmp_path):
    file = tmp_path / "gold.csv"
    lines = [
        "paper,parameter,value,quote,page,certainty",
        "a,age_mean,22,First.,1,ambiguous",
        "a,age_mean,264 months,,,",
    ]
    file.write_text("\n".join([*lines, "a,age_mean,22.0,Second.,3,explicit", "a,mass,7 kg,,,"]), "utf-8-sig")
    age, mass = annotations.load(file, KNOWN)
    assert age.group == mass.group == ""
    assert age == annotations.Gold("a", "age_mean", "", "", 22.0, True, ("First.", "Second."), (1, 3))
    assert (mass.parameter, mass.value, mass.quotes) == ("mass", "7 kg", ())
