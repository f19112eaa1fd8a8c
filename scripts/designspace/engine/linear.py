"""Linear layers of few rows, as in a decode step: on a GPU, one kernel that reads each weight once.

The time of such a product is the time to read the weights. cuBLAS, made for many rows, splits it and adds the parts in
a further kernel. Here, several layers over the same rows are one kernel, and so is a gated pair with its SwiGLU. The
weights are the left factor, outputs by rows, since a tensor core takes 64 rows of the left factor. Weights of eight
bits are read as they are. Triton compiles a kernel once and keeps it on disk (TRITON_CACHE_DIR).
"""

from collections.abc import Sequence
from typing import Any, no_type_check

import torch
from torch import Tensor

from designspace.engine import fp8, kernels

try:
    import triton
    import triton.language as tl
except ImportError:  # PyTorch's build for CPUs has no Triton
    triton = None

# As measured on an H200, docs/performance.md.
FEW_ROWS = 64  # cuBLAS is faster with more
FEW_ROWS_OF_BYTES = 128  # the same for weights of one byte
MOST_STAGES = 6  # tiles that are loaded at the same time: more are not faster


def project(x: Tensor, *layers: Any) -> list[Tensor]:
    """The outputs of each of the linear layers for the same x, [..., in]: a list of [..., out]."""
    if not is_few(x, layers[0]):
        if isinstance(layers[0], fp8.Fp8Linear):
            return fp8.project(x, *layers)
        return [layer(x) for layer in layers]
    outs = [x.new_empty(*x.shape[:-1], layer.out_features) for layer in layers]
    _launch(x, layers, outs)
    return outs


def gated(x: Tensor, gate: Any, up: Any) -> Tensor:
    """SiLU(gate(x)) * up(x) of two linear layers, [..., in] -> [..., out]."""
    if not is_few(x, gate):
        return kernels.swiglu(*project(x, gate, up))
    out = x.new_empty(*x.shape[:-1], gate.out_features)
    _launch(x, [gate, up], [out], gated=True)
    return out


def is_few(x: Tensor, layer: Any) -> bool:
    """Whether x is on a GPU and has so few rows that the kernel is faster."""
    most = FEW_ROWS_OF_BYTES if layer.weight.itemsize == 1 else FEW_ROWS
    return x.is_cuda and x.numel() <= most * x.shape[-1]


def _launch(x: Tensor, layers: Sequence[Any], outs: Sequence[Tensor], gated: bool = False) -> None:
    """Run the kernel, a program for each block of the outputs. The layers' weights are of one dtype."""
    inputs, x_scale, block = x.shape[-1], None, 0
    rows = x.numel() // inputs
    if isinstance(layers[0], fp8.Fp8Linear):
        (x, x_scale), block = fp8.round_rows(x), layers[0].block
    widths = [out.shape[-1] for out in outs]
    tile = _tile(x, layers[0], rows, widths)
    with torch.cuda.device(x.device):  # which of several GPUs is the current one depends on the layer before
        kernels.launch(
            _linear_kernel,
            (sum(triton.cdiv(outputs, tile["N"]) for outputs in widths),),
            x.contiguous(),
            x_scale,
            tuple(layer.weight for layer in layers),
            tuple(getattr(layer, "scale", None) for layer in layers),
            tuple(layer.bias for layer in layers),
            tuple(outs),
            tuple(widths),
            rows,
            inputs,
            BLOCK=block,
            ALL_ROWS=rows == tile["M"],  # without masks loads are faster
            ALL_INPUTS=inputs % tile["K"] == 0,
            PRECISION=kernels.precision(x),
            GATED=gated,
            **tile,
        )


def _tile(x: Tensor, layer: Any, rows: int, widths: Sequence[int]) -> dict[str, int]:
    """The sizes of a program's tiles, and how many of them are on their way at a time; `widths` are the layers'."""
    size, weight_size = x.element_size(), layer.weight.element_size()
    m, n, k = max(16, triton.next_power_of_2(rows)), 64, 256 // max(size, 2)
    if m == 16 and layer.weight.dtype == torch.int8:
        n, k = 32, 256  # with so few rows, converting bytes into the dtype takes the time: more programs share this
    blocks = sum(triton.cdiv(width, n) for width in widths)
    # Programs that are more than the multiprocessors run in pairs, and each has half of the room.
    gpu = kernels.gpu(x.device)
    room = gpu.shared_memory_per_block_optin // (2 if blocks > gpu.multi_processor_count else 1)
    stages = room // ((m * size + n * weight_size) * k)
    tile = {"M": m, "N": n, "K": k, "TILES": 1, "num_stages": max(2, min(MOST_STAGES, stages))}
    if layer.weight.dtype == fp8.FORMAT:  # a tile is half as large: twice as many, and two at a time where they are
        tile["num_stages"] = max(2, min(2 * MOST_STAGES, stages))
        if tile["num_stages"] >= MOST_STAGES:
            tile["num_stages"] //= 2
            tile |= {"TILES": 2} if layer.block else {"K": 2 * k}
    return tile


