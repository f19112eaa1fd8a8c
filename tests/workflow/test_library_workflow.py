"""A folder as Zotero leaves it, with its library: subfolders, a supplement, a preprint and a copy."""

import json
import shutil

import pytest
from projects import GPU_WORK, PAPER_WORK, configure, pdf, snakemake, table

from designspace.project.library.loading import load

pytestmark = pytest.mark.usefixtures("without_model")
HANDS = "Hands that learn to reach in the dark without any feedback"
FEET = "Feet that learn to walk on a treadmill with split belts"
BODY = "In study 1 a total of 24 right-handed people made movements of 8 cm to a target. " * 12


def article(path, title, authors, line, body=BODY):
    """A PDF with a title, a by-line and a line at its foot."""
    path.parent.mkdir(exist_ok=True)
    head = f'#set page(footer: [{line}])\n#align(center)[#text(18pt, weight: "bold")[{title}]\n\n{authors}]\n\n'
    pdf(f"{head}= Abstract\n{body}\n= Methods\n{body}", path)


@pytest.fixture
def zotero(new_project):
    """The project with the library and the storage folder."""
    papers = new_project / "papers"
    article(papers / "AAAA1111" / "Ng and Li - 2019 - Hands.pdf", HANDS, "Ada Ng, Jo Li", "Movement 7 (2019), 1-9")
    article(
        papers / "BBBB2222" / "mmc1.pdf",
        "Supplementary Information",
        "",
        "",
        "In part 2 the tablet weighed 800 g. " * 20,
    )
    article(
        papers / "CCCC3333" / "2018.pdf",
        HANDS,
        "Ada Ng, Jo Li",
        "bioRxiv preprint doi: 10.1101/318",
        BODY + "It is a draft.",
    )
    article(papers / "DDDD4444" / "main.pdf", FEET, "Kofi Osei, Lin Wu", "https://doi.org/10.1234/walk.20")
    (papers / "EEEE5555").mkdir()
    shutil.copy(papers / "DDDD4444" / "main.pdf", papers / "EEEE5555" / "walk.pdf")
    write_library(papers)
    configure(new_project, papers_in_subfolders=True, library="papers/library.json", papers_per_job=1)
    return new_project


def write_library(papers, journal="Journal of Invented Movements"):
    files = ["/home/ada/Zotero/storage/AAAA1111/Ng and Li - 2019 - Hands.pdf", "storage/BBBB2222/mmc1.pdf"]
    hands = {"id": "ng_hands", "type": "article-journal", "title": HANDS, "container-title": journal, "file": files}
    hands |= {"author": [{"family": "Ng", "given": "Ada"}, {"family": "Li", "given": "Jo"}], "volume": "7"}
    feet = {"id": "osei_feet", "type": "article-journal", "title": "Walking Feet", "DOI": "10.1234/WALK.20"}
    feet |= {"author": [{"family": "Osei", "given": "Kofi"}]}
    gone = {
        "id": "gone",
        "type": "book",
        "title": "A book",
        "author": [{"family": "Abe", "given": "Y."}],
        "file": "b.pdf",
    }
    dated = [item | {"issued": {"date-parts": [[2019]]}} for item in (hands, feet, gone)]
    (papers / "library.json").write_text(json.dumps(dated), "utf-8")


def counts(project):
    rows = table(project, "prisma")
    return {row.step: row.papers for row in rows.itertuples() if not row.reason and row.papers}


def check_papers(zotero, finished):
    """One row each where one belongs. Returns those of the two papers that are counted."""
    assert finished["extract_text"] == finished["ask"] == 3, "the article with its supplement, its preprint, the other"
    papers = table(zotero, "papers").set_index("file")
    status = {file: row.status for file, row in papers.iterrows()}
    assert status == {
        "AAAA1111/Ng and Li - 2019 - Hands.pdf": "ok",
        "BBBB2222/mmc1.pdf": "supplement",
        "CCCC3333/2018.pdf": "version",
        "DDDD4444/main.pdf": "ok",
        "EEEE5555/walk.pdf": "duplicate",
        "": "no_file",
    }
    hands, feet = papers.loc["AAAA1111/Ng and Li - 2019 - Hands.pdf"], papers.loc["DDDD4444/main.pdf"]
    assert (hands.citation, hands.journal, hands.key) == ("Ng & Li 2019", "Journal of Invented Movements", "ng_hands")
    assert (feet.citation, feet.title, feet.doi, feet.key) == (
        "Osei 2019",
        "Walking Feet",
        "10.1234/walk.20",
        "osei_feet",
    )
    assert "title: library" in feet.found_in and papers.loc[""].reason == "Its file b.pdf is not in the folder."
    assert papers.loc["BBBB2222/mmc1.pdf"].supplement_of == papers.loc["CCCC3333/2018.pdf"].version_of == hands.paper
    return hands, feet


