"""The ages of a group of participants and its number of women, as far as rules can read them: in brackets behind its
name, in a clause about it alone, in a list in the order of the names, or in the table of the groups.

A wrong age is worse than a missing one: nothing is read where a number may be about several groups, about all of them,
or about something else, or where two sentences differ.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from designspace.language import ages, counts
from designspace.language.ages import AGE_MEAN, AGE_SD, FEMALE, Values
from designspace.language.attribution import ROW, Sentence, naming
from designspace.language.group_names import PEOPLE

_HINT = re.compile(r"\bages?\b|\baged\b|\byears?\b|\byrs?\b|\d\s?y\b|female|wom[ae]n|girl|\d\s?F\b|\bF[/:]", re.IGNORECASE)
_WANTED = re.compile(r"\b(?:criteri\w+|eligib\w+|would|et al|previous stud\w+|earlier stud\w+)\b", re.IGNORECASE)
_OF_ALL = re.compile(r"\b(?:all|overall|total|together|whole|entire|both|combined|sample|cohort|compared?|than|like)\b", re.IGNORECASE)
_CALLED = rf"(?:\s+(?:(?:sub)?groups?\b|cohorts?\b|conditions?\b|{PEOPLE}))*"  # behind a name
_JOINING = re.compile(r"[\s,”\"’']*(?:\b(?:and|or|versus|vs\.?|the|an?|to|in|for|either)\b[\s,“\"‘']*)*")
_BEFORE_NAME = re.compile(
    rf"{counts.NUMBER}\s+(?:[\w-]+\s+){{0,4}}{PEOPLE}\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\),?\s*(?:(?:were|was)\s+)?(?:randomly\s+)?"
    r"(?:assigned to|allocated to|in|formed|made up|served (?:as|in)|completed|performed)\s+(?:the\s+|an?\s+)?[“\"‘']?$",
    re.IGNORECASE,
)
_COMPOSED = re.compile(r"\s*(?:consisted of|included|comprised|contained|had)\b", re.IGNORECASE)
_SPREAD = rf"(?:{ages.PLUS}({ages.NUM})|\s*[(,]\s*{ages.SD}\s?[=:]?\s*({ages.NUM})(?!,?\s+and\s+\d)\)?)?"
_ITEM = rf"({ages.NUM})(?:\s?{ages.YEARS})?{_SPREAD}(?:\s?{ages.YEARS})?"
_LIST = re.compile(rf"{_ITEM}(?:,?\s*(?:,|and|vs\.?)\s+{_ITEM})+", re.IGNORECASE)
_SPREADS = re.compile(rf"{ages.SD}s?\s?[=:]?\s*({ages.NUM}(?:,\s*{ages.NUM})*,?\s+and\s+{ages.NUM})", re.IGNORECASE)


class Reading(NamedTuple):
    """A characteristic of a group, as the library's kind of it has it, the rule that gave it ("" where it is printed),
    and the sentence, as characters."""

    value: float | str
    rule: str
    start: int
    end: int
    probability: float = 1.0


class _Mention(NamedTuple):
    start: int
    end: int
    is_own: bool
    name: str


def of_group(sentences: Iterable[Sentence], names: Iterable[str], others: Iterable[str]) -> dict[str, Reading]:
    """The characteristics of a group, {FEMALE, AGE_MEAN, AGE_SD or AGE_RANGE: reading}.

    `names` are its spellings, `others` those of the other groups of the paper.
    """
    own = {name.lower() for name in map(counts.core, names)}
    pattern = _pattern({*own, *map(str.lower, map(counts.core, others))})
    readings: dict[str, list[Reading]] = {}
    before: list[_Mention] = []
    for sentence in dict.fromkeys(sentences):
        mentions = [
            _Mention(match.start(), match.end(), match["name"].lower() in own, match["name"].lower())
            for match in pattern.finditer(sentence.text)
        ]
        for name, value in _values(sentence, mentions, before, own).items():
            end = sentence.start + len(sentence.text)
            readings.setdefault(name, []).append(Reading(value, "", sentence.start, end))
        before = mentions
    sure = {name: found[0] for name, found in readings.items() if len({reading.value for reading in found}) == 1}
    possible = ages.sensible({name: reading.value for name, reading in sure.items()})
    return {name: reading for name, reading in sure.items() if name in possible}


def _pattern(names: set[str]) -> re.Pattern[str]:
    """Any of the names, the longest first, with what all groups are called."""
    longest = sorted(names, key=lambda name: (-len(name), name))
    either = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest)
    return re.compile(rf"(?<![\w-])(?P<name>{either})(?![\w-]){_CALLED}", re.IGNORECASE)


def _values(sentence: Sentence, mentions: list[_Mention], before: list[_Mention], own: set[str]) -> Values:
    text = sentence.text
    header = text.partition(":")[0]
    if ROW.match(text) and header.count("(") == header.count(")"):
        return _in_row(text, own)
    if not _HINT.search(text) or counts.HYPOTHETICAL.search(text) or _WANTED.search(text):
        return {}
    if "respectively" in text:
        general = re.search(r"\b(?:two|both|three|four)\s+groups\b|\bgroups\b", text)
        return _in_order(text, mentions or (before if general else []))
    if not any(mention.is_own for mention in mentions):
        return {}
    pieces = [(mention, *_piece(text, mentions, index)) for index, mention in enumerate(mentions)]
    of_pieces = [(mention, ages.of_piece(piece, about_age), kind) for mention, piece, about_age, kind in pieces]
    found: Values = {}
    for mention, values, is_beside in of_pieces:
        is_alone = all(m.is_own for m in mentions) or all(
            set(values) & set(theirs) for m, theirs, _ in of_pieces if not m.is_own
        )
        if mention.is_own and (is_beside or is_alone):
            for name, value in values.items():
                if found.setdefault(name, value) != value:
                    return {}
    return found


def _piece(text: str, mentions: list[_Mention], index: int) -> tuple[str, bool, bool]:
    """What a sentence says of a group behind, or before, a mention of it, whether this is about an age, and whether it
    stands in brackets or a list beside the name."""
    mention = mentions[index]
    end = mentions[index + 1].start if index + 1 < len(mentions) else len(text)
    previous = mentions[index - 1].end if index else 0
    is_joined = index and _JOINING.fullmatch(text, previous, mention.start)
    about_age = bool(re.search(r"\bages?\b[^;.()]*$", text[previous : mention.start], re.IGNORECASE))
    rest = text[mention.end : end]
    bracket = _bracket(rest)
    if is_joined and not (bracket and _bracket(text[previous:])) and not _has_own(text, mentions, index):
        return "", False, False  # it may be about both
    if bracket and ages.of_piece(bracket):
        return bracket, False, True
    if listed := re.match(r"\s*[:=,]\s*([^:;)]*)", rest):
        context = re.search(r"\b(?:ages?|years)\b", text[: mention.start], re.IGNORECASE)
        in_list = re.search(r"[(;:]\s*$", text[: mention.start]) and re.match(r"\s*[:=]", rest)
        if in_list:
            return listed[1], bool(context), True
    if earlier := _BEFORE_NAME.search(text, previous, mention.start):
        return earlier[1], False, True
    if _OF_ALL.search(text[previous : mention.start]) or _OF_ALL.search(rest):
        return "", False, False
    values = ages.of_piece(rest, about_age)
    if set(values) == {FEMALE} and not _COMPOSED.match(rest):
        return "", False, False  # women with whom something happened
    return rest, about_age, False


def _has_own(text: str, mentions: list[_Mention], index: int) -> bool:
    """Whether the mention before one that it is joined with has numbers of its own."""
    return index > 1 and mentions[index - 1].end - mentions[index - 2].end > 40


def _bracket(rest: str) -> str:
    """What stands in brackets right behind a name."""
    match = re.match(r"\s*[”\"’']?\s*[(\[]((?:[^()\[\]]|[(\[][^()\[\]]*[)\]])*)[)\]]", rest)
    return match[1] if match else ""


def _in_order(text: str, mentions: list[_Mention]) -> Values:
    """The ages of a list that is in the order of the names of a sentence."""
    names = list(dict.fromkeys(mention.name for mention in mentions))
    place = next((names.index(mention.name) for mention in mentions if mention.is_own), None)
    is_about_age = re.search(r"\b(?:ages?|aged|years old|years of age)\b", text, re.IGNORECASE)
    for match in _LIST.finditer(text) if is_about_age and place is not None and len(names) > 1 else ():
        items = list(re.finditer(_ITEM, match[0], re.IGNORECASE))
        if len(items) != len(names):
            continue
        item = items[place]
        values: Values = {AGE_MEAN: float(item[1])}
        spreads = _SPREADS.search(text, match.end())
        sizes = re.findall(ages.NUM, spreads[1]) if spreads else []
        if size := item[2] or item[3] or (sizes[place] if len(sizes) == len(names) else ""):
            values[AGE_SD] = float(size)
        return ages.sensible(values)
    return {}


def _in_row(text: str, own: set[str]) -> Values:
    """The values of a row of a table: of the row of a group, or in its column of a row of a characteristic."""
    cells = [(header.strip(), cell.strip()) for header, _, cell in map(_parted, text.rstrip(".").split("; "))]
    if any(_is_name(cell, own) for _, cell in cells[:3]):
        return ages.of_cells(cells)
    columns = [cell for header, cell in cells[1:] if _is_name(header, own)]
    return ages.of_cells([(cells[0][1], columns[0])]) if len(columns) == 1 else {}


def _parted(cell: str) -> tuple[str, str, str]:
    return cell.partition(": ")


def _is_name(cell: str, own: set[str]) -> bool:
    bare = re.sub(r"\s*\([^()]*\)$", "", cell).lower()
    return bare in own or counts.core(bare) in own
