"""Makes kernels ready before a paper needs them: they are compiled while the weights are loaded, and loaded while
another paper is read."""

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from designspace.engine import flash, kernels, rounding
from designspace.engine.attention import FUSED
from designspace.engine.generator import Generator, Question, one_round
from designspace.engine.passes import Passes

# Enough that the output layer has more blocks than any GPU has multiprocessors, as that of the whole model has.
VOCABULARY = 2**15
# Rows for which kernels differ: a block of 64 or 128 queries, and a linear layer of 16, 32, 64 or 128 rows, all of them
# there or not. With more, the layers are those of PyTorch.
ROWS = (1, 16, 17, 32, 33, 64, 65, 128, 256)
POOL = flash.FAR + ROWS[-1]  # tokens: those before a chunk that cuDNN takes part in, and the chunk
# The question that loads the kernels, and its slots: two new tokens take two steps, of which one is begun in advance.
PROMPT, SLOTS = [0, 0, 0], 5
ANYTHING = "start: /(.|\\n)*/"  # a grammar that ends nothing early


@contextlib.contextmanager
def meanwhile(
    name: str, revision: str | None, dtype: str, device: str, gpus: int, quantization: str | None, attention: str
) -> Iterator[None]:
    """Compile all kernels that papers of a model will run while something else is done within, such as loading its
    weights; the arguments describe the model as for `loading.load`. Triton keeps the kernels on disk, where the papers'
    processes find them.

    It takes the memory of one layer of the model (0.9 GiB for 32 billion parameters in 64 layers), and returns it. If
    it fails, the run goes on: the same error will occur again, where it can be reported with its paper.
    """
    thread = None
    if device == "cuda" and attention == "fused":
        # Not in the thread, since transformers builds a model under settings of the whole process.
        with _reported():
            model = one_layer(name, revision, getattr(torch, dtype), device, quantization)
            passes = Passes(model, POOL, ROWS[-1], SLOTS, papers=1, chunk=ROWS[-1])
            thread = threading.Thread(target=compile_kernels, args=(passes,))
            thread.start()
            del model, passes  # only the thread has them, and it frees them
    try:
        yield
    finally:
        if thread:
            thread.join()
        torch.cuda.empty_cache()  # also what was loaded within: matrices in the dtype that they are rounded from


def compile_kernels(passes: Passes) -> None:
    """Compile all kernels of a model that is served by these passes, unless they are on disk."""
    with _reported(), torch.inference_mode():
        with kernels.compiling():
            passes.rehearse_reading(ROWS[-1], flash.FAR)
            for rows in ROWS:
                passes.rehearse(rows)
        # The code that launches a kernel is compiled, too, by a C compiler, and only when the kernel is run.
        passes.rehearse_reading(ROWS[-1], flash.FAR)
        for rows in ROWS:
            passes.rehearse(rows)


@contextlib.contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        print(f"The kernels were not compiled ahead ({error}): the first paper waits for them.", file=sys.stderr)


def load_kernels(model: PreTrainedModel, grammar_tokenizer: Any, branches: int) -> None:
    """Load the kernels and libraries into this process that a paper with this many branches needs: answer a question
    about a short paper, and do passes of other numbers of rows, on one layer of the model and in little memory."""
    if model.device.type == "cpu":
        return
    with shallow(model), torch.inference_mode():
        generator = Generator[Any](model, grammar_tokenizer, POOL, branches, SLOTS, chunk=ROWS[-1])
        generator.answer_one([0] * POOL, one_round([Question(PROMPT, ANYTHING, SLOTS - len(PROMPT))]))
        for rows in ROWS:
            if rows <= branches:
                generator.passes.rehearse(rows)
    del generator
    torch.cuda.empty_cache()


@contextlib.contextmanager
def shallow(model: PreTrainedModel) -> Iterator[None]:
    """Within it the model has only its first layer."""
    base: Any = model.base_model
    config = model.config.get_text_config()
    layers, number = base.layers, config.num_hidden_layers
    base.layers, config.num_hidden_layers = layers[:1], 1
    try:
        yield
    finally:
        base.layers, config.num_hidden_layers = layers, number


def one_layer(
    name: str, revision: str | None, dtype: torch.dtype, device: str, quantization: str | None
) -> PreTrainedModel:
    """A model of the same shapes with one layer and a short vocabulary, its weights of no value."""
    config = AutoConfig.from_pretrained(name, revision=revision, trust_remote_code=False)
    text = config.get_text_config()
    text.num_hidden_layers, text.pad_token_id = 1, None
    text.vocab_size = min(text.vocab_size, VOCABULARY + text.vocab_size % 16)  # as aligned as the whole one
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation=FUSED)
    if quantization:
        rounding.replace_linear(model.base_model.layers, quantization, blocks=hasattr(config, "quantization_config"))
    ready: PreTrainedModel = model.eval().requires_grad_(False)
    return ready
