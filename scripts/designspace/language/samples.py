"""The samples of people that a paper recruited, as its sentences print them: how many, how many women, and their ages.

Papers say this in the sentence about recruitment, once for all experiments or once for each: "Forty participants (24
females, ages 18–24) were recruited".
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from designspace.language import ages, counts, group_names
from designspace.language.ages import FEMALE, MEN, SIZE, Values
from designspace.language.attribution import Sentence
from designspace.language.characteristics import Reading
from designspace.language.group_names import PERSONS
from designspace.language.mentions import cells_of, is_of_table

_BETWEEN = r"(?:(?!of\b|trials\b|blocks\b|sessions\b)[\w/-]+,?\s+){0,5}"
_MENTION = re.compile(
    rf"(?P<before>{counts.NUMBER})\s+(?:were\s+)?{_BETWEEN}{PERSONS}|{PERSONS}\s*[(\[]\s*n\s*=\s*(?P<behind>{counts.NUMBER})"
    r"(?!\s*(?:/|,?\s*per\b|,?\s+(?:in|for)\s+(?:each|every)\b))",
    re.IGNORECASE,
)
_RECRUITED = re.compile(
    r"\b(?:took part|participated|recruited|tested|enrolled|volunteered|served|completed|were (?:paid|drawn)"
    r"|gave (?:\w+ ){0,3}consent)\b|^Of (?:these|them)\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"\b(?:total(?: sample)? of|in total,?|altogether,?|in all,?)\s+$", re.IGNORECASE)
_OF_GROUP = re.compile(rf"\b{counts.GROUP}\s*[(\[]", re.IGNORECASE)
# What people had to be, those of others, and some of a sample.
_WANTED = re.compile(
    r"\b(?:criteri\w+|eligib\w+|would|had to|must|required|et al|previous stud\w+|earlier stud\w+|data\s?sets?)\b",
    re.IGNORECASE,
)
_FURTHER = re.compile(r"\b(?:also|additional|further|matched)\b", re.IGNORECASE)  # people, besides others
_EACH = re.compile(r"^[^.;(]{0,40}\b(?:per|(?:in|for|to) (?:each|every|both))\b", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\bsee\b[^()]*\)", re.IGNORECASE)
_NEXT = 300  # characters between the sentences about two samples of one experiment


class Sample(NamedTuple):
    """A number of people, or None where it is not printed, what is printed of them, as in `ages`, the sentence, whether
    it says that they were recruited or tested, and whether it calls them a total."""

    size: int | None
    values: Values
    sentence: Sentence
    is_recruited: bool
    is_total: bool

    @property
    def women(self) -> int | None:
        """How many women, as printed, or all less the men; None where they are more than all."""
        women = None
        if FEMALE in self.values:
            women = int(self.values[FEMALE])
        elif MEN in self.values and self.size:
            women = self.size - int(self.values[MEN])
        return women if women is not None and 0 <= women <= (self.size or women) else None

    def reading(self, value: float | str, rule: str = "") -> Reading:
        """A value with the sentence of this sample."""
        return Reading(value, rule, self.sentence.start, self.sentence.start + len(self.sentence.text))


def find(sentences: Iterable[Sentence]) -> list[Sample]:
    """The samples that some sentences about the paper's own participants describe."""
    return [sample for sentence in sentences for sample in _of_sentence(sentence)]


def _of_sentence(sentence: Sentence) -> Iterator[Sample]:
    text = sentence.text
    if is_of_table(text):
        if group_names.row(text):
            yield Sample(None, _ages_of(ages.of_cells(cells_of(text))), sentence, False, False)
        return
    if counts.HYPOTHETICAL.search(_ASIDE.sub("", text)) or _WANTED.search(text):
        return
    is_recruited = bool(_RECRUITED.search(text))
    mentions = list(_MENTION.finditer(text))
    ends = [mention.start() for mention in mentions[1:]] + [len(text)]
    for mention, end in zip(mentions, ends, strict=False):
        behind = text[mention.end() : end]
        if re.search(group_names.EXCLUDED, behind) or mention["before"] and _EACH.search(behind):
            continue
        size = counts.number(mention["behind"] or mention[0])
        is_total = bool(_TOTAL.search(text, 0, mention.start()))
        yield Sample(size, ages.of_piece(behind), sentence, is_recruited, is_total)
    if not mentions and (is_recruited or _OF_GROUP.search(text)) and (values := ages.of_piece(text)):
        is_counted = {FEMALE, MEN} <= set(values) and SIZE not in values
        people = int(values[FEMALE]) + int(values[MEN]) if is_counted else None
        yield Sample(people, values, sentence, is_recruited, False)


