"""The report's page as a file: its data, its policy and its parts. test_page*.py open it in a browser."""

import hashlib
import json
import re

import jsonschema
import pytest
import yaml
from conftest import ROOT
from made_up_run import LIBRARY, Run, finding, reported
from written_report import PAYLOAD, Page, short_run, write_report

from designspace.language import quantities
from designspace.report import page_data, page_html
from designspace.results import tables


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    return short_run(tmp_path_factory.mktemp("merged"))


@pytest.fixture
def run(merged, tmp_path):
    return merged.copied(tmp_path)


def test_the_page_has_the_values_with_their_evidence(run):
    data = Page(write_report(run, "--note", "Only a trial.", "--configuration", '{"papers": "papers/"}')).data
    assert data["note"] == "Only a trial." and data["configuration"] == {"papers": "papers/"}
    assert [paper["paper"] for paper in data["papers"]] == ["copy", "scan", "smith_2019", "stuck"]
    n_total, age_mean, offset, aiming_report, *_ = data["values"]
    assert n_total == [2, 0, 0, 0, "158", "reported", 0.93, 0.0004, "", "", "It says so."]
    page, sentence, boxes = data["sentences"][n_total[3]]
    assert (page, sentence, boxes) == (9, "A total of 158 subjects took part.", [[2, 1.5, 2, 3, 4]])
    assert offset[4:9] == ["", "not_reported", 0.93, 0.8, "-77"]
    assert aiming_report[5] == "failed" and aiming_report[9] == "The answer was cut off."
    assert [row["paper"] for row in data["memory"]] == ["scan", "scan", "smith_2019", "smith_2019", "stuck", "stuck"]


def test_a_sentence_behind_two_values_is_there_once():
    row = {"paper": "a", "page": 1, "start": 0, "evidence": "They were 24.", "boxes": "[]"}
    sentences = page_data.Sentences()
    numbers = [sentences.number(row), sentences.number(dict(row)), sentences.number(row | {"start": 90})]
    assert numbers == [0, 0, 1] and sentences.number(row | {"evidence": ""}) is None
    assert len(sentences.all) == 2


def test_the_way_to_the_papers_is_relative_and_encoded(tmp_path):
    page = tmp_path / "results" / "demo" / "report.html"
    assert page_data.way(page, tmp_path / "my papers #1") == "../../my%20papers%20%231"
    assert page_data.way(page, tmp_path / "results" / "demo" / "50%:") == "50%25%3A"


def test_nothing_in_the_data_ends_its_script(run):
    hostile = {"value": PAYLOAD, "evidence": PAYLOAD, "reasoning": PAYLOAD, "reason": PAYLOAD}
    run.add("hostile", file=PAYLOAD.replace("/", "\\") + ".pdf", values=[reported("software", **hostile)])
    run.write().merge()
    text = write_report(run, "--note", PAYLOAD)
    page = Page(text)
    assert [tag for tag, _ in page.elements].count("script") == 1 + len(page_html.SCRIPTS)
    assert "img" not in {tag for tag, _ in page.elements} and not any("onerror" in a for _, a in page.elements)
    assert page.data["note"] == PAYLOAD and PAYLOAD in [text for _, text, _ in page.data["sentences"]]
    assert "<" not in page.scripts[0]


@pytest.mark.parametrize("number", ["Infinity", "NaN"])
def test_a_number_that_is_not_finite_never_reaches_the_page(run, number):
    text = run.results / "text" / "smith_2019.json"
    page = f'{{"page": 1, "width": {number}, "height": 792, "start": 0, "end": 0, "lines": []}}'
    text.write_text(text.read_text().replace('"pages": []', f'"pages": [{page}]'))
    assert number in text.read_text()
    with pytest.raises(SystemExit, match=r"text/smith_2019\.json"):
        write_report(run)
    assert not (run.results / "report.html").exists()


