"""Which entry of a library is which paper, what a paper's citation is then, and the export of citations."""

import json

import pytest

from designspace.project.library import catalogue, exports
from designspace.project.library.entries import Entry
from designspace.project.library.loading import load


def entry(key, title="", authors=(), year="2019", doi="", journal="", files=(), **more):
    people = [dict(zip(("given", "family"), name.rsplit(" ", 1), strict=True)) for name in authors]
    item = {"id": key, "type": "article-journal", "title": title, "author": people, "DOI": doi} | more
    return Entry(key, item | {"container-title": journal, "issued": {"date-parts": [[year]]}}, tuple(files))


def printed(title="", authors=(), year="", journal="", doi="", kind="article"):
    values = {"title": title, "authors": list(authors), "year": year, "journal": journal, "doi": doi, "type": kind}
    return {"citation": "", **values, "sources": {key: ["page 1, header"] for key, value in values.items() if value}}


LONG = "Hands that learn to reach in the dark"


@pytest.mark.parametrize(
    "one, says",
    [
        (entry("k", files=["x/a.pdf"]), printed()),
        (entry("k", doi="10.1/A"), printed(doi="10.1/a")),
        (entry("k", title=LONG, authors=["Ada Ng"]), printed("Hands That Learn to Reach in the Dark.", ["A. Ng"])),
        (entry("k", title=LONG), printed(LONG.replace("learn", "leam"))),
    ],
    ids=["attachment", "doi", "title and author", "title with a slip, no author"],
)
def test_an_entry_is_a_paper_by_its_file_its_doi_or_its_title(one, says):
    found, missing = catalogue.match([one], {"a.pdf": "a", "b.pdf": "b"}, {"a": says, "b": None})
    assert (found, missing) == ({"a": one}, [])


@pytest.mark.parametrize(
    "one, says",
    [
        (entry("k", title=LONG, authors=["Ada Ng"]), printed(LONG, ["Kofi Osei"])),
        (entry("k", title="Editorial"), printed("Editorial")),
        (entry("k", title=LONG), printed("Feet that learn to walk in the light")),
        (entry("k", files=["c.pdf"]), printed()),
    ],
    ids=["another author", "a title that many have", "another title", "a file that is not there"],
)
def test_an_entry_that_is_no_paper_has_no_file(one, says):
    assert catalogue.match([one], {"a.pdf": "a"}, {"a": says}) == ({}, [one])


@pytest.mark.parametrize("one", [entry("k", doi="10.1/A"), entry("k", title=LONG)], ids=["doi", "title"])
def test_an_entry_is_the_paper_and_not_the_supplement_that_prints_the_same(one):
    says = {"a": printed(LONG, doi="10.1/a"), "s": printed(LONG, doi="10.1/a", kind="supplement")}
    assert catalogue.match([one], {"a.pdf": "a", "s.pdf": "s"}, says) == ({"a": one}, [])


def test_an_entry_that_is_in_the_library_twice_is_not_missing():
    first, second = entry("k", title=LONG, files=["a.pdf"]), entry("l", title=LONG)
    assert catalogue.match([second, first], {"a.pdf": "a"}, {"a": None}) == ({"a": first}, [])


def test_the_library_wins_field_by_field_and_each_field_says_where_it_was_found():
    known = [
        ("library", entry("k", title=LONG, authors=["Ada Ng", "Jo Li"])),
        ("doi.org", entry("", journal="Journal")),
    ]
    citation = catalogue.resolve(known, printed("Another title", ["X Y"], year="2001", doi="10.1/a", journal="J."))
    assert (citation["citation"], citation["title"], citation["doi"]) == ("Ng & Li 2019", LONG, "10.1/a")
    assert citation["sources"] == {
        "title": "library",
        "authors": "library",
        "year": "library",
        "journal": "doi.org",
        "doi": "pdf, page 1, header",
        "type": "library",
    }
    assert catalogue.resolve([], None)["citation"] == ""


def test_exports_are_read_again_as_they_were(tmp_path):
    title = 'On 50% of Things & "more" <i>in vivo</i> \\ ~'
    hard = entry("a b,c", title, ["José García_M", "van der Berg"], journal="J & K")
    hard.item["author"].append({"literal": "Müller and Sons"})
    twin = entry("A_b c", LONG, ["Ada Ng"], doi="10.1/a_b%c")
    says = printed(LONG, ["Jo van der Berg", "Ng"], "2020", "Things", "10.1/x", "preprint")
    mine = catalogue.as_item("paper-1", says)
    items = exports.keyed([hard.item | {"file": "C:/me/a.pdf"}, twin.item, mine])
    assert [item["id"] for item in items] == ["a_b_c", "A_b_c_x", "paper-1"]
    (tmp_path / "a.json").write_bytes(exports.csl_json(items))
    (tmp_path / "a.bib").write_bytes(exports.bibtex(items))
    assert "file" not in json.loads((tmp_path / "a.json").read_text("utf-8"))[0]
    for again in (load(tmp_path / "a.json"), load(tmp_path / "a.bib")):
        assert [one.key for one in again] == ["a_b_c", "A_b_c_x", "paper-1"]
        assert again[0].title == 'On 50% of Things & "more" in vivo \\ ~'
        assert again[0].authors == ["José García_M", "van der Berg", "Müller and Sons"]
        assert (again[0].journal, again[1].doi, again[2].type) == ("J & K", "10.1/a_b%c", "preprint")
        assert again[2].authors == ["Jo van der Berg", "Ng"] and again[2].citation == "van der Berg & Ng 2020"
