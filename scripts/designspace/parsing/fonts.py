"""What the codes of fonts without a Unicode map mean, by the names of their glyphs."""

import io
import re
import sys
from itertools import repeat
from weakref import WeakKeyDictionary

import pypdfium2
import pypdfium2.raw as pdfium

from designspace.parsing import spaces
from designspace.parsing.calls import char_unicode, is_hyphen, text_of
from designspace.parsing.dropped import PageText, find
from designspace.parsing.glyphs import HYPHEN, PI, UNKNOWN
from designspace.parsing.symbols import PageSymbols, white_glyphs

PART = 256  # characters of a page whose text is asked for at once
HYPHENS = re.compile("\x02")  # which pdfium has for one at the end of a line, and for the code 2 of a font
SUBSET = re.compile(rb"^[A-Z]{6}\+")
BASE_FONT = re.compile(rb"/BaseFont\s*/(?:[A-Z]{6}\+)?([^\s/<>\[\]()]+)")

# A typesetter's mathematics fonts (AdvP4C4E74 and its kin) hold these under the codes of other letters, and the
# symbols of TeX's cmsy, or the letters of its cmmi, under the names C<code>.
ADVENT = dict(zip("¼½ðÞþÀÂÆÁŠ", "=[()+−×±·]", strict=True))
ADVENT_FONT = re.compile(r"Adv(P[0-9A-F]{4,6}$|Math|Pi\d|MT_SY)")
CMSY = dict(zip((0, 1, 2, 3, 6, 7, 14, 15, 20, 21, 24, 25, 33), "−·×∗±∓°•≤≥∼≈→", strict=True))
LETTERS_FONT = re.compile(r"AdvMT_MI")
CMMI = dict(enumerate("ΓΔΘΛΞΠΣΥΦΨΩαβγδεζηθικλμνξπρστυφχψω"))
SUSPECT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f" + "".join(ADVENT) + "]")

# The glyph names of the fonts of a document, by the names of these with the tag of a subset: {code: glyph name}.
_names: WeakKeyDictionary[pypdfium2.PdfDocument, dict[bytes, dict[int, str]]] = WeakKeyDictionary()


def page_text(textpage: pypdfium2.PdfTextPage, fonts: "PageFonts") -> PageText:
    """The text of a page with exactly one character for each of pdfium's, so that positions in it are pdfium's own, and
    what pdfium dropped between them.

    A character beyond the Basic Multilingual Plane is mostly two surrogates, as it is for pdfium.
    """
    n_chars = pdfium.FPDFText_CountChars(textpage)
    text = text_of(textpage.raw, 0, n_chars)
    if text is None:
        text = _with_missing(textpage.raw, n_chars)
    suspects = [match.start() for match in SUSPECT.finditer(text)] + white_glyphs(text)
    read = fonts.symbols(textpage).corrected(text, suspects, fonts.meaning)
    dropped = {} if read == text else fonts.dropped(textpage, text, read)
    return PageText(read, spaces.lost(textpage, read) | dropped)


def _with_missing(textpage: pdfium.FPDF_TEXTPAGE, n_chars: int) -> str:
    """The text of a page with the characters that pdfium leaves out of it: those of unmapped codes that would be
    control characters, and those beyond the Basic Multilingual Plane that it has as one."""
    parts = []
    for begin in range(0, n_chars, PART):
        length = min(PART, n_chars - begin)
        part = text_of(textpage, begin, length)
        if part is None:
            codes = list(map(char_unicode, repeat(textpage), range(begin, begin + length)))
            if max(codes) > sys.maxunicode:
                codes = [code if code <= sys.maxunicode else ord(UNKNOWN) for code in codes]
            part = "".join(map(chr, codes))
        parts.append(part)
    return HYPHENS.sub(lambda code: HYPHEN if is_hyphen(textpage, code.start()) == 1 else code.group(), "".join(parts))


class PageFonts:
    """What the codes of a page's fonts mean where they have no Unicode map: read on demand."""

    def __init__(self, document: pypdfium2.PdfDocument, index: int) -> None:
        self._document, self._index = document, index
        self._copy = b""
        self._names = _names.setdefault(document, {})

    def symbols(self, textpage: pypdfium2.PdfTextPage) -> PageSymbols:
        """The glyphs of the page whose fonts do not give their characters."""
        return PageSymbols(self._document, textpage)

    def dropped(self, textpage: pypdfium2.PdfTextPage, raw: str, read: str) -> dict[int, str]:
        """What pdfium dropped, see `dropped.find`."""
        return find(textpage.page, textpage, raw, read)

    def meaning(self, font: bytes, char: str) -> str:
        """The character that is printed for `char` of a font: from the names of its glyphs."""
        whole = SUBSET.sub(b"", font)
        if char in ADVENT:
            return ADVENT[char] if ADVENT_FONT.match(whole.decode("latin-1")) else char
        if font not in self._names:
            self._names[font] = self._glyph_names(whole)
        return _glyph_character(self._names[font].get(ord(char), ""), whole.decode("latin-1"))

    def _glyph_names(self, font: bytes) -> dict[int, str]:
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
        names: dict[int, str] = {}
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


def _glyph_character(name: str, font: str) -> str:
    """The character of a glyph's name as typesetters' fonts write it: H11002, C0, uni2212; U+FFFD if unknown."""
    if match := re.fullmatch(r"H(\d{4,5})", name):
        return PI.get(int(match.group(1)), UNKNOWN)
    if match := re.fullmatch(r"C(\d{1,2})", name):
        codes = CMMI if LETTERS_FONT.match(font) else CMSY if ADVENT_FONT.match(font) else {}
        return codes.get(int(match.group(1)), UNKNOWN)
    if match := re.fullmatch(r"uni([0-9A-F]{4})", name):
        return chr(int(match.group(1), 16))
    return UNKNOWN
