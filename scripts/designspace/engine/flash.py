"""Attention over shared prefixes on a GPU: two Triton kernels.

The first reads: flash attention of many queries over one run of keys, causal for a prefix itself. In a decode step each
block of queries is of one paper, and a table on the GPU says which run of keys is its prefix, so that one captured step
serves all papers; the queries are few, and the keys are split into shares, so that the whole GPU works on them (flash
decoding). The second merges the shares with a branch's attention over its own slots. Queries are folded, see
attention.py. Triton compiles a kernel once for each set of its constants and keeps it on disk (TRITON_CACHE_DIR): the
constants follow from the model, and from the number of rows as one of two blocks.
"""

from typing import Any, no_type_check

import torch
from torch import Tensor

from designspace.engine.kernels import gpu, launch, precision

try:
    import triton
    import triton.language as tl
except ImportError:  # PyTorch's build for CPUs has no Triton
    triton = None

LOG2_E = 1.4426950408889634
SHARES_AT_ONCE = 4  # that are loaded from memory at the same time
LARGE = 128  # queries in a block, unless there are very few
FAR = 1024  # keys before a chunk: over fewer, the kernel here is as fast as cuDNN


def read_prefix(query: Tensor, cache: Any, layer: int, scaling: float) -> Tensor:
    """Causal attention of a chunk of a prefix over everything that has been read of it: [tokens, heads * head_dim]."""
    kv_heads, _, tokens, groups, head_dim = query.shape
    out = query.new_empty(tokens, kv_heads * groups * head_dim)
    (_, _, before), *_ = cache.batch.segments
    block = block_of(tokens * groups)
    blocks = triton.cdiv(tokens * groups, block)
    by_cudnn = block == LARGE and before.length >= FAR and cudnn_pays(query)
    earlier = attend_before(query, cache, layer, scaling) if by_cudnn else None
    _flash(query, cache, layer, scaling, (blocks, 1), block, out, before=before, earlier=earlier)
    return out


def cudnn_pays(query: Tensor) -> bool:
    """Whether cuDNN is there and faster than the kernel below, as was measured on Hopper only. For each new length, it
    has to plan, which takes a CPU 50 ms."""
    known = query.dtype in (torch.bfloat16, torch.float16) and query.shape[-1] in (64, 128)
    return known and gpu(query.device).major >= 9 and torch.backends.cudnn.is_available()


def attend_before(query: Tensor, cache: Any, layer: int, scaling: float) -> tuple[Tensor, Tensor]:
    """Attention of a chunk over what was read before it: outputs, [1, kv_heads, rows, head_dim], and the log-sum-exp of
    the scores, base 2, [1, kv_heads, rows, 1]."""
    (_, _, prefix), *_ = cache.batch.segments
    keys, values = cache.prefix(layer, prefix)
    # What scaled_dot_product_attention calls, which does not return the log-sum-exp.
    out, lse, *_ = torch.ops.aten._scaled_dot_product_cudnn_attention(
        query.flatten(1, 3)[None], keys[None], values[None], None, True, 0.0, False, False, scale=scaling
    )
    return out.contiguous(), lse.contiguous() * LOG2_E


