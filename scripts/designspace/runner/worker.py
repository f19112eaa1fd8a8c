"""What happens in the process of one paper: attach the weights, read the paper, answer, send the record, exit.

The process owns the cache and the activations; when it exits, the driver takes back every byte of them.
"""

import json
import pickle
import platform
import resource
import time
from dataclasses import dataclass
from importlib import metadata
from multiprocessing.connection import Connection
from typing import Any

import torch

import designspace
from designspace.core import processes
from designspace.core.errors import DesignspaceError
from designspace.engine import gpus, loading
from designspace.engine.generator import Generator
from designspace.language import context as contexts
from designspace.planning import memory, model_files
from designspace.planning.costs import PROCESS_BYTES, PROCESSES, costs_of, peak_bytes
from designspace.tasks import discovery, extraction, prompts

TASKS = {"extraction": extraction, "discovery": discovery}
# What errors say where memory is out and nobody made them an OutOfMemoryError: those of a GPU's driver and libraries,
# which allocate for themselves, and of PyTorch on a CPU.
SIGNS_OF_NO_MEMORY = ("out of memory", "can't allocate memory", "ALLOC_FAILED")


@dataclass(frozen=True)
class Job:
    """What is the same for all papers of a batch."""

    task: str
    settings: dict[str, Any]
    library: list[dict[str, Any]]
    model: dict[str, Any]  # that section of the configuration
    memory: dict[str, int]  # capacity and reserve in bytes, prefill_chunk in tokens


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
        return loading.load(**job.model, room=capacity - reserve)
    except torch.OutOfMemoryError as error:
        raise model_files.ModelError(f"The weights of the model do not fit the GPU: {error}") from error


def work(connection: Connection, inbox: Connection) -> None:
    """Answer about one paper, which comes through the inbox, and send the outcome through the connection, as JSON.

    With the paper comes the model that the batch shares, or None, and then it is loaded here. The outcome has a
    `status`: ok with the record's fields, or with a `reason` failed, out_of_memory, or stop (the run itself is wrong).
    A process that ends without an outcome has failed on its paper.
    """
    processes.end_with_parent()
    try:
        # Here, since it attaches the weights, and a GPU may have no room even for its context.
        job, attached, record, context, attempt, started = pickle.loads(inbox.recv_bytes())
        loaded = attached or load(job)
        if job.model["device"] == "cuda":
            limit_memory(job, attached)
        outcome = answer(job, loaded, record, context, attempt, started)
    except (DesignspaceError, OSError) as error:
        outcome = {"status": "stop", "reason": str(error)}
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        outcome = {"status": "out_of_memory", "reason": str(error)}
    connection.send_bytes(encode(outcome))


def encode(outcome: dict[str, Any]) -> bytes:
    """An outcome as JSON. A number that is not finite, which no record may have, makes it that of a failed paper."""
    try:
        return json.dumps(outcome, allow_nan=False).encode()
    except ValueError:
        reason = "The model computed a number that is not finite; its answers about this paper were not used."
        return json.dumps({"status": "failed", "reason": reason}).encode()


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


def answer(
    job: Job, weights: Any, record: dict[str, Any], context: dict[str, Any], attempt: Attempt, started: float
) -> dict[str, Any]:
    """The fields of the record that only the model's process knows."""
    task: Any = TASKS[job.task]
    source = job.model["name"], job.model["revision"]
    tokenizer = loading.load_tokenizer(*source)
    before, after = task.frame(job.library, job.settings)
    branches, _, slots = task.shape(tokenizer, job.library, job.settings)
    costs = costs_of(
        weights.config.to_dict(),
        loading.size(weights),
        job.model,
        prefill_chunk=max(job.memory["prefill_chunk"] // attempt.chunk, 1),
        branches=branches,
        branch_tokens=slots,
    )
    # The context was made for the plan of the run; the exact prompt of this task, or the attempt, may leave less.
    room = {key: job.memory[key] for key in ("capacity", "reserve")}
    plan = memory.plan(costs, **room, overhead_tokens=prompts.overhead(tokenizer, before, after))
    budget = min(plan["token_budget"], context["token_budget"]) // attempt.budget
    if context["tokens_kept"] > budget:
        context = contexts.fit(record, budget, tokenizer.backend_tokenizer)
    tokens = prompts.prefix(tokenizer, before, contexts.kept_text(record, context), after)
    grammar_tokenizer = loading.load_grammar_tokenizer(*source, weights.get_output_embeddings().out_features)
    generator = Generator[None](weights, grammar_tokenizer, len(tokens), branches, slots, plan["prefill_chunk"])
    ready = time.monotonic()
    paper = task.Paper(tokenizer, grammar_tokenizer, record, context, job.library, job.settings)
    ((_, outcome, prefill, decode),) = generator.answer([(tokens, paper.rounds())])
    if isinstance(outcome, Exception):
        raise outcome
    fields = paper.fields()
    return {
        "status": "ok",
        "revision": getattr(weights.config, "_commit_hash", None) or job.model["revision"],
        "software": software(weights.device),
        "token_budget": budget,
        "tokens_kept": context["tokens_kept"],
        "prompt_tokens": len(tokens),
        "seconds": {"attach": ready - started, "prefill": prefill, "decode": decode},
        "memory": {"predicted_bytes": peak_bytes(costs, len(tokens)), **peak(weights.device)},
        **fields,
    }


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
