"""Which sentence of a paper is the evidence for a value: sentences are ranked by what they share with it.

A sentence scores if it has the value (a number in any unit or spelling, words in any form) and words of the parameter's
name and definition (rare words count more), and by its section; it scores less if it cites.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any, Protocol

from designspace.core import places
from designspace.language import quantities, sentences

# Broad plateaus: halving or doubling one moves the share of hits (scripts/benchmark/evidence.py) by under 0.05.
VALUE, NAME, DEFINITION = 3.0, 1.0, 0.4  # an item of the value, a word of the name, a word of the definition only
NEAR = 30  # characters from the value within which a word of the question counts twice
LONG = 150  # characters of a sentence that halve the worth of the words it holds: long ones hold any word
CITES = 1.5  # less for a sentence that cites, since it describes the work of others
LABEL = 3.0  # less for what does not end like a sentence: labels in figures, headings
APART = 6.0  # less for a sentence about another experiment
NEXT, NEARLY = 8, 3.0  # sentences that may be chosen in place of the best one, whose score is not lower by more
# A parameter is reported in the methods; elsewhere stand other papers' values, in the references nothing but titles.
SECTIONS = {"methods": 1.5, "introduction": -0.7, "discussion": -1.0, "back": -6.0, "references": -15.0}

Record = dict[str, Any]


class Near(Protocol):
    """What the sentence of an evidence may have, such as a pattern."""

    def search(self, text: str, start: int, end: int, /) -> object: ...


Value = bool | int | float | str

_STOP = """a all an and any are as at be been between both by did do each either every for from given had has have how
in into is it its many more most much no none not of on one only or other over paper per reported same so some such than
that the their them then there these they this those to under used using was were what when where whether which who
whom whose will with within without"""
_STOP_WORDS = frozenset(_STOP.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# "Krakauer et al.", "(Bond and Taylor 2015)" and the raised number of "a previous study22"; "2T" and "M800" cite none.
_CITATION = re.compile(r"\bet al\b|\b(?:19|20)\d\d[a-z]?[;)]|[a-z]{3}\d{1,3}(?:[,–-]\d{1,3})*(?=[.,;:)\s])")
# Of acknowledgements, which may stand in any section.
_THANKS = re.compile(
    r"\b(?:supported|funded) (?:in part )?by\b[^.]{0,200}\b(?:grants?|institutes?|foundation|council|fellowship)"
    r"|\b(?:Institutes? of (?:Neurological|Mental|Child|Health)|Science Foundation|research grants?)\b",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(pseudo|quasi|semi)(?=\w{4})")
# Endings in which forms of one word differ: "rotation" and "rotated", "instructed" and "instruction".
_ENDING = re.compile(
    r"(e|s|es|d|ed|ing|ings|er|ers|or|ors|r|rs|t|ion|ions|tion|tions|ation|ations|ment|ments|al|ally|ly|y|ie|ies|ied|ity"
    r"|ive|ant|ants|ness|able|ic|ical|ful|i[sz](e|ed|ing|ation))?"
)


def rank(record: Record, context: Record, parameter: Record, value: Value) -> list[tuple[int, int, float]]:
    """Sentences of the kept text as `(start, end, score)`, the best evidence for `value` of `parameter` first.

    `parameter` is an entry of the library (name, kind, definition; perhaps unit and values). Where nothing of the paper
    was kept, all of its sentences are ranked.
    """
    index = _index_of(record, context)
    scores = index.scores(parameter, value)
    best = sorted(range(len(scores)), key=lambda sentence: -scores[sentence])
    return [(*index.spans[sentence], scores[sentence]) for sentence in best]


def choose(
    record: Record,
    context: Record,
    parameter: Record,
    value: Value,
    near: Near | None = None,
    weight: float = VALUE,
) -> tuple[int, int]:
    """Span `(start, end)` of the best evidence for a value; every paper with a sentence has one. A match of the pattern
    `near` adds a weight to the score, by default that of the value."""

    def worth(sentence: tuple[int, int, float]) -> float:
        return sentence[2] + (weight if near and near.search(record["text"], *sentence[:2]) else 0.0)

    return max(rank(record, context, parameter, value), key=worth)[:2]


def nearly_best(
    record: Record,
    context: Record,
    parameter: Record,
    value: Value,
    near: re.Pattern[str] | None = None,
    apart: Collection[int] = (),
) -> list[tuple[int, int]]:
    """Spans `(start, end)` of the best evidence for a value, and of what is nearly as good, the best first. A match of
    the pattern `near` counts as the value does; sentences that start at one of `apart` have APART less."""
    scored = []
    for start, end, score in rank(record, context, parameter, value):
        score += VALUE if near and near.search(record["text"], start, end) else 0.0
        scored.append((score - (APART if start in apart else 0.0), (start, end)))
    best = sorted(scored, key=lambda of_one: -of_one[0])[:NEXT]
    return [span for score, span in best if score >= best[0][0] - NEARLY]


def earliest(
    record: Record,
    context: Record,
    spans: Iterable[tuple[int, int]],
    chosen: tuple[int, int],
    support: Callable[[str], float],
) -> tuple[int, int]:
    """The first of some sentences that supports a value as well as the one that was chosen, and stands in as good a
    place: papers introduce what they repeat later."""
    index = _index_of(record, context)
    prior = dict(zip(index.spans, index.prior, strict=True))
    least = support(record["text"][slice(*chosen)])
    as_good = (span for span in spans if span < chosen and prior[span] >= prior[chosen])
    return min((span for span in as_good if support(record["text"][slice(*span)]) >= least), default=chosen)


def locate(
    record: Record, context: Record, parameter: Record, value: Value, near: re.Pattern[str] | None = None
) -> Record:
    """The best evidence for a value as a record has it: verbatim, with its page and its lines' boxes."""
    return at(record, *choose(record, context, parameter, value, near))


