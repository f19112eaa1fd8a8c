"""Fresh processes, one a paper, that attach the weights of this one: their start, their time and their memory."""

import contextlib
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, Literal

import yaml
from transformers import PreTrainedModel

from benchmark.inference.shapes import (
    CAPACITY,
    DEVICE,
    DTYPE,
    GIB,
    LARGE,
    PAPER,
    SCALE,
    SHAPES,
    give_back,
    in_eight_bits,
    model,
    paper,
    quantization_of,
    row,
    tokenizer,
    used,
)
from designspace.core import processes
from designspace.runner import PRELOAD
from designspace.runner.groups import Paper
from designspace.runner.line import Line
from designspace.runner.worker import Job
from designspace.tasks import extraction
from designspace.tasks.prompts import overhead

CONFIG = Path(__file__).parents[3] / "config"
LIBRARY = yaml.safe_load((CONFIG / "parameters.yaml").read_text("utf-8"))
SETTINGS = yaml.safe_load((CONFIG / "config.yaml").read_text("utf-8"))["extraction"]
LENGTHS = [length // SCALE for length in (4096, 12288, 40960)]
LONGER = 65536 // SCALE  # than what fits: cut to what the plan allows


class Place:
    """Where the processes find what they read of a model besides its weights, and the server that starts them."""

    def __init__(self, folder: str, weights: PreTrainedModel, preload: str) -> None:
        self.folder, self.tokenizer = folder, tokenizer(weights.config.vocab_size)
        weights.config.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        self.start = processes.start(folder, None, preload)


def measure() -> None:
    for name in SHAPES:
        weights = model(name)
        with served(weights) as place:
            row(name)
            peaks(weights, place, LENGTHS)
            if name == LARGE:
                for reserve in (2 * GIB, 0):
                    row(f"the longest by the plan, with a reserve of {reserve / GIB:.0f} GiB")
                    peaks(weights, place, [LONGER], reserve=reserve)
                five_in_a_row(weights, place)
        free(weights)
    for quantization in ("int8", "fp8"):
        weights = model(LARGE)
        in_eight_bits(weights, quantization)
        with served(weights) as place:
            row(f"{LARGE}, {quantization}")
            peaks(weights, place, LENGTHS[1:2])
        free(weights)


def peaks(weights: PreTrainedModel, place: Place, lengths: list[int], *, reserve: int = 0, gpus: int = 1) -> None:
    """Print predicted and measured peaks, and times, of papers of some lengths, in tokens of the prompt."""
    around = overhead(place.tokenizer, *extraction.frame(LIBRARY, SETTINGS))
    row("  tokens of the prompt", *["predicted", "measured", "ratio", "start", "prefill", "decode", "tokens"])
    for length in lengths:
        outcome = one(weights, place, max(length - around, 256), reserve=reserve, gpus=gpus)
        if outcome["status"] != "ok":
            row(f"  {length}", outcome["status"], outcome["reason"])
            continue
        predicted, measured = (outcome["memory"][f"{which}_bytes"] / GIB for which in ("predicted", "device"))
        sizes = f"{predicted:.2f} GiB", f"{measured:.2f} GiB", f"{predicted / measured:.4f}" if measured else "-"
        times = (f"{outcome['seconds'][step]:.2f} s" for step in ("attach", "prefill", "decode"))
        row(f"  {outcome['prompt_tokens']}", *sizes, *times, outcome["new_tokens"])


def five_in_a_row(weights: PreTrainedModel, place: Place) -> None:
    """Print how long a process takes to its first kernel, and what five leave on the device."""
    before = used()
    starts = [one(weights, place, PAPER)["seconds"]["attach"] for _ in range(5)]
    row("start of a process to its first kernel, 5 papers", *(f"{s:.2f} s" for s in starts))
    row("left on the device after them", f"{(used() - before) / 2**20:.1f} MiB")


def free(weights: PreTrainedModel) -> None:
    for weight in weights.parameters():
        weight.data = weight.data.new_empty(0)
    give_back()


@contextlib.contextmanager
def served(weights: PreTrainedModel, preload: str = PRELOAD) -> Iterator[Place]:
    """A place for a model, its server ready; the next model's server has that model's tokenizer."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder, weights, preload)
        started = time.monotonic()
        process = place.start.Process(target=int)
        process.start()
        process.join()
        row("fork server ready", f"{time.monotonic() - started:.1f} s")
        yield place
        forkserver._forkserver._stop()  # type: ignore[attr-defined]  # private: nothing else ends a server early


def one(weights: PreTrainedModel, place: Place, tokens: int, reserve: int = 0, gpus: int = 1) -> dict[str, Any]:
    """The outcome of one paper of so many tokens in a fresh process."""
    job = job_of(weights, place, reserve=reserve, gpus=gpus)
    ((_, _, outcome),) = Line(place.start, job, weights, minutes=60).outcomes(
        [[Paper(*paper(tokens, place.tokenizer))]]
    )
    of_task: dict[str, Any] = outcome.get("tasks", {}).get("extraction", {})
    return outcome | of_task


def job_of(
    weights: PreTrainedModel,
    place: Place,
    *,
    tasks: dict[str, dict[str, Any]] | None = None,
    reserve: int = 0,
    gpus: int = 1,
    papers_at_once: int | Literal["auto"] = 1,
) -> Job:
    """A job for a model; `tasks` are the settings of each of its tasks, by default an extraction."""
    dtype = str(DTYPE).removeprefix("torch.")
    section: dict[str, Any] = {"name": place.folder, "revision": None, "dtype": dtype, "device": DEVICE.type}
    section |= {"gpus": gpus, "quantization": quantization_of(weights), "attention": "fused"}
    room = {"capacity": CAPACITY, "reserve": reserve, "prefill_chunk": 4096}
    return Job(tasks or {"extraction": SETTINGS}, LIBRARY, section, room, papers_at_once)
