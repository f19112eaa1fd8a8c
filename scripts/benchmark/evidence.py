"""How often the best-ranked sentences are the ones that an annotator gave as evidence for known values."""

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.core.places import page_of
from designspace.language import evidence, matching, sections, values

Record = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, required=True, help="folder of text records, {paper}.json")
    parser.add_argument(
        "--gold", type=Path, required=True, help="paper, parameter, value, evidence, page, certainty (CSV)"
    )
    parser.add_argument("--parameters", type=Path, required=True, help="the parameter library (YAML)")
    arguments = parser.parse_args()
    library = {entry["name"]: entry for entry in yaml.safe_load(arguments.parameters.read_text(encoding="utf-8"))}
    with open(arguments.gold, encoding="utf-8", newline="") as file:
        gold = [row for row in csv.DictReader(file) if row["evidence"] and row["certainty"] != "ambiguous"]
    papers = {name: read(arguments.text / f"{name}.json") for name in {row["paper"] for row in gold}}
    hits = {"sentence, best": 0, "sentence, among the best 8": 0, "page, best": 0}
    for row in gold:
        record, context = papers[row["paper"]]
        parameter = library[row["parameter"]]
        ranked = evidence.rank(record, context, parameter, values.typed(row["value"], parameter))[:8]
        same = [matching.same_sentence(record["text"][start:end], row["evidence"]) for start, end, _ in ranked]
        hits["sentence, best"] += same[0]
        hits["sentence, among the best 8"] += any(same)
        hits["page, best"] += page_of(record, ranked[0][0]) == int(row["page"])
    for name, number in hits.items():
        print(f"the annotator's {name}: {number} of {len(gold)} ({number / len(gold):.1%})")


def read(path: Path) -> tuple[Record, Record]:
    """A text record and the context that keeps all of it."""
    record = json.loads(path.read_text(encoding="utf-8"))
    return record, {"sections": [part | {"kept": [[part["start"], part["end"]]]} for part in sections.split(record)]}


if __name__ == "__main__":
    main()
