"""Merge the records of all papers into the tables of the run."""

import argparse
import json
from pathlib import Path

import yaml

from designspace.core.files import write_whole
from designspace.core.program import program
from designspace.project import exclusions
from designspace.project.library import exports, loading, lookup
from designspace.results import codebook, crate, merging, prisma, tables, workbook
from designspace.results.marks import STANDING


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", type=Path, required=True, help="results/ledger.csv")
    parser.add_argument("--results", type=Path, required=True, help="folder of the records, also for the tables")
    parser.add_argument("--papers", type=Path, required=True, help="folder of the PDFs")
    parser.add_argument("--parameters", type=Path, required=True, help="the parameter library, YAML")
    parser.add_argument("--corrections", type=Path, required=True, help="corrections of reviewers, CSV; may be missing")
    parser.add_argument("--configuration", type=json.loads, default={}, help="the settings of the run, JSON")
    parser.add_argument("--excluded", type=Path, help="papers to leave out, CSV; may be missing")
    parser.add_argument("--library", type=Path, help="citations as CSL-JSON, BibTeX or RIS")
    parser.add_argument("--subfolders", action=argparse.BooleanOptionalAction, help="also search subfolders")
    parser.add_argument("--doi-lookup", action=argparse.BooleanOptionalAction, help="look up citations at doi.org")
    parser.add_argument(
        "--disagreements", choices=STANDING, default=STANDING[0], help="which value counts if reviewers disagree"
    )
    args = parser.parse_args()

    parameters = yaml.safe_load(args.parameters.read_text(encoding="utf-8"))
    sources = merging.Sources(
        loading.load(args.library) if args.library else [],
        exclusions.load(args.excluded) if args.excluded else {},
        (lambda dois: lookup.look_up(dois, args.results / "doi")) if args.doi_lookup else lambda dois: {},
        bool(args.subfolders),
    )
    frames, included = merging.build(
        args.results, args.ledger, args.papers, parameters, args.corrections, sources, args.disagreements
    )
    for name in tables.CSV_TABLES:
        tables.write_csv(frames[name], args.results / f"{name}.csv")
    tables.write_sqlite(frames, parameters, args.results / "designspace.sqlite")
    workbook.write(frames, parameters, args.results / "designspace.xlsx")
    write_whole(args.results / "prisma.svg", prisma.svg(frames["prisma"].to_dict("records")))
    package = codebook.package(parameters, frames, args.configuration, args.parameters)
    write_whole(args.results / "datapackage.json", codebook.as_json(package))
    items = exports.keyed(included)
    write_whole(args.results / "papers.json", exports.csl_json(items))
    write_whole(args.results / "papers.bib", exports.bibtex(items))
    write_whole(args.results / crate.NAME, codebook.as_json(crate.crate(package, args.results)))


if __name__ == "__main__":
    main()
