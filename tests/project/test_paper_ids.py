"""The id of a paper: a name that is safe everywhere, one for each file."""

import os

import pytest
from paper_folder import Papers

from designspace.project import ledger


@pytest.fixture
def papers(tmp_path):
    return Papers(tmp_path)


ODD_NAMES = [
    "Smith 2019 final.pdf",
    "Müller-Žižek 2020.pdf",
    "ﬁnger ﬂexion.pdf",
    'It\'s “quoted” "twice" & `thrice` $(x).pdf',
    "-rf.pdf",
    "=cmd.pdf",
    "'quoted.pdf",
    "a.b.c.v2.pdf",
    "x" * 196 + ".pdf",
    "论文.pdf",
    "Ångström\u00a0thin\u2009space.pdf",
    "{paper}.pdf",
    "a,b.pdf",
    "a;=1+1.pdf",
    "SHOUTED.PDF",
    "..pdf.pdf",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_id_is_a_safe_name(name):
    assert ledger.CLEAN.fullmatch(ledger.paper_id(name))
    assert ledger.paper_id(name) == ledger.paper_id(name)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Smith 2019 final.pdf", "Smith_2019_final-"),
        ("Müller-Žižek 2020.pdf", "Muller-Zizek_2020-"),
        ("ﬁnger ﬂexion.pdf", "finger_flexion-"),
        ("-rf.pdf", "rf-"),
        ("a.b.c.v2.pdf", "a_b_c_v2-"),
        ("x" * 196 + ".pdf", "x" * 60 + "-"),
        ("论文.pdf", "paper-"),
    ],
)
def test_id_can_be_recognised(name, start):
    assert ledger.paper_id(name)[:-8] == start


def test_clean_stem_is_its_own_id():
    assert ledger.paper_id("smith_2019.pdf") == "smith_2019"
    assert ledger.paper_id("Smith-2019b.PDF") == "Smith-2019b"
    assert ledger.paper_id("x" * 80 + ".pdf") == "x" * 80


def test_names_that_clean_to_the_same_stay_apart():
    assert len({ledger.paper_id(f"a{c}b.pdf") for c in " .,;:!'\"_"}) == 9


def test_odd_names_survive_the_ledger(papers):
    names = [name for name in ODD_NAMES if not name.startswith(".")]
    for name in names:
        (papers.folder / name).write_text(name)
    first = papers.run()
    assert {file for file, _, _ in first.values()} == set(names)
    assert papers.run() == first
    assert not any(line.startswith(("=", "-")) for line in papers.file.read_text().replace(",", "\n").splitlines())


@pytest.mark.parametrize("name", ["two\nlines.pdf", os.fsdecode(b"latin\xe9.pdf")])
def test_unusable_name_is_refused(papers, name):
    (papers.folder / name).write_text("1")
    with pytest.raises(ledger.LedgerError, match="rename it"):
        papers.plan()


def test_same_id_of_two_names_is_resolved(papers):
    """A clean stem that is another name's cleaned id, and stems that differ only in case."""
    stolen = ledger.paper_id("smith 2019.pdf")
    for i, name in enumerate(["smith 2019.pdf", f"{stolen}.pdf", "Jones.pdf", "jones.pdf", "jones.PDF"]):
        (papers.folder / name).write_text(str(i))
    first = papers.run()
    assert {file for file, _, _ in first.values()} == set(os.listdir(papers.folder))
    assert papers.run() == first


def test_no_free_id_is_refused(papers):
    papers.write(**{"jones": "1", ledger.paper_id("Jones.pdf", 16): "2"})
    papers.run()
    papers.write(Jones="3")
    with pytest.raises(ledger.LedgerError, match=r"'Jones\.pdf'.*rename it"):
        papers.plan()
