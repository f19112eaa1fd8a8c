"""A model spread over all GPUs: the same answers as on one, and its memory."""

import tempfile

import torch
from transformers import PreTrainedModel

from benchmark.inference.exactness import error, last_logits
from benchmark.inference.memory import LENGTHS, peaks, served
from benchmark.inference.shapes import CAPACITY, DEVICE, DTYPE, LARGE, model, prompt, row
from designspace.engine import loading as models

LAYERS = 8


def measure() -> None:
    gpus = torch.cuda.device_count()
    if gpus < 2:
        row("GPUs", gpus)
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        model(LARGE, num_hidden_layers=LAYERS).save_pretrained(folder, max_shard_size="5GB")
        one, all_of = (load(folder, number) for number in (1, gpus))
    prefix, prompts = prompt(2048, one.config.vocab_size), [prompt(8, one.config.vocab_size) for _ in range(4)]
    alone, spread = (last_logits(large, prefix, prompts) for large in (one, all_of))
    row(f"logits of {LAYERS} layers over {gpus} GPUs, relative to one", f"{error(spread, alone):.2e}")
    del one
    torch.cuda.empty_cache()
    with served(all_of) as place:
        row(f"{LARGE}, {LAYERS} layers over {gpus} GPUs")
        peaks(all_of, place, LENGTHS[:2], gpus=gpus)


def load(folder: str, gpus: int) -> PreTrainedModel:
    dtype = str(DTYPE).removeprefix("torch.")
    return models.load(folder, None, dtype, DEVICE.type, gpus, None, "fused", CAPACITY)
