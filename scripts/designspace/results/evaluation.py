"""How good a run is: the model's values compared with those of annotators (see docs/evaluation.md).

Sets of values are compared, one for each cell with gold: a parameter of a paper, of one of its experiments or of one of
their groups. Corrections of the tables are ignored, because the model is measured.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz import fuzz, utils

from designspace.core import records
from designspace.core.contracts import Context, Text
from designspace.language import expressions, matching, quantities
from designspace.language.values import as_text
from designspace.project import ledger
from designspace.results import tables
from designspace.results.annotations import Gold
from designspace.results.columns import fill
from designspace.results.papers import sort_key
from designspace.results.rows import ExtractionRow
from designspace.results.score_rows import CalibrationRow, ErrorRow, EvaluationRow

CLOSE = 0.01  # the relative difference to the gold up to which two numbers count as equal
SIMILAR = 80  # of 100, from which two texts count as equal, by rapidfuzz's token_set_ratio
BINS = 10  # of the confidence
LEVELS = ("all (papers)", "all (experiments)", "all (groups)")

Parameter = dict[str, Any]  # an entry of the library
Scope = tuple[str, str]  # an experiment and a group


class Cell(NamedTuple):
    """A scored cell with gold: what is right, what is missed and what is wrong. `silent` are the model's rows there
    that report nothing."""

    paper: str
    experiment: str
    group: str
    parameter: str
    right: list[tuple[Gold, ExtractionRow]]
    missed: list[Gold]
    wrong: list[ExtractionRow]
    silent: list[ExtractionRow]


def similarity(value: Any, text: str, parameter: Parameter) -> float:
    """How similar a value of gold and a value of the tables are: from 0, which is not equal, to 1."""
    if parameter["kind"] in ("integer", "number"):
        return _closeness(value, float(text))
    if parameter["kind"] in expressions.KINDS:
        return float(expressions.same(parameter["kind"], value, text))
    if parameter["kind"] != "string":
        return float(as_text(value) == text)
    numbers = quantities.alone(value)
    if numbers:  # as texts, 18-34 and 18-35 are more similar than as ranges
        others = [number for _, number, _ in quantities.find(text)]
        return min(map(_closeness, numbers, others)) if len(numbers) == len(others) else 0.0
    score = fuzz.token_set_ratio(value, text, processor=utils.default_process)
    return score / 100 if score >= SIMILAR else 0.0


def _closeness(gold: float, number: float) -> float:
    difference = abs(gold - number)
    return 1 - difference / abs(gold) if difference and difference <= CLOSE * abs(gold) else float(not difference)


def score(
    golds: list[Gold], rows: list[ExtractionRow], parameter: Parameter
) -> tuple[list[tuple[Gold, ExtractionRow]], list[Gold], list[ExtractionRow]]:
    """(right, missed, wrong) of a cell: pairs of gold and row, the most similar first, then the rest of both. A value
    about which annotators could differ is neither expected nor wrong."""
    right: list[tuple[Gold, ExtractionRow]] = []
    golds, rows = [gold for gold in golds if gold.value is not None], list(rows)
    pairs = [(gold, row, similarity(gold.value, row["value"], parameter)) for gold in golds for row in rows]
    for gold, row, closeness in sorted(pairs, key=lambda pair: (not pair[0].certain, -pair[2])):
        if closeness and gold in golds and row in rows:
            golds.remove(gold)
            rows.remove(row)
            right += [(gold, row)] if gold.certain else []
    return right, [gold for gold in golds if gold.certain], rows


class Answers:
    """What the model reported in the rows of extractions.csv: `cells` are {(paper, parameter): {(experiment, group):
    rows}}."""

    def __init__(self, rows: Iterable[ExtractionRow]) -> None:
        self.cells: dict[tuple[str, str], dict[Scope, list[ExtractionRow]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            if row["review"]:
                status = "reported" if row["model_value"] else "not_reported"
                row = {**row, "value": row["model_value"], "status": status}
            self.cells[row["paper"], row["parameter"]][row["experiment"], row["group"]].append(row)

    def of(
        self, paper: str, parameter: str, experiment: str = "", group: str = ""
    ) -> tuple[list[ExtractionRow], list[ExtractionRow]]:
        """The rows of a cell that report a value, and those that report none.

        If a group reports no value, its experiment's counts; if an experiment reports none, its paper's; if the paper
        as a whole reports none, those of all its experiments. An experiment may be named by its number alone, and a
        group by a part of its name.
        """
        cells = self.cells.get((paper, parameter), {})
        name = next((name for name, _ in cells if _same_experiment(name, experiment)), "")
        rows = _best_group(cells, name, group) if group else []
        if not any(map(_reports, rows)):
            rows = cells.get((name, ""), [])
        if not any(map(_reports, rows)):
            parts = (part for (_, of), part in cells.items() if not of)
            rows = cells.get(("", ""), []) if name or group else [row for part in parts for row in part]
        by_value = {row["value"]: row for row in reversed(rows) if _reports(row)}
        return list(by_value.values())[::-1], [row for row in rows if not _reports(row)]


def _best_group(cells: dict[Scope, list[ExtractionRow]], experiment: str, group: str) -> list[ExtractionRow]:
    """The rows of the group of an experiment with this name, or else of one whose name contains it or is contained in
    it."""
    groups = {matching.spelled(of): rows for (name, of), rows in cells.items() if of and name == experiment}
    sought = matching.spelled(group)
    near = [rows for of, rows in groups.items() if set(of.split()) <= set(sought.split())]
    near += [rows for of, rows in groups.items() if set(sought.split()) <= set(of.split())]
    return groups.get(sought) or next(iter(near), [])


def _reports(row: ExtractionRow) -> bool:
    return row["status"] == "reported"


def _same_experiment(name: str, other: str) -> bool:
    numbers = [re.findall(r"\d+[a-z]?\b", text.lower()) for text in (name, other)]
    return matching.spelled(name) == matching.spelled(other) or bool(numbers[0]) and numbers[0] == numbers[1]


def cells(golds: list[Gold], answers: Answers, papers: dict[str, str], library: dict[str, Parameter]) -> list[Cell]:
    """The scored cells of gold whose paper and parameter are in the run, and about which an annotator is certain.
    `papers` is {any name of a paper: its id}."""
    groups: dict[tuple[str, str, str, str], list[Gold]] = defaultdict(list)
    for gold in golds:
        if gold.paper in papers and gold.parameter in library:
            groups[papers[gold.paper], gold.experiment, gold.group, gold.parameter].append(gold)
    scored = []
    for (paper, experiment, group, name), same in sorted(groups.items(), key=lambda item: item[0][:3]):
        if any(gold.certain for gold in same):
            reported, silent = answers.of(paper, name, experiment, group)
            scored.append(Cell(paper, experiment, group, name, *score(same, reported, library[name]), silent))
    return scored


def rates(scored: list[Cell]) -> dict[str, Any]:
    """Precision, recall and F1 of some cells together, with the counts behind them, and how often the evidence of a
    right value is an annotator's sentence and on an annotator's page. A rate that is not defined is missing."""
    right = [pair for cell in scored for pair in cell.right]
    support = len(right) + sum(len(cell.missed) for cell in scored)
    reported = len(right) + sum(len(cell.wrong) for cell in scored)
    located = [(gold, row) for gold, row in right if gold.quotes and gold.pages]
    sentences = sum(_same_sentence(row, gold) for gold, row in located)
    return {
        "precision": _share(len(right), reported),
        "recall": _share(len(right), support),
        "f1": _share(2 * len(right), support + reported),
        "support": support,
        "reported": reported,
        "correct": len(right),
        "with_evidence": len(located),
        "same_sentence": _share(sentences, len(located)),
        "same_page": _share(sum(row["page"] in gold.pages for gold, row in located), len(located)),
    }


def _same_sentence(row: ExtractionRow, gold: Gold) -> bool:
    return any(matching.same_sentence(row["evidence"], quote) for quote in gold.quotes)


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def score_rows(scored: list[Cell], library: dict[str, Parameter]) -> list[EvaluationRow]:
    """Rows of evaluation.csv: all values together (micro), the mean over the parameters (macro), those of papers,
    experiments and groups if gold has several levels, and each parameter."""
    by_parameter = {name: rates([cell for cell in scored if cell.parameter == name]) for name in library}
    known = {name: scores for name, scores in by_parameter.items() if scores["support"] or scores["reported"]}
    macro = {}
    for column in ("precision", "recall", "f1", "same_sentence", "same_page"):
        defined = [scores[column] for scores in known.values() if scores[column] is not None]
        macro[column] = _share(sum(defined), len(defined))
    levels = {name: [cell for cell in scored if _level(cell) == name] for name in LEVELS}
    by_level = {name: rates(own) for name, own in levels.items() if own}
    named = {"all (micro)": rates(scored), "all (macro)": macro, **(by_level if len(by_level) > 1 else {}), **known}
    return [fill(EvaluationRow, scores, parameter=name) for name, scores in named.items()]


def _level(cell: Cell) -> str:
    """The name of the level of a cell, one of LEVELS."""
    return LEVELS[2 if cell.group else 1 if cell.experiment else 0]


def error_rows(
    scored: list[Cell], library: dict[str, Parameter], results: Path, cited: dict[str, str]
) -> list[ErrorRow]:
    """Rows of evaluation_errors.csv: each missing value of gold, beside a wrong value of the same cell if there is one,
    then the values that gold does not have. `cited` are the citations, {paper: citation}."""
    rows = []
    for cell in scored:
        candidate: Any = next(iter(cell.silent), {})
        silent = {key: candidate.get(key) for key in ("confidence", "candidate", "p_null")}
        for gold, row in zip_longest(cell.missed, cell.wrong):
            place = {"paper": cell.paper, "experiment": cell.experiment, "group": cell.group}
            error: dict[str, Any] = {"citation": cited[cell.paper], **place, "parameter": cell.parameter}
            if gold:
                why = missing_from(gold, *_texts(results, cell.paper), library[cell.parameter])
                error |= {"error": why or ("wrong_value" if row else "missed"), "gold": as_text(gold.value)}
                error |= {"gold_evidence": next(iter(gold.quotes), ""), "gold_page": next(iter(gold.pages), None)}
            else:
                error |= {"error": "spurious"}
            rows.append(fill(ErrorRow, error, row or silent))
    return sorted(rows, key=sort_key)


def calibration_rows(scored: list[Cell]) -> list[CalibrationRow]:
    """Rows of evaluation_calibration.csv: for each bin of the confidence the number of values, their mean confidence,
    and the share that is right."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for cell in scored:
        for row, is_right in [(row, True) for _, row in cell.right] + [(row, False) for row in cell.wrong]:
            confidence = row["confidence"] or 0
            bins[min(int(confidence * BINS), BINS - 1)].append((confidence, is_right))
    return [
        {
            "from": number / BINS,
            "to": (number + 1) / BINS,
            "n": len(values),
            "confidence": _share(sum(confidence for confidence, _ in values), len(values)),
            "correct": _share(sum(is_right for _, is_right in values), len(values)),
        }
        for number, values in enumerate(bins)
    ]


