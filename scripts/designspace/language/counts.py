"""The rules that read a number of participants in a sentence."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from designspace.language import group_names, quantities
from designspace.language.attribution import ROW, Sentence
from designspace.language.group_names import EXCLUDED, PEOPLE

_WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
# Words behind which a number counts nothing.
_LABELS = ["experiment", "experiments", "exp", "group", "groups", "day", "days", "block", "session", "study", "phase"]
_LABELS += ["table", "figure", "fig", "condition"]
_LABELS += [
    f"{trials} of" for trials in ("bins", "blocks", "miniblocks", "mini-blocks", "cycles", "epochs", "runs", "series")
]
_TRIALS = r"(?:trials|reaches|movements|blocks|targets|items|words|stimuli)\b"
NUMBER = (
    "".join(rf"(?<!\b{label}[\s.])" for label in _LABELS)
    + rf"(?<![\w.±–-])(?:\d{{1,4}}(?![\w.]*\d|\s*[°%±])|(?:{'|'.join(_TENS.split())})(?:-\w+)?"
    rf"|(?:{'|'.join([*_WORDS.split(), 'eighteen', 'nineteen'])}))\b"
)
GROUP = r"(?:sub)?(?:groups?|conditions?)\b"
_GAP = r"(?:(?!of\b|trials\b|blocks\b|sessions\b)[\w/-]+\s+)"  # a word between, and no other count
_THOSE = r"(?:participants|subjects|volunteers|students|people|persons|individuals|adults|patients|controls)\b"
_GENDER = r"(?:wom[ae]n|m[ae]n|females?|males?|girls?|boys?)\b"
# What a sample should have been, or is compared with.
HYPOTHETICAL = re.compile(
    r"\b(?:power|would (?:be|give|provide|yield|allow|have|suffice|detect)|replicate|(?<!final )sample size|minimum"
    r"|(?<!no )(?<!any )previous (?!experience|training|knowledge|exposure)|planned|goal was|only (?:the data|those)"
    r"|invit\w+|when (?:we )?(?:excluded|removed)|at least (?!\d+ (?:years|months|weeks|days|h|min)\b))\b",
    re.IGNORECASE,
)
_FEWEST = 4  # people of a group: fewer are those of a group with whom something happened
_TAKEN_AS_EQUAL = 0.5  # the probability that a division is equal whose parts the paper does not give: an estimate
# As some of a group do: what stands before it is no number of all.
_DID = (
    rf"(?!(?:[”\"’]?\s+{GROUP})?\s+"
    r"(?:had|showed|exhibited|reported|did|failed|made|could|used|chose|also|were classified|who)\b)"
)
_CONTROLS = re.compile(rf"{NUMBER}\s+(?:[\w-]+\s+){{0,3}}controls?\b", re.IGNORECASE)
_LAST = re.compile(rf"{NUMBER},?\s+and\s+$", re.IGNORECASE)  # before the last number of a list
_OF_SOME = re.compile(r"\b(?:other|remaining|another)\s$", re.IGNORECASE)  # before a number
# Those who are left out of one analysis, or of one that is made again.
_FOR_NOW = re.compile(
    rf"\b(?:even|also) (?:when|if|after|with|without)\b|{EXCLUDED} from th(?:is|ese)\b", re.IGNORECASE
)
_TWO_SAMPLES = re.compile(
    r"\b(?:between|versus|vs|than|differ\w*|compar\w+|independent|Welch\S*|post.hoc|effects?)\b", re.IGNORECASE
)
_OF_A_LINE = re.compile(r"\b(?:slopes?|correlat\w+)\b", re.IGNORECASE)  # what is tested has as many points
_DEGREES = r"\bt(?:\s*\(\s*|_?)(\d+)\b\s*\)?"
_FROM_ZERO = re.compile(
    r"\b(?:differ\w*|larger|greater|smaller)\b[^,;.(]*\b(?:from|than) (?:zero|0|chance)\b", re.IGNORECASE
)
_EQUAL = re.compile(r"\bequal|\bevenly\b", re.IGNORECASE)
_DIVIDED = r"\b(?:divided|assigned|allocated|split|randomi[sz]ed|distributed)\b"

_AND_OTHERS = rf"\s*(?:\([^()]{{0,60}}\)\s*)?(?:,|,?\s*and)\s+{NUMBER}(?!\s+(?:of\b|{_GENDER}))"  # behind a number
_EACH = re.compile(
    rf"\b(?:sub)?(?:groups|conditions)\s+of\s+(?P<a>{NUMBER})(?!\s+(?:[\w-]+\s+)?{_TRIALS}|{_AND_OTHERS})|(?P<b>{NUMBER})(?:\s+{PEOPLE})?\s+each\b"
    rf"|(?P<c>{NUMBER})\s+(?:{_GAP}{{0,3}}{PEOPLE}\s+{_GAP}{{0,3}})?(?:per|(?:in|for|to) (?:each|every)|in both|a)\s+"
    rf"(?:of\s+(?:the\s+)?(?:{NUMBER}\s+)?)?{GROUP}"
    rf"|(?P<e>{NUMBER})(?:\s+{PEOPLE})?\s?/\s?{GROUP}"
    rf"|\beach\s+(?:of\s+(?:the\s+)?(?:{NUMBER}\s+)?)?{GROUP}\s*"
    rf"(?:\(\s*n\s*=\s*(?P<f>{NUMBER})|(?:[a-z]+\s+){{0,3}}(?P<d>{NUMBER})\s+{_GAP}?{PEOPLE})"
    rf"|\bboth\s+n\s*=\s*(?P<g>{NUMBER})|\bgroup\s+sizes?\s+(?:to|of|was|were)\s+(?P<h>{NUMBER})",
    re.IGNORECASE,
)
_TOTAL = re.compile(rf"({NUMBER})\s+{_GAP}{{0,2}}{PEOPLE}|{PEOPLE}\s*\(\s*n\s*=\s*({NUMBER})", re.IGNORECASE)
_PARTS = re.compile(rf"({NUMBER})\s+(?:[\w-]+\s+)?{GROUP}(?:\s*\(\s*n\s*=\s*({NUMBER})\s*\))?", re.IGNORECASE)
_SOMEBODY = re.compile(rf"{PEOPLE}|\bthey\b", re.IGNORECASE)
_HEADER = re.compile(r"n\b|number of participants|participants|subjects", re.IGNORECASE)  # over the counts of a table
_ASIDE = r"(?:\([^()]{0,80}\)\s*|\[[^\[\]]{0,80}\]\s*)?"
_HERE = r"In (?:(?:this|the|our) )?(?:\w+ )?(?:experiment|expt?\.?|study)(?: \d\w?)?"  # before those who took part
# Those who took part in what a sentence is about, the clearest first.
_TOOK_PART = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"({NUMBER})\s+(?:{PEOPLE}\s+)?(?:per|(?:in|for)\s+(?:each|both))\s+(?:of\s+the\s+{_GAP}{{0,2}})?(?:experiments?|study)\b",
        rf"\b(?:for|giving|leaving|yielding) (?:us )?a total of ({NUMBER})\s+{_GAP}{{0,2}}{PEOPLE}",
        rf"({NUMBER})\s+{_GAP}{{0,4}}{PEOPLE},?\s+{_ASIDE}(?:[^;.]{{0,80}}\s)?"
        r"(?<!who\s)(?<!that\s)(?:took part|participated|were (?:recruited|tested|enrolled))",
        rf"\b(?:we|study|experiment)\s+(?:recruited|tested|enrolled|included)\s+(?:a total of\s+)?({NUMBER})\s+"
        rf"{_GAP}{{0,4}}{PEOPLE}",
        rf"\b(?:experiment|exp\.?|study)\s+\d\w?\s*\(\s*n\s*=\s*({NUMBER})",
        rf"\b(?<!subset of )(?<!subgroup of )(?:participants|subjects|volunteers|students)\s*\(\s*n\s*=\s*({NUMBER})",
        rf"^(?:(?:Methods?|Participants|Subjects)\.?\s+){{0,2}}(?:{_HERE},\s+)?({NUMBER})\s+{_GAP}{{0,4}}{PEOPLE}\s+{_ASIDE}"
        r"(?:served|performed|completed|volunteered)\b",
        rf"\bdesign\b[^,;.]{{0,40}}\(\s*n\s*=\s*({NUMBER})",
        rf"\ball\s+({NUMBER})\s+{_GAP}{{0,2}}{PEOPLE}",
    )
]


class Count(NamedTuple):
    """A number of participants, the rule that gave it ("" where it is printed), the sentence, as characters, and how
    probable it is that the rule holds."""

    value: int
    rule: str
    start: int
    end: int
    probability: float = 1.0


def first(sentences: Iterable[Sentence], rule: Callable[[Sentence], Iterator[Count]]) -> Count | None:
    """The first number that a rule reads in some sentences."""
    return next((count for sentence in sentences for count in rule(sentence)), None)


def core(name: str) -> str:
    """The name of a group without what all groups are called: "older adults" are also "older men"."""
    return re.sub(rf"\s+(?:{PEOPLE}|{GROUP})$", "", name, flags=re.IGNORECASE)


def number(words: str) -> int:
    """A number that is written in digits or in words."""
    return int(quantities.find(words)[0].number)


def _count(sentence: Sentence, value: int, rule: str) -> Count:
    return Count(value, rule, sentence.start, sentence.start + len(sentence.text))


def printed(sentence: Sentence, name: str) -> Iterator[Count]:
    """A number that is printed for a name, a pattern: "the Late group (n = 12)", "12 participants in the Late group",
    "12 young adults", "Early and Late groups (n = 14 and 12)", and a table's row "Group: Late; n: 12"."""
    text = sentence.text
    if HYPOTHETICAL.search(text) or not re.search(name, text, re.IGNORECASE):
        return  # most sentences
    if ROW.match(text):
        cells = [cell.partition(": ") for cell in text.rstrip(".").split("; ")]
        values = [value for header, _, value in cells if _HEADER.match(header)]
        named = any(re.fullmatch(name, value, re.IGNORECASE) for _, _, value in cells[:2])
        if values and values[0].isdecimal() and (named or re.search(name, f"{text.split('; ')[0]};", re.IGNORECASE)):
            yield _count(sentence, int(values[0]), "")
        return
    if not re.search(rf"{PEOPLE}|{_GENDER}|\bn\s*=|\bsamples?\b", text, re.IGNORECASE):
        return  # it counts trials
    yield from _composed(sentence, name)
    yield from _before_name(sentence, name)
    yield from _respectively(sentence, name)
    patterns = (
        rf"(?:{name})(?:\s+{GROUP})?[:,.]?\s*(?:{PEOPLE}\s*)?[(\[]?\s*n\s*=\s*({NUMBER})",
        rf"(?:{name})(?:\s+{GROUP})?\s*\([^()]{{0,40}}?\bn\s*=\s*({NUMBER})",
        rf"(?:{name})(?:\s+{GROUP})?\s*\(\s*({NUMBER})\s+{_GAP}{{0,2}}{_THOSE}",
        rf"(?:{name})\s+{GROUP}\s+(?:consisted of|included|comprised|contained|had)\s+({NUMBER})\s+{_GAP}{{0,2}}"
        rf"{_THOSE}",
        rf"({NUMBER})\s+(?:{_GAP}{{0,2}}{PEOPLE}\s+{_ASIDE}(?:were\s+)?{_GAP}?(?:for|with)|(?:{_GAP}{{0,2}}{PEOPLE}\s+"
        rf"{_ASIDE})?(?:were\s+{_GAP}?)?(?:in|to))\s+(?:the\s+|an?\s+|each\s+of\s+)?[“\"‘']?(?:{name}){_DID}",
        rf"({NUMBER})\s+(?:{name})(?=[^,;.(]{{0,12}}{PEOPLE})",
        rf"({NUMBER})\s+{_GAP}{{0,3}}(?:{name})(?:(?<=\bpatients)|(?<=\bcontrols)|(?<=\bwith)){_DID}",
        rf"({NUMBER})\s+{_GAP}{{0,3}}{PEOPLE}(?:[^.;]|\bal\.){{0,80}}?\b(?:served|used|acted)\s+as\s+(?:the\s+|an?\s+)?"
        rf"(?:{name})",
        rf"\bsamples?\b[^.]*[(;,]\s*(?:{name})(?:\s+{GROUP})?\s*=\s*({NUMBER})(?!\.)",
    )
    for match in (match for pattern in patterns for match in re.finditer(pattern, text, re.IGNORECASE)):
        around = text[max(match.start() - 12, 0) : match.start()] + text[match.end() : match.end() + 40]
        of_several = re.search(r"\b(?:groups|conditions)\b", match[0]) and not re.search(
            r"\bn\s*=", text[: match.start()], re.IGNORECASE
        )
        of_some = _OF_SOME.search(text, 0, match.start()) or re.search(EXCLUDED, around)
        if not of_several and not of_some and number(match[1]) >= _FEWEST:
            yield _count(sentence, number(match[1]), "")
    yield from _of_genders(sentence, name)