if triton:

    @triton.jit(do_not_specialize=["rows"])
    @no_type_check
    def _linear_kernel(
        x, x_scale, weights, scales, biases, outs, outputs, rows, inputs,
        M: tl.constexpr, N: tl.constexpr, K: tl.constexpr, TILES: tl.constexpr, BLOCK: tl.constexpr,
        ALL_ROWS: tl.constexpr, ALL_INPUTS: tl.constexpr, PRECISION: tl.constexpr, GATED: tl.constexpr,
    ):  # fmt: skip
        """A program for each block of outputs of each layer; of a gated pair for each of both, one after the other."""
        block = tl.program_id(0)
        for layer in tl.static_range(len(outs)):
            blocks = tl.cdiv(outputs[layer], N)
            if (block >= 0) & (block < blocks):
                values = _product(
                    x, x_scale, weights[layer], scales[layer], biases[layer], block, outputs[layer], rows, inputs,
                    M, N, K, TILES, BLOCK, ALL_ROWS, ALL_INPUTS, PRECISION,
                )  # fmt: skip
                if GATED:
                    values *= tl.sigmoid(values) * _product(
                        x, x_scale, weights[1], scales[1], biases[1], block, outputs[layer], rows, inputs,
                        M, N, K, TILES, BLOCK, ALL_ROWS, ALL_INPUTS, PRECISION,
                    )  # fmt: skip
                _store(outs[layer], values, block, outputs[layer], rows, M, N)
            block -= blocks

    @triton.jit
    @no_type_check
    def _product(
        x, x_scale, weight, scale, bias, block, outputs, rows, inputs,
        M: tl.constexpr, N: tl.constexpr, K: tl.constexpr, TILES: tl.constexpr, BLOCK: tl.constexpr,
        ALL_ROWS: tl.constexpr, ALL_INPUTS: tl.constexpr, PRECISION: tl.constexpr,
    ):  # fmt: skip
        """A block of the outputs of all rows, [N, M] in float32. Of weights that have a scale for each BLOCK x BLOCK,
        a tile is in one of them."""
        m, n, k = tl.arange(0, M)[:, None], block * N + tl.arange(0, N), tl.arange(0, K)[None, :]
        n = tl.minimum(n, outputs - 1)  # in the last block the last one again and again, and none of it is stored
        if BLOCK:
            scale += block * N // BLOCK * tl.cdiv(inputs, BLOCK)
        x += m * inputs + k
        weight += n[:, None].to(tl.int64) * inputs + k
        summed = tl.zeros((N, M), tl.float32)
        factor = tl.load(scale) if BLOCK else 1.0
        for start in tl.range(0, inputs, K, loop_unroll_factor=TILES):
            inside = start + k < inputs
            matrix = tl.load(weight + start) if ALL_INPUTS else tl.load(weight + start, mask=inside, other=0.0)
            all_there = ALL_ROWS and ALL_INPUTS
            some = tl.load(x + start) if all_there else tl.load(x + start, mask=(m < rows) & inside, other=0.0)
            if BLOCK:
                following = tl.load(scale + tl.minimum(start + K, inputs - 1) // BLOCK)  # loaded at the same time
                summed += tl.dot(matrix, tl.trans(some)) * factor
                factor = following
            else:
                summed = tl.dot(matrix.to(some.dtype), tl.trans(some), summed, input_precision=PRECISION)
        if x_scale is not None:
            summed *= tl.load(x_scale + m, mask=m < rows, other=0.0).reshape(1, M)
        if scale is not None and not BLOCK:
            summed *= tl.load(scale + n).to(tl.float32)[:, None]
        if bias is not None:
            summed += tl.load(bias + n).to(tl.float32)[:, None]
        return summed

    @triton.jit
    @no_type_check
    def _store(out, values, block, outputs, rows, M: tl.constexpr, N: tl.constexpr):
        m, n = tl.arange(0, M)[None, :], (block * N + tl.arange(0, N))[:, None]
        tl.store(out + m * outputs + n, values.to(out.dtype.element_ty), mask=(m < rows) & (n < outputs))