def shared_words(sentence: str, about: str, without: str = "") -> int:
    """How many words of `about` a sentence has a form of, not counting numbers and forms of the words of `without`."""
    others, held = content_words(without), content_words(sentence)
    words = [word for word in content_words(about) if not any(is_form(word, other) for other in others)]
    return sum(any(is_form(word, other) for other in held) for word in words)


def occurs(record: Record, context: Record, words: Iterable[str]) -> bool:
    """Whether the kept text has a form of one of some words in lower case, outside references and back matter."""
    index = _index_of(record, context)
    return any(index.prior[sentence] > SECTIONS["back"] for word in words for sentence in index.holders(word))


def repeats(text: str, other: str) -> bool:
    """Whether a text without a number has words, and each is a form of a word of another text."""
    words = [] if re.search(r"\d", text) else content_words(text)
    return bool(words) and all(any(is_form(word, known) for known in content_words(other)) for word in words)


def at(record: Record, start: int, end: int) -> Record:
    """A piece of the text as evidence: verbatim, with its page and its lines' boxes."""
    page, boxes = places.page_of(record, start), places.boxes(record, start, end)
    return {"evidence": record["text"][start:end], "page": page, "start": start, "end": end, "boxes": boxes}


Held = dict[int, tuple[float, list[int]]]


