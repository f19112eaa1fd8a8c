"""The data of the report's page: the tables of a run and the files beside them, as one compact object for JSON.

Rows are lists; COLUMNS declares their columns once, for the page as well. A sentence that is the evidence of several
values is stored once: the evidence of some hundred papers is most of the page.
"""

import csv
import json
import math
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from designspace.core import records
from designspace.core.sheets import NUMBER
from designspace.language import expressions, quantities
from designspace.parsing import quality
from designspace.project import ledger
from designspace.results import corrections, effects, tables
from designspace.results.papers import LEFT_OUT

VALUE = ("value", "status", "confidence", "p_null", "candidate", "reason", "reasoning")
REVIEW = ("review", "model_value", "reviewer", "reviewed", "review_note")
FINDING = ("value", "unit", "confidence", "description")
# The tables of the page whose rows are lists. `paper`, `parameter` and `sentence` are indices of their lists from 0
# (None without a sentence). `part` is the number of an experiment or group within its paper from 1, 0 for the whole
# paper. A row of `outcomes` with `other`, the number of a second group, is the effect of a comparison; `unit` is
# that of a mean, if it is not the parameter's.
COLUMNS = {
    "values": ("paper", "part", "parameter", "sentence", *VALUE, *REVIEW, "rule"),
    "sentences": ("page", "text", "boxes"),
    "boxes": ("page", "left", "bottom", "right", "top"),
    "parts": ("experiment", "group", "sentence", "same_sample"),
    "outcomes": ("paper", "part", "other", "parameter", "unit", "n", "value", "low", "high"),
    "left_out": ("title", "kind", "tokens", "tokens_kept"),
    "findings": ("paper", "sentence", *FINDING),
    "corrections": ("id", *corrections.Correction._fields),
}
CITATION = ("citation", "title", "authors", "year", "journal", "doi", "type", "found_in")
FATE = ("status", "reason", "duplicate_of", "version_of", "supplement_of")
QUALITY = ("unknown_characters", "true_words", "pages_by_ocr", "sections")
SHOWN = ("paper", "file", "pages", "tokens", "tokens_kept", *QUALITY, *CITATION, *FATE)
SCORES = tuple(tables.EVALUATION_ROWS)


Row = dict[str, Any]  # of a table, by column


class Sentences:
    """The sentences that are evidence, each once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Any, ...], int] = {}
        self.all: list[list[Any]] = []

    def number(self, row: Row) -> int | None:
        """The index of the sentence that is the evidence of a row, from 0; None if it has none."""
        if not row["evidence"]:
            return None
        key = row["paper"], row["page"], row["start"], row["evidence"]
        if key not in self.numbers:
            boxes = [[box["page"], *box["box"]] for box in json.loads(row["boxes"] or "[]")]
            self.numbers[key] = len(self.all)
            self.all.append([row["page"], row["evidence"], boxes])
        return self.numbers[key]


def build(
    rows: dict[str, list[Row]],
    parameters: list[Row],
    results: Path,
    papers: str,
    corrected: list[corrections.Correction],
) -> Row:
    """The object. `rows` are those of the tables, by table, `parameters` the library, `papers` the relative path from
    the page to the folder of the PDFs, `corrected` the corrections in the reviewers' file."""
    sentences, numbers = Sentences(), {row["paper"]: number for number, row in enumerate(rows["papers"])}
    files = {row["paper"]: row["file"] for row in rows["papers"]}
    parts = parts_of(rows["experiments"], rows["groups"], sentences)
    unequal = {row["paper"] for row in rows["groups"] if row["warning"]}
    return {
        "columns": COLUMNS,
        "parameters": parameters,
        "papers": [
            paper(row, parts[row["paper"]], results, papers, files) | {"sums_disagree": row["paper"] in unequal}
            for row in rows["papers"]
        ],
        "values": list(value_rows(rows["extractions"], numbers, parts, parameters, sentences)),
        "outcomes": list(outcome_rows(rows["meta"], numbers, parts, parameters)),
        "discoveries": discoveries(rows["discoveries"], read_findings(results), numbers, parameters, sentences),
        "sentences": sentences.all,
        "agreement": rows["agreement"],
        "corrections": correction_rows(corrected, rows["papers"]),
        "units": quantities.UNITS,
        "expressions": {
            kind: [expressions.PATTERNS[kind], expressions.EXAMPLES[kind]] for kind in sorted(expressions.KINDS)
        },
        "memory": rows["memory"],
        "prisma": rows["prisma"],
        "steps": steps(results / "benchmarks"),
        "estimate": records.read_estimate(results / "estimate.json"),
        "evaluation": {name.removeprefix("evaluation_"): rows[name] for name in SCORES} if SCORES[0] in rows else None,
    }


