"""The citation of a paper comes from what its pages print, and every value has the places that it was read at."""

import io

import pypdfium2
import pytest
import typst

from designspace.parsing.citation.dois import normalise_doi
from designspace.parsing.citation.journals import abbreviates, is_journal
from designspace.parsing.citation.names import by_line, family
from designspace.parsing.citation.record import read_citation, short_citation

VALUES = ("title", "authors", "year", "journal", "doi")
TITLE = "Slow drift of reaching movements under delayed feedback"
PROSE = (
    "Participants held the handle of a robot and reached for a target that stood before them, while a cursor showed "
    "where the hidden hand was. In each of the blocks the cursor was delayed, and the aim of the participants was "
    "reported before every movement. We found that the drift was slow within a block, as in earlier work. "
)
HEADER = "Journal of Invented Movement 12 (2019) 301–318"
REFERENCES = """
= References
Quill, R. (2004). Delays of the hand. _Annals of Imaginary Science_ 3, 11–29. https://doi.org/10.9999/quill.2004.77

Sable, T., & Orme, W. (2008). More delays of the hand. _Made-up Letters_ 5, 1–9. doi: 10.9999/sable.2008.5
"""


def paper(title=TITLE, authors="Ada B. Lindgren, Jo van Berg, and Cleo Marsh", header=HEADER, top="", foot="", end=""):
    """The typst source of a paper of two pages with its title above its authors."""
    page = f"width: 500pt, height: 700pt, margin: 60pt, header: text(8pt)[{header}], footer: text(8pt)[{foot}]"
    return f"""
#set page({page})
#set text(10pt)
{top}
#text(18pt)[{title}]

#text(12pt)[{authors}]

Department of Imaginary Studies, University of Nowhere

*Abstract*

{PROSE * 4}

#pagebreak()
= Methods
{PROSE * 3}
{end}
"""


def read(source):
    return read_citation(typst.compile(source.encode()))


def test_the_title_is_the_largest_text_and_its_authors_stand_below():
    citation = read(paper())
    assert citation["title"] == TITLE
    assert citation["authors"] == ["Ada B. Lindgren", "Jo van Berg", "Cleo Marsh"]
    assert "page 1, title by size" in citation["sources"]["title"]
    assert citation["sources"]["authors"] == ["page 1, by-line below the title"]
    assert citation["citation"] == "Lindgren et al. 2019"


def test_a_title_of_two_rows_and_raised_marks_of_affiliations():
    title = f"{TITLE} in a task with two targets and a single cursor"
    authors = "Ada B. Lindgren#super[1], Jo van Berg#super[1,2], and Cleo Marsh#super[2]"
    citation = read(paper(title=title, authors=authors))
    assert citation["title"] == title
    assert citation["authors"] == ["Ada B. Lindgren", "Jo van Berg", "Cleo Marsh"]


def test_the_journal_and_the_year_are_those_of_the_header():
    citation = read(paper(end=REFERENCES))
    assert (citation["journal"], citation["year"], citation["type"]) == (
        "Journal of Invented Movement",
        "2019",
        "article",
    )
    assert any("header" in place for place in citation["sources"]["journal"])


def test_the_year_of_publication_is_preferred_to_that_of_submission():
    foot = "Received 3 May 2016; accepted 9 June 2017; published 4 January 2018"
    assert read(paper(header="", foot=foot))["year"] == "2018"


def test_the_doi_is_the_one_of_the_paper_and_not_of_a_reference():
    citation = read(paper(foot="https://doi.org/10.1234/JIM.2019.0301", end=REFERENCES))
    assert citation["doi"] == "10.1234/jim.2019.0301"
    assert citation["sources"]["doi"][0] == "page 1, footer"


def test_a_doi_among_the_references_alone_is_not_the_paper_s():
    citation = read(paper(end=REFERENCES))
    assert citation["doi"] == "" and "doi" not in citation["sources"]


def test_a_cover_page_is_not_the_paper():
    cover = """
#text(24pt)[Repository of Nowhere]

This version was deposited in the repository; see the terms of use. Stable URL: https://example.org/12
#pagebreak()
"""
    citation = read(paper(header="", top=cover))
    assert citation["title"] == TITLE
    assert citation["authors"][0] == "Ada B. Lindgren"
    assert "page 2, title by size" in citation["sources"]["title"]


