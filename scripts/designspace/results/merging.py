"""From the records of the single papers to the tables of the whole folder.

The ledger lists the papers and batches; no other file of the results is read. The order of the rows
depends on the papers alone, so the same records give the same tables in whatever order they were written.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from designspace.core import records
from designspace.core.contracts import Answers, Context, Text
from designspace.core.records import BrokenResult
from designspace.language.matching import spelled
from designspace.language.values import as_text
from designspace.project import ledger
from designspace.results import corrections, groups, tables
from designspace.results.corrections import Cells
from designspace.results.rows import (
    DiscoveryRow,
    ExperimentRow,
    ExtractionRow,
    FindingRow,
    MemoryRow,
    PaperRow,
    UnusedRow,
    fill,
    plain,
)

IMPORTANCE = ("high", "medium", "low")
TYPES = {"integer": (int, float), "number": (int, float), "boolean": (bool,), "string": (str,)}  # in a record, by kind
Parameter = dict[str, Any]  # an entry of the library


def papers_present(ledger_file: Path, folder: Path) -> list[dict[str, Any]]:
    """The rows of the ledger whose PDF is in `folder` now, by paper.

    A paper of which only a copy was left since the run began lives on under its own name, with the copy's file.
    """
    if not ledger_file.is_file():
        raise BrokenResult(f"{ledger_file} is missing: run the workflow, which writes it before its first job.")
    rows = {row.paper: row._asdict() for row in ledger.load(ledger_file)}
    files = set(ledger.pdf_files(folder))
    here = {paper: row for paper, row in sorted(rows.items()) if row["file"] in files}
    for paper, row in list(here.items()):
        original = row["duplicate_of"]
        if original and original not in here:
            here[original] = {**rows[original], "file": row["file"]}
            del here[paper]
    return list(here.values())


def check_answers(record: Answers, text: Text, library: dict[str, Parameter], path: Path) -> None:
    """Raise BrokenResult for answers that are not those of the batch's task about this paper and this library, or with
    a value or evidence that is none."""
    paper, answered = record["paper"], {value["parameter"] for value in record.get("values", [])}
    if record["task"] != path.parent.name:
        raise records.set_aside(path, f"has answers of another task, {record['task']}")
    if record["status"] not in ("failed", text["status"]):
        raise records.set_aside(path, f"gives {paper} the status {record['status']}, and its text has {text['status']}")
    if unknown := answered - library.keys():
        raise records.set_aside(path, f"answers {min(unknown)}, which the parameter library does not have")
    if record["status"] == "ok":
        if record["task"] == "extraction" and (missing := library.keys() - answered):
            raise records.set_aside(path, f"has no answer about {min(missing)} of {paper}")
        grouped = any(parameter.get("per") == "group" for parameter in library.values())
        if record["task"] == "extraction" and grouped and "groups" not in record:
            raise records.set_aside(path, f"has no groups of {paper}")  # an older version made it
        if record["task"] == "discovery" and "findings" not in record:
            raise records.set_aside(path, f"has no findings of {paper}")
    for value in record.get("values", []):
        if not is_value(value.get("value"), library[value["parameter"]]):
            raise records.set_aside(path, f"has a value of {value['parameter']} that is none")
    for item in records.items(record):
        if item["evidence"] is not None and text["text"][item["start"] : item["end"]] != item["evidence"]:
            named: Any = item
            name = named.get("parameter") or named["name"]
            raise records.set_aside(path, f"has evidence for {name} that is not in the text of {paper}")


def is_value(value: Any, parameter: Parameter) -> bool:
    """Whether a record may have this as the value of a parameter: one of its kind, or None."""
    if parameter["kind"] == "category":
        return value is None or value in parameter["values"]
    return value is None or type(value) in TYPES[parameter["kind"]]


def paper_row(entry: dict[str, Any], text: Text, context: Context, answers: list[Answers]) -> PaperRow:
    """The row of a paper that was processed. Its status is the worst of what happened: a text that could not be read
    first, then a task that failed."""
    failed = [record for record in answers if record["status"] == "failed"]
    if text["status"] != "ok":
        status, reason = text["status"], text["reason"]
    elif failed:
        status, reason = "failed", " ".join(f"{r['task'].capitalize()}: {r['reason']}" for r in failed)
    else:
        status, reason = "ok", text["reason"]
    citation: Any = text.get("citation", {})  # a text of an older version has none
    authors = "; ".join(citation.get("authors", []))
    cells = {"pages": text["n_pages"], "authors": authors, "status": status, "reason": reason}
    return fill(PaperRow, entry, context, citation, **cells)


def extraction_rows(record: Answers, parameters: dict[str, Parameter], corrected: Cells) -> list[ExtractionRow]:
    """A row for each value, in the order of the library, for the whole paper, then for its experiments, each before its
    groups; of a paper that failed, only the corrections. A value that is not reported is only a `candidate`; `number`
    is the value of a numeric parameter. `corrected` is the paper's part of `corrections.sort_out`."""
    cells: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    rows = []
    for value in record.get("values", []):
        text = plain(as_text(value.get("value")))
        reported = value["status"] == "reported"
        held = {"value": text if reported else "", "candidate": "" if reported else text}
        scope = spelled(value.get("experiment", "")), spelled(value.get("group", ""))
        cells[value["parameter"], *scope].append({**value, **held})
    scopes = [("", ""), *groups.scopes_of(record, corrected)]
    for name, parameter in parameters.items():
        is_numeric = parameter["kind"] in ("integer", "number")
        for experiment, group in scopes:
            cell = name, spelled(experiment), spelled(group)
            answers = cells[cell]
            if correction := corrected.get(cell):
                answers = corrections.review(answers, correction, parameter)
            for item, answer in enumerate(answers, 1):
                place = {"paper": record["paper"], "experiment": experiment, "group": group, "parameter": name}
                unit = answer.get("unit", parameter.get("unit"))
                number = float(answer["value"]) if is_numeric and answer["value"] else None
                rows.append(fill(ExtractionRow, place, answer, item=item, unit=unit, number=number))
    return rows


