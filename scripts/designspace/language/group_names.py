"""The names that a sentence gives to groups of participants, as far as rules can read them.

"the Early group", "the Early and the Late groups", "assigned to a fast or a slow condition", "two groups: A (n = 12)
and B (n = 10)", "group (patients vs. controls)", "Groups 1 and 2", and the rows of a table whose first column is
"Group".
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from designspace.language.matching import spelled

_OF_ANY_GENDER = (
    "participants|subjects|volunteers|students|undergraduates|people|persons|individuals|adults|adolescents|children"
    "|patients|controls|observers|players"
)
PERSONS = rf"(?:{_OF_ANY_GENDER})\b"
PEOPLE = rf"(?:{_OF_ANY_GENDER}|women|men|members)\b"
PEOPLE_WORD = re.compile(rf"\b{PEOPLE}", re.IGNORECASE)
EXCLUDED = r"(?:excluded|removed|discarded|dropped|withdr[ae]w|omitted|left out)\b"
# The cell that names the group in a row of a table, which begins with it or with another cell.
_ROW = re.compile(r"(?:[^:;]{1,40}: [^:;]{1,40}; ){0,2}(?:Sub)?(?:Group|Cohort|Arm)s?: ([^;]+);")
# Words that do not distinguish groups, so that "Clamp" and "clamped feedback" are the same.
_GENERAL_TEXT = """a all an and condition conditions feedback group groups in of participants people subjects task the
training with"""
_GENERAL = frozenset(_GENERAL_TEXT.split())
_ADULTS_OF = frozenset({"adult", "adults"})  # as general, but where it is the whole name
_CONTENT = re.compile(r"\w+(?:-to-\w+)+|\d+\.\d+\w*°?|[^\W\d]\w*\s?[+−–-](?!\w)|\w+°?|(?<!\w)[^\w\s]+|[^\w\s]+(?!\w)")
_TOKEN = re.compile(r"[±+−–-]?\w(?:[\w°◦%/+]|[.'’–−-](?=\w))*|[^\w\s]")
_GROUP = re.compile(r"(?:sub)?groups?|cohorts?", re.IGNORECASE)
_CONDITION = re.compile(r"conditions?|arms?", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"\b(?:assigned|allocated)\b|\brandomi[sz]ed (?:in)?to\b|\bbetween.(?:subjects?|participants?)\b", re.IGNORECASE
)
_DIVIDED = re.compile(r"\b(?:divided|split|distributed|formed|recruited)\b", re.IGNORECASE)
_SOMEBODY = re.compile(rf"\b(?:{PEOPLE}|participant|subject|between|each|they)\b", re.IGNORECASE)
# Words at which a name ends, and which are in no name.
_BOUNDS_TEXT = """a an the this that these those its their our his her one each every any all both some no neither
either another other others such same of in on for to from by with within between among across per at as into than
under over after before during through via about against and or but nor vs versus while whereas when where if because
so not also then thus however is are was were be been being has had have did does do will would could may might can
should we they it he she which who whose whom what how that there here participant subject participants subjects
volunteers recruited observed showed show shown compared comparing using assigned allocated divided found find
included including experienced received performed completed tested had made let see like unlike respectively whether
except excluding denote denotes detect assess"""
_BOUNDS = frozenset(_BOUNDS_TEXT.split())
# What distinguishes no group from another, makes another word of "group", or names who did well afterwards.
_EMPTY_TEXT = """two three four five six seven eight nine ten eleven twelve several many most few different separate
various distinct independent respective individual single whole entire first second third fourth last next former
latter new additional further similar remaining main larger smaller small large matched equal total final present
current previous original age sex gender size group groups subgroup subgroups cohort age-matched study studies
experiment experiments data better general specific corresponding particular given between-subject between-subjects
within-subject within-group between-group inter intra overall more less least fully own important major working
reference functional ethnic social reliable significant factors participant condition conditions naive healthy only
equal-sized equally-sized equal-size equally sized same learner learners nonlearner nonlearners non-learner
non-learners responders nonresponders non-responders"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
_OF_PLURAL = frozenset(
    {
        "experimental",
        "random",
        "randomized",
        "mixed",
        "combined",
        "pooled",
        "patient",
        "main",
        "task",
        "training",
        "test",
    }
)
_BEHIND = frozenset({"x", "×", "level", "levels", "theory", "work", "therapy", "factor"})  # behind "group" no group's
# The last word of a name that is none: "a support group", "they formed two groups".
_LAST_TEXT = """support research focus factor reference two three four five six seven eight nine ten several many few
different separate various equal"""
_LAST = frozenset(_LAST_TEXT.split())
_WORDS = 5  # of a name
_FEWEST = 4  # people of a group
_COUNT = re.compile(rf"\(\s*[nN]\s*=\s*(\d+)(?:\s*/\s*group|\s+(?:each|per group|{PEOPLE}))?(?:[,;][^()]*)?\)")
_ASIDE = re.compile(r"\s*\([^()]*\)")
_LEGEND = re.compile(
    r"\b(?:black|gr[ae]y|white|red|green|blue|yellow|orange|purple|magenta|cyan|pink|brown|violet|teal"
    r"|solid|dashed|dotted|lines?|panels?|top|bottom|left|right|filled|open|circles?|squares?|triangles?)\b",
    re.IGNORECASE,
)
_BEFORE_HEAD = re.compile(r"\s\(([^()]{2,40})\)\s*$")
_NUMBERS = r"(?:two|three|four|five|six|seven|eight|nine|ten|\d+)"
_ONE_OF = re.compile(
    rf"\b(?:assigned|allocated|randomi[sz]ed)\s(?:\w+\s)?to\s(?:train with\s|either\s)?one of (?:the )?{_NUMBERS}"
    r"\s(?:[\w-]+\s){0,3}[\w-]+s\b(?=[^.:;]{0,60}[:(])",
    re.IGNORECASE,
)
_GLOSS = re.compile(r"\s\((?![A-Z][a-z]{2,}\)\s(?:group|condition))[A-Z][\w-]{1,9}\)(?=\s)")  # an abbreviation
_CALLED = re.compile(r"[A-Z][a-z]{2,}")  # a name in brackets, behind a description
_IN_APPOSITION = re.compile(r"\bgroups,\s+((?:[A-Z\d“\"][^.;:()]*,\s+)+(?:and|or)\s+[A-Z\d“\"][^.;:(),]*)\.?$")
_SEPARATOR = re.compile(r"[,;]|\b(?:and|or|vs\.?|versus)\b")
_NO_NAME = re.compile(
    r"[=<>±:]|\b[tFp]\s?[(<]|\d\.\d+\s*$|^\d+$|\b(?:test|years|mean|ages?|SD|SEM?|males?|females?|men|women|figs?|\w*handed)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\b(?:an?|the|that|who|which|is|are|was|were|we|they|had|has)\b", re.IGNORECASE)  # in no name
