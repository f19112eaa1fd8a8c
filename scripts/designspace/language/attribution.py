"""Which experiments a sentence is about: those that it names, or otherwise those that were named last before it."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from designspace.language import sentences

_LONGEST = 1000  # characters of a sentence; longer ones are not prose, and the rules would take long
_OPENING = 40  # characters of a sentence in which an experiment is its topic
_HEADING = 120  # characters that a heading has at most
_SHORTEST = 3  # words of a heading that ends as a sentence does
_NUMBERING = re.compile(r"(?:[\dIVX]+\.?)*\s*")  # of a heading
ROW = re.compile(r"[^:;]{1,80}: [^;]*; [^:;]{1,80}: ")  # of a table: "header: cell; header: cell"
CAPTION = re.compile(r"(?:Table|Tab\.|Figure|Fig\.)\s+[\dA-Z]\w*(?:[.:|]|\s*$)")
# Before an experiment that a sentence only compares its own with.
_COMPARED = re.compile(
    r"\b(?:as|like|unlike|(?:that|those) of|similar(?:ly)? to|same as|identical to|equivalent to|compared (?:to|with)"
    r"|relative to|than|contrast (?:to|with)|contrary to|consistent with|replicat\w+|match(?:ed|es)?|described|reported"
    r"|observed|seen)"
    r"(?:\s(?:in|by|to|for|of|that|those|the|results|data|found|reported|described|observed|used|with)){0,4}\s*\(?$",
    re.IGNORECASE,
)
_SHORT = dict.fromkeys(("experiment", "exp", "exp."), r"(?:experiment|expt?\.?)")  # how the word may be written
_NEXT = r"(?:,\s*(?:and\s+|&\s*)?|\s+(?:and|&)\s+)"  # from one number to the next


class Sentence(NamedTuple):
    """A sentence of a text, and the experiments that it names itself, or that were named last before it."""

    start: int
    text: str
    experiments: frozenset[str]
    is_naming: bool


def read(
    text: str, spans: Iterable[tuple[int, int]], experiments: Iterable[str], general: Collection[int] = ()
) -> list[Sentence]:
    """The sentences of the spans of a text, without those too long for one, which no rule looks through.

    `experiments` are in the paper's order. An earlier one that is named in passing, or one that the sentence compares
    its own with, does not become what the next sentences are about; nor does one that a row of a table names. At the
    spans that start at one of `general`, nothing has been named, unless by a heading.
    """
    patterns = {name: naming(name) for name in experiments}
    topic = _Topic(patterns)
    attributed: list[Sentence] = []
    for span in spans:
        topic.begin(span[0] in general)
        for start, end in sentences.spans(text, *span):
            words = text[start:end]
            if len(words) > _LONGEST:
                continue
            named = {name: match.start() for name, pattern in patterns.items() if (match := pattern.search(words))}
            about = frozenset(named) if ROW.match(words) else topic.of(words, named)
            attributed.append(Sentence(start, words, about or topic.current, bool(named)))
    return attributed


class _Topic:
    """What the next sentence is about that names no experiment."""

    def __init__(self, experiments: Iterable[str]) -> None:
        self.order = {name: number for number, name in enumerate(experiments)}
        self.current: frozenset[str] = frozenset()
        self.is_headed = False  # whether a heading has named it
        self.is_of_section = False  # whether that heading is in the section that is being read

    def begin(self, is_general: bool) -> None:
        """Begin a section, with nothing that the text before has named in passing if it is a general one."""
        self.is_of_section = False
        if is_general and not self.is_headed:
            self.current = frozenset()

    def of(self, sentence: str, named: Mapping[str, int]) -> frozenset[str]:
        """What a sentence is about that names experiments, each from a place on."""
        own = {name for name, start in named.items() if not _is_compared(sentence, start)}
        opening = {name for name in own if named[name] < _OPENING}
        latest = max((self.order[name] for name in opening or self.current), default=-1)
        later = {name for name in own if self.order[name] > latest}
        topics = frozenset(opening | later if len(later) == 1 else opening)
        is_heading = bool(topics) and _is_heading(sentence, min(named[name] for name in topics))
        first = min((self.order[name] for name in self.current), default=0)
        is_prose = not is_heading and not CAPTION.match(sentence)
        if self.is_of_section and is_prose and all(self.order[name] < first for name in topics):
            topics = frozenset()  # in the section of an experiment, earlier ones are only looked back at
        about = topics if topics == named.keys() else self.current.union(topics, named)
        if self.current and CAPTION.match(sentence):  # its figure may stand anywhere in the prose
            return about
        if is_heading:
            self.is_headed = self.is_of_section = True
        elif topics and topics != self.current:
            self.is_headed = self.is_of_section = False
        if not self.current or not self.current < topics:  # in passing, several are named with the present one
            self.current = topics or self.current or frozenset(named)
        return about


def _is_compared(sentence: str, start: int) -> bool:
    """Whether an experiment that a sentence names from there on is what it compares its own with."""
    return bool(_COMPARED.search(sentence, max(start - 80, 0), start))


def _is_heading(sentence: str, start: int) -> bool:
    """Whether a sentence that names an experiment from there on is a heading: "3.1 Experiment 2: lamps"."""
    is_ended = re.search(r"[.!]$", sentence) and len(sentence.split()) > _SHORTEST
    return bool(_NUMBERING.fullmatch(sentence, 0, start)) and not is_ended and len(sentence) < _HEADING


def naming(name: str) -> re.Pattern[str]:
    """The pattern of a name in a text; of "Experiment 2" also in "Exps. 1 and 2", in "Experiments 1–3" and in a cell of
    a table, "Experiment: 2"."""
    words = r"\s+".join(map(re.escape, name.split()))
    pattern = rf"(?<![\w-]){words}(?!\w)"
    if numbered := re.fullmatch(r"(\w+\.?) (\d+\w?)", name):
        one, number = _SHORT.get(numbered[1].lower(), numbered[1]), numbered[2]
        several = one.replace(r"?\.?", r"?s\.?") if one != numbered[1] else one
        several = rf"(?<![\w-])(?:{several}|{numbered[1]}s)\s*(?:\d+\w?{_NEXT})*"
        pattern += rf"|(?<![\w-]){one}\s*{number}(?!\w)|(?<!\w){one}: {number}(?=[;,.]|\s|$)"
        pattern += rf"|{several}{number}(?!\w)"
        if re.fullmatch(r"\d[a-hA-H]", number):  # "Experiment 2" is about its parts
            pattern += rf"|(?<![\w-]){one}\s*{number[0]}(?!\w)"
        if re.fullmatch("[1-9]", number):
            pattern += rf"|{several}[1-{number}]\s?(?:[-–]|to|through)\s?[{number}-9](?!\w)"
    return re.compile(pattern, re.IGNORECASE)
