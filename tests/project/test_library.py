"""Libraries as reference managers export them: what their entries say, their attachments, and files that are none."""

import json

import pytest

from designspace.project.library.attachments import Files, pdfs
from designspace.project.library.loading import LibraryError, load

BIBTEX = r"""
@article{muellerHowHands2019,
  title = {How {{Hands}} of {\'E}tienne {{M\"uller}} Adapt to 45\% Rotation \& {DNA}},
  author = {M{\"u}ller, J{\'o}zef and van der Berg, Jo and {Reach Consortium} and others},
  journal = {Journal of Invented Movements},
  year = 2019,
  volume = {7}, number = {3}, pages = {101--117},
  doi = {10.1234/JIM_2019.07},
  file = {Full Text:C\:\\Users\\ada\\Zotero\\storage\\ABCD2345\\Müller et al. - 2019 - How.pdf:application/pdf;
Snapshot:C\:\\Users\\ada\\a.html:text/html;
Supplement:C\:\\Users\\ada\\Zotero\\storage\\WXYZ6789\\how_supp.pdf:application/pdf}
}
@misc{osei2020,
  title = {An Unreviewed Look at Reaching},
  author = {Osei, Kofi},
  date = {2020-05-03},
  publisher = {bioRxiv},
  file = {/home/ada/storage/PQRS1234/Osei.pdf}
}
"""
CSL = json.dumps(
    [
        {
            "id": "http://zotero.org/users/1/items/AAAA1111",
            "citation-key": "muellerHowHands2019",
            "type": "article-journal",
            "title": "How <i>Hands</i> of Étienne Müller Adapt to 45% Rotation & DNA",
            "author": [
                {"family": "Müller", "given": "Józef"},
                {"family": "Berg", "given": "Jo", "non-dropping-particle": "van der"},
                {"literal": "Reach Consortium"},
            ],
            "container-title": "Journal of Invented Movements",
            "issued": {"date-parts": [["2019", 3, 1]]},
            "DOI": "https://doi.org/10.1234/JIM_2019.07",
            "file": ["storage/ABCD2345/Müller et al. - 2019 - How.pdf", "storage/WXYZ6789/how_supp.pdf", "a.html"],
        },
        {
            "id": "osei2020",
            "type": "article",
            "title": "An Unreviewed Look at Reaching",
            "author": [{"family": "Osei", "given": "Kofi"}],
            "issued": {"raw": "3 May 2020"},
            "attachments": [{"title": "PDF", "path": "/home/ada/storage/PQRS1234/Osei.pdf"}],
        },
    ]
)
RIS = """TY  - JOUR
TI  - How Hands of Étienne Müller Adapt to 45% Rotation & DNA
AU  - Müller, Józef
AU  - van der Berg, Jo
AU  - Reach Consortium
T2  - Journal of Invented Movements
PY  - 2019/03/01/
DO  - 10.1234/jim_2019.07
L1  - file:///C:/Users/ada/Zotero/storage/ABCD2345/M%C3%BCller%20et%20al.%20-%202019%20-%20How.pdf
L1  - internal-pdf://0123456789/how_supp.pdf
L1  - a.html
ER  - 

TY  - UNPB
T1  - An Unreviewed Look at Reaching
A1  - Osei, Kofi
Y1  - 2020
L1  - /home/ada/storage/PQRS1234/Osei.pdf
ER  - 
"""


@pytest.fixture(params=[("bib", BIBTEX), ("json", CSL), ("ris", RIS)], ids=lambda param: param[0])
def exported(request, tmp_path):
    """The same two entries in each format."""
    suffix, text = request.param
    path = tmp_path / f"library.{suffix}"
    path.write_text(text, "utf-8")
    return path


def test_an_entry_says_the_same_in_every_format(exported):
    hands, osei = load(exported)
    assert hands.title == "How Hands of Étienne Müller Adapt to 45% Rotation & DNA"
    assert hands.authors == ["Józef Müller", "Jo van der Berg", "Reach Consortium"]
    assert hands.citation == "Müller et al. 2019" and hands.journal == "Journal of Invented Movements"
    assert (hands.year, hands.doi, hands.type) == ("2019", "10.1234/jim_2019.07", "article")
    assert (osei.citation, osei.type, osei.doi) == ("Osei 2020", "preprint", "")
    assert hands.key == ("müller2019" if exported.suffix == ".ris" else "muellerHowHands2019")


