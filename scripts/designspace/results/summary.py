"""What came out of a run, in a few lines for the terminal."""

from collections import Counter
from pathlib import Path
from typing import Any

from designspace.core import records
from designspace.results import tables


def load(results: Path, evaluated: bool = False) -> dict[str, list[dict[str, Any]]]:
    """The rows of the CSV tables in `results`, by table, with those of the evaluation where there is one.
    FileNotFoundError where one is missing, BrokenResult where one is broken or has not all of its rows."""
    names = [*tables.CSV_TABLES, *(tables.EVALUATION_TABLES if evaluated else [])]
    rows = {name: tables.read_rows(results / f"{name}.csv") for name in names}
    with tables.open_sqlite(results / "designspace.sqlite") as base:
        for name in tables.CSV_TABLES:
            (written,) = base.execute(f"SELECT count(*) FROM {name}").fetchone()
            if len(rows[name]) != written:  # a file that was cut short may end with a whole row
                raise records.set_aside(results / f"{name}.csv", f"has {len(rows[name])} rows and not {written}")
    if evaluated:
        _check_sums(rows, results)
    return rows


def _check_sums(rows: dict[str, list[dict[str, Any]]], results: Path) -> None:
    """Raise BrokenResult where the tables of an evaluation do not add up, and so one of them was cut short."""
    scores, errors, bins = (rows[name] for name in tables.EVALUATION_TABLES)
    if not scores:
        raise records.set_aside(results / "evaluation.csv", "has no rows")
    all_values, parts = scores[0], scores[2:]
    support, reported, correct = (all_values[column] or 0 for column in ("support", "reported", "correct"))
    for name, values, expected in [
        ("evaluation", sum(part["support"] for part in parts), support),
        ("evaluation", sum(part["reported"] for part in parts), reported),
        ("evaluation_errors", sum(error["error"] != "spurious" for error in errors), support - correct),
        ("evaluation_errors", sum(error["value"] != "" for error in errors), reported - correct),
        ("evaluation_calibration", sum(part["n"] for part in bins), reported),
    ]:
        if values != expected:
            raise records.set_aside(results / f"{name}.csv", f"has {values} values and not {expected}")


def figures(rows: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    """How many papers (copies not counted), how many of them were read, values, values with evidence, discoveries."""
    values = [row for row in rows["extractions"] if row["status"] == "reported"]
    return {
        "papers": sum(row["status"] != "duplicate" for row in rows["papers"]),
        "papers read": sum(row["status"] == "ok" for row in rows["papers"]),
        "values reported": len(values),
        "values with evidence": sum(row["evidence"] != "" for row in values),
        "values reviewed": sum(row["review"] != "" for row in values),
        "discoveries": len(rows["discoveries"]),
    }


def summary(rows: dict[str, list[dict[str, Any]]], results: Path, note: str = "", most: int = 3) -> str:
    """What came out, in 6 to 13 lines: the note, if there is one, the papers that were not read (at most `most` by
    name), values, files."""
    count = figures(rows)
    missed = [row for row in rows["papers"] if row["status"] not in ("ok", "duplicate")]
    copies = len(rows["papers"]) - count["papers"]
    lines = [note] if note else []
    lines += [f"Papers       {count['papers']}, read {count['papers read']}; copies left out {copies}"]
    reasons = [" ".join(f"{row['file']}: {row['status']}. {row['reason']}".split()) for row in missed[:most]]
    reasons += [f"{len(missed) - most} more, see papers.csv"] if len(missed) > most else []
    lines += [f"  not read   {line}" for line in reasons]
    return "\n".join(
        [
            *lines,
            f"Values       {count['values reported']} reported, {count['values with evidence']} with evidence, "
            f"{count['values reviewed']} reviewed",
            *_corrections(rows),
            *_evaluation(rows),
            f"Discoveries  {count['discoveries']}",
            f"Tables       {', '.join(str(results / f'{name}.csv') for name in tables.CSV_TABLES)}",
            f"Database     {results / 'designspace.sqlite'}",
            f"Report       {results / 'report.html'}",
        ]
    )


def _corrections(rows: dict[str, list[dict[str, Any]]]) -> list[str]:
    """What reviewers changed, in a line, if there is a correction."""
    verdicts = Counter(row["review"] for row in rows["extractions"])
    unused = len(rows["corrections_unused"])
    if not unused and not verdicts.keys() - {""}:
        return []
    line = f"Corrections  {verdicts['corrected']} corrected, {verdicts['rejected']} rejected"
    return [line + (f"; {unused} without their paper or parameter, see corrections_unused.csv" if unused else "")]


def _evaluation(rows: dict[str, list[dict[str, Any]]]) -> list[str]:
    """How good the values are, in a line, if they were measured."""
    if "evaluation" not in rows:
        return []
    micro = rows["evaluation"][0]
    f1, precision, recall = (micro[rate] or 0 for rate in ("f1", "precision", "recall"))
    line = f"Evaluation   F1 {f1:.2f} (precision {precision:.2f}, recall {recall:.2f}) on {micro['support']} values"
    if not micro["with_evidence"]:
        return [line]
    line = f"{line}; of the right ones {micro['same_sentence']:.0%} in the annotator's sentence"
    return [f"{line}, {micro['same_page']:.0%} on the annotator's page"]
