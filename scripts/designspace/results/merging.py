"""From the records of the single papers to the tables of the whole folder.

The ledger says which papers and batches there are; nothing else in the results is looked at. The order of the rows
depends on the papers alone, so the same records give the same tables in whatever order they were written.
"""

import json
import re
from collections import Counter, defaultdict
from operator import itemgetter
from pathlib import Path

import pandas as pd

from designspace.core import records
from designspace.core.records import BrokenResult
from designspace.language.matching import spelled
from designspace.language.values import as_text
from designspace.project import ledger
from designspace.results import corrections
from designspace.results.tables import TABLES, make_frame

IMPORTANCE = ("high", "medium", "low")
TYPES = {"integer": (int, float), "number": (int, float), "boolean": (bool,), "string": (str,)}  # in a record, by kind
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def papers_present(ledger_file: Path, folder: Path) -> list[dict]:
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


def _cell(value):
    """What a record says, as a cell: text with newlines for line ends and nothing else that cannot be printed."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("\ufffd", re.sub("\r\n?", "\n", value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value)
    return value


def _row(table: str, *sources: dict, **more) -> tuple:
    """A row of `table`: each column from `more`, or from the first of `sources` that has it, or missing."""
    merged = {**{key: value for source in reversed(sources) for key, value in source.items()}, **more}
    return tuple(_cell(merged.get(column)) for column in TABLES[table])


def check_answers(record: dict, text: dict, library: dict[str, dict], path: Path) -> None:
    """Raise BrokenResult for answers that are not those of the batch's task about this paper and this library, or with
    a value or evidence that is none."""
    paper, answered = record["paper"], {value["parameter"] for value in record.get("values", [])}
    if record["task"] != path.parent.name:
        raise records.set_aside(path, f"has answers of another task, {record['task']}")
    if record["status"] not in ("failed", text["status"]):
        raise records.set_aside(path, f"says that {paper} is {record['status']}, and its text is {text['status']}")
    if unknown := answered - library.keys():
        raise records.set_aside(path, f"answers {min(unknown)}, which the parameter library does not have")
    if record["status"] == "ok":
        if record["task"] == "extraction" and (missing := library.keys() - answered):
            raise records.set_aside(path, f"has no answer about {min(missing)} of {paper}")
        if record["task"] == "discovery" and "findings" not in record:
            raise records.set_aside(path, f"has no findings of {paper}")
    for value in record.get("values", []):
        if not is_value(value.get("value"), library[value["parameter"]]):
            raise records.set_aside(path, f"has a value of {value['parameter']} that is none")
    for item in records.items(record):
        if item["evidence"] is not None and text["text"][item["start"] : item["end"]] != item["evidence"]:
            name = item.get("parameter") or item["name"]
            raise records.set_aside(path, f"has evidence for {name} that is not in the text of {paper}")


def is_value(value, parameter: dict) -> bool:
    """Whether a record may say this of a parameter: a value of its kind, or None."""
    if parameter["kind"] == "category":
        return value is None or value in parameter["values"]
    return value is None or type(value) in TYPES[parameter["kind"]]


def paper_row(entry: dict, text: dict, context: dict, records: list[dict]) -> tuple:
    """The row of a paper that was processed. Its status is the worst of what happened: a text that could not be read
    first, then a task that failed."""
    failed = [record for record in records if record["status"] == "failed"]
    if text["status"] != "ok":
        status, reason = text["status"], text["reason"]
    elif failed:
        status, reason = "failed", " ".join(f"{r['task'].capitalize()}: {r['reason']}" for r in failed)
    else:
        status, reason = "ok", text["reason"]
    citation = text.get("citation", {})  # a text of an older version has none
    authors = "; ".join(citation.get("authors", []))
    cells = {"pages": text["n_pages"], "authors": authors, "status": status, "reason": reason}
    return _row("papers", entry, context, citation, **cells)


def extraction_rows(
    record: dict, parameters: dict[str, dict], corrected: dict[tuple, corrections.Correction]
) -> list[tuple]:
    """A row for each value, in the order of the library, for the whole paper before its experiments; of a paper that
    failed, only what readers say. A value that is not reported is only a `candidate`; `number` is the value of a
    numeric parameter. `corrected` is the paper's part of `corrections.sort_out`."""
    cells, rows = defaultdict(list), []
    for value in record.get("values", []):
        text = _cell(as_text(value.get("value")))
        told = {"value": text, "candidate": ""} if value["status"] == "reported" else {"value": "", "candidate": text}
        cells[value["parameter"], spelled(value.get("experiment", ""))].append({**value, **told})
    experiments = ["", *(experiment["name"] for experiment in experiments_of(record, corrected))]
    for name, parameter in parameters.items():
        numeric = parameter["kind"] in ("integer", "number")
        for experiment in experiments:
            answers = cells[name, spelled(experiment)]
            if correction := corrected.get((name, spelled(experiment))):
                answers = corrections.review(answers, correction, parameter)
            for item, answer in enumerate(answers, 1):
                cell = {"paper": record["paper"], "experiment": experiment, "parameter": name, "item": item}
                cell["unit"] = answer.get("unit", parameter.get("unit"))
                cell["number"] = float(answer["value"]) if numeric and answer["value"] else None
                rows.append(_row("extractions", cell, answer))
    return rows


