"""What the program reads or computes itself: the participants of groups and experiments, and the ages of groups.

An entry of the library with `participants` or `characteristic` requests them. What the program finds replaces the
model's answer, with its sentence and, if it is not printed, the rule that it follows from.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from designspace.language import attribution, characteristics, evidence, participants, quantities, samples, table_rows
from designspace.language.ages import FEMALE
from designspace.language.attribution import Sentence
from designspace.language.characteristics import Reading
from designspace.language.context import kept_text
from designspace.language.counts import Count
from designspace.language.evidence import Record, Value
from designspace.language.group_names import content
from designspace.language.groups import NUMBERS
from designspace.planning.branches import per
from designspace.tasks.scopes import Scope

_SURE = 0.9  # confidence in what a sentence about recruitment says; a rough estimate from papers that were read by eye
_GENERAL = {"front", "abstract", "introduction", "discussion", "references", "back"}  # sections about all experiments
Counts = dict[Scope, tuple[Count | Reading, float]]  # with the confidence that there is such a group
Sampled = dict[Scope, list[Reading]]


def sentences(record: Record, context: Record, experiments: Iterable[str]) -> list[Sentence]:
    """What the model read of a paper, sentence by sentence, and which experiments each is about."""
    sections = [section for section in context["sections"] if section["kept"]]
    spans = [(start, end) for section in sections for start, end in section["kept"]]
    # What an abstract, an introduction or a discussion named last is not what the next part is about.
    general = {
        section["kept"][0][0]
        for before, section in pairwise(sections)
        if before["kind"] != section["kind"] and before["kind"] in _GENERAL
    }
    return table_rows.attribute(attribution.read(record["text"], spans, experiments, general))


def counts(
    sentences: list[Sentence],
    library: list[Record],
    experiments: Mapping[str, float],
    groups: Mapping[Scope, float],
    spellings: Mapping[Scope, frozenset[str]],
) -> dict[str, Counts]:
    """The numbers of participants of each scope without parts, by the name of the parameter that they are values of."""
    counted = {parameter["participants"]: parameter["name"] for parameter in library if "participants" in parameter}
    if not counted:
        return {}
    of_parameters: dict[str, Counts] = {name: {} for name in counted.values()}
    for experiment, confidence in (experiments or {"": 1.0}).items():
        own = [sentence for sentence in sentences if not experiment or experiment in sentence.experiments]
        general = [sentence for sentence in sentences if experiment and not sentence.experiments]
        names = [scope for scope in groups if scope.experiment == experiment]
        parts = {
            scope: participants.of_group(
                _about(scope, own, sentences, groups), own, general, spellings[scope], len(names)
            )
            for scope in names
        }
        parts = parts or {Scope(experiment): participants.of_experiment(own, experiment)}
        for scope, of_scope in parts.items():
            for role, count in of_scope.items():
                if role in counted:
                    of_parameters[counted[role]][scope] = count, groups.get(scope, confidence)
    return of_parameters


def described(
    sentences: list[Sentence],
    library: list[Record],
    experiments: Mapping[str, float],
    groups: Mapping[Scope, float],
    spellings: Mapping[Scope, frozenset[str]],
    counts: Collection[Counts],
    total: Collection[Value],
) -> dict[str, Counts]:
    """The characteristics of each scope without parts, by the name of the parameter that they are values of.
    `sentences` are those about the paper's own participants, `counts` their numbers; a scope has no more women. The
    whole paper has the women of its parts, if they are all of its participants, whose number is the only one of
    `total`."""
    parameters = {entry["characteristic"]: entry for entry in library if "characteristic" in entry}
    if not parameters:
        return {}
    of_parameters: dict[str, Counts] = {entry["name"]: {} for entry in parameters.values()}
    spreads = characteristics.stated(sentences)
    whole = {Scope(name): experiments[name] for name in experiments if not any(s.experiment == name for s in groups)}
    parts = {**whole, **groups}
    for scope, confidence in parts.items():
        own = [sentence for sentence in sentences if scope.experiment in sentence.experiments]
        if scope.group:
            general = [sentence for sentence in sentences if not sentence.experiments and _is_unlike(scope, groups)]
            others = {name for other in groups for name in spellings[other] if other.group != scope.group}
            about = sorted({*own, *general}, key=lambda sentence: sentence.start)
            found = characteristics.of_group(about, spellings[scope], others - spellings[scope], spreads)
        else:
            found = characteristics.of_experiment(own, scope.experiment, spreads)
        sizes = [int(of_scope[scope][0].value) for of_scope in counts if scope in of_scope]
        for role, reading in found.items():
            is_possible = role != FEMALE or all(float(reading.value) <= size for size in sizes)
            if role in parameters and is_possible and _is_asked(parameters[role], scope):
                of_parameters[parameters[role]["name"]][scope] = reading, confidence
    if FEMALE in parameters:
        women = of_parameters[parameters[FEMALE]["name"]]
        women |= _together(women, list(parts), counts, total)
    return of_parameters


def _together(women: Counts, parts: list[Scope], counts: Iterable[Counts], total: Collection[Value]) -> Counts:
    """The women of the whole paper, if their number in each part is known and the parts are all participants."""
    known = [of_scope for of_scope in counts if all(part in of_scope for part in parts)]
    is_all = any({sum(int(of_scope[part][0].value) for part in parts)} == set(total) for of_scope in known)
    if len(parts) < 2 or not is_all or not all(part in women for part in parts):
        return {}
    numbers, (first, _) = [int(women[part][0].value) for part in parts], women[parts[0]]
    rule = f"{' + '.join(map(str, numbers))} women of its groups and experiments"
    return {Scope(): (first._replace(value=sum(numbers), rule=rule), min(women[part][1] for part in parts))}


def sampled(sentences: list[Sentence], library: list[Record], experiments: Collection[str]) -> dict[str, Sampled]:
    """What the sentences about recruitment, of those about the paper's own participants, say of the whole paper and of
    its experiments, by the name of the parameter: the total and the women of all, if it is clear who they are, and all
    ages; of an experiment, what a single sentence about it says."""
    found = samples.find(sentences)
    everyone = samples.whole(found, experiments)
    of_parameters: dict[str, Sampled] = {}
    for entry in library:
        role = str(entry.get("characteristic") or entry.get("participants"))
        if role == "total":
            of_paper = [samples.total(everyone)]
        elif role == FEMALE:
            of_paper = [samples.women(everyone, found)]
        else:
            of_paper = [sample.reading(sample.values[role]) for sample in found if role in sample.values]
        scopes = {Scope(): [reading for reading in of_paper if reading]}
        for experiment in experiments if "characteristic" in entry and per(entry) != "paper" else ():
            own = [s for s in found if s.sentence.experiments == {experiment} and role in s.values and not s.is_total]
            scopes[Scope(experiment)] = [sample.reading(sample.values[role]) for sample in own if len(own) == 1]
        several = entry.get("multiple")
        of_parameters[entry["name"]] = {
            scope: readings
            for scope, readings in scopes.items()
            if readings and (several or len({reading.value for reading in readings}) == 1)
        }
    return of_parameters


def numbered(record: Record, context: Record, library: list[Record], experiments: Collection[str]) -> dict[str, Counts]:
    """How many experiments a paper has by their numbers, by the name of the parameter. Parts of one, such as
    Experiments 2a and 2b, are one experiment."""
    names = [name for name in experiments if re.match(r"(?:experiment|study|exp\.?)\s\d", name, re.IGNORECASE)]
    number = len({re.sub(r"(?<=\d)[a-hA-H]$", "", name) for name in names})
    of_parameters: dict[str, Counts] = {}
    for entry in library if number > 1 else ():
        if "counts" in entry:
            stated = _counted(number)
            near = stated if stated.search(kept_text(record, context)) else attribution.naming(names[-1])
            best = evidence.nearly_best(record, context, entry, number, near)
            start, end = min((span for span in best if stated.search(record["text"], *span)), default=best[0])
            reading = Reading(number, "the experiments that the paper numbers", start, end)
            of_parameters[entry["name"]] = {Scope(): (reading, _SURE)}
    return of_parameters


def _counted(number: int) -> re.Pattern[str]:
    """The pattern of so many experiments of the paper's own: "in a series of five experiments"."""
    word = NUMBERS[number - 2] if number <= len(NUMBERS) + 1 else number
    described = r"(?:(?!(?:previous|earlier|prior|recent|other|past|published|independent)\b)[\w-]+\s){0,2}"
    return re.compile(rf"(?<![\w.-])(?:{number}|{word})\s{described}(?:experiments|studies)\b", re.IGNORECASE)


