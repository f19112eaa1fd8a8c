"""The meaning of a branch's tokens: its text, the JSON in it, and the probability of each piece."""

import json
import re
from typing import Any

from designspace.engine.generator import Answer

_SCALAR = re.compile(rb'"[^"]*(?:"|$)|[^\s\[\],}"]+')


def text_of(grammar_tokenizer: Any, answer: Answer) -> tuple[bytes, list[int]]:
    """The answer's bytes, and for each token where its bytes end."""
    pieces = [grammar_tokenizer.decode_bytes([token]) for token in answer.tokens]
    ends, end = [], 0
    for piece in pieces:
        end += len(piece)
        ends.append(end)
    return b"".join(pieces), ends


def weakest(answer: Answer, ends: list[int], start: int, end: int) -> float:
    """The probability of the least probable token that wrote the bytes [start, end)."""
    starts = [0, *ends[:-1]]
    inside = zip(starts, ends, answer.probabilities, strict=True)
    return min(p for a, b, p in inside if a < end and b > start)


def scalars(grammar_tokenizer: Any, answer: Answer) -> list[tuple[Any, float]]:
    """The values of an answer that is one JSON scalar or a list of them, each once: [(value, probability)].

    If a list ran out of tokens, only its complete values count, which are followed by further characters. If a list
    repeats itself, and so recites, only the values before the repetition count.
    """
    text, ends = text_of(grammar_tokenizer, answer)
    values: dict[Any, float] = {}
    for match in _SCALAR.finditer(text):
        if match.end() == len(text) or (value := json.loads(match[0])) in values:
            break
        values[value] = weakest(answer, ends, *match.span())
    return list(values.items())


def objects(grammar_tokenizer: Any, answer: Answer) -> list[tuple[dict[str, Any], float]]:
    """The complete flat JSON objects of an answer that is a list of them: [(object, probability)]."""
    text, ends = text_of(grammar_tokenizer, answer)
    decoder = json.JSONDecoder()
    items: list[tuple[dict[str, Any], float]] = []
    string = text.decode("utf-8", "ignore")  # an answer that ran out of tokens may end inside a character
    start = string.find("{")
    while start >= 0:
        try:
            item, end = decoder.raw_decode(string, start)
        except json.JSONDecodeError:
            break
        first, last = (len(string[:place].encode()) for place in (start, end))
        items.append((item, weakest(answer, ends, first, last)))
        start = string.find("{", end)
    return items
