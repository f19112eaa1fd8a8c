"""Papers keep their ids and batches, whatever happens to their files."""

import os
import time

import pytest

from designspace.parsing import reading
from designspace.project import ledger


@pytest.fixture
def papers(tmp_path):
    """A folder whose files can be written, and planned and saved as a run would."""

    class Papers:
        folder = tmp_path / "papers"
        file = tmp_path / "results" / "ledger.csv"

        def write(self, **contents):
            for stem, content in contents.items():
                (self.folder / f"{stem}.pdf").write_text(content)

        def plan(self, papers_per_job=2):
            return ledger.plan(self.folder, self.file, papers_per_job)

        def run(self, papers_per_job=2):
            """The rows after a run, {paper: (file, batch, duplicate_of)}."""
            time.sleep(0.02)  # the clock of a file system ticks every few milliseconds
            seen = time.time_ns() + ledger.CLOCK_MARGIN_NS  # as if all files had been there for longer than that
            rows = self.plan(papers_per_job)
            ledger.save(rows, self.file, seen)
            time.sleep(0.02)
            assert ledger.load(self.file) == rows
            assert len({row.paper.casefold() for row in rows}) == len({row.file for row in rows}) == len(rows)
            return {row.paper: (row.file, row.batch, row.duplicate_of) for row in rows}

    Papers.folder.mkdir()
    return Papers()


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


def test_known_files_are_not_opened_again(papers, monkeypatch):
    papers.write(a="1", b="2")
    papers.run()
    opened = []
    hasher = ledger._sha256
    monkeypatch.setattr(ledger, "_sha256", lambda path: opened.append(path.name) or hasher(path))
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
    monkeypatch.setattr(ledger, "_sha256", lambda path: pytest.fail("opened again"))
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
    hasher = ledger._sha256
    monkeypatch.setattr(ledger, "_sha256", lambda path: opened.append(path.name) or hasher(path))
    papers.plan()
    assert opened == ["a.pdf"]


def test_a_file_without_an_end_holds_nothing_up(papers):
    papers.write(a="1")
    with (papers.folder / "endless.pdf").open("wb") as file:
        file.truncate(2**40)  # a terabyte, of which nothing is on the disk
    assert papers.run() == {"a": ("a.pdf", "b0001", ""), "endless": ("endless.pdf", "b0001", "")}
    record = reading.read(papers.folder / "endless.pdf", "endless", "", with_ocr=False)
    assert record["status"] == "unreadable" and "more than 2 GiB of memory" in record["reason"]


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
