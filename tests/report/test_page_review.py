"""The report's page in a browser: corrections that a reviewer makes, keeps and exports."""

import csv
import io
import shutil
import time

from browser import ENTRIES, keys_of
from conftest import needs_chromium
from written_report import PAYLOAD, write_report

from designspace.core import sheets
from designspace.language import values
from designspace.results import corrections

pytestmark = needs_chromium


def name_reviewer(page):
    page.wait("return document.querySelector('dialog[open] [name=reviewer]')").send_keys("MK")
    page.click("Go on", "dialog")


def test_corrections_are_kept_exported_and_merged(page, page_run):
    run = page_run
    folder = next(page.file.parent.parent.parent.glob("browser*"))
    page.open(page.cell("several", "software")).click("Accept", "#panel")
    name_reviewer(page)
    page.wait("return document.querySelector('#panel .review b')?.textContent === 'Accepted'")
    page.open(page.cell("several", "n_total")).click("Change", "#panel")  # kept while the page was away
    field = page.one("#panel [name=value]")
    field.clear()
    field.send_keys("many", keys_of("ENTER"))
    assert page.one("#panel [role=alert]").text == "“many” must be a whole number."
    field.clear()
    field.send_keys("24")
    page.one("#panel [name=note]").send_keys('=Table 1, "left"')
    page.click("Save", "#panel")
    assert "Corrected: 24 by MK" in page.one("#panel .review").text
    label = page.one("td.open").get_attribute("aria-label")
    assert label == "n_total, several: 24, confidence 0.93, corrected, not in the run yet"
    assert [(mark.text, mark.get_attribute("class")) for mark in page.all("td.open .mark")] == [
        ("✎", "mark corrected here")
    ]
    page.open(page.cell("several", "offset")).click("Fill in", "#panel")  # of a cell that reports nothing
    page.keys("-3")
    page.click("Save", "#panel")
    page.open(page.cell("scan", "software")).click("Fill in", "#panel")  # of a paper that was not read
    page.keys("=SUM(1)")
    page.click("Save", "#panel")
    page.open(page.cell("several", "age_mean", "Experiment 2")).one("td.open").send_keys("r")
    page.open(page.cell("several", "population")).one("td.open").send_keys("c")
    page.one("#panel [value=patients]").click()
    page.one("#panel [value=young]").click()
    page.click("Save", "#panel")
    assert page.one("#export").text == "Export corrections.csv (6 new)"
    assert page.texts("#review .meter")[0].startswith("5 of 132 ")
    run.corrections.write_text("paper,parameter,value\ngone,n_total,3\nseveral,n_total,41\n")
    try:
        check_export(page, run, folder)
    finally:
        run.corrections.unlink()
        run.merge()
        write_report(run, "--evaluated", "--note", PAYLOAD)


def test_keys_accept_a_value_and_go_to_the_next(page):
    page.open().js("Corrections.setReviewer('MK')")
    page.open(page.cell("several", "software")).one("td.open").send_keys("a")
    page.wait("return document.querySelector('#panel .review b')?.textContent === 'Accepted'")
    assert [mark.text for mark in page.all("td.open .mark")] == ["✓"]
    page.keys("n")
    assert page.one("#panel h2").text == "population" and "several.pdf" in page.one("#panel .source").text
    assert "Not reviewed." in page.one("#panel .review").text
    page.keys("a", "n")  # past the first experiment's age_mean, to the next that has no review
    assert page.one("#panel h2").text == "age_mean years"
    assert page.one("td.open").get_attribute("aria-label").startswith("age_mean, several, Experiment 1: 25")


