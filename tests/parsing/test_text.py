"""The text of PDFs: what is read, what is removed, how lines become text, and the way back to the page."""

import itertools

import pytest
import typst

from designspace.core.places import boxes, page_of
from designspace.parsing.glyphs import normalise
from designspace.parsing.text import extract_text

FILLER = "The hand of every participant was hidden below a screen that showed a cursor instead of it."


def make_pdf(*pages, font="/Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding", page=""):
    """A PDF whose pages are lists of (x, y, size, text); `text` is a str or the bytes of the font's codes."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", f"<< /Type /Font /Subtype {font} >>".encode()]
    kids = []
    for lines in pages:
        content = b""
        for x, y, size, text in lines:
            text = text if isinstance(text, bytes) else text.encode("cp1252")
            escaped = text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            content += b"BT /F1 %g Tf %g %g Td (%s) Tj ET\n" % (size, x, y, escaped)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        fonts = "<< /Font << /F1 3 0 R >> >>"
        box = "" if "MediaBox" in page else "/MediaBox [0 0 600 800]"
        contents = f"/Contents {len(objects)} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} {page} /Resources {fonts} {contents} >>".encode())
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    data, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return bytes(data) + end.encode()


def column(*lines, x=50, y=660, size=10, leading=12):
    return [(x, y - leading * i, size, line) for i, line in enumerate(lines)]


def text_of(*pages, **options):
    record = extract_text(make_pdf(*pages, **options), "paper")
    assert record["status"] == "ok", record["reason"]
    return record["text"]


# Characters


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("\u2afa45\u00b0, P \u2afd 0.02, P \u2b0d 0.05, n \u2b0e 3", "−45°, P = 0.02, P < 0.05, n > 3"),
        ("12 \u2afe 3, 2 \u2afb 2, \u242e and \u232c", "12 ± 3, 2 × 2, μ and Δ"),
        ("45\uf0b0 \uf0b1 3 \uf06dm", "45° ± 3 μm"),
        ("45\u02da and 45 \u00ba", "45° and 45 °"),
        ("30\u25e6, 1.5 \u2218 and f \u2218 g", "30°, 1.5 ° and f \u2218 g"),
        ("\ufb01xed, \ufb02ow, e\ufb03cient", "fixed, flow, efficient"),
        ("e\u0301tude", "étude"),
        ("\U0001d45d < 0.05 \U0001f642", "p < 0.05 \U0001f642"),
        ("10² µm, ½ x³, 25 °C, x\u2082", "10² µm, ½ x³, 25 °C, x₂"),
        ("soft\u00adhyphen, zero\u200bwidth", "softhyphen, zerowidth"),
        ("seen\U000e0041\U000e0042\U000e0100", "seen"),
        ("non\u00a0breaking  and\u2009thin\tspaces ", "non breaking and thin spaces"),
        ("unknown \ue123, \x07 and \ud800", "unknown \ufffd, \ufffd and \ufffd"),
    ],
)
def test_characters_are_what_a_reader_means(printed, meant):
    assert normalise(printed) == meant


def test_glyphs_without_a_unicode_map_are_known_by_their_names():
    font = "/Type1 /BaseFont /ABCDEF+MathematicalPi-One"
    font += " /Encoding << /Type /Encoding /Differences [65 /H11005 2 /H11002 /H11003 5 /H11005 /unheardof] >>"
    text = text_of(column(b"\x02 \x03 \x05 \x06", FILLER), font=font)
    assert text.startswith("− × = \ufffd")


def test_characters_of_two_surrogates_move_no_position():
    source = "$p < 0.05$ and $alpha plus.minus beta$ and more\n\n#v(1cm)\nA later paragraph of several words."
    record = extract_text(typst.compile(source.encode()), "paper")
    assert record["text"] == "p < 0.05 and α ± β and more\nA later paragraph of several words.\n"
    (first,), (second,) = boxes(record, 0, 5), boxes(record, 35, 40)
    assert first["box"][0] == pytest.approx(second["box"][0], abs=1) and first["box"][1] > second["box"][3]


def test_mathematical_letters_that_are_one_character_for_pdfium_are_read():
    """pdfium has them, but not in its text of the page, where one by a Unicode map is two surrogates."""
    font = "/Type1 /BaseFont /Times-Italic /Encoding << /Type /Encoding /Differences [66 /u1D70E /uFFFFFF] >>"
    text = text_of(column("a mean (B) of 5 C and then more words", FILLER), font=font)
    assert text.startswith("a mean (\u03c3) of 5 \ufffd and then more words")


def test_mathematics_fonts_of_a_typesetter_are_read_and_text_fonts_left():
    line = column("P ¼ w ð1 þ xÞ", FILLER)
    font = "/Type1 /BaseFont /ABCDEF+{} /Encoding /WinAnsiEncoding"
    assert text_of(line, font=font.format("AdvP4C4E74")).startswith("P = w (1 + x)")
    assert text_of(line, font=font.format("AdvOT7d6df7ab")).startswith("P ¼ w ð1 þ xÞ")


# What is removed


def test_running_heads_feet_and_page_numbers_go_and_their_likes_stay():
    pages = []
    for number in range(1, 5):
        head = f"{number + 2775} PLAN-BASED ADAPTATION" if number % 2 else f"PLAN-BASED ADAPTATION {number + 2775}"
        body = column(f"{FILLER} This is page {number}.", "PLAN-BASED ADAPTATION", str(number), y=500)
        foot = [(200, 30, 8, f"J Neurophysiol {number} - doi"), (300, 15, 8, str(number)), (50, 60, 8, f"{number * 7}")]
        pages.append([(50, 770, 8, head), *body, *foot])
    text = text_of(*pages)
    assert "J Neurophysiol" not in text and "2776" not in text
    assert text.count("PLAN-BASED ADAPTATION") == 4
    for number in range(1, 5):
        assert f"page {number}.\nPLAN-BASED ADAPTATION\n{number}\n{number * 7}\n" in text


def test_a_head_that_does_not_come_again_stays():
    text = text_of([(50, 770, 8, "Received in May"), *column(FILLER)], [(50, 770, 8, "Table 3"), *column(FILLER)])
    assert "Received in May" in text and "Table 3" in text


@pytest.mark.parametrize("apart", [True, False], ids=["in a margin", "at the line's beginning"])
def test_line_numbers_of_manuscripts_go(apart):
    words = [f"line of the text that has {word} in it" for word in ("no", "not", "many", "more", "few", "some", "all")]
    pages = []
    for first in (1, 8):
        numbers = [(30, 660 - 24 * i, 10, str(first + i)) for i in range(7)]
        body = column(*words, x=60, leading=24)
        pages.append(numbers + body if apart else [item for pair in zip(numbers, body, strict=True) for item in pair])
    record = extract_text(make_pdf(*pages), "paper")
    assert not any(character.isdigit() for character in record["text"])
    assert record["text"].startswith(" ".join(words[:3]))
    assert all(line["box"][0] > 35 for page in record["pages"] for line in page["lines"])


def test_line_numbers_around_a_formula_and_on_a_short_last_page_go():
    words = [f"line of the text that has {word} in it" for word in ("no", "not", "many", "more", "few", "some", "all")]
    numbered = [[f"{7 * page + i + 1} {word}" for i, word in enumerate(words)] for page in range(4)]
    numbered[2][1:6] = [words[1], numbered[2][2], numbered[2][3], "x = 7 y", numbered[2][5]]
    pages = [column(*lines, x=60, leading=24) for lines in [*numbered, ["29 the end of", "30 the text"]]]
    text = text_of(*pages)
    assert not any(character.isdigit() for character in text.replace("x = 7 y", "")), text


def test_numbers_that_are_data_stay():
    rows = [f"{i} participants of group {chr(64 + i)} were tested" for i in range(1, 6)]
    text = text_of(column(*[FILLER] * 8, *rows, *[FILLER] * 8), column(*[FILLER] * 10))
    assert all(row in text for row in rows)


# How lines become text


def hyphenated(first, second, *others):
    return text_of(column(f"{FILLER} They made {first}", f"{second} movements while sitting in a chair.", *others))


def test_hyphens_at_line_ends():
    assert "They made visuomotor movements" in hyphenated("visuo-", "motor")
    assert "made center-out movements" in hyphenated("center-", "out", "Some center-out movements were slow.")
    assert "made visuomotor movements" in hyphenated("visuo-", "motor", "A visuomotor task has visuomotor rotations.")
    assert "made single- and paired-pulse movements" in hyphenated(
        "single-", "and paired-pulse", "A single pulse was it."
    )
    assert "made end-to-end movements" in hyphenated("end-", "to-end", "In the end it came to ten.")
    assert "made highlighted movements" in hyphenated("high-", "lighted")
    assert "made thousand movements" in hyphenated("thous-", "and", "No such word.")
    assert "made self-reported movements" in hyphenated("self-", "reported")
    assert "made right-handed movements" in hyphenated("right-", "handed")
    assert "made rightward movements" in hyphenated("right-", "ward")
    assert "made decision-making movements" in hyphenated("decision-", "making", "making a", "a bad decision")
    assert "made seventy-two movements" in hyphenated("seventy-", "two")
    assert "made 10-Hz movements" in hyphenated("10-", "Hz")
    assert "made time-consuming movements" in hyphenated("time-", "consuming", "In no time, a consuming task is done.")
    assert "made trial-by-trial movements" in hyphenated(
        "trial-", "by-trial", "In one trial by chance, trial by trial."
    )


def test_paragraphs_and_headings_stand_on_their_own():
    indented = FILLER.removesuffix(" of it.")
    text = text_of(
        [
            *column("Materials and methods", size=14, y=690),
            *column(FILLER, FILLER, "They were ten.", y=670),
            *column("Apparatus and general procedure", y=616),
            *column(FILLER, "and not shown.", y=604),
            *column(indented, x=60, y=580),
            *column(FILLER, y=568),
        ]
    )
    assert text == (
        f"Materials and methods\n{FILLER} {FILLER} They were ten.\nApparatus and general procedure\n"
        f"{FILLER} and not shown.\n{indented} {FILLER}\n"
    )


def test_rows_of_a_table_stand_on_their_own():
    assert "\n1 22 7 25 (20; 30)\n2 20 4 21 (19; 30)\n" in text_of(
        column(FILLER, y=682) + column("1 22 7 25 (20; 30)", "2 20 4 21 (19; 30)", "3 19 7 24 (19; 29)")
    )


def test_a_sentence_goes_on_in_the_next_column_behind_a_figure_and_on_the_next_page():
    left = column("The first column says that the rotation", "was shown to all the people who were", x=50)
    right = column("sitting in the chair in the second column", "and then that nobody could ever see the", x=320)
    figure = [(50, 400, 7, "hand angle"), *column("Fig. 1. What was shown. Each dot is a mean.", y=380, size=8)]
    text = text_of(left + right + figure, column("hand of any participant or of the author.", FILLER))
    assert "who were sitting in" in text and "ever see the hand of any participant" in text
    assert text.index("hand angle\nFig. 1. What was shown. Each dot is a mean.\n") < text.index("The first column")


def test_typeset_two_columns_read_in_order():
    syllables = ["re", "ta", "mo", "lu", "si", "pe", "no", "di", "ka"]
    words = ["".join(word) for word in itertools.product(syllables, repeat=3)]
    source = f"""#set page(columns: 2, width: 400pt, height: 500pt, numbering: "1", header: [Journal of Tests])
    #set par(justify: true)\n#set text(lang: "en", hyphenate: true)\n= Introduction\n{" ".join(words)}"""
    record = extract_text(typst.compile(source.encode()), "paper")
    heading, body = record["text"].split("\n", 1)
    assert heading == "Introduction"
    assert body.split() == words
    assert record["n_pages"] > 1


