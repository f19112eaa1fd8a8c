"""Merge the records of all papers into the tables of the run: CSV files and an SQLite file."""

import argparse
from pathlib import Path

import yaml

from designspace.core.program import program
from designspace.results import merging, tables


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", type=Path, required=True, help="results/ledger.csv")
    parser.add_argument("--results", type=Path, required=True, help="folder of the records; the tables go there too")
    parser.add_argument("--papers", type=Path, required=True, help="folder of the PDFs")
    parser.add_argument("--parameters", type=Path, required=True, help="the parameter library, YAML")
    parser.add_argument("--corrections", type=Path, required=True, help="corrections of reviewers, CSV; may be missing")
    args = parser.parse_args()

    parameters = yaml.safe_load(args.parameters.read_text(encoding="utf-8"))
    frames = merging.build(args.results, args.ledger, args.papers, parameters, args.corrections)
    for name in tables.CSV_TABLES:
        tables.write_csv(frames[name], args.results / f"{name}.csv")
    tables.write_sqlite(frames, parameters, args.results / "designspace.sqlite")


if __name__ == "__main__":
    main()
