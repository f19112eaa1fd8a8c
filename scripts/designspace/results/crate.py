"""The provenance of a run's tables as an RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): ro-crate-metadata.json.

It is made from the data package of the codebook: the files with their sha256, the papers that were read, the software
and the models, and the reviewers.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NAME = "ro-crate-metadata.json"
VERSION = "https://w3id.org/ro/crate/1.1"
# The context of version 1.1 has no term for a checksum; the Workflow Run Crates define this one.
CONTEXT = [f"{VERSION}/context", {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}]
# The files beside the tables, with their types.
OTHERS = {
    "designspace.sqlite": ("The tables, with keys and types.", "application/vnd.sqlite3"),
    "designspace.xlsx": (
        "The tables as sheets, and the codebook.",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "datapackage.json": ("The codebook: a schema of each table, and the settings of the run.", "application/json"),
    "prisma.svg": ("How many files, papers and entries are left at each step.", "image/svg+xml"),
    "papers.json": ("The included papers as CSL-JSON.", "application/vnd.citationstyles.csl+json"),
    "papers.bib": ("The included papers as BibTeX.", "application/x-bibtex"),
}

Entity = dict[str, Any]


def crate(package: dict[str, Any], results: Path) -> Entity:
    """The crate of a folder of results, in which all files exist, from its data package."""
    run, date = package["run"], _day(results)
    files = [_file(results, one["path"], one["description"], one["mediatype"]) for one in package["resources"]]
    files += [_file(results, name, *about) for name, about in OTHERS.items()]
    papers = [
        {"@id": f"#paper-{n}", "@type": "ScholarlyArticle", "name": source["title"], "sha256": source["sha256"]}
        for n, source in enumerate(package["sources"], 1)
    ]
    library = {"@id": "#parameters", "@type": "CreativeWork", "name": "The parameter library", **run["parameters"]}
    software = [{"@id": "#designspace", "@type": "SoftwareApplication", **run["software"]}]
    software += [_model(n, model) for n, model in enumerate(run["models"], 1)]
    made = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "Papers were read by models, and their answers merged into the tables",
        "endTime": date,
        "instrument": _ids(software),
        "object": _ids([*papers, library]),
        "result": _ids(files),
    }
    people, reviews = _reviews(run["corrections"])
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": package["title"],
        "description": "Made by Designspace; datapackage.json describes every column of every table.",
        "datePublished": date,
        "license": "Not stated. Evidence is quoted from the papers, whose own licenses hold.",
        "hasPart": _ids(files),
        "mentions": _ids([made, *reviews]),
    }
    head = {"@id": NAME, "@type": "CreativeWork", "conformsTo": {"@id": VERSION}, "about": {"@id": "./"}}
    graph = [head, root, *files, made, *papers, library, *software, *people, *reviews]
    return {"@context": CONTEXT, "@graph": graph}


def _day(results: Path) -> str:
    """The day, YYYY-MM-DD, of the last answer. It is also the date of the tables, so the same records give the same
    crate."""
    answers = [*results.glob("extraction/*.jsonl"), *results.glob("discovery/*.jsonl"), results / "ledger.csv"]
    last = max(path.stat().st_mtime for path in answers if path.exists())
    return datetime.fromtimestamp(last, UTC).date().isoformat()


def _file(results: Path, name: str, description: str, mediatype: str) -> Entity:
    known = {"@id": name, "@type": "File", "name": name, "description": description, "encodingFormat": mediatype}
    with (results / name).open("rb") as file:
        return known | {"sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _model(number: int, model: dict[str, str]) -> Entity:
    known = {"name": model["model"], "version": model["revision"], "softwareRequirements": model["software"]}
    return {"@id": f"#model-{number}", "@type": "SoftwareApplication"} | {key: one for key, one in known.items() if one}


def _reviews(corrections: list[dict[str, Any]]) -> tuple[list[Entity], list[Entity]]:
    """The reviewers and what they did; reviews.csv has each mark."""
    people: list[Entity] = []
    actions: list[Entity] = []
    for number, own in enumerate(corrections, 1):
        people.append({"@id": f"#reviewer-{number}", "@type": "Person", "name": own["reviewer"] or "unnamed"})
        dates = {key: own[end] for key, end in (("startTime", "first"), ("endTime", "last")) if own[end]}
        action = {"@id": f"#review-{number}", "@type": "UpdateAction", "name": f"Review, marks: {own['marks']}"}
        about = {"agent": {"@id": f"#reviewer-{number}"}, "object": {"@id": "extractions.csv"}}
        actions.append({**action, **about, "result": {"@id": "reviews.csv"}, **dates})
    return people, actions


def _ids(entities: list[Entity]) -> list[dict[str, str]]:
    return [{"@id": entity["@id"]} for entity in entities]
