"""The forward pass of Llama-like decoders: its matrix products and the few kernels between them.

The layers are those of transformers, in the same order, without its generality: a decode step has nine kernels a layer
instead of forty. Models of other families use transformers' own forward pass.
"""

from typing import Any

from torch import Tensor

from designspace.engine import kernels, linear
from designspace.engine.attention import FUSED, SharedPrefixCache, attend
from designspace.planning import model_files

# A graph of their own, which is launched first: the GPU computes these layers while the rest of the step is launched.
EARLY_LAYERS = 4


def serves(model: Any) -> bool:
    """Whether this forward pass can compute the model, and is wanted."""
    config = model.config
    known = config.model_type in model_files.FUSED_FAMILIES and config.hidden_act == "silu"
    return known and config._attn_implementation == FUSED


def forward(
    model: Any, tokens: Tensor, positions: Tensor, cache: SharedPrefixCache, only_store: bool = False
) -> Tensor:
    """Token ids and positions [rows, tokens] -> hidden states [rows, tokens, hidden], keys and values in the cache.

    `only_store` is for a paper, whose hidden states nobody needs: the last layer ends when it has stored its keys and
    values, and the result has no meaning."""
    base = model.base_model
    residual: Tensor = base.embed_tokens(tokens)
    x = None
    cos, sin = base.rotary_emb(residual, positions)
    cache.move(residual.device)
    for index, layer in enumerate(base.layers):
        if index == EARLY_LAYERS:
            cache.graph_break()
        attention, mlp = layer.self_attn, layer.mlp
        if (device := layer.input_layernorm.weight.device) != residual.device:  # the next GPU
            residual, cos, sin = (tensor.to(device) for tensor in (residual, cos, sin))
            x = None if x is None else x.to(device)
            cache.move(device)
        x = add_norm(residual, x, layer.input_layernorm)
        heads = linear.project(x, attention.q_proj, attention.k_proj, attention.v_proj)
        query = kernels.rotate_and_store(heads, head_norms(attention), (cos, sin), cache, index)
        if only_store and index == len(base.layers) - 1:
            return residual
        (x,) = linear.project(attend(query, cache, index, attention.scaling), attention.o_proj)
        del heads, query  # the MLP needs the most memory
        x = add_norm(residual, x, layer.post_attention_layernorm)
        (x,) = linear.project(linear.gated(x, mlp.gate_proj, mlp.up_proj), mlp.down_proj)
    return add_norm(residual, x, base.norm)


def add_norm(residual: Tensor, x: Tensor | None, norm: Any) -> Tensor:
    """Add x, if given, to the residual, in place, and return the norm of the sum."""
    return kernels.add_rms_norm(residual, x, norm.weight, norm.variance_epsilon)


def head_norms(attention: Any) -> tuple[Any, Any] | None:
    """The norms of each query's and key's head, which only Qwen3 has."""
    return (attention.q_norm, attention.k_norm) if hasattr(attention, "q_norm") else None
