"""What a run will cost, before it starts: tokens, jobs, time, memory and disk. The estimate improves with every paper
that is read."""

import contextlib
import math
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from designspace.core import limits, records
from designspace.core.files import write_whole
from designspace.planning import branches, memory, speed
from designspace.planning.costs import GIB
from designspace.planning.shapes import read_model
from designspace.runner.journal import JOURNAL
from designspace.runner.progress import duration
from designspace.settings import parameters
from designspace.settings.run import Run

TASKS = ("extraction", "discovery")
TOKENS_A_PAGE, CHARACTERS_A_TOKEN = 1400, 3.7  # of the invented papers
PROMPT_TOKENS = 150  # around a paper, besides the parameters
PAGES = 10  # of a PDF whose pages cannot be counted
SAMPLE = 100  # PDFs whose pages are counted; the others are assumed to have the same mean
COUNTING_SECONDS = 20  # for the whole sample; if a PDF hangs, it costs no more, and PAGES is assumed for all
SHORT_JOB_SECONDS = 2.0  # of a CPU: to read or truncate a paper, mostly the start of the program
TEXT_BYTES, ANSWERS_BYTES, PICTURE_BYTES, PICTURES = 9, 60_000, 90_000, 4  # a token; a paper; a page; pages a paper
ENOUGH = 3  # papers of a task after which their measured times replace the plan's figures
MAIN_MEMORY_MB = 32_000  # of a job on a GPU: what loading the weights takes
START_MINUTES = 30  # of a job with the model: to start and to load it


# The fields that are read of each record: a run reads those of all papers before it starts, and the rest is large.
class _Answer(msgspec.Struct):
    paper: str
    task: str
    seconds: dict[str, float] = {}


class _Context(msgspec.Struct):
    tokens_kept: int


class _Text(msgspec.Struct):
    text: str


@dataclass(frozen=True)
class Estimate:
    """The cost of the papers that have no answers yet. `all_seconds` are the unscaled seconds of all papers by task."""

    papers: int
    left: int
    pages: int
    tokens: int
    batches: int
    device: str
    device_seconds: float
    wall_seconds: float
    peak_bytes: int
    capacity_bytes: int
    disk_bytes: int
    measured: int
    all_seconds: dict[str, float]
    job_minutes: int
    job_mb: int

    def line(self) -> str:
        """The estimate in one line, for the beginning of a run."""
        source = f"as {self.measured} papers took so far" if self.measured else "by the plan"
        return (
            f"Estimate   {self.left} of {self.papers} papers to read, {self.tokens:,} tokens: "
            f"{duration(self.wall_seconds)} on one {self.device} ({source}), "
            f"{self.peak_bytes / GIB:.1f} GiB of memory, {self.disk_bytes / 1e9:.2g} GB of disk"
        )

    def lines(self) -> str:
        """The estimate in several lines, for people."""
        source = (
            f"scaled by {self.measured} papers of this run" if self.measured else "no paper of this run is read yet"
        )
        return "\n".join(
            [
                f"Papers     {self.papers}, of which {self.left} have no answers yet",
                f"Reading    {self.pages:,} pages, {self.tokens:,} tokens with the questions, {source}",
                f"Jobs       {self.batches} with the model, one for each batch; the others take seconds each",
                f"Model      {duration(self.device_seconds)} on one {self.device}",
                f"Time       {duration(self.wall_seconds)} if one job with the model runs at a time",
                f"Memory     {self.peak_bytes / GIB:.1f} GiB of {self.capacity_bytes / GIB:.1f} GiB at most",
                f"Disk       {self.disk_bytes / 1e9:.2g} GB in the folder of the results",
                f"SLURM      each job with the model requests at most {duration(60 * self.job_minutes)} and "
                f"{self.job_mb / 1000:.0f} GB of main memory; a retry requests more",
            ]
        )


