"""Weights of eight bits: half the memory of bfloat16.

A layer has a byte for each weight and a scale for each row of its matrix. Activations keep the model's dtype, so that
nothing is lost but what the rounding of the weights loses. A layer turns its matrix into the dtype first, which the
many rows of a chunk pay for; for the few of a step the fused forward pass multiplies the bytes as they are (linear.py).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

LARGEST = torch.iinfo(torch.int8).max
SMALLEST = 1e-12  # of a scale: rows of zeros have one, too


def round_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    """(x in int8 [rows, in], its scales [rows] in the dtype of x) of x [rows, in]: each row by its largest value."""
    scale = (x.abs().amax(1).float() / LARGEST).clamp_(min=SMALLEST).to(x.dtype)
    return (x / scale.float()[:, None]).round_().clamp_(-LARGEST, LARGEST).to(torch.int8), scale


class Int8Linear(torch.nn.Module):
    """y = x W^T * scale + bias, with W [out, in] in int8 and a scale for each of its rows; x is [..., in]."""

    def __init__(self, weight: Tensor, scale: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.weight = torch.nn.Parameter(weight, requires_grad=False)
        self.scale = torch.nn.Parameter(scale, requires_grad=False)
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        out = F.linear(x, self.weight.to(x.dtype)).mul_(self.scale)
        return out if self.bias is None else out.add_(self.bias)
