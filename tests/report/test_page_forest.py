"""The forest plot of the report's page: a dot of each group or comparison on one scale, with its interval and its n."""

import pytest
import yaml
from browser import Browser, keys_of
from conftest import needs_chromium
from made_up_run import Run, reported
from written_report import PAYLOAD, write_report

from designspace.results import effects, tables

pytestmark = needs_chromium

LIBRARY = [
    {"name": "n", "kind": "integer", "multiple": True, "per": "group", "participants": "analysed", "definition": "n."},
    {"name": "size", "kind": "number", "unit": "deg", "multiple": True, "per": "group", "definition": "Rotation."},
    {"name": "aftereffect", "kind": "mean", "unit": "deg", "multiple": True, "per": "group", "definition": "It."},
    {"name": "test", "kind": "statistic", "per": "experiment", "definition": "Its test."},
]
PLACE = {"evidence": "They took part.", "page": 3, "start": 7, "end": 22, "boxes": [], "confidence": 0.7}
FILLERS = 300


def of_groups(means, names=("Early", "Late"), n=(20, 16)):
    values = [reported("n", number, group=name) for name, number in zip(names, n, strict=True)]
    return values + [reported("aftereffect", mean, group=name) for name, mean in zip(names, means, strict=True)]


def named(*names):
    return [{"experiment": "", "name": name} | PLACE for name in names]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("forest"))
    run.parameters.write_text(yaml.safe_dump(LIBRARY))
    values = [*of_groups(["19.6 ± 5.4 SD", "8.8 ± 3.75 SD"]), reported("test", "t(34) = 6.8, p < .001, d = 2.28")]
    values += [reported("size", 30), reported("size", 60), reported("size", 60, group="Late")]
    run.add("both_2020", values=values, groups=named("Early", "Late"))
    first = {"experiment": "Experiment 1"}
    values = [value | first for value in of_groups(["9.5 ± 0.1 SD", "22 ± 1.5 mm SD"])]
    groups = [group | first for group in named("Early", "Late")]
    run.add("two_2022", values=values, experiments=[{"name": "Experiment 1"} | PLACE], groups=groups)
    run.add("whole_2021", values=[reported("n", 9), reported("aftereffect", "-4.5 ± 1.5"), reported("size", 45)])
    hostile = of_groups(["3 ± 1 SD", "2 ± 1 SD"], (PAYLOAD, "Late"))
    run.add("hostile", values=hostile, groups=named(PAYLOAD, "Late"))
    for number in range(FILLERS):
        run.add(f"z_{number:03}", values=[reported("n", 4), reported("aftereffect", f"{number % 9 + 1} ± 2 SD")])
    run.write().merge()
    write_report(run)
    return run


@pytest.fixture
def page(chromium, run):
    page = Browser(chromium, run.results / "report.html")
    yield page
    page.logs()
    assert [text for text in page.console if ".webp" not in text] == [], "its pages have no pictures"
    assert page.js("return document.querySelectorAll('[src=x], [onerror]').length") == 0


def shown(page):
    """The texts of the rows, by column."""
    keys = page.js("return [...document.querySelectorAll('#view thead th')].map((th) => th.dataset.key)")
    rows = page.all("#view tbody tr:not(.space)")
    cells = page.js("return arguments[0].map((tr) => [...tr.children].map((td) => td.title))", rows)
    return [dict(zip(keys, row, strict=True)) for row in cells]


def test_comparisons_have_the_g_of_the_table(page, run):
    page.open("#view=forest")
    assert page.one("#view select").get_attribute("value") == "aftereffect:g", "the first that a paper reports"
    meta = tables.read_csv(run.results / "meta.csv").query("row == 'comparison' and paper == 'both_2020'").iloc[0]
    low, high = effects.interval_of_effect(meta.g, meta.g_var)
    first, other = shown(page)
    assert first == {
        **{"citation": "both_2020", "group": "Early − Late", "n": "36", "plot": ""},
        **{"value": f"{meta.g:.2f} [{low:.2f}, {high:.2f}]"},
    }
    assert other["group"] == f"{PAYLOAD} − Late"
    assert page.texts(".forest line.zero") == ["", ""], "no effect, in each row"
    page.one(".forest tbody td").click()
    assert page.one("#panel h2").text == "aftereffect deg" and ", Early" in page.one("#panel").text
    page.wait(
        "const { scrollWidth, clientWidth } = document.querySelector('.grid'); return scrollWidth === clientWidth"
    )


