"""A batch of papers through the processes of a run, by its driver's clock: what a paper waits for beside its reading
and answering, one at a time and several at once, and what memory they take."""

import time
from typing import Any, Literal

from transformers import PreTrainedModel

from benchmark.inference.engine import TASKS, ceilings
from benchmark.inference.groups import compile_all
from benchmark.inference.memory import LIBRARY, SETTINGS, Place, free, job_of, served
from benchmark.inference.questions import NAMES
from benchmark.inference.shapes import (
    DEVICE,
    DTYPE,
    GIB,
    LARGE,
    ON_GPU,
    PAPER,
    SHAPES,
    UNTUNED,
    in_eight_bits,
    model,
    paper,
    quantization_of,
    row,
    used,
)
from designspace.runner import PRELOAD
from designspace.runner.groups import Paper, together
from designspace.runner.line import Line
from designspace.runner.worker import TASKS as MODULES
from designspace.runner.worker import Job
from designspace.tasks import discovery
from designspace.tasks.prompts import overhead

Tasks = dict[str, dict[str, Any]]  # {name: its settings}
AtOnce = int | Literal["auto"]

PAPERS = 8
CATEGORIES = ["participants", "apparatus", "procedure", "feedback", "analysis", "other"]
# The tasks of a run, under their grammars.
OF_A_RUN: Tasks = {
    "extraction": SETTINGS,
    "discovery": {"max_new_tokens": 256 * len(CATEGORIES), "findings": 5, "categories": CATEGORIES},
}
# Questions whose answers have so many tokens each, whatever the weights: discoveries, of which none ends early.
WRITTEN_OUT: Tasks = {
    name: {
        "max_new_tokens": questions * tokens,
        "findings": 5,
        "categories": [f"part {n}" for n in range(questions)],
    }
    for name, (questions, tokens) in zip(NAMES, TASKS.values(), strict=True)
}
MODULES |= dict.fromkeys(WRITTEN_OUT, discovery)
AT_ONCE: tuple[AtOnce, ...] = (1, "auto")


def measure() -> None:
    measure_both(OF_A_RUN)


def measure_written_out() -> None:
    ceilings()
    measure_both(WRITTEN_OUT)
    for name, papers in ((list(SHAPES)[1], 2 * PAPERS), (UNTUNED, PAPERS)):
        row(name)
        weights = model(name)
        measure_one(weights, WRITTEN_OUT, papers)
        free(weights)


def measure_both(tasks: Tasks) -> None:
    """Print what tasks take of the large model as it is, and with its weights in fp8."""
    weights = model(LARGE)
    measure_one(weights, tasks)
    in_eight_bits(weights, "fp8")
    measure_one(weights, tasks)
    free(weights)


def measure_one(weights: PreTrainedModel, tasks: Tasks, papers: int = PAPERS) -> None:
    """Print what tasks take of a model."""
    row(f"weights of {quantization_of(weights) or DTYPE}")
    if ON_GPU:
        compile_all(weights)
    with served(weights, preload="benchmark.inference.endless" if tasks is WRITTEN_OUT else PRELOAD) as place:
        around = max(overhead(place.tokenizer, *MODULES[name].frame(LIBRARY, tasks[name])) for name in tasks)
        batch = [Paper(*paper(max(PAPER - around, 256), place.tokenizer)) for _ in range(papers)]
        for n, each in enumerate(batch):
            each.record["paper"] += f"_{n}"
        row(f"{' and '.join(tasks)}, {papers} papers: at once", *COLUMNS)
        for at_once in AT_ONCE:
            through_driver(place, job_of(weights, place, tasks=tasks, papers_at_once=at_once), weights, batch)


COLUMNS = ("s a paper", "to its work", "start", "seconds of each task", "tokens", "planned", "measured", "left")


def through_driver(place: Place, job: Job, weights: PreTrainedModel, papers: list[Paper]) -> None:
    """Print the seconds a paper, beside those that it was read and asked, and the memory beside its plan."""
    before, started = used(), time.monotonic()
    finished = Line(place.start, job, weights, minutes=60).outcomes(list(together(job, papers)))
    outcomes = [outcome for _, _, outcome in finished]
    waited = (time.monotonic() - started) / len(papers)
    if failed := [outcome for outcome in outcomes if outcome["status"] != "ok"]:
        row(f"  {job.papers_at_once}", failed[0]["reason"])
        return
    answers = [outcome["tasks"] for outcome in outcomes]
    times = {
        task: [sum(of[task]["seconds"][part] for of in answers) / len(papers) for part in ("prefill", "decode")]
        for task in job.tasks
    }
    first, *later = [next(iter(of.values()))["seconds"]["attach"] for of in answers]
    work = sum(map(sum, times.values()))
    planned, measured = (
        max(outcome["memory"][f"{kind}_bytes"] for outcome in outcomes) for kind in ("predicted", "device")
    )
    row(
        f"  {job.papers_at_once}",
        f"{waited:.2f} s",
        f"{waited / work:.3f}" if job.papers_at_once == 1 else "-",  # of several the times overlap
        f"{first:.2f}, {max(later):.2f} s",
        ", ".join(f"{prefill:.2f} + {decode:.2f}" for prefill, decode in times.values()),
        sum(answer["new_tokens"] for of in answers for answer in of.values()) // len(papers),
        f"{planned / GIB:.2f} GiB",
        f"{measured / GIB:.2f} GiB",
        f"{(used() - before) / 2**20:.0f} MiB" if DEVICE.type == "cuda" else "-",
    )
