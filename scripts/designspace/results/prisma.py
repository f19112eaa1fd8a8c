"""How many files became included papers, and why the others did not: the counts of a PRISMA flow diagram, and its
drawing.

Page, M. J., et al. (2021). The PRISMA 2020 statement. BMJ, 372, n71. https://doi.org/10.1136/bmj.n71
"""

import html
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from designspace.results.rows import PrismaRow

# The step of a file by the status of its row in papers.csv; any other status is a paper that could not be read.
STEPS = {
    "duplicate": "duplicates",
    "supplement": "supplements",
    "version": "versions",
    "excluded": "excluded",
    "ok": "included",
}
WIDTH, LINE, MARGIN = 300, 18, 12  # pixels: of a box, a line of text, the space around it
MOST = 8  # reasons that are drawn
LONGEST = 40  # letters of a reason that are drawn


def counts(papers: Iterable[Mapping[str, Any]]) -> list[PrismaRow]:
    """The counts of the rows of papers.csv. The steps after `files`, without the rows of single reasons, add up to
    `files`."""
    rows = list(papers)
    steps = Counter(STEPS.get(row["status"], "unreadable") for row in rows if row["status"] != "no_file")
    reasons = Counter(row["reason"] for row in rows if row["status"] == "excluded")
    listed = [
        _count("no_file", "", sum(row["status"] == "no_file" for row in rows)),
        _count("files", "", steps.total()),
    ]
    for step in ("duplicates", "supplements", "versions", "excluded", "unreadable", "included"):
        listed.append(_count(step, "", steps[step]))
        if step == "excluded":
            listed += [_count(step, reason, n) for reason, n in sorted(reasons.items(), key=lambda it: (-it[1], it[0]))]
    return listed


def _count(step: str, reason: str, papers: int) -> PrismaRow:
    return {"step": step, "reason": reason, "papers": papers}


def svg(listed: Iterable[Mapping[Any, Any]]) -> bytes:
    """The counts as a flow diagram: files, papers and included papers below each other, those left out beside them."""
    rows = list(listed)
    n = {row["step"]: row["papers"] for row in rows if not row["reason"]}
    papers = n["files"] - n["duplicates"] - n["supplements"] - n["versions"]
    reasons = [f"  {_short(row['reason'])}: {row['papers']:,}" for row in rows if row["reason"]]
    more = [f"  and {len(reasons) - MOST} more reasons"] if len(reasons) > MOST else []
    missing = [f"Entries of the library without a file: {n['no_file']:,}"] if n["no_file"] else []
    steps = [
        (
            [f"Files: {n['files']:,}", *missing],
            [
                f"Copies of another file: {n['duplicates']:,}",
                f"Supplements, read with their paper: {n['supplements']:,}",
                f"Versions of another paper: {n['versions']:,}",
            ],
        ),
        (
            [f"Papers: {papers:,}"],
            [f"Excluded: {n['excluded']:,}", *reasons[:MOST], *more, f"Could not be read: {n['unreadable']:,}"],
        ),
        ([f"Included papers: {n['included']:,}"], []),
    ]
    parts: list[str] = []
    top = MARGIN
    for main, beside in steps:
        parts += _box(MARGIN, top, main)
        if beside:
            middle = top + _height(main) / 2
            parts += _arrow(MARGIN + WIDTH, middle, 2 * MARGIN + WIDTH + 28, middle)
            parts += _box(2 * MARGIN + WIDTH + 30, top, beside)
            bottom = top + max(_height(main), _height(beside)) + 2 * LINE
            parts += _arrow(MARGIN + WIDTH / 2, top + _height(main), MARGIN + WIDTH / 2, bottom - 2)
            top = bottom
    width, height = 3 * MARGIN + 2 * WIDTH + 30, top + LINE + 3 * MARGIN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    style = 'font-family="sans-serif" font-size="13" role="img"'
    title = f"<title>From {n['files']:,} files to {n['included']:,} included papers</title>"
    return "\n".join([f"{head} {style}>", title, *parts, "</svg>", ""]).encode()


def _height(lines: list[str]) -> int:
    return len(lines) * LINE + 2 * MARGIN


def _box(left: float, top: float, lines: list[str]) -> list[str]:
    place = f'x="{left}" y="{top}" width="{WIDTH}" height="{_height(lines)}"'
    box = f'<rect {place} rx="3" fill="white" stroke="#444"/>'
    rows = enumerate(lines, 1)
    return [box] + [
        f'<text x="{left + MARGIN + 12 * line.startswith("  ")}" y="{top + MARGIN + number * LINE - 5}" fill="#111">'
        f"{html.escape(line.strip())}</text>"
        for number, line in rows
    ]


def _arrow(left: float, top: float, right: float, bottom: float) -> list[str]:
    """An arrow to the right or down."""
    head = (-6, -4, -6, 4) if top == bottom else (-4, -6, 4, -6)
    x, y, other_x, other_y = head
    return [
        f'<path d="M{left} {top}L{right} {bottom}" stroke="#444" fill="none"/>',
        f'<path d="M{right + x} {bottom + y}L{right} {bottom}L{right + other_x} {bottom + other_y}z" fill="#444"/>',
    ]


def _short(reason: str) -> str:
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in reason).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
