"""Counts the unknown characters in a folder of PDFs, the pages that cannot be trusted, and the digits that may be
signs."""

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.parsing import quality
from designspace.parsing.glyphs import UNKNOWN
from designspace.parsing.text import extract_text

# "P 50.001", "p , .05", "12 6 3" and "1 3 1": an equals sign, a less-than sign, ± and × with a wrong Unicode map.
SIGNS = re.compile(r"\b[PpFt] ?5 ?0?\.\d|\b[PpFt] , ?0?\.\d|\d [36] \d\b")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the PDFs")
    arguments = parser.parse_args()
    papers = sorted(arguments.folder.glob("*.pdf"))
    if not papers:
        sys.exit(f"There are no PDFs in {arguments.folder}: give a folder that has some.")
    characters, unknown, signs, bad, read = 0, 0, 0, 0, 0
    for path in papers:
        record = extract_text(path.read_bytes(), path.stem)
        text, pages = record["text"], quality.bad_pages(record["pages"])
        counts = text.count(UNKNOWN), len(SIGNS.findall(text))
        if counts != (0, 0) or pages or record["status"] != "ok":
            print(f"{path.stem}: {record['status']}, {counts[0]} unknown, {counts[1]} suspect, bad pages: {pages}")
        characters, unknown, signs = characters + len(text), unknown + counts[0], signs + counts[1]
        bad, read = bad + len(pages), read + (record["status"] == "ok")
    print(f"{read} of {len(papers)} papers are read; {unknown} of {characters} characters are unknown")
    print(f"{signs} digits and commas may be signs, and {bad} pages cannot be trusted")


if __name__ == "__main__":
    main()
