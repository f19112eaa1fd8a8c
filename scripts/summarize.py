"""Print the results of a run in a few lines."""

import argparse
import io
import sys
from pathlib import Path

from designspace.core import records
from designspace.results import loading, summary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="folder of the tables and the report")
    parser.add_argument("--note", default="", help="a line to print above them")
    parser.add_argument("--evaluated", action="store_true", help="print the scores of the evaluation, too")
    args = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show a file name still shows the rest
    try:
        rows = loading.load(args.results, args.evaluated)
    except FileNotFoundError as missing:  # the run may have made other files only
        print(f"No tables yet: there is no {missing.filename}. A run of the whole workflow makes them.")
        return
    except records.BrokenResult as error:
        print(error)
        return
    print(summary.summary(rows, args.results, args.note))


if __name__ == "__main__":
    main()