def test_a_dot_lies_where_its_number_is(page):
    page.open("#view=forest&outcome=aftereffect&paper=both_2020,whole_2021")
    assert "other unit" not in page.one("#view").text
    assert [(row["citation"], row["group"], row["n"]) for row in shown(page)] == [
        *(("both_2020", "Early", "20"), ("both_2020", "Late", "16"), ("whole_2021", "", "9")),
    ]
    label = page.one(".forest svg[role=img]").get_attribute("aria-label")
    assert label == "both_2020, Early: aftereffect 19.6 deg, 95% interval 17.0727 to 22.1273, 20 participants"
    assert shown(page)[2]["value"] == "-4.5", "what follows ± is not said, and so no interval follows"
    dots = page.js(
        "return [...document.querySelectorAll('.forest circle')].map((c) => [+c.getAttribute('cx'), c.r.baseVal.value])"
    )
    assert len(page.all(".forest line.interval")) == 2
    ticks = page.js("""return [...document.querySelectorAll('.forest thead svg text')].slice(1)
        .map((text) => [Number(text.textContent), +text.getAttribute('x')])""")
    (a, at_a), (b, at_b) = ticks[0], ticks[-1]
    for value, (across, _) in zip((19.6, 8.8, -4.5), dots, strict=True):
        assert across == pytest.approx(at_a + (value - a) * (at_b - at_a) / (b - a), abs=0.01)
    assert dots[0][1] > dots[1][1] > dots[2][1], "the more participants, the larger"


def test_what_is_in_another_unit_is_not_on_the_scale(page):
    page.open("#view=forest&outcome=aftereffect&paper=two_2022")
    assert [(row["experiment"], row["group"], row["value"].split()[0]) for row in shown(page)] == [
        ("Experiment 1", "Early", "9.5"),
    ]
    assert "1 row is in another unit, and not drawn." in page.one("#view").text
    page.js("View.go({ outcome: 'aftereffect:g' })")
    assert shown(page) == [], "and it is compared with nothing"


def test_values_of_a_parameter_stand_at_the_row_that_has_them(page):
    page.open("#view=forest&outcome=size")
    assert [(row["citation"], row["group"], row["value"]) for row in shown(page)] == [
        *(("both_2020", "", "30"), ("both_2020", "Late", "60"), ("whole_2021", "", "45")),
    ]
    page.js("Corrections.setReviewer('MK'); Corrections.set(findRow('both_2020', '', 'Early').cells[1], '20')")
    page.js("View.go({ view: 'matrix' }); View.go({ view: 'forest' })")
    assert [row["value"] for row in shown(page)] == ["20", "60", "45"], "a correction is there at once"


def test_the_printed_d_and_what_nobody_reports(page):
    page.open("#view=forest&outcome=test:d")
    (row,) = shown(page)
    assert (row["group"], row["n"], row["value"].split()[0]) == ("Early − Late", "36", "2.28")
    page.js("View.go({ paper: 'whole_2021' })")
    assert "No paper that is shown reports it." in page.one("#view").text


def test_of_many_rows_those_in_view_are_drawn_and_all_are_sorted(page):
    page.open("#view=forest&outcome=aftereffect")
    assert f"{FILLERS + 6} rows of {FILLERS + 4} papers." in page.one("#view").text
    assert page.one("[role=grid]").get_attribute("aria-rowcount") == str(FILLERS + 7)
    assert len(page.all(".forest tbody svg")) < 80
    page.one("[data-key=value]").click()
    assert (
        shown(page)[0]["value"].startswith("-4.5")
        and page.one("[data-key=value]").get_attribute("aria-sort") == "ascending"
    )
    page.one("[data-key=value]").send_keys(keys_of("ENTER"))
    assert shown(page)[0]["value"].startswith("19.6")
