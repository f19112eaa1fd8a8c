"""The memory plan of a run: how many tokens of a paper a model can read in the memory that a job may use."""

import math
import re
from typing import Any

from designspace.core.errors import DesignspaceError
from designspace.planning.branches import Branches
from designspace.planning.costs import GIB, Costs, costs_of, peak_bytes
from designspace.planning.shapes import read_model

# A prefill chunk that is not set is the largest whose workspace is a small part of the memory beside the weights.
CHUNKS = (8192, 4096, 2048, 1024, 512)
CHUNK_SHARE = 16

BUDGET_STEP = 256  # token budgets are multiples of this
OVERHEAD_STEP = 1024  # so that a small edit of the parameter library changes no budget, and with it every context


class BadSize(DesignspaceError, ValueError):
    """A text that is not a size of memory."""


class DoesNotFit(DesignspaceError, ValueError):
    """The model does not fit the memory, or its number of positions is too small; the message is a sentence with the
    numbers."""


def parse_size(text: str) -> int:
    """Bytes of a size such as 79.25GiB, 24GB or 16000MiB. BadSize for anything else."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) *(?:([KMGT])(i?))?B", text)
    if not match:
        raise BadSize(f"{text!r} is not a size; write one like 79.25GiB, 24GB or 16000MiB.")
    number, prefix, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** " KMGT".index(prefix or " "))


def plan_of(
    model: dict[str, Any],
    *,
    extraction: Branches,
    discovery: Branches,
    capacity: int,
    reserve: int,
    overhead_tokens: int,
    prefill_chunk: int | None,
    token_budget: int | None,
) -> dict[str, Any]:
    """The memory plans of both tasks of a model (see `plan`), and what they share: the prefill chunk and the token
    budget of the contexts.

    `model` is that section of the configuration. The budget is the smaller one of the two tasks, or the one set by
    hand. A chunk of None means that it is chosen.
    """
    config, weights = read_model(model)

    def of_task(task: Branches, chunk: int) -> Costs:
        return costs_of(config, weights, model, prefill_chunk=chunk, branches=task.number, branch_tokens=task.slots)

    room = {"capacity": capacity, "reserve": reserve}
    chunk = prefill_chunk or min(
        choose_chunk([of_task(task, chunk) for chunk in CHUNKS], **room) for task in (extraction, discovery)
    )
    room["overhead_tokens"] = overhead_tokens
    plans = {
        "extraction": plan(of_task(extraction, chunk), **room, token_budget=token_budget),
        "discovery": plan(of_task(discovery, chunk), **room, token_budget=token_budget),
    }
    budget = min(of_one["token_budget"] for of_one in plans.values())
    shared = {"token_budget": budget, "prefill_chunk": chunk}
    return {"model": model["name"], "revision": model["revision"], **shared, **plans}


def choose_chunk(choices: list[Costs], capacity: int, reserve: int) -> int:
    """The prefill chunk of the first of the costs, from the largest down, that leaves enough memory for papers."""
    for choice in choices:
        room = capacity - reserve - peak_bytes(choice, 0) + choice["workspace_bytes"]
        if choice["workspace_bytes"] * CHUNK_SHARE <= room:
            break
    return int(choice["prefill_chunk"])


def estimate_tokens(text: str) -> int:
    """An upper estimate of the tokens of an English text (2.5 characters each), without its tokenizer. Spaces that
    align columns take none."""
    return len(" ".join(text.split())) * 2 // 5


def prefix_tokens(costs: Costs, capacity: int, reserve: int) -> int:
    """The number of tokens of all prompts together that fit."""
    return int((capacity - reserve - peak_bytes(costs, 0)) // costs["kv_bytes_per_token"])


def plan(costs: Costs, *, capacity: int, reserve: int, overhead_tokens: int, token_budget: int | None = None) -> Costs:
    """The memory plan: the costs and the largest token budget, or the one set by hand if it is not larger.

    The budget counts tokens of the paper's text; `overhead_tokens` are those of the prompt around it. DoesNotFit if
    there is no room for even BUDGET_STEP tokens, or for the budget set by hand.
    """
    overhead = math.ceil(overhead_tokens / OVERHEAD_STEP) * OVERHEAD_STEP
    by_memory = prefix_tokens(costs, capacity, reserve) - overhead
    by_positions = costs["positions"] - costs["branch_tokens"] - overhead
    largest = min(by_memory, by_positions) // BUDGET_STEP * BUDGET_STEP
    limit = "memory" if by_memory < by_positions else "positions"
    if largest < BUDGET_STEP and limit == "memory":
        raise DoesNotFit(_no_memory(costs, capacity, reserve, overhead))
    if largest < BUDGET_STEP:
        raise DoesNotFit(_no_positions(costs, overhead))
    if token_budget and token_budget > largest:
        raise DoesNotFit(
            f"memory.token_budget is {token_budget:,}, and the most that fits is {largest:,} (limited by {limit}); "
            f"set it to that or less, or to null."
        )
    budget = token_budget or largest
    return {
        **costs,
        "capacity_bytes": capacity,
        "reserve_bytes": reserve,
        "overhead_tokens": overhead,
        "token_budget": budget,
        "limited_by": "setting" if token_budget else limit,
        "predicted_peak_bytes": peak_bytes(costs, budget + overhead),
    }


def _no_memory(costs: Costs, capacity: int, reserve: int, overhead: int) -> str:
    sizes = {
        "weights": costs["weights_bytes"],
        "fixed": peak_bytes(costs, 0) - costs["weights_bytes"] + reserve,
        "cache": (BUDGET_STEP + overhead) * costs["kv_bytes_per_token"],
        "reserve": reserve,
        "all": capacity,
    }
    gib = {name: f"{size / GIB:.2f} GiB" for name, size in sizes.items()}
    more = "a GPU with more memory" if costs["device"] == "cuda" else "more memory for the job"
    return (
        f"The model does not fit: weights {gib['weights']} + fixed {gib['fixed']} (of it {gib['reserve']} reserve) + "
        f"{gib['cache']} to read even {BUDGET_STEP} tokens of a paper, of {gib['all']} (memory.capacity). Use {more}, "
        f"a smaller model or one quantised to 8 bits, a smaller memory.prefill_chunk or fewer new tokens "
        f"(max_new_tokens)."
    )


def _no_positions(costs: Costs, overhead: int) -> str:
    return (
        f"The context of the model is too short: of its {costs['positions']:,} positions the prompt around a paper "
        f"takes {overhead:,} and an answer {costs['branch_tokens']:,}, which leaves less than {BUDGET_STEP} for the "
        f"paper. Use a model with more positions, a smaller parameter library or fewer new tokens (max_new_tokens)."
    )


def table(costs: Costs, *, capacity: int, reserve: int) -> str:
    """Prompts of 4K, 8K, 16K … tokens up to the model's positions, with the GiB of memory that they take, as a table
    for people."""
    lengths = [2**power for power in range(12, 31) if 2**power < costs["positions"]] + [costs["positions"]]
    rest = ("slots", "logits", "processes", "library")
    other = sum(costs[f"{part}_bytes"] for part in rest) + reserve
    lines = [f"{'tokens':>9} {'weights':>9} {'KV cache':>9} {'workspace':>9} {'other':>9} {'total':>9}  (GiB)"]
    for tokens in lengths:
        cache, total = tokens * costs["kv_bytes_per_token"], peak_bytes(costs, tokens) + reserve
        sizes = (costs["weights_bytes"], cache, costs["workspace_bytes"], other, total)
        fits = "fits" if total <= capacity else "does not fit"
        lines.append(f"{tokens:9,} " + " ".join(f"{size / GIB:9.2f}" for size in sizes) + f"  {fits}")
    return "\n".join(lines)