def experiments_of(record: dict, corrected: dict[tuple, corrections.Correction]) -> list[dict]:
    """The experiments of a paper: the record's, then those that only its values or corrections name, each in the
    spelling that comes first."""
    only_named = [value.get("experiment", "") for value in record.get("values", [])]
    only_named += [correction.experiment for correction in corrected.values()]
    experiments = {}
    for experiment in [*record.get("experiments", []), *({"name": name} for name in only_named if name)]:
        experiments.setdefault(spelled(experiment["name"]), experiment)
    return list(experiments.values())


def memory_row(record: dict) -> tuple:
    """What one task cost one paper: bytes predicted and measured, tokens, seconds by phase."""
    seconds = {f"seconds_{phase}": value for phase, value in record.get("seconds", {}).items()}
    return _row("memory", record, record.get("memory", {}), seconds)


def discovery_key(name: str) -> str:
    """What two names of one finding share: their words in lower case and in the singular (a plural s is dropped, not
    that of -ss, -us, -is), in alphabetical order, without articles and `of`: tilt_of_the_tablets = tablet_tilt."""
    words = [word for word in re.split(r"[\W_]+", name.lower()) if word not in ("", "a", "an", "the", "of")]
    plural = re.compile(r"(?<=\w\w[^sui])s$")
    return " ".join(sorted(plural.sub("", word) for word in words)) or name


def merge_findings(findings: list[dict]) -> tuple[list[tuple], list[tuple]]:
    """Rows of discoveries and of findings. Findings whose names have the same discovery_key are one discovery. Its
    name, category and unit are the commonest; its importance is the highest; description and evidence are those of
    the most important finding, of the most confident one among equals."""
    groups = defaultdict(list)
    for finding in findings:
        groups[discovery_key(finding["name"])].append(finding)

    def commonest(group, field):
        counts = Counter(finding.get(field) or "" for finding in group)
        return min(counts, key=lambda value: (-counts[value], value))

    def rank(finding):
        return IMPORTANCE.index(finding["importance"]), -(finding.get("confidence") or 0)

    discoveries, rows = [], []
    for group in groups.values():
        best = min(group, key=rank)
        values = defaultdict(list)
        for finding in group:
            values[finding["paper"]].append(f"{as_text(finding.get('value'))} {finding.get('unit') or ''}".strip())
        name = commonest(group, "name")
        discovery = {
            "name": name,
            "category": commonest(group, "category"),
            "unit": commonest(group, "unit"),
            "n_papers": len(values),
            "papers": "; ".join(values),
            "values": "; ".join(f"{paper}: {', '.join(told)}" for paper, told in values.items()),
            "evidence_paper": best["paper"],
            "evidence_page": best["page"],
        }
        discoveries.append((-len(values), IMPORTANCE.index(best["importance"]), _row("discoveries", discovery, best)))
        rows += [_row("findings", finding, discovery=name, value=as_text(finding.get("value"))) for finding in group]
    return [row for *_, row in sorted(discoveries, key=lambda item: (*item[:2], item[2][0]))], sorted(rows)


