"""How many participants a group has, as far as rules can read it: printed beside its name, or derived from a sentence.

Papers seldom print the number of every group. More often it follows: from a number that holds for each group, from an
equal division of all participants, from those recruited and those excluded, or from the degrees of freedom of a t test
of one group.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from designspace.language import quantities
from designspace.language.attribution import Sentence, naming
from designspace.language.group_names import EXCLUDED, PEOPLE

ANALYSED, RECRUITED = "analysed", "recruited"

_WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
# Words behind which a number counts nothing.
_LABELS = ["experiment", "experiments", "exp", "group", "groups", "day", "days", "block", "session", "study", "phase"]
_LABELS += ["table", "figure", "fig", "condition"]
_NUMBER = (
    "".join(rf"(?<!\b{label}[\s.])" for label in _LABELS)
    + rf"(?<![\w.±–-])(?:\d{{1,4}}(?![\w.]*\d|\s*[°%±])|(?:{'|'.join(_TENS.split())})(?:-\w+)?"
    rf"|(?:{'|'.join([*_WORDS.split(), 'eighteen', 'nineteen'])}))\b"
)
_GROUP = r"(?:sub)?(?:groups?|conditions?)\b"
_GAP = r"(?:(?!of\b|trials\b|blocks\b|sessions\b)[\w-]+\s+)"  # a word between, and no other count
# What a sample should have been, or is compared with.
_HYPOTHETICAL = re.compile(
    r"\b(?:power|would|replicate|sample size|previous|planned|plan|goal|at least|minimum|invit\w+)\b", re.IGNORECASE
)
_FEWEST = 4  # people of a group: fewer are those of a group with whom something happened
# As some of a group do: what stands before it is no number of all.
_DID = (
    rf"(?!(?:[”\"’]?\s+{_GROUP})?\s+"
    r"(?:had|showed|exhibited|reported|did|failed|made|could|used|chose|also|were classified|who)\b)"
)
_EVEN = re.compile(r"\b(?:even|also) (?:when|if|after|with|without)\b", re.IGNORECASE)
_AFTERWARDS = re.compile(r"\banaly[sz]ed\b|\bremain(?:ed|ing)\b|\bfinal\b", re.IGNORECASE)  # when some were excluded
_TWO_SAMPLES = re.compile(
    r"\b(?:between|versus|vs|than|differ\w*|compar\w+|independent|Welch\S*|post.hoc|effects?)\b", re.IGNORECASE
)
_OF_A_LINE = re.compile(r"\b(?:slopes?|correlat\w+)\b", re.IGNORECASE)  # what is tested has as many points
_DEGREES = r"\bt\s*\(\s*(\d+)\s*\)"
_FROM_ZERO = re.compile(
    r"\b(?:differ\w*|larger|greater|smaller)\b[^,;.(]*\b(?:from|than) (?:zero|0|chance)\b", re.IGNORECASE
)
_EQUAL = re.compile(r"\bequal|\bevenly\b", re.IGNORECASE)
_DIVIDED = r"\b(?:divided|assigned|allocated|split|randomi[sz]ed|distributed)\b"

_EACH = re.compile(
    rf"\b{_GROUP}\s+of\s+(?P<a>{_NUMBER})|(?P<b>{_NUMBER})\s+each\b"
    rf"|(?P<c>{_NUMBER})\s+(?:{_GAP}{{0,3}}{PEOPLE}\s+{_GAP}{{0,3}})?(?:per|in each|a)\s+{_GROUP}"
    rf"|(?P<e>{_NUMBER})(?:\s+{PEOPLE})?\s?/\s?{_GROUP}"
    rf"|\beach\s+{_GROUP}\s+(?:[a-z]+\s+){{0,3}}(?P<d>{_NUMBER})\s+{_GAP}?{PEOPLE}",
    re.IGNORECASE,
)
_TOTAL = re.compile(rf"({_NUMBER})\s+{_GAP}{{0,2}}{PEOPLE}", re.IGNORECASE)
_PARTS = re.compile(rf"({_NUMBER})\s+(?:[\w-]+\s+)?{_GROUP}", re.IGNORECASE)
_SAME = re.compile(
    rf"\bsame\s+(?:{_NUMBER}\s+)?(?:(?:healthy|young|older|adult|human|right-handed)\s+){{0,3}}{PEOPLE}"
    rf"|{PEOPLE}\s+(?:also\s+)?(?:took part|participated) in both\b"
    rf"|{PEOPLE}\s+who\s+(?:had\s+)?(?:already\s+)?(?:took|taken) part in\b",
    re.IGNORECASE,
)
# Of those whom the sentence counts: it says so after their number, and none "after" they were left out.
_SOME_EXCLUDED = re.compile(
    rf"(?:although|but|of (?:whom|which|these)|however)\s+(?:data\s+(?:of|from)\s+)?({_NUMBER})"
    rf"(?:\s+(?:participants?|subjects?|volunteers?|people|person|adults?))?\s+(?:was|were|had to be)\s+{EXCLUDED}",
    re.IGNORECASE,
)
_HEADER = re.compile(r"n\b|number of participants|participants|subjects", re.IGNORECASE)  # over the counts of a table
_PARTICIPATION = re.compile(
    rf"({_NUMBER})\s+{_GAP}{{0,4}}{PEOPLE}\s+(?:[^,;.]{{0,40}}\s)?"
    r"(?:took part|participated|were (?:recruited|tested|enrolled))",
    re.IGNORECASE,
)


class Count(NamedTuple):
    """A number of participants, the rule that gave it ("" where it is printed), and the sentence, as characters."""

    value: int
    rule: str
    start: int
    end: int


def of_group(own: list[Sentence], shared: list[Sentence], names: Iterable[str], groups: int) -> dict[str, Count]:
    """The participants of a group: {ANALYSED: count, RECRUITED: count}, as far as they can be read.

    `names` are its spellings, `own` the sentences that may name it, `shared` those about all `groups` of its
    experiment.
    """
    pattern = "|".join(naming(_core(name)).pattern for name in names)
    printed = _first(own, lambda sentence: _printed(sentence, pattern))
    each = _first(shared, _each) or _first(shared, lambda sentence: _division(sentence, groups))
    whole = each if printed and each and each.value == printed.value and each.start < printed.start else printed or each
    if excluded := _exclusion(own, pattern, None if _AFTERWARDS.search(_read_in((*own, *shared), whole)) else whole):
        return excluded
    others = {df for sentence in own if _is_of_others(sentence) for df in re.findall(_DEGREES, sentence.text)}
    degrees = _first(own, lambda sentence: _degrees(sentence, pattern, others))
    if degrees and (whole is None or degrees.value < whole.value):
        return {ANALYSED: degrees} | ({RECRUITED: whole} if whole else {})
    return {ANALYSED: whole} if whole else {}


def of_experiment(own: list[Sentence], name: str) -> dict[str, Count]:
    """The participants of an experiment, or of the only one of a paper, whose name is "", as `of_group` has those of a
    group, if their number is printed in the sentences about it."""
    printed = _first(own, lambda sentence: _printed(sentence, naming(name).pattern)) if name else None
    count = printed or _first(own, _took_part)
    less = _SOME_EXCLUDED.search(_read_in(own, count))
    if count and less and _number(less[1]) < count.value:
        rule = f"{count.value} recruited less {_number(less[1])} excluded"
        return {ANALYSED: count._replace(value=count.value - _number(less[1]), rule=rule), RECRUITED: count}
    return {ANALYSED: count} if count else {}


def same_samples(found: list[Sentence]) -> dict[str, tuple[str, Sentence]]:
    """The experiments whose participants took part in another one already: {experiment: (the other, sentence)}."""
    samples: dict[str, tuple[str, Sentence]] = {}
    before: frozenset[str] = frozenset()
    current: frozenset[str] = frozenset()
    for sentence in found:
        if sentence.experiments != current:
            before, current = current, sentence.experiments
        several = len(current) > 1
        pair = current if several else current | before
        is_said = _SAME.search(sentence.text) and not _HYPOTHETICAL.search(sentence.text)
        if len(pair) == 2 and is_said and (sentence.is_naming or not several):
            first, second = sorted(pair)
            samples.setdefault(second, (first, sentence))
    return samples


def _core(name: str) -> str:
    """The name of a group without what all groups are called: "older adults" are also "older men"."""
    return re.sub(rf"\s+(?:{PEOPLE}|{_GROUP})$", "", name, flags=re.IGNORECASE)


def _read_in(found: Iterable[Sentence], count: Count | None) -> str:
    """The sentence in which a number was read; empty where there is none."""
    return next((sentence.text for sentence in found if count and sentence.start == count.start), "")


def _first(found: list[Sentence], rule: Callable[[Sentence], Iterator[Count]]) -> Count | None:
    return next((count for sentence in found for count in rule(sentence)), None)


def _count(sentence: Sentence, value: int, rule: str) -> Count:
    return Count(value, rule, sentence.start, sentence.start + len(sentence.text))


def _number(words: str) -> int:
    return int(quantities.find(words)[0].number)


def _printed(sentence: Sentence, name: str) -> Iterator[Count]:
    """A number that is printed for a name: "the Late group (n = 12)", "12 participants in the Late group", "12 young
    adults", and a table's row "Group: Late; n: 12"."""
    text = sentence.text
    if _HYPOTHETICAL.search(text) or not re.search(name, text, re.IGNORECASE):
        return  # most sentences
    first, *cells = text.rstrip(".").split("; ")
    if len(cells) > 1 and ": " in cells[0]:
        counts = [value for header, _, value in (cell.partition(": ") for cell in cells) if _HEADER.match(header)]
        if counts and counts[0].isdecimal() and re.search(name, first + ";", re.IGNORECASE):
            yield _count(sentence, int(counts[0]), "")
        return
    patterns = (
        rf"(?:{name})(?:\s+{_GROUP})?[:,.]?\s*(?:{PEOPLE}\s*)?[(\[]?\s*n\s*=\s*({_NUMBER})",
        rf"({_NUMBER})\s+(?:{_GAP}{{0,2}}{PEOPLE}\s+(?:were\s+)?{_GAP}?)?(?:in|to)\s+(?:the\s+|an?\s+)?"
        rf"[“\"‘']?(?:{name}){_DID}",
        rf"({_NUMBER})\s+(?:{name})(?=[^,;.(]{{0,12}}{PEOPLE})",
    )
    for match in (match for pattern in patterns for match in re.finditer(pattern, text, re.IGNORECASE)):
        if not re.search(rf"{PEOPLE}|\bn\s*=", text, re.IGNORECASE):
            return  # it counts trials
        around = text[max(match.start() - 12, 0) : match.start()] + text[match.end() : match.end() + 40]
        if not re.search(EXCLUDED, around) and _number(match[1]) >= _FEWEST:
            yield _count(sentence, _number(match[1]), "")


