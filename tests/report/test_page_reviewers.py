"""The report's page in a browser: several reviewers, blind review, adjudication, samples, dropped files."""

import csv
import io
import json
import shutil

import pytest
from browser import keys_of
from conftest import needs_chromium
from written_report import PAYLOAD, write_report

from designspace.results import agreement, corrections

pytestmark = needs_chromium

HEAD = ",".join(corrections.Correction._fields) + "\n"
DROP = """const [name, text] = arguments, data = new DataTransfer();
data.items.add(new File([text], name, { type: "text/csv" }));
for (const kind of ["dragover", "drop"]) {
  document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def row(parameter, value, reviewer="CD", kind="", note="", date="2020-11-20", paper="several", experiment=""):
    return f"{paper},{parameter},{experiment},{kind},,{value},{note},{reviewer},{date}\n"


def drop(page, name, *rows, head=HEAD):
    page.js("document.getElementById('announcement').textContent = ''")
    page.js(DROP, name, head + "".join(rows))
    return page.wait("return document.getElementById('announcement').textContent")


def exported(page):
    return list(csv.DictReader(io.StringIO(page.js("return Corrections.csv()").removeprefix("\ufeff"))))


def label(page, parameter="n_total"):
    return page.js("return describe(findRow('several', '').cells[PARAMETER.get(arguments[0])])", parameter)


def cells_of(page, table):
    """The texts of a list's cells, when it is drawn."""
    selector = f"[aria-label={table}] tbody tr:not(.space) > *"
    page.wait("return document.querySelector(arguments[0])", selector)
    return page.texts(selector)


def be(page, name, blind=False):
    page.one("#who").click()
    field = page.wait("return document.querySelector('dialog[open] [name=reviewer]')")
    field.clear()
    field.send_keys(name)
    if page.one("dialog [name=blind]").is_selected() is not blind:
        page.one("dialog [name=blind]").click()
    page.click("Go on", "dialog")
    page.wait("return !document.querySelector('dialog')")


def test_a_blind_reviewer_sees_the_marks_of_others_after_the_own(page):
    page.open(page.cell("several", "n_total"))
    be(page, "AB", blind=True)
    message = drop(page, "CD.csv", row("n_total", "44", note="Table 1"), row("software", "R"))
    assert message.startswith("2 marks of CD.csv are new here.")
    assert label(page) == "n_total, several: 40, confidence 0.93"
    assert "44" not in page.one("#panel .review").text and "You review blind" in page.one("#panel .review").text
    assert page.texts("#review .meter")[0].startswith("0 of ")
    page.js("View.go({ review: 'disputed' })")
    assert page.papers() == []
    page.js("View.go({ review: '' })")
    page.click("Accept", "#panel")
    text = page.one("#panel .review").text
    assert "Disputed by CD; AB" in text and "CD: 44. Table 1" in text and "AB: 40" in text
    assert label(page, "software").startswith("software, several: Matlab; Psychtoolbox,"), "of this one mine is not set"
    be(page, "AB")
    assert label(page, "software").startswith("software, several: R,")


def test_a_blind_reviewer_sees_nothing_of_what_a_run_has_merged(page, page_run):
    """The tables of such a run have the other's values in place of the model's."""
    page.open()
    marks = [
        row("n_total", "44", note="Table 1"),
        row("offset", "-33"),
        row("software", ""),
        row("population", "older"),
    ]
    marks.append(row("age_mean", "25.5", experiment="Experiment 1"))
    marks.append(row("offset", "", kind="note", note="Look at Figure 9"))
    labels = {name: label(page, name) for name in ("n_total", "offset", "software", "population")}
    page_run.corrections.write_text(HEAD + "".join(marks), "utf-8")
    try:
        page_run.merge()
        write_report(page_run, "--evaluated", "--note", PAYLOAD)
        page.open()
        assert label(page, "offset").startswith("offset, several: -33") and page.js(
            "return Corrections.reviewers()"
        ) == ["CD"]
        be(page, "AB", blind=True)
        assert {name: label(page, name) for name in labels} == labels
        assert page.js("return ALL_CELLS.filter((cell) => cell.verdict || cell.marks?.notes.length).length") == 0
        for text in ("-33", "Figure 9", "Table 1", "CD"):
            page.js("View.go({ q: arguments[0] })", text)
            assert page.papers() == [], text
        for view in ("matrix", "reviews", "papers", "space", "evaluation"):
            page.open(f"#view={view}")
            shown = page.one("#view").text
            assert not [text for text in ("-33", "Figure 9", "Table 1", "25.5") if text in shown], view
        for name in labels:
            shown = page.open(page.cell("several", name)).one("#panel").text
            assert not [text for text in ("44", "-33", "Figure 9", "Table 1", "CD") if text in shown], name
        page.click("Nothing is reported" if name == "offset" else "Accept", "#panel")
        assert "Disputed by CD; AB" in page.one("#panel .review").text, "then it is shown"
    finally:
        page_run.corrections.unlink()
        page_run.merge()
        write_report(page_run, "--evaluated", "--note", PAYLOAD)