def parameter_frame(
    extractions: pd.DataFrame, experiments: pd.DataFrame, papers: list[str], parameters: dict[str, dict]
) -> pd.DataFrame:
    """A row for each paper, with its experiments' rows behind it, and a column for each parameter; several values are
    joined by "; ".

    A cell is empty where nothing was reported, for whatever reason: extractions.csv tells not_reported from failed,
    papers.csv tells which papers were read. In the row of an experiment it means that the paper's row says it all.
    """
    reported = extractions[extractions["status"] == "reported"]
    cells = reported.groupby(["paper", "experiment", "parameter"], sort=False)["value"].agg("; ".join).to_dict()
    named = experiments.groupby("paper", sort=False)["experiment"].agg(list).to_dict()
    keys = [(paper, experiment) for paper in papers for experiment in ["", *named.get(paper, [])]]
    rows = [(*key, *(cells.get((*key, name), "") for name in parameters)) for key in keys]
    return pd.DataFrame(rows, columns=[*TABLES["parameters"], *parameters], dtype=object)


def build(
    results: Path, ledger_file: Path, folder: Path, parameters: list[dict], corrections_file: Path
) -> dict[str, pd.DataFrame]:
    """All tables, by name, of the papers that the ledger names and whose PDF is in `folder`.

    `parameters` are the entries of the library, in order. Raises BrokenResult for a record that is missing or damaged,
    LedgerError for a damaged ledger and SheetError for corrections that cannot be used.
    """
    library = {parameter["name"]: parameter for parameter in parameters}
    rows, findings = {name: [] for name in TABLES}, []
    batches, present = defaultdict(list), papers_present(ledger_file, folder)
    told = corrections.load(corrections_file, library)
    corrected, unused = corrections.sort_out(told, ledger.names(present), library)
    rows["corrections_unused"] = [_row("corrections_unused", row) for row in unused]
    for entry in present:
        if entry["duplicate_of"]:
            rows["papers"].append(_row("papers", entry, status="duplicate"))
        else:
            batches[entry["batch"]].append(entry)
    for batch, entries in batches.items():
        names = [entry["paper"] for entry in entries]
        sources = [results / task / f"{batch}.jsonl" for task in ("extraction", "discovery")]
        extraction, discovery = (records.read_batch(source, names) for source in sources)
        for entry in entries:
            paper = entry["paper"]
            text, context = records.read_paper(results, paper)
            answers = [extraction[paper], discovery[paper]]
            for source, record in zip(sources, answers, strict=True):
                check_answers(record, text, library, source)
            rows["papers"].append(paper_row(entry, text, context, answers))
            rows["extractions"] += extraction_rows(extraction[paper], library, corrected[paper])
            named = experiments_of(extraction[paper], corrected[paper])
            rows["experiments"] += [_row("experiments", e, paper=paper, experiment=e["name"]) for e in named]
            rows["memory"] += map(memory_row, answers)
            found = enumerate(discovery[paper].get("findings", []), 1)
            findings += [{**finding, "paper": paper, "item": item} for item, finding in found]
    for table in ("papers", "extractions", "experiments", "memory"):
        paper = list(TABLES[table]).index("paper")
        rows[table].sort(key=itemgetter(paper))  # stable: within a paper the order is the library's
    rows["discoveries"], rows["findings"] = merge_findings(sorted(findings, key=lambda finding: finding["paper"]))

    frames = {name: make_frame(rows[name], columns) for name, columns in TABLES.items() if name != "parameters"}
    papers = frames["papers"].loc[frames["papers"]["status"] != "duplicate", "paper"]
    frames["parameters"] = parameter_frame(frames["extractions"], frames["experiments"], list(papers), library)
    return frames
