"""Write the report of a run, one HTML file that needs no network."""

import argparse
import sys
from pathlib import Path

import yaml

from designspace import files, records, report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="folder of the tables")
    parser.add_argument("--parameters", type=Path, required=True, help="the parameter library, YAML")
    parser.add_argument("--plan", type=Path, required=True, help="results/memory_plan.json")
    parser.add_argument("--output", type=Path, required=True, help="the report, HTML")
    parser.add_argument("--note", default="", help="a remark that the page shows at its top")
    args = parser.parse_args()

    parameters = yaml.safe_load(args.parameters.read_text(encoding="utf-8"))
    try:
        plan = records.read(args.plan, records.PLAN)
        page = report.render(report.load(args.results), parameters, plan | plan["extraction"], args.note)
        files.write_whole(args.output, page.encode())
    except (records.BrokenResult, files.NotWritten) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
