"""The groups of participants of each experiment of a paper, as far as its text names them.

A name has more support if the sentences about an experiment use it for a group more often and more clearly.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

from designspace.language import group_names
from designspace.language.attribution import Sentence, naming
from designspace.language.group_names import Mention, content
from designspace.language.mentions import any_of, spelling

_FEWEST = 2.0  # support that a name needs: two mentions, or a clear one
_SHARE = 0.3  # of the support of a name in another experiment; with less, it is only compared with
_ORDINALS = ["third", "fourth", "fifth", "sixth"]
_ADDED = re.compile(rf"\b({'|'.join(_ORDINALS)})\s+(?:[\w-]+\s+)?group\b", re.IGNORECASE)
NUMBERS = ["two", "three", "four", "five", "six", "seven", "eight", "nine"]  # from two on
_STATED = re.compile(
    rf"\b({'|'.join(NUMBERS)}|(?<![.\d])[2-9])\s+(?:(?:different|separate|experimental|independent|equal|participant)\s+)?groups\b",
    re.IGNORECASE,
)
_SAME = re.compile(
    r"\bsame\s+(?:[\w-]+\s+){0,2}groups\b|\bgroups\s+(?:were|are)\s+the\s+same\s+as\b"
    r"|\bgroups\s+(?:of|from|in)\s+[^,;.]{1,30}\s+were\s+(?:tested|studied|used)\s+again\b",
    re.IGNORECASE,
)
_NUMBER = r"\d+(?:\.\d+)?"
_DIGITS = re.compile(_NUMBER)
_CONTROLS = content("healthy age matched age-matched neurotypical controls")
_GLOSS = re.compile(r"\s(groups?\s)?\(([A-Z0-9][\w°-]{1,9}?)s?\)")
_WITHIN = re.compile(
    r"\bwithin.(?:subjects?|participants?) design (?:was|were) (?:used|employed)"
    r"|\b(?:used|employed) an? within.(?:subjects?|participants?) design",
    re.IGNORECASE,
)
_CONDITIONS = re.compile(
    r"\b(?:consist(?:ed|s) of|(?:was|were) limited to|include[ds]|comprised)\s[^.;]*\bconditions\b", re.IGNORECASE
)


class Group(NamedTuple):
    """A group, its name as the paper writes it most, all its spellings, and its support."""

    name: str
    spellings: frozenset[str]
    support: float


def find(sentences: list[Sentence], experiments: Iterable[str]) -> dict[str, list[Group]]:
    """The groups that each experiment's sentences name, {experiment: groups}; "" is the only one of a paper."""
    mentions = [(sentence, group_names.mentioned(sentence.text)) for sentence in sentences]
    spelled = _Spellings(sentences, [mention.name for _, own in mentions for mention in own])
    support = _Support(mentions, spelled)
    chosen = {experiment: support.of(experiment) for experiment in list(experiments) or [""]}
    if any(len(roots) < 2 for roots in chosen.values()):
        kinds = [(sentence, group_names.kinds_of_people(sentence.text)) for sentence in sentences]
        people = _Support(kinds, spelled)
        compared = {experiment: people.of(experiment) for experiment in chosen}
        chosen |= {e: compared[e] for e, roots in chosen.items() if len(roots) < 2 <= len(compared[e])}
    known = {root for roots in chosen.values() if len(roots) > 1 for root in roots}
    for sentence, own in mentions:
        roots = {root: 1.0 for mention in own if (root := spelled.root(mention.name)) in known}
        for experiment in sentence.experiments if sentence.is_naming and len(roots) > 1 else ():
            if len(chosen[experiment]) < 2 and len(sentence.experiments) == 1:
                chosen[experiment] = roots  # "In Experiment 2, the Early group …, and the Late group …"
    chosen = _with_shared(_with_conditions(chosen, sentences, spelled), sentences)
    chosen = {e: roots if support.listed[e] or not _is_within(e, sentences) else {} for e, roots in chosen.items()}
    claimed = {root for roots in chosen.values() for root in roots}
    others = [spelled.name(root) for root in spelled.counts if root not in claimed]
    groups = {}
    for experiment, roots in _with_general(chosen, support.weights.get("", {}), sentences).items():
        texts = [s.text for s in sentences if not experiment or s.experiments == {experiment}]
        names = {spelled.name(root): weight for root, weight in roots.items()}
        names = _cells(names, texts, sentences) or _distinct(names, support.together, spelled)
        names = _as_many_as_stated(names, {spelled.name(root) for root in support.listed[experiment]}, texts)
        ranked = sorted(names, key=names.__getitem__, reverse=True)
        shorter = _shorter(ranked, others)
        spellings = _patients({name: spelled.all_of(name) | shorter[name] for name in ranked}, texts)
        groups[experiment] = [Group(name, spellings[name], names[name]) for name in ranked]
    return {experiment: own for experiment, own in groups.items() if len(own) > 1}


