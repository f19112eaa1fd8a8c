"""The citation of a paper from its PDF: every paper here is invented, and each is of a kind that journals print."""

import pytest
import typst

from designspace.parsing.citation.dois import normalise_doi
from designspace.parsing.citation.front import read_front
from designspace.parsing.citation.names import by_line, family
from designspace.parsing.citation.record import citation_of, read_citation, short_citation

TITLE = "Reaching around imaginary corners: how hands remember a turned world"
BODY = "The hand of every participant was hidden below a screen that showed a cursor instead of it, and moved slowly. "


def paper(source, pages=2, **page):
    """The citation of a PDF whose first page is typst `source`, with pages of text behind it."""
    settings = "".join(f", {name}: {value}" for name, value in page.items())
    head = f'#set page(width: 595pt, height: 780pt{settings})\n#set text(font: "Libertinus Serif", size: 10pt)\n'
    text = "\n\n".join([BODY * 6] * 3)
    return read_citation(
        typst.compile((head + source + f"\n\n{text}" + f"\n#pagebreak()\n{text}" * (pages - 1)).encode())
    )


def large(text, size=20):
    return f"#text(size: {size}pt)[{text}]\n\n"


AUTHORS = "Ada B. Morrow#super[1,2], Jörn van der Kellen#super[2]\\* and Ruth Quist-Palmer#super[1]\n\n"


@pytest.mark.parametrize(
    "footer, journal",
    [
        (
            "Proceedings of the 12th Annual Meeting of the Association for Moving Hands, pages 101–113",
            "Proceedings of the 12th Annual Meeting of the Association for Moving Hands",
        ),
        ("Trends in Moving Hands, Month Year, Vol. xx, No. yy", "Trends in Moving Hands"),
        ("Moving Hands 3(4), 101–113 (2014)", "Moving Hands"),
        ("Morrow and Quist-Palmer, Sci. Adv. 11, eadr4540 (2014)", "Sci. Adv."),
        ("Morrow and Quist-Palmer. Moving Hands 3(4), 101–113 (2014)", "Moving Hands"),
    ],
)
def test_proceedings_and_placeholders_in_a_footer(footer, journal):
    record = paper(large(TITLE) + AUTHORS, footer=f"[#text(size: 8pt)[{footer}]]")
    assert record["journal"] == journal


def test_an_article_with_header_title_by_line_and_doi():
    record = paper(
        large(TITLE) + AUTHORS + "#super[1]Department of Psychology, University of Norbury, Norbury, UK\n\n",
        header="[#text(size: 8pt)[Journal of Invented Movement 12 (2014) 345–367]]",
        footer="[#text(size: 8pt)[https://doi.org/10.1234/JIM.2014.007]]",
    )
    assert record["citation"] == "Morrow et al. 2014"
    assert record["title"] == TITLE
    assert record["authors"] == ["Ada B. Morrow", "Jörn van der Kellen", "Ruth Quist-Palmer"]
    assert (record["year"], record["journal"]) == ("2014", "Journal of Invented Movement")
    assert (record["doi"], record["type"]) == ("10.1234/jim.2014.007", "article")
    assert "page 1, title by size" in record["sources"]["title"]
    assert "page 1, by-line below the title" in record["sources"]["authors"]
    assert "page 1, header" in record["sources"]["year"] and "page 1, header" in record["sources"]["journal"]
    assert record["sources"]["doi"][0] == "page 1, footer"


def test_the_name_of_the_journal_may_be_larger_than_the_title():
    record = paper(
        large("Brain Inventions", 30) + "Volume 3, March 2011, pages 12–19\n\n" + large(TITLE, 18) + AUTHORS,
        header="[#text(size: 8pt)[Brain Inventions]]",
    )
    assert (record["title"], record["journal"], record["year"]) == (TITLE, "Brain Inventions", "2011")