# The way back


@pytest.fixture(scope="module")
def record():
    pages = [column(f"{FILLER} Page {n} has the magic-", "al line and a second one.", FILLER, y=600) for n in (1, 2, 3)]
    return extract_text(make_pdf(*pages), "paper")


def test_every_span_leads_back_to_its_lines(record):
    text = record["text"]
    for page in record["pages"]:
        start = text.index(f"Page {page['page']} has")
        assert page_of(record, start) == page["page"]
        assert [place["page"] for place in boxes(record, start, start + 40)] == [page["page"]] * 2
        upper, lower = (place["box"] for place in boxes(record, start, start + 40))
        assert upper[0] == pytest.approx(50, abs=1) and upper[1] < 600 < upper[3] and lower[1] < 588 < lower[3]
        for line in page["lines"]:
            assert page["start"] <= line["start"] < line["end"] <= page["end"]
            assert boxes(record, line["start"], line["end"]) == [{"page": page["page"], "box": line["box"]}]
            assert text[line["start"] : line["end"]].strip() == text[line["start"] : line["end"]]
            assert line["size"] == pytest.approx(10, abs=1)
    covered = "".join(text[line["start"] : line["end"]] for page in record["pages"] for line in page["lines"])
    assert covered == "".join(text.split(" ")).replace("\n", "") or set(text) - set(covered) <= {" ", "\n"}
    assert record["pages"][-1]["end"] == len(text)