def test_a_preprint_has_the_name_of_its_server():
    header = "bioRxiv preprint doi: https://doi.org/10.1101/2021.03.04.432100; this version posted March 5, 2021"
    citation = read(paper(header=header))
    assert (citation["type"], citation["journal"], citation["year"]) == ("preprint", "bioRxiv", "2021")
    assert citation["doi"] == "10.1101/2021.03.04.432100"


def test_a_supplement_is_not_an_article():
    citation = read(paper(header="", top="Supplementary Information\n"))
    assert citation["type"] == "supplement" and citation["sources"]["type"] == ["page 1, heading"]


def test_metadata_that_no_page_prints_is_not_believed():
    metadata = '#set document(title: "Template of a quarterly report", author: "Some Typist", keywords: "2003")\n'
    citation = read(metadata + paper())
    assert citation == read(paper())


def test_metadata_that_a_page_prints_is_a_place():
    citation = read(f'#set document(title: "{TITLE}")\n' + paper())
    assert citation["title"] == TITLE and "metadata" in citation["sources"]["title"]


GOOD = typst.compile(paper().encode())


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7\n", GOOD[:200], bytes(range(256)) * 40, b"<html>not a PDF</html>", GOOD[: len(GOOD) // 2][9:]],
    ids=["empty", "head alone", "truncated", "garbage", "HTML", "middle"],
)
def test_hostile_bytes_give_a_record_of_empty_values(data):
    citation = read_citation(data)
    assert [citation[key] for key in VALUES] == ["", [], "", "", ""]
    assert citation["citation"] == "" and citation["type"] == "other"
    assert citation["sources"] == {"type": []}


def test_a_page_without_text_gives_a_record_of_empty_values():
    with pypdfium2.PdfDocument.new() as document:
        document.new_page(300, 400)
        document.save(buffer := io.BytesIO())
    citation = read_citation(buffer.getvalue())
    assert [citation[key] for key in VALUES] == ["", [], "", "", ""]


def test_damaged_bytes_give_strings_alone():
    for at in range(0, len(GOOD), 997):
        citation = read_citation(GOOD[:at] + b"\xff\x00" * 20 + GOOD[at + 40 :])
        assert all(isinstance(citation[key], str) for key in VALUES if key != "authors")
        assert all(isinstance(name, str) and name.isprintable() for name in citation["authors"])


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Ada B. Lindgren and Jo van Berg", ["Ada B. Lindgren", "Jo van Berg"]),
        ("Lindgren, A. B., Berg, J. K., & Marsh, C. D.", ["A. B. Lindgren", "J. K. Berg", "C. D. Marsh"]),
        ("Ada LINDGREN, PhD, and Cleo MARSH, MD", ["Ada Lindgren", "Cleo Marsh"]),
        ("Department of Imaginary Studies, University of Nowhere", []),
        ("The effects of delayed feedback on reaching", []),
    ],
)
def test_names_of_by_lines(printed, names):
    assert by_line(printed)[0] == names


def test_short_citations():
    assert short_citation(["Jo van Berg"], "2019") == "van Berg 2019"
    assert short_citation(["Ada Lindgren", "Cleo Marsh Jr."], "2019") == "Lindgren & Marsh 2019"
    assert short_citation([], "2019", TITLE) == "Slow drift of reaching movements under 2019"
    assert family("Jo van der Berg") == "van der Berg"


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("https://doi.org/10.1234/ABC.5.", "10.1234/abc.5"),
        ("doi:10.1234/abc(5)6)", "10.1234/abc(5)6"),
        ("10.1234/abc.5.g001", "10.1234/abc.5"),
        ("10.1234/abc%2F5", "10.1234/abc/5"),
    ],
)
def test_dois_lose_what_printing_adds(printed, doi):
    assert normalise_doi(printed) == doi


def test_names_of_journals():
    assert is_journal("Journal of Invented Movement") and is_journal("Made-up Letters")
    assert not is_journal("all of this is running text") and not is_journal("Volume 12")
    assert abbreviates("J. Inv. Mov.", "Journal of Invented Movement")
    assert not abbreviates("J. Real Mov.", "Journal of Invented Movement")
