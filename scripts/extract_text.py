"""Write the text of one paper's PDF, with the place of every line, as results/text/{paper}.json."""

import argparse
import contextlib
import json
import os
import sys
from pathlib import Path

from designspace import ledger
from designspace.text import extract_text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paper", required=True, help="its id in the ledger")
    parser.add_argument("--ledger", required=True, type=Path, help="results/ledger.csv, which knows the paper's file")
    parser.add_argument("--papers", required=True, type=Path, help="the folder of the PDFs")
    parser.add_argument("--output", required=True, type=Path, help="the JSON file to write")
    arguments = parser.parse_args()
    pdf = arguments.papers / ledger.files(ledger.load(arguments.ledger))[arguments.paper]
    try:
        data = pdf.read_bytes()
    except OSError as error:
        sys.exit(f"Cannot read the PDF {pdf}: {error.strerror}. Check that it is there and readable.")
    record = extract_text(data, arguments.paper)
    temporary = arguments.output.with_name(f".{arguments.output.name}.{os.getpid()}")
    try:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        temporary.replace(arguments.output)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        sys.exit(f"Cannot write {arguments.output}: {error.strerror}. Check the folder and the space on its disk.")
    print(f"{arguments.paper}: {record['status']}, {record['n_pages']} pages. {record['reason']}".rstrip())


if __name__ == "__main__":
    main()
