"""The process of one or several papers: prepare, wait for the GPU, read and ask, send the records.

Until the driver lets it continue, the process takes no memory of the GPU but that of a context. Work that does not need
the GPU happens before or afterwards, while another paper has the GPU. The process owns the cache and the activations;
when it exits, the driver takes back all of their memory.
"""

import json
import pickle
import platform
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from multiprocessing.connection import Connection
from typing import Any, Literal

import torch

import designspace
from designspace.core import processes
from designspace.core.errors import DesignspaceError
from designspace.engine import gpus, loading, masks, warming
from designspace.engine.generator import Generator
from designspace.language import context as contexts
from designspace.planning import memory, model_files
from designspace.planning.branches import of_papers
from designspace.planning.costs import PROCESS_BYTES, PROCESSES, costs_of, peak_bytes
from designspace.tasks import discovery, extraction, prompts

Record = dict[str, Any]

FREED = b"freed"  # sent by a process that has returned the memory of the GPU
TASKS: dict[str, Any] = {"extraction": extraction, "discovery": discovery}
# Parts of the messages of errors that are not an OutOfMemoryError and still mean that memory ran out: of a GPU's driver
# and libraries, which allocate memory themselves, and of PyTorch on a CPU.
SIGNS_OF_NO_MEMORY = ("out of memory", "can't allocate memory", "ALLOC_FAILED")


@dataclass(frozen=True)
class Job:
    """The settings that all papers of a batch share."""

    tasks: dict[str, dict[str, Any]]  # the settings of each task, in the order in which a paper is asked
    library: list[dict[str, Any]]
    model: dict[str, Any]  # that section of the configuration
    memory: dict[str, int]  # capacity and reserve in bytes, prefill_chunk in tokens
    papers_at_once: int | Literal["auto"] = 1  # in one process

    @property
    def room(self) -> dict[str, int]:
        """The memory that the plan may use, as memory.plan takes it."""
        return {key: self.memory[key] for key in ("capacity", "reserve")}


@dataclass(frozen=True)
class Attempt:
    """How an attempt differs from the plan: the divisors of its prefill chunk and of its token budget."""

    chunk: int
    budget: int


def load(job: Job) -> Any:
    """The model of a job, on a device that has room for it. model_files.ModelError if either is not available."""
    capacity, reserve = job.memory["capacity"], job.memory["reserve"]
    if job.model["device"] == "cuda":
        gpus.check_gpus(job.model["gpus"], capacity, reserve)
    try:
        with warming.meanwhile(**job.model):
            return loading.load(**job.model, room=capacity - reserve)
    except torch.OutOfMemoryError as error:
        raise model_files.ModelError(
            f"The weights of the model do not fit the GPU: {error} Set `model.quantization` to fp8 or int8, "
            "`model.gpus` to more, or choose a smaller model."
        ) from error


def work(connection: Connection, inbox: Connection) -> None:
    """Receive papers through the inbox, answer the questions about them, and send their outcomes through the
    connection, as JSON.

    The papers come with the model that the batch shares, or with None, and then the model is loaded here. When the
    process is ready, it waits for a second message: the time at which the GPU's memory became its own. When it has
    returned this memory, it sends FREED, and then the outcomes. Each has the id of its `paper` and a `status`: ok with
    the record's fields, or failed with a `reason`. An outcome without a paper concerns the process: out_of_memory, or
    stop (the run itself is wrong). A process that ends without an outcome has failed on its papers.
    """
    processes.end_with_parent()
    try:
        # Within the try, since this attaches the weights, and a GPU may have no room even for the context.
        job, attached, papers, attempt = pickle.loads(inbox.recv_bytes())
        weights = attached or load(job)
        if job.model["device"] == "cuda":
            limit_memory(job, attached)
        group = Group(job, weights, papers, attempt)
        if not inbox.poll():  # if its turn has come, it loads its kernels while the GPU reads
            warming.load_kernels(weights, group.grammar_tokenizer, max(task.branches for task in group.tasks.values()))
        started = await_turn(inbox)
        group.ask(started)
        torch.cuda.empty_cache()
        connection.send_bytes(FREED)
        for paper, fields in group.outcomes():
            connection.send_bytes(encode(paper, fields))
    except (DesignspaceError, OSError) as error:
        connection.send_bytes(json.dumps({"status": "stop", "reason": str(error)}).encode())
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        connection.send_bytes(json.dumps({"status": "out_of_memory", "reason": str(error)}).encode())


