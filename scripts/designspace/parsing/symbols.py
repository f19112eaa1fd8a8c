"""What is printed where a font has no Unicode map, or a wrong one: by the shapes of its glyphs and what stands beside.

Nothing here knows a font by its name. A font whose glyphs form words is trusted where it has a map.
"""

import ctypes
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, islice, repeat
from math import hypot
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium

from designspace.parsing.calls import font_length, font_name, is_embedded, map_error, text_font, text_object
from designspace.parsing.glyphs import MEANING, UNKNOWN

if TYPE_CHECKING:
    from designspace.parsing.shapes import Reading, Shapes

# Glyphs whose codes are those of white space: a line's own end has both characters.
_WHITE = re.compile(r"\t|\r(?!\n)|(?<!\r)\n")
Font = int | None  # the address of a font, if there is one
Kinds = npt.NDArray[np.uint8]  # of the characters of a text
# The ligatures of TeX's fonts, whose other letters have their own codes.
TEX = {chr(0x0B + i): chr(0xFB00 + i) for i in range(5)}
_SAMPLE = re.compile(r"\n[^\r\n]*?(?:([a-z]{4})|[^\s.]{4})")  # of the line behind "\n", which is faster than "^"
_WORD = re.compile("[a-z]{4}")
# Letters within words and the commonest marks are not looked at: fonts of symbols hold neither.
_POINT = re.compile(r"\.(?<=\s.)(?=\s?\d)")
_UNMAPPED, _LETTER, _LOOKED_AT, _PASSED = 3, 2, 1, 0
_KINDS = np.full(0xF901, _LOOKED_AT, np.uint8)  # of characters by their codes; all beyond are like the last
_KINDS[[code for code in range(0x3001) if chr(code).isspace() or chr(code) in ".()’'-"]] = _PASSED
_KINDS[0xD800:] = _PASSED
_KINDS[ord("a") : ord("z") + 1] = _LETTER
# Control characters and private ones, where no table explains them.
_KINDS[[*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)]] = _UNMAPPED
_KINDS[[code for code in range(0xE000, 0xF900) if MEANING[code] == UNKNOWN]] = _UNMAPPED
_SIGNS = frozenset("=<>±×−–+°≤≥≠≈∼÷·•√→αβγδεθλμπρσφχψωΔΣΩ()[]")
_DASHES = frozenset("-–−—")
MOST_GLYPHS = 600  # of a page, that are drawn
NEXT = 30  # characters behind one, in which a word may tell of its font
WHOLE = 12  # codes of a font that are read together
NEIGHBOURS = 60  # places of a glyph that are looked at
COMMON = "()1"  # of those that look and suit alike, the likelier ones

# What the fonts of a document print, by their names, and those whose glyphs form words on some page, as `_file` gives
# them.
_claims: WeakKeyDictionary[pypdfium2.PdfDocument, dict[tuple[bytes, str], str]] = WeakKeyDictionary()
_formed: WeakKeyDictionary[pypdfium2.PdfDocument, set[tuple[bytes, int]]] = WeakKeyDictionary()


def white_glyphs(text: str) -> list[int]:
    """The places in the text of a page of glyphs whose codes are those of white space."""
    if "\t" not in text and text.count("\r\n") == text.count("\n") == text.count("\r"):
        return []
    return [match.start() for match in _WHITE.finditer(text)]


