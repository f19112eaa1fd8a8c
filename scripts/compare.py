"""Compare two runs, of two models or two prompts: which values changed, and which became better or worse by gold."""

import argparse
from pathlib import Path

from designspace.core.errors import DesignspaceError
from designspace.core.program import program
from designspace.results import annotations, comparison, tables
from designspace.results.score_rows import ComparisonRow
from designspace.settings import parameters


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a", type=Path, help="folder of the results of one run")
    parser.add_argument("b", type=Path, help="folder of the results of the other")
    parser.add_argument("--gold", type=Path, help="annotations, CSV; without them there is no verdict")
    parser.add_argument(
        "--parameters", type=Path, default=Path("config/parameters.yaml"), help="the parameter library, YAML"
    )
    parser.add_argument("--output", type=Path, default=Path("comparison.csv"), help="the cells that differ, CSV")
    args = parser.parse_args()

    try:
        library = {entry["name"]: entry for entry in parameters.load(args.parameters)}
        golds = annotations.load(args.gold, library) if args.gold else []
        rows, summary = comparison.compare(args.a, args.b, golds, library)
        tables.write_csv(tables.frame_of(ComparisonRow, rows), args.output)
    except FileNotFoundError as missing:
        raise DesignspaceError(
            f"There is no {missing.filename}; name two folders of results, each of a finished run."
        ) from None
    print(f"{summary}\nWritten   {args.output}")


if __name__ == "__main__":
    main()
