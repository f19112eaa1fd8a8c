"""Make a parameter library from a spreadsheet that was saved as CSV; warn of entries that models answer badly."""

import argparse
import sys
from pathlib import Path

from designspace.core.errors import DesignspaceError
from designspace.core.files import write_whole
from designspace.core.program import program
from designspace.settings import new_library


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sheet", type=Path, help="CSV with name, kind, definition, perhaps unit, values, multiple, per")
    parser.add_argument("--output", type=Path, help="the library, YAML (default: the sheet's name with .yaml)")
    args = parser.parse_args()

    output = args.output or args.sheet.with_suffix(".yaml")
    library = new_library.read(args.sheet)
    if output.exists():
        raise DesignspaceError(f"{output} already exists: name another file with --output, or remove it.")
    for warning in new_library.warnings(library, str(args.sheet)):
        print(warning, file=sys.stderr)
    write_whole(output, new_library.write(library).encode())
    print(
        f"Written   {output}, {len(library)} parameters. To use it, set `parameters: {output}` in config/config.yaml."
    )


if __name__ == "__main__":
    main()
