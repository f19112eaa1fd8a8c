"""Which experiments a sentence is about: those that it names, or that were named last before it."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from designspace.language import sentences

_LONGEST = 1000  # characters of a sentence; what is longer is no prose, and the rules would take long
_OPENING = 40  # characters of a sentence in which an experiment is its topic
# Before an experiment that a sentence only compares its own with.
_COMPARED = re.compile(
    r"\b(?:as|like|unlike|similar(?:ly)? to|same as|identical to|equivalent to|compared (?:to|with)|relative to|than"
    r"|contrast (?:to|with)|contrary to|consistent with|replicat\w+|match(?:ed|es)?|described|reported|observed|seen)"
    r"(?:\s(?:in|by|to|for|of|that|those|the|results|data|found|reported|described|observed|used|with)){0,4}\s*\(?$",
    re.IGNORECASE,
)


class Sentence(NamedTuple):
    """A sentence of a text, and the experiments that it names itself, or that were named last before it."""

    start: int
    text: str
    experiments: frozenset[str]
    is_naming: bool


def read(text: str, spans: Iterable[tuple[int, int]], experiments: Iterable[str]) -> list[Sentence]:
    """The sentences of the spans of a text, without those too long for one, which no rule looks through.

    `experiments` are in the paper's order. An earlier one that is named in passing, or one that the sentence compares
    its own with, does not become what the next sentences are about.
    """
    patterns = {name: naming(name) for name in experiments}
    order = {name: number for number, name in enumerate(patterns)}
    current: frozenset[str] = frozenset()
    found = []
    for start, end in (sentence for span in spans for sentence in sentences.spans(text, *span)):
        words = text[start:end]
        if len(words) > _LONGEST:
            continue
        named = {name: match for name, pattern in patterns.items() if (match := pattern.search(words))}
        own = {name for name, match in named.items() if not _is_compared(words, match.start())}
        opening = {name for name in own if named[name].start() < _OPENING}
        latest = max((order[name] for name in opening or current), default=-1)
        topics = frozenset(opening | {name for name in own if order[name] > latest})
        about = topics if topics == named.keys() else current | topics | named.keys()
        found.append(Sentence(start, words, about or current, bool(named)))
        current = topics or current or frozenset(named)
    return found


def _is_compared(sentence: str, start: int) -> bool:
    """Whether an experiment that a sentence names from there on is what it compares its own with."""
    return bool(_COMPARED.search(sentence, max(start - 80, 0), start))


def naming(name: str) -> re.Pattern[str]:
    """The pattern of a name in a text; of "Experiment 2" also in "Experiments 1 and 2" and in a table's cell."""
    words = r"\s+".join(map(re.escape, name.split()))
    pattern = rf"(?<![\w-]){words}(?!\w)"
    if numbered := re.fullmatch(r"(\w+) (\d+\w?)", name):
        pattern += rf"|(?<!\w){numbered[1]}s\s+(?:\d+\w?(?:,\s*|\s+(?:and|&)\s+))+{numbered[2]}(?!\w)"
        pattern += (
            rf"|(?<!\w){numbered[1]}s\s+{numbered[2]}(?=,|\s+(?:and|&)\s+\d)|(?<!\w){numbered[1]}: {numbered[2]};"
        )
    return re.compile(pattern, re.IGNORECASE)
