"""Weights of eight bits: half the memory of bfloat16.

A layer has a byte for each weight and a scale for each row of its matrix. Activations keep the model's dtype, so that
nothing is lost but what the rounding of the weights loses. A layer turns its matrix into the dtype first, which the
many rows of a chunk pay for; for the few of a step the fused forward pass multiplies the bytes as they are (linear.py).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from designspace.engine.eight_bits import SMALLEST, EightBitLinear

LARGEST = torch.iinfo(torch.int8).max


def round_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    """(x in int8 [rows, in], its scales [rows] in the dtype of x) of x [rows, in]: each row by its largest value."""
    scale = (x.abs().amax(1).float() / LARGEST).clamp_(min=SMALLEST).to(x.dtype)
    return (x / scale.float()[:, None]).round_().clamp_(-LARGEST, LARGEST).to(torch.int8), scale


class Int8Linear(EightBitLinear):
    """y = x W^T * scale + bias, with W [out, in] in int8 and a scale for each of its rows; x is [..., in]."""

    def forward(self, x: Tensor) -> Tensor:
        out = F.linear(x, self.weight.to(x.dtype)).mul_(self.scale)
        return out if self.bias is None else out.add_(self.bias)
