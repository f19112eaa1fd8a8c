"""The forward pass of Llama-like decoders, as its matrix products and the few kernels between them.

The same layers as transformers', in the same order, without its generality: a decode step is a dozen kernels a layer
in place of forty. What is not of these families goes through transformers' own forward pass.
"""

from . import kernels
from .attention import FUSED, attend

FAMILIES = {"llama", "mistral", "qwen2", "qwen3"}


def serves(model):
    """Whether this forward pass is the model's, and wanted."""
    config = model.config
    return config._attn_implementation == FUSED and config.model_type in FAMILIES and config.hidden_act == "silu"


def forward(model, tokens, positions, cache):
    """Token ids and positions [rows, tokens] -> hidden states [rows, tokens, hidden], keys and values in the cache."""
    base = model.base_model
    residual = base.embed_tokens(tokens)
    rotation = base.rotary_emb(residual, positions)
    norms = [norm for layer in base.layers for norm in (layer.input_layernorm, layer.post_attention_layernorm)]
    norms = iter([*norms, base.norm])
    first = next(norms)
    x = kernels.rms_norm(residual, first.weight, first.variance_epsilon)
    for index, layer in enumerate(base.layers):
        attention, mlp = layer.self_attn, layer.mlp
        head_norms = (attention.q_norm, attention.k_norm) if hasattr(attention, "q_norm") else None
        projected = attention.q_proj(x), attention.k_proj(x), attention.v_proj(x)
        query = kernels.rotate_and_store(*projected, head_norms, rotation, cache, index)
        x = attention.o_proj(attend(query, cache, index, attention.scaling))
        x = _add_norm(residual, x, next(norms))
        x = mlp.down_proj(kernels.swiglu(mlp.gate_proj(x), mlp.up_proj(x)))
        x = _add_norm(residual, x, next(norms))
    return x


def _add_norm(residual, x, norm):
    return kernels.add_rms_norm(residual, x, norm.weight, norm.variance_epsilon)
