"""Weights of eight bits: half the memory of bfloat16.

torchao rounds them while a model is loaded: a byte for each weight and a scale for each row of a matrix. Activations
keep the model's dtype, so that nothing is lost but what the rounding of the weights loses. A step of few rows
multiplies the bytes as they are; a chunk of a paper turns a matrix into the dtype first, which many rows pay for.
"""

import torch
import torch.nn.functional as F

try:
    import triton
    import triton.language as tl
except ImportError:  # a build of PyTorch for the CPU alone comes without
    triton = None

FEW_ROWS = 128


def config():
    """What transformers needs to round the weights of a model while it loads them."""
    from torchao.quantization import Int8WeightOnlyConfig  # noisy and slow to import, and seldom needed
    from transformers import TorchAoConfig

    return TorchAoConfig(Int8WeightOnlyConfig())


def replace_linear(model):
    """Make the layers that torchao has rounded ones of plain tensors, which other processes can attach."""
    for parent in list(model.modules()):
        for name, layer in list(parent.named_children()):
            if isinstance(layer, torch.nn.Linear) and hasattr(layer.weight, "qdata"):
                setattr(parent, name, Int8Linear(layer.weight.qdata, layer.weight.scale, layer.bias))
    torch.cuda.empty_cache()  # of what the rounding took; this process allocates nothing more


class Int8Linear(torch.nn.Module):
    """y = x W^T * scale + bias, with W [out, in] in int8 and a scale for each of its rows; x is [..., in]."""

    def __init__(self, weight, scale, bias):
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.weight = torch.nn.Parameter(weight.contiguous(), requires_grad=False)
        self.scale = torch.nn.Parameter(scale.flatten(), requires_grad=False)
        self.bias = bias

    def forward(self, x):
        rows = x.numel() // self.in_features
        if x.is_cuda and rows <= FEW_ROWS:
            return few_rows(x, self.weight, self.scale, self.bias)
        out = F.linear(x, self.weight.to(x.dtype)).mul_(self.scale)
        return out if self.bias is None else out.add_(self.bias)


def few_rows(x, weight, scale, bias):
    """The same for so few rows that reading the weights is all that counts, on a GPU."""
    outputs, inputs = weight.shape
    rows = x.numel() // inputs
    out = x.new_empty(*x.shape[:-1], outputs)
    block = next((size for size in (64, 32) if outputs >= 128 * size), 16)  # enough of them for all multiprocessors
    _few_rows_kernel[(triton.cdiv(outputs, block),)](
        x, weight, scale, bias, out, rows, inputs, outputs, max(16, triton.next_power_of_2(rows)), block, 128,
        bias is not None, "ieee" if x.dtype == torch.float32 else "tf32", num_warps=4, num_stages=4,
    )  # fmt: skip
    return out


if triton:

    @triton.jit(do_not_specialize=["rows"])
    def _few_rows_kernel(
        x, weight, scale, bias, out, rows, INPUTS: tl.constexpr, OUTPUTS: tl.constexpr,
        M: tl.constexpr, N: tl.constexpr, K: tl.constexpr, BIAS: tl.constexpr, PRECISION: tl.constexpr,
    ):  # fmt: skip
        """A program for each block of outputs."""
        m, n, k = tl.arange(0, M), tl.program_id(0) * N + tl.arange(0, N), tl.arange(0, K)
        out_there = (n < OUTPUTS)[None, :]
        summed = tl.zeros((M, N), tl.float32)
        for start in range(0, INPUTS, K):
            there = (start + k < INPUTS)[None, :]
            some = tl.load(x + m[:, None] * INPUTS + start + k[None, :], mask=(m < rows)[:, None] & there, other=0.0)
            bytes_ = weight + n[:, None].to(tl.int64) * INPUTS + start + k[None, :]
            matrix = tl.load(bytes_, mask=(n < OUTPUTS)[:, None] & there, other=0).to(some.dtype)
            summed = tl.dot(some, tl.trans(matrix), summed, input_precision=PRECISION)
        summed *= tl.load(scale + n[None, :], mask=out_there, other=0.0).to(tl.float32)
        if BIAS:
            summed += tl.load(bias + n[None, :], mask=out_there, other=0.0).to(tl.float32)
        to = out + m[:, None] * OUTPUTS + n[None, :]
        tl.store(to, summed.to(out.dtype.element_ty), mask=(m < rows)[:, None] & out_there)
