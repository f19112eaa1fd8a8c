"""Papers in subfolders, as Zotero stores them, and supplements in the ledger."""

import pytest
from paper_folder import Papers
from test_catalogue import entry

from designspace.core.errors import DesignspaceError
from designspace.project import ledger
from designspace.project.folder import pdf_files


@pytest.fixture
def papers(tmp_path):
    papers = Papers(tmp_path)
    for file in ("AAAA1111/Ng 2019.pdf", "BBBB2222/main.pdf", "CCCC3333/main.pdf", ".hidden/x.pdf", "CCCC3333/x.html"):
        papers.folder.joinpath(file).parent.mkdir(exist_ok=True)
        papers.folder.joinpath(file).write_text(file)
    papers.write(top="top")
    (papers.folder / "loop").symlink_to(papers.folder)
    return papers


def plan(papers, **more):
    rows = ledger.plan(papers.folder, papers.file, 2, with_subfolders=True, **more)
    ledger.save(rows, papers.file, 0)
    assert ledger.load(papers.file) == rows
    return {row.file: row for row in rows}


def test_subfolders_are_searched_where_the_setting_says_so(papers):
    assert pdf_files(papers.folder) == ["top.pdf"]
    found = ["AAAA1111/Ng 2019.pdf", "BBBB2222/main.pdf", "CCCC3333/main.pdf", "top.pdf"]
    assert pdf_files(papers.folder, with_subfolders=True) == found


def test_ids_are_unique_and_stay(papers):
    rows = plan(papers)
    ids = {file: row.paper for file, row in rows.items()}
    assert len(set(ids.values())) == 4 and ids["BBBB2222/main.pdf"] == "main" and ids["top.pdf"] == "top"
    assert ids["AAAA1111/Ng 2019.pdf"].startswith("Ng_2019-") and ids["CCCC3333/main.pdf"].startswith("main-")
    (papers.folder / "AAAA0000").mkdir()
    (papers.folder / "AAAA0000" / "main.pdf").write_text("another")
    (papers.folder / "BBBB2222").rename(papers.folder / "DDDD4444")
    later = {file: row.paper for file, row in plan(papers).items()}
    assert later["DDDD4444/main.pdf"] == "main", "a paper that moved is the same"
    assert len(set(later.values())) == 5 and later.items() >= {"CCCC3333/main.pdf": ids["CCCC3333/main.pdf"]}.items()


def test_a_folder_that_cannot_be_read_is_an_error_that_names_it(papers, monkeypatch):
    import os

    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("BBBB2222"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(DesignspaceError, match="BBBB2222 cannot be read: Permission denied"):
        pdf_files(papers.folder, with_subfolders=True)


def test_a_supplement_has_its_paper_and_no_batch(papers):
    papers.write(top_supp="more")
    its = entry("k", files=["storage/CCCC3333/main.pdf", "storage/AAAA1111/Ng 2019.pdf"])
    rows = plan(papers, entries=[its])
    supplement = rows["AAAA1111/Ng 2019.pdf"]
    assert (supplement.supplement_of, supplement.batch) == (rows["CCCC3333/main.pdf"].paper, "")
    assert rows["top_supp.pdf"].supplement_of == "top"
    assert ledger.supplements_of(papers.file, ["top", "main"]) == {"top": [rows["top_supp.pdf"]], "main": []}
    present = ledger.present(list(rows.values()), papers.folder, with_subfolders=True)
    assert present == [row.paper for row in rows.values() if row.is_asked]
    assert ledger.names(row._asdict() for row in rows.values())["top_supp.pdf"] == "top"


def test_a_supplement_that_was_a_paper_keeps_its_batch_and_one_that_is_a_paper_again_gets_one(papers):
    before = plan(papers)
    papers.write(top_supp="more")
    its = entry("k", files=["CCCC3333/main.pdf", "AAAA1111/Ng 2019.pdf"])
    joined = plan(papers, entries=[its])
    name = "AAAA1111/Ng 2019.pdf"
    assert joined[name].batch == before[name].batch and joined[name].supplement_of
    (papers.folder / "top.pdf").unlink()
    alone = plan(papers)
    assert not alone[name].supplement_of and alone["top_supp.pdf"].batch and not alone["top_supp.pdf"].supplement_of


def test_a_paper_that_is_excluded_before_it_was_asked_has_no_batch_until_it_is_not(papers):
    first = plan(papers, excluded=["top.pdf", "unknown"])
    assert first["top.pdf"].batch == "excluded" and first["BBBB2222/main.pdf"].batch
    assert "top" not in ledger.present(list(first.values()), papers.folder, with_subfolders=True)
    later = plan(papers, excluded=["main"])
    assert later["top.pdf"].is_asked and later["BBBB2222/main.pdf"] == first["BBBB2222/main.pdf"]


def test_a_ledger_of_an_older_version_is_read(papers):
    rows = plan(papers)
    old = [line.rpartition(",")[0] for line in papers.file.read_text().splitlines()]
    papers.file.write_text("\n".join(old) + "\n")
    assert ledger.load(papers.file) == list(rows.values())