_ITEM = r"[“\"‘']([^“”\"‘’]{2,40}?),?[”\"’']"
_APART = re.compile(rf"\({_ITEM}\)")
_QUOTED = re.compile(rf"{_ITEM},?\s(?:and|or)\s(?:to\s)?(?:the\s|an?\s)?{_ITEM}")
_QUANTITY = re.compile(r"[±+−–-]?\d+(?:\.\d+)?((?:[°◦%]|\s?(?:ms|s|cm|mm|deg)\b)?)")
_EITHER = re.compile(
    rf"\b{_NUMBERS}\s(?:[\w-]+\s)?groups\b[^.:;]{{0,80}}\beither\s(?:with\s|to\s)?((?:[^.;:,]|\.\d)+)", re.IGNORECASE
)
_LABEL = re.compile(r"\s([A-H]|\d|I{1,3}|IV)(?![\w.°%'’(-])(?:(?:,\s|,?\s(?:and|or)\s)([A-H]|\d)(?![\w.°%'’(-]))?")


_ADULTS = r"(?:adults|participants|subjects|individuals|people|volunteers|women|men)\b"
_KINDS = [
    re.compile(rf"\b{kind}", re.IGNORECASE)
    for kind in (
        r"patients\b",
        rf"controls\b|\bcontrol {_ADULTS}",
        rf"(?:older|elderly) {_ADULTS}",
        rf"young(?:er)? {_ADULTS}",
        r"children\b",
        r"musicians\b",
        r"non-?musicians\b",
    )
]
_COUNTED = re.compile(r"(?<![\w.])(?:\d{1,4}|ten|\w+(?:teen|ty)(?:-\w+)?)\s(?:healthy\s)?$", re.IGNORECASE)

LISTED = 3  # the weight of a name in a table of groups, or in a list to which people are assigned


class Mention(NamedTuple):
    """A name, its weight as evidence (1 for "the Late group", 2 where it is one of a list, or with an assignment or a
    number, LISTED where it is one of a table, or of a list to which people are assigned), and whether it stands beside
    the word "group"."""

    name: str
    weight: int
    is_beside: bool


def content(name: str) -> frozenset[str]:
    """The words that distinguish a group from others, without their endings."""
    words = [re.sub(r"\s?[–-]$", "−", word).replace(" ", "") for word in _CONTENT.findall(spelled(name))]
    words = [word for word in words if word not in _GENERAL]
    words = [word for word in words if word not in _ADULTS_OF] or words
    return frozenset(re.sub(r"(?<=\w{4})(?:(?<=p)ped|ed|ing|s)$", "", word) for word in words)


