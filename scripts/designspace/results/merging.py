"""From the records of the papers to the tables of the whole folder.

The ledger lists the papers and batches; no other file of the results is read. The order of the rows depends on the
papers alone, so the same records give the same tables, in whatever order they were written.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from designspace.core import places, records
from designspace.core.contracts import Answers, Context, Text
from designspace.core.records import BrokenResult
from designspace.language.matching import spelled
from designspace.language.values import as_text, typed
from designspace.parsing import quality
from designspace.planning.branches import differing
from designspace.project import exclusions, ledger
from designspace.project.folder import pdf_files
from designspace.project.library.entries import Entry
from designspace.project.pilot import NOT_YET
from designspace.results import (
    agreement,
    corrections,
    discoveries,
    groups,
    marks,
    meta,
    outcomes,
    papers,
    prisma,
    tables,
)
from designspace.results.agreement import Reviewed
from designspace.results.columns import fill, plain
from designspace.results.marks import Cells, Corrected
from designspace.results.outcome_rows import OutcomeRow
from designspace.results.papers import LookUp
from designspace.results.rows import (
    ExperimentRow,
    ExtractionRow,
    GroupRow,
    PaperRow,
    UnusedRow,
)
from designspace.results.score_rows import MemoryRow

TYPES = {"integer": (int, float), "number": (int, float), "boolean": (bool,)}  # of a value in a record, by kind
Parameter = dict[str, Any]  # an entry of the library
WIDE = ("parameters", "groups", "meta")  # the tables with columns for the parameters


def papers_present(ledger_file: Path, folder: Path, with_subfolders: bool) -> list[dict[str, Any]]:
    """The rows of the ledger whose PDF is in `folder` now, by paper. If only a copy of a paper is left since the run
    began, the paper keeps its name, with the copy's file."""
    if not ledger_file.is_file():
        raise BrokenResult(f"{ledger_file} is missing: run the workflow, which writes it before its first job.")
    rows = {row.paper: row._asdict() for row in ledger.load(ledger_file)}
    files = set(pdf_files(folder, with_subfolders))
    here = {paper: row for paper, row in sorted(rows.items()) if row["file"] in files}
    for paper, row in list(here.items()):
        original = row["duplicate_of"]
        if original and original not in here:
            here[original] = {**rows[original], "file": row["file"]}
            del here[paper]
    return list(here.values())


def check_answers(record: Answers, text: Text, library: dict[str, Parameter], path: Path) -> None:
    """Raise BrokenResult for answers of another task, paper or library than expected, or with a value or evidence that
    is not valid."""
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
        grouped = differing(list(library.values()), "group")
        if record["task"] == "extraction" and grouped and "groups" not in record:
            raise records.set_aside(path, f"has no groups of {paper}")  # an older version made it
        if record["task"] == "discovery" and "findings" not in record:
            raise records.set_aside(path, f"has no findings of {paper}")
    for value in record.get("values", []):
        if not is_value(value.get("value"), library[value["parameter"]]):
            raise records.set_aside(path, f"has a value of {value['parameter']} that its kind does not allow")
    for item in records.items(record):
        if item["evidence"] is not None and text["text"][item["start"] : item["end"]] != item["evidence"]:
            named: Any = item
            name = named.get("parameter") or named["name"]
            raise records.set_aside(path, f"has evidence for {name} that is not in the text of {paper}")


def is_value(value: Any, parameter: Parameter) -> bool:
    """Whether a record may have this as the value of a parameter: a value of its kind, or None."""
    if parameter["kind"] == "category":
        return value is None or value in parameter["values"]
    return value is None or type(value) in TYPES.get(parameter["kind"], (str,))


def answers_of(record: Answers) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """The model's answers in each cell, by parameter, and experiment and group as `spelled`. A value that is not
    reported is only a `candidate`."""
    cells: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for value in record.get("values", []):
        text = plain(as_text(value.get("value")))
        reported = value["status"] == "reported"
        held = {"value": text if reported else "", "candidate": "" if reported else text}
        scope = spelled(value.get("experiment", "")), spelled(value.get("group", ""))
        cells[value["parameter"], *scope].append({**value, **held})
    return cells