def of_run(run: Run, config: dict[str, Any]) -> Estimate:
    """The estimate for the papers of a run. DesignspaceError if the model cannot be had."""
    answered: dict[str, dict[str, float]] = {task: {} for task in TASKS}
    for task, paper, took in answers(run):
        answered[task][paper] = took
    files = {row.paper: run.papers / row.file for row in run.rows if row.paper in run.present and row.is_asked}
    left = {paper for paper in files if any(paper not in answered[task] for task in TASKS)}
    pages = pages_of({paper: files[paper] for paper in sorted(left)})
    kept = {paper: min(tokens_of(run, paper, pages.get(paper, PAGES)), run.plan["token_budget"]) for paper in files}
    device, capacity = device_of(config), run.plan["extraction"]["capacity_bytes"]
    seconds = paper_seconds(config, kept, device)
    factor, measured = scale(seconds, answered)
    batches = [batch for batch, papers in run.batches.items() if not left.isdisjoint(papers)]
    remaining = sum(factor[task] * seconds[task][paper] for task in TASKS for paper in left)
    loading = len(batches) * speed.Speed(*read_model(config["model"]), config["model"], device).job()
    return Estimate(
        papers=len(kept),
        left=len(left),
        pages=sum(pages.values()),
        tokens=sum(kept[paper] + sum(around_paper(config).values()) for paper in left),
        batches=len(batches),
        device=device.name,
        device_seconds=remaining + loading,
        wall_seconds=remaining + loading + 2 * len(left) * SHORT_JOB_SECONDS / (os.cpu_count() or 1),
        peak_bytes=max(run.plan[task]["predicted_peak_bytes"] for task in TASKS),
        capacity_bytes=capacity,
        disk_bytes=sum(TEXT_BYTES * kept[paper] + ANSWERS_BYTES + PICTURES * PICTURE_BYTES for paper in left),
        measured=measured,
        all_seconds={task: sum(of_papers.values()) for task, of_papers in seconds.items()},
        job_minutes=job_minutes(config, config["papers_per_job"]),
        job_mb=job_mb(config),
    )


def job_minutes(config: dict[str, Any], papers: int) -> int:
    """The minutes that a job with the model requests from a cluster: to start, and the time limit of each paper."""
    minutes: float = config["minutes_per_paper"]
    return math.ceil(START_MINUTES + minutes * papers)


def job_mb(config: dict[str, Any]) -> int:
    """The MB of main memory that a job with the model requests from a cluster: on a CPU what the model may use."""
    if config["model"]["device"] == "cuda":
        return MAIN_MEMORY_MB
    return memory.parse_size(config["memory"]["capacity"]) // 10**6


def save(estimate: Estimate, results: Path) -> None:
    """Write estimate.json, which the page compares with the measured times."""
    kept = {"device": estimate.device, "papers": estimate.papers, "seconds": estimate.all_seconds}
    kept |= {"peak_bytes": estimate.peak_bytes}
    write_whole(results / "estimate.json", records.encode(kept, indent=1))


def around_paper(config: dict[str, Any]) -> dict[str, int]:
    """{task: tokens of the prompt around a paper}: an extraction describes the parameters, a discovery only names
    them."""
    library = parameters.load(config["parameters"])
    names = sum(len(parameter["name"]) for parameter in library)
    described = sum(len(parameter["definition"]) + len(" ".join(parameter.get("values", []))) for parameter in library)
    characters = {"extraction": names + described, "discovery": names}
    return {task: PROMPT_TOKENS + round(number / CHARACTERS_A_TOKEN) for task, number in characters.items()}


def paper_seconds(config: dict[str, Any], kept: dict[str, int], device: speed.Device) -> dict[str, dict[str, float]]:
    """{task: {paper: seconds}} from the shapes of the model, for papers given by their kept tokens. The extraction
    reads them, and the discovery only its own instructions."""
    library = parameters.load(config["parameters"])
    model = config["model"]
    found, asking = config["discovery"], config["extraction"]
    of_speed = speed.Speed(*read_model(model), model, device)
    extraction = branches.of_extraction(library, asking["max_new_tokens"], asking["reasoning"])
    discovery = branches.of_discovery(len(found["categories"]), found["max_new_tokens"])
    asked = {
        "extraction": speed.of_extraction(library, extraction),
        "discovery": speed.of_discovery(found["findings"], discovery),
    }
    around = around_paper(config)

    def seconds(task: str, tokens: int) -> float:
        return of_speed.paper(tokens + around[task], asked[task], read=0 if task == "extraction" else tokens)

    return {task: {paper: seconds(task, tokens) for paper, tokens in kept.items()} for task in TASKS}


