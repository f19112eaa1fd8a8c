"""Attention of many branches over the prefixes that they continue.

A paper is read once into a preallocated pool of keys and values: its *prefix* is a run of that pool. Every question is
then a *branch* with a few slots of its own. The attention of a branch is attention over its paper's prefix, whose
keys and values are the same for all branches of the paper, merged by log-sum-exp with attention over the branch's own
slots (Hydragen, https://arxiv.org/abs/2402.05099). It is registered in transformers' AttentionInterface, so it serves
every decoder that uses that interface.

Queries are *folded*: [kv_heads, rows, tokens, groups, head_dim], so that the query heads of a key-value head (its
group), the branches of a paper and their tokens are rows of one product with its keys.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor
from transformers import AttentionInterface, Cache

from designspace.engine import flash, products

# The names of the two implementations: with the fused kernels of decoder.py and flash.py, or in PyTorch alone.
FUSED, PLAIN = "shared_prefix_fused", "shared_prefix_plain"


def upload(numbers: Any, device: torch.device) -> Tensor:
    """Numbers, as torch.as_tensor takes them, on a device, without waiting for a GPU that is still computing."""
    return pinned(numbers, device).to(device, non_blocking=True)


def pinned(numbers: Any, device: torch.device) -> Tensor:
    """Numbers in memory from which a device, if it is a GPU, copies them when it comes to that."""
    tensor = torch.as_tensor(numbers)
    return tensor.pin_memory() if device.type == "cuda" else tensor


def download(*tensors: Tensor) -> Callable[[], list[list[Any]]]:
    """Copy tensors from their device, behind what it was given to do so far. Returns a function that waits for them,
    and for nothing that the device is given to do later, and returns their numbers."""
    copies = [tensor.to("cpu", non_blocking=True) for tensor in tensors]
    copied = torch.cuda.current_stream(tensors[0].device).record_event() if tensors[0].is_cuda else None

    def arrive() -> list[list[Any]]:
        if copied:
            copied.synchronize()
        return [copy.tolist() for copy in copies]

    return arrive


class Prefix(NamedTuple):
    """The part of the pool that has a paper: where it begins, and how many tokens of it have been read."""

    begin: int
    length: int


class Row(NamedTuple):
    """A row of a pass: the slots for its next tokens and how many tokens precede them there, the position of the first
    of these tokens, and the prefix that the row continues."""

    slots: int
    start: int
    position: int
    prefix: Prefix


class Segment(NamedTuple):
    """Rows [first, end) of a pass that continue the same prefix."""

    first: int
    end: int
    prefix: Prefix


class Batch:
    """The rows of a pass, those of a paper side by side, as one tensor on the device of the layers that are next.

    `slots`, `starts` and `positions`, [rows], are as in Row. `table`, [blocks, 4], are the blocks of folded queries for
    flash.py, of `block` queries at most: the first, the one behind the last, and the prefix that they attend to.
    `full_blocks` are those in use where the papers have as many rows each. Of the same number of rows, `folded` queries
    each, of at most `papers` papers, all batches have tensors of the same shape, which `fill` overwrites.
    """

    def __init__(self, rows: Sequence[Row], folded: int, papers: int, device: torch.device, reading: bool = False):
        self.rows, self.folded, self.reading = len(rows), folded, reading
        of_one = -(-self.rows * folded // papers)
        self.block = flash.block_of(of_one)
        self.full_blocks = papers * -(-of_one // self.block)
        self.blocks = -(-self.rows * folded // self.block) + papers - 1  # one block of each paper may not be full
        self.numbers = upload(self._numbers(rows), device)
        self._view()

    def fill(self, rows: Sequence[Row]) -> None:
        """Change to the same number of other rows."""
        self.numbers.copy_(pinned(self._numbers(rows), self.numbers.device), non_blocking=True)

    def move(self, device: torch.device) -> None:
        """Go to the device of the next layers."""
        if device != self.numbers.device:
            self.numbers = self.numbers.to(device)
            self._view()

    def _numbers(self, rows: Sequence[Row]) -> list[int]:
        ends = [n for n, row in enumerate(rows, 1) if n == len(rows) or rows[n].prefix != row.prefix]
        firsts = [0, *ends[:-1]]
        self.segments = [Segment(*run, rows[run[0]].prefix) for run in zip(firsts, ends, strict=True)]
        table = [
            number
            for first, end, prefix in self.segments
            for at in range(first * self.folded, end * self.folded, self.block)
            for number in (at, min(at + self.block, end * self.folded), *prefix)
        ]
        empty = [0] * (4 * self.blocks - len(table))
        slots, starts, positions, _ = zip(*rows, strict=True)
        return [*slots, *starts, *positions, *table, *empty]

    def _view(self) -> None:
        self.slots, self.starts, self.positions = self.numbers[: 3 * self.rows].view(3, -1).unbind()
        self.table = self.numbers[3 * self.rows :].view(-1, 4)


class SharedPrefixCache(Cache):
    """Keys and values of papers' prefixes and of the branches that continue them, a tensor for each layer.

    Pool of the prefixes: [kv_heads, capacity, head_dim]. Slots: [branches, kv_heads, slots, head_dim]. A forward pass
    writes the tokens of its `batch` into the slots, or into the pool while a prefix is read, and attends to the tokens
    before them. `devices` are those of the layers.
    """

    batch: Batch

    def __init__(self, config: Any, capacity: int, dtype: torch.dtype, devices: Sequence[torch.device]) -> None:
        super().__init__(layers=[])
        self.fused = config._attn_implementation == FUSED
        config = config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self.groups = config.num_attention_heads // heads
        pool = (heads, capacity, head_dim)
        self.prefix_keys, self.prefix_values = (
            [torch.empty(pool, dtype=dtype, device=device) for device in devices] for _ in range(2)
        )
        self.slot_keys: list[Tensor] = []
        self.slot_values: list[Tensor] = []
        self.devices, self.device = devices, devices[0]
        self.graph_break: Callable[[], None] = lambda: None  # called where a captured step may be cut in two

    def give_slots(self, branches: int, slots: int) -> None:
        """Replace the slots of the branches; the prefixes stay."""
        (heads, _, head_dim), dtype = self.prefix_keys[0].shape, self.prefix_keys[0].dtype
        self.slot_keys, self.slot_values = [], []
        if self.device.type == "cuda":
            torch.cuda.empty_cache()  # of these, and of steps that were captured with them
        # Zeros, because a masked slot still enters the product with its weight of zero, and zero times NaN is NaN.
        self.slot_keys, self.slot_values = (
            [torch.zeros((branches, heads, slots, head_dim), dtype=dtype, device=device) for device in self.devices]
            for _ in range(2)
        )
        self.slots = slots

    def read_on(self, prefix: Prefix) -> None:
        """Prepare for the next tokens of a prefix, which follow those already read."""
        row = Row(0, prefix.begin + prefix.length, prefix.length, prefix)
        self.batch = Batch([row], self.groups, 1, self.device, reading=True)

    def advance(self, rows: Sequence[Row], tokens: int) -> None:
        """Prepare for the next `tokens` tokens of each of these rows, padding included."""
        papers = len(list(groupby(rows, lambda row: row.prefix)))
        self.batch = Batch(rows, tokens * self.groups, papers, self.device)

    def move(self, device: torch.device) -> None:
        """The next layers are on this device."""
        self.batch.move(device)
        if device.type == "cuda":
            torch.cuda.set_device(device)

    def positions(self, tokens: int) -> Tensor:
        """The positions, [rows, tokens], of the next tokens."""
        first = self.batch.positions
        return first[:, None] + torch.arange(tokens, device=first.device)

    def target(self, layer: int) -> tuple[Tensor, Tensor]:
        """The keys and the values, [branches, kv_heads, slots, head_dim], where the next tokens go."""
        if self.batch.reading:
            return self.prefix_keys[layer][None], self.prefix_values[layer][None]
        return self.slot_keys[layer], self.slot_values[layer]

    def prefix(self, layer: int, prefix: Prefix) -> tuple[Tensor, Tensor]:
        """The keys and the values, [kv_heads, tokens, head_dim], of a prefix."""
        begin, length = prefix
        keys, values = (kept[layer][:, begin : begin + length] for kept in (self.prefix_keys, self.prefix_values))
        return keys, values

    def store(self, layer: int, key: Tensor, value: Tensor) -> None:
        """Write the keys and values, [rows, tokens, kv_heads, head_dim], of the next tokens."""
        slots = self.batch.starts[:, None] + torch.arange(key.shape[1], device=key.device)
        for kept, new in zip(self.target(layer), (key, value), strict=True):
            kept[self.batch.slots[:, None], :, slots] = new

    def update(
        self, key_states: Tensor, value_states: Tensor, layer_idx: int, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """The method that transformers calls with new keys and values, [rows, kv_heads, tokens, head_dim]."""
        self.move(key_states.device)
        self.store(layer_idx, key_states.transpose(1, 2), value_states.transpose(1, 2))
        return key_states, value_states

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """The number of tokens before the next ones; transformers makes masks from it, which are not used here."""
        return 0


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
    out: Tensor
    if cache.batch.reading:
        out = by.read_prefix(query, cache, layer, scaling)[None]
    else:
        out = by.continue_branches(query, cache, layer, scaling)
    return out


for name in (FUSED, PLAIN):
    AttentionInterface.register(name, shared_prefix_attention)