def parts_of(experiments: list[Row], groups: list[Row], sentences: Sentences) -> dict[str, list[list[Any]]]:
    """The rows of the experiments and groups of each paper, by paper: the groups of an experiment follow it."""
    parts: dict[str, list[list[Any]]] = defaultdict(list)
    of: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    for row in groups:
        if row["group"]:
            named = [row["experiment"], row["group"], sentences.number(row), row["same_sample"]]
            of[row["paper"], row["experiment"]].append(named)
    for (name, experiment), own in of.items():
        if not experiment:
            parts[name] += own
    for row in experiments:
        named = [row["experiment"], "", sentences.number(row), row["same_sample"]]
        parts[row["paper"]] += [named, *of[row["paper"], row["experiment"]]]
    return parts


def paper(row: Row, parts: list[list[Any]], results: Path, papers: str, files: dict[str, str]) -> Row:
    """A paper: its row, a link to its PDF, the sizes of its pages in points, its supplements, and what truncation left
    out. `files` is {paper: file}."""
    is_counted = row["status"] not in LEFT_OUT
    known = {key: row[key] for key in SHOWN} | {"parts": parts, "is_counted": is_counted}
    known["pdf"] = f"{papers}/{quote(row['file'])}" if row["file"] else ""
    if not is_counted:
        return known
    text, context = records.read_paper(results, row["paper"])
    cut = [section for section in context["sections"] if section["tokens_kept"] < section["tokens"]]
    supplements = [(part["page"], files[part["paper"]]) for part in text.get("parts", []) if part["paper"] in files]
    return known | {
        "bad_pages": quality.bad_pages(text["pages"]),
        "sizes": {page["page"]: [page["width"], page["height"]] for page in text["pages"]},
        "supplements": [{"page": page, "file": file, "pdf": f"{papers}/{quote(file)}"} for page, file in supplements],
        "left_out": [[section[key] for key in COLUMNS["left_out"]] for section in cut],  # type: ignore[literal-required]
    }


def value_rows(
    extractions: Iterable[Row],
    numbers: dict[str, int],
    parts: dict[str, list[list[Any]]],
    parameters: list[Row],
    sentences: Sentences,
) -> Iterator[list[Any]]:
    """The rows of extractions.csv. Empty cells at the end of a row are left out."""
    places, named = _places(parts, parameters)
    for row in extractions:
        place = (
            numbers[row["paper"]],
            named.get((row["paper"], row["experiment"], row["group"]), 0),
            places[row["parameter"]],
        )
        cells = [*place, sentences.number(row), *(_short(row[key]) for key in VALUE)]
        cells += [row[key] for key in (*REVIEW, "rule")]
        while cells[-1] in (None, ""):
            cells.pop()
        yield cells


def _places(
    parts: dict[str, list[list[Any]]], parameters: list[Row]
) -> tuple[dict[str, int], dict[tuple[str, str, str], int]]:
    """The indices of parameters, by name, and the numbers of experiments and groups, by (paper, experiment, group)."""
    named = {(paper, *scope): n for paper, own in parts.items() for n, (*scope, _, _) in enumerate(own, 1)}
    return {parameter["name"]: number for number, parameter in enumerate(parameters)}, named


