"""How well the text of a page can be trusted: bad OCR, a cipher and glyphs that nothing explains are noticed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from designspace.parsing.glyphs import UNKNOWN
from designspace.parsing.letters import is_word

MOST_UNKNOWN = 0.03  # of the characters of a page that is read well
FEWEST_WORDS = 0.55  # of what should be words there
ENOUGH = 40  # words that a page has to have before it is judged by them
# Words of other languages by which a page in one of them is known; English has none of them.
_OTHER = frozenset(
    re.findall(
        r"\w+",
        "der die das und nicht mit von ein eine den dem im zu auf für sind les des une est dans que pour par qui sur "
        "aux los las una con por del para más il che di non della per sono het een van niet voor och att det og",
    )
)
_OTHERS = 0.12  # of the words of a page in another language
_TOKEN = re.compile(r"[^\s\-–—/’']{2,}")
_EDGES = '.,;:!?()[]{}"“”‘’*†‡'

Quality = dict[str, Any]


def judge(text: str, ocr: bool = False) -> Quality:
    """The quality of a page's text: {"unknown", "words", "ocr", "bad"}.

    `unknown` is the share of characters that cannot be known, `words` that of words among what should be words (None
    where a page has few, or is in a language whose words are not known), `ocr` whether OCR read the page.
    """
    n_characters = sum(map(len, text.split()))
    unknown = text.count(UNKNOWN) / n_characters if n_characters else 0.0
    words = _share_of_words(text)
    bad = unknown > MOST_UNKNOWN or words is not None and words < FEWEST_WORDS
    return {
        "unknown": round(unknown, 4),
        "words": None if words is None else round(words, 3),
        "ocr": ocr,
        "bad": bad,
    }


def bad_pages(pages: Iterable[Mapping[str, Any]]) -> list[int]:
    """The numbers of the pages of a text record whose text cannot be trusted."""
    return [page["page"] for page in pages if page.get("quality", {}).get("bad")]


def of_paper(pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The quality of a text record: {"unknown_characters", "true_words", "pages_by_ocr"}, shares weighted by length."""
    judged = [(page["end"] - page["start"], page["quality"]) for page in pages if "quality" in page]
    return {
        "unknown_characters": _mean([(length, quality["unknown"]) for length, quality in judged]),
        "true_words": _mean([(length, quality["words"]) for length, quality in judged if quality["words"] is not None]),
        "pages_by_ocr": sum(quality["ocr"] for _, quality in judged) if judged else None,
    }


def _mean(weighted: list[tuple[int, float]]) -> float | None:
    total = sum(weight for weight, _ in weighted)
    return round(sum(weight * share for weight, share in weighted) / total, 4) if total else None


def warning(page: int | None, bad: Sequence[int]) -> str:
    """What a reader should know of evidence on a page, where those in `bad` cannot be trusted; empty on another."""
    return f"Page {page} is read badly: compare the value with the PDF." if page in bad else ""


def pages(numbers: list[int]) -> str:
    """Page 3; Pages 3, 7 and 9; the first five of many."""
    if len(numbers) == 1:
        return f"Page {numbers[0]}"
    first = ", ".join(map(str, numbers[: min(5, len(numbers) - 1)]))
    return f"Pages {first} and {numbers[-1] if len(numbers) <= 6 else f'{len(numbers) - 5} others'}"


def _share_of_words(text: str) -> float | None:
    tokens = [token.strip(_EDGES) for token in _TOKEN.findall(text)]
    if sum(token.lower() in _OTHER for token in tokens) > _OTHERS * len(tokens):
        return None
    # Names begin with a capital; a text in capitals, or with signs for letters, is judged all the same.
    judged = [token for token in tokens if len(token) >= 4 and not token[0].isdigit()]
    lower = [token for token in judged if token[0].islower()]
    judged = lower if 2 * len(lower) > len(judged) else judged
    judged = [token for token in judged if any(character.isalpha() for character in token)]
    return sum(map(_is_word, judged)) / len(judged) if len(judged) >= ENOUGH else None


@lru_cache(maxsize=20_000)
def _is_word(token: str) -> bool:
    if not (token.islower() or token.istitle() or token.isupper()):
        return False
    plain = unicodedata.normalize("NFD", token.lower())
    return is_word("".join(character for character in plain if not unicodedata.combining(character)))
