"""A model and its tokenizer, from a hub name or a local folder."""

import functools
import shutil
from typing import Any

import torch
from accelerate.hooks import remove_hook_from_submodules
from llguidance.hf import from_tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel
from transformers.utils import logging

from designspace.engine import decoder, rounding
from designspace.engine.attention import FUSED, PLAIN
from designspace.engine.gpus import check_compiler, check_fp8
from designspace.planning import model_files

logging.disable_progress_bar()  # progress bars of every paper that loads weights would fill the log


def load(
    name: str,
    revision: str | None,
    dtype: str,
    device: str,
    gpus: int,
    quantization: str | None,
    attention: str,
    room: int,
) -> PreTrainedModel:
    """The model, ready for inference, with attention over a shared prefix. model_files.ModelError if it cannot be had.

    `room` is what its weights may take of each GPU, in bytes. With several GPUs, each has some of the layers.
    """
    check_compiler(device, attention)
    if quantization == "fp8" and device == "cuda":
        check_fp8(gpus)
    try:
        # A model's files are data: its own code is never run (the user is not asked), and pickles are not opened.
        source: dict[str, Any] = {
            "pretrained_model_name_or_path": name,
            "revision": revision,
            "trust_remote_code": False,
        }
        config = AutoConfig.from_pretrained(**source)
        model_files.check_attention(config.to_dict(), name)
        model_files.check_rounding(config.to_dict(), quantization, name)
        where: dict[str, Any] = {"device_map": device}
        if gpus > 1:  # divided evenly among GPUs only: a model never spills into main memory
            where = {"device_map": "balanced", "max_memory": dict.fromkeys(range(gpus), room)}
        model = AutoModelForCausalLM.from_pretrained(
            **source,
            **where,
            config=config,
            use_safetensors=True,
            dtype=getattr(torch, dtype),
            attn_implementation=FUSED if attention == "fused" else PLAIN,
            quantization_config=rounding.config(config, quantization),
        )
    except (model_files.ModelError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # a missing or damaged file raises errors of several libraries
        raise model_files.ModelError(f"The model {name} could not be loaded: {error}") from error
    if spilled := {str(place) for place in getattr(model, "hf_device_map", {}).values()} & {"cpu", "disk"} - {device}:
        raise model_files.ModelError(
            f"The weights of the model {name} do not fit {gpus} GPUs (some would be on {', '.join(spilled)}): set "
            f"`model.gpus` to more, or `model.quantization` to fp8 or int8."
        )
    if decoder.serves(model):
        remove_hook_from_submodules(model)  # decoder.py goes from GPU to GPU by itself, and hooks cannot be shared
    ready: PreTrainedModel = model.eval().requires_grad_(False)
    return ready


def size(model: PreTrainedModel, device: torch.device | None = None) -> int:
    """Bytes of the weights, or of those on one device."""
    return sum(weight.nbytes for weight in model.parameters() if device is None or weight.device == device)


def obstacle_to_sharing(model: PreTrainedModel) -> str:
    """Why other processes cannot attach the weights, as a sentence; empty if they can."""
    if hasattr(model, "_hf_hook"):
        return f"A {model.config.model_type} model over several GPUs cannot be shared."
    if model.device.type == "cpu":
        # Half the size of the RAM on most machines, but 64 MB in most containers.
        enough = shutil.disk_usage("/dev/shm").free > size(model)
        return "" if enough else "There is too little shared memory (/dev/shm) for the weights."
    return ""


def obstacle_to_computing(model: PreTrainedModel) -> str:
    """Why nothing can be computed on the device of the weights, as a sentence; empty if it can."""
    try:
        for device in {weight.device for weight in model.parameters()}:
            torch.ones(1, device=device).sum().item()
    except RuntimeError as error:
        return f"PyTorch cannot compute on the GPU any more ({error}): start again, with another one if it stays so."
    return ""


@functools.cache
def load_tokenizer(name: str, revision: str | None = None) -> Any:
    """The tokenizer; it neither adds nor removes spaces."""
    return AutoTokenizer.from_pretrained(
        name, revision=revision, trust_remote_code=False, clean_up_tokenization_spaces=False
    )


@functools.cache
def load_grammar_tokenizer(name: str, revision: str | None, vocabulary: int) -> Any:
    """llguidance's view of the tokenizer, for logits over `vocabulary` tokens."""
    return from_tokenizer(load_tokenizer(name, revision), n_vocab=vocabulary)