def check_export(page, run, folder):
    run.merge()
    write_report(run, "--evaluated", "--note", PAYLOAD)
    page.open(page.cell("several", "n_total"))  # the file's 41 is older than this browser's 24
    assert "Corrected: 24 by MK" in page.one("#panel .review").text
    page.one("#export").click()
    file = folder / "corrections.csv"
    for _ in range(3000):
        if file.exists() and file.stat().st_size:
            break
        time.sleep(0.02)
    shutil.move(file, run.corrections)
    sheet = list(csv.DictReader(io.StringIO(run.corrections.read_text("utf-8-sig"))))
    assert [row["paper"] for row in sheet] == ["gone", *["several"] * 3, "scan", *["several"] * 2]
    assert (
        sheet[4]["value"] == "'=SUM(1)" and sheet[2]["note"] == '\'=Table 1, "left"' and sheet[2]["old_value"] == "40"
    )
    assert {name for row in sheet for name in row} == set(corrections.Correction._fields)
    assert run.corrections.read_bytes().startswith(b"\xef\xbb\xbf")

    merged = run.merge()["extractions"]
    reviewed = merged[merged.review != ""].set_index(["paper", "experiment", "parameter"])
    states = {key: list(zip(rows.value, rows.review, strict=True)) for key, rows in reviewed.groupby(level=[0, 1, 2])}
    assert states == {
        ("several", "", "software"): [("Matlab; Psychtoolbox", "accepted")],
        ("several", "", "n_total"): [("24", "corrected")],
        ("several", "", "offset"): [("-3", "corrected")],
        ("scan", "", "software"): [("=SUM(1)", "corrected")],
        ("several", "Experiment 2", "age_mean"): [("", "rejected")],
        ("several", "", "population"): [("older", "accepted"), ("patients", "corrected")]
        if states["several", "", "population"][0][0] == "older"
        else [("patients", "corrected"), ("older", "accepted")],
    }
    assert set(reviewed.reviewer) == {"MK"}
    write_report(run, "--evaluated", "--note", PAYLOAD)
    page.open(page.cell("several", "n_total"))  # the run has them now, so the browser forgets them
    assert page.js("return Object.keys(localStorage).filter((k) => k.startsWith('designspace corrections'))") != []
    assert page.js("return Corrections.waiting() + document.querySelectorAll('.mark.here').length") == 1  # the legend's
    assert "Corrected: 24 by MK" in page.one("#panel .review").text and "In this browser" not in page.one("#panel").text
    page.click("Change", "#panel")
    page.one("#panel [name=note]").clear()
    page.one("#panel [name=note]").send_keys("Table 2")
    page.click("Save", "#panel")
    page.open(page.cell("several", "n_total"))  # its value is the file's, and its note is not
    assert "Table 2" in page.one("#panel .review").text
    page.click("Undo", "#panel")
    assert "Table 1" in page.one("#panel .review").text
    page.click("Undo", "#panel")
    assert "The review is taken back." in page.one("#panel .review").text
    assert page.js("return Corrections.csv()").count("n_total") == 1  # that of the paper that is gone


def test_a_browser_that_keeps_nothing_says_so(page):
    page.open().js("Storage.prototype.setItem = () => { throw new Error('no room'); }")
    page.js("Corrections.setReviewer('MK'); Corrections.set(findRow('several', '').cells[0], '41')")
    assert "does not keep corrections" in page.one("#review [role=alert]").text
    assert page.one("#export").text == "Export corrections.csv (1 new)"
    assert page.js("return Corrections.csv()").endswith(
        ",40,41,,MK," + page.js("return findRow('several', '').cells[0].mark.date") + ",\n"
    )
    page.js("Corrections.exported()")  # so that the browser does not ask before it leaves


CASES = [
    *[("n_total", text) for text in ("158", " 12 ", "1.5", "2.0", "1e2", "many", "", "12 cm", "1,000", "+3", "-0")],
    *[("age_mean", text) for text in ("21.5", "264 months", "21 years; 30", "21;;30;", "5 kg", "21yrs", "1 ; x")],
    *[("aiming_report", text) for text in ("true", "FALSE", "yes", "1")],
    *[("population", text) for text in ("young", "young; older", "Young", "nobody")],
    *[("software", text) for text in ("a; b", "  x ", "=1")],
    *[("offset", text) for text in ("-77", "1 rad", "90°", "3 __proto__", "3 constructor")],
]


def test_the_page_takes_what_the_merge_takes(page):
    """Each text as a value of each parameter: the same values, or an error in both."""
    page.open()
    script = "try { return parseValues(arguments[0], arguments[1]); } catch (error) { return error.message; }"
    for name, text in CASES:
        parameter = next(entry for entry in ENTRIES if entry["name"] == name)
        result = page.js(script, text, parameter)
        try:
            assert result == list(dict.fromkeys(map(values.as_text, values.parse(text, parameter)))), text
        except ValueError as error:
            assert str(error).removeprefix("it ") in result, text


def test_the_page_stops_the_formulas_that_the_tables_stop(page):
    page.open()
    texts = [
        "=1+1",
        "-3",
        "-x",
        "a;=b",
        "\t=x",
        "'=x",
        '"=x',
        "＝x",
        "a\n@b",
        "1e5",
        "+",
        "plain",
        "a;b",
        '=HYPERLINK("x")',
    ]
    assert page.js("return arguments[0].map(escapeFormula)", texts) == list(map(sheets.escape, texts))
    rows = list(
        csv.reader(io.StringIO(page.js("return asCsv([arguments[0]])", texts).removeprefix("\ufeff"), newline=""))
    )
    assert list(map(sheets.unescape, rows[0])) == texts
