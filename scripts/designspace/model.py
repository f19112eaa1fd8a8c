"""A model and its tokenizer, from a hub name or a local folder."""

import torch
from llguidance.hf import from_tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from .attention import NAME


class ModelError(Exception):
    """The model cannot be used; the message is a sentence for the user."""


def check(config):
    """Raise ModelError for a model whose attention would not be computed exactly."""
    text = config.get_text_config()
    others = sorted({kind for kind in getattr(text, "layer_types", None) or [] if kind != "full_attention"})
    if not others and getattr(text, "sliding_window", None) and getattr(text, "use_sliding_window", True):
        others = ["sliding_attention"]
    if others:
        raise ModelError(
            f"{config.name_or_path} has layers of the kind {', '.join(others)}, and only full attention is computed "
            f"exactly over a shared prefix; choose a model with full attention in all layers, such as Qwen3 or Llama 3."
        )
    if getattr(text, "attn_logit_softcapping", None):
        raise ModelError(
            f"{config.name_or_path} caps its attention scores (attn_logit_softcapping), which attention in two parts "
            f"does not compute; choose a model without it, such as Qwen3 or Llama 3."
        )


def load(name, revision, dtype, device):
    """The model, ready for inference, with attention over a shared prefix."""
    check(AutoConfig.from_pretrained(name, revision=revision))
    model = AutoModelForCausalLM.from_pretrained(
        name, revision=revision, dtype=getattr(torch, dtype), attn_implementation=NAME, device_map=device
    )
    return model.eval().requires_grad_(False)


def load_tokenizer(name, revision=None):
    """The tokenizer; it writes no spaces of its own and takes none away."""
    return AutoTokenizer.from_pretrained(name, revision=revision, clean_up_tokenization_spaces=False)


def grammar_tokenizer(tokenizer, vocabulary):
    """llguidance's view of a tokenizer, for logits over `vocabulary` tokens."""
    return from_tokenizer(tokenizer, n_vocab=vocabulary)