def test_boxes_are_of_the_page_as_it_is_shown():
    plain = extract_text(make_pdf(column(FILLER)), "paper")["pages"][0]
    moved = extract_text(make_pdf(column(FILLER), page="/MediaBox [20 30 620 830]"), "paper")["pages"][0]
    turned = extract_text(make_pdf(column(FILLER), page="/Rotate 90"), "paper")["pages"][0]
    left, bottom, right, top = plain["lines"][0]["box"]
    assert moved["lines"][0]["box"] == pytest.approx([left - 20, bottom - 30, right - 20, top - 30], abs=0.2)
    assert (turned["width"], turned["height"]) == (800, 600)
    assert turned["lines"][0]["box"] == pytest.approx([bottom, 600 - right, top, 600 - left], abs=0.2)


def test_text_is_clean_and_the_same_every_time():
    data = make_pdf(column(FILLER, "P • \xad “quoted” µm"), column(FILLER))
    first = extract_text(data, "paper")
    assert first == extract_text(data, "paper")
    assert all(character.isprintable() or character == "\n" for character in first["text"])
    first["text"].encode("utf-8")


# Raised and lowered characters


def with_scripts(*pieces):
    """A line as a PDF prints it: (text, rise in points), what is raised or lowered is smaller."""
    content, x = [], 50.0
    for text, rise in pieces:
        size = 7 if rise else 10
        content.append((x, 500 + rise, size, text))
        x += pypdfium_width(text, size)
    return text_of(column(FILLER) + content + column(FILLER, y=400))