class PageSymbols:
    """The glyphs of a page that its fonts do not explain."""

    def __init__(self, document: pypdfium2.PdfDocument, textpage: pypdfium2.PdfTextPage) -> None:
        self._document, self._textpage, self._handle = document, textpage, textpage.raw
        self._claims, self._formed = _claims.setdefault(document, {}), _formed.setdefault(document, set())
        self._shapes: Shapes | None = None
        self._n_read = 0
        self._names: dict[Font, bytes] = {None: b""}
        self._fonts: dict[int | None, Font] = {}  # of the objects that print characters, by their addresses

    def corrected(self, text: str, suspects: list[int], meaning: Callable[[bytes, str], str]) -> str:
        """The text of the page, one character for each of pdfium's, with what is printed.

        `suspects` are places, all of their characters, where the name of a font and the character may have another
        `meaning`, U+FFFD where that is not known.
        """
        kinds = _kinds(text)
        lacking, trusted = self._samples(text)
        unmapped = self._unmapped(text, kinds == _UNMAPPED, lacking)
        printed: dict[int, str] = {}
        if unmapped or suspects:
            glyphs = self._glyphs(text, sorted(unmapped.union(suspects)))
            named = {text[place] for place in suspects}
            for font, by_character in glyphs.items():
                for character in by_character.keys() & named:
                    if (meant := meaning(self._name(font), character)) not in (UNKNOWN, character):
                        printed.update(dict.fromkeys(by_character.pop(character), meant))
            printed |= self._read_unmapped(text, printed, glyphs, unmapped)
        self._check_maps(text, kinds, printed, trusted)
        return _with(text, printed) if printed else text

    def _unmapped(self, text: str, plain: npt.NDArray[np.bool_], lacking: bool) -> set[int]:
        """The places of the characters without a map: those that `plain` says, and others if some are `lacking`."""
        places = plain.nonzero()[0].tolist()
        others = (~plain).nonzero()[0].tolist() if lacking else white_glyphs(text)
        errors = map((1).__eq__, map(map_error, repeat(self._handle), others))
        return {*places, *compress(others, errors)}

    def _glyphs(self, text: str, places: Sequence[int]) -> dict[Font, dict[str, list[int]]]:
        """The places of each character of each font: {font: {character: places}}."""
        by_glyph: defaultdict[tuple[Font, str], list[int]] = defaultdict(list)
        glyphs = zip(self._fonts_of(places), map(text.__getitem__, places), strict=True)
        for place, glyph in zip(places, glyphs, strict=True):
            by_glyph[glyph].append(place)
        found: dict[Font, dict[str, list[int]]] = {}
        for (font, character), at in by_glyph.items():
            found.setdefault(font, {})[character] = at
        return found

    def _fonts_of(self, places: Iterable[int]) -> list[Font]:
        """The fonts of some characters."""
        printers = list(map(text_object, repeat(self._handle), places))
        new = set(printers).difference(self._fonts)
        self._fonts.update(zip(new, map(text_font, new), strict=True))
        return list(map(self._fonts.__getitem__, printers))

    def _name(self, font: Font) -> bytes:
        """The name of a font by its address, with the tag of a subset; empty where there is none."""
        if font not in self._names:
            self._names[font] = font_name(font)
        return self._names[font]

    def _samples(self, text: str) -> tuple[bool, set[Font]]:
        """Whether printable characters of the page lack a map, and the fonts whose glyphs form words."""
        samples = {match.end() - 2: match[1] for match in _SAMPLE.finditer(f"\n{text}")}  # by their last characters
        errors = list(map(map_error, repeat(self._handle), samples))
        formed = [place for (place, word), error in zip(samples.items(), errors, strict=True) if word and error != 1]
        return 1 in errors, {*self._fonts_of(formed)} - {None}

    def _drawn(self) -> "Shapes":
        if self._shapes is None:
            from designspace.parsing.shapes import Shapes  # which most pages do not need

            self._shapes = Shapes(self._document, self._textpage.page)
        return self._shapes

    def _read_unmapped(
        self, text: str, explained: dict[int, str], glyphs: dict[Font, dict[str, list[int]]], unmapped: set[int]
    ) -> dict[int, str]:
        """{place: what the glyph there looks like} for those of some glyphs that are unmapped, beside others that are
        explained."""
        characters = list(_with(text, explained))
        doubtful: list[tuple[list[int], list[str]]] = []
        read: list[int] = []
        for font, by_character in glyphs.items():
            places = {code: own for code, at in by_character.items() if (own := [p for p in at if p in unmapped])}
            readings = {code: self._read(font, code, at[0]) for code, at in places.items()}
            drawn = any(readings.values()) or self._draws(font)
            for code, choices in _choices(readings, drawn).items():
                read += places[code]
                _put(characters, places[code], choices[0] if len(choices) == 1 else UNKNOWN)
                if len(choices) > 1:
                    doubtful.append((places[code], choices))
        for at, choices in doubtful:
            _put(characters, at, _by_neighbours(characters, at, choices))
        return {place: characters[place] for place in read}

    def _read(self, font: Font, code: str, place: int) -> "Reading | None":
        if not font or self._n_read >= MOST_GLYPHS:
            return None
        self._n_read += 1
        reading = self._drawn().read(font, ord(code))
        if reading is None or reading.likely or not place:
            return reading
        size, x, y = self._position(place)
        other_size, other_x, other_y = self._position(place - 1)
        beside = 0 < x - other_x < 3 * size and 0.3 * size < other_size < 3 * size
        # A degree may be a letter o that is small and raised.
        scale, rise = (size / other_size, (y - other_y) / other_size) if beside else (1.0, 0.0)
        return self._drawn().read(font, ord(code), scale, rise)

    def _position(self, place: int) -> tuple[float, float, float]:
        """The size of a character and where it stands, in points."""
        x, y, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_MATRIX()
        pdfium.FPDFText_GetCharOrigin(self._textpage, place, x, y)
        pdfium.FPDFText_GetMatrix(self._textpage, place, matrix)
        return pdfium.FPDFText_GetFontSize(self._textpage, place) * hypot(matrix.c, matrix.d), x.value, y.value

    def _draws(self, font: Font) -> bool:
        """Whether the glyphs of a font are drawn: neither those of a Type 3 font, which has no name, nor of one that is
        not in the file."""
        return bool(self._name(font) and self._is_in_file(font))

    def _is_in_file(self, font: Font) -> bool:
        """Whether a font's glyphs are in the file: those of others are pdfium's own, as their names or codes say."""
        embedded: int = is_embedded(font)
        return embedded == 1

    def _check_maps(self, text: str, kinds: Kinds, printed: dict[int, str], trusted: set[Font]) -> None:
        """Put what is plainly printed into `printed`, by its place, where a map says something else."""
        self._formed.update(map(self._file, trusted))
        places = _looked_at(text, kinds)
        fonts = self._fonts_of(places)
        doubtful = set(fonts) - trusted - {None}
        for place, font in compress(zip(places, fonts, strict=True), map(doubtful.__contains__, fonts)):
            if place in printed:
                continue
            claimed = text[place]
            key = self._name(font), claimed
            read = self._claims.get(key)
            if read is None:
                if not self._is_in_file(font) or self._forms_words(font, text, place):
                    doubtful.discard(font)  # with which all of its places are passed over
                    continue
                read = self._claims[key] = self._printed(font, claimed)
            if read != claimed:
                printed[place] = read

    def _forms_words(self, font: Font, text: str, place: int) -> bool:
        """Whether a font formed words on a page before, or the next word is in the font of a character: one in italics,
        say, in which no line begins."""
        file = self._file(font)
        if file in self._formed and file[0]:
            return True
        word = _WORD.search(text, place, place + NEXT)
        formed = word is not None and {*self._fonts_of((word.start(), word.end() - 1))} == {font}
        if formed:
            self._formed.add(file)
        return formed

    def _file(self, font: Font) -> tuple[bytes, int]:
        """The name of a font and the length of its file: two subsets of a font may have one name."""
        return self._name(font), font_length(font)

    def _printed(self, font: Font, claimed: str) -> str:
        read = self._drawn().printed(font, claimed)
        if read not in _SIGNS or {read, claimed} <= _DASHES:
            return claimed
        return "−" if read == "–" else read


