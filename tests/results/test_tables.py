"""Merge: records of papers become tables."""

import json

import pytest
from made_up_run import Run, finding, full_run, reported, unreported

from designspace.results import discoveries, tables


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


@pytest.fixture
def full(tmp_path):
    return full_run(tmp_path)


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    """A run and its tables, which tests only look at."""
    run = full_run(tmp_path_factory.mktemp("merged"))
    return run, run.merge()


def test_each_paper_of_the_folder_has_a_row_with_its_fate(merged):
    _, frames = merged
    papers = frames["papers"].set_index("paper")
    assert list(papers.index) == ["adams_2018", "copy", "scan", "stuck", "zhou_2020"]
    assert list(papers["status"]) == ["ok", "duplicate", "needs_ocr", "failed", "ok"]
    assert papers.loc["scan", "reason"] == "It has no text."
    assert papers.loc["stuck", "reason"] == "Extraction: Out of memory at every attempt."
    assert papers.loc["adams_2018", "file"] == "Ädams “final”, v2.pdf"
    assert papers.loc["copy", "duplicate_of"] == "zhou_2020"
    assert papers.loc["zhou_2020", ["pages", "tokens", "tokens_kept"]].tolist() == [12, 41210, 30655]
    assert papers.loc[["copy"], ["pages", "tokens", "tokens_kept"]].isna().all(axis=None)


def test_the_quality_of_a_text_is_a_papers_and_a_value_from_a_bad_page_has_a_warning(run):
    run.add("zhou_2020", values=[reported("n_total", 158), reported("age_mean", 21.5)])
    run.write()
    path = run.results / "text" / "zhou_2020.json"
    text = json.loads(path.read_text(encoding="utf-8"))
    text["text"] += "." * (40 - len(text["text"]))
    place = {"width": 600, "height": 800, "lines": []}
    good = {"unknown": 0, "words": 0.9, "ocr": True, "bad": False}
    bad = {"unknown": 0.2, "words": None, "ocr": False, "bad": True}
    text["pages"] = [
        {"page": 1, "start": 0, "end": 30, "quality": good, **place},
        {"page": 2, "start": 30, "end": 40, "quality": bad, **place},
    ]
    path.write_text(json.dumps(text), encoding="utf-8")
    frames = run.merge()
    paper, values = frames["papers"].iloc[0], frames["extractions"].set_index("parameter")
    assert paper[["unknown_characters", "true_words", "pages_by_ocr"]].tolist() == [0.05, 0.9, 1]
    assert values.loc["n_total", "warning"] == "Page 2 is read badly: compare the value with the PDF."
    assert values.loc["software", "warning"] == ""


def test_only_reported_values_are_values(merged):
    _, frames = merged
    rows = frames["extractions"]
    zhou = rows[rows["paper"] == "zhou_2020"]
    assert zhou[["parameter", "item", "value"]].values.tolist() == [  # in the library's order
        ["n_total", 1, "158"],
        ["age_mean", 1, "21.5"],
        ["age_mean", 2, "68"],
        ["offset", 1, ""],
        ["aiming_report", 1, "true"],
        ["software", 1, ""],
    ]
    given = zhou[zhou["status"] == "reported"]
    assert (given["evidence"] == "It was " + given["evidence"].str[7:]).all() and (given["page"] == 2).all()
    assert json.loads(given["boxes"].iloc[0]) == [{"page": 2, "box": [1.5, 2, 3, 4]}]
    assert given["number"].tolist()[:3] == [158, 21.5, 68] and given["number"].isna().tolist()[3]
    software, failed = (zhou[zhou["parameter"] == name].iloc[0] for name in ("software", "offset"))
    assert (software["candidate"], software["p_null"], software["evidence"]) == ("Matlab", 0.8, "")
    assert (failed["status"], failed["reason"]) == ("failed", "The answer was cut off.")


def test_parameters_are_a_row_a_paper_and_a_column_a_parameter(merged):
    _, frames = merged
    wide = frames["parameters"]
    parameters = ["n_total", "age_mean", "offset", "aiming_report", "software"]
    assert list(wide.columns) == ["citation", "paper", "experiment", "group", *parameters]
    assert wide.drop(columns="citation").values.tolist() == [
        ["adams_2018", "", "", "", "", "-4.5", "", ""],
        ["scan", "", "", "", "", "", "", ""],
        ["stuck", "", "", "", "", "", "", ""],
        ["zhou_2020", "", "", "158", "21.5; 68", "", "true", ""],
    ]


