"""What the characters of a PDF mean: look-alike glyphs, private-use codes, and fonts without a Unicode map."""

import bisect
import ctypes
import io
import re
import unicodedata

import pypdfium2
import pypdfium2.raw as pdfium

UNKNOWN = "\ufffd"  # a glyph was printed here, and nothing in the file says which
SUBSET = re.compile(rb"^[A-Z]{6}\+")
BASE_FONT = re.compile(rb"/BaseFont\s*/(?:[A-Z]{6}\+)?([^\s/<>\[\]()]+)")
HYPHEN = "\ufffe"  # how pdfium marks a hyphen at the end of a line

# Adobe's Pi fonts name their glyphs H<number>, and readers took the number for a code point: H11002, the minus sign,
# became U+2AFA. The same table therefore serves the names and the characters that other software made of them.
PI = dict(zip(range(9003, 9025), "ΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", strict=True))
PI |= dict(zip(range(9251, 9276), "αβγδεζηθικλμνξοπρσςτυφχψω", strict=True))
PI |= dict(zip((11001, 11002, 11003, 11004, 11005, 11006, 11007, 11009), "+−×÷=±∓∞", strict=True))
PI |= dict(
    zip((11011, 11013, 11014, 11015, 11021, 11022, 11032, 11033, 11034, 11349, 11350), "∼≡≠≈<>′″°≤≥", strict=True)
)
PI |= dict(zip((20841, 20849, 20850, 20851, 20852, 20853, 20854, 20862), "√()[]{}∑", strict=True))

# Word and others put the Symbol font into the private use area, at 0xF000 plus the font's own code.
SYMBOL = {0xF020 + i: chr(0x20 + i) for i in range(0x5F)}
SYMBOL |= dict(zip(range(0xF041, 0xF05B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True))
SYMBOL |= dict(zip(range(0xF061, 0xF07B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True))
SYMBOL |= dict(zip((0xF02D, 0xF07E, 0xF0A2, 0xF0A3, 0xF0A5, 0xF0AE, 0xF0B0, 0xF0B1), "−∼′≤∞→°±", strict=True))
SYMBOL |= dict(zip((0xF0B2, 0xF0B3, 0xF0B4, 0xF0B7, 0xF0B8, 0xF0B9, 0xF0BA, 0xF0BB, 0xF0D7), "″≥×•÷≠≡≈·", strict=True))
OLD_STYLE_DIGITS = {0xF730 + i: str(i) for i in range(10)}
SMALL_CAPITALS = {0xF761 + i: chr(ord("A") + i) for i in range(26)}
SPACES = dict.fromkeys([0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
INVISIBLE = dict.fromkeys([0xAD, 0xFEFF, 0xFFFF, *range(0x200B, 0x2010), *range(0x2028, 0x202F)], "")
INVISIBLE |= dict.fromkeys([0x061C, 0x180E, *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)], "")
INVISIBLE |= dict.fromkeys(range(0xE0000, 0xE1000), "")  # tags, in which a text can hide that no reader sees
LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
MATH_LETTERS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x1D400, 0x1D800)}
CONTROLS = dict.fromkeys([*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], UNKNOWN)
MEANING = dict.fromkeys(range(0xE000, 0xF900), UNKNOWN) | SYMBOL | OLD_STYLE_DIGITS | SMALL_CAPITALS
MEANING |= {ord(HYPHEN): "-"} | PI | SPACES | INVISIBLE | LIGATURES | MATH_LETTERS | CONTROLS
DEGREE = re.compile(r"(?<=\d)(\s?)[\u02da\u00ba]")

# A typesetter's mathematics fonts (AdvP4C4E74 and its kin) hold these under the codes of other letters, and the
# symbols of TeX's cmsy under the names C<code>.
ADVENT = dict(zip("¼½ðÞþÀÂÆÁŠ", "=[()+−×±·]", strict=True))
ADVENT_FONT = re.compile(r"Adv(P[0-9A-F]{4,6}$|Math|Pi\d)")
CMSY = dict(zip((0, 1, 2, 3, 6, 7, 15, 20, 21, 24, 25, 33), "−·×∗±∓•≤≥∼≈→", strict=True))
SUSPECT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f" + "".join(ADVENT) + "]")


def normalise(text):
    """The text of a line with every character as a reader means it: NFC, ligatures and look-alikes resolved.

    Superscripts, fractions and units keep their characters (they are not compatibility-folded); a printed glyph that
    cannot be known becomes U+FFFD, so that a lost minus sign is at least visible.
    """
    if not text.isascii() or not text.isprintable():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs of surrogates become one
        text = unicodedata.normalize("NFC", DEGREE.sub(r"\1°", text.translate(MEANING)))
    return " ".join(text.split()) if "  " in text else text.strip()