def test_a_title_in_capitals_of_the_size_of_its_by_line():
    source = large("REACHING AROUND CORNERS\\\nIN A TURNED WORLD", 14) + large(
        "Ada B. Morrow and Ruth Quist-Palmer", 14
    )
    record = paper(source)
    assert record["title"].upper() == "REACHING AROUND CORNERS IN A TURNED WORLD"
    assert record["citation"] == "Morrow & Quist-Palmer"


def test_labels_above_a_title_are_no_part_of_it():
    for label in ("RESEARCH ARTICLE", "Original Article", "Review"):
        assert paper(large(f'#text(weight: "bold")[{label}]', 20) + large(TITLE) + AUTHORS)["title"] == TITLE


def test_a_word_divided_at_the_end_of_a_row_of_the_title_is_whole():
    record = paper(
        large("A very long and slow sensori-\\\nmotor study of Decision-\\\nMaking in imaginary hands") + AUTHORS
    )
    assert record["title"] == "A very long and slow sensorimotor study of Decision-Making in imaginary hands"


def test_a_cover_page_of_a_repository_is_not_the_paper():
    cover = (
        large("The repository of Norbury University", 24)
        + f"""
*Citation* \\
Morrow, Ada B., et al. "{TITLE}." Journal of Invented Movement 12.3 (2014): 345-367.

*As Published* http:\\/\\/dx.doi.org\\/10.1234\\/jim.2014.007

*Terms of Use* The faculty has made this article openly available. Downloaded on 3 May 2020.
#pagebreak()
"""
    )
    record = paper(cover + large(TITLE, 16) + AUTHORS)
    assert (record["title"], record["citation"]) == (TITLE, "Morrow et al. 2014")
    assert (record["journal"], record["doi"]) == ("Journal of Invented Movement", "10.1234/jim.2014.007")
    assert record["sources"]["authors"] == ["page 2, by-line below the title"]


def test_a_manuscript_with_line_numbers_and_labels():
    rows = ["Title: Reaching around imaginary corners", "in a turned world", "", "Authors: Ada B. Morrow, Ruth Quist"]
    rows += ["", "Abstract", *[BODY[:60]] * 12]
    source = "".join(f"#box(width: 24pt)[{n}]{row or ' '}\\\n" for n, row in enumerate(rows, 1))
    record = paper(source)
    assert record["title"] == "Reaching around imaginary corners in a turned world"
    assert record["authors"] == ["Ada B. Morrow", "Ruth Quist"]
    assert (record["year"], record["journal"], record["doi"]) == ("", "", "")


def test_a_preprint_names_its_server_and_the_year_of_its_stamp():
    banner = "bioRxiv preprint doi: https:\\/\\/doi.org\\/10.1101\\/2021.05.06.123456; this version posted May 7, 2021."
    record = paper(large(TITLE) + AUTHORS, header=f"[#text(size: 7pt)[{banner}]]")
    assert (record["type"], record["journal"], record["year"]) == ("preprint", "bioRxiv", "2021")
    assert record["doi"] == "10.1101/2021.05.06.123456"


def test_a_stamp_along_the_margin_is_read():
    stamp = "text(size: 18pt)[arXiv:2107.13408v1 [q-bio] 28 Jul 2021]"
    stamp = f"#place(left + horizon, dx: -50pt, rotate(-90deg, reflow: true, {stamp}))\n"
    record = paper(stamp + large(TITLE) + AUTHORS)
    assert (record["title"], record["type"], record["journal"]) == (TITLE, "preprint", "arXiv")
    assert record["year"] == "2021"


def test_the_year_of_the_issue_and_not_of_receipt_or_copyright():
    source = large(TITLE) + AUTHORS
    source += "Received 2 May 2012; accepted 7 November 2013. © 2013 The Authors. Downloaded on 4 June 2019.\n\n"
    assert paper(source, header="[#text(size: 8pt)[Invented Letters 2014;13:445–447]]")["year"] == "2014"