def extraction_rows(
    record: Answers, parameters: dict[str, Parameter], corrected: Cells, standing: str
) -> list[ExtractionRow]:
    """A row for each value, in the order of the library: first for the whole paper, then for its experiments, each
    before its groups. For a paper that failed, only the corrections. `number` is the value of a numeric parameter.
    `corrected` is the paper's part of `marks.sort_out`."""
    cells, rows = answers_of(record), []
    scopes = [("", ""), *groups.scopes_of(record, corrected)]
    for name, parameter in parameters.items():
        is_numeric = parameter["kind"] in ("integer", "number")
        for experiment, group in scopes:
            cell = name, spelled(experiment), spelled(group)
            answers = cells[cell]
            if reviewed := corrected.get(cell):
                answers = marks.review(answers, reviewed, parameter, standing)
            for item, answer in enumerate(answers, 1):
                place = {"paper": record["paper"], "experiment": experiment, "group": group, "parameter": name}
                unit = answer.get("unit", parameter.get("unit"))
                number = float(answer["value"]) if is_numeric and answer["value"] else None
                rows.append(fill(ExtractionRow, place, answer, item=item, unit=unit, number=number))
    return rows


def reviewed_cells(record: Answers, parameters: dict[str, Parameter], corrected: Cells) -> list[Reviewed]:
    """The cells of a paper with marks, and what the model reports there."""
    cells, reviewed = answers_of(record), []
    scopes = list(groups.scopes_of(record, corrected))
    named = {(spelled(experiment), spelled(group)): (experiment, group) for experiment, group in scopes}
    for (parameter, experiment, group), own in corrected.items():
        given = [answer["value"] for answer in cells[parameter, experiment, group] if answer["status"] == "reported"]
        held = [typed(text, parameters[parameter]) for text in given]
        place = named.get((experiment, group), (experiment, group))
        reviewed.append(Reviewed(record["paper"], *place, parameter, own, held, "; ".join(given)))
    return reviewed


def memory_row(record: Answers) -> MemoryRow:
    """What one task took for one paper: bytes predicted and measured, tokens, seconds by phase."""
    seconds = {f"seconds_{phase}": value for phase, value in record.get("seconds", {}).items()}
    return fill(MemoryRow, record, record.get("memory", {}), seconds)


class Sources(NamedTuple):
    """What is known of the papers beside their PDFs: the entries of the library, {any name of an excluded paper: the
    reason}, and a function that gives the entries of DOIs that the library does not have."""

    entries: list[Entry] = []
    excluded: Mapping[str, str] = {}
    look_up: LookUp = lambda dois: {}
    with_subfolders: bool = False


NO_OTHERS = Sources()


class PaperRows(NamedTuple):
    """The rows of one paper, its findings, and its cells with marks."""

    extractions: list[ExtractionRow] = []
    experiments: list[ExperimentRow] = []
    groups: list[GroupRow] = []
    outcomes: list[OutcomeRow] = []
    memory: list[MemoryRow] = []
    findings: list[dict[str, Any]] = []
    reviewed: list[Reviewed] = []


NO_ROWS = PaperRows()


class Tables(NamedTuple):
    """All tables, by name, and the included papers as items of CSL-JSON."""

    frames: dict[str, pd.DataFrame]
    included: list[dict[str, Any]]


