"""Whatever a text says, it comes back from the tables whole, and no spreadsheet takes it for a formula."""

import csv
import random

import pytest
from made_up_run import Run, finding, reported

from designspace.core import sheets
from designspace.results import tables


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


NASTY = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "'=quoted",
    "''=twice",
    "'plain",
    "＝1+1",
    "a;=1+1;b",
    'a;"=1+1";b',
    "a\n=1+1",
    "a\t@SUM(A1)\n\n-2",
    "a;'=1",
    "-5; -10",
    'a "b", c\r\nd ± 3° — ﬁ',
    "NA",
    " 007 ",
    "-",
]


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    """A run with a paper of each text, and its tables."""
    run = Run(tmp_path_factory.mktemp("nasty"))
    for number, text in enumerate(NASTY):
        values = [reported("software", text, reasoning=text, evidence=text)]
        run.add(f"paper_{number}", values=values, findings=[finding("x", text)])
    return run, run.write().merge()


@pytest.mark.parametrize(("number", "text"), list(enumerate(NASTY)))
def test_a_text_survives_the_csv(merged, number, text):
    run, frames = merged
    paper, text = f"paper_{number}", text.replace("\r\n", "\n").replace("\r", "\n")
    row = frames["extractions"].set_index(["paper", "parameter"]).loc[paper, "software"]
    assert row["value"] == row["reasoning"] == row["evidence"] == text
    assert frames["parameters"].set_index("paper").loc[paper, "software"] == text
    found = run.sql(f"SELECT value FROM extractions WHERE parameter = 'software' AND paper = '{paper}'")
    assert found == [(text,)]


@pytest.mark.parametrize("name", tables.CSV_TABLES)
def test_no_cell_is_a_formula(merged, name):
    run, _ = merged
    # Where decimals have a comma, a spreadsheet takes the semicolon for the separator, and sees other cells.
    for separator in ",;\t":
        with open(run.results / f"{name}.csv", encoding="utf-8-sig", newline="") as lines:
            cells = [cell for row in csv.reader(lines, delimiter=separator) for cell in row]
        assert cells and not any(cell.startswith(tuple("=+-@＝＋－＠\t\r\n")) for cell in cells)


def test_every_text_comes_back():
    letters = random.Random(1)
    for _ in range(20_000):
        text = "".join(letters.choices("'\"=-;\t\n a1", k=letters.randint(0, 7)))
        assert sheets.unescape(sheets.escape(text)) == text


def test_numbers_keep_their_sign(run):
    run.add("a", values=[reported("offset", -4.5), reported("age_mean", 1e-7), reported("software", "-12")])
    run.write().merge()
    assert (run.results / "parameters.csv").read_bytes() == (
        b"\xef\xbb\xbfcitation,paper,experiment,group,n_total,age_mean,offset,aiming_report,software\n,a,,,,1e-07,-4.5,,-12\n"
    )


def test_what_cannot_be_printed_is_replaced(run):
    run.add("a", values=[reported("software", "x\x00\ud800y")])
    assert run.write().merge()["parameters"].loc[0, "software"] == "x\ufffd\ufffdy"


def test_a_file_name_is_no_formula(run):
    run.add("a", file="=1+1.pdf")
    assert run.write().merge()["papers"].loc[0, "file"] == "=1+1.pdf"
    assert b",'=1+1.pdf," in (run.results / "papers.csv").read_bytes()
