"""Two runs side by side, of two models or two prompts: which values changed, and which of them got better."""

from pathlib import Path

from designspace.language.values import as_text
from designspace.results import evaluation
from designspace.results.annotations import Gold

COLUMNS = {
    "paper": "TEXT",
    "experiment": "TEXT",
    "parameter": "TEXT",
    "value_a": "TEXT",
    "value_b": "TEXT",
    "confidence_a": "REAL",
    "confidence_b": "REAL",
    "gold": "TEXT",
    "verdict": "TEXT",
}
VALUE_A, VALUE_B = (list(COLUMNS).index(name) for name in ("value_a", "value_b"))  # positions in a row


def compare(a: Path, b: Path, golds: list[Gold], library: dict[str, dict]) -> tuple[list[tuple], str]:
    """The cells in which the values of two runs differ, as rows of COLUMNS, and a summary for the terminal.

    `a` and `b` are folders of results; compared are the papers that both have. Where gold speaks of a cell, `verdict`
    says by what is missed or wrong there whether `b` is better, worse or neither.
    """
    (answers_a, papers), (answers_b, papers_b) = evaluation.read(a), evaluation.read(b)
    both = set(papers.values()) & set(papers_b.values())
    golds = [gold for gold in golds if papers.get(gold.paper) in both]
    scored_a, scored_b = (evaluation.cells(golds, answers, papers, library) for answers in (answers_a, answers_b))
    scored = {one[:3]: (one, other) for one, other in zip(scored_a, scored_b, strict=True)}
    cells = {
        (paper, experiment, parameter)
        for answers in (answers_a, answers_b)
        for (paper, parameter), parts in answers.cells.items()
        for experiment in parts
        if paper in both
    }
    rows, order = [], {name: position for position, name in enumerate(library)}
    for cell in sorted(cells | scored.keys(), key=lambda cell: (*cell[:2], order.get(cell[2], len(order)))):
        paper, experiment, parameter = cell
        told_a, told_b = (answers.of(paper, parameter, experiment)[0] for answers in (answers_a, answers_b))
        if {row["value"] for row in told_a} != {row["value"] for row in told_b}:
            judged = (_gold(scored[cell][0]), _verdict(*scored[cell])) if cell in scored else ("", "")
            rows.append((*cell, _values(told_a), _values(told_b), _confidence(told_a), _confidence(told_b), *judged))
    return rows, _summary(len(both), len(cells), rows, scored_a, scored_b)


def _values(rows):
    return "; ".join(row["value"] for row in rows)


def _confidence(rows):
    return min((row["confidence"] for row in rows), default=None)


def _gold(cell):
    return "; ".join(as_text(gold.value) for gold in [*(gold for gold, _ in cell.right), *cell.missed])


def _verdict(one, other):
    errors, errors_now = (len(cell.missed) + len(cell.wrong) for cell in (one, other))
    return "better" if errors_now < errors else "worse" if errors_now > errors else "neither"


def _summary(papers, cells, rows, scored_a, scored_b):
    values = [(row[VALUE_A], row[VALUE_B]) for row in rows]
    only_a, only_b = sum(bool(a) and not b for a, b in values), sum(bool(b) and not a for a, b in values)
    lines = [
        f"Cells     {cells} of the {papers} papers that both have",
        f"Changed   {len(rows)}, of which {only_a} have a value only in A and {only_b} only in B",
    ]
    if scored_a:
        for name, scored in (("A", scored_a), ("B", scored_b)):
            f1, precision, recall = (evaluation.rates(scored)[rate] or 0 for rate in ("f1", "precision", "recall"))
            lines.append(f"Run {name}     F1 {f1:.3f}, precision {precision:.3f}, recall {recall:.3f}")
        better, worse = ([row[-1] for row in rows].count(verdict) for verdict in ("better", "worse"))
        lines.append(f"Verdict   B is better in {better} cells and worse in {worse}")
    return "\n".join(lines)
