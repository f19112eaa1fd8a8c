"""The small operations between a decoder's matrix products, each one kernel on a GPU.

As single operations in PyTorch, they take longer than the products of a decode step. On a CPU, each function computes
the same in plain PyTorch. Triton compiles a kernel once and keeps it on disk (TRITON_CACHE_DIR).
"""

import contextlib
import functools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, no_type_check

import torch
import torch.nn.functional as F
from torch import Tensor

try:
    import triton
    import triton.language as tl
except ImportError:  # PyTorch's build for CPUs has no Triton
    triton = None

_compiling = ContextVar("compiling", default=False)


@functools.cache
def gpu(device: torch.device) -> Any:
    """The properties of a GPU."""
    return torch.cuda.get_device_properties(device)


def launch(kernel: Any, grid: tuple[int, ...], *arguments: Any, **constants: Any) -> None:
    """Run a kernel on a grid of programs; while `compiling`, only compile it."""
    if _compiling.get():
        kernel.warmup(*arguments, grid=grid, **constants)
    else:
        kernel[grid](*arguments, **constants)


@contextlib.contextmanager
def compiling() -> Iterator[None]:
    """Within it, this thread runs no kernels; the kernels that it would run are compiled, all at the same time, and are
    on disk at the end. A kernel that cannot be compiled reports that when it is run."""
    token = _compiling.set(True)
    try:
        with (
            ThreadPoolExecutor(os.cpu_count()) as executor,
            triton.AsyncCompileMode(executor, ignore_errors=True),
        ):
            yield
    finally:
        _compiling.reset(token)


def precision(x: Tensor) -> str:
    """How Triton multiplies matrices of x's dtype: exactly, if they are float32."""
    return "ieee" if x.dtype == torch.float32 else "tf32"


