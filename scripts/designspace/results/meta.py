"""meta.csv: comparisons of two groups, means of one group, and statistics, as R's metafor and metalab read them.

A standard deviation is the printed one, or computed from the standard error, SE sqrt(n), or from the 95% confidence
interval of the mean: its half divided by the quantile of t with n - 1 degrees of freedom, times sqrt(n) (Cochrane
Handbook, 6.5.2.2).
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from designspace.language import expressions
from designspace.results import effects, groups, metalab, tables
from designspace.results.columns import fill
from designspace.results.groups import Cell
from designspace.results.marks import Parameter
from designspace.results.outcome_rows import MetaRow, OutcomeRow, last_columns
from designspace.results.rows import ExtractionRow, GroupRow, PaperRow

Scope = tuple[str, str, str]  # paper, experiment, group
Columns = dict[str, Any]


class Sample(NamedTuple):
    """A group, or all participants of an experiment without groups: their number, their mean age in days, and the
    values that hold for them."""

    row: GroupRow
    n: int | None
    age: float | None
    holds: dict[str, str]


class Made(NamedTuple):
    """What is known of a row: columns, the samples that it describes, and the outcomes that it is made of."""

    columns: Columns
    samples: list[Sample]
    outcomes: list[OutcomeRow]


def build(
    extractions: list[ExtractionRow],
    of_groups: list[GroupRow],
    outcomes: list[OutcomeRow],
    library: dict[str, Parameter],
    of_papers: Iterable[PaperRow],
    models: Mapping[str, str],
) -> pd.DataFrame:
    """The table. Its last columns are open ones of metalab, and the moderators, which are the parameters that are not
    outcomes. `models` is {paper: the model that answered}."""
    moderators = [name for name, parameter in library.items() if parameter["kind"] not in expressions.KINDS]
    last = last_columns(moderators)
    cells = groups.values_of(extractions)
    counted, aged = groups.counted(library), groups.aged(library)
    samples = [_sample(row, cells, counted, aged, moderators) for row in of_groups]
    known = {row["paper"]: metalab.of_paper(row) for row in of_papers}
    coders = {_place(row): row["reviewer"] or models.get(row["paper"], "") for row in extractions}
    found: dict[tuple[Scope, str], list[OutcomeRow]] = defaultdict(list)
    for outcome in outcomes:
        found[(outcome["paper"], outcome["experiment"], outcome["group"]), outcome["parameter"]].append(outcome)
    rows: list[MetaRow] = []
    held: list[list[str]] = []
    for place, made in _rows(samples, found, library):
        names = [made.columns.get(f"group_name_{number}", "") for number in (1, 2)]
        by = dict.fromkeys(coders.get(_place(outcome), "") for outcome in made.outcomes)
        place |= {"expt_condition": metalab.condition(place["outcome"], names), "coder": ", ".join(filter(None, by))}
        rows.append(fill(MetaRow, made.columns, place, **known[place["paper"]]))
        held.append([_shared([sample.holds.get(name, "") for sample in made.samples]) for name in last])
    frame = tables.frame_of(MetaRow, rows)
    return pd.concat([frame, pd.DataFrame(held, columns=last, dtype=object)], axis=1)


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["paper"], row["experiment"], row["group"], row["parameter"], row["item"]


def _sample(row: GroupRow, cells: Mapping[Cell, str], counted: str, aged: str, moderators: Iterable[str]) -> Sample:
    """A row of groups.csv with its number of participants and their mean age."""
    held = {name: groups.holds(cells, row, name)[0] for name in moderators}
    return Sample(row, groups.participants(cells, row, counted), metalab.in_days(held.get(aged, "")), held)


def _rows(
    samples: list[Sample], found: Mapping[tuple[Scope, str], list[OutcomeRow]], library: dict[str, Parameter]
) -> Iterator[tuple[Columns, Made]]:
    """The place of each row and what it is made of, experiment by experiment."""
    experiments: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for sample in samples:
        paper, experiment = sample.row["paper"], sample.row["experiment"]
        experiments[paper, experiment].append(sample)
        digits = re.search(r"\d+", experiment)
        numbers[paper].setdefault(experiment, int(digits[0]) if digits else len(numbers[paper]) + 1)
    for (paper, experiment), own in experiments.items():
        for name, parameter in library.items():
            if parameter["kind"] not in expressions.KINDS:
                continue
            place: Columns = {"paper": paper, "experiment": experiment, "outcome": name}
            place |= {"expt_num": numbers[paper][experiment], "citation": own[0].row["citation"]}
            of_samples = [(sample, _of(found, sample.row, name)) for sample in own]
            make = _of_means if parameter["kind"] == "mean" else _of_statistics
            for made in make(of_samples, found.get(((paper, experiment, ""), name), [])):
                same = made.samples[0].row["same_sample"] or experiment
                yield place | {"same_infant": f"{paper} {same}".strip()}, made


def _of(found: Mapping[tuple[Scope, str], list[OutcomeRow]], row: GroupRow, name: str) -> list[OutcomeRow]:
    """The outcomes that a sample reports; in a paper without groups and experiments, those of the paper."""
    own = found.get(((row["paper"], row["experiment"], row["group"]), name), [])
    return own if own or row["group"] else found.get(((row["paper"], "", ""), name), [])


OfSamples = list[tuple[Sample, list[OutcomeRow]]]


def _of_means(of_samples: OfSamples, _: list[OutcomeRow]) -> Iterator[Made]:
    """Comparisons of each two groups that report one mean each, then each mean of each group."""
    for (one, first), (other, second) in combinations(of_samples, 2):
        if len(first) == len(second) == 1 and first[0]["unit"] == second[0]["unit"]:
            (sd1, from1), (sd2, from2) = deviation(first[0], one.n), deviation(second[0], other.n)
            columns: Columns = {"row": "comparison", "participant_design": "between", "unit": first[0]["unit"]}
            columns |= {"group_name_1": one.row["group"], "group_name_2": other.row["group"]}
            columns |= {"n1i": one.n, "m1i": first[0]["mean"], "sd1i": sd1, "sd1i_from": from1}
            columns |= {"n2i": other.n, "m2i": second[0]["mean"], "sd2i": sd2, "sd2i_from": from2}
            mean1, mean2 = first[0]["mean"], second[0]["mean"]
            if effect := effects.hedges_g(one.n, mean1, sd1, other.n, mean2, sd2):
                columns |= dict(zip(("g", "g_var"), effect, strict=True))
            columns |= {"n_1": one.n, "x_1": mean1, "SD_1": sd1, "mean_age_1": one.age}
            columns |= {"n_2": other.n, "x_2": mean2, "SD_2": sd2, "mean_age_2": other.age}
            yield Made(columns, [one, other], [*first, *second])
    for sample, several in of_samples:
        for outcome in several:
            sd, origin = deviation(outcome, sample.n)
            columns = {"row": "group", "group_name_1": sample.row["group"], "unit": outcome["unit"]}
            columns |= {"ni": sample.n, "mi": outcome["mean"], "sdi": sd, "sdi_from": origin}
            columns |= {"participant_design": "within_one", "n_1": sample.n, "x_1": outcome["mean"], "SD_1": sd}
            columns |= {"mean_age_1": sample.age}
            yield Made(columns, [sample], [outcome])


def _of_statistics(of_samples: OfSamples, of_experiment: list[OutcomeRow]) -> Iterator[Made]:
    """Each statistic of the experiment, then those of its groups."""
    everyone = [sample for sample, _ in of_samples]
    for outcome in of_experiment:
        yield Made(_test(outcome, everyone), everyone, [outcome])
    for sample, several in of_samples:
        for outcome in several:
            if outcome not in of_experiment:
                yield Made(_test(outcome, [sample]), [sample], [outcome])


def _test(outcome: OutcomeRow, about: list[Sample]) -> Columns:
    """The columns of a statistic. It has the names of two groups if it compares them, which its degrees of freedom
    show."""
    value, test = outcome["statistic"], outcome["test"]
    columns: Columns = {"row": "statistic", "pi": outcome["p"] if outcome["p_sign"] == "=" else None}
    columns |= {"ti": value, "t": value} if test == "t" else {}
    columns |= {"F": value, "fi": value if outcome["df1"] == 1 else None} if test == "F" else {}
    columns |= {"d": outcome["effect_size"]} if outcome["effect"] == "d" else {}
    if test == "r" and outcome["df2"]:
        columns |= {"ri": value, "r": value, "ni": int(outcome["df2"]) + 2}
    if len(about) == 1:
        columns |= {"group_name_1": about[0].row["group"], "n_1": about[0].n, "mean_age_1": about[0].age}
    sizes = [sample.n for sample in about]
    if len(about) == 2 and effects.is_between(test, outcome["df2"], *sizes):
        first, second = about
        columns |= {"group_name_1": first.row["group"], "n1i": first.n, "n_1": first.n, "mean_age_1": first.age}
        columns |= {"group_name_2": second.row["group"], "n2i": second.n, "n_2": second.n, "mean_age_2": second.age}
        columns |= {"participant_design": "between"}
        if "d" in columns and first.n and second.n:
            columns |= {"d_var": effects.variance(columns["d"], first.n, second.n)}
    return columns


def deviation(outcome: OutcomeRow, n: int | None) -> tuple[float | None, str]:
    """(standard deviation, what it comes from: SD, SE or CI) of a mean of n participants; (None, "") if it does not
    follow."""
    spread, size = outcome["spread"], outcome["spread_size"]
    if spread == "SD" and size is not None:
        return size, spread
    if n is None or n < 2:
        return None, ""
    if spread == "SE" and size is not None:
        return size * math.sqrt(n), spread
    if spread == "CI" and outcome["ci_low"] is not None and outcome["ci_high"] is not None:
        from scipy import special  # importing it takes a quarter of a second, and few runs need it

        half = abs(outcome["ci_high"] - outcome["ci_low"]) / 2
        return half / float(special.stdtrit(n - 1, 0.975)) * math.sqrt(n), spread
    return None, ""


def _shared(values: list[str]) -> str:
    """The value that all have, "" if they differ."""
    return values[0] if len(set(values)) == 1 else ""
