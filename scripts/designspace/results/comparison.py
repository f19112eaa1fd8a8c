"""Two runs side by side, with two models or two prompts: which values changed, and which of them became better."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from designspace.language.values import as_text
from designspace.results import evaluation, tables
from designspace.results.annotations import Gold
from designspace.results.evaluation import Cell
from designspace.results.papers import sort_key
from designspace.results.rows import ExtractionRow
from designspace.results.score_rows import ComparisonRow


def compare(a: Path, b: Path, golds: list[Gold], library: dict[str, dict[str, Any]]) -> tuple[list[ComparisonRow], str]:
    """The cells in which the values of two runs differ, and a summary for the terminal.

    `a` and `b` are folders of results. The papers that both have are compared, for the parameters of the library. In a
    cell with gold, `verdict` is better if `b` has fewer missing and wrong values there than `a`, worse if it has more,
    and neither otherwise.
    """
    (answers_a, papers, cited), (answers_b, papers_b, _) = evaluation.read(a), evaluation.read(b)
    both = set(papers.values()) & set(papers_b.values())
    golds = [gold for gold in golds if papers.get(gold.paper) in both]
    scored_a, scored_b = (evaluation.cells(golds, answers, papers, library) for answers in (answers_a, answers_b))
    scored = {one[:4]: (one, other) for one, other in zip(scored_a, scored_b, strict=True)}
    cells = {
        (paper, *scope, parameter)
        for answers in (answers_a, answers_b)
        for (paper, parameter), parts in answers.cells.items()
        for scope in parts
        if paper in both and parameter in library
    }
    rows: list[ComparisonRow] = []
    order = {name: position for position, name in enumerate(library)}
    for cell in sorted(cells | scored.keys(), key=lambda cell: (*cell[:3], order[cell[3]])):
        paper, experiment, group, parameter = cell
        values_a, values_b = (answers.of(paper, parameter, experiment, group)[0] for answers in (answers_a, answers_b))
        if {row["value"] for row in values_a} != {row["value"] for row in values_b}:
            rows.append(_row(cited[paper], cell, values_a, values_b, scored.get(cell)))
    measures = [_measures(scored, folder) for scored, folder in ((scored_a, a), (scored_b, b))]
    lines = [*_changes(len(both), len(cells), rows), *_table({"Run": "A"} | measures[0], {"Run": "B"} | measures[1])]
    if scored_a:
        better, worse = (sum(row["verdict"] == verdict for row in rows) for verdict in ("better", "worse"))
        lines.append(f"Verdict   B is better in {better} cells and worse in {worse}")
    return sorted(rows, key=sort_key), "\n".join(lines)


def _row(
    citation: str,
    cell: tuple[str, str, str, str],
    a: list[ExtractionRow],
    b: list[ExtractionRow],
    scored: tuple[Cell, Cell] | None,
) -> ComparisonRow:
    paper, experiment, group, parameter = cell
    return {
        "citation": citation,
        "paper": paper,
        "experiment": experiment,
        "group": group,
        "parameter": parameter,
        "value_a": _values(a),
        "value_b": _values(b),
        "confidence_a": _confidence(a),
        "confidence_b": _confidence(b),
        "gold": _gold(scored[0]) if scored else "",
        "verdict": _verdict(*scored) if scored else "",
    }


def _values(rows: list[ExtractionRow]) -> str:
    return "; ".join(row["value"] for row in rows)


def _confidence(rows: list[ExtractionRow]) -> float | None:
    return min((row["confidence"] for row in rows if row["confidence"] is not None), default=None)


def _gold(cell: Cell) -> str:
    return "; ".join(as_text(gold.value) for gold in [*(gold for gold, _ in cell.right), *cell.missed])


def _verdict(one: Cell, other: Cell) -> Literal["better", "worse", "neither"]:
    errors, errors_now = (len(cell.missed) + len(cell.wrong) for cell in (one, other))
    return "better" if errors_now < errors else "worse" if errors_now > errors else "neither"


def _seconds_a_paper(results: Path) -> float:
    """The mean time of the model for a paper, both tasks together."""
    rows = tables.read_rows(results / "memory.csv")
    papers = {row["paper"] for row in rows}
    phases = ("seconds_attach", "seconds_prefill", "seconds_decode")
    return sum(row[phase] or 0 for row in rows for phase in phases) / max(1, len(papers))


def _calibration_error(scored: list[Cell]) -> float:
    """The mean difference between the confidence of values and the share of such values that is right."""
    bins = [row for row in evaluation.calibration_rows(scored) if row["n"]]
    missed = sum(row["n"] * abs((row["confidence"] or 0) - (row["correct"] or 0)) for row in bins)
    return missed / max(1, sum(row["n"] for row in bins))


def _changes(papers: int, cells: int, rows: Sequence[ComparisonRow]) -> list[str]:
    only_a = sum(row["value_a"] != "" and row["value_b"] == "" for row in rows)
    only_b = sum(row["value_b"] != "" and row["value_a"] == "" for row in rows)
    agree = f"{1 - len(rows) / max(1, cells):.0%}"
    return [
        f"Cells     {cells} of the {papers} papers that both have",
        f"Changed   {len(rows)} ({agree} agree), of which {only_a} have a value only in A and {only_b} only in B",
    ]


def _measures(scored: list[Cell], results: Path) -> dict[str, str]:
    """How good a run is, if there is gold, and how fast."""
    measures = {}
    if scored:
        rates = evaluation.rates(scored)
        for name, rate in (("F1", "f1"), ("precision", "precision"), ("recall", "recall")):
            measures[name] = f"{rates[rate] or 0:.3f}"
        measures["confidence off by"] = f"{_calibration_error(scored):.2f}"
    return measures | {"seconds a paper": f"{_seconds_a_paper(results):.1f}"}


def _table(*runs: dict[str, str]) -> list[str]:
    """The runs as rows under their keys; the first column is as wide as the labels of the other lines."""
    widths = [max(len(name) + 2, *(len(run[name]) + 2 for run in runs)) for name in runs[0]]
    widths[0] = len("Changed   ")
    lines = [list(runs[0]), *(list(run.values()) for run in runs)]
    return ["".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in lines]