def page_text(textpage, fonts):
    """The text of a page with exactly one character for each of pdfium's, so that positions in it are pdfium's own.

    A character beyond the Basic Multilingual Plane is two surrogates, as it is for pdfium.
    """
    n_chars = pdfium.FPDFText_CountChars(textpage)
    text = textpage.get_text_range(errors="surrogatepass")
    if len(text) != n_chars:
        units = memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
        text = _with_missing(textpage, "".join(map(chr, units)), n_chars)
    if SUSPECT.search(text):
        text = SUSPECT.sub(lambda match: fonts.meaning(textpage, match.start(), match.group()), text)
    return text


def _with_missing(textpage, text, n_chars):
    """`text` and the characters that pdfium leaves out of it: those of unmapped codes that would be control characters.

    The n-th character of the text is pdfium's n-th plus the number missing before it, which only grows: so where the
    next one is missing is found by bisection.
    """
    char_index = pdfium.FPDFText_GetCharIndexFromTextIndex
    pieces, start, n_missing = [], 0, 0
    while start < len(text):
        index = char_index(textpage, start)
        pieces += [chr(pdfium.FPDFText_GetUnicode(textpage, i)) for i in range(start + n_missing, index)]
        n_missing = max(n_missing, index - start)
        rest = range(start, len(text))
        run = bisect.bisect_right(rest, n_missing, key=lambda i: char_index(textpage, i) - i)
        pieces.append(text[start : start + run])
        start += max(run, 1)
    pieces += [chr(pdfium.FPDFText_GetUnicode(textpage, i)) for i in range(len(text) + n_missing, n_chars)]
    text = "".join(pieces)
    if len(text) != n_chars:
        text = "".join(chr(pdfium.FPDFText_GetUnicode(textpage, i)) for i in range(n_chars))
    return text


class PageFonts:
    """What the codes of a page's fonts mean where they have no Unicode map: read on demand."""

    def __init__(self, document, index):
        self._document, self._index = document, index
        self._copy = b""
        self._names = {}

    def meaning(self, textpage, index, char):
        """The character that is printed for `char`, number `index` of the page: from its font's glyph names."""
        buffer = ctypes.create_string_buffer(128)
        pdfium.FPDFText_GetFontInfo(textpage, index, buffer, len(buffer), None)
        font = SUBSET.sub(b"", buffer.value)
        if char in ADVENT:
            return ADVENT[char] if ADVENT_FONT.match(font.decode("latin-1")) else char
        if font not in self._names:
            self._names[font] = self._glyph_names(font)
        return _glyph_character(self._names[font].get(ord(char), ""), font.decode("latin-1"))

    def _glyph_names(self, font):
        """{code: glyph name} of the page's fonts of this name, from the /Differences of their encodings.

        pdfium does not tell glyph names, but it copies the page to a file of its own, without object streams and
        encryption, where they are plain to read.
        """
        if not self._copy:
            with pypdfium2.PdfDocument.new() as alone:
                alone.import_pages(self._document, [self._index])
                copy = io.BytesIO()
                alone.save(copy)
                self._copy = copy.getvalue()
        names = {}
        for place in (match.start() for match in BASE_FONT.finditer(self._copy) if match.group(1) == font):
            begin = self._copy.rfind(b" obj", 0, place)
            encoding = self._copy[begin : self._copy.find(b"endobj", place)]
            if reference := re.search(rb"/Encoding\s+(\d+)\s", encoding):
                begin = self._copy.find(b"\n%s 0 obj" % reference.group(1))
                encoding = self._copy[begin : self._copy.find(b"endobj", begin)]
            if differences := re.search(rb"/Differences\s*\[([^\]]*)\]", encoding):
                code = 0
                for token in re.findall(r"/?[^\s/]+", differences.group(1).decode("latin-1")):
                    if token.startswith("/"):
                        # Two subsets of a font may disagree about a code; then nothing is known of it.
                        names[code] = token[1:] if names.get(code, token[1:]) == token[1:] else ""
                        code += 1
                    elif token.isdecimal():
                        code = int(token)
        return names


def _glyph_character(name, font):
    """The character of a glyph's name as typesetters' fonts write it: H11002, C0, uni2212; U+FFFD if unknown."""
    if match := re.fullmatch(r"H(\d{4,5})", name):
        return PI.get(int(match.group(1)), UNKNOWN)
    if (match := re.fullmatch(r"C(\d{1,2})", name)) and ADVENT_FONT.match(font):
        return CMSY.get(int(match.group(1)), UNKNOWN)
    if match := re.fullmatch(r"uni([0-9A-F]{4})", name):
        return chr(int(match.group(1), 16))
    return UNKNOWN
