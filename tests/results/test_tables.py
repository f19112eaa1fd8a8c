"""Merge: records of papers become tables."""

import csv
import hashlib
import json
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import merge
from designspace.core import records, sheets
from designspace.project import ledger
from designspace.results import merging, tables

LIBRARY = [
    {"name": "n_total", "kind": "integer", "definition": "Participants."},
    {"name": "age_mean", "kind": "number", "unit": "years", "multiple": True, "definition": "Mean age."},
    {"name": "offset", "kind": "number", "unit": "deg", "definition": "Signed offset."},
    {"name": "aiming_report", "kind": "boolean", "definition": "Whether aims were reported."},
    {"name": "software", "kind": "string", "definition": "Software."},
]


def reported(parameter, value, **more):
    return {
        **{"parameter": parameter, "value": value, "unit": "", "status": "reported", "confidence": 0.93},
        **{"p_null": 0.0004, "reasoning": "It says so.", "evidence": f"It was {value}.", "page": 2},
        **{"start": 10, "end": 20, "boxes": [{"page": 2, "box": [1.5, 2, 3, 4]}], "reason": ""},
        **more,
    }


def unreported(parameter, candidate, status="not_reported", reason=""):
    nothing = dict.fromkeys(("evidence", "page", "start", "end"))
    return reported(parameter, candidate, status=status, reason=reason, p_null=0.8, reasoning="", boxes=[], **nothing)


def finding(name, value="15", unit="deg", importance="medium", confidence=0.5, category="apparatus"):
    return {
        **{"category": category, "name": name, "description": f"What {name} is.", "value": value, "unit": unit},
        **{"importance": importance, "confidence": confidence, "evidence": f"We set {name} to {value}."},
        **{"page": 4, "start": 0, "end": 9, "boxes": []},
    }


