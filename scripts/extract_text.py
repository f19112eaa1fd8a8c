"""Write the text of one paper's PDF, with the place of every line, as results/text/{paper}.json."""

import argparse
import json
import sys
from pathlib import Path

from designspace import files, ledger, limits, text

SECONDS, ADDRESS_SPACE = 120, 2 * 2**30  # a usual paper takes a tenth of a second and 60 MB
REASON = "The PDF cannot be read: {}. If it can now, delete text/{}.json of the results and run again."


def read(pdf, paper):
    """The record of a paper. Runs in a process of its own, since a PDF may crash pdfium or keep it busy forever."""
    try:
        data = pdf.read_bytes()
    except OSError as error:
        return text.unreadable(paper, "", REASON.format(error.strerror, paper))
    return text.extract_text(data, paper)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paper", required=True, help="its id in the ledger")
    parser.add_argument("--ledger", required=True, type=Path, help="results/ledger.csv, which knows the paper's file")
    parser.add_argument("--papers", required=True, type=Path, help="the folder of the PDFs")
    parser.add_argument("--output", required=True, type=Path, help="the JSON file to write")
    arguments = parser.parse_args()
    paper = arguments.paper
    try:
        row = next((row for row in ledger.load(arguments.ledger) if row.paper == paper), None)
    except ledger.LedgerError as error:
        sys.exit(str(error))
    if row is None:
        sys.exit(f"The ledger {arguments.ledger} has no paper {paper}: run the workflow, which adds it.")
    try:
        record = limits.call(read, arguments.papers / row.file, paper, seconds=SECONDS, address_space=ADDRESS_SPACE)
    except limits.Failed as failure:
        record = text.unreadable(paper, row.sha256, REASON.format(failure, paper))
    try:
        files.write_whole(arguments.output, json.dumps(record, ensure_ascii=False).encode())
    except files.NotWritten as error:
        sys.exit(str(error))
    print(f"{paper}: {record['status']}, {record['n_pages']} pages. {record['reason']}".rstrip())


if __name__ == "__main__":
    main()
