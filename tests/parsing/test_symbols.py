"""What is printed in fonts that do not tell: without a Unicode map, with a wrong one, and with one that is right."""

import re
import unicodedata

import pikepdf
import pypdfium2
import pytest
import typst
from bad_papers import edited, without_unicode_maps
from test_text import FILLER, column, text_of

from designspace.parsing.calls import text_font, text_object
from designspace.parsing.glyphs import MEANING, PLAIN, UNKNOWN
from designspace.parsing.text import extract_text

PROSE = """Thirty-two young adults (17 women, 18–35 years of age) made reaches under a rotation of 45° and moved
the cursor by 12.5 cm (Figure 1). Just before the first trial, each was asked to aim at the target, which was a
quick and equal task; the affine and efficient fit of every final effort was kept. Questions of Jacobson (1986, p. 47)
were given again, and so were vivid examples, "six by zero", or [7, 9], in 2013."""


def compiled(source, edit=lambda pdf: None):
    """The record of the text of a PDF of typst's, after an edit."""
    return extract_text(edited(typst.compile(source.encode()), edit), "paper")


def remapped(changes, fonts="Math"):
    """An edit that lets the Unicode maps of fonts with such names name other characters, {printed: named}."""

    def edit(pdf):
        for found in pdf.objects:
            if (
                isinstance(found, pikepdf.Dictionary)
                and fonts in str(found.get("/BaseFont", ""))
                and "/ToUnicode" in found
            ):
                cmap = found.ToUnicode.read_bytes()
                for printed, named in changes.items():
                    old, new = (b"<%04X>" % ord(character) for character in (printed, named))
                    cmap = re.sub(rb"(<[0-9A-Fa-f]{4}>\s+)" + old, rb"\g<1>" + new, cmap, flags=re.IGNORECASE)
                found.ToUnicode.write(cmap)

    return edit


def agreement(read, printed):
    """The share of words that are read as they are printed."""
    words = printed.split()
    read = read.split()
    return sum(word in read for word in words) / len(words)


@pytest.mark.parametrize("font", ["Libertinus Serif", "New Computer Modern"])
def test_a_paper_without_any_unicode_map_is_read_by_the_shapes_of_its_glyphs(font):
    source = f'#set text(font: "{font}", hyphenate: false)\n' + "\n\n".join([PROSE] * 3)
    record = compiled(source, without_unicode_maps)
    assert record["status"] == "ok", record["reason"]
    known = compiled(source)["text"]
    assert agreement(record["text"], known) > 0.93
    assert record["text"].count(UNKNOWN) < 0.01 * len(known)


def test_a_font_with_a_wrong_map_is_read_as_it_is_printed():
    signs = {"<": ",", "=": "5", "×": "3", "−": "2"}
    source = PROSE + "\n\n#let s(x) = math.equation(x)\nThe means differed "
    source += "with p #s($<$) .05, n #s($=$) 14, and squares of 2 #s($times$) 2 mm at #s($-$)15 degrees."
    text = compiled(source, remapped(signs))["text"]
    assert "p < .05" in text and "n = 14" in text and "2 × 2 mm" in text and "−15" in text


def test_a_small_degree_under_the_code_of_a_letter_is_a_degree():
    source = PROSE + "\n\nThe target was rotated by 60#s[\u02da] and by 75#s[\u02da] at last."
    source = '#let s(x) = text(font: "DejaVu Sans Mono", x)\n' + source
    text = compiled(source, remapped({"\u02da": "u"}, "DejaVu"))["text"]
    assert "60°" in text and "75°" in text


def test_a_font_with_a_right_map_keeps_its_characters():
    source = (
        PROSE + "\n\n" + "The sums are $6 + 5 = 11$ and $3, 2, 1$ for $x in {a, b}$ with $p > 1\\/4$ and $abs(y) <= 2$."
    )
    text = compiled(source)["text"]
    assert "6 + 5 = 11" in text and "3, 2, 1" in text and "≤ 2" in text


def test_a_glyph_like_no_known_one_stays_unknown():
    source = PROSE + "\n\nA rest of notes: $qed$ $floral$ $maltese$ at the end of it."
    text = compiled(source, without_unicode_maps)["text"]
    assert UNKNOWN in text


def test_glyphs_with_the_codes_of_white_space_are_known_by_their_names():
    font = "/Type1 /BaseFont /ABCDEF+MathematicalPi-One /Encoding << /Type /Encoding"
    text = text_of(
        column(b"of t \x09 2.8 and \x09\x0b5, 2\x0a3", FILLER),
        font=f"{font} /Differences [9 /H11005 /H11003 /H11002] >>",
    )
    assert text.startswith("of t = 2.8 and =−5, 2×3")


@pytest.mark.parametrize(
    ("font", "codes", "printed"),
    [("AdvMT_SY", "C6 /C0 /C14", "12 ± 3 −5 45°"), ("AdvMT_MI", "C31 /C22 /C11", "12 χ 3 μ5 45α")],
)
def test_glyphs_with_names_of_texs_codes_are_those_of_its_fonts(font, codes, printed):
    font = f"/Type1 /BaseFont /ABCDEF+{font} /Encoding << /Type /Encoding /Differences [2 /{codes}] >>"
    assert text_of(column(b"12 \x02 3 \x035 45\x04", FILLER), font=font).startswith(printed)


def test_plain_characters_have_no_other_meaning():
    plain = [character for character in map(chr, range(0x10000)) if PLAIN.fullmatch(character)]
    assert {"é", "\u2019"} <= set(plain)
    for character in plain:
        assert unicodedata.normalize("NFC", f"a{character.translate(MEANING)}") == f"a{character}"


def test_pdfium_keeps_the_fonts_of_a_document_so_that_no_other_font_has_the_address_of_one():
    fonts = ["Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono"]
    source = "#pagebreak()\n".join(f'#text(font: "{font}")[A page in a font of its own.]\n' for font in fonts * 2)
    addresses = []
    with pypdfium2.PdfDocument(typst.compile(source.encode())) as document:
        for index in range(len(document)):
            textpage = document[index].get_textpage()
            addresses.append(text_font(text_object(textpage.raw, 0)))
            textpage.page.close()
    assert addresses[:3] == addresses[3:]
    assert len(set(addresses)) == 3
