"""Print what came out of a run, in a few lines."""

import argparse
import sys
from pathlib import Path

from designspace import report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="folder of the tables and the report")
    args = parser.parse_args()
    sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show a file name still shows the rest
    print(report.summary(report.load(args.results), args.results))


if __name__ == "__main__":
    main()
