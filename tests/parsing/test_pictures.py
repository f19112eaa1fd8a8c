"""The pictures of pages: in one frame with the boxes of the text, of the PDF that was read, and within limits."""

import hashlib
import json
import subprocess
import sys

import numpy as np
import pikepdf
import pytest
from bad_papers import SAMPLE, by_name, deflated, edited
from conftest import ROOT
from made_up_run import Run, reported
from PIL import Image
from test_text import FILLER, column, make_pdf

from designspace.core import files
from designspace.core.places import boxes
from designspace.parsing import pictures
from designspace.parsing.text import extract_text

pytestmark = pytest.mark.usefixtures("forked_readers")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def pictures_of(data, pages, folder):
    """Draw pages of a PDF in this process. Returns their pixels, True where there is something dark."""
    pdf = folder / "paper.pdf"
    pdf.write_bytes(data)
    assert pictures._draw(pdf, sha256(data), pages, folder) == {}
    return [np.array(Image.open(folder / f"{page}.webp").convert("L")) < 128 for page in pages]


def inside(dark, page):
    """Of a picture's dark pixels, those in the boxes of the page's lines; all boxes have some of their own."""
    height, width = dark.shape
    assert (width, height) == pytest.approx([pictures.SCALE * page[side] for side in ("width", "height")], abs=1.5)
    found = np.zeros_like(dark)
    for line in page["lines"]:
        left, bottom, right, top = (edge * pictures.SCALE for edge in line["box"])
        place = (
            slice(max(0, round(height - top) - 1), max(0, round(height - bottom) + 1)),
            slice(max(0, round(left) - 1), max(0, round(right) + 1)),
        )
        assert dark[place].any() or not dark[place].size
        found[place] = dark[place]
    return found


FRAMES = [
    {"/Rotate": 90},
    {"/Rotate": 180},
    {"/Rotate": 270},
    {"/CropBox": [30, 80, 520, 700]},
    {"/MediaBox": [-40, 20, 560, 820], "/CropBox": [-10, 100, 500, 700], "/Rotate": 90},
    {"/MediaBox": [560, 820, -40, 20], "/CropBox": [-90, -90, 500, 700]},
    {"/UserUnit": 2},
    {},
]


def with_frames(pdf):
    for page, frame in zip(pdf.pages, FRAMES, strict=True):
        for key, entry in frame.items():
            page[key] = entry


def test_the_words_of_a_picture_are_in_the_boxes_of_their_lines(tmp_path):
    """However the page is turned, moved and cropped."""
    sizes = (6, 8, 10, 12, 9, 11, 7, 13)  # no two pages alike, or the lines would be running heads
    pages = [column(*[f"{FILLER[:40]} {size} {i}" for i in range(9)], size=size, y=520, leading=20) for size in sizes]
    data = edited(make_pdf(*pages), with_frames)
    record = extract_text(data, "paper")
    drawn = pictures_of(data, list(range(1, len(FRAMES) + 1)), tmp_path)
    for page, dark in zip(record["pages"], drawn, strict=True):
        assert len(page["lines"]) == 9
        assert dark.sum() > 500 and (inside(dark, page) == dark).all()


@pytest.mark.parametrize("name", ["encrypted, opens without a password", "a scan without a text layer"])
def test_the_words_of_a_paper_are_in_the_boxes_of_its_lines(tmp_path, name):
    page = extract_text(SAMPLE, "sample")["pages"][0]  # the scan has the same page
    (dark,) = pictures_of(by_name(name), [1], tmp_path)
    assert inside(dark, page).sum() > 0.9 * dark.sum()  # the rest is running heads and the like


def test_a_picture_has_no_more_pixels_than_is_good(tmp_path):
    for size in [(20_000, 20_000), (14_400, 1), (400, 100_000)]:
        (dark,) = pictures_of(make_pdf(column(FILLER), page=f"/MediaBox [0 0 {size[0]} {size[1]}]"), [1], tmp_path)
        assert dark.size <= 1.01 * pictures.LARGEST and max(dark.shape) <= 16_383