def named(library: list[Record], groups: Iterable[Record]) -> dict[str, Counts]:
    """The numbers that are names of groups, such as "15°", as values of the only number per group that has such a unit,
    by the name of the parameter. `groups` are the groups as the record has them."""
    numbers = [entry for entry in library if entry["kind"] == "number" and per(entry) == "group"]
    numbers = [entry for entry in numbers if "characteristic" not in entry]
    of_parameters: dict[str, Counts] = {}
    for group in groups:
        found = [one for one in quantities.find(group["name"]) if one.unit]  # "two-target 45°"
        fitting = [
            (entry["name"], value)
            for entry in numbers
            for one in found[:1]
            if (value := quantities.convert(one.number, one.unit, entry.get("unit", ""))) is not None
        ]
        if len(found) == len(fitting) == 1:
            ((name, value),) = fitting
            reading = Reading(float(f"{value:.12g}"), "the name of the group", group["start"], group["end"])
            scope = Scope(group["experiment"], group["name"])
            of_parameters.setdefault(name, {})[scope] = reading, group["confidence"]
    return of_parameters


def add(record: Record, made: list[Record], readings: Mapping[Scope, list[Reading]]) -> list[Record]:
    """The rows of a parameter with what sentences about recruitment say in place of the model's answers for the same
    scopes, but not in place of what the program knows of them already."""
    known = {scope_of(row) for row in made if "rule" in row}
    for scope, own in readings.items():
        if scope in known:
            continue
        of_value = {reading.value: _row(record, made[0], scope, reading, _SURE) for reading in reversed(own)}
        rows = list(of_value.values())[::-1]
        kept = [row for row in made if scope_of(row) != scope]
        made = [*kept, *rows] if any(scope) else [*rows, *candidates(made, rows), *kept]
    return made


