"""Whatever is in the folder of papers: no crash, no hang, a row for each file with its status and reason."""

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bad_papers
import pytest
from bad_papers import BY_NAME, SAMPLE, SAMPLES
from conftest import ROOT, needs_tesseract
from test_tables import unreported
from test_text import FILLER, column, make_pdf
from tokenizers import Tokenizer, models

from designspace.core import limits
from designspace.language import context
from designspace.parsing import ocr, pictures, reading, text
from designspace.project import ledger, rereads
from designspace.results import merging

EXTRACT = ROOT / "scripts" / "extract_text.py"
STATUSES = {"ok", "needs_ocr", "encrypted", "empty", "unreadable"}
CRASH = r"exit code|was ended by|takes more than [0-9]+ s\b"


# By name and by chance


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """The results of more than 300 files, each read as the workflow reads it; and what is in each, by file name."""
    files = {name: data for name, (data, *_) in BY_NAME.items()} | bad_papers.by_chance()
    files |= {f"good {number}": data for number, data in enumerate(SAMPLES)}
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "papers").mkdir()
    for name, data in files.items():
        (folder / "papers" / f"{name}.pdf").write_bytes(data)
    rows = ledger.plan(folder / "papers", folder / "ledger.csv", 16)
    ledger.save(rows, folder / "ledger.csv", 0)
    papers = [row for row in rows if not row.duplicate_of]

    def read(row):
        return reading.read(folder / "papers" / row.file, row.paper, row.sha256, with_ocr=False)

    with ThreadPoolExecutor(2) as pool:
        records = dict(zip((row.paper for row in papers), pool.map(read, papers), strict=True))
    return folder, files, rows, records


def test_the_damaged_papers_are_the_same_every_time():
    assert bad_papers.by_chance() == bad_papers.by_chance()
    assert bad_papers.by_chance([1]) != bad_papers.by_chance([2])


def record_of(corpus, name):
    *_, rows, records = corpus
    (row,) = (row for row in rows if row.file == f"{name}.pdf")
    return records[row.duplicate_of or row.paper]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_bad_paper_has_its_status_and_its_reason(corpus, name):
    _, status, said = BY_NAME[name]
    record = record_of(corpus, name)
    assert (record["status"], record["reason"]) == (status, "") if status == "ok" else record["status"] == status
    assert said in (record["text"] if status == "ok" else record["reason"])


def test_every_file_has_a_record_that_is_whole(corpus):
    _, files, rows, records = corpus
    assert len(rows) == len(files) and len({row.sha256 for row in rows} - set(map(sha256, SAMPLES))) > 300
    for record in records.values():
        assert record["status"] in STATUSES
        assert (record["reason"] == "") == (record["text"] != "") == (record["status"] == "ok")
        assert record["status"] == "ok" or record["reason"].endswith(".")
        assert not re.search(CRASH, record["reason"])
        assert not {unicodedata.category(letter) for letter in set(record["text"]) - {"\n"}} & {"Cc", "Cs", "Co"}
        json.dumps(record, allow_nan=False).encode("utf-8")
        for page in record["pages"]:
            assert all(page["start"] <= line["start"] <= line["end"] <= page["end"] for line in page["lines"])
            assert all(is_within(page, line) for line in page["lines"])
    assert {record["status"] for record in records.values()} == STATUSES


def is_within(page, line):
    """Whether all numbers of a line are of its page."""
    left, bottom, right, top = line["box"]
    inside = 0 <= left <= right <= page["width"] and 0 <= bottom <= top <= page["height"]
    return inside and 0 < line["size"] <= max(page["width"], page["height"])


HUGE = b"9" * 30


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"/F1 %s Tf 50 700 Td" % HUGE, id="size"),
        pytest.param(b"/F1 %s Tf %s 0 0 %s 50 700 Tm" % (HUGE, HUGE, HUGE), id="size and matrix"),
        pytest.param(b"/F1 10 Tf %s %s Td" % (HUGE, HUGE), id="place"),
        pytest.param(b"/F1 10 Tf 1 0 0 1 -5000 700 Tm", id="beside the page"),
        pytest.param(b"/F1 10 Tf %s Tc 50 700 Td" % HUGE, id="distance of letters"),
        pytest.param(b"/F1 -10 Tf 300 700 Td", id="negative size"),
        pytest.param(b"/F1 10 Tf 595 797 Td", id="over the edge"),
    ],
)
def test_no_number_of_a_pdf_leaves_its_page(start):
    good = b"BT /F1 10 Tf 50 %d Td (" + FILLER.encode() + b") Tj ET "
    data = bad_papers.page_of(good % 600 + b"BT " + start + b" (Turned about) Tj ET " + good % 500)
    record = text.extract_text(data, "a")
    assert record["text"].count(FILLER) == 2
    (page,) = record["pages"]
    assert all(is_within(page, line) for line in page["lines"])
    json.dumps(record, allow_nan=False)


