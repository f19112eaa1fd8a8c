"""Compile the kernels of a model before they are needed, while its weights are still being loaded."""

from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from designspace.engine import fp8_loading, int8, kernels
from designspace.engine.attention import FUSED
from designspace.engine.passes import Passes

# Enough that the output layer has more blocks than any GPU has multiprocessors, as that of the whole model has.
VOCABULARY = 2**15
# Rows for which kernels differ: a block of 64 or 128 queries, and a linear layer of 16, 32, 64 or 128 rows, all of them
# there or not. With more, the layers are those of PyTorch.
ROWS = (1, 16, 17, 32, 33, 64, 65, 128, 256)


def compile_kernels(
    name: str, revision: str | None, dtype: str, device: str, gpus: int, quantization: str | None, attention: str
) -> None:
    """Compile all kernels that papers of a model will run, given as `loading.load` takes it; they are kept on disk,
    where the papers' processes find them.

    Nothing is computed. It takes the memory of one layer of the model (0.9 GiB for 32 billion parameters in 64 layers),
    which is free while the weights are loaded, and gives it back. ValueError or OSError where there is no such model.
    """
    if device == "cpu" or attention != "fused":
        return
    config = AutoConfig.from_pretrained(name, revision=revision, trust_remote_code=False)
    model = one_layer(config, getattr(torch, dtype), device, quantization)
    passes = Passes(model, capacity=ROWS[-1], branches=ROWS[-1], slots=4, papers=1, chunk=ROWS[-1])
    with torch.inference_mode(), kernels.compiling():
        for rows in ROWS:
            passes.rehearse(rows)
    del model, passes
    torch.cuda.empty_cache()


def one_layer(config: Any, dtype: torch.dtype, device: str, quantization: str | None) -> PreTrainedModel:
    """A model of the same shapes with one layer and a short vocabulary, its weights of no value."""
    text = config.get_text_config()
    text.num_hidden_layers, text.pad_token_id = 1, None
    text.vocab_size = min(text.vocab_size, VOCABULARY + text.vocab_size % 16)  # as aligned as the whole one
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation=FUSED)
    if quantization == "int8":
        int8.empty_linear(model.base_model.layers)
    if quantization == "fp8":
        fp8_loading.replace_linear(model.base_model.layers, blocks=hasattr(config, "quantization_config"))
    ready: PreTrainedModel = model.eval().requires_grad_(False)
    return ready