def _composed(sentence: Sentence, name: str) -> Iterator[Count]:
    """The sum of two parts of a group: "the Late group included 7 adults with one lamp and 5 with two"."""
    pattern = (
        rf"(?:{name})\s+{GROUP}\s+(?:consisted of|was composed of|included|comprised)\s+({NUMBER})\s+{_GAP}{{0,2}}"
        rf"{_THOSE}\s+(?:with|who)\s[^,;.()]{{1,60}}\sand\s+({NUMBER})\s+(?:{_GAP}{{0,2}}{_THOSE}\s+)?(?:with|who)\b"
    )
    for match in re.finditer(pattern, sentence.text, re.IGNORECASE):
        yield _count(sentence, number(match[1]) + number(match[2]), f"{match[1]} and {match[2]}")


def _before_name(sentence: Sentence, name: str) -> Iterator[Count]:
    """A number before a name in brackets: "groups of 12 (Late) and 14 (Early)", "12 participants (Late group)"."""
    pattern = (
        rf"({NUMBER})\s+(?:{_GAP}{{0,2}}({PEOPLE})\s+)?\(\s*(?:the\s+)?[“\"‘']?(?:{name})(?:\s+{GROUP})?[”\"’']?\s*\)"
        rf"(?!\s+(?:{PEOPLE}\s+)?(?:was|were|had)\b)"
    )
    for match in re.finditer(pattern, sentence.text, re.IGNORECASE):
        before = sentence.text[max(match.start() - 80, 0) : match.start()]
        is_of_people = match[2] or re.search(r"\bgroups\s+of\b", before)
        if is_of_people and number(match[1]) >= _FEWEST and not re.search(EXCLUDED, before):
            yield _count(sentence, number(match[1]), "")


