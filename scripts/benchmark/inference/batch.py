"""A batch of papers through the processes of a run, by its driver's clock: what a paper waits for beside its reading
and answering, one at a time and several at once, and what memory they take."""

import time
from collections import Counter

from memory import LIBRARY, SETTINGS, job_of, served
from shapes import DEVICE, DTYPE, GIB, LARGE, PAPER, in_eight_bits, model, paper, quantization_of, row, used

from designspace.runner.groups import Paper, together
from designspace.runner.line import Line
from designspace.tasks import discovery, extraction
from designspace.tasks.prompts import overhead

PAPERS = 8
CATEGORIES = ["participants", "apparatus", "procedure", "feedback", "analysis", "other"]
TASKS = {
    "extraction": (extraction, SETTINGS),
    "discovery": (discovery, {"max_new_tokens": 256 * len(CATEGORIES), "findings": 5, "categories": CATEGORIES}),
}
AT_ONCE = (1, "auto")


def measure():
    weights = model(LARGE)
    measure_one(weights)
    in_eight_bits(weights, "fp8")
    measure_one(weights)


def measure_one(weights):
    """Print what the tasks take of a model."""
    row(f"weights of {quantization_of(weights) or DTYPE}")
    whole = Counter()
    with served(weights) as place:
        for task, (module, settings) in TASKS.items():
            around = overhead(place.words, *module.frame(LIBRARY, settings))
            papers = [Paper(n, *paper(PAPER - around, place.words)) for n in range(1, PAPERS + 1)]
            for each in papers:
                each.record["paper"] += f"_{each.number}"
            row(f"{task}, {PAPERS} papers: at once", *COLUMNS)
            for at_once in AT_ONCE:
                job = job_of(weights, place, task=task, settings=settings, papers_at_once=at_once)
                whole[at_once] += through_driver(place, job, weights, papers)
    for at_once, seconds in whole.items():
        row(f"both tasks, {at_once} at once, a paper", f"{seconds:.2f} s")


COLUMNS = ("s a paper", "to its work", "start", "prefill", "decode", "planned", "measured", "left")


def through_driver(place, job, weights, papers):
    """Seconds a paper, which are printed beside those that it was read and asked, and the memory beside its plan."""
    before, started = used(), time.monotonic()
    finished = Line(place.start, job, weights, minutes=60).outcomes(list(together(job, papers)))
    outcomes = [outcome for _, _, outcome in finished]
    waited = (time.monotonic() - started) / len(papers)
    if failed := [outcome for outcome in outcomes if outcome["status"] != "ok"]:
        row(f"  {job.papers_at_once}", failed[0]["reason"])
        return waited
    times = {part: [outcome["seconds"][part] for outcome in outcomes] for part in ("attach", "prefill", "decode")}
    first, *later = times["attach"]
    work = (sum(times["prefill"]) + sum(times["decode"])) / len(papers)
    planned, measured = (
        max(outcome["memory"][f"{kind}_bytes"] for outcome in outcomes) for kind in ("predicted", "device")
    )
    row(
        f"  {job.papers_at_once}",
        f"{waited:.2f} s",
        f"{waited / work:.3f}" if job.papers_at_once == 1 else "-",  # of several the times overlap
        f"{first:.2f}, {max(later):.2f} s",
        *(f"{sum(times[part]) / len(papers):.2f} s" for part in ("prefill", "decode")),
        f"{planned / GIB:.2f} GiB",
        f"{measured / GIB:.2f} GiB",
        f"{(used() - before) / 2**20:.0f} MiB" if DEVICE.type == "cuda" else "-",
    )
    return waited