def _took_part(sentence: Sentence) -> Iterator[Count]:
    """Those who took part in what a sentence is about: "Twenty-four volunteers took part"."""
    match = _PARTICIPATION.search(sentence.text)
    if match and not _HYPOTHETICAL.search(sentence.text):
        yield _count(sentence, _number(match[1]), "")


def _each(sentence: Sentence) -> Iterator[Count]:
    """A number that holds for each group: "two groups of 20", "16 each", "18 per group"."""
    match = _EACH.search(sentence.text)
    about = re.search(rf"{PEOPLE}|{_GROUP}|{_DIVIDED}", sentence.text, re.IGNORECASE)
    if match and about and not _HYPOTHETICAL.search(sentence.text):
        number = _number(next(filter(None, match.groups())))
        yield _count(sentence, number, f"{number} in each group")


def _division(sentence: Sentence, groups: int) -> Iterator[Count]:
    """An equal division: "80 participants were divided into four equal groups"."""
    total = _TOTAL.search(sentence.text)
    parts = _PARTS.search(sentence.text, total.end()) if total else None
    if not (total and parts and _EQUAL.search(sentence.text)) or _HYPOTHETICAL.search(sentence.text):
        return
    if _EQUAL.search(parts[0]) or re.search(_DIVIDED, sentence.text[total.end() : parts.start()], re.IGNORECASE):
        whole, number = _number(total[1]), _number(parts[1])
        if number == groups and whole % number == 0:
            yield _count(sentence, whole // number, f"{whole} divided equally among {number} groups")


def _exclusion(own: list[Sentence], name: str, whole: Count | None) -> dict[str, Count]:
    """Those recruited less those excluded: "two of 22 participants from the tool group were excluded"."""
    of = re.compile(
        rf"({_NUMBER})\s+(?:out\s+)?of\s+(?:the\s+)?({_NUMBER})\s+{_GAP}{{0,2}}(?:from|in|of)\s+(?:the\s+)?[“\"‘']?"
        rf"(?:{name})",
        re.IGNORECASE,
    )
    some = re.compile(
        rf"({_NUMBER})\s+(?:{_GAP}{{0,4}}(?:from|in|of)\s+(?:the\s+)?)?(?:{name})[^,;.]*?\b(?:was|were|had to be)\s+"
        rf"{EXCLUDED}|{EXCLUDED}[^,;.]*?({_NUMBER})\s+{_GAP}{{0,4}}(?:from|in|of)\s+(?:the\s+)?(?:{name})",
        re.IGNORECASE,
    )
    for sentence in own:
        if not re.search(EXCLUDED, sentence.text) or _EVEN.search(sentence.text):
            continue
        if match := of.search(sentence.text):
            less, recruited = _number(match[1]), _count(sentence, _number(match[2]), "")
        elif whole and (match := some.search(sentence.text)):
            less, recruited = _number(match[1] or match[2]), whole
        else:
            continue
        if less < recruited.value:
            rule = f"{recruited.value} recruited less {less} excluded"
            return {ANALYSED: _count(sentence, recruited.value - less, rule), RECRUITED: recruited}
    return {}


def _is_of_others(sentence: Sentence) -> bool:
    """Whether the tests of a sentence are those of two samples, or of the points of a line."""
    text = _FROM_ZERO.sub("", sentence.text)
    return bool(_TWO_SAMPLES.search(text) or _OF_A_LINE.search(text))


def _degrees(sentence: Sentence, name: str, others: set[str]) -> Iterator[Count]:
    """A t test of one group against a value: its degrees of freedom and one, where they are not those of `others`."""
    if _is_of_others(sentence):
        return
    pattern = rf"(?:{name})(?:\s+{_GROUP})?\s*[(\[,:]\s*(?:paired\s+)?{_DEGREES}\s*="
    if (match := re.search(pattern, sentence.text, re.IGNORECASE)) and match[1] not in others:
        yield _count(sentence, int(match[1]) + 1, f"the degrees of freedom of t({match[1]}) and one")
