"""A model and its tokenizer, from a hub name or a local folder."""

import shutil
import subprocess

import torch
from llguidance.hf import from_tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from . import hub
from .attention import FUSED

OLDEST_GPU = (8, 0)  # in compute capability: the kernels of the attention compute in bfloat16

logging.disable_progress_bar()  # a bar for every paper that loads weights would bury what the log says


def load(name, revision, dtype, device):
    """The model, ready for inference, with attention over a shared prefix. hub.ModelError where it cannot be had."""
    try:
        # A model's files are data: code that comes with it is not run, nor asked about, and pickles are not opened.
        source = {"pretrained_model_name_or_path": name, "revision": revision, "trust_remote_code": False}
        hub.check_attention(AutoConfig.from_pretrained(**source).to_dict(), name)
        model = AutoModelForCausalLM.from_pretrained(
            **source,
            use_safetensors=True,
            dtype=getattr(torch, dtype),
            attn_implementation=FUSED,
            device_map=device,
        )
    except (hub.ModelError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # a missing or damaged file, of whatever library's kind
        raise hub.ModelError(f"The model {name} could not be loaded: {error}") from error
    return model.eval().requires_grad_(False)


def check_gpu(capacity, reserve):
    """Raise hub.ModelError where the GPU is not what the memory was planned for: too old, too small, or in use."""
    if not torch.cuda.is_available():
        raise hub.ModelError(
            "The configuration asks for a GPU (`model.device` is cuda), and PyTorch sees none here; run it where there "
            "is one, or set `model.device` to cpu for a small model."
        )
    try:
        name, capability = torch.cuda.get_device_name(), torch.cuda.get_device_capability()
        torch.ones(1, device="cuda").sum().item()
        free, total = torch.cuda.mem_get_info()
    except RuntimeError as error:
        raise hub.ModelError(f"PyTorch cannot compute on the GPU here: {error}") from error
    if capability < OLDEST_GPU:
        raise hub.ModelError(
            f"The GPU, {name}, is of compute capability {'.'.join(map(str, capability))}, and at least "
            f"{'.'.join(map(str, OLDEST_GPU))} is needed (A100 and newer): choose another GPU."
        )
    size, planned = f"{total / 2**30:.2f} GiB", f"{capacity / 2**30:.2f} GiB"
    if total < capacity:
        raise hub.ModelError(
            f"The GPU, {name}, has {size}, and the memory is planned for {planned} (`memory.capacity`): choose a GPU "
            f"that has so much, or set `memory.capacity` to {size.replace(' ', '')} or less."
        )
    if free < capacity - reserve:
        raise hub.ModelError(
            f"Of the {size} of the GPU, {name}, only {free / 2**30:.2f} GiB are free, and the memory is planned for "
            f"{planned} (`memory.capacity`): end the other processes that use it, which nvidia-smi shows, or choose "
            f"another GPU."
        )


def size(model):
    """Bytes of the weights."""
    return sum(parameter.nbytes for parameter in model.parameters())


def obstacle_to_sharing(model):
    """Why other processes cannot attach the weights, as a sentence; empty where they can."""
    if model.device.type == "cpu":
        # Of the size of half the RAM on most machines, but of 64 MB in most containers.
        enough = shutil.disk_usage("/dev/shm").free > size(model)
        return "" if enough else "There is too little shared memory (/dev/shm) for the weights."
    query = ["nvidia-smi", "--query-gpu=compute_mode", "--format=csv,noheader"]
    modes = subprocess.run(query, capture_output=True, text=True).stdout.split("\n") if shutil.which(query[0]) else []
    exclusive = {mode.strip() for mode in modes} - {"Default", ""}
    return f"The GPU serves one process at a time (compute mode {exclusive.pop()})." if exclusive else ""


def load_tokenizer(name, revision=None):
    """The tokenizer; it writes no spaces of its own and takes none away."""
    return AutoTokenizer.from_pretrained(
        name, revision=revision, trust_remote_code=False, clean_up_tokenization_spaces=False
    )


def grammar_tokenizer(tokenizer, vocabulary):
    """llguidance's view of a tokenizer, for logits over `vocabulary` tokens."""
    return from_tokenizer(tokenizer, n_vocab=vocabulary)
