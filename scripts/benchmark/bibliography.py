"""How often the citations read from PDFs are right: title, first author, year, journal, DOI, and all five."""

import argparse
import csv
import sys
import time
from pathlib import Path

from rapidfuzz import fuzz

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.parsing.citation.dois import normalise_doi
from designspace.parsing.citation.names import family, plain
from designspace.parsing.citation.record import read_citation

FIELDS = ("title", "first_author", "year", "journal", "doi")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the PDFs, {id}.pdf")
    parser.add_argument(
        "truth",
        type=Path,
        help="a CSV with id, title, first_author, year, journal, doi; alternatives stand between bars; an empty one "
        "means that nothing is right, too",
    )
    parser.add_argument("--wrong", action="store_true", help="print every wrong value beside the right one")
    arguments = parser.parse_args()
    with open(arguments.truth, encoding="utf-8", newline="") as file:
        truth = [row for row in csv.DictReader(file) if (arguments.folder / f"{row['id']}.pdf").exists()]
    right, seconds = dict.fromkeys((*FIELDS, "all five"), 0), []
    for row in truth:
        data = (arguments.folder / f"{row['id']}.pdf").read_bytes()
        start = time.process_time()
        record = read_citation(data)
        seconds.append(time.process_time() - start)
        record["first_author"] = family(record["authors"][0]) if record["authors"] else ""
        good = {field: agrees(field, row[field], record[field]) for field in FIELDS}
        for field in FIELDS:
            right[field] += good[field]
            if arguments.wrong and not good[field]:
                print(f"{row['id']}: {field} is {record[field]!r}, not {row[field]!r}")
        right["all five"] += all(good.values())
    if not truth:
        sys.exit(f"None of the papers of {arguments.truth} is in {arguments.folder}.")
    for field, number in right.items():
        print(f"{field}: {number} of {len(truth)} ({number / len(truth):.1%})")
    print(f"CPU seconds a paper: {sum(seconds) / len(seconds):.2f}, at most {max(seconds):.2f}")


def agrees(field: str, truth: str, value: str) -> bool:
    """Whether a value is one of the alternatives of the truth, compared as a person would compare them."""
    return any(same(field, alternative.strip(), value) for alternative in truth.split("|"))


def same(field: str, truth: str, value: str) -> bool:
    if not truth or not value:
        return not truth and not value
    if field == "year":
        return truth == value
    if field == "doi":
        return normalise_doi(truth) == normalise_doi(value)
    if field == "journal":
        return fuzz.token_set_ratio(truth.casefold(), value.casefold()) >= 90
    if field == "first_author" and plain(truth.split()[-1]) == plain(value.split()[-1]):
        return True  # a particle before the family name may be there or not
    return plain(truth) == plain(value)


if __name__ == "__main__":
    main()