class _Support:
    """The evidence for the roots of names: the support of each in each experiment, which are listed as its groups, and
    which two a sentence, or a table, names together."""

    def __init__(self, mentions: list[tuple[Sentence, tuple[Mention, ...]]], spelled: "_Spellings") -> None:
        self.weights: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.listed: defaultdict[str, set[str]] = defaultdict(set)
        self.together: set[frozenset[str]] = set()
        rows: list[str] = []  # of the table that is being read
        for sentence, own in mentions:
            most: dict[str, int] = {}
            for mention in own:
                spelled.count(mention)
                root = spelled.root(mention.name)
                most[root] = max(mention.weight, most.get(root, 0))
            rows = [*rows, *most] if group_names.row(sentence.text) else []
            self.together |= set(map(frozenset, combinations(rows or most, 2)))
            for experiment in sentence.experiments or {""}:
                for root, weight in most.items():
                    self.weights[experiment][root] += weight / len(sentence.experiments or {""})
                    if weight == group_names.LISTED:
                        self.listed[experiment].add(root)

    def of(self, experiment: str) -> dict[str, float]:
        """{root: support} of the names that are those of an experiment."""
        return {
            root: weight
            for root, weight in self.weights[experiment].items()
            if weight >= _FEWEST
            and (
                root in self.listed[experiment] or weight >= _SHARE * max(w.get(root, 0) for w in self.weights.values())
            )
        }


def _patients(spellings: dict[str, frozenset[str]], texts: list[str]) -> dict[str, frozenset[str]]:
    """The same spellings, with "controls" for those; of two groups, the other are the patients of the sentences."""
    controls = [name for name in spellings if content(name) <= _CONTROLS]
    patients = [name for name in spellings if name not in controls]
    spellings = spellings | {name: spellings[name] | {"controls"} for name in controls}
    if len(controls) == len(patients) == 1 and any(re.search(r"\bpatients\b", text, re.IGNORECASE) for text in texts):
        spellings[patients[0]] |= {"patients", "individuals with"}
    return spellings


def _shorter(names: list[str], others: list[str]) -> dict[str, set[str]]:
    """The names of no group of their own that are a part of the name of one group alone, {name: shorter names}."""
    shorter: dict[str, set[str]] = {name: set() for name in names}
    for other in others:
        holders = [name for name in names if content(other) < content(name)]
        if len(holders) == 1 and content(other):
            shorter[holders[0]].add(other)
    return shorter


def called(names: Iterable[str], sentences: Iterable[Sentence]) -> list[str]:
    """The names by which a sentence calls something a group, or people: "the Early group", "older adults"."""
    texts = [sentence.text for sentence in sentences]
    mentions = {content(mention.name) for text in texts for mention in group_names.mentioned(text)}
    return [name for name in names if content(name) in mentions or any(map(_people(name).search, texts))]