def test_an_experiment_has_a_row_of_its_own(run):
    place = {"evidence": "In Experiment 1, 24 took part.", "page": 3, "start": 7, "end": 37, "boxes": []}
    experiments = [{"name": name, "confidence": 0.7} | place for name in ("Experiment 1", "=Pilot")]
    values = [
        reported("age_mean", 21.5, experiment="=Pilot"),
        reported("n_total", 24, experiment="Experiment 1"),
        reported("n_total", 158),
        reported("age_mean", 22.5, experiment="=Pilot"),
        reported("age_mean", 30),
    ]
    run.add("single_2020", values=[reported("n_total", 8)])
    run.add("many_2020", values=values, experiments=experiments)
    frames = run.write().merge()
    reports = frames["extractions"].query("status == 'reported'")
    assert reports[["experiment", "parameter", "item", "value"]].values.tolist() == [
        ["", "n_total", 1, "158"],
        ["Experiment 1", "n_total", 1, "24"],
        ["", "age_mean", 1, "30"],
        ["=Pilot", "age_mean", 1, "21.5"],
        ["=Pilot", "age_mean", 2, "22.5"],
        ["", "n_total", 1, "8"],
    ]
    assert frames["parameters"][["paper", "experiment", "n_total", "age_mean"]].values.tolist() == [
        ["many_2020", "", "158", "30"],
        ["many_2020", "Experiment 1", "24", ""],
        ["many_2020", "=Pilot", "", "21.5; 22.5"],
        ["single_2020", "", "8", ""],
    ]
    assert frames["experiments"][["paper", "experiment", "page"]].values.tolist() == [
        ["many_2020", "Experiment 1", 3],
        ["many_2020", "=Pilot", 3],
    ]
    assert run.sql("SELECT n_total FROM parameters WHERE paper = 'many_2020' AND experiment = ''") == [(158,)]


def test_two_spellings_of_an_experiment_are_one(run):
    values = [reported("n_total", n, experiment=name) for n, name in ((24, "Experiment 1"), (25, "experiment  1"))]
    values += [reported("n_total", 8, experiment="Pilot"), reported("offset", 1, experiment="Experiment 1")]
    place = dict.fromkeys(("evidence", "page", "start", "end"))
    run.add("many_2020", values=values, experiments=[place | {"name": value["experiment"]} for value in values[:2]])
    frames = run.write().merge()
    counts = frames["parameters"][["experiment", "n_total"]].values.tolist()
    assert counts == [["", ""], ["Experiment 1", "24; 25"], ["Pilot", "8"]]
    assert list(frames["experiments"].experiment) == ["Experiment 1", "Pilot"]


def test_a_pdf_that_could_not_be_hashed_is_in_the_database(run):
    run.add("locked", text="unreadable", reason="It cannot be opened.")
    run.ledger[0] = run.ledger[0]._replace(sha256="")
    run.write().merge()
    assert run.sql("SELECT paper, sha256 FROM papers") == [("locked", "")]


def test_one_finding_of_several_papers_is_one_discovery(merged):
    run, frames = merged
    rows = frames["discoveries"].to_dict("records")
    assert [row["name"] for row in rows] == ["tablet_tilts", "frame_rate"]
    tilt = rows[0]
    assert (tilt["n_papers"], tilt["papers"]) == (2, "adams_2018; zhou_2020")
    assert tilt["values"] == "adams_2018: 20 deg, 25 deg; zhou_2020: 15 deg"
    assert (tilt["importance"], tilt["category"]) == ("high", "apparatus")
    assert (tilt["evidence"], tilt["evidence_page"]) == ("We set tilt_of_the_tablet to 20.", 4)
    assert run.sql("SELECT COUNT(*), COUNT(DISTINCT discovery) FROM findings") == [(4, 2)]


@pytest.mark.parametrize("other", ["tablet_tilts", "Tilt of the tablet", "tilt-tablet"])
def test_spellings_of_one_name(other):
    assert discoveries.key(other) == discoveries.key("tablet_tilt")


@pytest.mark.parametrize(
    "a, b", [("mass", "mas"), ("axis", "axi"), ("bonus", "bonu"), ("pre_test", "test"), ("?", "!")]
)
def test_different_names_stay_apart(a, b):
    assert discoveries.key(a) != discoveries.key(b)


def test_memory_is_a_row_a_paper_and_task(merged):
    _, frames = merged
    rows = frames["memory"]
    assert rows[["paper", "task"]].drop_duplicates().shape[0] == len(rows) == 8
    assert rows.loc[0, ["predicted_bytes", "device_bytes", "new_tokens"]].tolist() == [30, 25, 612]
    assert rows.loc[0, ["seconds_attach", "seconds_prefill", "seconds_decode"]].tolist() == [0.1, 2, 2]
    failed = rows[rows["status"] == "failed"].iloc[0]
    assert (failed["paper"], failed["attempt"], failed["predicted_bytes"]) == ("stuck", 4, 30)
    assert failed[["allocated_bytes", "prompt_tokens", "seconds_decode"]].isna().all()


def test_a_removed_paper_is_in_no_table(full):
    (full.papers / "Ädams “final”, v2.pdf").unlink()
    frames = full.merge()
    for name in ("papers", "extractions", "parameters", "memory"):
        assert len(frames[name]) and "adams_2018" not in set(frames[name]["paper"])
    assert frames["discoveries"]["papers"].tolist() == ["zhou_2020", "zhou_2020"]