def _is_asked(parameter: Record, scope: Scope) -> bool:
    """Whether a parameter may differ between scopes of this level."""
    return per(parameter) == "group" if scope.group else per(parameter) != "paper"


def _is_unlike(scope: Scope, groups: Iterable[Scope]) -> bool:
    """Whether no other experiment has a group of that name, or of a part of it."""
    words = content(scope.group)
    others = [content(other.group) for other in groups if other.experiment != scope.experiment]
    return not any(words <= other or other <= words for other in others)


def _about(
    scope: Scope, own: list[Sentence], everything: list[Sentence], groups: Mapping[Scope, float]
) -> list[Sentence]:
    """The sentences that may name a group: those about its experiment, and, if no other group has this name, those that
    are not about another experiment with groups of its own."""
    if any(other.group == scope.group and other != scope for other in groups):
        return own
    others = {other.experiment for other in groups} - {scope.experiment}
    return [
        *own,
        *(sentence for sentence in everything if not (sentence.experiments and sentence.experiments <= others)),
    ]


def replace(record: Record, made: list[Record], counts: Counts) -> list[Record]:
    """The rows of a parameter with the program's numbers in place of the model's for the same scopes."""
    for scope, (count, confidence) in counts.items():
        row = _row(record, made[0], scope, count, confidence)
        kept = [other for other in made if scope_of(other) != scope]
        made = [*kept, row] if any(scope) else [row, *candidates(made, [row]), *kept]
    return made


def _row(record: Record, head: Record, scope: Scope, read: Count | Reading, confidence: float) -> Record:
    """A row like another one of the parameter, with what the program read for a scope."""
    row = head | scope.names()
    row |= {"value": read.value, "status": "reported", "reason": "", "reasoning": "", "rule": read.rule}
    return row | {"confidence": confidence * read.probability} | evidence.at(record, read.start, read.end)


def gather(made: list[Record]) -> list[Record]:
    """The rows of a number of participants of each group: the whole paper has the numbers of its groups, and of
    experiments without groups, in place of the model's answer for all of them together."""
    grouped = {row["experiment"] for row in made if row.get("group") and "experiment" in row}
    parts = [row for row in made if any(scope_of(row)) and row["status"] == "reported"]
    leaves = [row for row in parts if row.get("group") or row["experiment"] not in grouped]
    of_value: dict[int, Record] = {}
    for row in sorted(leaves, key=lambda row: -row["confidence"]):
        of_value.setdefault(row["value"], {key: row[key] for key in row if key not in Scope._fields})
    if not of_value:
        return made
    whole = list(of_value.values())
    return [*whole, *candidates(made, whole), *(row for row in made if any(scope_of(row)))]


def join(made: list[Record]) -> list[Record]:
    """The rows of a characteristic or an outcome that may have several values: those that the program read for groups
    are values of the whole paper, too."""
    whole = {row["value"]: row for row in made if not any(scope_of(row)) and row["status"] == "reported"}
    for row in made:
        if "rule" in row:
            whole.setdefault(row["value"], {key: row[key] for key in row if key not in Scope._fields})
    if not whole:
        return made
    rows = list(whole.values())
    return [*rows, *candidates(made, rows), *(row for row in made if any(scope_of(row)))]


def candidates(made: list[Record], reported: list[Record]) -> list[Record]:
    """The model's answers for the whole paper that were replaced, without evidence."""
    values = [None, *(row["value"] for row in reported)]
    empty: Record = {"status": "not_reported", "evidence": None, "page": None, "start": None, "end": None, "boxes": []}
    return [row | empty for row in made if not any(scope_of(row)) and row["value"] not in values]


def scope_of(row: Record) -> Scope:
    """The scope of a row of a record."""
    return Scope(row.get("experiment", ""), row.get("group", ""))


def same_samples(sentences: list[Sentence]) -> dict[str, str]:
    """The experiments whose participants took part in another one already: {experiment: the other}."""
    samples = participants.same_samples(sentences)
    return {experiment: other for experiment, (other, _) in samples.items()}