def row(sentence: str) -> str:
    """The group that a row of a table is about; empty for other rows and sentences."""
    cell = _ROW.match(sentence)
    return cell[1].strip() if cell else ""


@lru_cache(maxsize=4096)  # the sentences of a paper are asked for several times
def mentioned(sentence: str) -> tuple[Mention, ...]:
    """The names of groups in a sentence, each once."""
    best: dict[str, Mention] = {}
    for mention in _mentions(_ASIDE.sub(_without_legend, _GLOSS.sub("", sentence))):
        known = best.get(mention.name, mention)
        best[mention.name] = Mention(
            mention.name, max(mention.weight, known.weight), mention.is_beside or known.is_beside
        )
    return tuple(mention for mention in best.values() if _is_name(mention.name))


def kinds_of_people(sentence: str) -> tuple[Mention, ...]:
    """The kinds of people that a sentence compares, such as patients and controls; none where it names only one."""
    kinds = [match for pattern in _KINDS if (match := pattern.search(sentence))]
    weight = 2 if all(_COUNTED.search(sentence, max(kind.start() - 20, 0), kind.start()) for kind in kinds) else 1
    return tuple(Mention(kind[0], weight, False) for kind in kinds) if len(kinds) > 1 else ()


def _without_legend(aside: re.Match[str]) -> str:
    """What is in brackets, unless it describes how a figure shows the group: "the Late (dashed line) group"."""
    return "" if _LEGEND.search(aside[0]) and not re.search(r"\d", aside[0]) else aside[0]


def _mentions(sentence: str) -> Iterator[Mention]:
    assigned = bool(_ASSIGNED.search(sentence) and _SOMEBODY.search(sentence))
    listed = LISTED if assigned else 2
    for head in _TOKEN.finditer(sentence):
        if not (_GROUP.fullmatch(head[0]) or assigned and _CONDITION.fullmatch(head[0])):
            continue
        following = re.match(r"\s*(\w+|×)", sentence[head.end() :])
        if following and following[1].lower() in _BEHIND:
            continue
        aside = _BEFORE_HEAD.search(sentence, 0, head.start())
        names, is_definite = _before(sentence, aside.start() if aside else head.start())
        names = [] if aside and _CALLED.fullmatch(aside[1]) else _alike(names)
        names += _items(aside[1]) if aside else []
        is_plural = head[0].endswith("s")
        is_general = is_plural and len(names) == 1 and names[0].lower() in _OF_PLURAL  # "the experimental groups"
        if not is_general and not (following and following[1] == "of" and not is_definite):
            clear = len(names) > 1 or assigned or _DIVIDED.search(sentence)
            weight = LISTED if assigned and len(names) > 1 else 2 if clear else 1
            yield from (Mention(name, weight, True) for name in names)
        yield from (Mention(name, listed, False) for name in _behind(sentence[head.end() :], is_plural))
    if assigned or re.search(rf"\b(?:groups|conditions?|modes|types)\b|{PEOPLE}\s*\([nN]\s*=", sentence):
        yield from (Mention(name, listed, False) for name in _counted(sentence))
    if cell := row(sentence):
        yield Mention(cell, LISTED, False)
    yield from (Mention(name, listed, False) for name in _listed_apart(sentence, assigned))


def _listed_apart(sentence: str, assigned: bool) -> Iterator[str]:
    """The names that stand away from the word "group": "one of three sizes: A, B and C", "groups that saw “A” or “B”",
    "two groups, one that … (“A”) and one that … (“B”)"."""
    for place in _ONE_OF.finditer(sentence) if assigned else ():
        yield from _behind(sentence[place.end() :], is_plural=True)
    if assigned and (listed := _IN_APPOSITION.search(sentence)):
        yield from _items(listed[1])
    if either := _EITHER.search(sentence):
        yield from _alike(_items(either[1]))
    if re.search(r"\bgroups\b", sentence):
        yield from (name for pair in _QUOTED.findall(sentence) if assigned for name in pair)
        apart = _APART.findall(sentence)
        yield from apart if len(apart) > 1 else ()


def _before(sentence: str, end: int) -> tuple[list[str], bool]:
    """The names before the word "group" that begins at `end`, one or those of a list, and whether one has "the"."""
    tokens = list(_TOKEN.finditer(sentence, 0, end))
    names: list[str] = []
    is_definite, had_article, separator = False, False, ""
    while name := _name_at_end(tokens):
        tokens = _without(tokens[: tokens.index(name[0])], "“\"‘'”’")
        article = tokens.pop()[0].lower() if tokens and tokens[-1][0].lower() in ("the", "a", "an") else ""
        if had_article and not article and separator == "and" or any(_GROUP.fullmatch(token[0]) for token in name):
            break  # "for daily activities and a mild group", "the Early group sat and the Late group"
        had_article, is_definite = bool(article), is_definite or article == "the"
        names.append(sentence[name[0].start() : name[-1].end()])
        separator = tokens[-1][0].lower() if tokens else ""
        if not (separator in ("and", "or", "vs", "versus") or separator == "," and len(names) > 1):
            break
        tokens = _without(tokens[:-1], ",.")
        if tokens and _GROUP.fullmatch(tokens[-1][0]):
            break
    return names[::-1], is_definite


