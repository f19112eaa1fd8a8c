"""The engine in one process: prefill, decode step and both tasks, against the two ceilings of the machine."""

from typing import Any

import torch
from transformers import PreTrainedModel

from benchmark.inference import others
from benchmark.inference.shapes import (
    DEVICE,
    DTYPE,
    LARGE,
    ON_GPU,
    PAPER,
    in_eight_bits,
    model,
    prompt,
    row,
    seconds,
    tokenizer,
)
from designspace.engine import linear
from designspace.engine.attention import Prefix, Row
from designspace.engine.generator import Answer, Generator, Question, one_round
from designspace.engine.passes import Passes
from designspace.engine.warming import ANYTHING
from designspace.planning.branches import ROWS
from designspace.planning.shapes import count_parameters

CHUNK = 4096
TASKS = {"extraction": (32, 64), "discovery": (6, 256)}  # branches, and tokens of each
# Rounds behind the extraction: branches, and tokens of each. Six experiments; twelve groups with 15 questions each.
ROUNDS = {"experiments": (108, 12), "groups": (180, 12)}
if not ON_GPU:
    TASKS = {"extraction": (32, 4), "discovery": (6, 8)}


def measure() -> None:
    bandwidth, rate = ceilings()
    large = model(LARGE)
    floor = step_floor(large, bandwidth)
    layers_alone(large, floor)
    ours = engine(large, prefill_floor(large, rate), floor)
    others.compare(large, TASKS["extraction"], ours)


def measure_int8() -> None:
    measure_rounded("int8")


def measure_fp8() -> None:
    measure_rounded("fp8")


def measure_rounded(quantization: str) -> None:
    """The same with weights of eight bits."""
    bandwidth, rate = ceilings()
    large = model(LARGE)
    read_floor = prefill_floor(large, rate)
    in_eight_bits(large, quantization)
    floor = step_floor(large, bandwidth)
    layers_alone(large, floor)
    engine(large, read_floor, floor)


def prefill_floor(large: PreTrainedModel, rate: float) -> float:
    """Seconds of the matrix products of a prefill at the rate of the machine."""
    return 2 * PAPER * count_parameters(large.config.to_dict()) / rate


def step_floor(large: PreTrainedModel, bandwidth: float) -> float:
    """Seconds in which the machine reads the weights of a decode step once."""
    return sum(weight.nbytes for name, weight in large.named_parameters() if "embed_tokens" not in name) / bandwidth


def engine(large: PreTrainedModel, prefill_floor: float, step_floor: float) -> dict[str, float]:
    """Print what a model takes for a paper, and how many times what the machine's ceilings allow. Returns the seconds
    of each task, {task: seconds}."""
    grammar_tokenizer = grammar_tokenizer_of(large)
    whole = {}
    for task, (branches, tokens) in TASKS.items():
        read, ask, step = task_seconds(large, grammar_tokenizer, branches, tokens)
        whole[task] = read + ask
        row(f"prefill of {PAPER} tokens", f"{read:.3f} s", f"x {read / prefill_floor:.2f} floor")
        row(f"decode step, {branches} branches", f"{step * 1e3:.1f} ms", f"x {step / step_floor:.2f} floor")
        row(f"{task}: the paper and {tokens} tokens a branch", f"{read + ask:.2f} s")
    for name, (branches, tokens) in ROUNDS.items():
        _, ask, step = task_seconds(large, grammar_tokenizer, branches, tokens)
        row(f"{name}: {branches} branches of {tokens} tokens, a step", f"{ask:.2f} s", f"{step * 1e3:.1f} ms")
    return whole


def task_seconds(
    large: PreTrainedModel, grammar_tokenizer: Any, branches: int, tokens: int
) -> tuple[float, float, float]:
    """Seconds to read a paper, to ask all questions about it, and of one decode step of all branches that are asked at
    once."""
    vocabulary = large.config.vocab_size
    text = prompt(PAPER, vocabulary)
    questions = [Question(prompt(8, 256), ANYTHING, tokens) for _ in range(branches)]
    at_once = min(branches, ROWS)

    def answer() -> tuple[float, float, Passes]:
        """Seconds to read and in all, the capture of the step included; and what did it."""
        generator: Generator[list[Answer]] = Generator(large, grammar_tokenizer, PAPER, at_once, tokens + 8, CHUNK)
        with torch.inference_mode():
            read = seconds(lambda: generator.passes.read(text, Prefix(0, 0)))
        return read, seconds(lambda: generator.answer_one(text, one_round(questions))), generator.passes

    answer()
    read, both, passes = answer()
    rows = [Row(n, 0, PAPER, Prefix(0, PAPER)) for n in range(at_once)]
    with torch.inference_mode():
        return read, both - read, seconds(lambda: passes.step(rows, [0] * at_once), times=8)


def grammar_tokenizer_of(large: PreTrainedModel) -> Any:
    from llguidance.hf import from_tokenizer

    vocabulary = large.config.vocab_size
    return from_tokenizer(tokenizer(vocabulary), n_vocab=vocabulary)


def ceilings() -> tuple[float, float]:
    """Bytes a second of a copy on the device, read and written, and operations a second of a matrix product; prints
    them, too."""
    size = 2**31 if ON_GPU else 2**26
    source = torch.randint(0, 100, (size,), dtype=torch.int8, device=DEVICE)
    target, side = torch.empty_like(source), 8192 if ON_GPU else 512
    one, other = (torch.randn(side, side, dtype=DTYPE, device=DEVICE) for _ in range(2))

    def copy() -> None:
        target.copy_(source)

    def multiply() -> None:
        one @ other

    copy()
    multiply()
    bandwidth, rate = 2 * size / seconds(copy, 10), 2 * side**3 / seconds(multiply, 10)
    row("ceilings: copy, matrix product", f"{bandwidth / 1e12:.2f} TB/s", f"{rate / 1e12:.0f} TFLOP/s")
    return bandwidth, rate


def layers_alone(large: PreTrainedModel, floor: float) -> None:
    """Print what the linear layers and SwiGLU take of a decode step."""
    for rows in (6, 32, 64, 128):
        alone = linear_layers(large, rows)
        row(f"linear layers and SwiGLU alone, {rows} rows", f"{alone * 1e3:.1f} ms", f"x {alone / floor:.2f} floor")


@torch.inference_mode()
def linear_layers(large: Any, rows: int) -> float:
    """Seconds that the linear layers and SwiGLU of a model take for one token of so many rows, and nothing else."""

    def step() -> None:
        for layer in large.base_model.layers:
            attention, mlp = layer.self_attn, layer.mlp
            query, _, _ = linear.project(hidden, attention.q_proj, attention.k_proj, attention.v_proj)
            linear.project(query, attention.o_proj)
            linear.project(linear.gated(hidden, mlp.gate_proj, mlp.up_proj), mlp.down_proj)
        linear.project(hidden, large.lm_head)

    hidden = torch.randn(rows, large.config.hidden_size, dtype=DTYPE, device=DEVICE)
    step()
    if not ON_GPU:
        return seconds(step)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return seconds(lambda: graph.replay(), 10)
