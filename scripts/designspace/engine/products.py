"""Attention over a shared prefix in PyTorch's own products, for a CPU, and for a GPU where Triton cannot be had.

Attention over some of the keys is kept as (out, lse), its output and the log-sum-exp of its scores, with which two of
them are merged. Queries are folded, see attention.py.
"""

from typing import Any

import torch
from torch import Tensor

Partial = tuple[Tensor, Tensor]  # (out, lse)

FEW_ROWS = 1024  # up to here plain products are faster than a CPU's flash kernel, which is made for many rows


def read_prefix(query: Tensor, cache: Any, layer: int, scaling: float) -> Tensor:
    """Causal attention of a chunk of the prefix over all that was read so far: [tokens, heads * head_dim]."""
    _, _, tokens, groups, _ = query.shape
    start, end = cache.prefix_length, cache.prefix_length + tokens
    keys = cache.prefix_keys[layer][:, None, start:end].expand(-1, groups, -1, -1)
    values = cache.prefix_values[layer][:, None, start:end].expand(-1, groups, -1, -1)
    out, lse = flash(query[:, 0].transpose(1, 2), keys, values, scaling, causal=True)  # [kv_heads, groups, tokens]
    if start:
        prefix_out, prefix_lse = over_prefix(query, cache, layer, scaling)
        prefix = prefix_out[:, 0].transpose(1, 2), prefix_lse[:, 0].transpose(1, 2)
        out = merge(prefix, (out, lse))
    return out.permute(2, 0, 1, 3).flatten(1)


def continue_branches(query: Tensor, cache: Any, layer: int, scaling: float) -> Tensor:
    """Attention of branches over the prefix and over their own slots: [rows, tokens, heads * head_dim]."""
    _, _, tokens, groups, _ = query.shape
    keys, values = (slots[cache.rows].transpose(0, 1) for slots in cache.target(layer))
    reach = cache.starts[:, None] + torch.arange(tokens, device=query.device)  # the last slot that a token may see
    hidden = torch.arange(keys.shape[2], device=query.device) > reach[:, :, None]  # [rows, tokens, slots]
    # The query heads of a key-value head are rows of one product: as a dimension of their own, they would be multiplied
    # with copies of the keys.
    out, lse = product(query.flatten(2, 3) * scaling, keys, values, hidden.repeat_interleave(groups, 1))
    own = out.unflatten(2, (tokens, groups)), lse.unflatten(2, (tokens, groups))
    return merge(over_prefix(query, cache, layer, scaling), own).permute(1, 2, 0, 3, 4).flatten(2)


def over_prefix(query: Tensor, cache: Any, layer: int, scaling: float) -> Partial:
    """Unmasked attention over the prefix, the same for all: (out, lse) of the queries' shape."""
    keys, values = (kept[layer][:, None, : cache.prefix_length] for kept in (cache.prefix_keys, cache.prefix_values))
    out, lse = flash(query.flatten(1, 3)[:, None], keys, values, scaling)
    return out.reshape(query.shape), lse.reshape(query.shape[:-1])


def flash(query: Tensor, key: Tensor, value: Tensor, scaling: float, causal: bool = False) -> Partial:
    """(out, lse) of queries [batch, heads, tokens, head_dim], from the kernels behind PyTorch's public function."""
    if query.device.type == "cpu" and query.shape[2] <= FEW_ROWS and not causal:
        return product(query * scaling, key, value)
    if query.device.type == "cpu":
        attend = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
        out, lse = attend(query, key, value, 0.0, causal, scale=scaling)
    elif query.dtype == torch.float32:
        attend = torch.ops.aten._scaled_dot_product_efficient_attention
        out, lse, *_ = attend(query, key, value, None, True, 0.0, causal, scale=scaling)
    else:
        attend = torch.ops.aten._scaled_dot_product_flash_attention
        out, lse, *_ = attend(query, key, value, 0.0, causal, scale=scaling)
    return out, lse[..., : query.shape[2]]  # padded by some kernels


def product(query: Tensor, key: Tensor, value: Tensor, hidden: Tensor | None = None) -> Partial:
    """What `flash` gives of scaled queries, as plain products; scores that are `hidden` do not count."""
    scores = (query @ key.mT).float()
    if hidden is not None:
        scores.masked_fill_(hidden, -torch.inf)
    highest = scores.amax(-1, keepdim=True)
    weights = scores.sub_(highest).exp_()
    total = weights.sum(-1, keepdim=True)
    return (weights.to(value.dtype) @ value) / total.to(value.dtype), (highest + total.log()).squeeze(-1)


def merge(one: Partial, other: Partial) -> Tensor:
    """Attention over two sets of keys from the (out, lse) over each: out of the queries' shape."""
    (out, lse), (other_out, other_lse) = one, other
    weight = torch.sigmoid(lse - other_lse).unsqueeze(-1)  # exp(lse) / (exp(lse) + exp(other_lse))
    return torch.lerp(other_out.float(), out.float(), weight).to(out.dtype)
