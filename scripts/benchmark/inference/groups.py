"""Both tasks of eight papers, so many of them at once: seconds a paper, whether the tokens are the same, and memory.

In one process that holds the weights; what a run adds is the start of a process for each group.
"""

from collections import defaultdict
from typing import Any

from transformers import PreTrainedModel

from benchmark.inference.engine import CHUNK, TASKS, ceilings, grammar_tokenizer_of, step_floor
from benchmark.inference.shapes import (
    CAPACITY,
    DEVICE,
    DTYPE,
    GIB,
    LARGE,
    ON_GPU,
    PAPER,
    give_back,
    in_eight_bits,
    model,
    prompt,
    quantization_of,
    row,
    seconds,
    used,
)
from designspace.engine import loading, warming
from designspace.engine.generator import Answer, Generator, Question, one_round
from designspace.engine.passes import Passes
from designspace.engine.warming import ANYTHING
from designspace.planning.branches import of_papers
from designspace.planning.costs import PROCESS_BYTES, PROCESSES, Costs, costs_of, peak_bytes
from designspace.planning.memory import prefix_tokens

Answers = dict[int, list[Answer]]  # by the paper's number

PAPERS = 8
AT_ONCE = (1, 2, 3, 4, 8)
PROMPT = 8  # tokens


def measure() -> None:
    weights = model(LARGE)
    measure_one(weights)
    if ON_GPU:
        in_eight_bits(weights, "fp8")
        measure_one(weights)


def measure_one(weights: PreTrainedModel) -> None:
    """Print what a model takes."""
    bandwidth, _ = ceilings()
    what = quantization_of(weights) or DTYPE
    row(f"weights of {what}, one reading of them", f"{step_floor(weights, bandwidth) * 1e3:.1f} ms")
    papers = [prompt(PAPER, weights.config.vocab_size) for _ in range(PAPERS)]
    grammar_tokenizer = grammar_tokenizer_of(weights)
    if ON_GPU:
        compile_all(weights)
    both: dict[int, float] = defaultdict(float)
    for task, (branches, tokens) in TASKS.items():
        row(f"{task}: papers at once", "s a paper", "same tokens", "planned", "measured", "ratio")
        asked = [[Question(prompt(PROMPT, 256), ANYTHING, tokens) for _ in range(branches)] for _ in papers]
        answer(weights, grammar_tokenizer, papers[:1], asked[:1], 1)  # once before: libraries
        alone: Answers | None = None
        for at_once in AT_ONCE:
            costs = costs_for(weights, of_papers(branches, at_once), tokens + PROMPT)
            planned = peak_bytes(costs, at_once * PAPER)
            if at_once * PAPER > prefix_tokens(costs, CAPACITY, 0):
                row(f"  {at_once}", "no room", "", f"{planned / GIB:.2f} GiB")
                continue
            answers, time, peak = answer(weights, grammar_tokenizer, papers, asked, at_once)
            both[at_once] += time
            alone = alone or answers
            sizes = f"{planned / GIB:.2f} GiB", f"{peak / GIB:.2f} GiB", f"{planned / peak:.3f}" if peak else "-"
            row(f"  {at_once}", f"{time:.3f}", same(alone, answers), *sizes)
    for at_once, time in both.items():
        row(f"both tasks, {at_once} at once, a paper", f"{time:.2f} s")


def compile_all(weights: PreTrainedModel) -> None:
    """Compile the kernels, as it is done while the weights of a run are loaded."""
    most = warming.ROWS[-1]
    passes = Passes(weights, warming.POOL, most, warming.SLOTS, papers=1, chunk=most)
    warming.compile_kernels(passes)
    del passes
    give_back()


def answer(
    weights: PreTrainedModel,
    grammar_tokenizer: Any,
    papers: list[list[int]],
    asked: list[list[Question]],
    at_once: int,
) -> tuple[Answers, float, int]:
    """Answer all papers, so many at once. Returns (answers by paper, seconds a paper, bytes of the device that were in
    use, the contexts of the other processes of a run counted)."""
    give_back()
    branches, slots = of_papers(len(asked[0]), at_once), PROMPT + asked[0][0].max_new_tokens
    answers: Answers = {}

    def run() -> None:
        generator: Generator[list[Answer]] = Generator(
            weights, grammar_tokenizer, at_once * PAPER, branches, slots, CHUNK, at_once
        )
        for result in generator.answer(zip(papers, map(one_round, asked), strict=True)):
            if isinstance(result.outcome, Exception):
                raise result.outcome
            answers[result.paper] = result.outcome

    time = seconds(run) / len(papers)
    return answers, time, used() + (PROCESSES - 1) * PROCESS_BYTES["cuda"] if ON_GPU else 0


def costs_for(weights: PreTrainedModel, branches: int, slots: int) -> Costs:
    """What the plan counts."""
    section: dict[str, Any] = {"dtype": str(DTYPE).removeprefix("torch."), "device": DEVICE.type, "gpus": 1}
    section |= {"quantization": quantization_of(weights), "attention": "fused"}
    return costs_of(
        weights.config.to_dict(),
        loading.size(weights),
        section,
        prefill_chunk=CHUNK,
        branches=branches,
        branch_tokens=slots,
    )


def same(one: Answers, other: Answers) -> str:
    """The share of the tokens before the first of a branch that differs."""
    agree = total = 0
    for number, answers in one.items():
        for left, right in zip(answers, other[number], strict=True):
            pairs = enumerate(zip(left.tokens, right.tokens, strict=True))
            agree += next((n for n, (a, b) in pairs if a != b), len(left.tokens))
            total += len(left.tokens)
    return f"{agree / total:.4f}"
