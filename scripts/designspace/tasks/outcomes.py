"""Whose the means are that a model reports: those of the group that their sentence gives them to.

A model finds the means of an outcome better than it says whose they are. Where a sentence gives a reported mean to a
group, and others beside it to other groups, all of them are values of the outcome, each of its group; where it is about
an experiment without groups, a reported mean is that of the experiment.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from designspace.language import cell_means, evidence, group_means, means
from designspace.language.attribution import Sentence
from designspace.language.characteristics import Reading
from designspace.language.evidence import Record
from designspace.language.expressions import on_one_line
from designspace.language.means import Mean
from designspace.language.mentions import any_of, bare_names, is_of_table
from designspace.planning.branches import differing
from designspace.tasks import derived
from designspace.tasks.questions import Candidates
from designspace.tasks.scopes import Scope


class Placed(NamedTuple):
    """A mean, and the sentence or the row of a table that has it."""

    sentence: Sentence
    mean: Mean


class Series(NamedTuple):
    """The means that sentences give to scopes side by side, and the rule that they are known by."""

    means: dict[Scope, Placed]
    rule: str = ""


Claims = dict[str, dict[str, float]]  # the means that are reported for each outcome, with their confidence
Spellings = Mapping[Scope, frozenset[str]]


def series(sentences: Iterable[Sentence], experiments: Iterable[str], spellings: Spellings) -> list[Series]:
    """The means that the sentences of a paper give to its groups, and to its experiments without groups."""
    whole = {name for name in experiments if not any(scope.experiment == name for scope in spellings)}
    found: list[Series] = []
    for is_table, run in groupby(sentences, lambda sentence: is_of_table(sentence.text)):
        block = list(run)
        found += _of_table(block, spellings) if is_table else _of_prose(block, spellings)
        for sentence in block:
            if len(sentence.experiments) == 1 and sentence.experiments <= whole:
                scope = Scope(*sentence.experiments)
                own = [mean for _, mean in cell_means.find(sentence.text)] if is_table else means.find(sentence.text)
                found += [Series({scope: Placed(sentence, mean)}) for mean in own]
    return found


def _of_table(rows: list[Sentence], spellings: Spellings) -> list[Series]:
    columns = group_means.of_table([(row.text, _groups_of(row, spellings)) for row in rows])
    return [Series({scope: Placed(rows[row], mean) for scope, (row, mean) in column.items()}) for column in columns]


def _of_prose(sentences: list[Sentence], spellings: Spellings) -> list[Series]:
    """A sentence that names no group and lists means, behind one that gives means to all groups of its experiment,
    gives as many in the same order."""
    found: list[Series] = []
    order: list[Scope] = []
    about: frozenset[str] = frozenset()
    for sentence in sentences:
        printed = means.find(sentence.text)
        known = _groups_of(sentence, spellings) if printed else {}
        given, rule = group_means.of_sentence(sentence.text, known), ""
        is_alike = len(printed) == len(order) > 1 and sentence.experiments == about
        if is_alike and group_means.are_listed(sentence.text, printed) and not any_of(known).search(sentence.text):
            given, rule = [dict(zip(order, printed, strict=True))], "in the order of the sentence before"
        found += [Series({scope: Placed(sentence, mean) for scope, mean in one.items()}, rule) for one in given]
        everyone = {scope for scope in spellings if not scope.experiment or scope.experiment in sentence.experiments}
        order = list(given[-1]) if given and given[-1].keys() == everyone else []
        about = sentence.experiments
    return found


def _groups_of(sentence: Sentence, spellings: Spellings) -> dict[str, Scope]:
    """The groups that a sentence may name, by their spellings, but for names that groups of several experiments have
    where the sentence may be about each of them."""
    of_name: dict[str, set[Scope]] = {}
    for scope in spellings:
        if not scope.experiment or not sentence.experiments or scope.experiment in sentence.experiments:
            others = [other.group for other in spellings if other.experiment == scope.experiment]
            for name in bare_names({scope.group, *spellings[scope], _distinct(scope.group, others)}):
                of_name.setdefault(name, set()).add(scope)
    return {name: min(scopes) for name, scopes in of_name.items() if len(scopes) == 1}


def _distinct(name: str, names: list[str]) -> str:
    """A name without the words that all names have: "Delayed" of "Delayed endpoint", and none of "Group 1", since there
    may also be a run 1."""
    shared = set.intersection(*(set(other.lower().split()) for other in names)) if len(names) > 1 else set()
    rest = " ".join(word for word in name.split() if word.lower() not in shared)
    return rest if re.search(r"[^\W\d_]{2}", rest) else name


class Given(NamedTuple):
    """A mean of a scope: the outcome that it is a value of, its evidence as characters, its confidence and its rule."""

    outcome: str
    scope: Scope
    value: str
    start: int
    end: int
    confidence: float
    rule: str


def given(record: Record, context: Record, library: list[Record], claims: Claims, found: list[Series]) -> list[Given]:
    """The means of groups and experiments, at most one for each outcome of a scope. A series is of one outcome, and of
    several for the same scope the best evidence counts."""
    outcomes = {parameter["name"]: parameter for parameter in library if parameter["kind"] == "mean"}

    @cache
    def scores(name: str, value: str) -> dict[int, float]:
        """How good each sentence is as evidence for a value, by its start."""
        return {start: score for start, _, score in evidence.rank(record, context, outcomes[name], value)}

    best: dict[tuple[str, Scope], tuple[float, Given]] = {}
    for one in found:
        scored = []
        for name, values in claims.items():
            own = {scope: value for scope, at in one.means.items() for value in values if _is_same(at.mean, value)}
            if own:
                best_score = max(scores(name, own[scope]).get(one.means[scope].sentence.start, 0.0) for scope in own)
                scored.append((best_score, name, max(values[value] for value in own.values()), own))
        if not scored:
            continue
        score, name, confidence, own = max(scored, key=lambda claim: claim[:3])
        for scope, (sentence, mean) in one.means.items():
            value, end = own.get(scope, on_one_line(mean.text)), sentence.start + len(sentence.text)
            candidate = score, Given(name, scope, value, sentence.start, end, confidence, one.rule)
            best[name, scope] = max(best.get((name, scope), candidate), candidate, key=itemgetter(0))
    return [mean for _, mean in best.values()]


def _is_same(mean: Mean, value: str) -> bool:
    """Whether a value is this mean, perhaps printed elsewhere with its unit."""
    other = means.parse(value)
    same = other and (other.mean, other.size, other.interval) == (mean.mean, mean.size, mean.interval)
    return bool(other and same and (other.unit == mean.unit or "" in (other.unit, mean.unit)))


def claims(of_paper: list[Candidates], of_scopes: Collection[Mapping[str, Candidates]], threshold: float) -> Claims:
    """The means that the answers about a paper, and about its experiments and groups, report for each outcome that is
    asked for groups."""
    claimed: Claims = {}
    for candidates in of_paper:
        name = candidates.parameter["name"]
        if candidates.parameter["kind"] == "mean" and differing([candidates.parameter], "group"):
            joined = candidates.joined(scoped[name] for scoped in of_scopes if name in scoped)
            claimed[name] = {str(value): joined.values[value] for value in joined.reported(threshold)}
    return claimed


def place(record: Record, made: list[Record], outcome: str, found: list[Given]) -> list[Record]:
    """The rows of an outcome, with the means that sentences give to groups in place of the model's for the same groups.
    A mean that was given to a group stands with no other group or experiment, and with no other outcome; it may also
    be a value of the whole paper."""
    own = {mean.scope: mean for mean in found if mean.outcome == outcome}
    values = {mean.value for mean in own.values()}
    others = {mean.value for mean in found} - values
    whole = [row for row in made if not any(derived.scope_of(row)) and row["value"] not in others]
    parts = [row for row in made if any(derived.scope_of(row)) and row["value"] not in values | others]
    made = [*whole, *derived.candidates(made, whole), *parts]
    readings = {scope: Reading(mean.value, mean.rule, mean.start, mean.end) for scope, mean in own.items()}
    return derived.replace(record, made, {scope: (readings[scope], own[scope].confidence) for scope in own})
