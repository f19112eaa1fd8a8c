"""The papers that a team excludes, each with a reason: a file that costs no GPU work, as the corrections do not."""

from collections.abc import Mapping
from pathlib import Path

from designspace.core import sheets


def load(path: str | Path) -> dict[str, str]:
    """{what the file calls a paper, its id or its file's name: the reason}; nothing where there is no file.

    SheetError where it cannot be read, where a row has no paper or no reason, or where a paper has two.
    """
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
    """{paper: why it is excluded}; `names` is what each paper may be called, {name: id}. A name without a paper is
    ignored, since its PDF may come back."""
    return {names[name]: reason for name, reason in reasons.items() if name in names}