def test_a_page_whose_size_is_no_size_has_no_numbers_and_no_picture(tmp_path):
    pages = [column(f"{FILLER} {number}") for number in range(2)]
    for box in (b"0 0 %s %s" % (HUGE * 2, HUGE * 2), b"0 0 0.001 800", b"-%s 0 %s 800" % (HUGE * 2, HUGE * 2)):
        data = make_pdf(*pages).replace(b"/MediaBox [0 0 600 800]", b"/MediaBox [%s]" % box, 1)
        record = text.extract_text(data, "a")
        json.dumps(record, allow_nan=False)
        for page in record["pages"]:
            assert all(is_within(page, line) for line in page["lines"])
        (tmp_path / "a.pdf").write_bytes(data)
        left_out = pictures.draw(tmp_path / "a.pdf", sha256(data), [1, 2], tmp_path / sha256(data))
        assert left_out.keys() <= {1} and not re.search(CRASH, " ".join(left_out.values()))
        assert (tmp_path / sha256(data) / "2.webp").exists()


def test_a_page_that_was_read_is_drawn_or_left_out(corpus, tmp_path):
    folder, _, rows, records = corpus
    read = [row for row in rows if not row.duplicate_of and records[row.paper]["status"] == "ok"]
    for row in read[::8]:  # some of each kind of damage
        pages = [page["page"] for page in records[row.paper]["pages"] if page["lines"]][:3]
        left_out = pictures.draw(folder / "papers" / row.file, row.sha256, pages, tmp_path / row.paper)
        drawn = {int(picture.stem) for picture in (tmp_path / row.paper).glob("*")}
        assert drawn.isdisjoint(left_out) and drawn | left_out.keys() == set(pages)
        assert not re.search(CRASH, " ".join(left_out.values()))


def test_good_papers_are_unharmed_among_bad_ones(corpus):
    for number, data in enumerate(SAMPLES):
        record = record_of(corpus, f"good {number}")
        assert record == text.extract_text(data, record["paper"]) and record["status"] == "ok"


def test_every_file_has_its_row(corpus):
    folder, files, rows, records = corpus
    tokenizer = Tokenizer(models.WordLevel({"x": 0}, unk_token="x"))
    for kind in ("text", "context", "extraction", "discovery"):
        (folder / kind).mkdir()
    for paper, record in records.items():
        (folder / "text" / f"{paper}.json").write_text(json.dumps(record))
        (folder / "context" / f"{paper}.json").write_text(json.dumps(context.fit(record, 256, tokenizer)))
    for batch, papers in ledger.batches(rows).items():
        for task in ("extraction", "discovery"):
            found = {"values": [unreported("n_total", None)], "findings": []}
            heads = [{key: records[paper][key] for key in ("paper", "status", "reason")} for paper in papers]
            lines = [json.dumps(head | {"task": task} | found) + "\n" for head in heads]
            (folder / task / f"{batch}.jsonl").write_text("".join(lines))
    parameters = [{"name": "n_total", "kind": "integer", "definition": "Participants."}]
    tables = merging.build(folder, folder / "ledger.csv", folder / "papers", parameters, folder / "no corrections.csv")
    table = tables["papers"].set_index("file")
    assert sorted(table.index) == sorted(f"{name}.pdf" for name in files)
    for row in rows:
        status = "duplicate" if row.duplicate_of else records[row.paper]["status"]
        assert table.loc[row.file].status == status
        assert (table.loc[row.file].reason == "") == (status in ("ok", "duplicate"))


# Files that are not there as they should be


@pytest.fixture
def paper(tmp_path):
    """A good paper in a folder."""
    path = tmp_path / "a.pdf"
    path.write_bytes(SAMPLE)
    return path


def sha256(data):
    return hashlib.sha256(data).hexdigest()


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
    assert ledger.pdf_files(tmp_path / "papers") == ["link.pdf", "secret.pdf"]
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
    for path, said in ((fault, "Input/output error"), (gone, "No such file or directory")):
        record = reading.read(path, "a", sha256(SAMPLE), False)
        assert (record["status"], record["sha256"], record["text"]) == ("failed", "", "")
        assert record["reason"] == f"The PDF cannot be read: {said}. The next run tries it again."
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


# Scans


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


# The program


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
