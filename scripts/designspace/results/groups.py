"""Experiments and groups as rows: which a paper has, and what holds for each of them.

A value that a group does not have of its own is its experiment's, and one that the experiment does not have its
paper's. parameters.csv has what differs at each level; groups.csv has all that holds for a group, and where it comes
from.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from designspace.core.contracts import Answers
from designspace.language.matching import spelled
from designspace.results import tables
from designspace.results.columns import fill
from designspace.results.marks import Cells, Parameter
from designspace.results.rows import ExtractionRow, GroupRow

Cell = tuple[str, str, str, str]  # paper, experiment, group, parameter


def experiments_of(record: Answers, corrected: Cells) -> list[dict[str, Any]]:
    """The experiments of a paper: the record's, then those that only its values or corrections name, each in the
    spelling that comes first."""
    only_named = [value.get("experiment", "") for value in record.get("values", [])]
    only_named += [mark.experiment for own in corrected.values() for mark in own.decisions()]
    experiments: dict[str, dict[str, Any]] = {}
    for experiment in map(dict[str, Any], record.get("experiments", [])):
        experiments.setdefault(spelled(experiment["name"]), experiment)
    for name in filter(None, only_named):
        experiments.setdefault(spelled(name), {"name": name})
    return list(experiments.values())


def groups_of(record: Answers, corrected: Cells, experiment: str) -> list[dict[str, Any]]:
    """The groups of an experiment, as `experiments_of` has the experiments of a paper."""
    groups: dict[str, dict[str, Any]] = {}
    for group in map(dict[str, Any], record.get("groups", [])):
        if spelled(group["experiment"]) == spelled(experiment):
            groups.setdefault(spelled(group["name"]), group)
    named = [(value.get("experiment", ""), value.get("group", "")) for value in record.get("values", [])]
    named += [(mark.experiment, mark.group) for own in corrected.values() for mark in own.decisions()]
    for of, name in named:
        if name and spelled(of) == spelled(experiment):
            groups.setdefault(spelled(name), {"name": name})
    return list(groups.values())


def scopes_of(record: Answers, corrected: Cells) -> Iterator[tuple[str, str]]:
    """(experiment, group) of each experiment of a paper, whose group is "", and of each of its groups."""
    for experiment in [{"name": ""}, *experiments_of(record, corrected)]:
        if name := experiment["name"]:
            yield name, ""
        for group in groups_of(record, corrected, name):
            yield name, group["name"]


def rows_of(record: Answers, corrected: Cells) -> list[GroupRow]:
    """A row for each group of a paper, and one for an experiment, or a paper with one, that has no groups."""
    rows = []
    for experiment in experiments_of(record, corrected) or [{"name": ""}]:
        for group in groups_of(record, corrected, experiment["name"]) or [{**experiment, "name": ""}]:
            place = {"paper": record["paper"], "experiment": experiment["name"], "group": group["name"]}
            rows.append(fill(GroupRow, place, group, same_sample=_same_sample(record, experiment, group["name"])))
    return rows


def _same_sample(record: Answers, experiment: dict[str, Any], group: str) -> str:
    """The experiment whose participants are those of this one, if it has a group of that name or neither has groups."""
    other: str = experiment.get("same_sample", "")
    names = [spelled(found["name"]) for found in groups_of(record, {}, other)] if other else []
    return other if not group and not names or spelled(group) in names else ""


def values_of(extractions: Iterable[ExtractionRow]) -> dict[Cell, str]:
    """The values that are reported for a cell, joined by "; "."""
    values: dict[Cell, list[str]] = defaultdict(list)
    for row in extractions:
        if row["status"] == "reported":
            values[row["paper"], row["experiment"], row["group"], row["parameter"]].append(row["value"])
    return {cell: "; ".join(several) for cell, several in values.items()}


def parameter_frame(
    extractions: list[ExtractionRow], groups: list[GroupRow], cited: dict[str, str], parameters: dict[str, Parameter]
) -> pd.DataFrame:
    """A row for each paper of {paper: citation}, with its experiments' rows behind it, each before its groups', and a
    column for each parameter; several values are joined by "; ".

    A cell is empty where nothing was reported, for whatever reason: extractions.csv tells not_reported from failed,
    papers.csv tells which papers were read. In the row of an experiment or a group, it means that the value of the row
    above it holds.
    """
    cells = values_of(extractions)
    scopes: dict[str, dict[tuple[str, str], None]] = {paper: {("", ""): None} for paper in cited}
    for row in groups:
        scopes[row["paper"]] |= {(row["experiment"], ""): None, (row["experiment"], row["group"]): None}
    rows = [
        (cited[paper], paper, *scope, *(cells.get((paper, *scope, name), "") for name in parameters))
        for paper in cited
        for scope in scopes[paper]
    ]
    return pd.DataFrame(rows, columns=[*tables.TABLES["parameters"], *parameters], dtype=object)


def group_frame(
    extractions: list[ExtractionRow], groups: list[GroupRow], parameters: dict[str, Parameter]
) -> pd.DataFrame:
    """The rows of groups with two columns for each parameter: the value that holds for the group, and where it comes
    from: group, experiment or paper, and behind a colon the rule that it follows from."""
    cells = values_of(extractions)
    rules = {(row["paper"], row["experiment"], row["group"], row["parameter"]): row["rule"] for row in extractions}
    warnings = _warnings(groups, cells, parameters)
    frame = tables.frame_of(
        GroupRow, [{**row, "warning": warnings.get((row["paper"], row["experiment"]), "")} for row in groups]
    )
    pairs = [[text for name in parameters for text in _source(cells, rules, row, name)] for row in groups]
    columns = [column for name in parameters for column in (name, name + tables.SOURCE)]
    return pd.concat([frame, pd.DataFrame(pairs, columns=columns, dtype=object)], axis=1)


def holds(cells: Mapping[Cell, str], row: GroupRow, name: str) -> tuple[str, str, Cell]:
    """(value, level that it comes from, its cell) of a parameter for a group."""
    scopes = {"group": (row["experiment"], row["group"]), "experiment": (row["experiment"], ""), "paper": ("", "")}
    for level, scope in scopes.items():
        cell = (row["paper"], *scope, name)
        if cell in cells and row.get(level):  # a row without a group begins with its experiment
            return cells[cell], level, cell
    return "", "", (row["paper"], "", "", name)


def counted(library: Mapping[str, Parameter]) -> str:
    """The parameter that counts the analysed participants of a group, "" where the library has none."""
    return next((name for name, entry in library.items() if entry.get("participants") == "analysed"), "")


def participants(cells: Mapping[Cell, str], row: GroupRow, counted: str) -> int | None:
    """How many participants a row of groups.csv has: its own, or without groups the experiment's or the paper's."""
    n = cells.get((row["paper"], row["experiment"], row["group"], counted), "")
    if not n and not row["group"]:
        n = cells.get((row["paper"], "", "", counted), "")
    return int(n) if n.isdecimal() else None


def _source(cells: dict[Cell, str], rules: dict[Cell, str], row: GroupRow, name: str) -> tuple[str, str]:
    """(value, where it comes from) of a parameter for a group."""
    value, level, cell = holds(cells, row, name)
    return value, f"{level}: {rules[cell]}" if rules.get(cell) else level


def _warnings(
    groups: list[GroupRow], cells: dict[Cell, str], parameters: dict[str, Parameter]
) -> dict[tuple[str, str], str]:
    """{(paper, experiment): sentence}, where the participants of the groups do not sum to the paper's total, or those
    of an experiment's groups to the experiment's number."""
    names = {parameter["participants"]: name for name, parameter in parameters.items() if "participants" in parameter}
    recruited = [names[role] for role in ("recruited", "analysed") if role in names]
    of_papers: dict[str, list[str]] = defaultdict(list)
    of_experiments: dict[tuple[str, str], list[GroupRow]] = defaultdict(list)
    for row in groups:
        of_experiments[row["paper"], row["experiment"]].append(row)
        if not row["same_sample"]:
            of_row = (cells.get((row["paper"], row["experiment"], row["group"], name), "") for name in recruited)
            of_papers[row["paper"]].append(next(filter(None, of_row), ""))
    warnings = {}
    for (paper, experiment), own in of_experiments.items():
        total = cells.get((paper, "", "", names.get("total", "")), "")
        together = _sum(of_papers[paper])
        if total.isdecimal() and together and together != int(total):
            sentence = f"The groups have {together} participants together, and {names['total']} is {total}."
            warnings[paper, experiment] = sentence
        for name in recruited if experiment else []:
            texts = [cells.get((paper, experiment, row["group"], name), "") for row in own if row["group"]]
            number, together = cells.get((paper, experiment, "", name), ""), _sum(texts)
            # A model may also give the number of one group.
            if number.isdecimal() and together and int(number) != together and number not in texts:
                sentence = (
                    f"The groups of {experiment} have {together} participants together, and its {name} is {number}."
                )
                warnings.setdefault((paper, experiment), sentence)
    return warnings


def _sum(texts: list[str]) -> int:
    """The sum of numbers, 0 where one of them is missing."""
    return sum(map(int, texts)) if all(map(str.isdecimal, texts)) else 0
