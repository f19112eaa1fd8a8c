"""Write the report of a run, one HTML file that needs no network."""

import argparse
import json
from pathlib import Path

import yaml

from designspace.core import files, records
from designspace.core.program import program
from designspace.report import page_data, page_html
from designspace.results import corrections, loading


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="folder of the tables")
    parser.add_argument("--papers", type=Path, required=True, help="folder of the PDFs, which the page links to")
    parser.add_argument("--parameters", type=Path, required=True, help="the parameter library, YAML")
    parser.add_argument("--corrections", type=Path, required=True, help="corrections of reviewers, CSV; may be missing")
    parser.add_argument("--plan", type=Path, required=True, help="results/memory_plan.json")
    parser.add_argument("--configuration", type=json.loads, default={}, help="the settings of the run, JSON")
    parser.add_argument("--evaluated", action="store_true", help="show the scores of the evaluation")
    parser.add_argument("--output", type=Path, required=True, help="the report, HTML")
    parser.add_argument("--note", default="", help="a line at the top of the page")
    args = parser.parse_args()

    parameters = yaml.safe_load(args.parameters.read_text(encoding="utf-8"))
    plan = records.read_plan(args.plan)
    reviews = corrections.load(args.corrections, {parameter["name"]: parameter for parameter in parameters})
    papers = page_data.way(args.output, args.papers)
    rows = loading.load(args.results, args.evaluated)
    data = page_data.build(rows, parameters, args.results, papers, reviews)
    data |= {"note": args.note, "plan": plan, "configuration": args.configuration}
    files.write_whole(args.output, page_html.render(data).encode())


if __name__ == "__main__":
    main()
