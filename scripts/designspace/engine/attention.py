"""Attention of many branches over one shared prefix.

A paper is read once into a preallocated cache, the *prefix*. Every question is then a *branch* with a few slots of its
own. The attention of a branch is attention over the prefix, whose keys and values are the same for all branches, merged
by log-sum-exp with attention over the branch's own slots (Hydragen, https://arxiv.org/abs/2402.05099). It is registered
in transformers' AttentionInterface, so it serves every decoder that uses that interface.

Queries are *folded*: [kv_heads, rows, tokens, groups, head_dim], so that the query heads of a key-value head (its
group), the branches and their tokens are rows of one product with its keys.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface, Cache

from designspace.engine import flash, products

# The names of two ways to compute it: with the fused kernels of decoder.py and flash.py, or in PyTorch alone.
FUSED, PLAIN = "shared_prefix_fused", "shared_prefix_plain"


class SharedPrefixCache(Cache):
    """Keys and values of one paper's prefix and of the branches that continue it, a tensor for each layer.

    Prefix: [kv_heads, capacity, head_dim], the first `prefix_length` positions are filled. Slots: [branches, kv_heads,
    slots, head_dim]; of branch b the first `lengths[b]` are filled. A forward pass writes the tokens of row r behind
    the first `starts[r]` of branch `rows[r]`, or of the prefix while that is read. `devices` are those of the layers.
    """

    def __init__(
        self,
        config: Any,
        capacity: int,
        branches: int,
        slots: int,
        dtype: torch.dtype,
        devices: Sequence[torch.device],
    ) -> None:
        super().__init__(layers=[])
        self.fused = config._attn_implementation == FUSED
        config = config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        prefix, own = (heads, capacity, head_dim), (branches, heads, slots, head_dim)
        self.prefix_keys, self.prefix_values = (
            [torch.empty(prefix, dtype=dtype, device=device) for device in devices] for _ in range(2)
        )
        # Zeros, because a masked slot still enters the product with its weight of zero, and zero times NaN is NaN.
        self.slot_keys, self.slot_values = (
            [torch.zeros(own, dtype=dtype, device=device) for device in devices] for _ in range(2)
        )
        self.slots = slots
        self.lengths = torch.zeros(branches, dtype=torch.long, device=devices[0])
        self.read_on(0)

    def read_on(self, length: int) -> None:
        """The next tokens are those of the prefix behind its first `length`."""
        self.prefix_length, self.reading = length, True
        self.rows, self.starts = self.lengths.new_zeros(1), self.lengths.new_full((1,), length)

    def advance(self, rows: Tensor) -> None:
        """The next tokens are those of the branches `rows`, an index tensor."""
        self.reading, self.rows, self.starts = False, rows, self.lengths[rows]

    def move(self, device: torch.device) -> None:
        """The next layers are on this device."""
        self.rows, self.starts = self.rows.to(device), self.starts.to(device)
        if device.type == "cuda":
            torch.cuda.set_device(device)

    def positions(self, tokens: int) -> Tensor:
        """The positions, [rows, tokens], of the next tokens."""
        first = self.starts if self.reading else self.prefix_length + self.starts
        return first[:, None] + torch.arange(tokens, device=first.device)

    def target(self, layer: int) -> tuple[Tensor, Tensor]:
        """The keys and the values, [branches, kv_heads, slots, head_dim], where the next tokens go."""
        if self.reading:
            return self.prefix_keys[layer][None], self.prefix_values[layer][None]
        return self.slot_keys[layer], self.slot_values[layer]

    def store(self, layer: int, key: Tensor, value: Tensor) -> None:
        """Write the keys and values, [rows, tokens, kv_heads, head_dim], of the next tokens."""
        slots = self.starts[:, None] + torch.arange(key.shape[1], device=key.device)
        for kept, new in zip(self.target(layer), (key, value), strict=True):
            kept[self.rows[:, None], :, slots] = new

    def update(
        self, key_states: Tensor, value_states: Tensor, layer_idx: int, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """What transformers calls with new keys and values, [rows, kv_heads, tokens, head_dim]."""
        self.move(key_states.device)
        self.store(layer_idx, key_states.transpose(1, 2), value_states.transpose(1, 2))
        return key_states, value_states

    def get_seq_length(self, layer: int = 0) -> int:
        """Tokens of the prefix so far."""
        return self.prefix_length


def shared_prefix_attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    shared_prefix: Any = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """transformers' attention interface: query [rows, heads, tokens, head_dim] -> [rows, tokens, heads, head_dim]."""
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    folded = query.unflatten(1, (key.shape[1], -1)).permute(1, 0, 3, 2, 4).contiguous()
    return attend(folded, shared_prefix, module.layer_idx, scaling).unflatten(-1, (-1, query.shape[-1])), None


def attend(query: Tensor, cache: SharedPrefixCache, layer: int, scaling: float) -> Tensor:
    """Attention of folded queries, whose keys and values are stored: [rows, tokens, heads * head_dim]."""
    by: Any = flash if cache.fused and query.is_cuda else products
    if cache.reading:
        out: Tensor = by.read_prefix(query, cache, layer, scaling)[None]
        return out
    out = by.continue_branches(query, cache, layer, scaling)
    return out


for name in (FUSED, PLAIN):
    AttentionInterface.register(name, shared_prefix_attention)