def test_a_disagreement_is_adjudicated_and_undone(page):
    be(page.open("#view=reviews"), "EF")
    drop(page, "AB.csv", row("n_total", "40", "AB", date="2020-11-19"))
    drop(page, "CD.csv", row("n_total", "44"), row("age_mean", "25.1", experiment="Experiment 1"))
    assert cells_of(page, "Disagreements") == ["several", "n_total", "AB: 40 / CD: 44", "40"]
    page.js("""findRow('several', '').paper.citation = 'Ng 2019';
        View.go({ view: 'matrix' });
        View.go({ view: 'reviews' });""")
    assert cells_of(page, "Disagreements")[0] == "Ng 2019 (several)"
    assert label(page).startswith("n_total, Ng 2019: not reported") and ", disputed" in label(page)
    page.one("[aria-label=Disagreements] tbody tr:not(.space) > *").click()
    page.click("CD: 44", "#panel")
    text = page.one("#panel .review").text
    assert "Corrected: 44 by EF" in text and "Adjudicated." in text and "AB: 40" in text
    assert page.js("return document.querySelector('.below .bare').dataset.none") == "No reviewers disagree."
    assert page.one("#export").text == "Export EF.csv (1 new)"
    (mark,) = exported(page)
    assert (mark["kind"], mark["value"], mark["reviewer"]) == ("adjudication", "44", "EF")
    page.one("#panel h2").send_keys("u")
    assert len(cells_of(page, "Disagreements")) == 4 and exported(page) == []


def test_numbers_within_one_percent_agree(page):
    be(page.open(page.cell("several", "age_mean", "Experiment 1")), "AB")
    page.click("Accept", "#panel")
    drop(page, "CD.csv", row("age_mean", "25.2", experiment="Experiment 1"))
    text = page.one("#panel .review").text
    assert "Accepted by CD; AB" in text and "Both agree." in text, "the later of the two stands"


def test_nothing_is_lost_when_files_of_two_states_are_dropped(page):
    be(page.open(page.cell("several", "n_total")), "AB")
    page.click("Reject", "#panel")
    drop(page, "AB.csv", row("n_total", "41", "AB", date="2020-11-01"), row("offset", "-3", "AB", date="2020-11-01"))
    marks = {mark["parameter"]: mark["value"] for mark in exported(page)}
    assert marks == {"n_total": "", "offset": "-3"}, "the newer mark of a cell stays, and the other comes"
    drop(page, "AB.csv", "AB,several,n_total,40,men\n", head="reviewer,paper,parameter,value,group\n")
    assert [mark["value"] for mark in exported(page) if mark["group"] == "men"] == ["40"], "it is of its group alone"
    marks = {mark["parameter"]: mark["value"] for mark in exported(page) if not mark["group"]}
    assert marks == {"n_total": "", "offset": "-3"}
    page.open(page.cell("several", "offset"))  # also when the page is opened again
    assert {mark["parameter"]: mark["value"] for mark in exported(page) if not mark["group"]} == marks


def test_nothing_is_lost_when_two_export_before_either_knows_of_the_other(page, page_run):
    sheets = {}
    for name, act in (("AB", "Accept"), ("CD", "Reject")):
        be(page.open(page.cell("several", "n_total")), name)
        page.click(act, "#panel")
        page.js("Corrections.note(findRow('several', '').cells[0], arguments[0])", f"a note by {name}")
        sheets[name] = page.js("return [Corrections.fileName(), Corrections.csv()]")
        page.js("localStorage.clear()")  # the other has a browser of its own
    assert [name for name, _ in sheets.values()] == ["corrections.csv"] * 2
    folder = page_run.corrections.with_suffix("")
    folder.mkdir()
    try:
        page_run.corrections.write_text(sheets["AB"][1], "utf-8")
        (folder / "corrections (1).csv").write_text(sheets["CD"][1], "utf-8")
        reviews = page_run.merge()["reviews"]
        held = [(row.reviewer, row.kind, row.value, row.note) for row in reviews.itertuples()]
        notes = [(name, "note", "", f"a note by {name}") for name in ("AB", "CD")]
        assert sorted(held) == sorted([("AB", "review", "40", ""), ("CD", "review", "", ""), *notes])
        be(page.open(), "CD")
        said = drop(page, "corrections.csv", sheets["AB"][1].removeprefix("\ufeff"), head="")
        assert said.startswith(
            "2 marks of corrections.csv are new here. Put corrections.csv into config/corrections, too"
        )
    finally:
        shutil.rmtree(folder)
        page_run.corrections.unlink()
        page_run.merge()


