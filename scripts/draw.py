"""Draw the pages with evidence of a batch of papers, as pages/{paper}/{page}.webp beside the output."""

import argparse
from pathlib import Path

from designspace.core import files, places, records
from designspace.core.program import program
from designspace.parsing import pictures
from designspace.project import ledger


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paper", nargs="+", required=True, help="the ids of the papers in the ledger")
    parser.add_argument("--ledger", type=Path, required=True, help="results/ledger.csv, which lists the papers' files")
    parser.add_argument("--papers", type=Path, required=True, help="the folder of the PDFs")
    parser.add_argument("--texts", type=Path, required=True, help="the folder of the text records")
    parser.add_argument(
        "--answers", type=Path, nargs="+", required=True, help="JSON lines with a record of every paper"
    )
    parser.add_argument("--output", type=Path, required=True, help="which pages were drawn, {paper: [page]} (JSON)")
    args = parser.parse_args()

    drawn = {}
    rows = ledger.find(args.ledger, args.paper)
    supplements = ledger.supplements_of(args.ledger, args.paper)
    answers = [records.read_batch(path, args.paper) for path in args.answers]
    for paper in args.paper:
        text = records.read_text(args.texts / f"{paper}.json")
        pages = pictures.pages_with_evidence(dict(text), [of_all[paper] for of_all in answers])
        folder = args.output.parent / paper
        pdfs = {row.paper: args.papers / row.file for row in (rows[paper], *supplements[paper])}
        left_out: dict[int, str] = {}
        for part, sha256, own in places.files(text):
            if part in pdfs:  # a supplement that was removed since has no pictures
                left_out |= pictures.draw(pdfs[part], sha256, pages, folder, own)
        for page, why in left_out.items():
            print(f"{paper}: page {page} was not drawn: {why}.")
        drawn[paper] = [page for page in pages if page not in left_out]
        print(f"{paper}: {len(drawn[paper])} of {len(pages)} pages with evidence have a picture.")
    files.write_whole(args.output, records.encode(drawn))


if __name__ == "__main__":
    main()
