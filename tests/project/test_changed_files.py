"""A file that changed is noticed, and one that did not is not opened again."""

import os
import time

import pytest
from paper_folder import Papers

from designspace.parsing import reading
from designspace.project import ledger


@pytest.fixture
def papers(tmp_path):
    return Papers(tmp_path)


def test_known_files_are_not_opened_again(papers, monkeypatch):
    papers.write(a="1", b="2")
    papers.run()
    opened = []
    hasher = ledger.hash_of
    monkeypatch.setattr(ledger, "hash_of", lambda path: opened.append(path.name) or hasher(path))
    papers.run()
    assert opened == []
    papers.write(c="3")
    papers.plan()
    assert opened == ["c.pdf"]


def test_a_moved_file_with_an_old_time_is_noticed(papers, tmp_path):
    """Moving keeps the time of the last writing."""
    papers.write(a="1")
    (tmp_path / "new.pdf").write_text("2")
    os.utime(tmp_path / "new.pdf", (1, 1))
    papers.run()
    old = papers.plan()[0].sha256
    (tmp_path / "new.pdf").replace(papers.folder / "a.pdf")
    assert papers.plan()[0].sha256 != old


def test_a_paper_replaced_after_the_clock_was_set_back_is_noticed(papers):
    papers.write(a="1")
    papers.run()
    old, future = papers.plan()[0].sha256, time.time() + 5 * 3600
    os.utime(papers.file, (future, future))
    papers.write(a="2")
    assert papers.plan()[0].sha256 != old


def test_touched_files_are_opened_once(papers, monkeypatch):
    papers.write(a="1")
    papers.run()
    content = papers.file.read_bytes()
    (papers.folder / "a.pdf").touch()
    papers.run()
    assert papers.file.read_bytes() == content
    monkeypatch.setattr(ledger, "hash_of", lambda path: pytest.fail("opened again"))
    papers.plan()


@pytest.mark.parametrize("known", [False, True])
def test_a_file_that_changes_between_plan_and_save_is_noticed(papers, known):
    """A file that was still being copied while it was hashed, in the first run and in a later one."""
    papers.write(a="half")
    if known:
        papers.run()
    seen = time.time_ns()
    rows = papers.plan()
    papers.write(a="half and the other half")
    ledger.save(rows, papers.file, seen)
    assert papers.plan()[0].sha256 != rows[0].sha256


def test_a_file_copied_just_before_is_opened_once_more(papers, monkeypatch):
    seen = time.time_ns()
    papers.write(a="1")
    ledger.save(papers.plan(), papers.file, seen)
    opened = []
    hasher = ledger.hash_of
    monkeypatch.setattr(ledger, "hash_of", lambda path: opened.append(path.name) or hasher(path))
    papers.plan()
    assert opened == ["a.pdf"]


def test_a_file_without_an_end_holds_nothing_up(papers):
    papers.write(a="1")
    with (papers.folder / "endless.pdf").open("wb") as file:
        file.truncate(2**40)  # a terabyte, of which nothing is on the disk
    assert papers.run() == {"a": ("a.pdf", "b0001", ""), "endless": ("endless.pdf", "b0001", "")}
    record = reading.read(papers.folder / "endless.pdf", "endless", "", with_ocr=False)
    assert record["status"] == "unreadable" and "more than 2 GiB of memory" in record["reason"]
