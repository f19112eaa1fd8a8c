"""Both tasks of eight papers as a run has them, by the driver's clock: each in a process of its own, and as many as fit
at once."""

import time

from memory import GIB, LIBRARY, SETTINGS, job_of, served
from shapes import LARGE, PAPER, model, paper, row

from designspace.runner.groups import Paper, together
from designspace.runner.line import Line
from designspace.tasks import discovery, extraction
from designspace.tasks.prompts import overhead

PAPERS = 8
RESERVE = 2 * GIB
MINUTES = 60  # that a paper may take here
TASKS = {"extraction": extraction, "discovery": discovery}
SETTINGS["discovery"]["max_new_tokens"] = 6 * 256  # as many as the branches of the part groups write


def measure(name=LARGE):
    weights = model(name)
    with served(weights) as place:
        row("", "papers at once", "s a paper", "read and asked", "planned", "measured", "ratio")
        for at_once in (1, "auto"):
            both = sum(seconds_a_paper(task, weights, place, at_once) for task in TASKS)
            row(f"both tasks, papers at once: {at_once}", "", f"{both:.2f}")


def seconds_a_paper(task, weights, place, at_once):
    """Print and return what a task takes by the driver's clock."""
    around = overhead(place.words, *TASKS[task].frame(LIBRARY, SETTINGS[task]))
    papers = [paper(max(PAPER - around, 256), place.words) for _ in range(PAPERS)]
    papers = [Paper(n, record | {"paper": f"p{n}"}, context) for n, (record, context) in enumerate(papers)]
    job = job_of(task, weights, place, RESERVE, papers_at_once=at_once)
    line = Line(place.start, job, weights, MINUTES)
    started = time.monotonic()
    groups = list(together(job, papers))
    outcomes = [outcome for *_, outcome in line.outcomes(groups)]
    seconds = (time.monotonic() - started) / PAPERS
    assert all(outcome["status"] == "ok" for outcome in outcomes), outcomes
    spent = sum(outcome["seconds"]["prefill"] + outcome["seconds"]["decode"] for outcome in outcomes) / PAPERS
    planned, measured = (
        max(outcome["memory"][f"{of}_bytes"] for outcome in outcomes) for of in ("predicted", "device")
    )
    sizes = f"{planned / GIB:.2f} GiB", f"{measured / GIB:.2f} GiB", f"{planned / measured:.3f}" if measured else "-"
    row(task, "/".join(str(len(group)) for group in groups), f"{seconds:.2f}", f"{spent:.2f}", *sizes)
    return seconds
