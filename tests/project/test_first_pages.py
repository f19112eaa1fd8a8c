"""Supplements whose names say nothing are known by their first pages."""

import pytest
import typst
from bad_papers import by_name
from test_catalogue import entry

from designspace.language import matching
from designspace.parsing.citation.names import plain
from designspace.project import first_pages, ledger, supplements
from designspace.project.first_pages import FirstPage

pytestmark = pytest.mark.usefixtures("forked_readers")
HANDS = "Hands that learn to reach in the dark without any feedback"
UNLIKE = "Hamds that leam to neach im the dork without amy feedback"
FEET = "Feet that learn to walk on a treadmill with split belts"
BODY = "In part 2 the tablet weighed 800 g. " * 40


def pdf(path, *head, size=16):
    rows = "\n\n".join(f"#text(size: {size}pt)[{text}]" for text in head)
    path.write_bytes(typst.compile(f"{rows}\n\n{BODY}".encode()))


@pytest.fixture
def folder(tmp_path):
    pdf(tmp_path / "1234.pdf", HANDS, "Ada Ng and Jo Li")
    pdf(tmp_path / "5678.pdf", FEET, "Kofi Osei")
    return tmp_path


def find(folder, *entries):
    hashes = {path.name: path.stem for path in sorted(folder.glob("*.pdf"))}
    pages = first_pages.known(folder, hashes, folder / "kept.json")
    return supplements.find(hashes, entries, pages)


@pytest.mark.parametrize(
    "head",
    [
        [f"Supplementary Information for: {HANDS}"],
        ["Supporting Online Material for", HANDS, "Ada Ng and Jo Li"],
        ["Supplemental Material", HANDS],
        ["Appendix S1", HANDS],
        [f"{HANDS} – Supporting Information"],
    ],
)
@pytest.mark.parametrize("size", [9, 16])
def test_a_supplement_joins_the_paper_whose_title_it_names(folder, head, size):
    pdf(folder / "1234-5678-1-SP.pdf", *head, size=size)
    assert find(folder) == {"1234-5678-1-SP": "1234"}


@pytest.mark.parametrize(
    "head",
    [
        ["Supplementary Information for: Ears that learn to hear without any sound"],
        ["Supplementary Information"],
        ["Supplementary Information", "Ada Ng and Jo Li"],
        [HANDS, "Ada Ng and Jo Li"],
        [HANDS, "Supplementary material", "Abstract"],
    ],
    ids=["another title", "no title", "authors only", "a version", "a version that mentions its supplement"],
)
def test_what_names_no_paper_here_is_a_paper(folder, head):
    pdf(folder / "1234-5678-1-SP.pdf", *head)
    assert find(folder) == {}


def test_of_two_papers_with_the_title_neither_is_taken(folder):
    pdf(folder / "9999.pdf", HANDS, "Ada Ng and Jo Li", "A draft")
    pdf(folder / "1234-5678-1-SP.pdf", "Supplemental Material", HANDS)
    assert find(folder) == {}


def test_the_library_wins_over_the_first_page(folder):
    pdf(folder / "1234-5678-1-SP.pdf", "Supplemental Material", HANDS)
    assert find(folder, entry("k", files=["5678.pdf", "1234-5678-1-SP.pdf"])) == {"1234-5678-1-SP": "5678"}


def test_first_pages_are_kept_and_what_cannot_be_read_has_none(folder, monkeypatch):
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 of no use")
    hashes = {"1234.pdf": "a", "bad.pdf": "b", "gone.pdf": "c", "away.pdf": ""}
    pages = first_pages.known(folder, hashes, folder / "kept.json")
    assert HANDS.replace(" ", "").lower() in pages["a"].page and not pages["a"].names
    assert pages == {"a": pages["a"], "b": FirstPage(), "c": FirstPage()}
    first_pages.save(pages, folder / "kept.json")
    monkeypatch.setattr(first_pages.limits, "call", None)
    assert first_pages.known(folder, hashes, folder / "kept.json") == pages
    monkeypatch.undo()
    (folder / "kept.json").write_text("{")
    assert first_pages.known(folder, hashes, folder / "kept.json") == pages


@pytest.mark.parametrize(
    "bomb, seconds, how", [("a decompression bomb", 20, "2 GiB"), ("a bomb of forms", 0.1, "SIGPROF")]
)
def test_what_ends_the_process_that_reads_it_costs_the_others_nothing(folder, monkeypatch, bomb, seconds, how):
    (folder / "2.pdf").write_bytes(by_name(bomb))
    hashes = {name: name for name in ("1234.pdf", "2.pdf", "5678.pdf", *map(str, range(20)))}
    ends, call = [], first_pages.limits.call

    def spy(*arguments, **by):
        try:
            call(*arguments, **by)
            ends.append("")
        except first_pages.limits.Failed as error:
            ends.append(str(error))
            raise

    monkeypatch.setattr(first_pages.limits, "call", spy)
    monkeypatch.setattr(first_pages, "SECONDS", seconds)
    pages = first_pages.known(folder, hashes, folder / "kept.json")
    assert [name for name in hashes if pages[name].page] == ["1234.pdf", "5678.pdf"] and pages.keys() == set(hashes)
    assert len(ends) == 2 and how in ends[0] and not ends[1], "a second process goes on behind it"


@pytest.mark.parametrize(
    "page, is_behind",
    [
        (f"header{HANDS}" + "text" * 500, False),
        (f"header{HANDS.replace('dark', 'dork')}" + "text" * 500, False),
        (f"header{UNLIKE}" + "text" * 500, True),
        ("of the end of another article about feet" * 40 + HANDS, True),
        ("of the end of another article about feet" * 40, True),
        ("a scan", False),
    ],
    ids=["at its head", "with a slip", "with too many to be found", "in its middle", "on no page of these", "a scan"],
)
def test_the_title_of_a_paper_that_may_begin_behind_another_is_known(page, is_behind):
    at_its_head = any(start < 1200 for start, _ in matching.places(page, HANDS))
    assert is_behind is (len(page) > 200 and not at_its_head), "as what looks for it in the whole text finds it"
    pages = {"a": FirstPage(plain(page)), "b": FirstPage(plain(page))}
    entries = [entry("k", title=HANDS, files=["x/a.pdf"]), entry("l", title=HANDS, doi="10.1/b")]
    found = first_pages.titles_behind({"a.pdf": "a", "b.pdf": "b"}, pages, entries)
    assert found == ({"a": plain(HANDS)} if is_behind else {})


def test_the_ledger_gives_a_supplement_no_batch(folder):
    pdf(folder / "1234-5678-1-SP.pdf", "Supplemental Material", HANDS)
    rows = ledger.plan(
        folder,
        folder / "ledger.csv",
        2,
        first_pages=lambda hashes: first_pages.known(folder, hashes, folder / "kept.json"),
    )
    assert {row.file: (row.supplement_of, bool(row.batch)) for row in rows} == {
        "1234-5678-1-SP.pdf": ("1234", False),
        "1234.pdf": ("", True),
        "5678.pdf": ("", True),
    }
