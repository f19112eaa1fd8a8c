"""The report's page in a browser: the matrix, its filter and its keys, and what holds for every view."""

import pytest
from browser import FILLERS, Browser, keys_of
from conftest import needs_chromium
from made_up_run import Run
from written_report import PAYLOAD, write_report

pytestmark = needs_chromium


def test_the_matrix_shows_values_states_and_experiments(page):
    page.open()
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
    page.open()
    assert page.one("table").get_attribute("aria-rowcount") == str(FILLERS + 6 + 3 + 1)  # three experiments, the head
    assert len(page.all("#view tbody tr")) < 60 and "z_119" not in page.papers()
    page.js("document.querySelector('.grid').scrollTop = 1e6")
    page.wait("return [...document.querySelectorAll('.paper')].some((e) => e.textContent === 'z_119')")


def test_the_filter_narrows_papers_and_its_link_carries_it(page):
    page.open().one("#search").send_keys("psychtoolbox")
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
    head = page.open().one("th[data-key=n_total]")
    head.click()
    assert page.papers()[0] == "z_000" and page.one("th[data-key=n_total]").get_attribute("aria-sort") == "ascending"
    page.one("th[data-key=n_total]").click()
    assert page.papers()[:2] == ["several", "okafor_2021"]
    page.open().one("#view tbody [tabindex='0']").click()
    page.keys(*map(keys_of, ("ARROW_UP", "ARROW_RIGHT", "ENTER")))
    assert page.js("return location.hash").startswith("#sort=n_total") and page.papers()[0] == "z_000"


def test_each_filter_is_set_by_its_control(page):
    page.open()
    from selenium.webdriver.support.ui import Select

    def check(hash, papers):
        page.wait("return location.hash === arguments[0]", hash)
        assert page.papers() == papers
        page.click("Clear")

    Select(page.one("[aria-label=Status]")).select_by_visible_text("Failed, not read")
    check("#status=failed", ["scan", "several", "stuck"])
    page.one("details.menu summary").click()
    page.click("None", "details.menu")
    next(label for label in page.all("details.menu label") if label.text == "population").click()
    check("#parameter=population", ["several"])
    page.one("[aria-label=Paper]").send_keys("okaf")
    check("#paper=okaf", ["okafor_2021"])
    page.one("[aria-label='Confidence from']").send_keys("0.9")
    check("#low=0.9", ["hostile", "okafor_2021", "several", "turned"])


def test_the_keyboard_goes_everywhere(page):
    page.open()
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


def test_what_papers_and_models_say_is_shown_as_text(page):
    page.open(page.cell("hostile", "software"))
    shown = page.js("return document.getElementById('panel').textContent")
    assert shown.count(PAYLOAD) == 3 and PAYLOAD.replace("/", "\\") in shown  # the value, its evidence, its reasoning
    assert PAYLOAD in page.texts(".experiment")
    for view in ("space", "pair", "forest", "discoveries", "papers", "evaluation", "run"):
        page.open(f"#view={view}&q={'%3Cimg src=x onerror=alert(1)%3E'}&open=paper%2Fhostile")
        unwanted = "#view script, #panel script, #view img:not(.flow)"
        assert page.js("return document.querySelectorAll(arguments[0]).length", unwanted) == 0
    page.open("#view=discoveries")
    page.js("View.go({ open: address('discovery', arguments[0]) })", PAYLOAD)
    assert page.texts("#panel h2") == [PAYLOAD]
    page.open("#view=%3Cscript%3E&open=cell%2F%ZZ&where=x&x=__proto__&sort=constructor&status=toString&parameter=,")
    assert len(page.papers()) > 10  # a link that means nothing is the first view
    page.open("#view=constructor&open=constructor%2Fx&status=__proto__&review=valueOf")
    assert len(page.papers()) > 10 and not page.one("#panel").is_displayed()


def test_everything_in_the_head_is_within_a_narrow_window(page):
    page.open()
    size = {"width": 420, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    edges = "return [...document.querySelectorAll('#top button')].map((e) => e.getBoundingClientRect().right)"
    right = page.js(edges)
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert len(right) == 11 and max(right) <= 420


def test_colours_have_contrast_in_light_and_dark(page):
    page.open()
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
    assert browser.console == []
