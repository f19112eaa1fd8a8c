"""Which experiments a sentence is about: those that it names, or otherwise those that were named last before it."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from designspace.language import headings, sentences
from designspace.language.group_names import PEOPLE_WORD

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
    r"|observed|seen|based on)"
    r"(?:\s(?:in|by|to|for|of|from|that|those|the|our|results|data|found|reported|described|observed|used|with)){0,4}"
    r"\s*\(?$",
    re.IGNORECASE,
)
# Before an experiment that a sentence only looks ahead to.
_AHEAD = re.compile(r"\b(?:will|shall)\b[^,;.]*$|\b(?:see|cf\.)\s(?:also\s)?$", re.IGNORECASE)
# Before the experiment that people came to, whatever others the sentence names.
_CAME = re.compile(
    r"\b(?:recruited|enrolled|tested|returned|took part|participated)\b(?:[^;.]|\.\d){0,60}\b(?:for|in)\s+$",
    re.IGNORECASE,
)
# Before an experiment whose methods are those of a sentence's own.
_ALIKE = re.compile(
    r"\b(?:same|identical|similar(?:ly)?|equivalent|as (?:in|described|for|with)|like|replicat\w+|repeated|unchanged"
    r"|returned)\b[^.;]{0,100}$",
    re.IGNORECASE,
)
# Where only some came to it, or nobody did.
_OTHERS = re.compile(
    r"\b(?:no|none|not|never|neither|nobody)\b|\b(?:who|whom|had|also|same)\s(?:\w+\s)?(?:recr|enr|test|ret|took|part)",
    re.IGNORECASE,
)
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
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
    its own with or looks ahead to, does not become what the next sentences are about; nor does one that a row of a
    table names. At the spans that start at one of `general`, and below a heading such as "Apparatus", nothing has been
    named, unless by a heading.
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


def elsewhere(sentences: list[Sentence], experiment: str) -> frozenset[int]:
    """Where sentences start that are about other experiments than one, and than those with which it says to be alike:
    "the procedure was the same as in Experiment 1". None, where `experiment` is "": the whole paper."""
    if not experiment:
        return frozenset()
    others = {name: naming(name) for sentence in sentences for name in sentence.experiments if name != experiment}
    alike = {experiment}
    for text in (s.text for s in sentences if s.is_naming and experiment in s.experiments):
        named = {name: match.start() for name, pattern in others.items() if (match := pattern.search(text))}
        alike |= {name for name, start in named.items() if _ALIKE.search(text, 0, start)}
    return frozenset(s.start for s in sentences if s.experiments and not s.experiments & alike)


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

    def _pass(self, sentence: str) -> None:
        """Leave what was named in passing if a sentence is a heading of a part, such as "Apparatus", and what a heading
        named, too, if it is one of all experiments, such as "General procedure"."""
        name = headings.normal(sentence)[1] if headings.looks_like_heading(sentence) else ""
        part = name.removeprefix("general ")
        is_part = headings.METHODS_PART.fullmatch(part) or headings.kind_of(part, past_front=False)
        if is_part and (part != name or not self.is_headed):
            self.current, self.is_headed, self.is_of_section = frozenset(), False, False

    def of(self, sentence: str, named: Mapping[str, int]) -> frozenset[str]:
        """What a sentence is about that names experiments, each from a place on."""
        if not named:
            self._pass(sentence)
            return self.current
        came = _came_to(sentence, named)
        topics = came or self._topics(sentence, named)
        is_heading = bool(topics) and _is_heading(sentence, min(named[name] for name in topics))
        first = min((self.order[name] for name in self.current), default=0)
        is_prose = not is_heading and not CAPTION.match(sentence)
        if self.is_of_section and is_prose and all(self.order[name] < first for name in topics):
            topics = frozenset()  # in the section of an experiment, earlier ones are only looked back at
        is_only = bool(came & topics) or topics == named.keys()
        about = topics if is_only else self.current.union(topics, named)
        if self.current and CAPTION.match(sentence):  # its figure may stand anywhere in the prose
            return about
        before = self.current
        if not before or not before < topics:  # in passing, several are named with the present one
            self.current = topics or before or frozenset(named)
        if is_heading or self.current != before:
            self.is_headed = self.is_of_section = is_heading
        return about

    def _topics(self, sentence: str, named: Mapping[str, int]) -> frozenset[str]:
        """The experiments with which a sentence opens, or a later one to which it goes on."""
        own = {name for name, start in named.items() if not _is_compared(sentence, start)}
        opening = {name for name in own if named[name] < _OPENING}
        latest = max((self.order[name] for name in opening or self.current), default=-1)
        later = {n for n in own if self.order[n] > latest and not _AHEAD.search(sentence, 0, named[n])}
        return frozenset(opening | later if len(later) == 1 else opening)


def _came_to(sentence: str, named: Mapping[str, int]) -> frozenset[str]:
    """The only experiment in which people took part, of those that a sentence names, each from a place on."""
    came = []
    for name, start in named.items():
        match = _CAME.search(sentence, max(start - 90, 0), start)
        if match and PEOPLE_WORD.search(sentence, 0, match.start()):
            came.append(name)
    if len(came) != 1:
        return frozenset()
    start = named[came[0]]
    is_listed = any(other > start and re.search(r"\b(?:for|in)\s+$", sentence[:other]) for other in named.values())
    return frozenset() if is_listed or _OTHERS.search(sentence, max(start - 80, 0), start) else frozenset(came)


def _is_compared(sentence: str, start: int) -> bool:
    """Whether an experiment that a sentence names from there on is what it compares its own with."""
    return bool(_COMPARED.search(sentence, max(start - 80, 0), start))


def _is_heading(sentence: str, start: int) -> bool:
    """Whether a sentence that names an experiment from there on is a heading: "3.1 Experiment 2: lamps"."""
    is_ended = re.search(r"[.!]$", sentence) and len(sentence.split()) > _SHORTEST
    return bool(_NUMBERING.fullmatch(sentence, 0, start)) and not is_ended and len(sentence) < _HEADING


def naming(name: str) -> re.Pattern[str]:
    """The pattern of a name in a text; of "Experiment 2" also in "Exps. 1 and 2", in "Experiments 1–3", in "a second
    experiment" and in a cell of a table, "Experiment: 2"."""
    words = r"\s+".join(map(re.escape, name.split()))
    pattern = rf"(?<![\w-]){words}(?!\w)"
    if numbered := re.fullmatch(r"(\w+\.?) (\d+\w?)", name):
        one, number = _SHORT.get(numbered[1].lower(), numbered[1]), numbered[2]
        several = one.replace(r"?\.?", r"?s\.?") if one != numbered[1] else one
        several = rf"(?<![\w-])(?:{several}|{numbered[1]}s)\s*(?:\d+\w?{_NEXT})*"
        pattern += rf"|(?<![\w-]){one}\s*{number}(?!\w)|(?<!\w){one}: {number}(?=[;,.]|\s|$)"
        pattern += rf"|{several}{number}(?!\w)"
        if one != numbered[1] and number[0] in "123456789":
            pattern += (
                rf"|\b(?:an?|our|(?:in|for|of) (?:the|this)) {_ORDINALS[int(number[0]) - 1]} experiment\b(?! to\b)"
            )
        if re.fullmatch(r"\d[a-hA-H]", number):  # "Experiment 2" is about its parts
            pattern += rf"|(?<![\w-]){one}\s*{number[0]}(?!\w)"
        if re.fullmatch("[1-9]", number):
            pattern += rf"|{several}[1-{number}]\s?(?:[-–]|to|through)\s?[{number}-9](?!\w)"
    return re.compile(pattern, re.IGNORECASE)