def _people(name: str) -> re.Pattern[str]:
    ending = "" if re.search(rf"\b{group_names.PEOPLE}$", name, re.IGNORECASE) else rf"\s+{group_names.PEOPLE}"
    return re.compile(rf"(?<!\w){re.escape(name)}{ending}(?!\w)", re.IGNORECASE)


class _Spellings:
    """Which names are those of one group, and how the paper writes it."""

    def __init__(self, sentences: list[Sentence], names: list[str]) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.longer: dict[frozenset[str], frozenset[str]] = {}
        known = {content(name): name for name in names}
        for sentence in sentences:
            for gloss in _GLOSS.finditer(sentence.text):
                before = sentence.text[: gloss.start()]
                ending = [key for key, name in known.items() if before.endswith(name)]
                near = max(ending, key=len, default=None)
                if near and (gloss[1] or _stands_for(gloss[2], known[near])):
                    self.longer.setdefault(content(gloss[2]), near)
        for short, long in ((a, b) for a in known.values() for b in known.values() if _stands_for(a, b)):
            self.longer.setdefault(content(short), content(long))

    def root(self, name: str) -> str:
        key = content(name)
        key = self.longer.get(key, key)
        return " ".join(sorted(key))

    def count(self, mention: group_names.Mention) -> None:
        self.counts[self.root(mention.name)][mention.name] += 10 if mention.is_beside else 1

    def name(self, root: str) -> str:
        return self.counts[root].most_common(1)[0][0]

    def all_of(self, name: str) -> frozenset[str]:
        return frozenset(self.counts[self.root(name)]) or frozenset({name})


def _stands_for(short: str, long: str) -> bool:
    """Whether the capitals of a name are the initials of another: "DAT" is "disappearing aiming target"."""
    initials = "".join(word[0] for word in re.split(r"[\s-]+", long) if word[:1].isalnum())
    capitals = "".join(filter(str.isupper, short))
    return len(capitals) > 1 and short[0].isupper() and " " not in short and initials.upper() == capitals


def _with_conditions(
    chosen: dict[str, dict[str, float]], sentences: list[Sentence], spelled: "_Spellings"
) -> dict[str, dict[str, float]]:
    """The same with the names of another experiment's groups that one without names "consisted of" as conditions."""
    known = {
        name: root for roots in chosen.values() if len(roots) > 1 for root in roots for name in spelled.counts[root]
    }
    completed = dict(chosen)
    for sentence in sentences if known else ():
        conditions = _CONDITIONS.search(sentence.text)
        roots = (
            {known[spelling(match, known)]: 1.0 for match in any_of(known).finditer(conditions[0])}
            if conditions
            else {}
        )
        for experiment in sentence.experiments if sentence.is_naming and len(sentence.experiments) == 1 else ():
            if len(chosen[experiment]) < 2 <= len(roots):
                completed[experiment] = roots
    return completed


def _is_within(experiment: str, sentences: list[Sentence]) -> bool:
    """Whether a sentence says that each participant of an experiment was in all of its conditions."""
    own = [s.text for s in sentences if s.experiments == {experiment} or not experiment]
    return not _stated(own) and any(_WITHIN.search(text) for text in own)


def _with_shared(chosen: dict[str, dict[str, float]], sentences: list[Sentence]) -> dict[str, dict[str, float]]:
    """The same with the names of another experiment where one without names is said to have "the same three groups as
    in Experiment 1"."""
    completed = dict(chosen)
    order = list(chosen)
    current = ""  # the experiment that the text was about before
    for sentence in sentences if len(order) > 1 else ():
        same = _SAME.search(sentence.text)
        named = [name for name in order if same and naming(name).search(sentence.text, same.start())]
        own = sentence.experiments - set(named) or {current} - {"", *named}
        if len(named) == len(own) == 1 and len(completed[next(iter(own))]) < 2 <= len(completed[named[0]]):
            completed[next(iter(own))] = completed[named[0]]
        if len(sentence.experiments) == 1 and not named:
            current = next(iter(sentence.experiments))
    return completed