def _of_genders(sentence: Sentence, name: str) -> Iterator[Count]:
    """The sum of women and men: "the Late group (7 women and 5 men)"."""
    genders = rf"(?:{name})(?:\s+{GROUP})?\s*[(:]\s*({NUMBER})\s+({_GENDER})(?:,| and|, and)\s+({NUMBER})\s+({_GENDER})"
    for match in re.finditer(genders, sentence.text, re.IGNORECASE):
        rule = f"{match[1]} {match[2]} and {match[3]} {match[4]}"
        yield _count(sentence, number(match[1]) + number(match[3]), rule)


def _respectively(sentence: Sentence, name: str) -> Iterator[Count]:
    """A number of a list that is in the order of a list of names."""
    if "respectively" not in sentence.text:
        return
    names = [mention.name for mention in group_names.mentioned(sentence.text) if mention.is_beside]
    places = [place for place, other in enumerate(names) if re.fullmatch(name, other, re.IGNORECASE)]
    for match in re.finditer(rf"(?:{NUMBER},\s+)*{NUMBER},?\s+and\s+{NUMBER}", sentence.text, re.IGNORECASE):
        numbers = re.findall(NUMBER, match[0], re.IGNORECASE)
        if places and len(numbers) == len(names):
            yield _count(sentence, number(numbers[places[0]]), "")