def add_rms_norm(residual: Tensor, x: Tensor | None, weight: Tensor, eps: float) -> Tensor:
    """Add x to the residual, in place, and return the sum divided by its root mean square, times the weight.

    residual and x are [..., hidden]; without an x, the norm is that of the residual.
    """
    if residual.device.type == "cpu":
        if x is not None:
            residual += x
        return F.rms_norm(residual.float(), weight.shape, None, eps).to(residual.dtype) * weight
    out, hidden = torch.empty_like(residual), residual.shape[-1]
    grid = (residual.numel() // hidden,)
    block = triton.next_power_of_2(hidden)
    launch(_norm_kernel, grid, residual, x, weight, out, hidden, eps, block, x is not None, num_warps=8)
    return out


def swiglu(gate: Tensor, up: Tensor) -> Tensor:
    """SiLU(gate) * up, both [..., intermediate]; on a GPU, the result takes the memory of the gate."""
    if gate.device.type == "cpu":
        return F.silu(gate) * up
    launch(_swiglu_kernel, (triton.cdiv(gate.numel(), 2048),), gate, up, gate.numel(), 2048)
    return gate


def rotate_and_store(
    projected: Sequence[Tensor],
    norms: tuple[Any, Any] | None,
    rotation: tuple[Tensor, Tensor],
    cache: Any,
    layer: int,
) -> Tensor:
    """Norm the heads where the model does, rotate queries and keys to their positions, and store keys and values.

    `projected` are queries, [rows, tokens, heads * head_dim], and keys and values, [rows, tokens, kv_heads * head_dim];
    `norms` are the modules for queries and keys, or None; `rotation` the (cos, sin), [rows, tokens, head_dim]. Returns
    the queries in the folded order: [kv_heads, rows, tokens, groups, head_dim].
    """
    query, key, value = projected
    keys, values = cache.target(layer)
    _, kv_heads, _, head_dim = keys.shape
    rows, tokens = query.shape[:2]
    groups = query.shape[-1] // (kv_heads * head_dim)
    cos, sin = rotation
    if query.device.type == "cpu":
        query, key, value = (x.unflatten(-1, (-1, head_dim)) for x in (query, key, value))
        if norms:
            query, key = (
                add_rms_norm(x, None, norm.weight, norm.variance_epsilon)
                for x, norm in zip((query, key), norms, strict=True)
            )
        query, key = (_rotate(x, cos, sin) for x in (query, key))
        cache.store(layer, key, value)
        folded: Tensor = query.unflatten(2, (kv_heads, groups)).permute(2, 0, 1, 3, 4)
        return folded
    out = query.new_empty(kv_heads, rows, tokens, groups, head_dim)
    launch(
        _rotate_kernel, (rows * tokens, kv_heads),
        query, key, value, out, keys, values, cos, sin, cache.batch.slots, cache.batch.starts,
        norms[0].weight if norms else None, norms[1].weight if norms else None,
        norms[0].variance_epsilon if norms else 0.0,
        tokens, keys.shape[2], rows * tokens,
        groups, triton.next_power_of_2(groups), kv_heads, head_dim, triton.next_power_of_2(head_dim // 2),
        norms is not None,
    )  # fmt: skip
    return out


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    one, other = x.chunk(2, dim=-1)
    return x * cos[:, :, None] + torch.cat((-other, one), dim=-1) * sin[:, :, None]


if triton:

    @triton.jit
    @no_type_check
    def _norm_kernel(residual, x, weight, out, hidden, eps, BLOCK: tl.constexpr, ADD: tl.constexpr):
        at = tl.arange(0, BLOCK)
        inside, row = at < hidden, tl.program_id(0).to(tl.int64) * hidden + at
        total = tl.load(residual + row, mask=inside, other=0.0)
        if ADD:
            added = total.to(tl.float32) + tl.load(x + row, mask=inside, other=0.0).to(tl.float32)
            total = added.to(total.dtype)
            tl.store(residual + row, total, mask=inside)
        values = total.to(tl.float32)
        normed = values * tl.rsqrt(tl.sum(values * values) / hidden + eps)
        normed *= tl.load(weight + at, mask=inside, other=0.0).to(tl.float32)
        tl.store(out + row, normed.to(total.dtype), mask=inside)

    @triton.jit
    @no_type_check
    def _swiglu_kernel(gate, up, size, BLOCK: tl.constexpr):
        at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
        g = tl.load(gate + at, mask=at < size, other=0.0)
        product = g.to(tl.float32) * tl.sigmoid(g.to(tl.float32))
        product *= tl.load(up + at, mask=at < size, other=0.0).to(tl.float32)
        tl.store(gate + at, product.to(g.dtype), mask=at < size)

    @triton.jit
    @no_type_check
    def _rotated(x, heads, weight, eps, cos, sin, HEAD: tl.constexpr, HALF: tl.constexpr, NORM: tl.constexpr):
        """Both halves of the heads at the offsets `heads` of x, in float32, and where they stand."""
        at = tl.arange(0, HALF)
        inside = (heads >= 0)[:, None] & (at < HEAD // 2)[None, :]
        first = heads[:, None] + at[None, :]
        one = tl.load(x + first, mask=inside, other=0.0).to(tl.float32)
        other = tl.load(x + first + HEAD // 2, mask=inside, other=0.0).to(tl.float32)
        if NORM:
            square = tl.sum(one * one, axis=1) + tl.sum(other * other, axis=1)
            scale = tl.rsqrt(square / HEAD + eps)[:, None]
            one *= scale * tl.load(weight + at, mask=at < HEAD // 2, other=0.0).to(tl.float32)[None, :]
            other *= scale * tl.load(weight + HEAD // 2 + at, mask=at < HEAD // 2, other=0.0).to(tl.float32)[None, :]
        cos_one = tl.load(cos + at, mask=at < HEAD // 2, other=0.0).to(tl.float32)[None, :]
        sin_one = tl.load(sin + at, mask=at < HEAD // 2, other=0.0).to(tl.float32)[None, :]
        return one * cos_one - other * sin_one, other * cos_one + one * sin_one

    @triton.jit(do_not_specialize=["rows", "starts", "tokens", "capacity", "positions"])
    @no_type_check
    def _rotate_kernel(
        query, key, value, out, keys, values, cos, sin, rows, starts, query_weight, key_weight, eps,
        tokens, capacity, positions,
        GROUPS: tl.constexpr, GROUPS_BLOCK: tl.constexpr, KV_HEADS: tl.constexpr, HEAD: tl.constexpr,
        HALF: tl.constexpr, NORM: tl.constexpr,
    ):  # fmt: skip
        """A program for each token and key-value head: its group of query heads, its key, its value."""
        position, head = tl.program_id(0).to(tl.int64), tl.program_id(1)
        row, token = position // tokens, position % tokens
        cos += position * HEAD
        sin += position * HEAD
        at, group = tl.arange(0, HALF), tl.arange(0, GROUPS_BLOCK)
        half = at < HEAD // 2
        heads = tl.where(group < GROUPS, position * KV_HEADS * GROUPS + head * GROUPS + group, -1) * HEAD
        one, other = _rotated(query, heads, query_weight, eps, cos, sin, HEAD, HALF, NORM)
        to = ((head * positions + position) * GROUPS + group[:, None]) * HEAD + at[None, :]
        inside = (group < GROUPS)[:, None] & half[None, :]
        tl.store(out + to, one.to(out.dtype.element_ty), mask=inside)
        tl.store(out + to + HEAD // 2, other.to(out.dtype.element_ty), mask=inside)

        from_ = (position * KV_HEADS + head) * HEAD
        slot = tl.load(starts + row) + token
        to = ((tl.load(rows + row) * KV_HEADS + head) * capacity + slot) * HEAD + at
        one, other = _rotated(key, from_ + tl.zeros((1,), tl.int64), key_weight, eps, cos, sin, HEAD, HALF, NORM)
        tl.store(keys + to[None, :], one.to(keys.dtype.element_ty), mask=half[None, :])
        tl.store(keys + to[None, :] + HEAD // 2, other.to(keys.dtype.element_ty), mask=half[None, :])
        tl.store(values + to, tl.load(value + from_ + at, mask=half), mask=half)
        tl.store(values + to + HEAD // 2, tl.load(value + from_ + HEAD // 2 + at, mask=half), mask=half)