def memory_row(record: Answers) -> MemoryRow:
    """What one task took for one paper: bytes predicted and measured, tokens, seconds by phase."""
    seconds = {f"seconds_{phase}": value for phase, value in record.get("seconds", {}).items()}
    return fill(MemoryRow, record, record.get("memory", {}), seconds)


def discovery_key(name: str) -> str:
    """What two names of one finding share: their words in lower case and in the singular (a plural s is dropped, not
    that of -ss, -us, -is), in alphabetical order, without articles and `of`: tilt_of_the_tablets = tablet_tilt."""
    words = [word for word in re.split(r"[\W_]+", name.lower()) if word not in ("", "a", "an", "the", "of")]
    plural = re.compile(r"(?<=\w\w[^sui])s$")
    return " ".join(sorted(plural.sub("", word) for word in words)) or name


def merge_findings(findings: list[dict[str, Any]]) -> tuple[list[DiscoveryRow], list[FindingRow]]:
    """Rows of discoveries and of findings. Findings whose names have the same discovery_key are one discovery. Its
    name, category and unit are the commonest; its importance is the highest; description and evidence are those of
    the most important finding, of the most confident one among equals."""
    alike: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in findings:
        alike[discovery_key(finding["name"])].append(finding)
    discoveries: list[DiscoveryRow] = []
    rows: list[FindingRow] = []
    for group in alike.values():
        discovery = _discovery(group)
        discoveries.append(discovery)
        texts = ({"value": as_text(finding.get("value")), "discovery": discovery["name"]} for finding in group)
        rows += [fill(FindingRow, text, finding) for text, finding in zip(texts, group, strict=True)]
    discoveries.sort(key=lambda row: (-row["n_papers"], IMPORTANCE.index(row["importance"]), row["name"]))
    return discoveries, sorted(rows, key=lambda row: (row["paper"], row["item"]))