def check_tables(zotero, hands, feet):
    """The supplement is read with its paper, and what is not counted is in no other table."""
    text = json.loads((zotero / "results" / "text" / f"{hands.paper}.json").read_text("utf-8"))
    assert "the tablet weighed 800 g." in text["text"] and [part["paper"] for part in text["parts"]] == ["mmc1"]
    titles = json.loads((zotero / "results" / "titles.json").read_text("utf-8"))
    assert titles == {}, "a PDF that an entry names begins with its title, and no entry names the other's"
    counted = {hands.paper, feet.paper}
    assert set(table(zotero, "extractions").paper) == set(table(zotero, "parameters").paper) == counted
    assert counts(zotero) == {
        "no_file": 1,
        "files": 5,
        "duplicates": 1,
        "supplements": 1,
        "versions": 1,
        "included": 2,
    }
    for kind in ("json", "bib"):
        exported = load(zotero / "results" / f"papers.{kind}")
        assert [(one.key, one.citation) for one in exported] == [
            ("ng_hands", "Ng & Li 2019"),
            ("osei_feet", "Osei 2019"),
        ]
    assert "Included papers: 2" in (zotero / "results" / "prisma.svg").read_text("utf-8")


def check_change_of_citations(zotero, hands, feet):
    """A new library file and an excluded paper change tables only."""
    write_library(zotero / "papers", journal="Renamed Journal")
    (zotero / "config" / "excluded.csv").write_text(f"paper,reason\n{feet.paper},no hands\n", "utf-8")
    finished, _ = snakemake(zotero)
    assert finished == {"merge": 1, "report": 1}
    papers = table(zotero, "papers").set_index("file")
    assert papers.loc["AAAA1111/Ng and Li - 2019 - Hands.pdf"].journal == "Renamed Journal"
    assert (papers.loc["DDDD4444/main.pdf"].status, papers.loc["DDDD4444/main.pdf"].reason) == ("excluded", "no hands")
    assert set(table(zotero, "extractions").paper) == {hands.paper} and counts(zotero)["excluded"] == 1


def check_new_supplement(zotero, feet):
    """A supplement that joins asks its paper again, and no other."""
    article(
        zotero / "papers" / "FFFF6666" / "main supp.pdf",
        "Supporting Text",
        "",
        "",
        "In part 3 a belt ran at 2 cm a second. " * 20,
    )
    named = f"Supporting Online Material for\n\n#text(16pt)[{FEET}]\n\n"
    pdf(named + "In part 4 a belt ran at 3 cm a second. " * 20, zotero / "papers" / "FFFF6666" / "1234-5678-1-SP.pdf")
    finished, _ = snakemake(zotero)
    assert {rule: finished[rule] for rule in (*PAPER_WORK, *GPU_WORK)} == dict.fromkeys([*PAPER_WORK, *GPU_WORK], 1)
    assert table(zotero, "papers").set_index("file").loc["FFFF6666/main supp.pdf"].supplement_of == feet.paper
    assert table(zotero, "papers").set_index("file").loc["FFFF6666/1234-5678-1-SP.pdf"].supplement_of == feet.paper
    text = json.loads((zotero / "results" / "text" / f"{feet.paper}.json").read_text("utf-8"))
    assert "a belt ran at 2 cm" in text["text"] and "a belt ran at 3 cm" in text["text"]
    assert not snakemake(zotero)[0]


BIBTEX = r"""@article{{ng_hands, title = {{{{{hands}}}}}, author = {{Ng, Ad{{\'a}} and Li, Jo}}, year = 2019,
  journal = {{Journal of Movements}}, file = {{{storage}\\AAAA1111\\Ng and Li - 2019 - Hands.pdf:application/pdf;
  {storage}\\BBBB2222\\mmc1.pdf:application/pdf}} }}
@article{{osei_feet, title = {{Walking {{F}}eet}}, author = {{Osei, Kofi}}, year = 2019, doi = {{10.1234/walk.20}},
  {files} }}
"""


