"""Linear layers of few rows are those of PyTorch, on a GPU with the kernel and without."""

import pytest
import torch
from torch.nn.functional import linear as exact
from torch.nn.functional import silu

from designspace.engine import linear
from designspace.engine.int8 import Int8Linear

TOLERANCE = {torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 1e-2}
ROWS = [1, 6, 32, 48, 64, 108, 128, 300]  # from few to more than the kernel takes


@pytest.fixture(params=TOLERANCE, ids=str)
def dtype(request):
    return request.param


@pytest.fixture(params=[None, "int8"])
def layer_of(request, device, dtype):
    """What makes a layer of random weights, (inputs, outputs, bias)."""

    def make(inputs, outputs, bias=False):
        layer = torch.nn.Linear(inputs, outputs, bias, device, dtype).requires_grad_(False)
        if request.param is None:
            return layer
        weight = torch.randint(-127, 128, (outputs, inputs), dtype=torch.int8, device=device)
        return Int8Linear(weight, torch.rand(outputs, device=device, dtype=dtype) / 100, layer.bias)

    return make


def reference(layer, x):
    """What the layer makes of x, in float64."""
    weight = layer.weight.double() * getattr(layer, "scale", torch.ones(1)).double().to(x.device)[:, None]
    return exact(x.double(), weight, None if layer.bias is None else layer.bias.double())


def assert_near(actual, expected):
    assert actual.shape == expected.shape
    error = (actual.double() - expected).norm() / expected.norm()
    assert error < TOLERANCE[actual.dtype], error


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("inputs", [72, 512])
def test_layers_over_the_same_rows(rows, inputs, layer_of, device, dtype):
    layers = [layer_of(inputs, 96, bias=True), layer_of(inputs, 40), layer_of(inputs, 17)]
    x = torch.randn(rows, 1, inputs, device=device, dtype=dtype)
    for actual, layer in zip(linear.project(x, *layers), layers, strict=True):
        assert_near(actual, reference(layer, x))


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("inputs", [72, 512])
def test_a_gated_pair(rows, inputs, layer_of, device, dtype):
    gate, up = layer_of(inputs, 96, bias=True), layer_of(inputs, 96)
    x = torch.randn(rows, 1, inputs, device=device, dtype=dtype)
    assert_near(linear.gated(x, gate, up), silu(reference(gate, x)) * reference(up, x))
