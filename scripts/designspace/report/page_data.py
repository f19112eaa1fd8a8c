"""What the report's page knows: the tables of a run and what lies beside them, as one compact object for JSON.

Rows of values are lists and not objects, and a sentence that is the evidence of several values is there once: the
evidence of some hundred papers is most of the page.
"""

import csv
import json
import os
import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

import yaml

from designspace.core import records
from designspace.core.sheets import NUMBER
from designspace.language import quantities
from designspace.project import ledger
from designspace.results import corrections, tables

VALUE = ("value", "status", "confidence", "p_null", "candidate", "reason", "reasoning")
REVIEW = ("review", "model_value", "reviewer", "reviewed", "review_note")
SCORES = ("evaluation", "evaluation_errors", "evaluation_calibration")


class Sentences:
    """The sentences that are evidence of something, each once, as [page, text, boxes]."""

    def __init__(self):
        self.numbers, self.all = {}, []

    def number(self, row: dict) -> int | None:
        """Which sentence the evidence of a row is, from 0; None where it has none."""
        if not row["evidence"]:
            return None
        key = row["paper"], row["page"], row["start"], row["evidence"]
        if key not in self.numbers:
            boxes = [[box["page"], *box["box"]] for box in json.loads(row["boxes"] or "[]")]
            self.numbers[key] = len(self.all)
            self.all.append([row["page"], row["evidence"], boxes])
        return self.numbers[key]


def build(
    rows: dict[str, list[dict]], parameters: list[dict], results: Path, papers: str, told: list[corrections.Correction]
) -> dict:
    """The object. `rows` are those of the tables, by table, `parameters` the library, `papers` the way from the page
    to the folder of the PDFs, `told` the corrections in the readers' file."""
    sentences, numbers = Sentences(), {row["paper"]: number for number, row in enumerate(rows["papers"])}
    experiments = defaultdict(list)
    for row in rows["experiments"]:
        experiments[row["paper"]].append([row["experiment"], sentences.number(row)])
    return {
        "parameters": parameters,
        "papers": [paper(row, experiments[row["paper"]], results, papers) for row in rows["papers"]],
        "values": list(value_rows(rows["extractions"], numbers, experiments, parameters, sentences)),
        "discoveries": discoveries(rows["discoveries"], findings(results), numbers, parameters, sentences),
        "sentences": sentences.all,
        "corrections": correction_rows(told, rows["papers"]),
        "units": quantities.UNITS,
        "memory": rows["memory"],
        "steps": steps(results / "benchmarks"),
        "evaluation": {name.removeprefix("evaluation_"): rows[name] for name in SCORES} if SCORES[0] in rows else None,
    }


def paper(row: dict, experiments: list, results: Path, papers: str) -> dict:
    """A paper: its row, its PDF as a link, the sizes of its pages in points, and what truncation left out."""
    told = {key: row[key] for key in ("paper", "file", "pages", "tokens", "tokens_kept", "status", "reason")}
    told |= {"duplicate_of": row["duplicate_of"], "pdf": f"{papers}/{quote(row['file'])}", "experiments": experiments}
    if row["duplicate_of"]:
        return told
    text, context = records.read_paper(results, row["paper"])
    cut = [section for section in context["sections"] if section["tokens_kept"] < section["tokens"]]
    return told | {
        "sizes": {page["page"]: [page["width"], page["height"]] for page in text["pages"]},
        "left_out": [[s["title"], s["kind"], s["tokens"], s["tokens_kept"]] for s in cut],
    }


def value_rows(extractions, numbers, experiments, parameters, sentences):
    """The rows of extractions.csv: paper, experiment (0 is the whole paper), parameter, sentence, VALUE, and of a
    reviewed row REVIEW. What is empty at a row's end is left out."""
    places = {parameter["name"]: number for number, parameter in enumerate(parameters)}
    named = {(paper, name): n for paper, names in experiments.items() for n, (name, _) in enumerate(names, 1)}
    for row in extractions:
        place = numbers[row["paper"]], named.get((row["paper"], row["experiment"]), 0), places[row["parameter"]]
        cells = [*place, sentences.number(row), *(_short(row[key]) for key in VALUE)]
        cells += [row[key] for key in REVIEW] if row["review"] else []
        while cells[-1] in (None, ""):
            cells.pop()
        yield cells