def test_the_attachments_of_every_format_are_found_in_the_folder(exported):
    hands, osei = load(exported)
    files = Files(["ABCD2345/Müller et al. - 2019 - How.pdf", "WXYZ6789/how_supp.pdf"])
    assert [files.find(path) for path in hands.files] == [
        "ABCD2345/Müller et al. - 2019 - How.pdf",
        "WXYZ6789/how_supp.pdf",
    ]
    assert [files.find(path) for path in osei.files] == [None], "its file is not there"


@pytest.mark.parametrize(
    "field, paths",
    [
        (r"C:\Users\ada\My Papers\a.pdf", ["C:/Users/ada/My Papers/a.pdf"]),
        (r"C\:\\Users\\ada\\a\_b.pdf;D\:\\c\;d.pdf", ["C:/Users/ada/a_b.pdf", "D:/c;d.pdf"]),
        (r":C$\backslash$:/ada/a.pdf:pdf", ["C/:/ada/a.pdf"]),
        (":papers/a.pdf:PDF;:papers/b.PDF:PDF", ["papers/a.pdf", "papers/b.PDF"]),
        ("files/12/a.pdf", ["files/12/a.pdf"]),
        ("Snapshot:a.html:text/html", []),
        ("", []),
    ],
)
def test_paths_of_a_file_field(field, paths):
    assert list(pdfs(field)) == paths


def test_a_path_means_the_file_that_shares_most_of_its_folders():
    files = Files(["ABCD2345/main.pdf", "WXYZ6789/main.pdf", "Smith/only.pdf", "top.pdf", "Cafe\u0301.pdf"])
    assert files.find("/home/ada/Zotero/storage/WXYZ6789/main.pdf") == "WXYZ6789/main.pdf"
    assert files.find("/home/ada/papers/main.pdf") is None, "it may be either"
    assert files.find("C:/elsewhere/only.pdf") == "Smith/only.pdf"
    assert files.find("storage/QQQQ1111/top.pdf") == "top.pdf"
    assert Files(["ABCD2345/other.pdf"]).find("storage/QQQQ1111/other.pdf") is None, "another attachment's folder"
    assert files.find("Caf\u00e9.PDF") == "Cafe\u0301.pdf", "as macOS writes the name"


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("a.json", "{", "a.json, the file: it is not valid JSON"),
        ("a.json", "{}", "a.json, the file: it is not a list of items"),
        ("a.json", '[{"id": "x1", "author": "Osei"}]', "entry 1 (x1): Expected `array | null`, got `str`"),
        ("a.json", '[{"id": "x"}, {"id": "x"}]', "entry x: 2 entries have this key; give each a key of its own"),
        ("a.bib", "@article{a, title = {un", "the file: syntax error in line 1: premature end of file"),
        ("a.bib", "@article{a, title={x}}\n@article{a, title={y}}", "repeated bibliography entry: a"),
        ("a.bib", "@article{a, author={A, B, C, D}}", "Too many commas in 'A, B, C, D'"),
        ("a.bib", "@article{a, journal=jns}", "undefined string in line 1: jns"),
        ("a.bib", "TY  - JOUR", "the file: it has no entry of BibTeX"),
        ("a.ris", "TY  - JOUR\nTI  - x\n", "line 1: the entry that begins here has no end"),
        ("a.ris", "@article{a}", "the file: it has no line `TY  -`"),
        ("a.xml", "<a/>", "a.xml (config: `library`) is neither CSL-JSON (.json) nor BibTeX (.bib) nor RIS (.ris)"),
        ("a.json", b"\xff", "cannot be read: 'utf-8' codec can't decode"),
        ("a.json", None, "a.json (config: `library`) does not exist"),
    ],
)
def test_a_library_that_cannot_be_used_is_an_error_that_says_where(tmp_path, name, text, message):
    if text is not None:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LibraryError) as error:
        load(tmp_path / name)
    assert message in str(error.value)


def test_every_broken_entry_is_named(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('[{"id": 1, "title": []}, {"id": 2, "title": "Good"}, 3]')
    with pytest.raises(LibraryError) as error:
        load(path)
    assert [line.split(":")[0].partition(", ")[2] for line in str(error.value).splitlines()] == [
        "entry 1 (1)",
        "entry 3",
    ]
