"""What a model and a task take of a GPU's memory, and what each token of a paper takes; sizes are in bytes.

All is computed from the shapes in the model's config.json, before anything is loaded.
"""

import math
from typing import Any

from designspace.planning import model_files
from designspace.planning.branches import step_rows
from designspace.planning.shapes import DTYPE_BYTES, Shape

GIB = 2**30

Costs = dict[str, Any]  # the quantities of the plan, as memory_plan.json has them

# float32 copies of the logits of a step: as computed, as allowed by the grammar, as probabilities, and one in progress.
LOGITS_COPIES = 4
# One process holds the weights, one reads a paper, and one prepares itself for the next paper. Measured on an H200
# (PyTorch 2.11, CUDA 13): 0.69 GiB of the device for a CUDA context with its kernels and cuDNN's; on a CPU (PyTorch
# 2.13): 0.33 GiB resident after the imports.
PROCESSES = 3
PROCESS_BYTES = {"cuda": int(0.69 * GIB), "cpu": int(0.4 * GIB)}
# What does not follow from the shapes: workspaces of the libraries, pool of the captured step, partly filled pages.
LIBRARY_BYTES = {"cuda": int(0.5 * GIB), "cpu": int(0.25 * GIB)}


def costs_of(
    config: dict[str, Any],
    weights: int,
    model: dict[str, Any],
    *,
    prefill_chunk: int,
    branches: int,
    branch_tokens: int,
) -> Costs:
    """What a model and a task take for every paper, and what each token of the prompt takes.

    `weights` in bytes; `model` is that section of the configuration; `branch_tokens` are the slots of one branch with
    its forced beginning. If the layers are divided among several GPUs, all values are those of the fullest one.
    """
    shape, size, gpus = Shape.of(config), DTYPE_BYTES[model["dtype"]], model["gpus"]
    device = model["device"]
    layers, ends = shape.layers, shape.embeddings * size
    if gpus > 1:
        layers = min(math.ceil(layers / gpus) + 1, layers)  # the GPU with the embeddings may have one layer less
        weights = (weights - ends) * layers // shape.layers + shape.vocabulary * shape.hidden * size
    kv_bytes = 2 * layers * shape.kv_heads * shape.head_dim * size
    return {
        "dtype": model["dtype"],
        "device": device,
        "gpus": gpus,
        "weights_bytes": weights,
        "kv_bytes_per_token": kv_bytes,
        "prefill_chunk": prefill_chunk,
        "workspace_bytes": workspace_bytes(shape, size, model, prefill_chunk),
        "branches": branches,
        "branch_tokens": branch_tokens,
        "slots_bytes": branches * branch_tokens * kv_bytes,
        "logits_bytes": step_rows(branches) * shape.vocabulary * 4 * LOGITS_COPIES,
        "processes_bytes": PROCESSES * PROCESS_BYTES[device],
        "library_bytes": LIBRARY_BYTES[device],
        "positions": shape.positions,
    }


def workspace_bytes(shape: Shape, size: int, model: dict[str, Any], chunk: int) -> int:
    """Activations of one layer, the most at any time, for a prefill chunk; `size` is that of the dtype.

    Both halves of a layer have the residual and the normalised input. In the fused forward pass (decoder.py) the MLP
    adds gate and up, attention queries, keys, values and the rotated queries. In transformers' own, there are copies,
    and outputs in float32 while pieces of the prefix are merged by log-sum-exp: of two pieces, their sum and one in
    making. Eight bits add a matrix in the dtype or, in fp8 on a GPU, the inputs in eight bits.
    """
    hidden, intermediate = shape.hidden, shape.intermediate
    queries, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    if model["device"] == "cuda" and model["attention"] == "fused" and shape.family in model_files.FUSED_FAMILIES:
        token = 2 * hidden + max(2 * intermediate, 4 * queries + 2 * keys)
    else:
        token = 3 * hidden + max(3 * intermediate, 2 * (queries + 2 * keys) + 4 * queries * 4 // size)
    rounding = max(hidden * intermediate * size, chunk * hidden) if model["quantization"] else 0
    return chunk * token * size + rounding


def peak_bytes(costs: Costs, tokens: int) -> int:
    """The predicted peak with prompts of `tokens` tokens together, on the whole device: all processes, without the
    reserve."""
    fixed = ("weights", "workspace", "slots", "logits", "processes", "library")
    return int(sum(costs[f"{part}_bytes"] for part in fixed) + tokens * costs["kv_bytes_per_token"])