def test_the_policy_allows_the_programs_of_the_page_alone(run):
    page = Page(write_report(run))
    policy = next(attributes["content"] for _, attributes in page.elements if attributes.get("http-equiv"))
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts["script-src"] == page_html.policy(page.scripts[1:]).split("; ")[1].removeprefix("script-src ")
    assert "unsafe" not in parts["script-src"] and parts["script-src"].count("'sha256-") == len(page_html.SCRIPTS)
    assert parts["default-src"] == parts["base-uri"] == parts["form-action"] == "'none'"
    assert not any(name in ("src", "href") for _, attributes in page.elements for name in attributes)


def test_the_libraries_are_those_that_are_written_down():
    folder = page_html.PARTS / "vendor"
    table = re.findall(
        r"^\| (\S+\.js) \| (\S+) \| (\S+) \| \S+ \| ([0-9a-f]{64}) \|$", (folder / "README.md").read_text(), re.M
    )
    assert {name for name, *_ in table} == {path.name for path in folder.glob("*.js")}
    for name, package, version, sha256 in table:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
        assert f"{package} {version} " in (folder / "LICENSES.txt").read_text("utf-8")
        assert f"v{version} " in (folder / name).read_text("utf-8")[:200]


def test_every_part_of_the_page_is_in_it():
    parts = {path.relative_to(page_html.PARTS).as_posix() for path in page_html.PARTS.rglob("*.js")}
    assert parts == set(page_html.SCRIPTS)


def test_the_linter_knows_the_names_that_the_scripts_share():
    scripts = [page_html.PARTS / name for name in page_html.SCRIPTS if "/" not in name]
    shared = {
        name
        for script in scripts
        for name in re.findall(r"^(?:async )?(?:const|function|class) (\w+)", script.read_text("utf-8"), re.M)
    }
    settings = json.loads((page_html.PARTS / ".oxlintrc.json").read_text())
    assert set(settings["globals"]) == shared | {"d3", "Plot"}
    _, unused = settings["rules"]["no-unused-vars"]
    assert set(unused["varsIgnorePattern"].removeprefix("^(").removesuffix(")$").split("|")) == shared


def test_the_page_is_the_same_every_time(run):
    assert write_report(run) == write_report(run)


def test_an_empty_run_has_a_page(tmp_path):
    run = Run(tmp_path)
    run.write().merge()
    data = Page(write_report(run)).data
    assert data["papers"] == data["values"] == data["discoveries"] == data["steps"] == []
    assert data["evaluation"] is None


def test_what_truncation_left_out_is_said_section_by_section(run):
    sections = [
        ("Methods", "methods", 900, 900),
        ("Results", "results", 800, 300),
        ("References", "references", 700, 0),
    ]
    keys = ("title", "kind", "tokens", "tokens_kept")
    context = run.results / "context" / "smith_2019.json"
    record = json.loads(context.read_text())
    record["sections"] = [dict(zip(keys, section, strict=True)) | {"kept": []} for section in sections]
    context.write_text(json.dumps(record))
    papers = {paper["paper"]: paper for paper in Page(write_report(run)).data["papers"]}
    assert papers["smith_2019"]["left_out"] == [["Results", "results", 800, 300], ["References", "references", 700, 0]]
    assert papers["scan"]["left_out"] == [] and "left_out" not in papers["copy"]


def test_the_estimate_is_what_was_expected_before_the_run(run):
    assert Page(write_report(run)).data["estimate"] is None
    expected = {"device": "H100", "papers": 4, "seconds": {"extraction": 8.5, "discovery": 3}, "peak_bytes": 2**30}
    (run.results / "estimate.json").write_text(json.dumps(expected))
    assert Page(write_report(run)).data["estimate"] == expected