def test_the_citation_line_gives_journal_and_year():
    line = f"*Citation:* Morrow AB, van der Kellen J, Quist-Palmer R (2011) {TITLE}. PLoS Invent Biol 7(3): e1001.\n\n"
    record = paper(large(TITLE) + AUTHORS + line)
    assert (record["journal"], record["year"]) == ("PLoS Invent Biol", "2011")
    assert "page 1, citation line" in record["sources"]["journal"]


@pytest.mark.parametrize(
    ("name", "year"),
    [("g_Morrow___2019___Corners", "2019"), ("morrow_nd", ""), ("study_120145", ""), ("m2021b", "2021")],
)
def test_the_year_of_the_files_name_is_the_last_source(name, year):
    page = f'#set document(date: none)\n#set text(font: "Libertinus Serif")\n{large(TITLE)}{AUTHORS}{BODY * 9}'
    front = read_front(typst.compile(page.encode()))
    record = citation_of(front, name)
    assert record["year"] == year and record["sources"].get("year", []) == ["name of the file"] * bool(year)
    dated = read_front(
        typst.compile(page.replace(AUTHORS, AUTHORS + "Received 3 May 2014; accepted 9 June 2014\n\n").encode())
    )
    assert citation_of(dated, name)["year"] == "2014"


def test_the_doi_of_a_reference_or_a_data_set_is_not_the_papers():
    references = "#pagebreak()\n= References\nSmith, J. (2001). Hands. _Hand_ 3, 4–5. "
    references += "https:\\/\\/doi.org\\/10.9999\\/other.1\n\n"
    source = large(TITLE) + AUTHORS + "Data were deposited at figshare (10.6084\\/m9.figshare.12345).\n\n"
    assert paper(source + references)["doi"] == ""
    own = "doi: 10.1234\\/own.77\n\n"
    assert paper(own + source + references)["doi"] == "10.1234/own.77"


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("https://doi.org/10.1234/Own.77.", "10.1234/own.77"),
        ("10.1371/journal.pcbi.1001096.g001", "10.1371/journal.pcbi.1001096"),
        ("10.1016/S0896-6273(03)00772-4)", "10.1016/s0896-6273(03)00772-4"),
        ("10.1177/0022334324130journals.sagepub.com/home/jpr", "10.1177/0022334324130"),
        ("doi:10.1002/(SICI)1097-4571(199806)49:8<693", "10.1002/(sici)1097-4571(199806)49:8<693"),
    ],
)
def test_dois_are_normalised(printed, doi):
    assert normalise_doi(printed) == doi


def test_a_doi_over_two_rows_is_whole():
    assert paper(large(TITLE) + AUTHORS + "https:\\/\\/doi.org\\/10.1234\\/journal.\\\npone.0197919\n\n")["doi"] == (
        "10.1234/journal.pone.0197919"
    )


def test_metadata_counts_only_where_the_page_agrees():
    lies = '#set document(title: "Template of the publisher", author: "admin")\n'
    record = paper(lies + large(TITLE) + AUTHORS)
    assert (record["title"], record["authors"][0]) == (TITLE, "Ada B. Morrow")
    assert "metadata" not in record["sources"]["title"]
    record = paper(f'#set document(title: "{TITLE}")\n' + large(TITLE) + AUTHORS)
    assert "metadata" in record["sources"]["title"]


@pytest.mark.parametrize(
    "head",
    [
        large("Supplementary Information", 16) + large(TITLE) + AUTHORS,
        large(f"Supplementary Information for: {TITLE}", 11) + AUTHORS,
        "Supporting Online Material for\n\n" + large(TITLE) + AUTHORS,
        large(TITLE) + AUTHORS + "Supplemental Material\n\n",
        large(f"Appendix S1. {TITLE}", 14),
        large(f"{TITLE} – Supplementary Information", 11) + AUTHORS,
        large("S1 Text", 12) + large(TITLE) + AUTHORS,
        "Additional file 1\n\n" + large(TITLE) + AUTHORS,
        large("Web appendix", 12) + large(TITLE),
    ],
)
def test_a_supplement_says_so_and_has_the_title_that_it_names(head):
    record = paper(head)
    assert (record["type"], record["title"]) == ("supplement", TITLE)