def took_part(sentences: list[Sentence]) -> Count | None:
    """Those who took part in what the sentences are about: "Twenty-four volunteers took part"."""
    for pattern in _TOOK_PART:
        for sentence in sentences:
            match = pattern.search(sentence.text)
            if match and not HYPOTHETICAL.search(sentence.text) and not _is_of_part(sentence, match):
                return _count(sentence, number(match[1]), "")
    return None


def _is_of_part(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether a number is that of each group, of controls, or the last of a list: "12, 10, and 11 adults came"."""
    is_last = _LAST.search(sentence.text, 0, match.start(1))
    return bool(is_last or _CONTROLS.match(match[0])) or is_of_each(sentence, number(match[1]))


def is_of_each(sentence: Sentence, value: int) -> bool:
    """Whether a number of a sentence is that of each group: "12 participants per group in Experiments 1 and 2"."""
    return any(count.value == value for count in each(sentence))


def each(sentence: Sentence) -> Iterator[Count]:
    """A number that holds for each group: "two groups of 20", "16 each", "18 per group"."""
    match = _EACH.search(sentence.text)
    about = re.search(rf"{PEOPLE}|{GROUP}|{_DIVIDED}", sentence.text, re.IGNORECASE)
    if match and re.search(EXCLUDED, sentence.text[match.end() : match.end() + 40]):
        return
    value = number(next(filter(None, match.groups()))) if match else 0
    if about and value >= _FEWEST and not HYPOTHETICAL.search(sentence.text):
        yield _count(sentence, value, f"{value} in each group")


def division(sentences: Iterable[Sentence], groups: int, equal: bool = True) -> Count | None:
    """An equal division: "80 participants were divided into four equal groups", whose number another sentence before
    may give. Without `equal`, a division that is only taken as equal, since the number can be divided by the groups."""
    before = 0
    for sentence in sentences:
        if HYPOTHETICAL.search(sentence.text):
            continue
        parts = _PARTS.search(sentence.text)
        if parts and number(parts[1]) == groups and _SOMEBODY.search(sentence.text):
            totals = [total for total in _TOTAL.finditer(sentence.text) if total.end() <= parts.start()]
            wholes = [number(total[1] or total[2]) for total in totals] or [before]
            whole = next((whole for whole in reversed(wholes) if whole % groups == 0), 0)
            between = sentence.text[totals[-1].end() if totals else 0 : parts.start()]
            is_divided = bool(_EQUAL.search(parts[0]) or re.search(_DIVIDED, between, re.IGNORECASE))
            if whole and parts[2] and number(parts[2]) * groups == whole:
                return _count(sentence, number(parts[2]), f"{number(parts[2])} in each group")
            if is_divided and whole >= _FEWEST * groups and equal == bool(_EQUAL.search(sentence.text)):
                among = f"equally among {groups} groups" if equal else f"among {groups} groups, taken as equal"
                divided = _count(sentence, whole // groups, f"{whole} divided {among}")
                return divided if equal else divided._replace(probability=_TAKEN_AS_EQUAL)
        if count := took_part([sentence]):
            before = count.value
    return None


def exclusion(
    sentences: Iterable[Sentence], name: str, whole: Count | None, is_final: bool = False
) -> tuple[Count, Count] | None:
    """Those recruited less those excluded, and those recruited: "two of 22 participants from the tool group were
    excluded". The whole of a group is those recruited, or `is_final`: those who are left."""
    of = re.compile(
        rf"({NUMBER})\s+(?:out\s+)?of\s+(?:the\s+)?({NUMBER})\s+{_GAP}{{0,2}}(?:from|in|of)\s+(?:the\s+)?[“\"‘']?"
        rf"(?:{name})",
        re.IGNORECASE,
    )
    some = re.compile(
        rf"({NUMBER})\s+(?:{_GAP}{{0,4}}(?:from|in|of)\s+(?:the\s+)?)?(?:{name})[^,;.]*?\b(?:was|were|had to be)\s+"
        rf"{EXCLUDED}|{EXCLUDED}[^,;.]*?({NUMBER})\s+{_GAP}{{0,4}}(?:from|in|of)\s+(?:the\s+)?(?:{name})"
        rf"|{EXCLUDED}[^.]*?[(;,]\s*(?:{name})(?:\s+{GROUP})?:\s*({NUMBER})(?=\s*[,;)])",
        re.IGNORECASE,
    )
    for sentence in sentences:
        if not re.search(EXCLUDED, sentence.text) or _FOR_NOW.search(sentence.text):
            continue
        if match := of.search(sentence.text):
            less, recruited = number(match[1]), _count(sentence, number(match[2]), "")
        elif whole and (matches := list(some.finditer(sentence.text))):
            less, recruited = sum(number(next(filter(None, match.groups()))) for match in matches), whole
            if is_final:
                return whole, _count(sentence, whole.value + less, f"{whole.value} left and {less} excluded")
        else:
            continue
        if less < recruited.value:
            rule = f"{recruited.value} recruited less {less} excluded"
            return _count(sentence, recruited.value - less, rule), recruited
    return None


def degrees(sentences: list[Sentence], name: str) -> Count | None:
    """A t test of one group against a value: its degrees of freedom and one, where they are not those of a test of
    two groups."""
    beside = rf"(?:{name})(?:\s+(?:{GROUP}|{PEOPLE}))?\s*[(\[,:]\s*(?:[^,;:()=]{{1,25}},\s*)?(?:paired\s+)?"
    of_two = [re.sub(beside + _DEGREES, "", s.text, flags=re.IGNORECASE) for s in sentences if _is_of_others(s)]
    others = {df for text in of_two for df in re.findall(_DEGREES, text)}
    for sentence in sentences:
        match = re.search(rf"{beside}{_DEGREES}\s*=", sentence.text, re.IGNORECASE)
        if match and match[1] not in others and not _is_of_others(sentence):
            return _count(sentence, int(match[1]) + 1, f"the degrees of freedom of t({match[1]}) and one")
    return None


def _is_of_others(sentence: Sentence) -> bool:
    """Whether the tests of a sentence are those of two samples, or of the points of a line."""
    text = _FROM_ZERO.sub("", sentence.text)
    return bool(_TWO_SAMPLES.search(text) or _OF_A_LINE.search(text))