def await_turn(inbox: Connection) -> float:
    """Wait until the driver lets this process continue; returns when it did so, on the clock time.monotonic."""
    try:
        return float(inbox.recv())
    except EOFError:
        sys.exit()  # the driver has ended


def encode(paper: str, outcome: Record) -> bytes:
    """The outcome of a paper as JSON. If it has a number that is not finite, which no record may have, it becomes a
    failure."""
    try:
        return json.dumps({"paper": paper} | outcome, allow_nan=False).encode()
    except ValueError:
        reason = "The model computed a number that is not finite; its answers about this paper were not used."
        return json.dumps({"paper": paper, "status": "failed", "reason": reason}).encode()


def is_out_of_memory(error: BaseException | None) -> bool:
    """Whether an error, or an earlier one that it hides, says that memory ran out."""
    while error:
        if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
            return True
        if isinstance(error, RuntimeError) and any(sign in str(error) for sign in SIGNS_OF_NO_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False


def limit_memory(job: Job, attached: Any) -> None:
    """Limit the memory that this process may take of a GPU to what the job may use, less the weights, if they are
    attached, and the contexts of the processes. Beyond that, this process runs out of memory, and no other does."""
    for gpu in range(job.model["gpus"]):
        others = PROCESSES * PROCESS_BYTES["cuda"]
        others += loading.size(attached, torch.device("cuda", gpu)) if attached else 0
        total = torch.cuda.get_device_properties(gpu).total_memory
        torch.cuda.set_per_process_memory_fraction(max(0, job.memory["capacity"] - others) / total, gpu)


class Task:
    """A task of a job: what it asks, the tokens of its prompt around a paper, and the branches, slots and costs that it
    takes for one paper alone and for so many papers together."""

    def __init__(self, name: str, job: Job, weights: Any, tokenizer: Any, papers: int, chunk: int) -> None:
        self.questions, self.settings = TASKS[name], job.tasks[name]
        self.frame = self.questions.frame(job.library, self.settings)
        number, _, self.slots = self.questions.shape(tokenizer, job.library, self.settings)
        self.branches = of_papers(number, papers)
        self.alone, self.costs = (
            costs_of(
                weights.config.to_dict(),
                loading.size(weights),
                job.model,
                prefill_chunk=chunk,
                branches=branches,
                branch_tokens=self.slots,
            )
            for branches in (number, self.branches)
        )
        self.overhead = prompts.overhead(tokenizer, *self.frame)


class Paper:
    """A paper in its process: for each task, its prompt, its questions and the seconds that they took."""

    def __init__(self, record: Record, budget: int, kept: int) -> None:
        self.record, self.budget, self.kept = record, budget, kept
        self.tokens: dict[str, list[int]] = {}
        self.about: dict[str, Any] = {}
        self.seconds: dict[str, dict[str, float]] = {}

    @property
    def longest(self) -> int:
        """The tokens of its longest prompt."""
        return max(map(len, self.tokens.values()))


class Group:
    """Papers that share a process and its steps: they are prepared, read and asked here, and have their outcomes
    here."""

    def __init__(self, job: Job, weights: Any, papers: list[tuple[Record, Record]], attempt: Attempt) -> None:
        self.job, self.weights = job, weights
        source = job.model["name"], job.model["revision"]
        self.tokenizer = loading.load_tokenizer(*source)
        self.grammar_tokenizer = loading.load_grammar_tokenizer(*source, weights.get_output_embeddings().out_features)
        self.chunk = max(job.memory["prefill_chunk"] // attempt.chunk, 1)
        tasks = {name: Task(name, job, weights, self.tokenizer, len(papers), self.chunk) for name in job.tasks}
        # The longest prompt comes first, so that those of other tasks fit in its place.
        self.tasks = dict(sorted(tasks.items(), key=lambda task: -task[1].overhead))
        around = {"overhead_tokens": max(task.overhead for task in tasks.values())}
        budget = min(memory.plan(task.alone, **job.room, **around)["token_budget"] for task in tasks.values())
        self.papers = [self.made_ready(record, context, budget, attempt) for record, context in papers]
        self.capacity = sum(paper.longest for paper in self.papers)
        if len(papers) > 1:  # papers that have no room yet are read when others have ended
            room = (memory.prefix_tokens(task.costs, **job.room) for task in self.tasks.values())
            self.capacity = min(self.capacity, *room)
        for about in self.papers[0].about.values():
            for question in next(about.rounds()):
                masks.compiled(self.grammar_tokenizer, question.grammar)

    def made_ready(self, record: Record, context: Record, most: int, attempt: Attempt) -> Paper:
        """A paper of which as much is kept as if it were alone, with a budget of at most `most` tokens."""
        # The context was made for the plan of the run; the exact prompts, or a later attempt, may leave less room.
        budget = min(most, context["token_budget"]) // attempt.budget
        if context["tokens_kept"] > budget:
            context = contexts.fit(record, budget, self.tokenizer.backend_tokenizer)
        paper, text = Paper(record, budget, context["tokens_kept"]), contexts.kept_text(record, context)
        for name, task in self.tasks.items():
            before, after = task.frame
            paper.tokens[name] = prompts.prefix(self.tokenizer, before, text, after)
            paper.about[name] = task.questions.Paper(
                self.tokenizer, self.grammar_tokenizer, record, context, self.job.library, task.settings
            )
        return paper

    def ask(self, started: float) -> None:
        """Read the papers and ask all questions about them; this takes the memory that was planned. A further task
        reads only what its prompt has behind a paper that is still in memory: it begins with the last ones."""
        if self.capacity < max(paper.longest for paper in self.papers):
            raise torch.OutOfMemoryError("The longest of these papers does not fit beside the branches of all of them.")
        first, *_ = self.tasks.values()
        generator = Generator[None](
            self.weights,
            self.grammar_tokenizer,
            self.capacity,
            first.branches,
            first.slots,
            self.chunk,
            len(self.papers),
        )
        papers = self.papers
        for name, task in self.tasks.items():
            if task is not first:
                started, papers = time.monotonic(), papers[::-1]
                generator.give_slots(task.branches, task.slots)
            attach = time.monotonic() - started
            asked = [(paper.tokens[name], paper.about[name].rounds()) for paper in papers]
            for number, outcome, prefill, decode in generator.answer(asked):
                if isinstance(outcome, Exception):
                    raise outcome
                papers[number].seconds[name] = {"attach": attach, "prefill": prefill, "decode": decode}
        self.peak = peak(self.weights.device)

    def outcomes(self) -> Iterator[tuple[str, Record]]:
        """The id of each paper, and the fields of its records that only this process has: those of all tasks, and, as
        `tasks`, those of each."""
        predicted = max(peak_bytes(task.costs, self.capacity) for task in self.tasks.values())
        for paper in self.papers:
            of_tasks = {
                name: {"prompt_tokens": len(paper.tokens[name]), "seconds": paper.seconds[name], **about.fields()}
                for name, about in paper.about.items()
            }
            yield (
                paper.record["paper"],
                {
                    "status": "ok",
                    "revision": getattr(self.weights.config, "_commit_hash", None) or self.job.model["revision"],
                    "software": software(self.weights.device),
                    "token_budget": paper.budget,
                    "tokens_kept": paper.kept,
                    "memory": {"predicted_bytes": predicted, **self.peak},
                    "tasks": of_tasks,
                },
            )


def software(device: torch.device) -> str:
    """What computed an answer: the versions of the software, and the name of the GPU."""
    packages = [f"{name} {metadata.version(name)}" for name in ("torch", "transformers", "llguidance")]
    gpu = [torch.cuda.get_device_name(device)] if device.type == "cuda" else []
    versions = [f"Designspace {designspace.__version__}", f"Python {platform.python_version()}", *packages, *gpu]
    return ", ".join(versions)


def peak(device: torch.device) -> dict[str, int]:
    """Bytes: the peak of this process (its allocator's, or the resident set on a CPU), and what is in use on the GPU;
    of several GPUs, the largest of each."""
    if device.type == "cpu":
        return {"allocated_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "device_bytes": 0}
    allocated, used = [], []
    for gpu in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(gpu)
        allocated.append(torch.cuda.max_memory_allocated(gpu))
        used.append(total - free)
    return {"allocated_bytes": max(allocated), "device_bytes": max(used)}