class _Index:
    """The sentences of a paper, and which of them hold a word or a number, and where.

    What holds something is a dictionary: sentence -> (how well, from 0 to 1, positions in characters).
    """

    def __init__(self, text: str, kept: tuple[tuple[int, int, str], ...]) -> None:
        self.spans: list[tuple[int, int]] = []
        self.prior: list[float] = []
        self.quantities: list[list[quantities.Quantity]] = []
        # word -> sentence -> positions
        self.positions: defaultdict[str, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for start, end, kind in kept:
            for span in sentences.spans(text, start, end):
                for match in _WORD.finditer(text, *span):
                    self.positions[_PREFIX.sub("", match[0].lower())][len(self.spans)].append(match.start() - span[0])
                self.spans.append(span)
                self.quantities.append(quantities.find(text[slice(*span)]))
                sentence = text[slice(*span)]
                prior = SECTIONS["back"] if _THANKS.search(sentence) else SECTIONS.get(kind, 0.0)
                prior -= CITES if _CITATION.search(sentence) else 0.0
                self.prior.append(prior - (LABEL if not sentences.ENDED.search(sentence[-20:]) else 0.0))
        self.beginnings: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.positions:
            self.beginnings[word[:3]].append(word)
        self.scored: dict[tuple[str, ...], list[float]] = {}

    def scores(self, parameter: Record, value: Value) -> list[float]:
        """The score of every sentence as evidence for the value; not to be changed. A value is checked, and sought for
        the paper and for its experiments."""
        keys = ("name", "definition", "unit", "values")
        key = (repr(value), *(str(parameter.get(part, "")) for part in keys))
        if key not in self.scored:
            self.scored[key] = self._scores(parameter, value)
        return self.scored[key]

    def _scores(self, parameter: Record, value: Value) -> list[float]:
        scores = list(self.prior)
        where: defaultdict[int, list[int]] = defaultdict(list)  # sentence -> positions of the value in it
        held = self._value(parameter, value)
        for holders in held:
            worth = VALUE * self._rarity(holders) / math.sqrt(len(held))
            for sentence, (quality, positions) in holders.items():
                scores[sentence] += worth * quality
                where[sentence] += positions
        weights = dict.fromkeys(content_words(parameter["definition"]), DEFINITION)
        weights |= dict.fromkeys(content_words(parameter["name"]), NAME)
        topic = [0.0] * len(scores)
        for word, weight in weights.items():
            holders = self.holders(word)
            worth = weight * self._rarity(holders)
            for sentence, (_, positions) in holders.items():
                topic[sentence] += worth
                distances = [abs(one - other) for one in positions for other in where.get(sentence, [])]
                if distances:
                    scores[sentence] += worth * math.exp(-min(distances) / NEAR)
        for sentence, (start, end) in enumerate(self.spans):
            scores[sentence] += topic[sentence] / (1 + (end - start) / LONG)
        return scores

    def _value(self, parameter: Record, value: Value) -> list[Held]:
        """What holds each item of the value: its numbers and its words. A boolean has none."""
        unit = parameter.get("unit") or ""
        if isinstance(value, bool):
            return []
        if not isinstance(value, str):
            return [self._number(abs(value), unit)]
        words = content_words(value)
        if not words:
            # Papers express "both" and "none" by naming the alternatives.
            words = [word for other in parameter.get("values") or [] for word in content_words(other)]
        numbers = [self._number(number, own or unit) for _, number, own in quantities.find(value)]
        return numbers + [self.holders(word) for word in words]

    def _number(self, sought: float, unit: str) -> Held:
        held: Held = {}
        for sentence, found in enumerate(self.quantities):
            agreeing = [(quantities.agreement(number, own, sought, unit), place) for place, number, own in found]
            quality = max(agreeing, default=(0.0, 0))[0]
            if quality:
                held[sentence] = quality, [place for own, place in agreeing if own == quality]
        return held

    def holders(self, word: str) -> Held:
        """What holds a form of a word in lower case."""
        positions: defaultdict[int, list[int]] = defaultdict(list)
        for form in self.beginnings.get(word[:3], []):
            if is_form(word, form):
                for sentence, found in self.positions[form].items():
                    positions[sentence] += found
        return {sentence: (1.0, found) for sentence, found in positions.items()}

    def _rarity(self, holders: Held) -> float:
        """From near 0, for a word in every sentence, to 5 for one in a single sentence, in papers of any length."""
        total, holding = len(self.spans), sum(quality for quality, _ in holders.values())
        return 5 * math.log(1 + (total - holding + 0.5) / (holding + 0.5)) / math.log(total + 2)


def _index_of(record: Record, context: Record) -> _Index:
    kept = tuple((*span, section["kind"]) for section in context["sections"] for span in section["kept"])
    kept = kept or tuple((section["start"], section["end"], section["kind"]) for section in context["sections"])
    return _index(record["text"], kept)


@lru_cache(maxsize=2)  # the values of one paper are asked for one after the other
def _index(text: str, kept: tuple[tuple[int, int, str], ...]) -> _Index:
    return _Index(text, kept)


def content_words(text: str) -> list[str]:
    """Words in lower case that distinguish a sentence from others."""
    words = (match[0].lower() for match in _WORD.finditer(text.replace("_", " ")))
    return list(dict.fromkeys(_PREFIX.sub("", word) for word in words if len(word) > 1 and word not in _STOP_WORDS))


def is_form(one: str, other: str) -> bool:
    """Whether two words in lower case are forms of one word."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    shared = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    if shared < 3 or shared == 3 and max(len(one), len(other)) > 6:
        return False
    return bool(_ENDING.fullmatch(one, shared) and _ENDING.fullmatch(other, shared))