@pytest.mark.parametrize(
    "head",
    [
        large("Supplementary motor area and the learning of sequences") + AUTHORS,
        large("Appendix surgery in the elderly: a review of forty cases") + AUTHORS,
        large("Supporting information seeking in the home of older people") + AUTHORS,
        large(TITLE) + AUTHORS + "Supplementary material for this article is available online.\n\n",
    ],
)
def test_a_paper_about_something_supplementary_is_no_supplement(head):
    assert paper(head)["type"] == "other"


def test_a_paper_with_an_abstract_only_mentions_its_supplement():
    assert paper(large(TITLE) + AUTHORS + "Supplementary Material\n\nAbstract\n\n")["type"] == "article"


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        (
            "Ross G. DOUGLAS*1, Rajni K. SHARMA†1 and Kelly CHIBALE†",
            ["Ross G. Douglas", "Rajni K. Sharma", "Kelly Chibale"],
        ),
        ("L L Helm, R B Ivory and N Shim", ["L L Helm", "R B Ivory", "N Shim"]),
        ("Stark-Inning Alit, Raza Meher B, Tailor Jordan A", ["Alit Stark-Inning", "Meher B Raza", "Jordan A Tailor"]),
        ("Morrow, A. B., Quist, R.", ["A. B. Morrow", "R. Quist"]),
        ("By Ada Morrow, PhD, and Ruth Quist, MD", ["Ada Morrow", "Ruth Quist"]),
        ("Department of Psychology, University of Norbury", []),
        ("fingers, arms, feet", []),
        # The icon of ORCID, which some publishers print in letters.
        ("Ada B. SmithID1,2*, J. Ryan ReedID3,4, Jo ID Kay5", ["Ada B. Smith", "J. Ryan Reed", "Jo ID Kay"]),
        ("Ada SmithID, Jo ReedID", ["Ada Smith", "Jo Reed"]),
    ],
)
def test_by_lines(printed, names):
    assert by_line(printed)[0] == names


def test_short_citations():
    assert short_citation(["Sam D. McDougal", "J. A. Tailor"], "2019") == "McDougal & Tailor 2019"
    assert short_citation(["Jo van der Berg"], "2001") == "van der Berg 2001"
    assert short_citation([], "2001", "A title of more than six words here") == "A title of more than six 2001"
    assert family("Martin L. King Jr.") == "King"


def test_an_accent_printed_apart_is_joined_to_its_letter():
    assert paper(large(TITLE) + "Jo¨rn Morrow and Ruth Quist-Palmer\n\n")["authors"][0] == "Jörn Morrow"
    assert paper(large(TITLE) + "Jo“rn Morrow and Ruth Quist-Palmer\n\n")["authors"][0] == "Jörn Morrow"


@pytest.mark.parametrize("data", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF", b"%PDF-1.4\n" + b"\x00\xff" * 5000])
def test_what_cannot_be_read_has_an_empty_citation(data):
    record = read_citation(data)
    assert record["type"] == "other" and record["sources"] == {"type": []}
    assert not any(record[key] for key in ("citation", "title", "authors", "year", "journal", "doi"))


def test_values_are_bounded_and_without_control_characters():
    bad = "Reaching \u202e around \u0007corners " * 60
    record = paper(large(bad, 12) + "Ada B. Morrow, " * 1200)
    for value in (record["citation"], record["title"], record["journal"], *record["authors"]):
        assert len(value) <= 500 and value.isprintable()
    assert len(record["authors"]) <= 400
