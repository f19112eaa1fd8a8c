"""The same model and paper through transformers' own generate and generate_batch."""

from functools import partial
from typing import Any

import torch
from transformers import ContinuousBatchingConfig, GenerationConfig

from benchmark.inference.shapes import DEVICE, ON_GPU, PAPER, prompt, row, seconds

ORIGINAL_TOKENS = {"extraction": 1500, "discovery": 3000}  # of the one JSON object that was parsed afterwards
NEW_TOKENS = 32 if ON_GPU else 4  # that are measured


def compare(large: Any, extraction: tuple[int, int], ours: dict[str, float]) -> None:
    """Print what both take against `ours`, {task: seconds}; `extraction` is (branches, tokens of each)."""
    paper = prompt(PAPER, large.config.vocab_size)
    large.set_attn_implementation("sdpa")
    tokens = torch.tensor([paper], device=DEVICE)
    generate(large, tokens, 2)
    first, more = (seconds(partial(generate, large, tokens, n)) for n in (1, 1 + NEW_TOKENS))
    token = (more - first) / NEW_TOKENS
    row("generate: prefill and the first token", f"{first:.2f} s")
    row(f"generate: a token more (of {NEW_TOKENS})", f"{token * 1e3:.1f} ms")
    theirs = {task: first + (new - 1) * token for task, new in ORIGINAL_TOKENS.items()}
    for task, new in ORIGINAL_TOKENS.items():
        row(f"{task}: ours, one JSON of {new} tokens", f"{ours[task]:.2f} s", f"{theirs[task]:.1f} s")
    ratio = sum(theirs.values()) / sum(ours.values())
    row("both tasks, the original way over ours, without its reloads", f"x {ratio:.1f}")

    branches, new = extraction
    requests = [paper + prompt(8, 256) for _ in range(branches)]
    batch = seconds(lambda: generate_batch(large, requests, new))
    ratio = batch / ours["extraction"]
    row(f"generate_batch: {branches} questions, {new} tokens each", f"{batch:.1f} s", f"x {ratio:.1f}")


def generate(large: Any, tokens: torch.Tensor, new: int) -> None:
    large.generate(tokens, max_new_tokens=new, min_new_tokens=new, do_sample=False)


def generate_batch(large: Any, requests: list[list[int]], new: int) -> None:
    large.set_attn_implementation("paged|sdpa")
    settings = GenerationConfig(max_new_tokens=new, do_sample=False, eos_token_id=-1, pad_token_id=0)
    cache = ContinuousBatchingConfig(max_memory_percent=0.9 if ON_GPU else 0.02)
    answers = large.generate_batch(requests, settings, cache)
    assert len(answers) == len(requests) and all(len(a.generated_tokens) == new for a in answers.values())
