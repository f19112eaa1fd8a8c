"""Weights of eight-bit floating point (e4m3): half the memory of bfloat16, and faster where a GPU multiplies them.

A layer has a byte for each weight and a float32 scale for each row of its matrix, or for each block of 128 x 128
weights, as official checkpoints have it. On a GPU (compute capability 8.9 and newer) the inputs are rounded, too, a
scale for each row of them, and the tensor cores multiply the bytes as they are: the few rows of a step in a kernel that
reads each weight once (linear.py), the many rows of a chunk in PyTorch's scaled products. On a CPU, and for shapes that
those products do not take, the weights are turned into the inputs' dtype first, and the inputs stay as they are.
"""

from typing import no_type_check

import torch
import torch.nn.functional as F
from torch import Tensor

from designspace.engine import kernels
from designspace.engine.eight_bits import SMALLEST, EightBitLinear
from designspace.engine.gpus import OLDEST_GPU_FP8

try:
    import triton
    import triton.language as tl
except ImportError:  # PyTorch's build for CPUs has no Triton
    triton = None

FORMAT = torch.float8_e4m3fn
LARGEST = torch.finfo(FORMAT).max
BLOCK = 128  # rows and columns that share a scale in official checkpoints
BLOCKWISE_GPU = (9, 0)  # in compute capability: only Hopper's library multiplies matrices with scales of blocks
ALIGNMENT = 16  # of the sizes of a matrix, for PyTorch's scaled products


class Fp8Linear(EightBitLinear):
    """y = x W^T + bias, x [..., in], with the weight [out, in] in e4m3.

    W is the weight times its scale, float32: [out, 1], or [out / 128, in / 128], rounded up, where it has blocks.
    """

    @property
    def block(self) -> int:
        """Rows and columns that share a scale; 0 where each row has its own."""
        return 0 if self.scale.shape == (self.out_features, 1) else BLOCK

    def forward(self, x: Tensor) -> Tensor:
        return project(x, self)[0]

    def dequantised(self, dtype: torch.dtype) -> Tensor:
        """W in another dtype."""
        weight = self.weight.to(dtype)
        if not self.block:
            return weight.mul_(self.scale)
        columns = self.scale.repeat_interleave(BLOCK, 1)[:, : self.in_features]
        for rows, scale in zip(weight.split(BLOCK), columns, strict=True):  # in place: the whole scales were large
            rows.mul_(scale)
        return weight

    def is_multiplied(self) -> bool:
        """Whether PyTorch's scaled products accept the matrix on its device."""
        capability = torch.cuda.get_device_capability(self.weight.device) if self.weight.is_cuda else (0, 0)
        if self.block:
            return capability == BLOCKWISE_GPU and not (self.in_features % BLOCK or self.out_features % BLOCK)
        return capability >= OLDEST_GPU_FP8 and not (self.in_features % ALIGNMENT or self.out_features % ALIGNMENT)

    def multiply(self, x: Tensor, x_scale: Tensor, dtype: torch.dtype) -> Tensor:
        """The layer's outputs [rows, out] of rounded rows, as `round_rows` gives them."""
        if self.block:
            out = _multiply_blocks(x, x_scale, self.weight, self.scale)
        else:
            out = _multiply_rows(x, x_scale, self.weight, self.scale)
        out = out.to(dtype)
        return out if self.bias is None else out.add_(self.bias)


def project(x: Tensor, *layers: Fp8Linear) -> list[Tensor]:
    """The outputs of each of the layers for the same x, [..., in]: a list of [..., out]."""
    if not all(layer.is_multiplied() for layer in layers):
        return [F.linear(x, layer.dequantised(x.dtype), layer.bias) for layer in layers]
    rounded = round_rows(x)
    return [layer.multiply(*rounded, x.dtype).unflatten(0, x.shape[:-1]) for layer in layers]


def _multiply_rows(x: Tensor, x_scale: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
    """[rows, out] in bfloat16 of e4m3 matrices, with a scale for each of their rows."""
    by_row = F.ScalingType.RowWise
    # Sums of fewer bits are 8% faster, and their error is a sixth of that of the rounding.
    return F.scaled_mm(
        x, weight.t(), x_scale, by_row, scale.t(), by_row, output_dtype=torch.bfloat16, use_fast_accum=True
    )


def _multiply_blocks(x: Tensor, x_scale: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
    """[rows, out] in bfloat16 of e4m3 matrices, with a scale for each row of x and for each block of the weight."""
    rows, blocks = len(x), scale.shape[1]
    x = F.pad(x.view(torch.uint8), (0, 0, 0, -rows % 4)).view(FORMAT)  # four rows at a time
    x_scale = F.pad(x_scale.flatten(), (0, -rows % 4)).expand(blocks, -1).contiguous()
    scale = F.pad(scale, (0, -blocks % 4))
    kinds = F.ScalingType.BlockWise1x128, F.ScalingType.BlockWise128x128
    return F.scaled_mm(x, weight.t(), x_scale.t(), kinds[0], scale.t(), kinds[1], output_dtype=torch.bfloat16)[:rows]


def round_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    """(x in e4m3 [rows, in], its scales [rows, 1] in float32) of x [..., in]: each row by its largest value."""
    x = x.reshape(-1, x.shape[-1])
    if not (x.is_cuda and triton):
        scale = x.abs().amax(1, keepdim=True).float().div_(LARGEST).clamp_(min=SMALLEST)
        return (x / scale).to(FORMAT), scale
    rows, inputs = x.shape
    rounded, scale = torch.empty_like(x, dtype=FORMAT), x.new_empty(rows, 1, dtype=torch.float32)
    block = triton.next_power_of_2(inputs)
    with torch.cuda.device(x.device):  # which of several GPUs is the current one depends on the layer before
        kernels.launch(
            _round_kernel, (rows,), x, rounded, scale, inputs, LARGEST, SMALLEST, block,
            num_warps=min(16, max(1, block // 512)),
        )  # fmt: skip
    return rounded, scale


if triton:

    @triton.jit
    @no_type_check
    def _round_kernel(x, out, scales, inputs, LARGEST: tl.constexpr, SMALLEST: tl.constexpr, K: tl.constexpr):
        """A program for each row."""
        row, k = tl.program_id(0).to(tl.int64), tl.arange(0, K)
        values = tl.load(x + row * inputs + k, mask=k < inputs, other=0.0).to(tl.float32)
        scale = tl.maximum(tl.max(tl.abs(values)) / LARGEST, SMALLEST)
        tl.store(scales + row, scale)
        tl.store(out + row * inputs + k, (values / scale).to(out.dtype.element_ty), mask=k < inputs)