def _alike(names: list[str]) -> list[str]:
    """The names of a list, without what stands behind the last if all are quantities: "15° or 45° rotation"; a unit
    behind the last, as in "15, 30, or 45°", is that of each."""
    last = _QUANTITY.match(names[-1]) if len(names) > 1 else None
    if not last or not all(_QUANTITY.fullmatch(name) for name in names[:-1]):
        return names
    return [name if re.search(r"\D$", name) else name + last[1] for name in [*names[:-1], last[0]]]


def _without(tokens: list[re.Match[str]], marks: str) -> list[re.Match[str]]:
    while tokens and tokens[-1][0] in marks:
        tokens = tokens[:-1]
    return tokens


def _name_at_end(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """The tokens of a name with which a piece of a sentence ends."""
    tokens = _without(tokens, "“\"‘'”’")
    begin = len(tokens)
    is_prose = any(letter.islower() for token in tokens for letter in token[0])
    if begin > 1 and tokens[-1][0] in "+−–-" and tokens[-2][0][0].isalnum():
        begin -= 1  # "the Reward − group"
    while begin > 0 and len(tokens) - begin < _WORDS and _may_be_in_name(tokens[begin - 1][0], is_prose):
        begin -= 1
    while begin < len(tokens) and tokens[begin][0].lower() in _EMPTY:
        begin += 1
    before = [token[0].lower() for token in tokens[:begin][-2:]]
    is_without = begin < len(tokens) and before[-1:] == ["no"] and before[0] in ("the", "a", "and", "or", ",")
    return tokens[begin - is_without :]  # "the no feedback group"


def _may_be_in_name(word: str, is_prose: bool) -> bool:
    is_abbreviation = is_prose and sum(map(str.isupper, word)) > 1  # "the AT group"
    return (is_abbreviation or word.lower() not in _BOUNDS) and (word[0].isalnum() or len(word) > 1)


def _is_name(name: str) -> bool:
    words = name.lower().split()
    return (
        words[-1] not in _LAST and not all(word in _EMPTY for word in words) and bool(re.search(r"[^\W\d]|[°%]", name))
    )


def _behind(rest: str, is_plural: bool) -> Iterator[str]:
    """The names behind the word "group": "Group A", "groups: A, B and C", "group (A vs. B)"."""
    if label := _LABEL.match(rest):
        yield from (f"Group {letter}" for letter in label.groups() if letter)
        return
    rest = re.sub(r"^\s*\([^()]*\d[^()]*\)(?=\s*:)", "", rest)  # "three groups (n = 12 each): "
    listed = re.match(r"[^.:;()]{0,120}:\s*((?:[^.;]|\.\d)+)", rest) or re.match(
        r"\s*\(([^()]+(?:\([^()]*\)[^()]*)*)\)", rest
    )
    if listed and (is_plural or re.search(r"\b(?:vs|versus|or)\b", listed[1])):
        items = _items(listed[1])
        yield from items if len(items) > 1 else ()


def _items(listed: str) -> list[str]:
    """The items of a list of names; none where one is no name."""
    items = list(filter(None, map(_item, _SEPARATOR.split(_ASIDE.sub("", listed)))))
    are_names = all(
        len(item.split()) <= _WORDS + 1 and not _NO_NAME.search(item) and not _CLAUSE.search(item) for item in items
    )
    return items if are_names else []


def _item(text: str) -> str:
    """An item of a list without its article and without what all groups are called."""
    text = re.sub(r"^\W*(?:(?:the|an?|one|either)\s+)?", "", text.strip(), flags=re.IGNORECASE)
    return re.sub(r"(?:\s+(?:groups?|conditions?))?[^\w)°%]*$", "", text)


def _counted(sentence: str) -> Iterator[str]:
    """The names before "(n = 12)", where a sentence has several of them."""
    places = [] if re.search(EXCLUDED, sentence) else list(_COUNT.finditer(sentence))
    are_groups = len(places) > 1 and all(int(place[1]) >= _FEWEST for place in places)
    for place in places if are_groups else []:
        tokens = list(_TOKEN.finditer(sentence, 0, place.start()))
        while tokens and (_GROUP.fullmatch(tokens[-1][0]) or _CONDITION.fullmatch(tokens[-1][0])):
            tokens.pop()
        name = _name_at_end(tokens)
        if name and not _NO_NAME.search(text := sentence[name[0].start() : name[-1].end()]):
            yield text
