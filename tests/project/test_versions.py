"""Which papers are one work, which of its versions is counted, and what only looks alike."""

import pytest

from designspace.project.versions import Paper, supplements, versions

TITLE = "Hands that learn to reach in the dark"
FEET = "Feet that walk in the light"
PAGE = "Hands were asked to reach for targets that nobody could see, and we measured how they learned to do so. " * 4


def paper(
    name, title=TITLE, families=("Ng", "Li"), doi="", kind="article", page="", read=True, known=False, pages=9, also=()
):
    return Paper(name, title, tuple(families), doi, kind, page, read, known, pages, frozenset(also))


def test_the_article_is_counted_and_not_its_preprint():
    preprint = paper("a", TITLE.upper(), kind="preprint", doi="10.1/p", known=True, pages=30)
    assert versions([preprint, paper("b", doi="10.2/a"), paper("c", "Feet that walk in the light")]) == {"a": "b"}


def test_three_versions_are_one_work():
    three = [paper("a", doi="10.1/a"), paper("b", doi="10.1/a", title="", families=()), paper("c", kind="preprint")]
    assert versions(three) == {"b": "a", "c": "a"}


def test_a_doi_that_names_the_other_tells_where_title_and_authors_changed():
    article = paper("b", FEET, families=("Osei",), doi="10.2/a")
    assert versions([paper("a", kind="preprint", doi="10.1/p", also=["10.2/a"]), article]) == {"a": "b"}
    assert versions([paper("a", kind="preprint", doi="10.1/p", also=["10.3/x"]), article]) == {}
    assert versions([paper("a", kind="preprint", also=["10.3/x"]), paper("b", FEET, also=["10.3/x"])]) == {}


@pytest.mark.parametrize(
    "one, other",
    [
        (paper("a", pages=10), paper("b", pages=12)),
        (paper("a", kind="preprint", pages=99), paper("b", read=True)),
        (paper("a", read=False), paper("b", kind="preprint")),
        (paper("a", pages=99), paper("b", known=True)),
    ],
    ids=["more pages", "an article", "one that was read", "one of the library"],
)
def test_which_version_is_counted(one, other):
    assert versions([one, other]) == {"a": "b"}


def test_first_pages_tell_where_titles_and_authors_do_not():
    changed = "In the dark, hands learn to reach"
    assert versions([paper("a", page=PAGE), paper("b", changed, kind="preprint", page=PAGE)]) == {}, "titles differ"
    near = "How hands learn to reach in darkness"
    assert versions([paper("a", page=PAGE), paper("b", near, kind="preprint", page=PAGE)]) == {"b": "a"}
    assert versions([paper("a", page=PAGE), paper("b", near, kind="preprint")]) == {}
    assert versions([paper("a", page=PAGE), paper("b", families=(), page=PAGE)]) == {"b": "a"}


@pytest.mark.parametrize(
    "other",
    [
        paper("b", TITLE + " II"),
        paper("b", TITLE + " 2"),
        paper("b", families=("Osei",)),
        paper("b", families=()),
        paper("b", "Hands that learn to reach in the park: a review of children's play"),
        paper("b", kind="supplement"),
    ],
    ids=["second part", "with a number", "other authors", "no authors", "another title", "a supplement"],
)
def test_what_looks_alike_is_another_work(other):
    assert versions([paper("a"), other]) == {}


def test_short_titles_and_two_articles_with_their_own_dois_are_no_versions():
    assert versions([paper("a", "Editorial"), paper("b", "Editorial")]) == {}
    yearly = [paper("a", "Annual report of the society", doi="10.1/a"), paper("b", "Annual report of the society")]
    assert versions([yearly[0], paper("b", "Annual report of the society", doi="10.1/b")]) == {}
    assert versions(yearly) == {"b": "a"}


def test_a_supplement_joins_the_paper_that_it_names():
    own = paper("s", "Supplementary Information", (), kind="supplement", page=f"Supplement to: {TITLE.upper()}\n Ng")
    by_doi = paper("t", "Supporting Text", (), kind="supplement", doi="10.1/a")
    other = paper("u", "Supporting Text", (), kind="supplement", page="Of a paper that is not here.")
    assert supplements([own, by_doi, other, paper("a", doi="10.1/a")]) == {"s": "a", "t": "a"}
