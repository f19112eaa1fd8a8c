"""Weights of eight bits: half the memory of bfloat16.

torchao rounds them while a model is loaded: a byte for each weight and a scale for each row of a matrix. Activations
keep the model's dtype, so that nothing is lost but what the rounding of the weights loses. A layer turns its matrix
into the dtype first, which the many rows of a chunk pay for; for the few of a step the fused forward pass multiplies
the bytes as they are (linear.py).
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


def config() -> Any:
    """What transformers needs to round the weights of a model while it loads them."""
    from torchao.quantization import Int8WeightOnlyConfig  # noisy and slow to import, and seldom needed
    from transformers import TorchAoConfig

    return TorchAoConfig(Int8WeightOnlyConfig())


def replace_linear(model: torch.nn.Module) -> None:
    """Make the layers that torchao has rounded ones of plain tensors, which other processes can attach."""
    for parent in list(model.modules()):
        for name, layer in list(parent.named_children()):
            weight: Any = getattr(layer, "weight", None)
            if isinstance(layer, torch.nn.Linear) and hasattr(weight, "qdata"):
                setattr(parent, name, Int8Linear(weight.qdata, weight.scale, layer.bias))
    torch.cuda.empty_cache()  # of what the rounding took; this process allocates nothing more


def empty_linear(layers: torch.nn.Module) -> None:
    """Replace the linear layers by ones of eight bits whose values are arbitrary."""
    for parent in list(layers.modules()):
        for name, layer in list(parent.named_children()):
            if isinstance(layer, torch.nn.Linear):
                weight = torch.empty_like(layer.weight, dtype=torch.int8)
                setattr(parent, name, Int8Linear(weight, layer.weight[:, 0], layer.bias))


class Int8Linear(torch.nn.Module):
    """y = x W^T * scale + bias, with W [out, in] in int8 and a scale for each of its rows; x is [..., in]."""

    def __init__(self, weight: Tensor, scale: Tensor, bias: torch.nn.Parameter | None) -> None:
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.weight = torch.nn.Parameter(weight.contiguous(), requires_grad=False)
        self.scale = torch.nn.Parameter(scale.flatten(), requires_grad=False)
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        out = F.linear(x, self.weight.to(x.dtype)).mul_(self.scale)
        return out if self.bias is None else out.add_(self.bias)