def _ages_of(values: Values) -> Values:
    return {name: value for name, value in values.items() if name in (ages.AGE_MEAN, ages.AGE_SD, ages.AGE_RANGE)}


def whole(samples: Iterable[Sample], experiments: Collection[str]) -> list[Sample]:
    """The samples that are together all participants of a paper with these experiments; none where that is not clear.

    They are a total, the largest about no single experiment, or one or several side by side of each experiment."""
    samples = list(samples)
    sized = [sample for sample in samples if sample.size and sample.is_recruited]
    of_experiments = {name: [s for s in sized if s.sentence.experiments == {name}] for name in experiments}
    for sample in sized:
        others = {name: [s for s in own if s is not sample] for name, own in of_experiments.items()}
        is_alone = any(sample in own and len(own) == 1 for own in of_experiments.values())
        enough = max(_largest(sized), sum(map(_largest, others.values())))
        if sample.is_total and not is_alone and (sample.size or 0) >= enough:
            return [sample]
    single = [sample for sample in samples if sample.is_recruited and len(sample.sentence.experiments) != 1]
    if any(sample in sized for sample in single):
        beside = max(([*run] for _, run in groupby(single, lambda s: s.sentence.start)), key=_together)
        rest = [sample for sample in single if sample not in beside]
        is_all = _together(beside) > _largest(rest) and sum(map(_largest, of_experiments.values())) <= _together(beside)
        is_further = len(beside) == 1 and _FURTHER.search(beside[0].sentence.text)
        return beside if is_all and not is_further and not any(sample.values for sample in rest) else []
    parts = [_side_by_side(own) for own in of_experiments.values()]
    return [sample for part in parts for sample in part] if len(parts) > 1 and all(parts) else []


def _largest(samples: Iterable[Sample]) -> int:
    return max((sample.size or 0 for sample in samples), default=0)


def _together(samples: Iterable[Sample]) -> int:
    return sum(sample.size or 0 for sample in samples)


def _side_by_side(samples: list[Sample]) -> list[Sample]:
    """The samples of an experiment, if their sentences stand together; else none."""
    starts = [sample.sentence.start for sample in samples]
    ends = [sample.sentence.start + len(sample.sentence.text) for sample in samples]
    return samples if all(start - end < _NEXT for start, end in zip(starts[1:], ends, strict=False)) else []


def total(parts: list[Sample]) -> Reading | None:
    """How many people some samples are together."""
    if not parts:
        return None
    sizes = [str(sample.size) for sample in parts]
    return parts[0].reading(_together(parts), f"{' + '.join(sizes)} participants" if len(parts) > 1 else "")


def women(parts: list[Sample], samples: Iterable[Sample]) -> Reading | None:
    """How many women all participants are, if some samples are all: their own, or those of others that are as many."""
    others = ([*run] for _, run in groupby(samples, lambda sample: sample.sentence.start))
    for own in [parts, *(run for run in others if _together(run) == _together(parts))] if parts else []:
        numbers = [sample.women for sample in own]
        if all(number is not None for number in numbers):
            value = sum(number for number in numbers if number is not None)
            printed = len(own) == 1 and FEMALE in own[0].values
            one = f"{own[0].size} less {own[0].values.get(MEN)} men" if len(own) == 1 else ""
            rule = "" if printed else one or f"{' + '.join(map(str, numbers))} women"
            return own[0].reading(value, rule)
    return None