def test_the_pages_are_those_on_which_evidence_is_printed():
    pages = [
        column(*[f"On page {page} line {line} says something {'else' * line}." for line in range(5)])
        for page in range(4)
    ]
    text = extract_text(make_pdf(*pages), "paper")
    start = text["text"].index("On page 1 line 4")
    across = {"evidence": text["text"][start : start + 90], "start": start, "end": start + 90}
    assert {place["page"] for place in boxes(text, start, start + 90)} == {2, 3}
    nothing = {"evidence": None, "start": None, "end": None}
    first = {"evidence": "On", "start": 0, "end": 2}
    assert pictures.pages_with_evidence(text, [{"status": "failed"}, {"values": [nothing]}]) == []
    assert pictures.pages_with_evidence(text, [{"values": [nothing, across]}, {"findings": [first]}]) == [1, 2, 3]
    assert pictures.pages_with_evidence(text, [{"values": [], "experiments": [{"name": "1"}, first]}]) == [1]


def test_only_what_is_new_is_drawn_and_only_of_the_paper_that_was_read(tmp_path):
    pdf, folder = tmp_path / "a.pdf", tmp_path / "pages" / "a"
    first, second = (make_pdf(*[column(f"{FILLER} {word} {page}") for page in "abc"]) for word in ("One", "Two"))
    pdf.write_bytes(first)

    def draw(data, *pages):
        left_out = pictures.draw(pdf, sha256(data), list(pages), folder)
        return left_out, {int(path.stem): path.stat().st_mtime_ns for path in folder.iterdir()}

    left_out, before = draw(first, 1, 2)
    assert (left_out, set(before)) == ({}, {1, 2})
    (folder / "2.webp").write_bytes((folder / "1.webp").read_bytes())  # whatever happened: it is not page 2
    left_out, after = draw(first, 1, 2, 3)
    assert left_out == {} and set(after) == {1, 2, 3}
    assert after[1] == before[1] and after[2] != before[2]
    assert set(draw(first, 3)[1]) == {3}, "no picture without evidence"

    other = "the PDF is another one than the one whose text was read"
    assert draw(second, 3) == ({3: other}, {}), "neither the old picture nor one of the wrong file"
    pdf.write_bytes(second)
    left_out, after = draw(second, 3)
    assert left_out == {} and set(after) == {3}
    pdf.unlink()  # removed: what was drawn stays, and nothing is new
    assert draw(second, 2, 3) == ({2: "the PDF cannot be read: No such file or directory"}, after)
    assert draw(second) == ({}, {})


def test_a_page_that_cannot_be_drawn_is_left_out_and_the_others_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "ADDRESS_SPACE", 2**29)

    def spoil(pdf):
        pdf.pages[1].Contents.write(deflated(b" " * 2**20, 512), filter=pikepdf.Name.FlateDecode)
        pdf.pages[2].CropBox = [9000, 9000, 9001, 9001]  # there is nothing of it to see

    data = edited(make_pdf(*[column(FILLER)] * 4), spoil, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    (tmp_path / "a.pdf").write_bytes(data)
    left_out = pictures.draw(tmp_path / "a.pdf", sha256(data), [1, 2, 3, 4], tmp_path / "a")
    assert set(left_out) == {2, 3} and "it needs more than 0.5 GiB of memory" in left_out[2]
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"1.webp", "4.webp"}


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_paper(tmp_path):
    (tmp_path / "a.pdf").write_bytes(SAMPLE)
    (tmp_path / "pages").write_bytes(b"")
    with pytest.raises(files.NotWritten, match="Cannot write .*1.webp"):
        pictures.draw(tmp_path / "a.pdf", sha256(SAMPLE), [1], tmp_path / "pages" / "a")


def test_the_program_draws_a_batch_and_names_broken_answers(tmp_path):
    run = Run(tmp_path)
    run.add("read_2020", values=[reported("n_total", 1)])
    run.add("locked_2020", text="encrypted", reason="It needs a password.")
    run.write()
    (run.papers / "read_2020.pdf").write_bytes(SAMPLE)
    text = extract_text(SAMPLE, "read_2020")
    (run.results / "text" / "read_2020.json").write_text(json.dumps(text))
    answers = [run.results / task / "b0001.jsonl" for task in ("extraction", "discovery")]
    output = run.results / "pages" / "b0001.json"
    command = [sys.executable, ROOT / "scripts" / "draw.py", "--paper", "read_2020", "locked_2020"]
    command += ["--ledger", run.results / "ledger.csv", "--papers", run.papers, "--texts", run.results / "text"]
    command += ["--answers", *answers, "--output", output]
    done = subprocess.run(command, capture_output=True, text=True)
    assert json.loads(output.read_text()) == {"read_2020": [1], "locked_2020": []}, done.stderr
    assert (output.parent / "read_2020" / "1.webp").exists()
    answers[1].write_text("{")
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "it is made again" in done.stderr and "Traceback" not in done.stderr