def continue_branches(query: Tensor, cache: Any, layer: int, scaling: float) -> Tensor:
    """Attention of branches over their prefixes and over their own slots: [rows, tokens, heads * head_dim]."""
    kv_heads, rows, tokens, groups, head_dim = query.shape
    folded, batch = rows * tokens * groups, cache.batch
    shares = max(1, _programs(query, batch.block) // (batch.full_blocks * kv_heads))
    prefix = torch.empty(shares, kv_heads, folded, head_dim, dtype=torch.float32, device=query.device)
    lse = torch.empty(shares, kv_heads, folded, dtype=torch.float32, device=query.device)
    _flash(query, cache, layer, scaling, (batch.blocks, shares), batch.block, prefix, lse=lse)

    keys, values = cache.target(layer)
    out = query.new_empty(rows, tokens, kv_heads * groups * head_dim)
    block = max(16, triton.next_power_of_2(groups)) if tokens == 1 else 64
    launch(
        _slots_kernel, (rows, kv_heads, triton.cdiv(tokens * groups, block)),
        query, keys, values, prefix, lse, out, batch.slots, batch.starts, scaling * LOG2_E,
        tokens, keys.shape[2], rows, shares, SHARES_AT_ONCE=SHARES_AT_ONCE,
        GROUPS=groups, KV_HEADS=kv_heads, HEAD=head_dim, HEAD_BLOCK=triton.next_power_of_2(head_dim),
        M=block, N=32, PRECISION=precision(query),
    )  # fmt: skip
    return out


def _flash(
    query: Tensor,
    cache: Any,
    layer: int,
    scaling: float,
    grid: tuple[int, int],
    block: int,
    out: Tensor,
    lse: Tensor | None = None,
    before: tuple[int, int] = (0, 0),
    earlier: tuple[Tensor, Tensor] | None = None,
) -> None:
    """Attention over prefixes with a grid of (blocks, shares): causal behind what of one was read `before`, which is
    counted in if it is known from `earlier`; or, with its `lse`, of the blocks of the batch over all that was read."""
    kv_heads, rows, tokens, groups, head_dim = query.shape
    keys, values = cache.prefix_keys[layer], cache.prefix_values[layer]
    launch(
        _flash_kernel, (grid[0], kv_heads, grid[1]),
        query, keys, values, out, lse, *(earlier or (None, None)), cache.batch.table, scaling * LOG2_E,
        rows * tokens * groups, *before, keys.shape[1], grid[1],
        GROUPS=groups, KV_HEADS=kv_heads, HEAD=head_dim, HEAD_BLOCK=triton.next_power_of_2(head_dim),
        M=block, N=_keys(query), CAUSAL=lse is None, EARLIER=earlier is not None, PRECISION=precision(query),
        num_warps=block // 16, num_stages=_stages(query),
    )  # fmt: skip


def block_of(folded: int) -> int:
    """The number of queries in a block, for a paper with this many queries."""
    return LARGE if folded > 64 else 64


def _keys(query: Tensor) -> int:
    """The number of keys in a block: as many as a multiprocessor has room for, together with their values."""
    fit: int = 16384 // (triton.next_power_of_2(query.shape[-1]) * query.element_size())
    return min(64, max(16, fit))


def _stages(query: Tensor) -> int:
    """Blocks of keys and values that are on their way at a time."""
    return 3 if gpu(query.device).shared_memory_per_block_optin >= 144 * 1024 else 2


def _programs(query: Tensor, block: int) -> int:
    """How many programs, of a block of queries each, the GPU's shared memory has room for at the same time. One more
    would wait for all of them, and double the time."""
    rows = block + 2 * _stages(query) * _keys(query)
    size = rows * triton.next_power_of_2(query.shape[-1]) * query.element_size()
    processor = gpu(query.device)
    together: int = processor.multi_processor_count * max(1, processor.shared_memory_per_multiprocessor // size)
    return together


if triton:
    # Numbers that differ from paper to paper are not specialized, since each kind would be compiled again; all
    # offsets are still multiples of HEAD, so the compiler knows that it may load 16 bytes at once.

    @triton.jit(do_not_specialize=["table", "rows", "begin", "before", "capacity", "shares"])
    @no_type_check
    def _flash_kernel(
        query, keys, values, out, lse, earlier, earlier_lse, table, scale, rows, begin, before, capacity, shares,
        GROUPS: tl.constexpr, KV_HEADS: tl.constexpr, HEAD: tl.constexpr, HEAD_BLOCK: tl.constexpr,
        M: tl.constexpr, N: tl.constexpr, CAUSAL: tl.constexpr, EARLIER: tl.constexpr, PRECISION: tl.constexpr,
    ):  # fmt: skip
        """A program for each block of rows, key-value head and share of the keys."""
        block = tl.num_programs(0) - 1 - tl.program_id(0)  # those with the most keys before them begin
        head, number = tl.program_id(1), tl.program_id(2)
        m, at = tl.arange(0, M), tl.arange(0, HEAD_BLOCK)
        if CAUSAL:  # all rows are of one prefix, and behind what was read before
            m += block * M
            there = m < rows
            last = before + m // GROUPS  # the last key that each row sees
            first = before if EARLIER else number  # 0: there is one share
            visible = before + block * M // GROUPS + 1  # keys that all rows see
            end = before + tl.minimum(block * M + M - 1, rows - 1) // GROUPS + 1
        else:  # the table says whose they are
            m += tl.load(table + block * 4).to(tl.int32)
            there = m < tl.load(table + block * 4 + 1).to(tl.int32)
            begin = tl.load(table + block * 4 + 2).to(tl.int32)
            length = tl.load(table + block * 4 + 3).to(tl.int32)
            share = tl.cdiv(tl.cdiv(length, shares), N) * N
            first = tl.minimum(number * share, length)
            end = tl.minimum(first + share, length)  # of the last shares some are empty
            visible, last = end, length + tl.zeros((M,), tl.int32)
        inside = there[:, None] & (at < HEAD)[None, :]
        row = head.to(tl.int64) * rows + m
        q = tl.load(query + row[:, None] * HEAD + at[None, :], mask=inside, other=0.0)
        keys += (head.to(tl.int64) * capacity + begin) * HEAD
        values += (head.to(tl.int64) * capacity + begin) * HEAD
        whole = first + (tl.minimum(visible, end) - first) // N * N  # up to here no key is masked
        if EARLIER:  # as one key, whose score is the log-sum-exp and whose value is the output
            highest = tl.load(earlier_lse + row, mask=there, other=0.0)
            total = tl.full((M,), 1.0, tl.float32)
            summed = tl.load(earlier + row[:, None] * HEAD + at[None, :], mask=inside, other=0.0).to(tl.float32)
        else:
            highest = tl.full((M,), float("-inf"), tl.float32)
            total, summed = tl.zeros((M,), tl.float32), tl.zeros((M, HEAD_BLOCK), tl.float32)
        state = (highest, total, summed)
        state = _over(q, keys, values, state, first, whole, end, last, scale, HEAD, HEAD_BLOCK, N, False, PRECISION)
        highest, total, summed = _over(
            q, keys, values, state, whole, end, end, last, scale, HEAD, HEAD_BLOCK, N, True, PRECISION
        )
        if CAUSAL:
            to = (m // GROUPS).to(tl.int64) * KV_HEADS * GROUPS + head * GROUPS + m % GROUPS
        else:
            to = number.to(tl.int64) * KV_HEADS * rows + row
            tl.store(lse + to, highest + tl.log2(total), mask=there)  # of no keys minus infinity
            total = tl.where(total > 0, total, 1.0)
        out += to[:, None] * HEAD + at[None, :]
        tl.store(out, (summed / total[:, None]).to(out.dtype.element_ty), mask=inside)

    @triton.jit
    @no_type_check
    def _over(
        q, keys, values, state, first, until, end, last, scale, HEAD: tl.constexpr, HEAD_BLOCK: tl.constexpr,
        N: tl.constexpr, MASKED: tl.constexpr, PRECISION: tl.constexpr,
    ):  # fmt: skip
        """Take the keys [first, until) into the running softmax (highest score, total, weighted sum), base 2."""
        highest, total, summed = state
        at = tl.arange(0, HEAD_BLOCK)
        for start in range(first, until, N):
            n = start + tl.arange(0, N)
            offsets = n[:, None] * HEAD + at[None, :]
            there = (at < HEAD)[None, :]
            if MASKED:
                there &= (n < end)[:, None]
            if MASKED or HEAD < HEAD_BLOCK:
                key = tl.load(keys + offsets, mask=there, other=0.0)
            else:
                key = tl.load(keys + offsets)
            scores = tl.dot(q, tl.trans(key), input_precision=PRECISION)
            if MASKED:
                scores = tl.where((n < end)[None, :] & (n[None, :] <= last[:, None]), scores, float("-inf"))
            new = tl.maximum(highest, tl.max(scores, axis=1) * scale)
            weights, shrink = tl.exp2(scores * scale - new[:, None]), tl.exp2(highest - new)
            total = total * shrink + tl.sum(weights, axis=1)
            if MASKED or HEAD < HEAD_BLOCK:
                value = tl.load(values + offsets, mask=there, other=0.0)
            else:
                value = tl.load(values + offsets)
            summed = tl.dot(weights.to(value.dtype), value, summed * shrink[:, None], input_precision=PRECISION)
            highest = new
        return highest, total, summed

    @triton.jit(do_not_specialize=["slots", "starts", "tokens", "capacity", "rows", "shares"])
    @no_type_check
    def _slots_kernel(
        query, keys, values, prefix, lse, out, slots, starts, scale, tokens, capacity, rows, shares,
        SHARES_AT_ONCE: tl.constexpr, GROUPS: tl.constexpr, KV_HEADS: tl.constexpr, HEAD: tl.constexpr,
        HEAD_BLOCK: tl.constexpr, M: tl.constexpr, N: tl.constexpr, PRECISION: tl.constexpr,
    ):  # fmt: skip
        """A program for each branch, key-value head and block of the branch's rows."""
        row, head = tl.program_id(0), tl.program_id(1)
        m, at = tl.program_id(2) * M + tl.arange(0, M), tl.arange(0, HEAD_BLOCK)
        there = m < tokens * GROUPS
        inside = there[:, None] & (at < HEAD)[None, :]
        folded = (head * rows + row) * tokens * GROUPS + m
        q = tl.load(query + folded[:, None] * HEAD + at[None, :], mask=inside, other=0.0)
        # A share of the prefix is one more key, whose score is its log-sum-exp and whose value is its output.
        highest = tl.full((M,), float("-inf"), tl.float32)
        total, summed = tl.zeros((M,), tl.float32), tl.zeros((M, HEAD_BLOCK), tl.float32)
        for first in range(0, shares, SHARES_AT_ONCE):
            for number in tl.static_range(SHARES_AT_ONCE):
                there_too = there & (first + number < shares)
                share = (first + number) * KV_HEADS * rows * tokens * GROUPS + folded
                score = tl.load(lse + share, mask=there_too, other=float("-inf"))
                value = tl.load(
                    prefix + share[:, None] * HEAD + at[None, :], mask=there_too[:, None] & inside, other=0.0
                )
                new = tl.maximum(highest, score)
                weight, shrink = tl.exp2(score - new), tl.exp2(highest - new)
                total = total * shrink + weight
                summed = summed * shrink[:, None] + value * weight[:, None]
                highest = new
        base = (tl.load(slots + row) * KV_HEADS + head) * capacity * HEAD
        start = tl.load(starts + row).to(tl.int32)
        state = _over(
            q, keys + base, values + base, (highest, total, summed), 0, start + tokens, start + tokens,
            start + m // GROUPS, scale, HEAD, HEAD_BLOCK, N, True, PRECISION,
        )  # fmt: skip
        to = ((row * tokens + m // GROUPS) * KV_HEADS + head) * GROUPS + m % GROUPS
        summed = state[2] / state[1][:, None]
        tl.store(out + to[:, None] * HEAD + at[None, :], summed.to(out.dtype.element_ty), mask=inside)
