"""A model and its tokenizer, from a hub name or a local folder."""

import functools
import os
import shutil
import subprocess

import torch
from accelerate.hooks import remove_hook_from_submodules
from llguidance.hf import from_tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from designspace.engine import decoder, fp8, fp8_loading, int8
from designspace.engine.attention import FUSED, PLAIN
from designspace.planning import model_files

OLDEST_GPU = (8, 0)  # in compute capability: the kernels of the attention compute in bfloat16

logging.disable_progress_bar()  # a bar for every paper that loads weights would bury what the log says


def load(name, revision, dtype, device, gpus, quantization, attention, room):
    """The model, ready for inference, with attention over a shared prefix. hub.ModelError where it cannot be had.

    `room` is what its weights may take of each GPU, in bytes. Of several GPUs each holds some of the layers.
    """
    check_compiler(device, attention)
    if quantization == "fp8" and device == "cuda":
        check_fp8(gpus)
    try:
        # A model's files are data: code that comes with it is not run, nor asked about, and pickles are not opened.
        source = {"pretrained_model_name_or_path": name, "revision": revision, "trust_remote_code": False}
        config = AutoConfig.from_pretrained(**source)
        model_files.check_attention(config.to_dict(), name)
        model_files.check_rounding(config.to_dict(), quantization, name)
        ways = {"int8": int8.config, "fp8": functools.partial(fp8_loading.config, config)}
        where = {"device_map": device}
        if gpus > 1:  # shared out evenly, and nothing but GPUs is offered: a model never spills into main memory
            where = {"device_map": "balanced", "max_memory": dict.fromkeys(range(gpus), room)}
        model = AutoModelForCausalLM.from_pretrained(
            **source,
            **where,
            config=config,
            use_safetensors=True,
            dtype=getattr(torch, dtype),
            attn_implementation=FUSED if attention == "fused" else PLAIN,
            quantization_config=ways[quantization]() if quantization else None,
        )
    except (model_files.ModelError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # a missing or damaged file, of whatever library's kind
        raise model_files.ModelError(f"The model {name} could not be loaded: {error}") from error
    if spilled := {str(place) for place in getattr(model, "hf_device_map", {}).values()} & {"cpu", "disk"} - {device}:
        raise model_files.ModelError(
            f"The weights of the model {name} do not fit {gpus} GPUs (some would be on {', '.join(spilled)}): set "
            f"`model.gpus` to more, or `model.quantization` to fp8 or int8."
        )
    if quantization == "int8":
        int8.replace_linear(model)
    if decoder.serves(model):
        remove_hook_from_submodules(model)  # decoder.py goes from GPU to GPU by itself, and hooks cannot be shared
    return model.eval().requires_grad_(False)


def check_compiler(device, attention):
    """Raise hub.ModelError where the fused kernels cannot be compiled."""
    compilers = [os.environ.get("CC", "gcc"), "gcc", "clang"]  # where Triton looks
    if device == "cuda" and attention == "fused" and not any(map(shutil.which, compilers)):
        raise model_files.ModelError(
            "The fused kernels need a C compiler (gcc or clang), and there is none on this machine: load one (on many "
            "clusters: module load gcc), or set `model.attention` to plain, which is slower."
        )


def check_fp8(gpus):
    """Raise ModelError where a GPU cannot multiply weights of eight-bit floating point."""
    for gpu in range(gpus):
        if (capability := torch.cuda.get_device_capability(gpu)) < fp8.OLDEST_GPU:
            raise model_files.ModelError(
                f"`model.quantization` is fp8, which needs a GPU of compute capability "
                f"{'.'.join(map(str, fp8.OLDEST_GPU))} or newer (L4, L40S, RTX 40, H100), and the "
                f"{torch.cuda.get_device_name(gpu)} here is of {'.'.join(map(str, capability))}: set "
                f"`model.quantization` to int8, or choose another GPU."
            )


def check_gpus(gpus, capacity, reserve):
    """Raise hub.ModelError where the GPUs are not what the memory was planned for: missing, too old, too small, or in
    use."""
    if torch.cuda.device_count() < gpus:
        seen = torch.cuda.device_count() or "none"
        raise model_files.ModelError(
            f"The configuration asks for a GPU (`model.device` is cuda, `model.gpus` {gpus}), and PyTorch sees {seen} "
            f"here; run it where there are as many, or set `model.device` to cpu for a small model."
        )
    for gpu in range(gpus):
        check_gpu(gpu, capacity, reserve)


def check_gpu(gpu, capacity, reserve):
    """Raise hub.ModelError where the GPU is not what the memory was planned for."""
    try:
        name, capability = torch.cuda.get_device_name(gpu), torch.cuda.get_device_capability(gpu)
        torch.ones(1, device=f"cuda:{gpu}").sum().item()
        free, total = torch.cuda.mem_get_info(gpu)
    except RuntimeError as error:
        raise model_files.ModelError(f"PyTorch cannot compute on the GPU here: {error}") from error
    if capability < OLDEST_GPU:
        raise model_files.ModelError(
            f"The GPU, {name}, is of compute capability {'.'.join(map(str, capability))}, and at least "
            f"{'.'.join(map(str, OLDEST_GPU))} is needed (A100 and newer): choose another GPU."
        )
    size, planned = f"{total / 2**30:.2f} GiB", f"{capacity / 2**30:.2f} GiB"
    if total < capacity:
        raise model_files.ModelError(
            f"The GPU, {name}, has {size}, and the memory is planned for {planned} (`memory.capacity`): choose a GPU "
            f"that has so much, or set `memory.capacity` to {total >> 20}MiB or less."
        )
    if free < capacity - reserve:
        raise model_files.ModelError(
            f"Of the {size} of the GPU, {name}, only {free / 2**30:.2f} GiB are free, and the memory is planned for "
            f"{planned} (`memory.capacity`): end the other processes that use it, which nvidia-smi shows, or choose "
            f"another GPU."
        )


def size(model, device=None):
    """Bytes of the weights, or of those on one device."""
    return sum(weight.nbytes for weight in model.parameters() if device is None or weight.device == device)


def obstacle_to_processes():
    """Why two processes cannot use the GPU at once, as a sentence; empty where they can. It does not use it itself."""
    query = ["nvidia-smi", "--query-gpu=compute_mode", "--format=csv,noheader"]
    modes = subprocess.run(query, capture_output=True, text=True).stdout.split("\n") if shutil.which(query[0]) else []
    exclusive = [mode.strip() for mode in modes if mode.startswith("Exclusive")]
    return f"The GPU serves one process at a time (compute mode {exclusive[0]})." if exclusive else ""


def obstacle_to_sharing(model):
    """Why other processes cannot attach the weights, as a sentence; empty where they can."""
    if hasattr(model, "_hf_hook"):
        return f"A {model.config.model_type} model over several GPUs cannot be shared."
    if model.device.type == "cpu":
        # Of the size of half the RAM on most machines, but of 64 MB in most containers.
        enough = shutil.disk_usage("/dev/shm").free > size(model)
        return "" if enough else "There is too little shared memory (/dev/shm) for the weights."
    return ""


def obstacle_to_computing(model):
    """Why nothing can be computed where the weights are, as a sentence; empty where it can."""
    try:
        for device in {weight.device for weight in model.parameters()}:
            torch.ones(1, device=device).sum().item()
    except RuntimeError as error:
        return f"PyTorch cannot compute on the GPU any more ({error}): start again, with another one if it stays so."
    return ""


@functools.cache
def load_tokenizer(name, revision=None):
    """The tokenizer; it writes no spaces of its own and takes none away."""
    return AutoTokenizer.from_pretrained(
        name, revision=revision, trust_remote_code=False, clean_up_tokenization_spaces=False
    )


@functools.cache
def load_grammar_tokenizer(name, revision, vocabulary):
    """llguidance's view of the tokenizer, for logits over `vocabulary` tokens."""
    return from_tokenizer(load_tokenizer(name, revision), n_vocab=vocabulary)