def missing_from(gold: Gold, text: Text, context: Context, parameter: Parameter) -> str:
    """Why a model could not find a value: `lost_text` if the text record does not have it, `not_kept` if truncation
    left out every part that has it, and "" if the model could find it. The quotes are searched, or the value if there
    are none."""
    if gold.quotes or parameter["kind"] in ("string", *expressions.KINDS):
        sought = gold.quotes or [str(gold.value)]
        places = [place for quote in sought for place in matching.places(text["text"], quote)]
    elif parameter["kind"] in ("integer", "number"):
        number, unit = abs(float(gold.value or 0)), parameter.get("unit", "")
        every = quantities.find(text["text"])
        places = [(at, at + 1) for at, other, own in every if quantities.agreement(other, own, number, unit)]
    else:  # papers use different words for a category, and for true and false
        places = [(page["start"], page["end"]) for page in text["pages"]]
    kept = [span for section in context["sections"] for span in section["kept"]]
    if not places:
        return "lost_text"
    return "" if any(a < end and start < b for a, b in places for start, end in kept) else "not_kept"


@lru_cache(maxsize=2)
def _texts(results: Path, paper: str) -> tuple[Text, Context]:
    return records.read_paper(results, paper)


def read(results: Path) -> tuple[Answers, dict[str, str], dict[str, str]]:
    """The answers of a run, the names of its papers, and their citations, from the CSV tables in its folder."""
    answers = Answers(tables.read_rows(results / "extractions.csv"))
    papers = tables.read_rows(results / "papers.csv")
    return answers, ledger.names(papers), {row["paper"]: row["citation"] for row in papers}


def evaluate(results: Path, golds: list[Gold], library: dict[str, Parameter]) -> tuple[dict[str, list[Any]], list[str]]:
    """The rows of the three tables of a run's evaluation, by table, and sentences about gold that was left out."""
    answers, papers, cited = read(results)
    scored = cells(golds, answers, papers, library)
    rows: dict[str, list[Any]] = {
        "evaluation": score_rows(scored, library),
        "evaluation_errors": error_rows(scored, library, results, cited),
        "evaluation_calibration": calibration_rows(scored),
    }
    unknown = {
        "papers, which the run does not have": {gold.paper for gold in golds} - papers.keys(),
        "parameters, which the library does not have": {gold.parameter for gold in golds} - library.keys(),
    }
    return rows, [
        f"Left out of the gold are {what}: {', '.join(sorted(names))}." for what, names in unknown.items() if names
    ]
