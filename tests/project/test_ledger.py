"""Papers keep their ids and batches, whatever happens to their files."""

import os
import time

import pytest
from paper_folder import Papers

from designspace.project import ledger


@pytest.fixture
def papers(tmp_path):
    return Papers(tmp_path)


def test_only_pdfs_of_the_folder_itself(papers, tmp_path):
    papers.write(real="1")
    (papers.folder / "shouted.PDF").write_text("2")
    (papers.folder / ".hidden.pdf").write_text("3")
    (papers.folder / "notes.txt").write_text("4")
    (papers.folder / "folder.pdf").mkdir()
    (papers.folder / "folder.pdf" / "inner.pdf").write_text("5")
    (tmp_path / "elsewhere.pdf").write_text("6")
    (papers.folder / "link.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    (papers.folder / "dangling.pdf").symlink_to(tmp_path / "nowhere.pdf")
    (papers.folder / "loop.pdf").symlink_to("loop.pdf")
    (papers.folder / "device.pdf").symlink_to("/dev/zero")
    os.mkfifo(papers.folder / "pipe.pdf")
    assert list(papers.run()) == ["dangling", "link", "loop", "real", "shouted"]


def test_a_paper_whose_drive_is_not_mounted_stays_what_it_was(papers, tmp_path):
    drive = tmp_path / "drive"
    drive.mkdir()
    for name in ("a.pdf", "never seen.pdf"):
        (papers.folder / name).symlink_to(drive / name)
    (drive / "a.pdf").write_text("1")
    rows = papers.plan()
    assert [bool(row.sha256) for row in rows] == [True, False]
    papers.run()
    drive.rename(tmp_path / "away")
    assert papers.plan() == rows and ledger.present(rows, papers.folder) == [row.paper for row in rows]
    os.utime(papers.file, (time.time() + 3600,) * 2)  # whatever the clock says
    assert papers.plan() == rows
    (papers.folder / "again.pdf").write_text("1")
    found = {row.file: row.duplicate_of for row in papers.plan()}
    assert found == {"again.pdf": "", "a.pdf": "a", "never seen.pdf": ""}, "what is here goes before what is away"
    (papers.folder / "again.pdf").unlink()
    (tmp_path / "away").rename(drive)
    (drive / "never seen.pdf").write_text("2")
    assert all(row.sha256 for row in papers.plan())


def test_plan_writes_nothing(papers):
    papers.write(a="1")
    assert papers.plan() == papers.plan()
    assert not papers.file.parent.exists()


def test_batches_are_filled_and_never_change(papers):
    papers.write(a="1", b="2", c="3")
    papers.run(papers_per_job=2)
    papers.write(d="4", aa="5")
    (papers.folder / "a.pdf").unlink()
    after = papers.run(papers_per_job=1)
    assert {paper: batch for paper, (_, batch, _) in after.items()} == {
        "a": "b0001",
        "b": "b0001",
        "c": "b0002",
        "aa": "b0003",
        "d": "b0004",
    }
    rows = papers.plan()
    assert ledger.batches(rows) == {"b0001": ["a", "b"], "b0002": ["c"], "b0003": ["aa"], "b0004": ["d"]}
    assert ledger.present(rows, papers.folder) == ["b", "c", "aa", "d"]


def test_batches_above_9999_stay_in_order(papers):
    ledger.save([ledger.Row("a", "a.pdf", "", "b9999", "")], papers.file, time.time_ns())
    papers.write(b="2")
    assert list(ledger.batches(papers.plan())) == ["b9999", "b10000"]


def test_a_file_that_comes_back_gets_its_row_again(papers):
    papers.write(a="1", b="2")
    first = papers.run()
    (papers.folder / "a.pdf").unlink()
    assert papers.run() == first
    papers.write(a="1")
    assert papers.run() == first


def test_copies_are_processed_once(papers):
    papers.write(b="same", a="same", c="other")
    assert papers.run() == {"a": ("a.pdf", "b0001", ""), "b": ("b.pdf", "", "a"), "c": ("c.pdf", "b0001", "")}
    papers.write(A0="other")  # sorts before the paper that is known, and is its copy all the same
    assert papers.run()["A0"] == ("A0.pdf", "", "c")
    assert ledger.present(papers.plan(), papers.folder) == ["a", "c"]


def test_renamed_file_stays_the_same_paper(papers):
    papers.write(a="1", b="2")
    papers.run()
    (papers.folder / "a.pdf").rename(papers.folder / "smith 2019.pdf")
    assert papers.run() == {"a": ("smith 2019.pdf", "b0001", ""), "b": ("b.pdf", "b0001", "")}
    papers.write(a="3")  # the old name is free for another paper, which needs an id of its own
    after = papers.run()
    assert after.pop("a") == ("smith 2019.pdf", "b0001", "")
    assert after.pop(ledger.paper_id("a.pdf", 16)) == ("a.pdf", "b0002", "")


def test_a_copy_takes_the_place_of_a_deleted_original(papers):
    papers.write(a="same", b="same")
    papers.run()
    (papers.folder / "a.pdf").unlink()
    assert papers.run() == {"a": ("b.pdf", "b0001", ""), "b": ("a.pdf", "", "a")}
    assert ledger.present(papers.plan(), papers.folder) == ["a"]
    papers.write(a="same")
    assert papers.run() == {"a": ("b.pdf", "b0001", ""), "b": ("a.pdf", "", "a")}


def test_changed_content_keeps_id_and_batch(papers):
    papers.write(a="1", b="2")
    first = papers.run()
    old = papers.plan()[0].sha256
    papers.write(a="changed")
    assert papers.run() == first
    assert papers.plan()[0].sha256 != old


def test_an_original_that_changes_leaves_its_copy_a_paper(papers):
    papers.write(a="same", b="same")
    papers.run()
    papers.write(a="changed")
    assert papers.run() == {"a": ("a.pdf", "b0001", ""), "b": ("b.pdf", "b0002", "")}


def test_a_paper_that_becomes_a_copy_keeps_its_batch(papers):
    papers.write(a="1", b="2")
    papers.run()
    papers.write(b="1")
    assert papers.run() == {"a": ("a.pdf", "b0001", ""), "b": ("b.pdf", "b0001", "a")}
    assert ledger.present(papers.plan(), papers.folder) == ["a"]
    papers.write(b="3")
    assert papers.run() == {"a": ("a.pdf", "b0001", ""), "b": ("b.pdf", "b0001", "")}


def test_unreadable_files_are_papers_and_no_copies(papers, monkeypatch):
    def refuse(*args):
        raise PermissionError("Permission denied")

    papers.write(a="1", b="2")
    monkeypatch.setattr("hashlib.file_digest", refuse)
    assert papers.run() == {"a": ("a.pdf", "b0001", ""), "b": ("b.pdf", "b0001", "")}


HEADER = "paper,file,sha256,batch,duplicate_of\n"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\x00\x01",
        "paper,file\n",
        HEADER + "a,a.pdf\n",
        HEADER + f"../a,a.pdf,{'0' * 64},b0001,\n",
        HEADER + f"a,../a.pdf,{'0' * 64},b0001,\n",
        HEADER + "a,a.pdf,abc,b0001,\n",
        HEADER + f"a,a.pdf,{'0' * 64},first,\n",
        HEADER + f"a,a.pdf,{'0' * 64},,\n",
        HEADER + f"a,a.pdf,{'0' * 64},,b\n",
        HEADER + f"{'a' * 200_000},a.pdf,{'0' * 64},b0001,\n",
        HEADER + f"a,a.pdf,{'0' * 64},b0001,\na,b.pdf,{'1' * 64},b0001,\n",
        HEADER + f"a,a.pdf,{'0' * 64},b0001,\nb,a.pdf,{'1' * 64},b0001,\n",
    ],
)
def test_damaged_ledger_is_one_sentence(papers, content):
    papers.file.parent.mkdir()
    papers.file.write_text(content)
    with pytest.raises(ledger.LedgerError, match="ledger.csv is damaged: .* delete it"):
        papers.plan()


def test_bytes_that_are_no_text(papers):
    papers.file.parent.mkdir()
    papers.file.write_bytes(b"\xff\xfe")
    with pytest.raises(ledger.LedgerError, match="is damaged"):
        papers.plan()


def test_a_job_finds_its_papers_and_checks_no_other(papers):
    papers.write(a="1", b="2", c="3")
    papers.run()
    rows = {row.paper: row for row in papers.plan()}
    with papers.file.open("a") as file:
        file.write("d,a cell too few\n")
    assert ledger.find(papers.file, ["c", "a"]) == {"a": rows["a"], "c": rows["c"]}
    with pytest.raises(ledger.LedgerError, match="row 4 has 2 cells"):
        ledger.find(papers.file, ["a", "d"])


@pytest.mark.parametrize("known", [True, False])
def test_a_paper_that_no_run_has_added(papers, known):
    papers.write(a="1")
    if known:
        papers.run()
    with pytest.raises(ledger.LedgerError, match=r"ledger.csv has no paper b: run the workflow"):
        ledger.find(papers.file, ["b"])
