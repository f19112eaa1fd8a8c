"""Spaces that pdfium loses in tight lines."""

import pypdfium2
import pytest
from test_text import FILLER, column, make_pdf

from designspace.parsing import spaces
from designspace.parsing.text import extract_text

LINE = "the time course of hand angles for the two groups that rotated to the left in all trials"


def tight(*words, gap=135, y=600):
    """A line whose words stand a part of an em (in thousandths) from each other, without characters for spaces."""
    return (50, y, 10, list(words), gap)


def typeset(*lines, font="/Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding"):
    """A page with lines of `tight` among others, as the array of strings and gaps that typesetters write."""
    data = make_pdf([line if len(line) == 4 else (*line[:3], b"\x01") for line in lines], font=font)
    for words, gap in [line[3:] for line in lines if len(line) == 5]:
        array = f" -{gap} ".join(f"({word})" for word in words).replace("((", r"(\(").replace("))", r"\))")
        data = data.replace(b"(\x01) Tj", f"[{array}] TJ".encode(), 1)
    return data  # whose table of objects is off, which pdfium mends


@pytest.mark.parametrize("encoding", ["/WinAnsiEncoding", "<< /Type /Encoding /Differences [32 /a 160 /a] >>"])
@pytest.mark.parametrize("gap", [105, 120, 135])
def test_words_of_a_tight_line_are_parted(gap, encoding):
    """pdfium writes all, some or none of the spaces: that depends on the font having a glyph for one."""
    font = f"/Type1 /BaseFont /Helvetica /Encoding {encoding}"
    data = typeset(*column("".join(FILLER.split())), tight(*LINE.split(), gap=gap), font=font)
    with pypdfium2.PdfDocument(data) as document:
        assert LINE not in document[0].get_textpage().get_text_range()
    assert LINE in extract_text(data, "paper")["text"]


def test_letters_that_are_spread_and_marks_behind_a_word_get_no_space():
    spread = LINE.replace(" ", "")
    for gap in (60, 100):
        text = extract_text(typeset(*column(FILLER), tight(*spread, gap=gap)), "paper")["text"]
        assert spread[:8] in text.replace("\n", "")
    line = "of mean angles ( of the left hand ) , but not of time , for the first trials"
    assert "(of the left hand)" in extract_text(typeset(*column(FILLER), tight(*line.split())), "paper")["text"]


def test_a_page_whose_spaces_are_characters_is_left_alone(monkeypatch):
    monkeypatch.setattr(spaces, "_missing", None)
    assert FILLER in extract_text(make_pdf(column(FILLER, FILLER)), "paper")["text"]