def build(
    results: Path,
    ledger_file: Path,
    folder: Path,
    parameters: list[Parameter],
    corrections_file: Path,
    sources: Sources = NO_OTHERS,
    standing: str = "none",
) -> Tables:
    """The tables of the papers of the ledger whose PDF is in `folder`, and of entries without a PDF.

    `parameters` are the entries of the library, in order; `standing` decides what a cell contains if reviewers
    disagree. Raises BrokenResult for a missing or damaged record, LedgerError for a damaged ledger and SheetError for
    corrections that cannot be used.
    """
    library = {parameter["name"]: parameter for parameter in parameters}
    present = papers_present(ledger_file, folder, sources.with_subfolders)
    called = ledger.names(present)
    corrected, unused = marks.sort_out(corrections.load(corrections_file, library), called, library)
    readings: dict[str, papers.Reading] = {}
    of_papers: dict[str, PaperRows] = {}
    for paper, text, context, extraction, discovery in _papers(results, present, library):
        readings[paper] = papers.reading(text, context, [extraction, discovery])
        of_papers[paper] = _rows_of(text, extraction, discovery, library, corrected[paper], standing)
        bad = quality.bad_pages(text["pages"])
        for row in of_papers[paper].extractions:
            row["warning"] = quality.warning(row["page"], bad)
    excluded = {entry["paper"]: NOT_YET for entry in present if entry["batch"] == ledger.EXCLUDED}
    excluded |= exclusions.of_papers(sources.excluded, called)
    outcome = papers.Papers(present, readings, sources.entries, excluded, sources.look_up).outcome()
    counted = [row["paper"] for row in outcome.rows if row["status"] not in papers.LEFT_OUT]
    rows: dict[str, list[Any]] = {name: [] for name in tables.ROWS}
    rows["papers"], rows["prisma"] = outcome.rows, prisma.counts(outcome.rows)
    rows["corrections_unused"] = [fill(UnusedRow, row) for row in [*unused, *_of_left_out(corrected, outcome.rows)]]
    rows["memory"] = [row for paper in outcome.rows for row in of_papers.get(paper["paper"], NO_ROWS).memory]
    rows["extractions"] = [row for paper in counted for row in of_papers[paper].extractions]
    rows["experiments"] = [row for paper in counted for row in of_papers[paper].experiments]
    rows["groups"] = [row for paper in counted for row in of_papers[paper].groups]
    rows["outcomes"] = [row for paper in counted for row in of_papers[paper].outcomes]
    reviewed = [cell for paper in counted for cell in of_papers[paper].reviewed]
    rows["reviews"] = agreement.review_rows(reviewed, library)
    rows["agreement"] = agreement.agreement_rows(reviewed, library)
    findings = [finding for paper in counted for finding in of_papers[paper].findings]
    cited = {row["paper"]: row["citation"] for row in outcome.rows}
    for unused_row in rows["corrections_unused"]:
        unused_row["citation"] = cited.get(called.get(unused_row["paper"], ""), "")
    rows["corrections_unused"].sort(key=papers.sort_key)
    files = {entry["paper"]: entry["file"] for entry in present}
    located = [*rows["extractions"], *rows["experiments"], *rows["groups"], *rows["outcomes"]]
    located += [*rows["memory"], *rows["reviews"], *findings]
    _locate(located, cited, files, readings)
    rows["discoveries"], rows["findings"] = discoveries.merge(findings)
    frames = {name: tables.frame_of(kind, rows[name]) for name, kind in tables.ROWS.items() if name not in WIDE}
    frames["parameters"] = groups.parameter_frame(
        rows["extractions"], rows["groups"], {one: cited[one] for one in counted}, library
    )
    frames["groups"] = groups.group_frame(rows["extractions"], rows["groups"], library)
    models = {row["paper"]: row["model"] for row in rows["memory"] if row["task"] == "extraction"}
    frames["meta"] = meta.build(rows["extractions"], rows["groups"], rows["outcomes"], library, rows["papers"], models)
    return Tables(frames, outcome.included)


def _locate(
    rows: list[Any], cited: Mapping[str, str], files: Mapping[str, str], readings: Mapping[str, papers.Reading]
) -> None:
    """Add the citation of the paper to rows, and the file and page of the evidence to rows that have evidence."""
    for row in rows:
        row["citation"] = cited[row["paper"]]
        if row.get("page"):
            paper, row["evidence_page"] = places.file_and_page(readings[row["paper"]].parts, row["page"])
            row["evidence_file"] = files.get(paper, "")


def _rows_of(
    text: Text, extraction: Answers, discovery: Answers, library: dict[str, Parameter], corrected: Cells, standing: str
) -> PaperRows:
    paper = extraction["paper"]
    named = groups.experiments_of(extraction, corrected)
    reviewed = reviewed_cells(extraction, library, corrected)
    extractions = extraction_rows(extraction, library, corrected, standing)
    of_groups = groups.rows_of(extraction, corrected)
    return PaperRows(
        extractions,
        [fill(ExperimentRow, experiment, paper=paper, experiment=experiment["name"]) for experiment in named],
        of_groups,
        outcomes.rows_of(extractions, of_groups, text, library),
        [memory_row(record) for record in (extraction, discovery)],
        [{**finding, "paper": paper, "item": item} for item, finding in enumerate(discovery.get("findings", []), 1)],
        sorted(reviewed, key=lambda cell: (cell.experiment, cell.group, list(library).index(cell.parameter))),
    )


def _of_left_out(corrected: Corrected, rows: list[PaperRow]) -> Iterator[dict[str, Any]]:
    """The corrections of papers that are not counted."""
    for row in rows:
        if row["status"] in papers.LEFT_OUT and row["paper"] in corrected:
            reason = f"The paper is not counted: its status is {row['status']}."
            for own in corrected[row["paper"]].values():
                yield from (mark._asdict() | {"reason": reason} for mark in [*own.decisions(), *own.notes])


def _papers(
    results: Path, present: list[dict[str, Any]], library: dict[str, Parameter]
) -> Iterator[tuple[str, Text, Context, Answers, Answers]]:
    """Each paper that was asked and is neither a copy nor a supplement: its text, its context, and its answers to both
    tasks."""
    batches = defaultdict(list)
    for entry in present:
        if entry["batch"] != ledger.EXCLUDED and not entry["duplicate_of"] and not entry["supplement_of"]:
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
            yield paper, text, context, extraction[paper], discovery[paper]
