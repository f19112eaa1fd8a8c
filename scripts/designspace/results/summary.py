"""The results of a run, in a few lines for the terminal."""

from collections import Counter
from pathlib import Path

from designspace.project.pilot import NOT_YET
from designspace.results import precision, tables
from designspace.results.loading import Tables
from designspace.results.papers import LEFT_OUT, UNASKED

OTHERS = {
    "supplement": "supplements",
    "version": "versions",
    "excluded": "excluded",
    "no_file": "entries without a file",
}

OPEN = "disagreement"  # the state of a cell about which reviewers disagree


def figures(rows: Tables) -> dict[str, int]:
    """The numbers of counted papers, of papers read, of values, of values with evidence, and of discoveries."""
    values = [row for row in rows["extractions"] if row["status"] == "reported"]
    return {
        "papers": sum(row["status"] not in LEFT_OUT for row in rows["papers"]),
        "papers read": sum(row["status"] == "ok" for row in rows["papers"]),
        "values reported": len(values),
        "values with evidence": sum(row["evidence"] != "" for row in values),
        "values reviewed": sum(row["review"] != "" for row in values),
        "discoveries": len(rows["discoveries"]),
    }


def summary(rows: Tables, results: Path, note: str = "", most: int = 3) -> str:
    """The results in 6 to 15 lines: the note, if there is one, the papers that were not read (at most `most` by name)
    and how many were not asked everything, values, files."""
    count = figures(rows)
    missed = [row for row in rows["papers"] if row["status"] not in ("ok", *LEFT_OUT)]
    left_out = Counter(row["status"] for row in rows["papers"])
    others = "".join(f", {what} {left_out[status]}" for status, what in OTHERS.items() if left_out[status])
    lines = [note] if note else []
    lines += [
        f"Papers       {count['papers']}, read {count['papers read']}; copies left out {left_out['duplicate']}{others}"
    ]
    reasons = [" ".join(f"{row['file']}: {row['status']}. {row['reason']}".split()) for row in missed[:most]]
    reasons += [f"{len(missed) - most} more, see papers.csv"] if len(missed) > most else []
    lines += [f"  not read   {line}" for line in reasons]
    if cut := sum(UNASKED in row["reason"] for row in rows["papers"]):
        of = f"{cut} paper{'s' if cut > 1 else ''}"
        lines += [f"  not asked  questions about {of}: max_new_tokens was used up, see `reason` in papers.csv"]
    return "\n".join(
        [
            *lines,
            f"Values       {count['values reported']} reported, {count['values with evidence']} with evidence, "
            f"{count['values reviewed']} reviewed",
            *_corrections(rows),
            *_error_rate(rows, count["papers"] + sum(row["reason"] == NOT_YET for row in rows["papers"])),
            *_evaluation(rows),
            f"Discoveries  {count['discoveries']}",
            f"Tables       {', '.join(str(results / f'{name}.csv') for name in tables.CSV_TABLES)}",
            f"Database     {results / 'designspace.sqlite'}",
            f"Report       {results / 'report.html'}",
        ]
    )


def _corrections(rows: Tables) -> list[str]:
    """What reviewers changed, in a line, if there is a correction."""
    verdicts = Counter(row["review"] for row in rows["extractions"])
    unused = len(rows["corrections_unused"])
    if not unused and not verdicts.keys() - {""}:
        return []
    line = f"Corrections  {verdicts['corrected']} corrected, {verdicts['rejected']} rejected"
    disputed = {(row["paper"], row["experiment"], row["parameter"]) for row in rows["reviews"] if row["state"] == OPEN}
    if disputed:
        line += f", {len(disputed)} disputed (see reviews.csv)"
    return [line + (f"; {unused} without their paper or parameter, see corrections_unused.csv" if unused else "")]


def _error_rate(rows: Tables, papers: int) -> list[str]:
    """The share of wrong values according to the reviewers, and how many more of this many papers to check, if two
    papers were reviewed. Papers that wait for the end of a pilot are among them."""
    known = precision.error_rate(rows["extractions"], papers)
    if known is None:
        return []
    line = f"Error rate   {known.rate:.0%} ± {known.half_width:.0%} of {known.values} values in {known.papers} papers"
    advice = f"to know it within ±{precision.WITHIN:.0%}, review {known.more} papers more" if known.more else "enough"
    return [f"{line}; {advice}"]


def _evaluation(rows: Tables) -> list[str]:
    """The scores in a line, if there are any."""
    if "evaluation" not in rows:
        return []
    micro = rows["evaluation"][0]
    f1, precision, recall = (micro[rate] or 0 for rate in ("f1", "precision", "recall"))
    line = f"Evaluation   F1 {f1:.2f} (precision {precision:.2f}, recall {recall:.2f}) on {micro['support']} values"
    if not micro["with_evidence"]:
        return [line]
    line = f"{line}; of the right ones {micro['same_sentence']:.0%} in the annotator's sentence"
    return [f"{line}, {micro['same_page']:.0%} on the annotator's page"]
