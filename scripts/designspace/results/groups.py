"""Experiments and groups as rows: which ones a paper has, and which values hold for each of them.

If a group has no value of its own, its experiment's holds, and if the experiment has none, its paper's. parameters.csv
has what differs at each level; groups.csv has all values that hold for a group, and the level that each comes from.
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
    """The experiments of a paper: the record's, then those that only its values or corrections name, each in its first
    spelling."""
    only_named = [value.get("experiment", "") for value in record.get("values", [])]
    only_named += [mark.experiment for own in corrected.values() for mark in own.decisions()]
    experiments: dict[str, dict[str, Any]] = {}
    for experiment in map(dict[str, Any], record.get("experiments", [])):
        experiments.setdefault(spelled(experiment["name"]), experiment)
    for name in filter(None, only_named):
        experiments.setdefault(spelled(name), {"name": name})
    return list(experiments.values())


def groups_of(record: Answers, corrected: Cells, experiment: str) -> list[dict[str, Any]]:
    """The groups of an experiment, as `experiments_of` gives the experiments of a paper."""
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
    """(experiment, "") of each experiment of a paper, and (experiment, group) of each of its groups."""
    for experiment in [{"name": ""}, *experiments_of(record, corrected)]:
        if name := experiment["name"]:
            yield name, ""
        for group in groups_of(record, corrected, name):
            yield name, group["name"]


def rows_of(record: Answers, corrected: Cells) -> list[GroupRow]:
    """A row for each group of a paper, and one for each experiment without groups, or for a paper with one
    experiment."""
    rows = []
    for experiment in experiments_of(record, corrected) or [{"name": ""}]:
        for group in groups_of(record, corrected, experiment["name"]) or [{**experiment, "name": ""}]:
            place = {"paper": record["paper"], "experiment": experiment["name"], "group": group["name"]}
            rows.append(fill(GroupRow, place, group, same_sample=_same_sample(record, experiment, group["name"])))
    return rows


def _same_sample(record: Answers, experiment: dict[str, Any], group: str) -> str:
    """The experiment with the same participants, if it has a group of that name or neither has groups."""
    other: str = experiment.get("same_sample", "")
    names = [spelled(found["name"]) for found in groups_of(record, {}, other)] if other else []
    return other if not group and not names or spelled(group) in names else ""


def values_of(extractions: Iterable[ExtractionRow]) -> dict[Cell, str]:
    """The reported values of each cell, joined by "; "."""
    values: dict[Cell, list[str]] = defaultdict(list)
    for row in extractions:
        if row["status"] == "reported":
            values[row["paper"], row["experiment"], row["group"], row["parameter"]].append(row["value"])
    return {cell: "; ".join(several) for cell, several in values.items()}


def parameter_frame(
    extractions: list[ExtractionRow], groups: list[GroupRow], cited: dict[str, str], parameters: dict[str, Parameter]
) -> pd.DataFrame:
    """A row for each paper of {paper: citation}, followed by the rows of its experiments, each before those of its
    groups, and a column for each parameter; several values are joined by "; ".

    A cell is empty if nothing was reported, for whatever reason: extractions.csv distinguishes not_reported and failed,
    and papers.csv says which papers were read. In the row of an experiment or a group, an empty cell means that the
    value of the row above holds.
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
    """The rows of groups with two columns for each parameter: the value that holds for the group, and the level that it
    comes from (group, experiment or paper), followed by a colon and its rule if it has one."""
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
        if cell in cells and row.get(level):  # a row without a group starts at its experiment
            return cells[cell], level, cell
    return "", "", (row["paper"], "", "", name)


def counted(library: Mapping[str, Parameter]) -> str:
    """The parameter that counts the analysed participants of a group, "" if the library has none."""
    return next((name for name, entry in library.items() if entry.get("participants") == "analysed"), "")


def aged(library: Mapping[str, Parameter]) -> str:
    """The parameter that is the mean age of a group, "" if the library has none."""
    return next((name for name, entry in library.items() if entry.get("characteristic") == "age_mean"), "")


def participants(cells: Mapping[Cell, str], row: GroupRow, counted: str) -> int | None:
    """The number of participants of a row of groups.csv: its own, or without groups the experiment's or the paper's."""
    n = cells.get((row["paper"], row["experiment"], row["group"], counted), "")
    if not n and not row["group"]:
        n = cells.get((row["paper"], "", "", counted), "")
    return int(n) if n.isdecimal() else None


def _source(cells: dict[Cell, str], rules: dict[Cell, str], row: GroupRow, name: str) -> tuple[str, str]:
    """(value, the level that it comes from) of a parameter for a group."""
    value, level, cell = holds(cells, row, name)
    return value, f"{level}: {rules[cell]}" if rules.get(cell) else level


def _warnings(
    groups: list[GroupRow], cells: dict[Cell, str], parameters: dict[str, Parameter]
) -> dict[tuple[str, str], str]:
    """{(paper, experiment): sentence}, if the participants of the groups do not sum to the paper's total, or those of
    an experiment's groups to the experiment's number."""
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
            # The model may have given the number of a single group.
            if number.isdecimal() and together and int(number) != together and number not in texts:
                sentence = (
                    f"The groups of {experiment} have {together} participants together, and its {name} is {number}."
                )
                warnings.setdefault((paper, experiment), sentence)
    return warnings


def _sum(texts: list[str]) -> int:
    """The sum of numbers, 0 if one of them is missing."""
    return sum(map(int, texts)) if all(map(str.isdecimal, texts)) else 0
