"""A run that is made up: papers, and the records that the steps before the merge would have left."""

import copy
import hashlib
import json
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

import merge
from designspace.core import records
from designspace.project import ledger
from designspace.results import tables

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


class Tables(Mapping):
    """The tables as they are in a folder now, by name. Each is parsed when a test looks at it; most look at one."""

    def __init__(self, results: Path):
        self.written = {name: (results / f"{name}.csv").read_bytes() for name in tables.CSV_TABLES}
        self.parsed = {}

    def __getitem__(self, name):
        if name not in self.parsed:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, f"{name}.csv")
                path.write_bytes(self.written[name])
                self.parsed[name] = tables.read_csv(path)
        return self.parsed[name]

    def __iter__(self):
        return iter(self.written)

    def __len__(self):
        return len(self.written)


class Run:
    """A folder of papers and the records that the steps before the merge would have left."""

    def __init__(self, root: Path):
        self._place(root)
        self.ledger, self.batches = [], {}
        for folder in ("text", "context", "extraction", "discovery"):
            (self.results / folder).mkdir(parents=True)
        self.papers.mkdir()
        self.parameters.write_text(yaml.safe_dump(LIBRARY))

    def _place(self, root):
        self.results, self.papers, self.parameters = root / "results", root / "papers", root / "parameters.yaml"
        self.corrections = root / "corrections.csv"

    def copied(self, root: Path):
        """The run as it is now, in another folder: for tests that change one that is made once."""
        other = copy.deepcopy(self)
        shutil.copytree(self.results.parent, root, dirs_exist_ok=True)
        other._place(root)
        return other

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
        groups=(),
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
            (
                "extraction",
                text if text != "ok" else task,
                {"values": list(values), "experiments": list(experiments), "groups": list(groups)},
            ),
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
        names, texts = [parameter["name"] for parameter in yaml.safe_load(self.parameters.read_text())], {}
        for record in (record for batch in self.batches.values() for record in batch if "values" in record):
            answered = {value["parameter"] for value in record["values"]}
            record["values"] += [unreported(name, None) for name in names if name not in answered]
        for record in (record for batch in self.batches.values() for record in batch):
            for item in records.items(record):
                if item["evidence"]:
                    path = self.results / "text" / f"{record['paper']}.json"
                    text = texts.setdefault(path, json.loads(path.read_text(encoding="utf-8")))
                    if text["text"][item["start"] : item["end"]] != item["evidence"]:  # not written before
                        item["start"] = len(text["text"])
                        text["text"] += item["evidence"]
                        item["end"] = len(text["text"])
        for path, text in texts.items():
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
        files |= {"configuration": '{"note": "A run."}'}
        return [str(part) for name, path in files.items() for part in (f"--{name}", path)]

    def merge(self):
        """Run the program; its tables, by name, or the sentence that it ended with."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["merge.py", *self.arguments()])
            try:
                merge.main()
            except SystemExit as end:
                return end.code
        return Tables(self.results)

    def sql(self, query):
        database = sqlite3.connect(self.results / "designspace.sqlite")
        rows = database.execute(query).fetchall()
        database.close()
        return rows


def full_run(root):
    """Papers of every fate in two batches."""
    run = Run(root)
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
    run.add("stuck", batch="b0001", task="failed", reason="Out of memory at every attempt.")
    run.add("copy", copy_of="zhou_2020")
    return run.write()
