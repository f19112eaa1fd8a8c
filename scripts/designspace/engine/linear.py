"""Linear layers of few rows, as in a decode step: on a GPU one kernel that reads each weight once.

The time of such a product is that of reading the weights. cuBLAS, made for many rows, splits it and adds the parts in a
further kernel; here layers over the same rows are one kernel, and so is a gated pair with its SwiGLU. The weights are
the left factor, outputs by rows, since a tensor core takes 64 rows of that one. Weights of eight bits are read as they
are. Triton compiles a kernel once and keeps it on disk (TRITON_CACHE_DIR).
"""

from collections.abc import Sequence
from typing import Any, no_type_check

import torch
from torch import Tensor

from designspace.engine import kernels

try:
    import triton
    import triton.language as tl
except ImportError:  # a build of PyTorch for the CPU alone comes without
    triton = None

# As measured on an H200, docs/performance.md.
FEW_ROWS = 64  # cuBLAS is faster with more
FEW_ROWS_INT8 = 128  # later, since for cuBLAS the bytes have to be turned into the dtype first
MOST_STAGES = 6  # tiles on their way to a multiprocessor: more are no faster


def project(x: Tensor, *layers: Any) -> list[Tensor]:
    """What each of the linear layers makes of the same x, [..., in]: a list of [..., out]."""
    if not is_few(x, layers[0]):
        return [layer(x) for layer in layers]
    outs = [x.new_empty(*x.shape[:-1], layer.out_features) for layer in layers]
    _launch(x, layers, outs)
    return outs


def gated(x: Tensor, gate: Any, up: Any) -> Tensor:
    """SiLU(gate(x)) * up(x) of two linear layers, [..., in] -> [..., out]."""
    if not is_few(x, gate):
        return kernels.swiglu(gate(x), up(x))
    out = x.new_empty(*x.shape[:-1], gate.out_features)
    _launch(x, [gate, up], [out], gated=True)
    return out


def is_few(x: Tensor, layer: Any) -> bool:
    """Whether x, on a GPU, has so few rows that the kernel is the faster way."""
    most = FEW_ROWS_INT8 if layer.weight.dtype == torch.int8 else FEW_ROWS
    return x.is_cuda and x.numel() <= most * x.shape[-1]


def _launch(x: Tensor, layers: Sequence[Any], outs: Sequence[Tensor], gated: bool = False) -> None:
    """Run the kernel, a program for each block of the outputs. The layers' weights are of one dtype."""
    inputs, size, weight_size = x.shape[-1], x.element_size(), layers[0].weight.element_size()
    rows = x.numel() // inputs
    m, n, k = max(16, triton.next_power_of_2(rows)), 64, 256 // size
    if m == 16 and weight_size == 1:
        n, k = 32, 256  # of so few rows the time is that of turning bytes into the dtype: more programs share it
    blocks = sum(triton.cdiv(out.shape[-1], n) for out in outs)
    # Programs that are more than the multiprocessors run in pairs, and each has half of the room.
    gpu = kernels.gpu(x.device)
    room = gpu.shared_memory_per_block_optin // (2 if blocks > gpu.multi_processor_count else 1)
    stages = room // ((m * size + n * weight_size) * k)
    with torch.cuda.device(x.device):  # which of several GPUs is the current one depends on the layer before
        kernels.launch(
            _linear_kernel,
            (blocks,),
            x.contiguous(),
            tuple(layer.weight for layer in layers),
            tuple(getattr(layer, "scale", None) for layer in layers),
            tuple(layer.bias for layer in layers),
            tuple(outs),
            tuple(out.shape[-1] for out in outs),
            rows,
            inputs,
            M=m,
            N=n,
            K=k,
            ALL_ROWS=rows == m,  # without masks loads are faster
            ALL_INPUTS=inputs % k == 0,
            PRECISION=kernels.precision(x),
            GATED=gated,
            num_stages=max(2, min(MOST_STAGES, stages)),
        )


if triton:

    @triton.jit(do_not_specialize=["rows"])
    @no_type_check
    def _linear_kernel(
        x, weights, scales, biases, outs, outputs, rows, inputs,
        M: tl.constexpr, N: tl.constexpr, K: tl.constexpr, ALL_ROWS: tl.constexpr, ALL_INPUTS: tl.constexpr,
        PRECISION: tl.constexpr, GATED: tl.constexpr,
    ):  # fmt: skip
        """A program for each block of outputs of each layer; of a gated pair for each of both, one after the other."""
        block = tl.program_id(0)
        for layer in tl.static_range(len(outs)):
            blocks = tl.cdiv(outputs[layer], N)
            if (block >= 0) & (block < blocks):
                values = _product(
                    x, weights[layer], scales[layer], biases[layer], block, outputs[layer], rows, inputs,
                    M, N, K, ALL_ROWS, ALL_INPUTS, PRECISION,
                )  # fmt: skip
                if GATED:
                    values *= tl.sigmoid(values) * _product(
                        x, weights[1], scales[1], biases[1], block, outputs[layer], rows, inputs,
                        M, N, K, ALL_ROWS, ALL_INPUTS, PRECISION,
                    )  # fmt: skip
                _store(outs[layer], values, block, outputs[layer], rows, M, N)
            block -= blocks

    @triton.jit
    @no_type_check
    def _product(
        x, weight, scale, bias, block, outputs, rows, inputs,
        M: tl.constexpr, N: tl.constexpr, K: tl.constexpr, ALL_ROWS: tl.constexpr, ALL_INPUTS: tl.constexpr,
        PRECISION: tl.constexpr,
    ):  # fmt: skip
        """A block of the outputs of all rows, [N, M] in float32."""
        m, n, k = tl.arange(0, M)[:, None], block * N + tl.arange(0, N), tl.arange(0, K)[None, :]
        n = tl.minimum(n, outputs - 1)  # in the last block the last one again and again, and none of it is stored
        x += m * inputs + k
        weight += n[:, None].to(tl.int64) * inputs + k
        summed = tl.zeros((N, M), tl.float32)
        for start in range(0, inputs, K):
            inside = start + k < inputs
            matrix = tl.load(weight + start) if ALL_INPUTS else tl.load(weight + start, mask=inside, other=0)
            all_there = ALL_ROWS and ALL_INPUTS
            some = tl.load(x + start) if all_there else tl.load(x + start, mask=(m < rows) & inside, other=0.0)
            summed = tl.dot(matrix.to(some.dtype), tl.trans(some), summed, input_precision=PRECISION)
        if scale is not None:
            summed *= tl.load(scale + n).to(tl.float32)[:, None]
        if bias is not None:
            summed += tl.load(bias + n).to(tl.float32)[:, None]
        return summed

    @triton.jit
    @no_type_check
    def _store(out, values, block, outputs, rows, M: tl.constexpr, N: tl.constexpr):
        m, n = tl.arange(0, M)[None, :], (block * N + tl.arange(0, N))[:, None]
        tl.store(out + m * outputs + n, values.to(out.dtype.element_ty), mask=(m < rows) & (n < outputs))
