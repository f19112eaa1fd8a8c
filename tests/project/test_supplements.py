"""Which file is the supplement of which, by the library and by name."""

import pytest
from test_catalogue import entry

from designspace.project import supplements


def found(*files, entries=()):
    return supplements.find({file: file.removesuffix(".pdf") for file in files}, entries)


@pytest.mark.parametrize(
    "name",
    ["smith_2019_supp", "Smith 2019 - Supplementary Information", "smith_2019_SI", "smith-2019-appendix",
     "smith_2019 (supplement 2)", "smith_2019_S1", "smith_2019.supporting information", "smith_2019_suppl_materials",
     "smith_2019 online supplement"],
)  # fmt: skip
def test_a_name_says_whose_supplement_a_file_is(name):
    assert found("smith_2019.pdf", f"{name}.pdf") == {name: "smith_2019"}


@pytest.mark.parametrize(
    "name", ["smith_2019b", "smith_2019_support", "supplement", "jones_2020_supp", "smith_2019_sites", "smith_2019 2"]
)
def test_other_names_are_papers(name):
    assert found("smith_2019.pdf", f"{name}.pdf") == {}


def test_the_paper_may_be_in_another_folder_if_it_is_the_only_one():
    assert found("AA/smith.pdf", "BB/smith supp.pdf") == {"BB/smith supp": "AA/smith"}
    assert found("AA/main.pdf", "BB/main.pdf", "CC/main supp.pdf") == {}
    assert found("AA/main.pdf", "BB/main.pdf", "BB/main supp.pdf") == {"BB/main supp": "BB/main"}


def test_the_pdfs_of_one_entry_belong_together():
    one = entry("k", files=["s/mmc1_supp.pdf", "s/main.pdf", "s/movie.pdf", "s/gone.pdf"])
    assert found("main.pdf", "mmc1_supp.pdf", "movie.pdf", "b.pdf", entries=[one]) == {
        "mmc1_supp": "main",
        "movie": "main",
    }


def test_what_the_library_says_wins_over_names():
    mine, its = entry("k", files=["a.pdf"]), entry("l", files=["b.pdf", "a supp.pdf"])
    assert found("a.pdf", "a supp.pdf", "b.pdf", entries=[mine, its]) == {"a supp": "b"}
