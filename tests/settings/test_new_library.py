"""A parameter library is made of a spreadsheet, with warnings of what models get wrong."""

import subprocess
import sys

import pytest
import yaml
from conftest import ROOT

from designspace.settings import new_library, parameters

SHEET = """name,kind,unit,definition,values,multiple,per
n_arms,integer,,Arms to which a participant could be assigned.,,,
dose,Number,mg,Amount of the drug that is taken at once.,,yes,Group

blinding,category,,Who did not know the assignment.,open_label; double_blind; other,no,paper
sponsor,string,,"Who paid for the trial, companies included.",,,
"""


def program(sheet, *options):
    command = [sys.executable, ROOT / "scripts" / "new_library.py", sheet, *options]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def sheet(tmp_path):
    file = tmp_path / "trials.csv"
    file.write_text(SHEET, "utf-8-sig")  # as a spreadsheet saves it
    return file


def test_a_spreadsheet_becomes_a_library_that_the_workflow_takes(sheet):
    done = program(sheet)
    library = sheet.with_suffix(".yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"Written   {library}, 4 parameters. To use it, set `parameters: {library}` in config/config.yaml.\n"
    )
    assert parameters.load(library) == [
        {"name": "n_arms", "kind": "integer", "definition": "Arms to which a participant could be assigned."},
        {
            **{"name": "dose", "kind": "number", "unit": "mg", "per": "group", "multiple": True},
            **{"definition": "Amount of the drug that is taken at once."},
        },
        {
            **{"name": "blinding", "kind": "category", "per": "paper"},
            **{"values": ["open_label", "double_blind", "other"], "definition": "Who did not know the assignment."},
        },
        {"name": "sponsor", "kind": "string", "definition": "Who paid for the trial, companies included."},
    ]
    lines = library.read_text("utf-8").splitlines()
    assert [line[:3] for line in lines if not line.startswith("#")] == ["- {"] * 4, "a line each, as in config/"


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("dose,weight,mg,Amount.,,,", '`kind` of the parameter `dose` is "weight"; it must be integer, number, string'),
        ("Dose of drug,number,mg,Amount.,,,", '`name` of entry 1 is "Dose of drug"; it must be a name in snake_case'),
        ("dose,number,mg,,,,", "the parameter `dose` has no `definition`"),
        ("blinding,category,,Who did not know.,,,", "the category `blinding` has no `values`"),
        ("dose,number,mg,Amount.,low; high,,", "`dose` has `values` but is of kind number"),
        ("dose,number,mg,Amount.,,perhaps,", 'row 2: `multiple` is "perhaps"; it must be yes, no or empty.'),
        ("dose,number,mg,Amount.,,,arm", '`per` of the parameter `dose` is "arm"; it must be paper, experiment'),
        ("dose,number,mg,Amount, taken at once,,,,", "row 2 has 9 cells where the first line has 7; put cells"),
    ],
)
def test_an_error_in_the_sheet_is_a_sentence_and_nothing_is_written(sheet, cells, sentence):
    sheet.write_text(f"{SHEET.splitlines()[0]}\n{cells}\n")
    done = program(sheet)
    assert done.returncode == 1 and sentence in done.stderr and "Traceback" not in done.stderr
    assert not sheet.with_suffix(".yaml").exists()


def test_a_library_that_is_there_is_not_overwritten(sheet):
    library = sheet.with_suffix(".yaml")
    library.write_text("mine")
    done = program(sheet)
    assert done.returncode == 1 and f"{library} already exists: name another file with --output" in done.stderr
    assert library.read_text() == "mine"
    assert program(sheet, "--output", sheet.with_name("other.yaml")).returncode == 0


def test_a_sheet_that_is_not_there_or_lacks_a_column(sheet):
    sheet.write_text("name,kind\n")
    assert "has no column `definition` in its first line, which is 'name,kind'." in program(sheet).stderr
    sheet.unlink()
    assert f"There is no {sheet}" in program(sheet).stderr


def entry(name, definition, kind="string", **more):
    return {"name": name, "kind": kind, "definition": definition} | more


def test_what_a_model_would_get_wrong_is_warned_of(sheet):
    library = [
        entry("sponsor", "Who paid, e.g. a company."),
        entry("payer", "Who, e.g. a company, paid."),
        entry("blinding", "Who did not know the assignment.", "category", values=["open_label", "double_blind"]),
        entry("design", "How arms were brought together.", "category", values=["parallel", "other"]),
    ]
    example, again, alike, other = new_library.warnings(library, "trials.csv")
    assert example.startswith("trials.csv: the definition of `sponsor` has an example ('e.g. a company')")
    assert again.startswith("trials.csv: the definition of `payer` has an example")
    assert alike.startswith("trials.csv: the definitions of `sponsor` and `payer` are nearly the same")
    assert other.startswith("trials.csv: the category `blinding` has no value `other`")
    sheet.write_text(SHEET.replace("; other", ""))
    done = program(sheet)
    assert done.returncode == 0 and done.stderr.count("\n") == 1 and "has no value `other`" in done.stderr


@pytest.mark.parametrize("name", ["parameters.yaml", "clinical_trials.yaml"])
def test_the_libraries_of_the_repository_have_no_examples_and_no_two_definitions_alike(name):
    library = yaml.safe_load((ROOT / "config" / name).read_text("utf-8"))
    assert [text for text in new_library.warnings(library, name) if "has no value `other`" not in text] == []
