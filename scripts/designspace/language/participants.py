"""How many participants a group has, as far as rules can read it: printed beside its name, or derived from a sentence.

Papers seldom print the number of every group. More often it follows: from a number that holds for each group, from an
equal division of all participants, from those recruited and those excluded, or from the degrees of freedom of a t test
of one group.
"""

import re
from collections.abc import Iterable

from designspace.language import counts, group_names
from designspace.language.attribution import Sentence, naming
from designspace.language.counts import NUMBER, Count, first
from designspace.language.group_names import EXCLUDED, PEOPLE

ANALYSED, RECRUITED = "analysed", "recruited"

_AFTERWARDS = re.compile(r"\banaly[sz]ed\b|\bremain(?:ed|ing)\b|\bfinal\b", re.IGNORECASE)  # when some were excluded
_SAME = re.compile(
    rf"\bsame\s+(?:{NUMBER}\s+)?(?:(?:healthy|young|older|adult|human|right-handed)\s+){{0,3}}{PEOPLE}"
    rf"|{PEOPLE}\s+(?:also\s+)?(?:took part|participated) in both\b"
    rf"|{PEOPLE}\s+who\s+(?:had\s+)?(?:already\s+)?(?:took|taken) part in\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:no|none|nobody|not|never|neither|excluded)\b", re.IGNORECASE)
# Some of those whom the sentence counts, behind their number; not those who took part "after some were excluded".
_SOME_EXCLUDED = re.compile(
    rf"(?:although|but|of (?:whom|which|these)|however)\s+(?:data\s+(?:of|from)\s+)?({NUMBER})"
    rf"(?:\s+(?:participants?|subjects?|volunteers?|people|person|adults?))?\s+(?:was|were|had to be)\s+{EXCLUDED}",
    re.IGNORECASE,
)
# Those of whom a sentence counts that are left: "30 adults were recruited (29 valid)".
_SOME_KEPT = re.compile(
    rf"(?:[(,;]\s*|\bof (?:whom|which|these),?\s+)(?:data (?:of|from)\s+)?({NUMBER})\s+"
    rf"(?:(?:[\w-]+\s+){{0,2}}{PEOPLE}\s+)?(?:(?:was|were)\s+)?(?:valid|included|retained|analy[sz]ed|remained)\b",
    re.IGNORECASE,
)


def of_group(
    own: list[Sentence], shared: list[Sentence], general: list[Sentence], names: Iterable[str], groups: int
) -> dict[str, Count]:
    """The participants of a group: {ANALYSED: count, RECRUITED: count}, as far as they can be read.

    `names` are its spellings, `own` the sentences that may name it, `shared` those about all `groups` of its
    experiment, `general` those about no experiment, which may be about each.
    """
    pattern = "|".join(naming(counts.core(name)).pattern for name in names)
    in_tables = [sentence for sentence in own if group_names.row(sentence.text)]  # which give those analysed, mostly
    printed = first([*in_tables, *own], lambda sentence: counts.printed(sentence, pattern))
    each = (
        first(shared, counts.each)
        or counts.division(shared, groups)
        or first(general, counts.each)
        or counts.division(general, groups)
        or counts.division(shared, groups, equal=False)
    )
    is_first = printed and each and each.start < printed.start and each.probability == printed.probability
    whole = each if printed and each and is_first and each.value == printed.value else printed or each
    is_final = bool(whole and _AFTERWARDS.search(_read_in((*own, *shared, *general), whole)))
    if excluded := counts.exclusion(own, pattern, whole, is_final):
        return {ANALYSED: excluded[0], RECRUITED: excluded[1]}
    degrees = counts.degrees(own, pattern)
    if degrees and whole and degrees.value == whole.value:
        return {ANALYSED: whole._replace(probability=1.0)}  # no estimate any more
    if degrees and (whole is None or degrees.value < whole.value):
        return {ANALYSED: degrees} | ({RECRUITED: whole} if whole else {})
    return {ANALYSED: whole} if whole else {}


def of_experiment(own: list[Sentence], name: str) -> dict[str, Count]:
    """The participants of an experiment, or of the only one of a paper, whose name is "", as `of_group` has those of a
    group, if their number is printed in the sentences about it."""
    printed = (
        count
        for sentence in (own if name else [])
        for count in counts.printed(sentence, naming(name).pattern)
        if not counts.is_of_each(sentence, count.value)
    )
    count = next(printed, None) or counts.took_part(own)
    kept = _SOME_KEPT.search(_read_in(own, count))
    if count and kept and counts.number(kept[1]) <= count.value:
        return {ANALYSED: count._replace(value=counts.number(kept[1])), RECRUITED: count}
    less = _SOME_EXCLUDED.search(_read_in(own, count))
    if count and less and counts.number(less[1]) < count.value:
        rule = f"{count.value} recruited less {counts.number(less[1])} excluded"
        return {ANALYSED: count._replace(value=count.value - counts.number(less[1]), rule=rule), RECRUITED: count}
    return {ANALYSED: count} if count else {}


def same_samples(sentences: list[Sentence]) -> dict[str, tuple[str, Sentence]]:
    """The experiments whose participants took part in another one already: {experiment: (the other, sentence)}."""
    samples: dict[str, tuple[str, Sentence]] = {}
    before: frozenset[str] = frozenset()
    current: frozenset[str] = frozenset()
    for sentence in sentences:
        if sentence.experiments != current:
            before, current = current, sentence.experiments
        several = len(current) > 1
        pair = current if several else current | before
        is_denied = _NOT.search(sentence.text) or counts.HYPOTHETICAL.search(sentence.text)
        is_same = _SAME.search(sentence.text) and not is_denied
        if len(pair) == 2 and is_same and (sentence.is_naming or not several):
            first, second = sorted(pair)
            samples.setdefault(second, (first, sentence))
    return samples


def _read_in(sentences: Iterable[Sentence], count: Count | None) -> str:
    """The sentence in which a number was read; empty where there is none."""
    return next((sentence.text for sentence in sentences if count and sentence.start == count.start), "")
