"""Weights of eight bits, through torchao: half the memory of bfloat16, computed in the model's dtype.

A matrix has a byte for each weight and a scale for each row; it is turned into the dtype whenever it is used, so that
nothing is lost but what the rounding of the weights loses. torchao is imported only where it is asked for.
"""

from multiprocessing.reduction import ForkingPickler

import torch


def config():
    """What transformers needs to load a model with such weights."""
    from torchao.quantization import Int8WeightOnlyConfig
    from transformers import TorchAoConfig

    return TorchAoConfig(Int8WeightOnlyConfig())


def make_shareable(model):
    """Let other processes attach such weights."""
    from torchao.quantization import Int8Tensor

    ForkingPickler.register(Int8Tensor, reduce)
    for module in model.modules():
        module.__dict__.pop("extra_repr", None)  # a function of torchao's that cannot be pickled


def reduce(weight):
    """How such a matrix goes to another process: as the plain tensors that it is made of, which can be attached."""
    names, context = weight.__tensor_flatten__()
    parts = {name: getattr(weight, name).detach() for name in names}
    return rebuild, (type(weight), parts, context, weight.shape, weight.stride())


def rebuild(kind, parts, context, shape, stride):
    """The matrix made of its parts."""
    return torch.nn.Parameter(kind.__tensor_unflatten__(parts, context, shape, stride), requires_grad=False)


def stored(weight):
    """The plain tensors that a weight is stored in."""
    if not hasattr(weight, "qdata"):
        return [weight]
    return [getattr(weight, name) for name in weight.__tensor_flatten__()[0]]