def test_a_paper_lives_on_in_its_copy(full):
    (full.papers / "zhou_2020.pdf").unlink()
    frames = full.merge()
    papers = frames["papers"].set_index("paper")
    assert "copy" not in papers.index
    assert papers.loc["zhou_2020", ["file", "status", "duplicate_of"]].tolist() == ["copy.pdf", "ok", ""]
    assert frames["parameters"].set_index("paper").loc["zhou_2020", "n_total"] == "158"


def test_files_that_the_ledger_does_not_name_are_ignored(full):
    before = full.merge()
    (full.results / "extraction" / "b0009.jsonl").write_text("{half")
    (full.results / "text" / "stray.json").write_text("")
    stray = {"paper": "stray", "task": "discovery", "status": "ok", "reason": "", "findings": [finding("x")]}
    with open(full.results / "discovery" / "b0001.jsonl", "a") as out:
        out.write(json.dumps(stray) + "\n")
    after = full.merge()
    assert all(before[name].equals(after[name]) for name in tables.CSV_TABLES)


def test_the_same_records_give_the_same_bytes(full):
    def products():
        return {path.name: path.read_bytes() for path in full.results.iterdir() if path.name != "ledger.csv"
                and path.is_file()}  # fmt: skip

    full.merge()
    first = products()
    others = ["datapackage.json", "designspace.sqlite", "designspace.xlsx", "papers.bib", "papers.json", "prisma.svg"]
    others += ["ro-crate-metadata.json"]
    assert sorted(first) == sorted([*(f"{name}.csv" for name in tables.CSV_TABLES), *others])
    for seed in (1, 2):
        full.write(seed).merge()
        assert products() == first


def test_the_database_is_keyed_and_typed(merged):
    run, _ = merged
    assert run.sql("SELECT DISTINCT typeof(page) FROM extractions WHERE page IS NOT NULL") == [("integer",)]
    assert run.sql("PRAGMA foreign_key_check") == [] and run.sql("PRAGMA integrity_check") == [("ok",)]
    keys = {table: [row[2:5] for row in run.sql(f"PRAGMA foreign_key_list({table})")] for table in tables.TABLES}
    assert keys["extractions"] == keys["memory"] == keys["parameters"] == [("papers", "paper", "paper")]
    others = ("duplicate", "supplement", "version")
    assert sorted(keys["papers"]) == [("papers", f"{other}_of", "paper") for other in others]
    assert run.sql("SELECT paper, n_total + 1, typeof(n_total), offset FROM parameters WHERE n_total IS NOT NULL") == [
        ("zhou_2020", 159, "integer", None)
    ]
    assert run.sql("SELECT AVG(number) FROM extractions WHERE parameter = 'age_mean'") == [(44.75,)]
    assert run.sql("SELECT COUNT(*) FROM extractions WHERE evidence IS NULL") == [(6,)]
    assert run.sql("SELECT COUNT(*) FROM papers") == [(5,)]


@pytest.mark.parametrize("findings, values", [((), ()), ((), [unreported("n_total", 3)])])
def test_nothing_found_is_a_result(run, findings, values):
    run.add("a", values=values, findings=findings)
    frames = run.write().merge()
    assert len(frames["papers"]) == len(frames["parameters"]) == 1 and frames["discoveries"].empty


def test_an_empty_folder_gives_empty_tables(run):
    run.write()
    frames = dict(run.merge())
    assert set(frames.pop("prisma").papers) == {0}
    assert all(frame.empty for frame in frames.values())
    assert run.sql("SELECT * FROM papers") == []


def test_every_paper_begins_with_its_citation(tmp_path):
    run = Run(tmp_path)
    run.add("a_2019")
    run.add("b_2020")  # its text was read by a version without citations
    run.write()
    path = run.results / "text" / "a_2019.json"
    found = {"citation": "Berg & Ruiz 2019", "title": "=On aims", "authors": ["Ida Berg", "Lua Ruiz"], "year": "2019"}
    found |= {"journal": "Journal of Aims", "doi": "10.1234/aims.1", "type": "article", "sources": {}}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"citation": found}))
    run.merge()
    papers = tables.read_csv(run.results / "papers.csv").astype(object).fillna("")
    assert list(papers.columns[:8]) == ["citation", "title", "authors", "year", "journal", "doi", "type", "paper"]
    expected = ["Berg & Ruiz 2019", "=On aims", "Ida Berg; Lua Ruiz", "2019", "Journal of Aims", "10.1234/aims.1"]
    assert "'=On aims" in (run.results / "papers.csv").read_text("utf-8"), "no spreadsheet takes it for a formula"
    row = papers[papers.paper == "a_2019"].iloc[0]
    assert list(map(str, row.iloc[:7])) == [*expected, "article"]
    assert set(papers[papers.paper == "b_2020"].iloc[0].iloc[:7]) == {""}