def _with_general(
    chosen: dict[str, dict[str, float]], general: Mapping[str, float], sentences: list[Sentence]
) -> dict[str, dict[str, float]]:
    """The same with the names of sentences about no experiment: where others have the same, those of an experiment
    that mentions groups without names, and otherwise those of the first, which may have no heading."""
    general = {root: weight for root, weight in general.items() if weight >= _FEWEST}
    shared = {root for roots in chosen.values() if len(roots) > 1 for root in roots.keys() & general.keys()}
    completed = {}
    for number, (experiment, roots) in enumerate(chosen.items()):
        own = [s for s in sentences if s.experiments == {experiment} and re.search(r"\bgroups?\b", s.text)]
        lacking = len(roots) < 2 and len(own) > 1 and len(shared) > 1
        fitting = shared if lacking else set(general) if number == 0 and len(roots) < 2 and not shared else set()
        completed[experiment] = roots | {root: general[root] for root in sorted(fitting)}
    return completed


def _distinct(names: dict[str, float], together: set[frozenset[str]], spelled: _Spellings) -> dict[str, float]:
    """The names of different groups: of a factorial design those of its cells, not those of the factors' levels."""
    for short, long in sorted(((a, b) for a in names for b in names if content(a) < content(b)), key=str):
        several = sum(content(short) < content(other) for other in names) > 1
        apart = frozenset({spelled.root(short), spelled.root(long)}) in together
        if short in names and long in names and len(names) > 2 and (several or not apart):
            names = {n: w + (names[short] if n == long and not several else 0) for n, w in names.items() if n != short}
    return names


def _as_many_as_stated(names: dict[str, float], listed: set[str], texts: list[str]) -> dict[str, float]:
    """No more groups than sentences state, first those of a list to which people are assigned."""
    most = _stated(texts)
    if not 1 < most < len(names):
        return names
    return dict(sorted(names.items(), key=lambda item: (item[0] not in listed, -item[1]))[:most])


def _stated(texts: list[str]) -> int:
    """The number of groups that sentences state, the greatest, since some are about a part of them."""
    numbers = [number.lower() for text in texts for number in _STATED.findall(text)]
    counted = [NUMBERS.index(n) + 2 if n in NUMBERS else int(n) for n in numbers]
    added = [3 + _ORDINALS.index(ordinal.lower()) for text in texts for ordinal in _ADDED.findall(text)]
    return max(counted, default=0) and max([*counted, *added])


def _cells(names: dict[str, float], texts: list[str], sentences: list[Sentence]) -> dict[str, float]:
    """The cells of a factorial design that are named alike, such as "2T 25°" and "12T 75°", if as many are stated; the
    labels of its figures may be far from the sentences about it."""
    shapes: defaultdict[tuple[bool, ...], list[list[str]]] = defaultdict(list)  # which word has digits: names
    for name in {mention.name for text in texts for mention in group_names.mentioned(text)}:
        shapes[tuple(bool(_DIGITS.search(word)) for word in name.split())].append(name.split())
    levels = [(bool(_DIGITS.search(name)), name) for name in names if " " not in name]
    for shape, cells in shapes.items():
        if len(shape) != 2 or not any(shape) or not any({*cell, " ".join(cell)} & set(names) for cell in cells):
            continue
        words = [
            "|".join(
                sorted(map(_with_any_number, {cell[place] for cell in cells} | {n for d, n in levels if d == digit}))
            )
            for place, digit in enumerate(shape)
        ]
        alike = re.compile(rf"(?<![\w.])(?:{words[0]})\s+(?:{words[1]})(?!\w)")
        counts = Counter(" ".join(cell.split()) for s in sentences for cell in alike.findall(s.text))
        if len(counts) == _stated(texts):
            return {name: _FEWEST + count for name, count in counts.items()}
    return {}


def _with_any_number(word: str) -> str:
    """The pattern of a word with other numbers in it, too."""
    return _NUMBER.join(map(re.escape, _DIGITS.split(word)))
