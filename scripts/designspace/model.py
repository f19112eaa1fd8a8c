"""A model and its tokenizer, from a hub name or a local folder."""

import shutil

import torch
from llguidance.hf import from_tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from . import hub
from .attention import NAME


def load(name, revision, dtype, device):
    """The model, ready for inference, with attention over a shared prefix."""
    hub.check_attention(AutoConfig.from_pretrained(name, revision=revision).to_dict(), name)
    model = AutoModelForCausalLM.from_pretrained(
        name, revision=revision, dtype=getattr(torch, dtype), attn_implementation=NAME, device_map=device
    )
    return model.eval().requires_grad_(False)


def size(model):
    """Bytes of the weights."""
    return sum(parameter.nbytes for parameter in model.parameters())


def can_be_shared(model):
    """Whether other processes can attach the weights: those on a CPU have to fit the file system of shared memory."""
    return model.device.type != "cpu" or shutil.disk_usage("/dev/shm").free > size(model)


def load_tokenizer(name, revision=None):
    """The tokenizer; it writes no spaces of its own and takes none away."""
    return AutoTokenizer.from_pretrained(name, revision=revision, clean_up_tokenization_spaces=False)


def grammar_tokenizer(tokenizer, vocabulary):
    """llguidance's view of a tokenizer, for logits over `vocabulary` tokens."""
    return from_tokenizer(tokenizer, n_vocab=vocabulary)
