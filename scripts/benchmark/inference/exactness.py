"""Whether the answers are right: logits against a float32 reference, and the tests of the generator and its layers on
this device."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from benchmark.inference.shapes import DEVICE, LARGE, SCALE, model, prompt, row
from designspace.engine.attention import Prefix, Row
from designspace.engine.passes import Passes

MARGIN = 1.1  # for chance: the weights and the tokens are new ones each time
PREFIX, BRANCHES, OWN = 2048 // SCALE, 4, 8
TESTS = Path(__file__).resolve().parents[3] / "tests" / "engine"


def measure() -> None:
    large = model(LARGE)
    vocabulary = large.config.vocab_size
    prefix, prompts = prompt(PREFIX, vocabulary), [prompt(OWN, vocabulary) for _ in range(BRANCHES)]
    whole = torch.tensor([prefix + own for own in prompts], device=DEVICE)
    ours = last_logits(large, prefix, prompts)
    with torch.inference_mode():
        large.set_attn_implementation("sdpa")
        theirs = large(whole, logits_to_keep=1).logits[:, -1].float()
        right = reference(large, whole)
    our_error, their_error = error(ours, right), error(theirs, right)
    row("logits, relative error: ours, generate", f"{our_error:.2e}", f"{their_error:.2e}")
    if our_error > MARGIN * their_error:
        sys.exit("The logits are further from the reference than those of `generate`.")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    tests = [TESTS / "test_generator.py", TESTS / "test_linear.py"]
    subprocess.run([*command, *tests, "-k", "not embedded"], check=True)


@torch.inference_mode()
def last_logits(large: PreTrainedModel, prefix: list[int], prompts: list[list[int]]) -> Tensor:
    """The logits behind the last token of each prompt, as the generator computes them."""
    passes = Passes(large, len(prefix), len(prompts), len(prompts[0]) + 1, papers=1, chunk=len(prefix) // 3)
    read = passes.read(prefix, Prefix(0, 0))
    passes.read_prompts([Row(n, 0, len(prefix), read) for n in range(len(prompts))], [own[:-1] for own in prompts])
    behind = [Row(n, len(own) - 1, len(prefix) + len(own) - 1, read) for n, own in enumerate(prompts)]
    return passes.step(behind, [own[-1] for own in prompts])


def error(logits: Tensor, right: Tensor) -> float:
    return float((logits - right).norm() / right.norm())


def reference(large: Any, tokens: Tensor) -> Tensor:
    """The last logits in float32, with the weights of one layer at a time turned into it and back, which is exact."""
    base, dtype = large.base_model, large.dtype
    hidden = base.embed_tokens(tokens).float()
    positions = torch.arange(tokens.shape[1], device=tokens.device)[None]
    rotation = base.rotary_emb(hidden, positions)
    for layer in base.layers:
        hidden = layer.float()(hidden, attention_mask=None, position_embeddings=rotation)
        layer.to(dtype)
    last: Tensor = large.lm_head.float()(base.norm.float()(hidden[:, -1]))
    return last
