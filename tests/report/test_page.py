"""The report's page in a real browser: what a reader sees, clicks, types and takes away."""

import csv
import io
import shutil
import time
from pathlib import Path
from urllib.parse import unquote, urlparse

import pypdfium2
import pytest
import yaml
from browser import ENTRIES, FILLERS, PAPERS, WORDS, Browser, invented_run, keys_of
from conftest import needs_chromium
from test_report import PAYLOAD, program, write_report
from test_tables import Run

from designspace.core import sheets
from designspace.language import values
from designspace.results import corrections

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return invented_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def page_file(run):
    run.merge()
    program("evaluate", run, *run.gold)
    write_report(run, "--evaluated", "--note", PAYLOAD)
    return run.results / "report.html"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    from benchmark.report import chromium

    browser = chromium(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.quit()


@pytest.fixture
def page(chromium, page_file):
    """The page; at the test's end its console is empty, and it has asked for nothing but the files beside it."""
    browser = Browser(chromium, page_file)
    browser.open().js("localStorage.clear()")
    yield browser.open()
    browser.logs()
    beside = page_file.parent.as_uri() + "/"
    assert browser.said == []
    assert browser.sent
    assert [url for url in browser.sent if not url.startswith((beside, "blob:file:", "about:"))] == []
    assert browser.js("return document.querySelectorAll('[src=x], [onerror]').length") == 0


def test_the_matrix_shows_values_states_and_experiments(page):
    assert page.papers()[:4] == ["hostile", "okafor_2021", "scan", "several"] and "copy" not in page.papers()
    labels = page.js("return [...document.querySelectorAll('td.cell')].map((e) => e.getAttribute('aria-label'))")
    for label in (
        "n_total, okafor_2021: 32, confidence 0.93",
        "age_mean, several, Experiment 2: 71.5 years, confidence 0.20",
        "offset, several: not reported",
        "aiming_report, several: failed",
        "population, several: young; older, confidence 0.93",
        "n_total, scan: no answer",
    ):
        assert label in labels
    for label, shown in {
        "n_total, okafor_2021: 32, confidence 0.93": "32",
        "offset, several: not reported": "–",
        "aiming_report, several: failed": "failed",
        "n_total, scan: no answer": "",
    }.items():
        assert page.one(f"[aria-label='{label}']").text == shown
    shade = "return document.querySelector(`[aria-label='${arguments[0]}']`).style.getPropertyValue('--sure')"
    assert page.js(shade, "age_mean, several, Experiment 2: 71.5 years, confidence 0.20") == "0.20"
    assert page.one("#note").text == PAYLOAD
    assert "failed without an answer" in [legend.text for legend in page.all(".legend")]
    page.one("[aria-label='Hide the experiments of several']").click()
    assert "Experiment 1" not in page.texts(".experiment")


def test_only_the_rows_in_view_are_drawn_and_scrolling_draws_the_others(page):
    assert page.one("table").get_attribute("aria-rowcount") == str(FILLERS + 6 + 3 + 1)  # three experiments, the head
    assert len(page.all("#view tbody tr")) < 60 and "z_119" not in page.papers()
    page.js("document.querySelector('.grid').scrollTop = 1e6")
    page.wait("return [...document.querySelectorAll('.paper')].some((e) => e.textContent === 'z_119')")


def test_the_filter_narrows_papers_and_its_link_carries_it(page):
    page.one("#search").send_keys("psychtoolbox")
    page.wait("return location.hash === '#q=psychtoolbox'")
    assert page.papers() == ["several"]
    assert page.one("#found").text == "1 of 126 papers, 1 cell"
    for view, papers in {
        "#status=failed&parameter=aiming_report": ["scan", "several", "stuck"],
        "#paper=OKAFOR+%26,turned": ["okafor_2021", "turned"],
        "#high=0.3": ["several"],
        "#where=age_mean~70..80": ["several"],
        "#where=population~older&where=n_total~40..41": ["several"],
        "#where=population~older&where=n_total~41..42": [],
        "#status=reported&parameter=age_mean&sort=-age_mean": ["several", "hostile", "okafor_2021", "turned"],
        "#q=nothing+says+this": [],
    }.items():
        assert page.open(view).papers() == papers, view
    assert page.one(".grid").get_attribute("data-none") == "No paper fits the filter."
    page.click("Clear")
    assert page.js("return location.hash") in ("", "#") and len(page.papers()) > 10
    page.driver.back()
    page.wait("return !document.querySelector('#view .paper')")
    assert page.papers() == []


def test_the_matrix_sorts_by_a_column(page):
    head = page.one("th[data-key=n_total]")
    head.click()
    assert page.papers()[0] == "z_000" and page.one("th[data-key=n_total]").get_attribute("aria-sort") == "ascending"
    page.one("th[data-key=n_total]").click()
    assert page.papers()[:2] == ["several", "okafor_2021"]
    page.open().one("#view tbody [tabindex='0']").click()
    page.keys(*map(keys_of, ("ARROW_UP", "ARROW_RIGHT", "ENTER")))
    assert page.js("return location.hash").startswith("#sort=n_total") and page.papers()[0] == "z_000"


def test_each_filter_is_set_by_its_control(page):
    from selenium.webdriver.support.ui import Select

    def told(hash, papers):
        page.wait("return location.hash === arguments[0]", hash)
        assert page.papers() == papers
        page.click("Clear")

    Select(page.one("[aria-label=Status]")).select_by_visible_text("Failed, not read")
    told("#status=failed", ["scan", "several", "stuck"])
    page.one("details.menu summary").click()
    page.click("None", "details.menu")
    next(label for label in page.all("details.menu label") if label.text == "population").click()
    told("#parameter=population", ["several"])
    page.one("[aria-label=Paper]").send_keys("okaf")
    told("#paper=okaf", ["okafor_2021"])
    page.one("[aria-label='Confidence from']").send_keys("0.9")
    told("#low=0.9", ["hostile", "okafor_2021", "several", "turned"])


def test_the_keyboard_goes_everywhere(page):
    down, right, enter, escape = map(keys_of, ("ARROW_DOWN", "ARROW_RIGHT", "ENTER", "ESCAPE"))
    page.one("body").send_keys("/")
    assert page.js("return document.activeElement.id") == "search"
    page.keys(escape)
    page.one("#view tbody [tabindex='0']").click()
    page.keys(escape, down, down, right)
    assert page.js("return document.activeElement.getAttribute('aria-label')").startswith("n_total, okafor_2021")
    assert len(page.all("#view [role=gridcell][tabindex='0'], #view [role=rowheader][tabindex='0']")) == 1
    page.keys(enter)
    assert page.one("#panel h2").text == "n_total" and "okafor_2021" in page.js("return location.hash")
    page.keys(down)  # the details follow
    assert "scan.pdf" in page.one("#panel .source").text
    page.keys(escape)
    assert not page.one("#panel").is_displayed() and "open=" not in page.js("return location.hash")
    page.keys(keys_of("END"))
    assert page.js("return document.activeElement.getAttribute('aria-label')").startswith("population, scan")


def test_a_key_folds_and_unfolds_the_experiments_of_a_paper(page):
    focused = "return document.activeElement.textContent"
    page.open(page.cell("several", "n_total", "Experiment 2")).keys(keys_of("HOME"))
    assert page.js(focused) == "Experiment 2"
    page.keys("e")
    assert "Experiment 2" not in page.texts(".experiment") and page.js(focused) == "▸several"
    page.keys("e")
    assert "Experiment 2" in page.texts(".experiment") and page.js(focused) == "▾several"
    page.click("Keys")
    assert "E\nhides or shows the experiments" in page.one("dialog").text
    page.click("Close", "dialog")


def test_a_value_shows_its_evidence(page):
    page.open(page.cell("okafor_2021", "age_mean"))
    shown = page.one("#panel").text
    for words in ("22.4 years", "confidence 0.93", WORDS, "It says so.", "page 1 of the PDF", "Not reviewed."):
        assert words in shown
    link = page.one("#panel blockquote a").get_attribute("href")
    assert link == (page.file.parent.parent / "papers").as_uri() + "/Okafor%20%26%202021%20%231%2050%25.pdf#page=1"
    assert Path(unquote(urlparse(link).path)).is_file()
    page.open(page.cell("several", "offset"))
    assert "The model would have said -77 deg." in page.one("#panel").text and "p_null 0.8" in page.one("#panel").text
    page.open(page.cell("several", "n_total", "Experiment 1"))
    assert "For the whole paper it is 40." in page.one("#panel").text


@pytest.mark.parametrize("paper", ["okafor_2021", "turned"])
def test_the_mark_lies_on_the_words(page, paper):
    page.open(page.cell(paper, "n_total"))
    page.wait(
        "return document.querySelector('.sheet img')?.complete && document.querySelector('.sheet img').naturalWidth"
    )
    marks = page.js(
        """const on = document.querySelector(".sheet img").getBoundingClientRect();
        return [...document.querySelectorAll(".marked")].map((mark) => {
          const { left, right, top, bottom } = mark.getBoundingClientRect();
          const share = [(left - on.left) / on.width, (right - on.left) / on.width];
          return [...share, (top - on.top) / on.height, (bottom - on.top) / on.height];
        });"""
    )
    with pypdfium2.PdfDocument(PAPERS / "okafor_2021.pdf") as pdf:
        sheet = pdf[0].get_textpage()
        first, length = sheet.search("visuomotor rotation.").get_next()
        width, height = pdf[0].get_size()
        for index in range(first, first + length):
            if sheet.get_text_range(index, 1).isspace():
                continue
            left, bottom, right, top = sheet.get_charbox(index)
            across, down = (left + right) / 2 / width, 1 - (bottom + top) / 2 / height
            assert any(m[0] < across < m[1] and m[2] < down < m[3] for m in marks), sheet.get_text_range(index, 1)
    covered = sum((right - left) * (bottom - top) for left, right, top, bottom in marks)
    assert 0 < covered < 0.03  # of the page: a line or two
    frame = page.js("return document.querySelector('.frame').getBoundingClientRect().toJSON()")
    place = page.js("return document.querySelector('.marked').getBoundingClientRect().toJSON()")
    assert frame["top"] <= place["top"] and place["bottom"] <= frame["bottom"]  # in view without scrolling


def test_a_picture_that_is_missing_is_a_sentence(page):
    page.open(page.cell("z_000", "n_total"))
    page.js("document.querySelector('.frame').scrollIntoView()")
    page.wait("return document.querySelector('.frame .empty')")
    assert page.one(".frame").text.startswith("There is no picture of page 2 beside this report")
    page.logs()
    assert "pages/z_000/2.webp" in page.said.pop()


def test_pictures_are_asked_for_with_their_value_alone(page):
    page.logs()
    assert page.sent and not [url for url in page.sent if url.endswith(".webp")]
    page.open(page.cell("okafor_2021", "n_total"))
    page.wait("return document.querySelector('.sheet img')?.complete")
    page.logs()
    assert [url for url in page.sent if url.endswith(".webp")] == [
        (page.file.parent / "pages/okafor_2021/1.webp").as_uri()
    ]


def test_the_link_of_a_value_opens_its_pdf(page):
    from selenium.webdriver.support.ui import WebDriverWait

    page.open(page.cell("okafor_2021", "n_total"))
    link = page.one("#panel blockquote a")
    address = link.get_attribute("href")
    (own,) = page.driver.window_handles
    link.click()
    WebDriverWait(page.driver, 10).until(lambda driver: len(driver.window_handles) == 2)
    (other,) = set(page.driver.window_handles) - {own}
    page.driver.switch_to.window(other)
    page.wait("return document.contentType === 'application/pdf'")
    assert page.driver.current_url == address
    page.driver.close()
    page.driver.switch_to.window(own)
    page.logs()
    page.sent = [url for url in page.sent if not url.startswith("chrome-extension:")]  # the browser's own viewer


def name_reviewer(page):
    page.wait("return document.querySelector('dialog[open] [name=reviewer]')").send_keys("MK")
    page.click("Go on", "dialog")


def test_corrections_are_kept_exported_and_merged(page, run, chromium):
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
    page.js("Corrections.setReviewer('MK')")
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
    told = merged[merged.review != ""].set_index(["paper", "experiment", "parameter"])
    say = {key: list(zip(rows.value, rows.review, strict=True)) for key, rows in told.groupby(level=[0, 1, 2])}
    assert say == {
        ("several", "", "software"): [("Matlab; Psychtoolbox", "accepted")],
        ("several", "", "n_total"): [("24", "corrected")],
        ("several", "", "offset"): [("-3", "corrected")],
        ("scan", "", "software"): [("=SUM(1)", "corrected")],
        ("several", "Experiment 2", "age_mean"): [("", "rejected")],
        ("several", "", "population"): [("older", "accepted"), ("patients", "corrected")]
        if say["several", "", "population"][0][0] == "older"
        else [("patients", "corrected"), ("older", "accepted")],
    }
    assert set(told.reviewer) == {"MK"}
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
    page.js("Storage.prototype.setItem = () => { throw new Error('no room'); }")
    page.js("Corrections.setReviewer('MK'); Corrections.say(findRow('several', '').cells[0], '41')")
    assert "does not keep corrections" in page.one("#review [role=alert]").text
    assert page.one("#export").text == "Export corrections.csv (1 new)"
    assert page.js("return Corrections.csv()").endswith(
        ",40,41,,MK," + page.js("return findRow('several', '').cells[0].told.date") + "\n"
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
    """Each text as a value of each parameter: the same values, or a sentence in both."""
    script = "try { return parseValues(arguments[0], arguments[1]); } catch (error) { return error.message; }"
    for name, told in CASES:
        parameter = next(entry for entry in ENTRIES if entry["name"] == name)
        said = page.js(script, told, parameter)
        try:
            assert said == list(dict.fromkeys(map(values.as_text, values.parse(told, parameter)))), told
        except ValueError as error:
            assert str(error).removeprefix("it ") in said, told


def test_the_page_stops_the_formulas_that_the_tables_stop(page):
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


def test_distributions_lead_to_the_papers(page):
    page.open("#view=space")
    page.wait("return document.querySelectorAll('.card svg').length === 4")
    card = "[aria-label='n_total: papers by value']"
    counts = {hit.get_attribute("aria-label"): hit for hit in page.all(f"{card} .hit")}
    assert counts["16 to 17: 17 papers"] and any(label.endswith(": 0 papers") for label in counts)
    counts["16 to 17: 17 papers"].send_keys(keys_of("ENTER"))
    assert page.js("return View.state.view") == "matrix" and page.one("#found").text.startswith("17 of 126 papers")
    page.driver.back()
    page.wait("return document.querySelectorAll('.card svg').length === 4")
    page.one(f"{card} [aria-label='16 to 17: 17 papers']").click()
    assert page.js("return location.hash") == "#where=n_total%7E16..18"
    assert page.one("#found").text.startswith("17 of 126 papers")
    page.driver.back()
    page.wait("return document.querySelectorAll('.card svg').length === 4")
    assert "age_mean years" in page.texts(".card h3")
    assert page.texts("[aria-label='population: papers by value'] .hit") == [
        *("young: 1 paper", "older: 1 paper", "patients: 0 papers"),
    ]


def test_a_chart_of_one_whole_number_has_its_bar_on_it(page):
    page.js("Corrections.setReviewer('MK'); Corrections.say(findRow('okafor_2021', '').cells[0], '2')")
    ticks = """return [...document.querySelectorAll(arguments[0] + ' text')].map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return [text.textContent, (left + right) / 2, (top + bottom) / 2];
    })"""
    middle = """const { left, right, top, bottom } = document.querySelector(arguments[0]).getBoundingClientRect();
      return [(left + right) / 2, (top + bottom) / 2]"""
    page.js("View.go({ view: 'space', paper: 'okafor_2021' })")
    card = "[aria-label='n_total: papers by value']"
    page.wait("return document.querySelector(arguments[0])", card)
    shown = {text: across for text, across, _ in page.js(ticks, f"{card} [aria-label^='x-axis']")}
    assert all(text.isdigit() for text in shown)
    assert shown["2"] == pytest.approx(page.js(middle, f"{card} [aria-label='2: 1 paper']")[0], abs=2)
    page.js("View.go({ view: 'pair', x: 'n_total', y: 'age_mean' })")
    across = {text: x for text, x, _ in page.js(ticks, ".chart [aria-label^='x-axis tick']")}
    assert "2" in across and all(text.isdigit() for text in across)
    dot = page.js(middle, "circle")
    assert dot == pytest.approx(page.js(middle, "[aria-label='2 with 22.4: 1 paper']"), abs=2)
    assert dot[0] == pytest.approx(across["2"], abs=2)
    room = page.js("return document.querySelector('.chart svg').getBoundingClientRect().width")
    field = page.js(
        "return document.querySelector('[aria-label=\"2 with 22.4: 1 paper\"]').getBoundingClientRect().width"
    )
    assert field < room / 4
    opacity = page.js("return document.querySelector('.chart rect[fill-opacity]').getAttribute('fill-opacity')")
    assert opacity == "0.75"  # so that the dot is seen on it


def test_every_number_lies_in_a_field(page):
    script = "return Fields.divide(arguments[0], arguments[1]).fields.map((f) => arguments[1].filter(f.of).length)"
    for told in (["0.7"], ["0.1", "0.3"], ["0"], ["-3"], ["-0.3", "0.6"], ["0.01", "40"]):
        assert sum(page.js(script, 1, told)) == len(told), told


def test_two_parameters_show_where_no_paper_is(page):
    page.open("#view=pair&x=population&y=aiming_report")
    assert "No paper that is shown reports both." in page.one("#view").text
    page.open("#view=pair&x=population&y=age_mean")
    labels = [hit.get_attribute("aria-label") for hit in page.all("[role=group] .hit")]
    assert any(label.startswith("young with ") and label.endswith(": 1 paper") for label in labels)
    assert sum(label.endswith(": 0 papers") for label in labels) > len(labels) / 2
    assert "are blank: no paper is there" in page.one("#view").text
    page.one("[role=group] .hit[aria-label$=': 1 paper'][aria-label^='older with ']").click()
    assert "population%7Eolder" in page.js("return location.hash") and page.papers() == ["several"]
    page.open("#view=pair&x=n_total&y=age_mean")
    assert len(page.all("circle")) == 4  # of several two, one for each experiment
    page.all("circle")[-1].click()
    assert page.one("#panel h2").text in ("okafor_2021", "turned", "several", "hostile")
    page.keys(keys_of("ESCAPE"))
    first, *others = page.all("circle")
    assert (first.get_attribute("role"), first.get_attribute("tabindex")) == ("button", "0")
    assert {other.get_attribute("tabindex") for other in others} == {"-1"}
    first.send_keys(keys_of("ARROW_RIGHT"))
    paper = page.js("return document.activeElement.getAttribute('aria-label')").split(":")[0]
    page.keys(keys_of("ENTER"))
    assert page.one("#panel h2").text == paper


def test_the_commonest_discovery_comes_first(page):
    page.open("#view=discoveries")
    names, counts = (page.texts(f"#view tbody [data-column='{column}']") for column in (0, 1))
    assert names[0] == "zigzag_targets" and set(names[1:]) == {"tablet_tilt", PAYLOAD}
    assert counts == ["2", "1", "1"]


def test_a_discovery_is_copied_as_an_entry(page):
    page.open("#view=discoveries&open=discovery%2Ftablet_tilt")
    entry = yaml.safe_load(page.one("#panel pre").text)[0]
    assert entry == {"name": "tablet_tilt", "kind": "number", "unit": "deg", "definition": "What tablet_tilt is."}
    assert "We set tablet_tilt to 15." in page.one("#panel").text
    rights = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.driver.execute_cdp_cmd("Browser.grantPermissions", rights)
    page.click("Copy", "#panel")
    page.wait("return document.getElementById('said').textContent === 'Copied.'")
    taken = page.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert yaml.safe_load(taken) == [entry]
    page.click("The papers in the matrix", "#panel")
    assert page.papers() == ["several"]


def test_the_evaluation_leads_to_its_cells(page):
    page.open("#view=evaluation")
    assert "F1 0.50" in page.one(".heading").text and page.all("svg circle")
    errors = page.all(".below tbody tr:not(.space)")
    assert page.texts(".below tbody tr > *")[:5] == ["several", "n_total", "lost_text", "41", "40"]
    assert len(errors) == 1
    errors[0].click()
    assert page.one("#panel h2").text == "n_total" and "several.pdf" in page.one("#panel .source").text


def test_papers_and_run_say_what_happened(page):
    page.open("#view=papers")
    shown = page.one("#view").text
    assert "It has no text." in shown and "Out of memory." in shown and "The same file as several." in shown
    page.open("#view=papers&open=paper%2Fseveral")
    assert "It was said of Experiment 2." in page.one("#panel").text
    assert page.texts("#panel tbody td") == ["General discussion", "discussion", "1,800", "300"]
    page.open("#view=run")
    shown = page.one("#view").text
    assert "allocated is the measured peak of the paper’s process" in shown
    for fact in ("Model\nQwen/Qwen3-32B", "Revision\n9216db5", "Versions\ntorch 2.6.0, CUDA 12.4"):
        assert fact in shown
    assert page.texts(".card td") == ["extract", "1", "2.5 min", "2.00 GiB"]


def test_what_papers_and_models_say_is_shown_as_text(page):
    page.open(page.cell("hostile", "software"))
    shown = page.js("return document.getElementById('panel').textContent")
    assert shown.count(PAYLOAD) == 3 and PAYLOAD.replace("/", "\\") in shown  # the value, its evidence, its reasoning
    assert PAYLOAD in page.texts(".experiment")
    for view in ("space", "pair", "discoveries", "papers", "evaluation", "run"):
        page.open(f"#view={view}&q={'%3Cimg src=x onerror=alert(1)%3E'}&open=paper%2Fhostile")
        assert page.js("return document.querySelectorAll('#view script, #panel script, #view img').length") == 0
    page.open("#view=discoveries")
    page.js("View.go({ open: address('discovery', arguments[0]) })", PAYLOAD)
    assert page.texts("#panel h2") == [PAYLOAD]
    page.open("#view=%3Cscript%3E&open=cell%2F%ZZ&where=x&x=__proto__&sort=constructor&status=toString&parameter=,")
    assert len(page.papers()) > 10  # a link that means nothing is the first view
    page.open("#view=constructor&open=constructor%2Fx&status=__proto__&review=valueOf")
    assert len(page.papers()) > 10 and not page.one("#panel").is_displayed()


def test_everything_in_the_head_is_within_a_narrow_window(page):
    size = {"width": 420, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    edges = "return [...document.querySelectorAll('#top button')].map((e) => e.getBoundingClientRect().right)"
    right = page.js(edges)
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert len(right) == 8 and max(right) <= 420


def test_colours_have_contrast_in_light_and_dark(page):
    pairs = "--ink --card, --faint --card, --faint --page, --faint --sunk"
    pairs += ", --accent --card, --alarm --card, --on-accent --accent, --card --warm"
    script = """const rgb = (name) => {
      document.body.style.color = `var(${name})`;
      return getComputedStyle(document.body).color.match(/[\\d.]+/g).map(Number);
    };
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const light = (name) => rgb(name).map((c) => linear(c / 255))
      .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
    return arguments[0].map((pair) => {
      const [a, b] = pair.map(light).sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    });"""
    for scheme in ("light", "dark"):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        names = [pair.split() for pair in pairs.split(", ")]
        ratios = dict(zip(pairs.split(", "), page.js(script, names), strict=True))
        assert min(ratios.values()) >= 4.5, (scheme, ratios)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("papers", [[], [{"paper": "scan", "text": "needs_ocr", "reason": "It has no text."}]])
def test_a_run_without_values_has_a_page_that_works(chromium, tmp_path, papers):
    run = Run(tmp_path)
    for paper in papers:
        run.add(**paper)
    run.write().merge()
    write_report(run)
    browser = Browser(chromium, run.results / "report.html")
    for view in ("matrix", "space", "pair", "discoveries", "papers", "run"):
        browser.open(f"#view={view}")
        assert browser.one("#view").is_displayed()
    browser.open(browser.cell("scan", "n_total"))
    assert browser.one("#panel").is_displayed() == bool(papers)
    browser.logs()
    assert browser.said == []
