"""The report's page in a browser: distributions, pairs, discoveries, evaluation, papers and the run."""

import pytest
import yaml
from browser import keys_of
from conftest import needs_chromium
from written_report import PAYLOAD

pytestmark = needs_chromium


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
    page.open().js("Corrections.setReviewer('MK'); Corrections.set(findRow('okafor_2021', '').cells[0], '2')")
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
    page.open()
    script = "return Fields.divide(arguments[0], arguments[1]).fields.map((f) => arguments[1].filter(f.of).length)"
    for numbers in (["0.7"], ["0.1", "0.3"], ["0"], ["-3"], ["-0.3", "0.6"], ["0.01", "40"]):
        assert sum(page.js(script, 1, numbers)) == len(numbers), numbers


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
    page.wait("return document.getElementById('announcement').textContent === 'Copied.'")
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
    assert page.texts(".card td")[-4:] == ["ask", "1", "2.5 min", "2.00 GiB"]
