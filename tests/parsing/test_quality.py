"""How well a page can be trusted: good text, ciphers, bad OCR, other languages; and pages that OCR reads again."""

import pytest
import typst
from bad_papers import edited
from conftest import needs_tesseract
from test_symbols import PROSE

from designspace.parsing import reading
from designspace.parsing.glyphs import UNKNOWN
from designspace.parsing.quality import bad_pages, judge, pages
from designspace.parsing.text import extract_text

GERMAN = """Die Teilnehmer der Studie sind im Mittel 24 Jahre alt und mit der rechten Hand geübt. Das Ziel ist auf dem
Bildschirm zu sehen, und die Bewegung von der Mitte des Feldes zum Ziel ist nicht für alle gleich weit. """


def shifted(text, by):
    """A text whose letters are replaced by others, as a font without a map has it."""
    return "".join(chr(ord(c) + by) if c.isalpha() and c.isascii() else c for c in text)


def badly_read(text):
    """A text as a poor OCR has it: every fifth letter is another, and here and there a word falls apart."""
    return "".join(
        "l1itc,"[i % 6] if c.isalpha() and i % 5 == 3 else " " if i % 60 == 30 else c for i, c in enumerate(text)
    )


@pytest.mark.parametrize("text", [3 * PROSE, 3 * PROSE.upper(), 4 * GERMAN, "4.5 1.2 7.8 " * 90, "Figure 3"])
def test_a_page_that_is_read_well_is_trusted(text):
    assert not judge(text)["bad"]


@pytest.mark.parametrize(
    "text",
    [shifted(3 * PROSE, -29), shifted(3 * PROSE, 3), badly_read(3 * PROSE), PROSE.replace("e", UNKNOWN)],
    ids=["subset", "shifted by three", "poor OCR", "unknown characters"],
)
def test_a_page_that_is_read_badly_is_not(text):
    assert judge(text)["bad"]


def test_the_shares_of_a_page():
    quality = judge(2 * PROSE + 10 * UNKNOWN)
    assert quality["unknown"] == pytest.approx(10 / len("".join((2 * PROSE + 10 * UNKNOWN).split())), abs=1e-3)
    assert quality["words"] > 0.85 and quality["ocr"] is False


def test_pages_are_named():
    assert [pages([3]), pages([3, 7]), pages(list(range(1, 10)))] == [
        "Page 3",
        "Pages 3 and 7",
        "Pages 1, 2, 3, 4, 5 and 4 others",
    ]


def three_pages():
    """A paper whose second page has a text layer that is not what is printed."""
    pages = [PROSE, shifted(PROSE, 3), PROSE]
    return typst.compile("\n#pagebreak()\n".join(2 * (page + "\n\n") for page in pages).encode())


def test_a_bad_page_is_named_in_the_record():
    record = extract_text(three_pages(), "paper")
    assert record["status"] == "ok" and bad_pages(record["pages"]) == [2]
    assert record["reason"].startswith("Page 2 cannot be trusted")


@needs_tesseract
def test_ocr_reads_bad_pages_again(tmp_path):
    """The map of a font of the second page names other letters; what is printed there is what OCR reads."""

    source = "\n#pagebreak()\n".join([PROSE, f'#set text(font: "DejaVu Sans Mono")\n{2 * PROSE}', PROSE])
    path = tmp_path / "a.pdf"
    path.write_bytes(edited(typst.compile(source.encode()), named_otherwise))
    assert bad_pages(reading.read(path, "a", "", with_ocr=False)["pages"]) == [2]
    record = reading.read(path, "a", "", with_ocr=True)
    assert record["status"] == "ok" and record["reason"] == "" and bad_pages(record["pages"]) == []
    assert [page["quality"]["ocr"] for page in record["pages"]] == [False, True, False]
    second = record["pages"][1]
    assert "reaches under a rotation" in record["text"][second["start"] : second["end"]]


def named_otherwise(pdf):
    """Let the map of the font with equal widths name the letters three places on."""
    for found in pdf.objects:
        if "Mono" in str(getattr(found, "get", lambda *_: "")("/BaseFont", "")) and "/ToUnicode" in found:
            cmap = found.ToUnicode.read_bytes().split(b"beginbfchar")
            found.ToUnicode.write(b"beginbfchar".join([cmap[0], *map(moved, cmap[1:])]))


def moved(cmap):
    lines = cmap.split(b"\n")
    for i, line in enumerate(lines):
        parts = line.split()
        if len(parts) == 2 and parts[1].startswith(b"<") and 0x61 <= int(parts[1][1:-1], 16) <= 0x7A:
            lines[i] = parts[0] + b" <%04x>" % (0x61 + (int(parts[1][1:-1], 16) - 0x61 + 3) % 26)
    return b"\n".join(lines)
