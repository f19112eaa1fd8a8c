"""A linear layer with weights of eight bits: the part that int8.py and fp8.py have in common."""

import torch
from torch import Tensor

SMALLEST = 1e-12  # of a scale, also for rows of zeros


class EightBitLinear(torch.nn.Module):
    """The weight [out, in] in eight bits, its scales, and the bias [out], if there is one."""

    def __init__(self, weight: Tensor, scale: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.weight = torch.nn.Parameter(weight, requires_grad=False)
        self.scale = torch.nn.Parameter(scale, requires_grad=False)
        self.bias = bias