def _short(value):
    return round(value, 4) if isinstance(value, float) else value


def findings(results: Path) -> dict[str, list[dict]]:
    """What each paper says of each discovery, by the discovery's name."""
    told = defaultdict(list)
    with tables.open_sqlite(results / "designspace.sqlite") as base:
        for row in base.execute("SELECT * FROM findings"):
            told[row["discovery"]].append(dict(row))
    return told


def discoveries(rows, found, numbers, parameters, sentences) -> list[dict]:
    """The discoveries with what each paper says of them, and each as an entry for the parameter library."""
    names = {parameter["name"] for parameter in parameters} | {"paper", "experiment"}
    told = []
    for row in rows:
        own = found[row["name"]]
        keys = ("name", "category", "description", "importance")
        fields = ("value", "unit", "confidence", "description")
        papers = [[numbers[f["paper"]], sentences.number(f), *(_short(f[key]) for key in fields)] for f in own]
        told.append({key: row[key] for key in keys} | {"papers": papers, "entry": entry(row, own, names)})
    return told


def entry(discovery: dict, found: list[dict], names: set[str]) -> str:
    """A discovery as a line of YAML for the parameter library, whose names are `names`. Its kind is that of its
    values; it may have several if a paper has several."""
    name = re.sub(r"[^a-z0-9]+", "_", discovery["name"].lower()).lstrip("0123456789_")[:56].strip("_") or "finding"
    while name in names:
        name += "_x"
    values = [(finding["value"] or "").strip() for finding in found]
    unit = discovery["unit"]
    several = len({finding["paper"] for finding in found}) < len(found)
    definition = " ".join(discovery["description"].split()) or discovery["name"]
    told = {"name": name, "kind": kind_of(values, unit)} | ({"unit": unit} if unit else {})
    told |= {"multiple": True} if several else {}
    flow = {"default_flow_style": True, "sort_keys": False, "allow_unicode": True, "width": float("inf")}
    return "- " + yaml.safe_dump(told | {"definition": definition}, **flow).strip()


def kind_of(values: list[str], unit: str) -> str:
    """The kind of parameter that has these values."""
    if all(NUMBER.fullmatch(value) for value in values):
        whole = all(float(value).is_integer() for value in values)
        return "integer" if whole and not unit else "number"
    return "boolean" if all(value in ("true", "false") for value in values) else "string"


def correction_rows(told: list[corrections.Correction], papers: list[dict]) -> list[list]:
    """The corrections of the file, oldest first: each as [id of its paper, if it is there, *its row]."""
    names = ledger.names(papers)
    return [[names.get(row.paper, ""), *row] for row in told]


def steps(benchmarks: Path) -> list[dict]:
    """What the steps of the run took, by step: the jobs that wrote down their time, their seconds together, and the
    most memory of one, in bytes."""
    told = []
    for step in sorted(benchmarks.glob("*")):
        files = sorted(step.glob("*.tsv")) if step.is_dir() else [step]
        lines = [file.read_text("utf-8", "replace").splitlines() for file in files]
        jobs = [row for table in lines for row in csv.DictReader(table, delimiter="\t")]
        # What is no number was not measured, or the file was cut short: it is not counted.
        cells = ([job.get(key) or "" for job in jobs] for key in ("s", "max_rss"))
        seconds, most = ([float(cell) for cell in column if NUMBER.fullmatch(cell)] for column in cells)
        most = int(max(most, default=0) * 2**20)
        told.append({"step": step.stem, "jobs": len(jobs), "seconds": sum(seconds), "bytes": most})
    return told


def way(page: Path, folder: Path) -> str:
    """The relative way from a page to a folder, as a part of a link."""
    return quote(Path(os.path.relpath(folder, page.parent)).as_posix())