def outcome_rows(
    meta: Iterable[Row], numbers: dict[str, int], parts: dict[str, list[list[Any]]], parameters: list[Row]
) -> Iterator[list[Any]]:
    """The number that a row of meta.csv gives, with its 95% interval if there is one: the mean of a group, Hedges' g of
    a comparison, or the d that is printed with a statistic."""
    places, named = _places(parts, parameters)
    units = [parameter.get("unit", "") for parameter in parameters]
    for row in meta:
        scope, place = (row["paper"], row["experiment"]), places[row["outcome"]]
        part = named.get((*scope, row["group_name_1"]), 0)
        other = named.get((*scope, row["group_name_2"])) if row["group_name_2"] else None
        unit = row["unit"] if row["row"] == "group" and row["unit"] != units[place] else ""
        n1, n2 = row["n1i"], row["n2i"]
        value, interval, n = row["mi"], None, row["ni"]
        if row["row"] == "group":
            interval = effects.interval_of_mean(value, row["sdi"], n)
        else:
            value, n = row["g"] if row["row"] == "comparison" else row["d"], n1 + n2 if n1 and n2 else row["n_1"]
            if value is not None and n1 and n2:
                interval = effects.interval_of_effect(value, effects.variance(value, n1, n2))
        if value is not None:
            yield [
                numbers[row["paper"]],
                part,
                other,
                place,
                unit,
                n,
                *(float(f"{number:.6g}") for number in (value, *(interval or ()))),
            ]


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def read_findings(results: Path) -> dict[str, list[Row]]:
    """The findings of each discovery, by its name."""
    findings: dict[str, list[Row]] = defaultdict(list)
    with tables.open_sqlite(results / "designspace.sqlite") as base:
        for row in base.execute("SELECT * FROM findings"):
            findings[row["discovery"]].append(dict(row))
    return findings


def discoveries(
    rows: Iterable[Row],
    findings: dict[str, list[Row]],
    numbers: dict[str, int],
    parameters: list[Row],
    sentences: Sentences,
) -> list[Row]:
    """The discoveries with their findings, and each as an entry for the parameter library."""
    names = {parameter["name"] for parameter in parameters} | {"paper", "experiment"}
    shown = []
    for row in rows:
        own = findings[row["name"]]
        discovery = {key: row[key] for key in ("name", "category", "description", "importance")}
        discovery["findings"] = [
            [numbers[f["paper"]], sentences.number(f), *(_short(f[key]) for key in FINDING)] for f in own
        ]
        shown.append(discovery | {"entry": entry(row, own, names)})
    return shown


def entry(discovery: Row, findings: list[Row], names: set[str]) -> str:
    """A discovery as a line of YAML for the parameter library, whose names are `names`. Its kind is that of its values;
    it may have several values if a paper has several."""
    name = re.sub(r"[^a-z0-9]+", "_", discovery["name"].lower()).lstrip("0123456789_")[:56].strip("_") or "finding"
    while name in names:
        name += "_x"
    values = [(finding["value"] or "").strip() for finding in findings]
    unit = discovery["unit"]
    several = len({finding["paper"] for finding in findings}) < len(findings)
    definition = " ".join(discovery["description"].split()) or discovery["name"]
    parameter: Row = {"name": name, "kind": kind_of(values, unit)}
    if unit:
        parameter["unit"] = unit
    if several:
        parameter["multiple"] = True
    parameter["definition"] = definition
    line: str = yaml.safe_dump(
        parameter, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return "- " + line.strip()


def kind_of(values: list[str], unit: str) -> str:
    """The kind of parameter that allows these values."""
    if all(NUMBER.fullmatch(value) for value in values):
        whole = all(float(value).is_integer() for value in values)
        return "integer" if whole and not unit else "number"
    return "boolean" if all(value in ("true", "false") for value in values) else "string"


def correction_rows(corrected: list[corrections.Correction], papers: list[Row]) -> list[list[Any]]:
    """The corrections of the file, oldest first, each with the id of its paper, "" if the paper is not in the run."""
    names = ledger.names(papers)
    return [[names.get(row.paper, ""), *row] for row in corrected]


def steps(benchmarks: Path) -> list[Row]:
    """What the steps of the run took, by step: the number of jobs that recorded their time, their seconds together, and
    the largest memory of one, in bytes."""
    taken = []
    for step in sorted(benchmarks.glob("*")):
        files = sorted(step.glob("*.tsv")) if step.is_dir() else [step]
        lines = [file.read_text("utf-8", "replace").splitlines() for file in files]
        jobs = [row for table in lines for row in csv.DictReader(table, delimiter="\t")]
        # A cell that is not a number was not measured, or the file is incomplete: it is not counted.
        cells = ([job.get(key) or "" for job in jobs] for key in ("s", "max_rss"))
        seconds, mebibytes = (
            list(filter(math.isfinite, (float(cell) for cell in column if NUMBER.fullmatch(cell)))) for column in cells
        )
        most = int(max(mebibytes, default=0) * 2**20)
        taken.append({"step": step.stem, "jobs": len(jobs), "seconds": sum(seconds), "bytes": most})
    return taken


def way(page: Path, folder: Path) -> str:
    """The relative path from a page to a folder, as a part of a link."""
    return quote(Path(os.path.relpath(folder, page.parent)).as_posix())
