"""Reading a paper from its folder: files that change or fail, scans, and the program."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from bad_papers import SAMPLE, SAMPLES, sha256
from conftest import ROOT, needs_tesseract
from test_text import FILLER, column, make_pdf

from designspace.core import limits, records
from designspace.parsing import READING, ocr, reading, text
from designspace.project import ledger, rereads
from designspace.project.folder import pdf_files

pytestmark = pytest.mark.usefixtures("forked_readers")
EXTRACT = ROOT / "scripts" / "extract_text.py"


# The records of the invented papers, as the present number of the reading gives them.
RECORDS = 2, "d82bc874106415f5578ce6e2d4036eb5d1a0db0f5e639841e26de7fae65fcb94"


def test_other_texts_have_another_number():
    """So that results are made again that users have of the texts before."""
    read = b"".join(records.encode(text.extract_text(sample, "paper")) for sample in SAMPLES)
    assert (READING, sha256(read)) == RECORDS, "Texts have changed: raise parsing.READING, and keep both in RECORDS."


@pytest.fixture
def paper(tmp_path):
    """A good paper in a folder."""
    path = tmp_path / "a.pdf"
    path.write_bytes(SAMPLE)
    return path


def test_a_paper_whose_process_is_killed_is_read_again_by_the_next_run(paper, monkeypatch, tmp_path):
    def call(*arguments, **room):
        raise limits.Killed("the process that read it was killed")

    monkeypatch.setattr(limits, "call", call)
    record = reading.read(paper, "a", sha256(SAMPLE), with_ocr=False)
    assert record["status"] == "failed" and record["reason"] == (
        "The PDF cannot be read: the process that read it was killed. The next run tries it again."
    )
    rereads.note(tmp_path / "a.json", record["status"])
    assert rereads.noted(tmp_path, with_ocr=False)["a"].startswith("failed ")


def test_a_link_out_of_the_folder_is_read(tmp_path, paper):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "link.pdf").symlink_to(paper)
    (tmp_path / "papers" / "secret.pdf").symlink_to("/etc/passwd")
    assert pdf_files(tmp_path / "papers") == ["link.pdf", "secret.pdf"]
    assert reading.read(tmp_path / "papers" / "link.pdf", "a", "", False)["status"] == "ok"
    record = reading.read(tmp_path / "papers" / "secret.pdf", "a", "", False)
    assert (record["status"], record["text"]) == ("unreadable", "") and "root" not in json.dumps(record)


def test_a_file_that_changes_while_it_is_read_is_one_or_the_other_and_never_both(paper):
    """A program rewrites the paper in place all the time. What is read is the paper that the run knows, or failed."""
    versions, done = SAMPLES[:2], threading.Event()

    def rewrite():
        while not done.is_set():
            for data in versions:
                with paper.open("r+b") as file:
                    file.write(data)
                    file.truncate()

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        records = [reading.read(paper, "a", sha256(versions[0]), False) for _ in range(8)]
    finally:
        done.set()
        writer.join()
    whole = text.extract_text(versions[0], "a")
    for record in records:
        assert record == whole or record["status"] == "failed" and "changed after the run began" in record["reason"]


def test_a_passing_fault_is_tried_again_by_the_next_run(tmp_path, paper):
    fault = tmp_path / "fault.pdf"
    fault.symlink_to("/proc/self/mem")  # there, and an error to read
    gone = tmp_path / "gone.pdf"
    for path, reason in ((fault, "Input/output error"), (gone, "No such file or directory")):
        record = reading.read(path, "a", sha256(SAMPLE), False)
        assert (record["status"], record["sha256"], record["text"]) == ("failed", "", "")
        assert record["reason"] == f"The PDF cannot be read: {reason}. The next run tries it again."
    # What could not be read when the run began is noticed when it can.
    assert reading.read(fault, "a", "", False)["status"] == "unreadable"

    texts = tmp_path / "text"
    rereads.note(texts / "ok.json", "ok")
    assert rereads.noted(texts, False) == {}
    rereads.note(texts / "a.json", "failed")
    rereads.note(texts / "scan.json", "needs_ocr")
    first = rereads.noted(texts, with_ocr=False)
    assert list(first) == ["a"] and rereads.noted(texts, with_ocr=True) == first | {"scan": "needs_ocr"}
    rereads.note(texts / "a.json", "ok")
    assert rereads.noted(texts, False) == first, "a paper that was read is not read once more"
    rereads.note(texts / "a.json", "failed")
    assert rereads.noted(texts, False) != first


def test_a_file_that_never_comes_to_its_end_is_given_up(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.pdf")
    monkeypatch.setitem(reading.TEXT, "seconds", 1)
    record = reading.read(tmp_path / "pipe.pdf", "a", sha256(b""), False)
    assert (record["status"], record["sha256"]) == ("unreadable", sha256(b""))
    assert record["reason"] == (
        "The PDF cannot be read: it takes more than 1 s. "
        "If it can be read now, delete text/a.json of the results and run again."
    )


@needs_tesseract
def test_a_scan_without_words_stays_unreadable_and_ocr_has_a_limit(tmp_path, monkeypatch):
    blank = tmp_path / "blank.pdf"
    blank.write_bytes(make_pdf([]))
    record = reading.read(blank, "blank", "", with_ocr=True)
    assert record["status"] == "unreadable" and "OCR found hardly any text" in record["reason"]
    monkeypatch.setitem(reading.SCAN, "seconds", 0)
    monkeypatch.setattr(reading.tempfile, "tempdir", str(tmp_path))
    record = reading.read(blank, "blank", "", with_ocr=True)
    assert record["status"] == "unreadable"
    assert record["reason"].startswith("The OCR of the PDF failed: it takes more than 0 s.")
    assert list(tmp_path.iterdir()) == [blank], "nothing is left of it"


def test_pages_of_any_size_become_pictures_of_their_size(tmp_path):
    import pypdfium2

    for width, height, turn in [(595, 842, 90), (20_000, 20_000, 0), (14_400, 20, 0)]:
        page = f"/MediaBox [10 10 {width + 10} {height + 10}] /Rotate {turn}"
        ocr._draw(make_pdf(column(FILLER), page=page), tmp_path / "scan.pdf")
        with pypdfium2.PdfDocument(tmp_path / "scan.pdf") as scan:
            drawn = scan[0].get_size()
        assert drawn == pytest.approx((height, width) if turn else (width, height), rel=0.01, abs=1)


def run(pdf, paper, output, *options):
    """Run the program on a PDF that a ledger names."""
    folder = pdf.parent
    digest = sha256(pdf.read_bytes()) if pdf.exists() else ""
    ledger.save([ledger.Row(paper, pdf.name, digest, "b0001", "")], folder / "ledger.csv", 0)
    arguments = ["--paper", paper, "--ledger", folder / "ledger.csv", "--papers", folder, "--output", output]
    return subprocess.run([sys.executable, EXTRACT, *arguments, *options], capture_output=True, text=True)


def test_the_program_writes_a_record_for_good_and_bad_papers(tmp_path):
    for name, data, status in (("good", make_pdf(column(FILLER)), "ok"), ("bad", b"nothing", "unreadable")):
        (tmp_path / "in put.pdf").write_bytes(data)
        output = tmp_path / "new folder" / f"{name}.json"
        result = run(tmp_path / "in put.pdf", name, output)
        assert result.returncode == 0, result.stderr
        record = json.loads(output.read_text(encoding="utf-8"))
        assert (record["paper"], record["status"]) == (name, status)
        assert len(record["sha256"]) == 64
    assert sorted(os.listdir(output.parent)) == ["bad.json", "good.json"]


def test_the_program_stops_with_a_sentence_where_the_run_is_wrong(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"")
    (tmp_path / "file").write_bytes(b"")
    stopped = [(run(tmp_path / "a.pdf", "a", tmp_path / "file" / "a.json"), "Cannot write")]
    arguments = ["--ledger", tmp_path / "ledger.csv", "--papers", tmp_path, "--output", tmp_path / "b.json"]
    command = [sys.executable, EXTRACT, *arguments, "--paper"]
    stopped += [(subprocess.run([*command, "b"], capture_output=True, text=True), "has no paper b")]
    only_python = {"PATH": str(Path(sys.executable).parent)}
    without_ocr = subprocess.run([*command, "a", "--ocr"], capture_output=True, text=True, env=only_python)
    stopped += [(without_ocr, "the program tesseract, which reads scans, is not here; install it")]
    for result, sentence in stopped:
        assert result.returncode == 1 and sentence in result.stderr and "Traceback" not in result.stderr
