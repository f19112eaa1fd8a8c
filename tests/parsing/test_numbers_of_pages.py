"""No number of a PDF enters a record unless it is finite and within its page."""

import json
import re

import bad_papers
import pytest
from bad_papers import CRASH, is_within, sha256
from test_text import FILLER, column, make_pdf

from designspace.parsing import pictures, text

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
