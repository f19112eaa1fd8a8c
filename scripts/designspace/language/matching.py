"""Where an annotator's quote occurs in the text of a paper, however its letters are printed."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

SIMILAR = 90  # of 100, from which a piece of a text is the quote with slips, by rapidfuzz's partial_ratio
LONG = 20  # letters of a sentence that is long enough to be known inside a quote


def letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, in lower case and without what print adds to them (ligatures, accents), and
    where in the text each stands."""
    kept = [
        (letter, position)
        for position, character in enumerate(text)
        for letter in unicodedata.normalize("NFKD", character).lower()
        if letter.isalnum()
    ]
    return "".join(letter for letter, _ in kept), [position for _, position in kept]


_letters_of_paper = lru_cache(maxsize=2)(letters)  # one paper is asked for several quotes, one after the other


def same_sentence(sentence: str, quote: str) -> bool:
    """Whether one holds the other, by letters and digits alone; of a row of a table, whether its cells hold the other,
    since an annotator quotes them without their headers."""
    whole, sought = letters(sentence)[0], letters(quote)[0]
    return sought in whole or len(whole) > LONG and whole in sought or sought in letters(_cells(sentence))[0]


def places(text: str, quote: str) -> list[tuple[int, int]]:
    """The spans of a text that are the quote, or the rows of tables whose cells are the quote, or else the most similar
    span; none if no piece is similar."""
    plain, positions = _letters_of_paper(text)
    sought = letters(quote)[0]
    if not sought or not plain:
        return []
    lines = re.finditer(".+", text) if sought not in plain else ()
    if rows := [line.span() for line in lines if sought in letters(_cells(line[0]))[0]]:
        return rows
    return [(positions[start], positions[end - 1] + 1) for start, end in spans(plain, sought)]


def spans(plain: str, sought: str) -> list[tuple[int, int]]:
    """The spans of letters that are those sought, or else the one that is most like them; none where none is."""
    if found := [match.span() for match in re.finditer(re.escape(sought), plain)]:
        return found
    near = fuzz.partial_ratio_alignment(sought, plain, score_cutoff=SIMILAR)
    return [(near.dest_start, near.dest_end)] if near else []


def _cells(line: str) -> str:
    """The cells of the row of a table, which is written as "header: cell; header: cell"; empty for other lines."""
    parts = [part.partition(": ") for part in line.split("; ")]
    return " ".join(cell for *_, cell in parts) if len(parts) > 1 and all(found for _, found, _ in parts) else ""


def spelled(name: str) -> str:
    """The form that all spellings of the name of an experiment or a group share."""
    return " ".join(name.split()).casefold()