def _discovery(group: list[dict[str, Any]]) -> DiscoveryRow:
    """The row of a discovery, which these findings are."""
    best = min(group, key=lambda one: (IMPORTANCE.index(one["importance"]), -(one.get("confidence") or 0)))
    values = defaultdict(list)
    for finding in group:
        values[finding["paper"]].append(f"{as_text(finding.get('value'))} {finding.get('unit') or ''}".strip())
    return fill(
        DiscoveryRow,
        best,
        **{field: _commonest(group, field) for field in ("name", "category", "unit")},
        n_papers=len(values),
        papers="; ".join(values),
        values="; ".join(f"{paper}: {', '.join(texts)}" for paper, texts in values.items()),
        evidence_paper=best["paper"],
        evidence_page=best["page"],
    )


def _commonest(group: list[dict[str, Any]], field: str) -> str:
    counts = Counter(finding.get(field) or "" for finding in group)
    return min(counts, key=lambda value: (-counts[value], value))


def build(
    results: Path, ledger_file: Path, folder: Path, parameters: list[Parameter], corrections_file: Path
) -> dict[str, pd.DataFrame]:
    """All tables, by name, of the papers that the ledger names and whose PDF is in `folder`.

    `parameters` are the entries of the library, in order. Raises BrokenResult for a record that is missing or damaged,
    LedgerError for a damaged ledger and SheetError for corrections that cannot be used.
    """
    library = {parameter["name"]: parameter for parameter in parameters}
    present = papers_present(ledger_file, folder)
    reviews = corrections.load(corrections_file, library)
    corrected, unused = corrections.sort_out(reviews, ledger.names(present), library)
    rows: dict[str, list[Any]] = {name: [] for name in tables.ROWS}
    rows["corrections_unused"] = [fill(UnusedRow, row) for row in unused]
    rows["papers"] = [fill(PaperRow, entry, status="duplicate") for entry in present if entry["duplicate_of"]]
    findings: list[dict[str, Any]] = []
    for entry, text, context, extraction, discovery in _papers(results, present, library):
        paper, own = entry["paper"], corrected[entry["paper"]]
        answers = [extraction, discovery]
        rows["papers"].append(paper_row(entry, text, context, answers))
        rows["extractions"] += extraction_rows(extraction, library, own)
        named = groups.experiments_of(extraction, own)
        rows["experiments"] += [fill(ExperimentRow, e, paper=paper, experiment=e["name"]) for e in named]
        rows["groups"] += groups.rows_of(extraction, own)
        rows["memory"] += map(memory_row, answers)
        numbered = enumerate(discovery.get("findings", []), 1)
        findings += [{**finding, "paper": paper, "item": item} for item, finding in numbered]
    for table in ("papers", "extractions", "experiments", "groups", "memory"):
        rows[table].sort(key=itemgetter("paper"))  # stable: within a paper the order is the library's
    rows["discoveries"], rows["findings"] = merge_findings(sorted(findings, key=itemgetter("paper")))
    frames = {name: tables.frame_of(kind, rows[name]) for name, kind in tables.ROWS.items() if name != "parameters"}
    papers = frames["papers"].loc[frames["papers"]["status"] != "duplicate", "paper"]
    frames["parameters"] = groups.parameter_frame(rows["extractions"], rows["groups"], list(papers), library)
    frames["groups"] = groups.group_frame(rows["extractions"], rows["groups"], library)
    return frames


def _papers(
    results: Path, present: list[dict[str, Any]], library: dict[str, Parameter]
) -> Iterator[tuple[dict[str, Any], Text, Context, Answers, Answers]]:
    """Each paper that is no copy: its row of the ledger, its text and context, and its answers to both tasks."""
    batches = defaultdict(list)
    for entry in present:
        if not entry["duplicate_of"]:
            batches[entry["batch"]].append(entry)
    for batch, entries in batches.items():
        names = [entry["paper"] for entry in entries]
        sources = [results / task / f"{batch}.jsonl" for task in ("extraction", "discovery")]
        extraction, discovery = (records.read_batch(source, names) for source in sources)
        for entry in entries:
            paper = entry["paper"]
            text, context = records.read_paper(results, paper)
            for source, record in zip(sources, (extraction[paper], discovery[paper]), strict=True):
                check_answers(record, text, library, source)
            yield entry, text, context, extraction[paper], discovery[paper]
