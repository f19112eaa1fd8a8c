"""What happens in the process of a paper, or of several: make ready, wait for the GPU, read and ask, send the records.

Until the driver lets it go on, the process takes no memory of the GPU but that of a context, and whatever does not need
the GPU it does before or afterwards, while another paper has it. It owns the cache and the activations; when it exits,
the driver takes back every byte of them.
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

FREED = b"freed"  # what a process sends when it has given back the memory of the GPU
TASKS: dict[str, Any] = {"extraction": extraction, "discovery": discovery}
# In the message of an error that is not an OutOfMemoryError and still means that memory is out: of a GPU's driver and
# libraries, which allocate for themselves, and of PyTorch on a CPU.
SIGNS_OF_NO_MEMORY = ("out of memory", "can't allocate memory", "ALLOC_FAILED")


@dataclass(frozen=True)
class Job:
    """What is the same for all papers of a batch."""

    task: str
    settings: dict[str, Any]
    library: list[dict[str, Any]]
    model: dict[str, Any]  # that section of the configuration
    memory: dict[str, int]  # capacity and reserve in bytes, prefill_chunk in tokens
    papers_at_once: int | Literal["auto"] = 1  # in one process


@dataclass(frozen=True)
class Attempt:
    """How an attempt differs from the plan: what its prefill chunk and its token budget are divided by."""

    chunk: int
    budget: int


def load(job: Job) -> Any:
    """The model of a job, on a device that can hold it. model_files.ModelError where either cannot be had."""
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
    """Answer about papers, which come through the inbox, and send their outcomes through the connection, as JSON.

    With them comes the model that the batch shares, or None, and then it is loaded here. When the process is ready it
    waits for a second message, the time at which the GPU's memory became its own, and when it has given that back it
    sends FREED before the outcomes. Each has the id of its `paper` and a `status`: ok with the record's fields, or
    failed with a `reason`. One without a paper is of the process: out_of_memory, or stop (the run itself is wrong). A
    process that ends without an outcome has failed on its papers.
    """
    processes.end_with_parent()
    try:
        # Here, since it attaches the weights, and a GPU may have no room even for its context.
        job, attached, papers, attempt = pickle.loads(inbox.recv_bytes())
        weights = attached or load(job)
        if job.model["device"] == "cuda":
            limit_memory(job, attached)
        group = Group(job, weights, papers, attempt)
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
    """Wait for the driver to let this paper go on; returns when it did, on the clock time.monotonic."""
    try:
        return float(inbox.recv())
    except EOFError:
        sys.exit()  # the driver has ended


def encode(paper: str, outcome: Record) -> bytes:
    """The outcome of a paper as JSON. A number that is not finite, which no record may have, makes it a failed one."""
    try:
        return json.dumps({"paper": paper} | outcome, allow_nan=False).encode()
    except ValueError:
        reason = "The model computed a number that is not finite; its answers about this paper were not used."
        return json.dumps({"paper": paper, "status": "failed", "reason": reason}).encode()


def is_out_of_memory(error: BaseException | None) -> bool:
    """Whether an error, or the one before it that it hides, says that memory is out."""
    while error:
        if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
            return True
        if isinstance(error, RuntimeError) and any(sign in str(error) for sign in SIGNS_OF_NO_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False


def limit_memory(job: Job, attached: Any) -> None:
    """Let this process take no more of a GPU than the job may use, less what is there besides: the weights, where they
    are attached, and the contexts of the processes. Past that it is out of memory, and no one else is."""
    for gpu in range(job.model["gpus"]):
        others = PROCESSES * PROCESS_BYTES["cuda"]
        others += loading.size(attached, torch.device("cuda", gpu)) if attached else 0
        total = torch.cuda.get_device_properties(gpu).total_memory
        torch.cuda.set_per_process_memory_fraction(max(0, job.memory["capacity"] - others) / total, gpu)


class Paper:
    """A paper in its process: its prompt, its questions, and what was measured of it."""

    def __init__(self, record: Record, tokens: list[int], budget: int, kept: int, task: Any) -> None:
        self.record, self.tokens, self.budget, self.kept, self.task = record, tokens, budget, kept, task
        self.seconds: dict[str, float] = {}


class Group:
    """Papers that share a process and its steps: made ready, read and asked, and their outcomes."""

    def __init__(self, job: Job, weights: Any, papers: list[tuple[Record, Record]], attempt: Attempt) -> None:
        self.job, self.weights, self.task = job, weights, TASKS[job.task]
        source = job.model["name"], job.model["revision"]
        self.tokenizer = loading.load_tokenizer(*source)
        self.grammar_tokenizer = loading.load_grammar_tokenizer(*source, weights.get_output_embeddings().out_features)
        number, _, self.slots = self.task.shape(self.tokenizer, job.library, job.settings)
        self.branches = of_papers(number, len(papers))
        chunk = max(job.memory["prefill_chunk"] // attempt.chunk, 1)
        alone, self.costs = (
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
        self.frame = self.task.frame(job.library, job.settings)
        overhead = prompts.overhead(self.tokenizer, *self.frame)
        budget = memory.plan(alone, **self.room, overhead_tokens=overhead)["token_budget"]
        self.papers = [self.made_ready(record, context, budget, attempt) for record, context in papers]
        self.capacity = sum(len(paper.tokens) for paper in self.papers)
        if len(papers) > 1:  # those that have no room yet are read when others have ended
            self.capacity = min(self.capacity, memory.prefix_tokens(self.costs, **self.room))
        for question in next(self.papers[0].task.rounds()):
            masks.compiled(self.grammar_tokenizer, question.grammar)
        warming.load_kernels(weights, self.branches)

    @property
    def room(self) -> dict[str, int]:
        """The memory that the plan has."""
        return {key: self.job.memory[key] for key in ("capacity", "reserve")}

    def made_ready(self, record: Record, context: Record, most: int, attempt: Attempt) -> Paper:
        """A paper of which as much is kept as it would be alone, where it has a budget of `most` tokens."""
        # The context was made for the plan of the run; the exact prompt of this task, or the attempt, may leave less.
        budget = min(most, context["token_budget"]) // attempt.budget
        if context["tokens_kept"] > budget:
            context = contexts.fit(record, budget, self.tokenizer.backend_tokenizer)
        before, after = self.frame
        tokens = prompts.prefix(self.tokenizer, before, contexts.kept_text(record, context), after)
        about = self.task.Paper(
            self.tokenizer, self.grammar_tokenizer, record, context, self.job.library, self.job.settings
        )
        return Paper(record, tokens, budget, context["tokens_kept"], about)

    def ask(self, started: float) -> None:
        """Read the papers and ask all questions about them, which takes the memory that was planned."""
        if self.capacity < max(len(paper.tokens) for paper in self.papers):
            raise torch.OutOfMemoryError("The longest of these papers does not fit beside the branches of all of them.")
        generator = Generator[None](
            self.weights,
            self.grammar_tokenizer,
            self.capacity,
            self.branches,
            self.slots,
            self.costs["prefill_chunk"],
            len(self.papers),
        )
        attach = time.monotonic() - started
        for number, outcome, prefill, decode in generator.answer((p.tokens, p.task.rounds()) for p in self.papers):
            if isinstance(outcome, Exception):
                raise outcome
            self.papers[number].seconds = {"attach": attach, "prefill": prefill, "decode": decode}
        self.peak = peak(self.weights.device)

    def outcomes(self) -> Iterator[tuple[str, Record]]:
        """The id of each paper and the fields of its record that only the model's process knows."""
        for paper in self.papers:
            yield (
                paper.record["paper"],
                {
                    "status": "ok",
                    "revision": getattr(self.weights.config, "_commit_hash", None) or self.job.model["revision"],
                    "software": software(self.weights.device),
                    "token_budget": paper.budget,
                    "tokens_kept": paper.kept,
                    "prompt_tokens": len(paper.tokens),
                    "seconds": paper.seconds,
                    "memory": {"predicted_bytes": peak_bytes(self.costs, self.capacity), **self.peak},
                    **paper.task.fields(),
                },
            )


def software(device: torch.device) -> str:
    """On what an answer was made: the versions of what computes it, and the name of the GPU."""
    packages = [f"{name} {metadata.version(name)}" for name in ("torch", "transformers", "llguidance")]
    gpu = [torch.cuda.get_device_name(device)] if device.type == "cuda" else []
    versions = [f"Designspace {designspace.__version__}", f"Python {platform.python_version()}", *packages, *gpu]
    return ", ".join(versions)


def peak(device: torch.device) -> dict[str, int]:
    """Bytes: the peak of this process (its allocator's, or the resident set on a CPU), and what is in use of the GPU;
    of several GPUs the most of each."""
    if device.type == "cpu":
        return {"allocated_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "device_bytes": 0}
    allocated, used = [], []
    for gpu in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(gpu)
        allocated.append(torch.cuda.max_memory_allocated(gpu))
        used.append(total - free)
    return {"allocated_bytes": max(allocated), "device_bytes": max(used)}