@pytest.mark.parametrize(
    "head, line, sentence",
    [
        ("paper,parameter\n", "several,n_total\n", "x.csv has no column “value” and is not a file of corrections."),
        (HEAD, row("n_total", "many") + row("gone", "1"), "0 marks of x.csv are new here. 2 rows of no paper"),
        (HEAD, row("software", '"a ""b"",\nc"', "x"), "1 mark of x.csv are new here."),
    ],
)
def test_what_a_dropped_file_has_is_checked(page, head, line, sentence):
    be(page.open(), "AB")
    assert drop(page, "x.csv", line, head=head).startswith(sentence)
    assert len(exported(page)) == 0


def test_a_note_needs_no_review(page):
    be(page.open(page.cell("several", "offset")), "AB")
    page.click("Note", "#panel")
    page.keys("see Figure 3", keys_of("ENTER"))
    assert "Note by AB: see Figure 3" in page.one("#panel .review").text
    assert "Not reviewed." in page.one("#panel .review").text and ", accepted" not in label(page, "offset")
    (note,) = exported(page)
    assert (note["kind"], note["note"], note["value"]) == ("note", "see Figure 3", "")
    page.js("View.go({ review: 'noted' })")
    assert page.papers() == ["▾several"] or "several" in page.papers()[0]


def test_the_most_doubtful_value_comes_first(page):
    page.open().js("Corrections.setReviewer('AB')")
    page.open(page.cell("several", "n_total")).one("td.open").send_keys("d")
    assert page.one("#panel h2").text == "age_mean years" and "Experiment 2" in page.one("#panel .source").text
    page.js("Corrections.set(findRow('several', '').cells[0], '41'); Corrections.setReviewer('CD')")
    page.js("Corrections.set(findRow('several', '').cells[0], '44')")
    page.keys("d")
    assert page.one("#panel h2").text == "n_total" and "several.pdf" in page.one("#panel .source").text


def test_bad_pages_and_participants_that_do_not_add_up_are_doubtful(page):
    page.open().js("""window.paper = findRow('several', '').paper;
        window.doubtful = () => Queue.mostDoubtful((cell) => cell.row.paper === paper);
        window.pagesOf = (cell) => cell.answers.flatMap(({ sentence }) => sentence?.page ?? []);
        window.read = ALL_CELLS.filter((cell) => cell.row.paper === paper && pagesOf(cell).length);
        paper.bad_pages = pagesOf(read.at(-1));""")
    read = page.js("window.first = doubtful(); return pagesOf(first)")
    assert set(read) & set(page.js("return paper.bad_pages"))
    page.js("""Object.assign(paper, { bad_pages: [], sums_disagree: true });
        const others = read.filter((cell) => !cell.verdict && cell.answers.some(({ value }) => value !== ""));
        window.ofPeople = others.findLast((cell) => cell.parameter !== first.parameter).parameter;
        ofPeople.participants = "total";""")
    assert page.js("return doubtful().parameter === ofPeople")


def test_a_random_sample_gives_an_error_rate_with_its_interval(page):
    page.open().js("Corrections.setReviewer('AB')")
    page.open("#view=reviews").click("Draw a sample")
    assert page.js("return location.hash") == "#view=reviews&sample=10%2C0.8%2C1%2C1"
    page.js("View.go({ sample: '10,0.4,1,1' })")
    cells = page.js("return Queue.sample({percent:'10',low:'0.4',high:'1',seed:'1'}).map(addressOf)")
    assert 10 < len(cells) < 20 and len(set(cells)) == len(cells)
    assert cells == page.js("return Queue.sample({percent:'10',low:'0.4',high:'1',seed:'1'}).map(addressOf)")
    assert cells != page.js("return Queue.sample({percent:'10',low:'0.4',high:'1',seed:'2'}).map(addressOf)")
    for key in "aara":
        page.click("Next of the sample")
        page.one("#panel h2").send_keys(key)
        page.wait("return document.querySelector('#panel .review b')")
    low, high = agreement.wilson(1, 4)
    assert page.one("#rate").text == (
        f"1 of 4 are wrong: an error rate of 25.0%, with a 95% interval from {low:.1%} to {high:.1%}."
    )
    assert page.texts(".rate .meter") == [f"4 of {len(cells)} values reviewed"]
    assert page.texts(".card table.plain tbody td") == ["AB", "4", "3", "0", "1", "0"]
    page.logs()  # the fillers have no pictures
    assert all("/pages/z_" in line for line in page.console)
    page.console.clear()


def test_the_agreement_of_the_run_is_shown(page):
    page.open()
    scores = {"cells": 10, "agreed": 8, "share": 0.8, "share_low": 0.4902, "share_high": 0.9433}
    scores |= {"kappa": 0.6, "kappa_low": 0, "kappa_high": 0.9}
    columns = {"reviewer": "AB", "other": "model", "parameter": "all"} | scores
    page.js("DATA.agreement = JSON.parse(arguments[0]); View.go({ view: 'reviews' })", json.dumps([columns]))
    assert cells_of(page, "Agreement") == [
        *("AB and the model", "all", "10", "80.0%", "49.0% to 94.3%", "0.60", "0.00 to 0.90")
    ]
