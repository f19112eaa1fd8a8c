"""Compare the values of a run with those of annotators; write three CSV files of scores."""

import argparse
from pathlib import Path

import yaml

from designspace.core.program import program
from designspace.results import annotations, evaluation, tables


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="folder of the tables, also for the scores")
    parser.add_argument("--gold", type=Path, required=True, help="annotations, CSV")
    parser.add_argument("--parameters", type=Path, required=True, help="the parameter library, YAML")
    args = parser.parse_args()

    entries = yaml.safe_load(args.parameters.read_text(encoding="utf-8"))
    library = {entry["name"]: entry for entry in entries}
    rows, left_out = evaluation.evaluate(args.results, annotations.load(args.gold, library), library)
    for name, kind in tables.EVALUATION_ROWS.items():
        tables.write_csv(tables.frame_of(kind, rows[name]), args.results / f"{name}.csv")
    print(*left_out, sep="\n")


if __name__ == "__main__":
    main()
