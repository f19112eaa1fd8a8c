"""Compile the sample papers beside this file into tests/papers: python tests/papers/source/build.py"""

from pathlib import Path

import typst

SOURCE = Path(__file__).parent
PAPERS = SOURCE.parent

# One name is as awkward as the names that people give their files.
PDF_NAMES = {
    "okafor_2021": "okafor_2021.pdf",
    "lindqvist_2019": "lindqvist_2019.pdf",
    "marchetti_2022": "Marchetti et al. 2022 – force fields.pdf",
    "tanaka_2020": "tanaka_2020.pdf",
}


def compile_paper(source: str) -> bytes:
    """The PDF of one source (its name without .typ): the same bytes everywhere, as only Typst's own fonts are used."""
    return typst.compile(SOURCE / f"{source}.typ", ignore_system_fonts=True, timestamp=0, pdf_tags=False)


if __name__ == "__main__":
    for source, name in PDF_NAMES.items():
        (PAPERS / name).write_bytes(compile_paper(source))
        print(PAPERS / name)
