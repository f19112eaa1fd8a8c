"""Kernels that are compiled, and when: models that differ in their heads, papers of many lengths, many branches.

Each model runs in a process of its own with an empty cache of kernels. Its kernels are compiled as they are while the
weights of a run are loaded; then papers are read, and what Triton compiles meanwhile is counted.
"""

import os
import subprocess
import sys
import tempfile
import time
from typing import Any

from transformers import PreTrainedModel

from benchmark.inference.engine import grammar_tokenizer_of
from benchmark.inference.shapes import DEVICE, DTYPE, ON_GPU, VARIED, model, prompt, row
from designspace.engine import warming
from designspace.engine.generator import Answer, Generator, Question, one_round
from designspace.engine.warming import ANYTHING

LENGTHS = [2048 + 4321 * n for n in range(10)]  # up to 40,937; most are multiples of no block size
BRANCHES = (6, 33, 108)
LAYERS = 4  # all have the same kernels
CHUNK, NEW_TOKENS = 4096, 3


def measure() -> None:
    if not ON_GPU:
        row("nothing is compiled for a CPU")
        return
    row("", "compiled before", "seconds", "while reading", "first paper", "second", "slowest")
    for name in VARIED:
        with tempfile.TemporaryDirectory() as cache:
            environment = {"TRITON_CACHE_DIR": cache, "PYTHONPATH": os.pathsep.join(sys.path)}
            subprocess.run([sys.executable, __file__, name], env=os.environ | environment, check=True)


def measure_one(name: str) -> None:
    """Print what one model compiles, in this process."""
    import triton

    compiled: list[int] = []

    def listen(*, cache_hit: bool, **_: Any) -> None:
        if not cache_hit:
            compiled.append(1)

    triton.knobs.compilation.listener = listen
    weights = model(name, num_hidden_layers=LAYERS)
    with tempfile.TemporaryDirectory() as folder:
        weights.config.save_pretrained(folder)
        started = time.perf_counter()
        with warming.meanwhile(folder, None, str(DTYPE).removeprefix("torch."), DEVICE.type, 1, None, "fused"):
            pass
        waited, before = time.perf_counter() - started, len(compiled)
    grammar_tokenizer = grammar_tokenizer_of(weights)
    papers = [(length, branches) for branches in BRANCHES for length in LENGTHS]
    times = [seconds_of(weights, grammar_tokenizer, *paper) for paper in papers]
    while_reading = len(compiled) - before
    seconds = (f"{each:.2f} s" for each in (times[0], times[1], max(times[1:])))
    row(f"{name}, {len(papers)} papers", before, f"{waited:.1f} s", while_reading, *seconds)


def seconds_of(weights: PreTrainedModel, grammar_tokenizer: Any, length: int, branches: int) -> float:
    """Seconds to read a paper of so many tokens and to ask so many questions, whose prompts are of many lengths."""
    vocabulary, longest = weights.config.vocab_size, 4 + branches % 7
    questions = [Question(prompt(2 + n % longest, 256), ANYTHING, NEW_TOKENS) for n in range(branches)]
    started = time.perf_counter()
    generator: Generator[list[Answer]] = Generator(
        weights, grammar_tokenizer, length, branches, 2 + longest + NEW_TOKENS, CHUNK
    )
    generator.answer_one(prompt(length, vocabulary), one_round(questions))
    return time.perf_counter() - started


if __name__ == "__main__":
    measure_one(sys.argv[1])