def scale(seconds: dict[str, dict[str, float]], answered: dict[str, dict[str, float]]) -> tuple[dict[str, float], int]:
    """({task: measured divided by estimated seconds of its papers}, the number of these papers). A task with fewer than
    ENOUGH measured papers has the factor of the other task, or 1."""
    factors = {}
    for task, of_papers in answered.items():
        measured = {paper: time for paper, time in of_papers.items() if time and paper in seconds[task]}
        if len(measured) >= ENOUGH:
            factors[task] = sum(measured.values()) / sum(seconds[task][paper] for paper in measured)
    other = next(iter(factors.values()), 1.0)
    measured_papers = max((len(answered[task]) for task in factors), default=0)
    return {task: factors.get(task, other) for task in answered}, measured_papers


def answers(run: Run) -> Iterable[tuple[str, str, float]]:
    """(task, paper, seconds) of each answered paper; 0 seconds if the model did not read it."""
    for batch in run.batches:
        for name in (*(f"{task}/{batch}.jsonl" for task in TASKS), f"{TASKS[0]}/{batch}.jsonl{JOURNAL}"):
            with contextlib.suppress(OSError):
                for line in Path(run.results, name).read_bytes().splitlines():
                    with contextlib.suppress(msgspec.DecodeError):
                        answer = msgspec.json.decode(line, type=_Answer)
                        yield answer.task, answer.paper, sum(answer.seconds.values())


def tokens_of(run: Run, paper: str, pages: int) -> int:
    """Tokens of a paper: as counted, or from its text, or from its pages."""
    context, text = (Path(run.results, kind, f"{paper}.json") for kind in ("context", "text"))
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(context.read_bytes(), type=_Context).tokens_kept
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return round(len(msgspec.json.decode(text.read_bytes(), type=_Text).text) / CHARACTERS_A_TOKEN)
    return pages * TOKENS_A_PAGE


def pages_of(files: dict[str, Path]) -> dict[str, int]:
    """The pages of papers, {paper: its PDF}; of many papers, only a sample is counted."""
    sample = list(files)[:: max(1, len(files) // SAMPLE)]
    counted: list[int] = []
    if sample:
        with contextlib.suppress(limits.Failed):
            paths = [str(files[paper]) for paper in sample]
            counted = limits.call(count_pages, paths, seconds=COUNTING_SECONDS, address_space=2 * GIB)
    known = {paper: number for paper, number in zip(sample, counted, strict=False) if number}
    usual = round(statistics.mean(known.values())) if known else PAGES
    return {paper: known.get(paper, usual) for paper in files}


def count_pages(files: list[str]) -> list[int]:
    """The pages of PDFs, 0 for one that cannot be opened; to be called in a separate process."""
    import pypdfium2  # the environment of snakemake itself may lack it

    counted = []
    for file in files:
        try:
            with pypdfium2.PdfDocument(file) as pdf:
                counted.append(len(pdf))
        except (OSError, pypdfium2.PdfiumError):
            counted.append(0)
    return counted


def device_of(config: dict[str, Any]) -> speed.Device:
    """The device of a run: this machine's GPU if nvidia-smi names a known one, otherwise an H100."""
    if config["model"]["device"] == "cpu":
        return speed.cpu(os.cpu_count() or 1, config["model"]["dtype"])
    names = ""
    if shutil.which("nvidia-smi"):
        command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        names = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return next((gpu for gpu in speed.GPUS if gpu.name in names), speed.GPUS[1])
