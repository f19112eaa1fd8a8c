"""Write the text of one paper's PDF and of its supplements, with the place of every line, as text/{paper}.json."""

import argparse
from pathlib import Path

from designspace.core import files, records
from designspace.core.errors import DesignspaceError
from designspace.core.program import program
from designspace.parsing import joining, ocr, quality, reading
from designspace.project import ledger, rereads


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paper", required=True, help="its id in the ledger")
    parser.add_argument("--ledger", required=True, type=Path, help="results/ledger.csv, which lists the paper's file")
    parser.add_argument("--papers", required=True, type=Path, help="the folder of the PDFs")
    parser.add_argument("--ocr", action=argparse.BooleanOptionalAction, default=False, help="read scans by OCR")
    parser.add_argument("--output", required=True, type=Path, help="the JSON file to write")
    arguments = parser.parse_args()
    paper = arguments.paper
    if arguments.ocr and (problem := ocr.missing()):
        raise DesignspaceError(problem)
    row = ledger.find(arguments.ledger, [paper])[paper]
    rows = [row, *ledger.supplements_of(arguments.ledger, [paper])[paper]]
    read = [reading.read(arguments.papers / row.file, row.paper, row.sha256, arguments.ocr) for row in rows]
    record = joining.join(read[0], read[1:])
    doubtful = not arguments.ocr and any(quality.bad_pages(one["pages"]) for one in read)
    rereads.note(arguments.output, [one["status"] for one in read] + [rereads.SCAN] * doubtful)
    files.write_whole(arguments.output, records.encode(record))
    print(f"{paper}: {record['status']}, {record['n_pages']} pages. {record['reason']}".rstrip())


if __name__ == "__main__":
    main()