def write_bibtex(zotero, files=""):
    """The library as Zotero exports it on Windows."""
    storage = r"Full Text:C\:\\Users\\ada\\Zotero\\storage"
    text = BIBTEX.format(hands=HANDS, storage=storage, files=files)
    (zotero / "papers" / "library.bib").write_text(text, "utf-8")


def check_another_library(zotero, hands, feet):
    """The library in another file and format changes tables only."""
    write_bibtex(zotero)
    configure(zotero, library="papers/library.bib")
    finished, _ = snakemake(zotero)
    assert finished == {"merge": 1, "report": 1}
    papers = table(zotero, "papers").set_index("paper")
    assert (papers.loc[hands.paper].authors, papers.loc[hands.paper].journal) == (
        "Adá Ng; Jo Li",
        "Journal of Movements",
    )
    assert papers.loc[feet.paper].key == "osei_feet" and "" not in set(papers.file), "the book is in it no more"


def check_library_that_joins(zotero, feet):
    """A library that makes a paper the supplement of another asks that one again; one that parts them asks both."""
    article(
        zotero / "papers" / "GGGG7777" / "ears.pdf",
        "Ears that hear while walking",
        "Lin Wu",
        "",
        "In part 5 a bell rang. " * 40,
    )
    assert snakemake(zotero)[0]["ask"] == 1
    ears = table(zotero, "papers").set_index("file").loc["GGGG7777/ears.pdf"]
    files = "file = {storage/DDDD4444/main.pdf;storage/GGGG7777/ears.pdf}"
    for more, status, jobs in ((files, "supplement", 1), ("", "ok", 1)):
        write_bibtex(zotero, more)
        finished, _ = snakemake(zotero)
        assert {rule: finished[rule] for rule in (*PAPER_WORK, *GPU_WORK)} == dict.fromkeys(
            [*PAPER_WORK, *GPU_WORK], jobs
        )
        papers = table(zotero, "papers").set_index("paper")
        assert (papers.loc[ears.paper].status, papers.loc[feet.paper].status) == (status, "ok")
        text = json.loads((zotero / "results" / "text" / f"{feet.paper}.json").read_text("utf-8"))
        assert ("a bell rang" in text["text"]) is (status == "supplement")


def test_a_folder_of_zotero_from_files_to_tables_and_its_changes(zotero):
    finished, _ = snakemake(zotero)
    hands, feet = check_papers(zotero, finished)
    check_tables(zotero, hands, feet)
    check_change_of_citations(zotero, hands, feet)
    check_new_supplement(zotero, feet)
    (zotero / "config" / "excluded.csv").unlink()
    check_another_library(zotero, hands, feet)
    check_library_that_joins(zotero, feet)


def test_a_library_that_cannot_be_used_stops_the_run_before_any_job(zotero):
    (zotero / "papers" / "library.json").write_text('[{"id": "x", "title": []}]', "utf-8")
    (zotero / "config" / "excluded.csv").write_text("paper\nmain\n", "utf-8")
    finished, printed = snakemake(zotero, fails=True)
    assert not finished and "excluded.csv has no column `reason`" in printed and "Traceback" not in printed
    (zotero / "config" / "excluded.csv").unlink()
    finished, printed = snakemake(zotero, fails=True)
    assert not finished and "The library papers/library.json, entry 1 (x): Expected" in printed
    assert "Traceback" not in printed


def test_a_paper_that_is_excluded_before_it_was_asked_is_never_asked(zotero):
    (zotero / "config" / "excluded.csv").write_text("paper,reason\nmain.pdf,\nmain,no hands\n", "utf-8")
    assert "row 2 has no `reason`" in snakemake(zotero, fails=True)[1]
    (zotero / "config" / "excluded.csv").write_text("paper,reason\nDDDD4444/main.pdf,no hands\n", "utf-8")
    finished, _ = snakemake(zotero)
    assert finished["extract_text"] == finished["ask"] == 2
    row = table(zotero, "papers").set_index("file").loc["DDDD4444/main.pdf"]
    assert (row.status, row.reason, row.sha256 != "") == ("excluded", "no hands", True)
    (zotero / "config" / "excluded.csv").unlink()
    assert snakemake(zotero)[0]["ask"] == 1
