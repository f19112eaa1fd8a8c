"""Attention over a shared prefix in PyTorch's own products, for a CPU, and for a GPU without Triton.

Attention over some of the keys is represented by (out, lse), its output and the log-sum-exp of its scores; two of these
can be merged. Queries are folded, see attention.py.
"""

from typing import Any

import torch
from torch import Tensor

Partial = tuple[Tensor, Tensor]  # (out, lse)

FEW_ROWS = 1024  # up to this number, plain products are faster than a CPU's flash kernel, which is made for many rows


def read_prefix(query: Tensor, cache: Any, layer: int, scaling: float) -> Tensor:
    """Causal attention of a chunk of the prefix over everything read so far: [tokens, heads * head_dim]."""
    _, _, tokens, groups, _ = query.shape
    (_, _, before), *_ = cache.batch.segments
    chunk = before._replace(begin=before.begin + before.length, length=tokens)
    keys, values = (kept[:, None].expand(-1, groups, -1, -1) for kept in cache.prefix(layer, chunk))
    out, lse = flash(query[:, 0].transpose(1, 2), keys, values, scaling, causal=True)  # [kv_heads, groups, tokens]
    if before.length:
        prefix_out, prefix_lse = over_prefix(query, cache, layer, scaling)
        prefix = prefix_out[:, 0].transpose(1, 2), prefix_lse[:, 0].transpose(1, 2)
        out = merge(prefix, (out, lse))
    return out.permute(2, 0, 1, 3).flatten(1)


def continue_branches(query: Tensor, cache: Any, layer: int, scaling: float) -> Tensor:
    """Attention of branches over the prefix and over their own slots: [rows, tokens, heads * head_dim]."""
    _, _, tokens, groups, _ = query.shape
    keys, values = (slots[cache.batch.slots].transpose(0, 1) for slots in cache.target(layer))
    reach = cache.batch.starts[:, None] + torch.arange(
        tokens, device=query.device
    )  # the last slot that a token may see
    hidden = torch.arange(keys.shape[2], device=query.device) > reach[:, :, None]  # [rows, tokens, slots]
    # The query heads of a key-value head are rows of one product: as a separate dimension, they would be multiplied
    # with copies of the keys.
    out, lse = product(query.flatten(2, 3) * scaling, keys, values, hidden.repeat_interleave(groups, 1))
    own = out.unflatten(2, (tokens, groups)), lse.unflatten(2, (tokens, groups))
    return merge(over_prefix(query, cache, layer, scaling), own).permute(1, 2, 0, 3, 4).flatten(2)


def over_prefix(query: Tensor, cache: Any, layer: int, scaling: float) -> Partial:
    """Unmasked attention over the prefixes, the same for all branches of a paper: (out, lse) of the queries' shape."""
    parts = []
    for first, end, prefix in cache.batch.segments:
        rows = query[:, first:end]
        keys, values = (kept[:, None] for kept in cache.prefix(layer, prefix))
        out, lse = flash(rows.flatten(1, 3)[:, None], keys, values, scaling)
        parts.append((out.reshape(rows.shape), lse.reshape(rows.shape[:-1])))
    outs, lses = zip(*parts, strict=True)
    return torch.cat(outs, 1), torch.cat(lses, 1)


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
    """The result of `flash` for scaled queries, as plain products; `hidden` scores do not count."""
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
