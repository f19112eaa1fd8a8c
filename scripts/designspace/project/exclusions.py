"""The papers that a team excludes, each with a reason: a file that, like the corrections, causes no GPU work."""

from collections.abc import Mapping
from pathlib import Path

from designspace.core import sheets


def load(path: str | Path) -> dict[str, str]:
    """{name of a paper in the file, its id or its file's name: the reason}; nothing without a file. SheetError if it
    cannot be read, if a row has no paper or no reason, or if a paper has two rows."""
    try:
        rows = sheets.rows(path, needed=("paper", "reason"))
    except FileNotFoundError:
        return {}
    reasons: dict[str, str] = {}
    problems = []
    for where, cells in rows:
        for column in ("paper", "reason"):
            if not cells[column]:
                problems.append(f"{where} has no `{column}`; write one, or remove the row.")
        if cells["paper"] in reasons:
            problems.append(f"{where} excludes {cells['paper']} a second time; remove one of the rows.")
        reasons[cells["paper"]] = cells["reason"]
    sheets.refuse(problems)
    return reasons


def of_papers(reasons: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """{paper: the reason for excluding it}; `names` is {any name of a paper: its id}. A name without a paper is
    ignored, since its PDF may come back."""
    return {names[name]: reason for name, reason in reasons.items() if name in names}
