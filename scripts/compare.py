"""Compare two runs, of two models or two prompts: which values changed, and by gold which got better or worse."""

import argparse
import sys
from pathlib import Path

from designspace.core import files, records, sheets
from designspace.results import annotations, comparison, tables
from designspace.settings import configuration


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a", type=Path, help="folder of the results of one run")
    parser.add_argument("b", type=Path, help="folder of the results of the other")
    parser.add_argument("--gold", type=Path, help="what readers found, CSV; without it nothing is better or worse")
    parser.add_argument("--parameters", type=Path, default=Path("config/parameters.yaml"), help="the library, YAML")
    parser.add_argument("--output", type=Path, default=Path("comparison.csv"), help="what changed, CSV")
    args = parser.parse_args()

    try:
        library = {entry["name"]: entry for entry in configuration.load_parameters(args.parameters)}
        golds = annotations.load(args.gold, library) if args.gold else []
        rows, summary = comparison.compare(args.a, args.b, golds, library)
        tables.write_csv(tables.make_frame(rows, comparison.COLUMNS), args.output)
    except FileNotFoundError as missing:
        sys.exit(f"There is no {missing.filename}; name two folders of results, each of a finished run.")
    except (configuration.ConfigurationError, records.BrokenResult, sheets.SheetError, files.NotWritten) as error:
        sys.exit(str(error))
    print(f"{summary}\nWritten   {args.output}")


if __name__ == "__main__":
    main()
