"""What the characters of a PDF mean: look-alike glyphs, private-use codes, ligatures and spaces."""

import re
import unicodedata

UNKNOWN = "\ufffd"  # a printed glyph whose character is unknown
RAISED = "\x1f"  # stands in a row of the front pages for the raised marks of footnotes and affiliations
HYPHEN = "\ufffe"  # how pdfium marks a hyphen at the end of a line

# Adobe's Pi fonts name their glyphs H<number>, and readers took the number for a code point: H11002, the minus sign,
# became U+2AFA. The same table therefore serves the names and the characters that other software made of them.
PI = dict(zip(range(9003, 9025), "ΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", strict=True))
PI |= dict(zip(range(9251, 9276), "αβγδεζηθικλμνξοπρσςτυφχψω", strict=True))
PI |= dict(zip((11001, 11002, 11003, 11004, 11005, 11006, 11007, 11009), "+−×÷=±∓∞", strict=True))
PI |= dict(
    zip((11011, 11013, 11014, 11015, 11021, 11022, 11032, 11033, 11034, 11349, 11350), "∼≡≠≈<>′″°≤≥", strict=True)
)
PI |= dict(zip((20875, 20876), "[]", strict=True))
PI |= dict(zip((20841, 20849, 20850, 20851, 20852, 20853, 20854, 20862), "√()[]{}∑", strict=True))

# Word and others put the Symbol font into the private use area, at 0xF000 plus the font's own code.
SYMBOL = {0xF020 + i: chr(0x20 + i) for i in range(0x5F)}
SYMBOL |= dict(zip(range(0xF041, 0xF05B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True))
SYMBOL |= dict(zip(range(0xF061, 0xF07B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True))
SYMBOL |= dict(zip((0xF02D, 0xF07E, 0xF0A2, 0xF0A3, 0xF0A5, 0xF0AE, 0xF0B0, 0xF0B1), "−∼′≤∞→°±", strict=True))
SYMBOL |= dict(zip((0xF0B2, 0xF0B3, 0xF0B4, 0xF0B7, 0xF0B8, 0xF0B9, 0xF0BA, 0xF0BB, 0xF0D7), "″≥×•÷≠≡≈·", strict=True))
# Tall brackets are built of pieces: the topmost stands for the bracket.
SYMBOL |= dict(zip((0xF8EB, 0xF8EE, 0xF8F1, 0xF8F6, 0xF8F9, 0xF8FC), "([{)]}", strict=True))
SYMBOL |= dict.fromkeys((*range(0xF8EC, 0xF8F6), *range(0xF8F7, 0xF8FF)), "") | SYMBOL
OLD_STYLE_DIGITS = {0xF730 + i: str(i) for i in range(10)}
SMALL_CAPITALS = {0xF761 + i: chr(ord("A") + i) for i in range(26)}
SPACES = dict.fromkeys([0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
INVISIBLE = dict.fromkeys([0xAD, 0xFEFF, 0xFFFF, *range(0x200B, 0x2010), *range(0x2028, 0x202F)], "")
INVISIBLE |= dict.fromkeys([0x061C, 0x180E, *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)], "")
INVISIBLE |= dict.fromkeys(range(0xE0000, 0xE1000), "")  # tags, in which a text can hide that no reader sees
LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
# Ligatures without a character of their own have private ones here, which are never taken from a PDF.
JOINED = {chr(0xF500 + i): letters for i, letters in enumerate(("ti", "tt", "tti", "ft", "fj", "Th", "ct", "st"))}
MATH_LETTERS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x1D400, 0x1D800)}
CONTROLS = dict.fromkeys([*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], UNKNOWN)
MEANING = dict.fromkeys(range(0xE000, 0xF900), UNKNOWN) | SYMBOL | OLD_STYLE_DIGITS | SMALL_CAPITALS
MEANING |= {ord(joined): letters for joined, letters in JOINED.items()}
MEANING |= {ord(HYPHEN): "-"} | PI | SPACES | INVISIBLE | LIGATURES | MATH_LETTERS | CONTROLS
# Accented letters, Greek, punctuation, arrows and signs of mathematics, which stay as they are.
PLAIN = re.compile(
    "[ -~\u00a1-\u00a9\u00ae-\u00b9\u00bb-\u02c6\u0391-\u03ce\u2010-\u2027\u2030-\u205e\u2190-\u2217\u2219-\u22ff]*"
)
# LaTeX prints a raised circle, as a bullet or an operator of composition, for a degree.
DEGREE = re.compile(r"[\u02da\u00ba\u2218\u25e6](?:(?<=\d.)|(?<=\d\s.))")


def normalise(text: str) -> str:
    """The text of a line with every character as a person reads it: NFC, ligatures and look-alikes resolved.

    Superscripts, fractions and units keep their characters (they are not compatibility-folded). A printed glyph whose
    character is unknown becomes U+FFFD, so that a lost minus sign is at least visible.
    """
    if not (text.isascii() and text.isprintable() or PLAIN.fullmatch(text)):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs of surrogates become one
        text = unicodedata.normalize("NFC", DEGREE.sub("°", text.translate(MEANING)))
    return " ".join(text.split()) if "  " in text else text.strip()