def pypdfium_width(text, size):
    """The width of a text in Helvetica, in points."""
    narrow = {" ": 278, ".": 278, ",": 278, "-": 333, "(": 333, ")": 333, "t": 278, "f": 278, "i": 222, "l": 222}
    wide = {"m": 833, "s": 500, "c": 500, "C": 722, "O": 778, "R": 722, "\xd7": 584, "y": 500}
    return sum((narrow | wide).get(character, 556) for character in text) * size / 1000


@pytest.mark.parametrize(
    ("pieces", "printed"),
    [
        ([("it took 2 \xd7 10", 0), ("3", 4), (" ms", 0)], "it took 2 \xd7 10^3 ms"),
        ([("it took 2 \xd7 10", 0), ("-3", 4), (" s", 0)], "it took 2 \xd7 10^-3 s"),
        ([("a field of 20 cm", 0), ("2", 4), (" in all", 0)], "a field of 20 cm^2 in all"),
        ([("it fell by 9 m s", 0), ("-2", 4), (" then", 0)], "it fell by 9 m s^-2 then"),
        ([("an R", 0), ("2", 4), (" of 0.9", 0)], "an R^2 of 0.9"),
        ([("some CO", 0), ("2", -3), (" was there", 0)], "some CO_2 was there"),
    ],
)
def test_raised_and_lowered_digits_that_change_a_value_are_kept_apart(pieces, printed):
    assert f"\n{printed}\n" in with_scripts(*pieces)


@pytest.mark.parametrize(
    ("pieces", "printed"),
    [
        ([("as a study", 0), ("22", 4), (" showed", 0)], "as a study22 showed"),
        ([("in the 20", 0), ("th", 4), (" trial", 0)], "in the 20th trial"),
        ([("by A. Smith", 0), ("1,2", 4), (" and others", 0)], "by A. Smith1,2 and others"),
        ([("over 103 ms and CO2 of R2", 0)], "over 103 ms and CO2 of R2"),
    ],
)
def test_citations_ordinals_and_marks_stay_as_they_are(pieces, printed):
    assert f"\n{printed}\n" in with_scripts(*pieces)


def test_a_raised_digit_moves_no_span():
    record = extract_text(typst.compile(b"#set text(size: 10pt)\nIt took $2 times 10^3$ ms, then more of it."), "paper")
    assert record["text"].startswith("It took 2 × 10^3 ms, then more of it.")
    (page,) = record["pages"]
    assert page["end"] == len(record["text"]) and page["lines"][-1]["end"] == page["end"] - 1