def _kinds(text: str) -> Kinds:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _KINDS.take(codes, mode="clip")


def _looked_at(text: str, kinds: Kinds) -> list[int]:
    """The places of the characters of a page whose maps may be wrong."""
    letters, looked_at = np.zeros(len(kinds) + 2, bool), kinds == _LOOKED_AT
    letters[1:-1] = kinds == _LETTER
    looked_at |= letters[1:-1] & ~(letters[:-2] | letters[2:])
    looked_at[[match.start() for match in _POINT.finditer(text)]] = True
    places: list[int] = looked_at.nonzero()[0].tolist()
    return places


def _choices(readings: dict[str, "Reading | None"], drawn: bool) -> dict[str, list[str]]:
    """The characters that each code of a font may print, by how its glyphs look if they are `drawn`."""
    choices: dict[str, list[str]] = {code: reading.likely if reading else [] for code, reading in readings.items()}
    looks = [(code, some) for code, some in choices.items() if some]
    if 2 * sum(code in some for code, some in looks) >= len(looks):  # the codes are those of the characters
        choices |= {code: [TEX.get(code, code)] for code in choices if code.isprintable() or code in TEX and not drawn}
        return choices | {code: [" "] for code, reading in readings.items() if drawn and reading is None}
    # A character that one code of the font prints beyond doubt is printed by no other.
    taken = {some[0] for _, some in looks if len(some) == 1}
    for code, reading in readings.items():
        if reading is None and drawn:
            choices[code] = [" "]
        elif reading and len(readings) >= WHOLE and (len(choices[code]) != 1 or choices[code][0] in "{}"):
            choices[code] = reading.choices(taken | {"{", "}"}, farther=True)
    return choices


def _with(text: str, printed: dict[int, str]) -> str:
    """A text with other characters at some places."""
    characters = list(text)
    for place, character in printed.items():
        characters[place] = character
    return "".join(characters)


def _put(characters: list[str], places: Iterable[int], character: str) -> None:
    for place in places:
        characters[place] = character


def _by_neighbours(characters: list[str], places: list[int], choices: list[str]) -> str:
    """Which of the characters that look alike suits what stands beside it best; U+FFFD if none does."""
    scores = dict.fromkeys(choices, 0)
    for place in islice(places, NEIGHBOURS):
        before = characters[place - 1] if place else " "
        after = characters[place + 1] if place + 1 < len(characters) else " "
        for choice in choices:
            scores[choice] += _suits(before, choice, after)
    best = max(choices, key=lambda choice: (scores[choice], choice in COMMON))
    return best if scores[best] > 0 else UNKNOWN


def _suits(before: str, character: str, after: str) -> int:
    """How well a character stands between two others, from -2 to 2."""
    if character in "([“‘":
        return before.isspace() + after.isalnum()
    if character in ")],;:”’!?":
        return before.isalnum() + after.isspace()
    if character.isdigit():
        return sum((c.isdigit() or c in ".,%°−") - c.isalpha() for c in (before, after))
    if character.isupper():
        return (
            before.isupper()
            + after.isupper()
            + (before.isspace() and after.islower())
            - before.isdigit()
            - after.isdigit()
        )
    if character.isalpha():
        return sum(c.islower() - c.isdigit() for c in (before, after)) + (before.isupper() and after.islower())
    return sum((c.isspace() or c.isdigit()) - c.isalpha() for c in (before, after))
