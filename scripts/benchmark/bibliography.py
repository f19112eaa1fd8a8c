"""How right the citations of the PDFs of a folder are: title, first author, year, journal and DOI, and all five.

The truth is a CSV with the columns id (of NAME.pdf: NAME), title, first_author (the family name), year, journal, doi.
A field may list alternatives, "A|B"; an empty one, or an empty field, is right where nothing is read. Titles and family
names are equal if their letters and digits are, journals if the words of one are those of the other or some of them.
"""

import argparse
import csv
import re
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.parsing.citation.names import family, plain
from designspace.parsing.citation.record import read_citation

FIELDS = ("title", "first_author", "year", "journal", "doi")
SIMILAR = 90  # of 100, from which on two names of a journal are one


def words(text: str) -> str:
    """The words of a text without accents, case and punctuation."""
    letters = (char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", "".join(letters).casefold()))


def bare_doi(text: str) -> str:
    """A DOI in lower case without a resolver's address."""
    return re.sub(r"^(?:https?://)?(?:dx\.)?(?:doi\.org/)?(?:doi:?)?\s*", "", text.strip().casefold())


def is_same(field: str, true: str, read: str) -> bool:
    """Whether a value that was read is the true one."""
    if not true or not read:
        return not true and not read
    if field == "title":
        return plain(true) == plain(read)
    if field == "first_author":  # a particle before the name may be there or not
        return plain(true) == plain(read) or plain(true.split()[-1]) == plain(read.split()[-1])
    if field == "journal":
        return fuzz.token_set_ratio(words(true), words(read)) >= SIMILAR
    return bare_doi(true) == bare_doi(read)


def right_fields(truth: dict[str, str], citation: dict[str, Any]) -> set[str]:
    """The fields of a citation that agree with one of the alternatives of the truth."""
    read = {**citation, "first_author": family(citation["authors"][0]) if citation["authors"] else ""}
    alternatives = {field: [each.strip() for each in truth[field].split("|")] for field in FIELDS}
    return {field for field in FIELDS if any(is_same(field, true, read[field]) for true in alternatives[field])}


def read_truth(path: Path) -> dict[str, dict[str, str]]:
    """The rows of the truth by the names of their papers."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if missing := {"id", *FIELDS} - set(rows.fieldnames or ()):
            sys.exit(f"{path} lacks the columns {', '.join(sorted(missing))}: add them.")
        return {row["id"]: row for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with the PDFs")
    parser.add_argument("truth", type=Path, help="the CSV with the true citations")
    parser.add_argument("--wrong", action="store_true", help="print each field that is wrong")
    arguments = parser.parse_args()
    truth = read_truth(arguments.truth)
    papers = [path for path in sorted(arguments.folder.glob("*.pdf")) if path.stem in truth]
    if not papers:
        sys.exit(
            f"No PDF in {arguments.folder} has the name of a row of {arguments.truth}: give a folder that has some."
        )
    scores, seconds = [], 0.0
    for path in papers:
        data = path.read_bytes()
        start = time.perf_counter()
        citation = read_citation(data)
        seconds += time.perf_counter() - start
        scores.append(right_fields(truth[path.stem], citation))
        if arguments.wrong:
            for field in FIELDS:
                if field not in scores[-1]:
                    read = citation["authors"][:1] if field == "first_author" else citation[field]
                    print(f"{path.name}: {field} is {truth[path.stem][field]!r}, read as {read!r}")
    n = len(papers)
    print(f"{n} papers of {len(truth)}, {seconds / n:.3f} s a paper")
    for field in FIELDS:
        right = sum(field in score for score in scores)
        print(f"{field.replace('_', ' '):<13}{right:4} {right / n:7.1%}")
    right = sum(len(score) == len(FIELDS) for score in scores)
    print(f"{'all five':<13}{right:4} {right / n:7.1%}")


if __name__ == "__main__":
    main()