def test_the_time_of_the_steps_is_that_of_their_jobs(tmp_path):
    (tmp_path / "ask").mkdir()
    head = "s\th:m:s\tmax_rss\n"
    (tmp_path / "ask" / "b0001.tsv").write_text(f"{head}10.5\t0:00:10\t100.0\n")
    (tmp_path / "ask" / "b0002.tsv").write_text(f"{head}4.5\t0:00:04\t200.0\n")
    (tmp_path / "merge.tsv").write_text(f"{head}1.0\t0:00:01\t-\n")  # too short to be measured
    assert page_data.steps(tmp_path) == [
        {"step": "ask", "jobs": 2, "seconds": 15.0, "bytes": 200 * 2**20},
        {"step": "merge", "jobs": 1, "seconds": 1.0, "bytes": 0},
    ]
    assert page_data.steps(tmp_path / "none") == []


SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/parameters.schema.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    "name, values, unit, kind",
    [
        ("tablet_tilt", ["15", "20.5"], "deg", "number"),
        ("Number of Blocks", ["4", "8"], "", "integer"),
        ("gaze fixed?", ["true", "false"], "", "boolean"),
        ('2nd-hand: "x" {y} # z\'', ["a: b", "- c"], "°: #", "string"),
        ("日本", ["1", "two"], "", "string"),
        ("n_total", ["3"], "", "integer"),
        ("x" * 90, ["1"], "", "integer"),
    ],
)
def test_a_discovery_is_an_entry_that_the_library_takes(name, values, unit, kind):
    found = [{"paper": f"p{n}", "value": value} for n, value in enumerate(values)]
    discovery = {"name": name, "unit": unit, "description": 'Says: "#1" & {2}\n- [3] ü\t%'}
    line = page_data.entry(discovery, found, {"n_total"})
    assert "\n" not in line
    library = yaml.safe_load(yaml.safe_dump(LIBRARY) + line + "\n")
    jsonschema.validate(library, SCHEMA)
    entry = library[-1]
    assert entry["kind"] == kind and entry.get("unit", "") == unit and "multiple" not in entry
    assert entry["definition"] == 'Says: "#1" & {2} - [3] ü %' and entry["name"] != "n_total"
    twice = page_data.entry(discovery, [*found, found[0]], {"n_total"})
    assert yaml.safe_load(twice)[0]["multiple"] is True


def test_a_discovery_has_what_each_paper_says(run):
    run.add("jones_2021", findings=[finding("tilt_of_tablets", "20")])
    run.write().merge()
    (discovery,) = Page(write_report(run)).data["discoveries"]
    papers = [paper["paper"] for paper in Page(write_report(run)).data["papers"]]
    assert [(papers[finding[0]], finding[2], finding[3]) for finding in discovery["findings"]] == [
        ("jones_2021", "20", "deg"),
        ("smith_2019", "15", "deg"),
    ]


def test_the_page_knows_the_corrections_of_the_file(run):
    run.corrections.write_text(
        "paper,parameter,value,reviewer,date\nsmith_2019.pdf,n_total,150,MK,2026-11-24\ngone,n_total,3,MK,2026-11-20\n"
    )
    run.merge()
    data = Page(write_report(run)).data
    assert data["corrections"] == [
        ["", "gone", "n_total", "", "", "", "3", "", "MK", "2026-11-20", ""],
        ["smith_2019", "smith_2019.pdf", "n_total", "", "", "", "150", "", "MK", "2026-11-24", ""],
    ]
    assert data["values"][0][11:] == ["corrected", "158", "MK", "2026-11-24"]
    assert data["units"] == json.loads(json.dumps(quantities.UNITS))


def test_the_evaluation_is_shown_where_there_is_one(run):
    for name in page_data.SCORES:
        columns = tables.EVALUATION_TABLES[name]
        tables.write_csv(
            tables.make_frame([("x", *[None] * (len(columns) - 1))] if name == "evaluation" else [], columns),
            run.results / f"{name}.csv",
        )
    assert Page(write_report(run)).data["evaluation"] is None  # of another run, perhaps
    shown = Page(write_report(run, "--evaluated")).data["evaluation"]
    assert shown["evaluation"][0]["parameter"] == "x" and shown["errors"] == shown["calibration"] == []
