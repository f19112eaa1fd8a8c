"""Characters that pdfium drops because their code is that of a space."""

import io

import pikepdf
import pypdfium2
import pytest
from test_text import FILLER, column, make_pdf

from designspace.parsing import dropped
from designspace.parsing.paragraphs import join_lines
from designspace.parsing.pdf import Line, Page, read_pdf
from designspace.parsing.scripts import Scripts
from designspace.parsing.tables.marks import PageMarks

ZERO_AT_32 = "/Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [32 /zero] >>"
AS_SPACE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Z def /CMapType 2 def 1 begincodespacerange <00> <FF> endcodespacerange
1 beginbfchar <20> <0020> endbfchar endcmap end end"""


def page_of(*lines):
    """(page, text page, what pdfium reads) of a page whose font prints a zero for code 32 and calls it a space."""
    with pikepdf.open(io.BytesIO(make_pdf(list(lines), font=ZERO_AT_32))) as pdf:
        pdf.pages[0].Resources.Font.F1.ToUnicode = pdf.make_stream(AS_SPACE)
        pdf.save(data := io.BytesIO())
    page = pypdfium2.PdfDocument(data.getvalue())[0]
    textpage = page.get_textpage()
    return page, textpage, textpage.get_text_range()


@pytest.mark.parametrize(
    ("codes", "printed"),
    [("P<.  1", "P<.001"), ("2   ms", "2000ms"), ("2 1 3", "20103"), ("P=1  ", "P=100")],
)
def test_zeros_that_pdfium_takes_for_spaces_are_counted_on_the_page(codes, printed):
    page, textpage, raw = page_of((50, 700, 10, codes), (50, 600, 10, "Another row"))
    read = raw.replace(" ", "0")
    text = dropped.PageText(read, dropped.find(page, textpage, raw, read))
    row = len(read.splitlines()[0])
    assert len(read[:row]) < len(printed) or codes == "2 1 3"
    assert Scripts(textpage, text).text(0, row) == printed
    words = [word.text for word in PageMarks(page, textpage, text)._words[0]]
    assert words[0] == printed


def test_a_gap_behind_such_a_zero_is_a_space():
    page, textpage, raw = page_of((50, 700, 10, "2 "), (65, 700, 10, "ms"))
    read = raw.replace(" ", "0")
    assert read.startswith("20ms")
    assert dropped.find(page, textpage, raw, read) == {2: " "}


def test_spaces_are_spaces():
    page, textpage, raw = page_of((50, 700, 10, "2 1"))
    assert dropped.find(page, textpage, raw, raw) == {} == dropped.dropped_from(raw)


# Rows that pdfium breaks in two


@pytest.mark.parametrize(("spaced", "text"), [(True, "the values of these were"), (False, "the values ofthese were")])
def test_the_parts_of_a_broken_row_are_two_words_where_the_file_has_a_space_between(spaced, text):
    parts = Line("the values of", (50, 100, 110, 110), 10, spaced=spaced), Line("these were", (110, 100, 160, 110), 10)
    assert join_lines([Page(1, 600, 800, list(parts))])[0] == f"{text}\n"


def test_a_line_knows_whether_the_file_has_a_space_behind_it():
    (page,) = read_pdf(make_pdf(column(f"{FILLER} ", FILLER, "The end")))
    assert [line.spaced for line in page.lines] == [True, False, False]
