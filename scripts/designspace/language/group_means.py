"""The means that a sentence gives to groups of participants, as far as rules can read them: "19.6 ± 1.2° in the Early
and 8.8 ± 1.0° in the Late group", "the young compensated for 17.2 ± 0.6° and the old for 9.8 ± 1.2°", "25.8 ± 0.7°
(Young)", "3.1 ± 0.2 and 4.0 ± 0.3 for A and B, respectively", and the cells of a table.

A mean of a wrong group is worse than one of no group: none is read where it may be that of several groups, or of what
differs between them.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

from designspace.language import cell_means, means
from designspace.language.means import Mean
from designspace.language.mentions import any_of, are_joined, cells_of, name_in, spelling

Group = TypeVar("Group")
Series = dict[Group, Mean]

_FAR = 160  # characters between a group and its mean, and between two means that are compared
_INTO_NAME = re.compile(
    r"\s*\(\s*(?:the\s+)?[“\"‘']?|\s+(?:for|in|of|by|among)\s+(?:(?:the|our)\s+)?[“\"‘']?", re.IGNORECASE
)
_LABEL = re.compile(r"\s*[:=]")  # behind a name whose mean follows
_BESIDE = re.compile(r"[”\"’']?\s*[:=(]\s*")  # between a name and its mean
# Words of what is not the mean of one whole group; and the end of a bracket in which the name stands.
_OF_OTHERS = re.compile(
    r"\b(?:differ\w*|than|both|all|overall|together|combined|pooled|across|collapsed|without|who|whose"
    r"|matched|with(?! an? (?:mean|average)| means?))\b|^[^(]*\)",
    re.IGNORECASE,
)
_OF_ALL = re.compile(r"[^.;]*?\b(?:both|all|each|than|more|less)\b", re.IGNORECASE)
_NEXT_PART = re.compile(r"\b(?:and|or|vs\.?|versus|while|whereas|but)\s*$")  # of a sentence begins with the mean
_VERSUS = re.compile(r"[^().;]*?\b(?:vs|versus)\b")  # behind one of two means in the same bracket
_NEAR = 30  # characters behind a mean that may say that it is of several groups
# What leads from a mean to the next of a series.
_ONWARD = re.compile(r"[,;]|\b(?:and|vs|versus|while|whereas|but|or|than|compared)\b", re.IGNORECASE)


class _Name(NamedTuple):
    start: int
    end: int
    spelling: str


def of_sentence(text: str, groups: Mapping[str, Group]) -> list[Series[Group]]:
    """The means that a sentence gives to groups; those that stand side by side, and so are of the same thing, are one
    series. `groups` has each group by its spellings, as `bare_names` has them."""
    found = means.find(text) if groups else []
    if not found:
        return []
    names = [_Name(match.start(), match.end(), spelling(match, groups)) for match in any_of(groups).finditer(text)]
    names = [name for name in names if name.spelling in groups]  # not so where a capital has several small letters
    if re.search(r"\brespectively\b", text):
        ordered = dict.fromkeys(groups[name.spelling] for name in names)
        return [dict(zip(ordered, found, strict=True))] if len(ordered) == len(found) > 1 else []
    given: list[Series[Group]] = []
    last: Mean | None = None
    for mean, name in zip(found, _names_of(text, found, names), strict=True):
        group = groups[name.spelling] if name else None
        if group is None:
            last = None
        elif last and group not in given[-1] and _goes_on(text, last, mean):
            given[-1][group] = last = mean
        else:
            given.append({group: mean})
            last = mean
    return given


def _names_of(text: str, found: list[Mean], names: list[_Name]) -> list[_Name | None]:
    """The name of the group that each mean is given to: the one right behind it, or else the only one before it."""
    ends = [_end(mean) for mean in found]
    given: list[_Name | None] = []
    used: _Name | None = None
    for index, mean in enumerate(found):
        behind = found[index + 1].start if index + 1 < len(found) else len(text)
        following = [name for name in names if ends[index] <= name.start < behind]
        before = [name for name in names if (ends[index - 1] if index else 0) <= name.start < mean.start]
        before = [name for name in before if name != used]
        used = None
        if following and _is_given_behind(text, ends[index], following):
            used = following[0]
            is_joined = len(following) > 1 and are_joined(text, used.end, following[1].start)
            given.append(None if is_joined else used)
        elif before and _is_given_before(text, before, mean):
            given.append(before[-1])
        else:
            given.append(None)
    return given


def _is_given_behind(text: str, end: int, following: list[_Name]) -> bool:
    """Whether a mean that ends there is given to the name that follows: "8.8 ± 1.0° in the Late group"."""
    return bool(_INTO_NAME.fullmatch(text, end, following[0].start)) and not _LABEL.match(text, following[0].end)


def _is_given_before(text: str, names: list[_Name], mean: Mean) -> bool:
    """Whether a mean is given to the last of the names before it: "the Late group compensated for 8.8 ± 1.0°"."""
    name, between = names[-1], text[names[-1].end : mean.start]
    if _BESIDE.fullmatch(between):
        is_joined = len(names) > 1 and are_joined(text, names[-2].end, name.start)
        return not is_joined and not _VERSUS.match(text, _end(mean))
    if len({other.spelling for other in names}) > 1 or len(between) >= _FAR or ";" in between:
        return False
    rest = text[_end(mean) : _end(mean) + _NEAR]
    return not _OF_OTHERS.search(between) and not _NEXT_PART.search(between) and not _OF_ALL.match(rest)


def _goes_on(text: str, one: Mean, other: Mean) -> bool:
    """Whether a mean is of the same thing as the one before it."""
    between = text[_end(one) : other.start]
    return one.unit == other.unit and len(between) < _FAR and bool(_ONWARD.search(between))


def are_listed(text: str, found: Sequence[Mean]) -> bool:
    """Whether nothing but "and" stands between means."""
    return all(are_joined(text, _end(one), other.start) for one, other in pairwise(found))


def _end(mean: Mean) -> int:
    return mean.start + len(mean.text)


def of_table(rows: Sequence[tuple[str, Mapping[str, Group]]]) -> list[dict[Group, tuple[int, Mean]]]:
    """The means that the rows of a table give to groups, each with the index of its row: those of a column are a series
    where a row is about a group, and those of a row where its columns are. Each row has the groups that it may name, as
    in `of_sentence`."""
    columns: dict[str, dict[Group, tuple[int, Mean]]] = {}
    across: list[dict[Group, tuple[int, Mean]]] = []
    for index, (text, groups) in enumerate(rows):
        cells = cells_of(text)
        found = cell_means.find(text)
        if name := next((name for _, cell in cells[:3] if (name := name_in(cell, groups))), ""):
            for header, mean in found:
                columns.setdefault(header, {}).setdefault(groups[name], (index, mean))
        else:
            own = [(groups[name], mean) for header, mean in found if (name := name_in(header, groups))]
            across += [{group: (index, mean) for group, mean in own}] if len(dict(own)) == len(own) > 0 else []
    return [*columns.values(), *across]