class Run:
    """A folder of papers and the records that the steps before the merge would have left."""

    def __init__(self, root: Path):
        self.results, self.papers, self.parameters = root / "results", root / "papers", root / "parameters.yaml"
        self.corrections = root / "corrections.csv"
        self.ledger, self.batches = [], {}
        for folder in ("text", "context", "extraction", "discovery"):
            (self.results / folder).mkdir(parents=True)
        self.papers.mkdir()
        self.parameters.write_text(yaml.safe_dump(LIBRARY))

    def add(
        self,
        paper,
        batch="b0001",
        file=None,
        copy_of="",
        text="ok",
        task="ok",
        reason="",
        values=(),
        findings=(),
        experiments=(),
    ):
        """Add a paper; `text` and `task` are the statuses of its text and of its extraction."""
        file = file or f"{paper}.pdf"
        (self.papers / file).write_bytes(b"%PDF")
        sha256 = hashlib.sha256((copy_of or paper).encode()).hexdigest()
        self.ledger.append(ledger.Row(paper, file, sha256, "" if copy_of else batch, copy_of))
        if copy_of:
            return
        state = {"paper": paper, "status": text, "reason": "" if text == "ok" else reason}
        self._json(f"text/{paper}.json", {**state, "n_pages": 12, "sha256": "", "text": "", "pages": []})
        tokens = {"tokens": 41210, "tokens_kept": 30655} if text == "ok" else {"tokens": 0, "tokens_kept": 0}
        self._json(f"context/{paper}.json", {**state, **tokens, "token_budget": 38656, "sections": []})
        for name, status, content in (
            ("extraction", text if text != "ok" else task, {"values": list(values), "experiments": list(experiments)}),
            ("discovery", text, {"findings": list(findings)}),
        ):
            record = {"paper": paper, "task": name, "status": status, "reason": "" if status == "ok" else reason}
            if status == "failed":
                record |= {"attempt": 4, "memory": {"predicted_bytes": 30}}
            if status == "ok":
                cost = {"attempt": 1, "prompt_tokens": 31650, "new_tokens": 612}
                seconds = {"seconds": {"attach": 0.1, "prefill": 2.0, "decode": 2}}
                memory = {"memory": {"predicted_bytes": 30, "allocated_bytes": 20, "device_bytes": 25}}
                record |= cost | seconds | memory | content
            self.batches.setdefault((name, batch), []).append(record)

    def _json(self, name, content):
        (self.results / name).write_text(json.dumps(content), encoding="utf-8")

    def write(self, seed=None):
        """Write ledger and batches, their rows shuffled by `seed`, and papers that say what was found in them. What
        was added without an answer about a parameter gets one: it is not reported."""
        names, said = [parameter["name"] for parameter in yaml.safe_load(self.parameters.read_text())], {}
        for record in (record for batch in self.batches.values() for record in batch if "values" in record):
            answered = {value["parameter"] for value in record["values"]}
            record["values"] += [unreported(name, None) for name in names if name not in answered]
        for record in (record for batch in self.batches.values() for record in batch):
            for item in records.items(record):
                if item["evidence"]:
                    path = self.results / "text" / f"{record['paper']}.json"
                    text = said.setdefault(path, json.loads(path.read_text(encoding="utf-8")))
                    if text["text"][item["start"] : item["end"]] != item["evidence"]:  # not written before
                        item["start"] = len(text["text"])
                        text["text"] += item["evidence"]
                        item["end"] = len(text["text"])
        for path, text in said.items():
            path.write_text(json.dumps(text), encoding="utf-8")
        order = random.Random(seed)
        for rows in (self.ledger, *self.batches.values()):
            if seed is not None:
                order.shuffle(rows)
        ledger.save(self.ledger, self.results / "ledger.csv", 0)
        for (task, batch), answers in self.batches.items():
            lines = "".join(json.dumps(record) + "\n" for record in answers)
            (self.results / task / f"{batch}.jsonl").write_text(lines, encoding="utf-8")
        return self

    def arguments(self):
        files = {"ledger": self.results / "ledger.csv", "results": self.results, "papers": self.papers}
        files |= {"parameters": self.parameters, "corrections": self.corrections}
        return [str(part) for name, path in files.items() for part in (f"--{name}", path)]

    def merge(self):
        """Run the program; the tables by name, or the sentence that it ended with."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["merge.py", *self.arguments()])
            try:
                merge.main()
            except SystemExit as end:
                return end.code
        return {name: tables.read_csv(self.results / f"{name}.csv") for name in tables.CSV_TABLES}

    def sql(self, query):
        database = sqlite3.connect(self.results / "designspace.sqlite")
        rows = database.execute(query).fetchall()
        database.close()
        return rows


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


@pytest.fixture
def full(run):
    """Papers of every fate in two batches."""
    values = [
        unreported("software", "Matlab"),
        reported("aiming_report", True),
        reported("age_mean", 21.5, unit="years"),
        reported("age_mean", 68.0, unit="years"),
        reported("n_total", 158),
        unreported("offset", None, status="failed", reason="The answer was cut off."),
    ]
    run.add(
        "zhou_2020", batch="b0001", values=values, findings=[finding("tablet_tilts"), finding("frame_rate", "60", "Hz")]
    )
    run.add("adams_2018", batch="b0002", file="Ädams “final”, v2.pdf", values=[reported("offset", -4.5)], findings=[
        finding("tilt_of_the_tablet", "20", importance="high", category="task"), finding("tablet_tilts", "25"),
    ])  # fmt: skip
    run.add("scan", batch="b0002", text="needs_ocr", reason="It has no text.")
    run.add("stuck", batch="b0001", task="failed", reason="Out of memory on every rung.")
    run.add("copy", copy_of="zhou_2020")
    return run.write()


def test_each_paper_of_the_folder_has_a_row_with_its_fate(full):
    papers = full.merge()["papers"].set_index("paper")
    assert list(papers.index) == ["adams_2018", "copy", "scan", "stuck", "zhou_2020"]
    assert list(papers["status"]) == ["ok", "duplicate", "needs_ocr", "failed", "ok"]
    assert papers.loc["scan", "reason"] == "It has no text."
    assert papers.loc["stuck", "reason"] == "Extraction: Out of memory on every rung."
    assert papers.loc["adams_2018", "file"] == "Ädams “final”, v2.pdf"
    assert papers.loc["copy", "duplicate_of"] == "zhou_2020"
    assert papers.loc["zhou_2020", ["pages", "tokens", "tokens_kept"]].tolist() == [12, 41210, 30655]
    assert papers.loc[["copy"], ["pages", "tokens", "tokens_kept"]].isna().all(axis=None)


def test_only_reported_values_are_values(full):
    rows = full.merge()["extractions"]
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


def test_parameters_are_a_row_a_paper_and_a_column_a_parameter(full):
    wide = full.merge()["parameters"]
    assert list(wide.columns) == ["paper", "experiment", "n_total", "age_mean", "offset", "aiming_report", "software"]
    assert wide.values.tolist() == [
        ["adams_2018", "", "", "", "-4.5", "", ""],
        ["scan", "", "", "", "", "", ""],
        ["stuck", "", "", "", "", "", ""],
        ["zhou_2020", "", "158", "21.5; 68", "", "true", ""],
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
    told = frames["extractions"].query("status == 'reported'")
    assert told[["experiment", "parameter", "item", "value"]].values.tolist() == [
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
    told = frames["parameters"][["experiment", "n_total"]].values.tolist()
    assert told == [["", ""], ["Experiment 1", "24; 25"], ["Pilot", "8"]]
    assert list(frames["experiments"].experiment) == ["Experiment 1", "Pilot"]


def test_a_pdf_that_could_not_be_hashed_is_in_the_database(run):
    run.add("locked", text="unreadable", reason="It cannot be opened.")
    run.ledger[0] = run.ledger[0]._replace(sha256="")
    run.write().merge()
    assert run.sql("SELECT paper, sha256 FROM papers") == [("locked", "")]


def test_one_finding_of_several_papers_is_one_discovery(full):
    rows = full.merge()["discoveries"].to_dict("records")
    assert [row["name"] for row in rows] == ["tablet_tilts", "frame_rate"]
    tilt = rows[0]
    assert (tilt["n_papers"], tilt["papers"]) == (2, "adams_2018; zhou_2020")
    assert tilt["values"] == "adams_2018: 20 deg, 25 deg; zhou_2020: 15 deg"
    assert (tilt["importance"], tilt["category"]) == ("high", "apparatus")
    assert (tilt["evidence"], tilt["evidence_page"]) == ("We set tilt_of_the_tablet to 20.", 4)
    assert full.sql("SELECT COUNT(*), COUNT(DISTINCT discovery) FROM findings") == [(4, 2)]


@pytest.mark.parametrize("other", ["tablet_tilts", "Tilt of the tablet", "tilt-tablet"])
def test_spellings_of_one_name(other):
    assert merging.discovery_key(other) == merging.discovery_key("tablet_tilt")


@pytest.mark.parametrize(
    "a, b", [("mass", "mas"), ("axis", "axi"), ("bonus", "bonu"), ("pre_test", "test"), ("?", "!")]
)
def test_different_names_stay_apart(a, b):
    assert merging.discovery_key(a) != merging.discovery_key(b)


def test_memory_is_a_row_a_paper_and_task(full):
    rows = full.merge()["memory"]
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
    assert sorted(first) == sorted([*(f"{name}.csv" for name in tables.CSV_TABLES), "designspace.sqlite"])
    for seed in (1, 2):
        full.write(seed).merge()
        assert products() == first


def test_the_database_is_keyed_and_typed(full):
    full.merge()
    assert full.sql("PRAGMA foreign_key_check") == [] and full.sql("PRAGMA integrity_check") == [("ok",)]
    keys = {table: [row[2:5] for row in full.sql(f"PRAGMA foreign_key_list({table})")] for table in tables.TABLES}
    assert keys["extractions"] == keys["memory"] == keys["parameters"] == [("papers", "paper", "paper")]
    assert keys["papers"] == [("papers", "duplicate_of", "paper")]
    assert full.sql("SELECT paper, n_total + 1, typeof(n_total), offset FROM parameters WHERE n_total IS NOT NULL") == [
        ("zhou_2020", 159, "integer", None)
    ]
    assert full.sql("SELECT AVG(number) FROM extractions WHERE parameter = 'age_mean'") == [(44.75,)]
    assert full.sql("SELECT COUNT(*) FROM extractions WHERE evidence IS NULL") == [(6,)]
    assert full.sql("SELECT COUNT(*) FROM papers") == [(5,)]


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


@pytest.mark.parametrize("text", NASTY)
def test_a_text_survives_the_csv_and_is_no_formula(run, text):
    run.add("a", values=[reported("software", text, reasoning=text, evidence=text)], findings=[finding("x", text)])
    frames = run.write().merge()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    row = frames["extractions"].set_index("parameter").loc["software"]
    assert row["value"] == row["reasoning"] == row["evidence"] == text
    assert frames["parameters"].loc[0, "software"] == text
    assert run.sql("SELECT value FROM extractions WHERE parameter = 'software'") == [(text,)]
    for name in tables.CSV_TABLES:
        # Where decimals have a comma, a spreadsheet takes the semicolon for the separator, and sees other cells.
        for separator in ",;\t":
            with open(run.results / f"{name}.csv", encoding="utf-8-sig", newline="") as lines:
                cells = [cell for row in csv.reader(lines, delimiter=separator) for cell in row]
            assert not any(cell.startswith(tuple("=+-@＝＋－＠\t\r\n")) for cell in cells)


def test_every_text_comes_back():
    letters = random.Random(1)
    for _ in range(20_000):
        text = "".join(letters.choices("'\"=-;\t\n a1", k=letters.randint(0, 7)))
        assert sheets.unescape(sheets.escape(text)) == text


def test_numbers_keep_their_sign(run):
    run.add("a", values=[reported("offset", -4.5), reported("age_mean", 1e-7), reported("software", "-12")])
    run.write().merge()
    assert (run.results / "parameters.csv").read_bytes() == (
        b"\xef\xbb\xbfpaper,experiment,n_total,age_mean,offset,aiming_report,software\na,,,1e-07,-4.5,,-12\n"
    )


def test_what_cannot_be_printed_is_replaced(run):
    run.add("a", values=[reported("software", "x\x00\ud800y")])
    assert run.write().merge()["parameters"].loc[0, "software"] == "x\ufffd\ufffdy"


def test_a_file_name_is_no_formula(run):
    run.add("a", file="=1+1.pdf")
    assert run.write().merge()["papers"].loc[0, "file"] == "=1+1.pdf"
    assert b",'=1+1.pdf," in (run.results / "papers.csv").read_bytes()


def test_a_damaged_ledger_is_named(full):
    (full.results / "ledger.csv").write_text("paper,file\n")
    assert "ledger.csv is damaged" in full.merge()


@pytest.mark.parametrize("findings, values", [((), ()), ((), [unreported("n_total", 3)])])
def test_nothing_found_is_a_result(run, findings, values):
    run.add("a", values=values, findings=findings)
    frames = run.write().merge()
    assert len(frames["papers"]) == len(frames["parameters"]) == 1 and frames["discoveries"].empty


def test_an_empty_folder_gives_empty_tables(run):
    run.write()
    frames = run.merge()
    assert all(frame.empty for frame in frames.values())
    assert run.sql("SELECT * FROM papers") == []


BROKEN = [
    ("extraction/b0001.jsonl", lambda data: data[:-30]),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"evidence": "It', b'"evidence": "At')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"value": 158', b'"value": "many"')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"experiments": []', b'"experiments": [{}]')),
    ("extraction/b0002.jsonl", lambda data: data * 2),
    ("discovery/b0001.jsonl", lambda data: data.replace(b'"findings": [{', b'"findings": [7, {')),
    ("discovery/b0002.jsonl", lambda data: data.splitlines()[0] + b"\n"),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"task": "extraction"', b'"task": "discovery"')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"parameter": "offset"', b'"parameter": "software"')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"values": [', b'"valeus": [')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"value": true', b'"value": "true"')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"status": "reported"', b'"status": "maybe"')),
    ("extraction/b0002.jsonl", lambda data: data.replace(b'"status": "needs_ocr"', b'"status": "ok"')),
    ("discovery/b0001.jsonl", lambda data: data.replace(b'"findings": [', b'"finds": [')),
    ("text/scan.json", lambda data: bytes(40)),
    ("text/zhou_2020.json", lambda data: data.replace(b'"zhou_2020"', b'"adams_2018"')),
    ("context/stuck.json", lambda data: b"{}"),
    ("context/zhou_2020.json", lambda data: data.replace(b'"sections": []', b'"sections": [{"kept": [[0, 99999]]}]')),
]


@pytest.mark.parametrize(("name", "damage"), BROKEN)
def test_a_damaged_file_is_set_aside_and_never_merged(full, name, damage):
    full.merge()
    before = (full.results / "papers.csv").read_bytes()
    whole = (full.results / name).read_bytes()
    (full.results / name).write_bytes(damage(whole))
    assert (full.results / name).read_bytes() != whole
    message = full.merge()
    assert "\n" not in message and str(full.results / name) in message
    assert message.endswith(f"it is now called {Path(name).name}.broken; start again, and it is made again.")
    assert not (full.results / name).exists() and (full.results / f"{name}.broken").exists()
    assert (full.results / "papers.csv").read_bytes() == before


@pytest.mark.parametrize("name", ["text/scan.json", "extraction/b0001.jsonl", "ledger.csv"])
def test_a_missing_file_is_named(full, name):
    (full.results / name).unlink()
    message = full.merge()
    assert "\n" not in message and f"{full.results / name} is missing: " in message


def test_answers_to_another_library_are_refused(full):
    full.parameters.write_text(yaml.safe_dump(LIBRARY[1:]))
    assert "b0002.jsonl answers n_total, which the parameter library does not have" in full.merge()


def test_the_program_ends_with_the_sentence(full):
    (full.results / "text" / "scan.json").unlink()
    command = [sys.executable, merge.__file__, *full.arguments()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=full.papers)
    assert done.returncode == 1
    assert done.stderr == f"merge: {full.merge().removeprefix('merge: ')}\n" and "Traceback" not in done.stderr


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
    papers = tables.read_csv(run.results / "papers.csv").fillna("")
    assert list(papers.columns[:8]) == ["citation", "title", "authors", "year", "journal", "doi", "type", "paper"]
    expected = ["Berg & Ruiz 2019", "=On aims", "Ida Berg; Lua Ruiz", "2019", "Journal of Aims", "10.1234/aims.1"]
    assert "'=On aims" in (run.results / "papers.csv").read_text("utf-8"), "no spreadsheet takes it for a formula"
    row = papers[papers.paper == "a_2019"].iloc[0]
    assert list(map(str, row.iloc[:7])) == [*expected, "article"]
    assert set(papers[papers.paper == "b_2020"].iloc[0].iloc[:7]) == {""}
