"""The ages of a group of participants and its number of women, as far as rules can read them: in brackets behind its
name, in a clause about it alone, in a list in the order of the names, or in the table of the groups.

A wrong age is worse than a missing one: nothing is read where a number may be about several groups, about all of them,
or about something else, or where two sentences differ.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from designspace.language import ages, counts, group_names
from designspace.language.ages import AGE_MEAN, AGE_RANGE, AGE_SD, FEMALE, MEN, SIZE, Values
from designspace.language.attribution import ROW, Sentence, naming
from designspace.language.group_names import PEOPLE
from designspace.language.mentions import any_of, are_joined, bare_names, cells_of, is_of_table, name_in, spelling

_HINT = re.compile(
    r"\bages?\b|\baged\b|\byears?\b|\byrs?\b|\d\s?y\b|female|wom[ae]n|girl|\d\s?F\b|\bF[/:]", re.IGNORECASE
)
_WANTED = re.compile(r"\b(?:criteri\w+|eligib\w+|would|et al|previous stud\w+|earlier stud\w+)\b", re.IGNORECASE)
_OF_ALL = re.compile(
    r"\b(?:all|overall|total|together|whole|entire|both|combined|sample|cohort|compared?|than|like)\b", re.IGNORECASE
)
_BEFORE_NAME = re.compile(
    rf"{counts.NUMBER}\s+(?:[\w-]+\s+){{0,4}}{PEOPLE}\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\),?\s*"
    r"(?:(?:were|was)\s+)?(?:randomly\s+)?(?:assigned to|allocated to|in|formed|made up|served (?:as|in)|completed"
    r"|performed|(?:diagnosed )?with)\s+(?:the\s+|an?\s+)?[“\"‘']?$",
    re.IGNORECASE,
)
_CONTINUED = re.compile(r"(?:These (?:were|included)|They were aged|Their (?:mean |average )?age (?:was|ranged))\b")
_CAPTION, _NOTE = 4, 6  # sentences before and behind a table
_STATED = {
    "SD": re.compile(rf"\bmeans?\b\s*(?:±|\(|and|,|\[)\s*{ages.SD}", re.IGNORECASE),
    "SE": re.compile(rf"\bmeans?\b\s*(?:±|\(|and|,|\[)\s*{ages.SE}", re.IGNORECASE),
}
_COMPOSED = re.compile(r"\s*(?:consisted of|included|comprised|contained|had)\b", re.IGNORECASE)
_SPREAD = rf"(?:{ages.PLUS}({ages.NUM})|\s*[(,]\s*{ages.SD}\s?[=:]?\s*({ages.NUM})(?!,?\s+and\s+\d)\)?)?"
_ITEM = rf"({ages.NUM})(?:\s?{ages.YEARS})?{_SPREAD}(?:\s?{ages.YEARS})?"
_LIST = re.compile(rf"{_ITEM}(?:,?\s*(?:,|and|vs\.?)\s+{_ITEM})+", re.IGNORECASE)
_BEFORE_LIST = re.compile(r"\b(?:ages?|aged)\b[^;,.]{0,60}$", re.IGNORECASE)
_SPREADS = re.compile(rf"{ages.SD}s?\s?[=:]?\s*({ages.NUM}(?:,\s*{ages.NUM})*,?\s+and\s+{ages.NUM})", re.IGNORECASE)


def stated(sentences: list[Sentence]) -> dict[int, str]:
    """What the caption or the note of a table says that stands behind a mean in its cells, {start of a row: "SD" or
    "SE"}."""
    spreads: dict[int, str] = {}
    place = 0
    for is_row, run in groupby(sentences, lambda sentence: bool(ROW.match(sentence.text))):
        block = list(run)
        around = [*sentences[max(place - _CAPTION, 0) : place], *sentences[place + len(block) :][:_NOTE]]
        place += len(block)
        kinds = {
            kind for sentence in around if is_row for kind, pattern in _STATED.items() if pattern.search(sentence.text)
        }
        if len(kinds) == 1:
            spreads |= dict.fromkeys((sentence.start for sentence in block), *kinds)
    return spreads


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


def of_group(
    sentences: Iterable[Sentence], names: Iterable[str], others: Iterable[str], spreads: Mapping[int, str] | None = None
) -> dict[str, Reading]:
    """The characteristics of a group, {FEMALE, AGE_MEAN, AGE_SD or AGE_RANGE: reading}.

    `names` are its spellings, `others` those of the other groups of the paper. `spreads` says what is behind a mean in
    the rows of tables, as `stated` finds it.
    """
    own = bare_names(names)
    known = own | bare_names(others)
    pattern = any_of(known)
    readings: dict[str, list[Reading]] = {}
    before: list[_Mention] = []
    for sentence in dict.fromkeys(sentences):
        mentions = [
            _Mention(match.start(), match.end(), (name := spelling(match, known)) in own, name)
            for match in pattern.finditer(sentence.text)
        ]
        _add(readings, sentence, _values(sentence, mentions, before, own, (spreads or {}).get(sentence.start, "")))
        before = mentions
    return _sure(readings)


def of_experiment(sentences: Iterable[Sentence], name: str, spreads: Mapping[int, str]) -> dict[str, Reading]:
    """The same of an experiment without groups, as far as a row of a table is about it alone."""
    readings: dict[str, list[Reading]] = {}
    pattern = naming(name)
    for sentence in sentences:
        cells = cells_of(sentence.text) if ROW.match(sentence.text) and not group_names.row(sentence.text) else []
        if cells and pattern.fullmatch(f"{cells[0][0]}: {cells[0][1]}") or cells and pattern.fullmatch(cells[0][1]):
            _add(readings, sentence, ages.of_cells(cells, spreads.get(sentence.start, "")))
    return _sure(readings)


def _add(readings: dict[str, list[Reading]], sentence: Sentence, values: Values) -> None:
    """Add what a sentence gives; women follow from the men where their number is not printed."""
    end = sentence.start + len(sentence.text)
    if FEMALE not in values and MEN in values and SIZE in values and float(values[MEN]) <= float(values[SIZE]):
        women, rule = int(values[SIZE]) - int(values[MEN]), f"{values[SIZE]} less {values[MEN]} men"
        readings.setdefault(FEMALE, []).append(Reading(women, rule, sentence.start, end))
    for name, value in values.items():
        if name not in (MEN, SIZE):
            readings.setdefault(name, []).append(Reading(value, "", sentence.start, end))


def _sure(readings: dict[str, list[Reading]]) -> dict[str, Reading]:
    """The readings that do not differ from sentence to sentence, and that fit together."""
    sure = {name: found[0] for name, found in readings.items() if len({reading.value for reading in found}) == 1}
    possible = ages.sensible({name: reading.value for name, reading in sure.items()})
    return {name: reading for name, reading in sure.items() if name in possible}


def _values(sentence: Sentence, mentions: list[_Mention], before: list[_Mention], own: set[str], spread: str) -> Values:
    text = sentence.text
    if is_of_table(text):
        return _in_row(text, own, spread)
    if not _HINT.search(text) or counts.HYPOTHETICAL.search(text) or _WANTED.search(text):
        return {}
    if "respectively" in text:
        general = re.search(r"\b(?:two|both|three|four)\s+groups\b|\bgroups\b", text)
        return _in_order(text, mentions or (before if general else []))
    if not any(mention.is_own for mention in mentions):
        is_continued = not mentions and before and all(mention.is_own for mention in before)
        return ages.of_piece(text[match.end() :], True) if is_continued and (match := _CONTINUED.match(text)) else {}
    beside = [_beside(text, mentions, index) for index in range(len(mentions))]
    clauses = [_clause(text, mentions, index) for index in range(len(mentions))]
    found: Values = {}
    for mention, values, of_clause in zip(mentions, beside, clauses, strict=True):
        theirs = [other for m, other in zip(mentions, clauses, strict=True) if not m.is_own]
        values = {name: v for name, v in of_clause.items() if all(_is_alike(name, other) for other in theirs)} | values
        for name, value in values.items() if mention.is_own else ():
            if found.setdefault(name, value) != value:
                return {}
    return found


def _is_alike(name: str, other: Values) -> bool:
    """Whether the clause about another group gives the same of it, so that each is about its own group."""
    return name in other or name in (AGE_SD, AGE_RANGE) and AGE_MEAN in other


def _beside(text: str, mentions: list[_Mention], index: int) -> Values:
    """What stands in brackets or in a list beside a mention of a group; nothing, if it may be about the mention before
    as well."""
    mention, previous = mentions[index], mentions[index - 1].end if index else 0
    rest = text[mention.end : mentions[index + 1].start if index + 1 < len(mentions) else len(text)]
    bracket = _bracket(rest)
    if _is_joined(text, mentions, index) and not (bracket and _bracket(text[previous:])):
        return {}
    if values := ages.of_piece(bracket):
        return values
    listed = re.match(r"\s*[:=]\s*([^:;)]*)", rest)
    if listed and re.search(r"[(;:,]\s*$", text[: mention.start]):
        return ages.of_piece(listed[1], ages.is_topic(text[: mention.start]))
    earlier = _BEFORE_NAME.search(text, previous, mention.start)
    return ages.of_piece(earlier[1]) if earlier else {}


def _clause(text: str, mentions: list[_Mention], index: int) -> Values:
    """What a clause says behind a mention of a group, as far as it is about this group alone."""
    mention, previous = mentions[index], mentions[index - 1].end if index else 0
    rest = text[mention.end : mentions[index + 1].start if index + 1 < len(mentions) else len(text)]
    bracket = _bracket(rest)
    rest = rest.partition(bracket)[2] if bracket and ages.of_piece(bracket) else rest
    before = text[previous : mention.start]
    if _is_joined(text, mentions, index) or _OF_ALL.search(before) or _OF_ALL.search(rest):
        return {}
    topic = re.search(r"\b(mean\s+|average\s+)?ages?\b[^;.()]*$", before, re.IGNORECASE)
    values = ages.of_piece(rest, bool(topic), bool(topic and topic[1]))
    happened = not {AGE_MEAN, AGE_SD, AGE_RANGE} & set(values) and not _COMPOSED.match(rest)  # to some of it
    return {} if happened else values


def _is_joined(text: str, mentions: list[_Mention], index: int) -> bool:
    """Whether nothing but "and" stands between a mention and the one before."""
    return index > 0 and are_joined(text, mentions[index - 1].end, mentions[index].start)


def _bracket(rest: str) -> str:
    """What stands in brackets right behind a name."""
    match = re.match(r"\s*[”\"’']?\s*[(\[]((?:[^()\[\]]|[(\[][^()\[\]]*[)\]])*)[)\]]", rest)
    return match[1] if match else ""


def _in_order(text: str, mentions: list[_Mention]) -> Values:
    """The ages of a list that is in the order of the names of a sentence."""
    names = list(dict.fromkeys(mention.name for mention in mentions))
    places = [names.index(mention.name) for mention in mentions if mention.is_own]
    for match in _LIST.finditer(text) if places and len(names) > 1 else ():
        items = list(re.finditer(_ITEM, match[0], re.IGNORECASE))
        is_of_age = _BEFORE_LIST.search(text, 0, match.start()) or ages.AGE.search(match[0])
        if len(items) != len(names) or not is_of_age:
            continue
        item = items[places[0]]
        values: Values = {AGE_MEAN: ages.value(item[1])}
        spreads = _SPREADS.search(text, match.end())
        sizes = re.findall(ages.NUM, spreads[1]) if spreads else []
        if size := item[2] or item[3] or (sizes[places[0]] if len(sizes) == len(names) else ""):
            values[AGE_SD] = ages.value(size)
        return ages.sensible(values)
    return {}


def _in_row(text: str, own: set[str], spread: str) -> Values:
    """The values of a row of a table: of the row of a group, or in its column of a row of a characteristic."""
    cells = cells_of(text)
    if any(name_in(cell, own) for _, cell in cells[:3]):
        return ages.of_cells(cells, spread)
    columns = [cell for header, cell in cells[1:] if name_in(header, own)]
    return ages.of_cells([(cells[0][1], columns[0])], spread) if len(columns) == 1 else {}
