"""Groups stand under their experiments, a derived number shows its rule, and a group's value can be corrected."""

import csv
import io

import pytest
import yaml
from browser import Browser
from conftest import needs_chromium
from made_up_run import Run, reported
from written_report import write_report

from designspace.language import expressions

pytestmark = needs_chromium

LIBRARY = [
    {"name": "n", "kind": "integer", "multiple": True, "per": "group", "participants": "analysed", "definition": "n."},
    {"name": "size", "kind": "number", "multiple": True, "per": "group", "definition": "Its size."},
]
PLACE = {"evidence": "They took part.", "page": 3, "start": 7, "end": 22, "boxes": [], "confidence": 0.7}
FIRST, SECOND = {"experiment": "Experiment 1"}, {"experiment": "Experiment 2"}
EARLY, LATE = FIRST | {"group": "Early"}, FIRST | {"group": "Late"}


EXPRESSIONS = {
    "statistic": [
        "t(38) = 2.94, p = .006",
        "F(1, 28) = 12.3",
        "χ2(1, N = 90) = 4.51",
        "t38 = 2.9",
        "F_3.6, 207.4 = 40.2",
        "r(20) = −.52",
        "z = 2",
    ],
    "mean": ["19.6 ± 1.2°", "M = 12.3, SD = 4.5", "12.3° (95% CI 10.1 to 14.5)", "22.4 years, SD 2.9"],
}
OTHERS = ["large", "12.3", "p = .006", "(t(38) = 2.94)", "about 3 ± 1", "R2 = 0.96"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("groups"))
    run.parameters.write_text(yaml.safe_dump(LIBRARY))
    values = [
        reported("size", 30),
        reported("n", 20, **EARLY),
        reported("n", 19, rule="20 recruited less 1 excluded", evidence="One was excluded.", **LATE),
        reported("size", 45, **FIRST),
        reported("size", 60, rule="the name of the group", **LATE),
    ]
    experiments = [{"name": name} | PLACE for name in ("Experiment 1", "Experiment 2")]
    groups = [{"experiment": "Experiment 1", "name": name} | PLACE for name in ("Early", "Late")]
    run.add("grouped_2020", values=values, experiments=experiments, groups=groups)
    run.add("pair_2021", values=[reported("n", 8, group="A")], groups=[{"experiment": "", "name": "A"} | PLACE])
    run.write().merge()
    write_report(run)
    return run.results / "report.html"


def test_groups_on_the_page(chromium, file):
    page = Browser(chromium, file)
    page.open()
    assert page.papers() == ["grouped_2020", "pair_2021"]
    assert page.texts("#view .experiment") == ["Experiment 1", "Early", "Late", "Experiment 2", "A"]
    assert page.texts("#view .experiment.group") == ["Early", "Late"]
    held = "return [...findRow('grouped_2020', '').parts].map((row) => heldBy(row, 1).join('; '))"
    assert page.js(held) == ["45", "45", "60", "30"]
    assert page.js("return leavesOf(findRow('grouped_2020', '')).map((row) => row.group || row.experiment)") == [
        *("Early", "Late", "Experiment 2"),
    ]
    page.one("[aria-label='Hide the groups of pair_2021']").click()
    assert page.texts("#view .experiment") == ["Experiment 1", "Early", "Late", "Experiment 2"]
    page.open("#open=cell/grouped_2020/Experiment%25201/n/Late")
    assert page.texts("#panel .rule") == ["The paper does not print it; it follows: 20 recruited less 1 excluded."]
    assert "One was excluded." in page.one("#panel").text and ", Experiment 1, Late" in page.one("#panel").text
    page.open("#open=cell/grouped_2020/Experiment%25201/size/Late")
    assert page.texts("#panel .rule") == ["The paper prints it in the name of the group."]
    page.open("#open=cell/grouped_2020/Experiment%25201/size/Early")
    assert "Nothing of its own is reported for this group. For Experiment 1 it is 45." in page.one("#panel").text
    page.js("Corrections.setReviewer('MK')")
    page.open("#open=cell/grouped_2020/Experiment%25201/n/Early").click("Accept", "#panel")
    page.wait("return document.querySelector('#panel .review b')?.textContent === 'Accepted'")
    page.js("Corrections.set(findRow('grouped_2020', 'Experiment 1', 'Late').cells[0], '18')")
    assert page.js("return findRow('grouped_2020', 'Experiment 1', 'Late').cells[0].values") == ["18"]
    marks = csv.DictReader(io.StringIO(page.js("return Corrections.csv()").lstrip("\ufeff")))
    assert {(mark["group"], mark["parameter"], mark["value"]) for mark in marks} == {
        ("Early", "n", "20"),
        ("Late", "n", "18"),
    }
    assert page.js("return findRow('grouped_2020', 'Experiment 1', '').cells[0].values") == []
    page.logs()
    assert [text for text in page.console if ".webp" not in text] == [], "its pages have no pictures"


@pytest.mark.parametrize("kind", EXPRESSIONS)
def test_the_page_takes_the_expressions_that_the_tables_take(chromium, file, kind):
    page = Browser(chromium, file).open()
    takes = "try { return parseValues(arguments[0], {kind: arguments[1]})[0] } catch (error) { return error.message }"
    for text in [*EXPRESSIONS[kind], *OTHERS]:
        assert (page.js(takes, text, kind) == text) == expressions.is_one(kind, text) == (text in EXPRESSIONS[kind])
    assert page.js(takes, "large", kind) == f"“large” must be a {kind} such as {expressions.EXAMPLES[kind]}."
