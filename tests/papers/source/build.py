"""Compile the sample papers into the folders of tests/papers: python tests/papers/source/build.py"""

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
# For the example of docs/example, which reads these besides; a supplement is a part of its paper.
EXAMPLE = {name: f"example/{name}.pdf" for name in ("delgado_2020", "hartwig_2023", "osei_2018")}
SUPPLEMENTS = {"hartwig_2023_supplement": "example/hartwig_2023_supplement.pdf"}

# Of another field, with a library of its own, config/clinical_trials.yaml.
TRIALS = ("brandt_2020", "nakashima_2022")
# Each source and its PDF, from tests/papers.
PDFS = {f"source/{source}.typ": name for source, name in (PDF_NAMES | EXAMPLE | SUPPLEMENTS).items()}
PDFS |= {f"trials/source/{source}.typ": f"trials/{source}.pdf" for source in TRIALS}


def compile_paper(source: str) -> bytes:
    """The PDF of one source: the same bytes everywhere, as only Typst's own fonts are used."""
    return typst.compile(PAPERS / source, root=PAPERS, ignore_system_fonts=True, timestamp=0, pdf_tags=False)


if __name__ == "__main__":
    for source, name in PDFS.items():
        (PAPERS / name).write_bytes(compile_paper(source))
        print(PAPERS / name)
