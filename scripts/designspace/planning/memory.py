"""What a model and a paper take of a GPU's memory, and how many tokens of a paper fit.

All is computed from the shapes in the model's config.json, before anything is loaded. Sizes are in bytes.
"""

import contextlib
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

from designspace.core.errors import DesignspaceError
from designspace.planning import model_files

GIB = 2**30
DTYPE_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}

# The forced beginning of a branch: its key, of ordinary words, and what belongs to it. Where a key takes more, the
# process of the paper, which counts them, gives the paper a little less.
FORCED_TOKENS = 32
# float32 copies of the logits of a step: as computed, as allowed by the grammar, as probabilities, and one in making.
LOGITS_COPIES = 4
# A process of its own holds the weights, another reads the paper. Measured on an H200 (PyTorch 2.11, CUDA 13): 0.61 GiB
# of the device for a CUDA context with its kernels; on a CPU (PyTorch 2.13): 0.33 GiB resident after the imports.
PROCESSES = 2
PROCESS_BYTES = {"cuda": int(0.61 * GIB), "cpu": int(0.4 * GIB)}
# What the shapes do not tell: workspaces of the libraries, pool of the captured step, pages not filled.
LIBRARY_BYTES = {"cuda": int(0.5 * GIB), "cpu": int(0.25 * GIB)}

# Without a prefill chunk set by hand: the largest whose workspace is a small part of the room beside the weights.
CHUNKS = (8192, 4096, 2048, 1024, 512)
CHUNK_SHARE = 16

BUDGET_STEP = 256  # token budgets are multiples of this
OVERHEAD_STEP = 1024  # so that a small edit of the parameter library changes no budget, and with it every context


class BadSize(DesignspaceError, ValueError):
    """A text that is no size of memory."""


class DoesNotFit(DesignspaceError, ValueError):
    """The model does not fit the memory, or its positions; the message is a sentence with the numbers."""


@dataclass(frozen=True)
class Shape:
    """The numbers of a decoder on which its memory depends."""

    family: str
    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    positions: int
    tied: bool

    @property
    def embeddings(self):
        """Weights of the embeddings and of the output, which may be the same."""
        return (1 if self.tied else 2) * self.vocabulary * self.hidden

    @classmethod
    def of(cls, config: dict):
        """From the content of config.json. ValueError where a number is missing."""
        config = {**config, **config.get("text_config", {})}  # of a model that also sees, the part that reads
        family = config.get("model_type", "")
        try:
            heads = config["num_attention_heads"]
            return cls(
                family=family,
                layers=config["num_hidden_layers"],
                hidden=config["hidden_size"],
                intermediate=config["intermediate_size"],
                heads=heads,
                kv_heads=config.get("num_key_value_heads") or heads,
                head_dim=config.get("head_dim") or config["hidden_size"] // heads,
                vocabulary=config["vocab_size"],
                positions=config["max_position_embeddings"],
                tied=config.get("tie_word_embeddings", family.startswith("gemma")),
            )
        except KeyError as missing:
            raise model_files.ModelError(
                f"The model's config.json ({family or 'no model_type'}) has no {missing}, which the memory plan needs; "
                f"choose a decoder such as Qwen3 or Llama, or add the number to the config.json of a local copy."
            ) from None


def parse_size(text: str) -> int:
    """Bytes of a size such as 79.25GiB, 24GB or 16000MiB. BadSize for anything else."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) *(?:([KMGT])(i?))?B", text)
    if not match:
        raise BadSize(f"{text!r} is no size; write it like 79.25GiB, 24GB or 16000MiB.")
    number, prefix, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** " KMGT".index(prefix or " "))


def count_parameters(config: dict) -> int:
    """Parameters of a dense decoder: exact for Llama, Mistral, Qwen2 and Qwen3, near for their relatives.

    ValueError for a mixture of experts, whose shapes differ from model to model.
    """
    shape = Shape.of(config)
    config = {**config, **config.get("text_config", {})}
    if any("experts" in key and value for key, value in config.items()):
        raise model_files.ModelError(
            "The weights of a mixture of experts cannot be counted from its config.json; give a folder that has its "
            "model.safetensors.index.json too."
        )
    queries, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    layer = 2 * shape.hidden * (queries + keys) + 3 * shape.hidden * shape.intermediate + 2 * shape.hidden
    if shape.family == "qwen2":
        layer += queries + 2 * keys
    elif config.get("attention_bias"):
        layer += queries + 2 * keys + shape.hidden
    if config.get("mlp_bias"):
        layer += 2 * shape.intermediate + shape.hidden
    if shape.family.startswith("qwen3"):
        layer += 2 * shape.head_dim
    return shape.embeddings + shape.layers * layer + shape.hidden


def weights_bytes(config: dict, dtype: str, folder=None, quantization: str | None = None) -> int:
    """The weights in the planned dtype (quantised ones as they are): from the safetensors files of the folder, their
    index or their header, and without either counted from the configuration. With the quantization int8 the layers'
    matrices have a byte for each weight and a scale for each row; the embeddings and the output stay as they are."""
    if quantization == "int8":
        size, shape = DTYPE_BYTES[dtype], Shape.of(config)
        layers = weights_bytes(config, dtype, folder) // size - shape.embeddings
        rows = (shape.heads + 2 * shape.kv_heads) * shape.head_dim + 2 * shape.hidden + 2 * shape.intermediate
        norms = 4 * shape.hidden  # more than there are
        return shape.embeddings * size + layers + shape.layers * (rows + norms) * size
    quantised = "quantization_config" in config
    index, single = (Path(folder or "", f"model.safetensors{end}") for end in (".index.json", ""))
    if folder and index.is_file() and (total := json.loads(index.read_text()).get("metadata", {}).get("total_size")):
        text = config.get("text_config", {})
        stored = config.get("dtype") or config.get("torch_dtype") or text.get("dtype") or text.get("torch_dtype")
        # The files of a model that does not say its dtype are taken for the narrowest, which gives the largest plan.
        return total if quantised else total // DTYPE_BYTES.get(stored, 2) * DTYPE_BYTES[dtype]
    if folder and single.is_file():
        with single.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        tensors = [tensor for name, tensor in header.items() if name != "__metadata__"]
        if quantised:
            return sum(tensor["data_offsets"][1] - tensor["data_offsets"][0] for tensor in tensors)
        return sum(math.prod(tensor["shape"]) for tensor in tensors) * DTYPE_BYTES[dtype]
    return count_parameters(config) * DTYPE_BYTES[dtype]


def plan_of(
    model: dict,
    *,
    prefill_chunk: int | None,
    capacity: int,
    reserve: int,
    token_budget: int | None,
    tasks: dict,
    overhead_tokens: int,
) -> dict:
    """The memory plans, see `plan`, of all tasks of a model: {task: plan}, and what the tasks share: the prefill chunk
    and the token budget of the contexts.

    `model` is that section of the configuration, `tasks` is {task: (branches, new tokens of one)}. The budget is that
    of the first task, or the one set by hand; a job of another task that has less room cuts its papers further. A chunk
    that is None is chosen.
    """
    config, weights = read_model(model)
    room = {"capacity": capacity, "reserve": reserve}
    each = {
        task: {"branches": branches, "branch_tokens": FORCED_TOKENS + new_tokens}
        for task, (branches, new_tokens) in tasks.items()
    }
    if not prefill_chunk:
        prefill_chunk = min(
            choose_chunk([costs(config, weights, model, prefill_chunk=chunk, **slots) for chunk in CHUNKS], **room)
            for slots in each.values()
        )
    plans = {}
    for task, slots in each.items():
        task_costs = costs(config, weights, model, prefill_chunk=prefill_chunk, **slots)
        by_hand = None if plans else token_budget
        plans[task] = plan(task_costs, **room, overhead_tokens=overhead_tokens, token_budget=by_hand)
    shared = {"token_budget": next(iter(plans.values()))["token_budget"], "prefill_chunk": prefill_chunk}
    return {"model": model["name"], "revision": model["revision"], **shared, **plans}


def choose_chunk(choices: list[dict], capacity: int, reserve: int) -> int:
    """The prefill chunk of the first of the costs, from the largest down, that leaves room for papers."""
    for costs in choices:
        room = capacity - reserve - peak_bytes(costs, 0) + costs["workspace_bytes"]
        if costs["workspace_bytes"] * CHUNK_SHARE <= room:
            break
    return costs["prefill_chunk"]


def read_model(model: dict) -> tuple[dict, int]:
    """(configuration, bytes of the weights) of a model given by a name on the hub, a folder, or a config.json."""
    name, revision = model["name"], model["revision"]
    if name.endswith(".json"):
        config, folder = model_files.read_config(Path(name)), None
    else:
        config = model_files.model_config(name, revision)
        with contextlib.suppress(model_files.ModelError):  # many models have no index
            model_files.model_file(name, "model.safetensors.index.json", revision)
        folder = None
        with contextlib.suppress(model_files.ModelError):  # the embedded model may not be there yet
            folder = model_files.model_file(name, "config.json", revision).parent
    model_files.check_attention(config, name)
    return config, weights_bytes(config, model["dtype"], folder, model["quantization"])


def estimate_tokens(text: str) -> int:
    """Tokens of an English text, from above (2.5 characters each), where its tokenizer is not at hand."""
    return len(text) * 2 // 5


def costs(config: dict, weights: int, model: dict, *, prefill_chunk: int, branches: int, branch_tokens: int) -> dict:
    """What a model and a task take, whatever the paper, and what each token of the prompt takes.

    `weights` in bytes; `model` is that section of the configuration; `branch_tokens` are the slots of one branch, its
    forced beginning included. Of several GPUs, among which the layers are shared out, all is of the fullest.
    """
    shape, size, gpus = Shape.of(config), DTYPE_BYTES[model["dtype"]], model["gpus"]
    device = model["device"]
    layers, ends = shape.layers, shape.embeddings * size
    if gpus > 1:
        layers = min(math.ceil(layers / gpus) + 1, layers)  # the GPU with the embeddings may have a layer less
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
        "logits_bytes": branches * shape.vocabulary * 4 * LOGITS_COPIES,
        "processes_bytes": PROCESSES * PROCESS_BYTES[device],
        "library_bytes": LIBRARY_BYTES[device],
        "positions": shape.positions,
    }


def workspace_bytes(shape: Shape, size: int, model: dict, chunk: int) -> int:
    """Activations of one layer, the most at any time, for a prefill chunk; `size` is that of the dtype.

    Both halves of a layer have the residual and the normalised input. In the fused forward pass (decoder.py) the MLP
    adds gate and up, attention queries, keys, values and the rotated queries. In transformers' own, there are copies,
    and outputs in float32 while pieces of the prefix are merged by log-sum-exp: of two pieces, their sum and one in
    making. Eight bits add a matrix in the dtype.
    """
    hidden, intermediate = shape.hidden, shape.intermediate
    queries, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    if model["device"] == "cuda" and model["attention"] == "fused" and shape.family in model_files.FUSED_FAMILIES:
        token = 2 * hidden + max(2 * intermediate, 2 * (queries + keys))
    else:
        token = 3 * hidden + max(3 * intermediate, 2 * (queries + 2 * keys) + 4 * queries * 4 // size)
    if model["quantization"] == "int8":
        return (chunk * token + hidden * intermediate) * size
    return chunk * token * size


def peak_bytes(costs: dict, tokens: int) -> int:
    """The predicted peak with a prompt of so many tokens, on the whole device: all processes, without the reserve."""
    fixed = ("weights", "workspace", "slots", "logits", "processes", "library")
    return sum(costs[f"{part}_bytes"] for part in fixed) + tokens * costs["kv_bytes_per_token"]


def plan(costs: dict, *, capacity: int, reserve: int, overhead_tokens: int, token_budget: int | None = None) -> dict:
    """The memory plan: the costs and the largest token budget, or the one set by hand if it is not larger.

    The budget counts tokens of the paper's text; `overhead_tokens` are those of the prompt around it. DoesNotFit if
    there is no room for even BUDGET_STEP tokens, or for the budget set by hand.
    """
    overhead = math.ceil(overhead_tokens / OVERHEAD_STEP) * OVERHEAD_STEP
    by_memory = (capacity - reserve - peak_bytes(costs, 0)) // costs["kv_bytes_per_token"] - overhead
    by_positions = costs["positions"] - costs["branch_tokens"] - overhead
    largest = min(by_memory, by_positions) // BUDGET_STEP * BUDGET_STEP
    limit = "memory" if by_memory < by_positions else "positions"
    if largest < BUDGET_STEP and limit == "memory":
        raise DoesNotFit(_no_memory(costs, capacity, reserve, overhead))
    if largest < BUDGET_STEP:
        raise DoesNotFit(_no_positions(costs, overhead))
    if token_budget and token_budget > largest:
        raise DoesNotFit(
            f"memory.token_budget is {token_budget:,}, and the most that fits is {largest:,} (limited by {limit}); "
            f"set it to that or less, or to null."
        )
    budget = token_budget or largest
    return {
        **costs,
        "capacity_bytes": capacity,
        "reserve_bytes": reserve,
        "overhead_tokens": overhead,
        "token_budget": budget,
        "limited_by": "setting" if token_budget else limit,
        "predicted_peak_bytes": peak_bytes(costs, budget + overhead),
    }


def _no_memory(costs, capacity, reserve, overhead):
    fixed = peak_bytes(costs, 0) - costs["weights_bytes"] + reserve
    cache = (BUDGET_STEP + overhead) * costs["kv_bytes_per_token"]
    weights, fixed, of_reserve, cache, all_of = (
        f"{size / GIB:.2f} GiB" for size in (costs["weights_bytes"], fixed, reserve, cache, capacity)
    )
    more = "a GPU with more memory" if costs["device"] == "cuda" else "more memory for the job"
    return (
        f"The model does not fit: weights {weights} + fixed {fixed} (of it {of_reserve} reserve) + {cache} to read "
        f"even {BUDGET_STEP} tokens of a paper, of {all_of} (memory.capacity). Use {more}, a smaller model or one "
        f"quantised to 8 bits, a smaller memory.prefill_chunk or fewer new tokens (max_new_tokens)."
    )


def _no_positions(costs, overhead):
    return (
        f"The model is too short: of its {costs['positions']:,} positions the prompt around a paper takes "
        f"{overhead:,} and an answer {costs['branch_tokens']:,}, which leaves less than {BUDGET_STEP} for the paper. "
        f"Use a model with more positions, a smaller parameter library or fewer new tokens (max_new_tokens)."
    )


def table(costs: dict, *, capacity: int, reserve: int) -> str:
    """Prompts of 4K, 8K, 16K … tokens up to the model's positions against GiB of memory, for a person to read."""
    lengths = [2**power for power in range(12, 31) if 2**power < costs["positions"]] + [costs["positions"]]
    rest = ("slots", "logits", "processes", "library")
    other = sum(costs[f"{part}_bytes"] for part in rest) + reserve
    lines = [f"{'tokens':>9} {'weights':>9} {'KV cache':>9} {'workspace':>9} {'other':>9} {'total':>9}  (GiB)"]
    for tokens in lengths:
        cache, total = tokens * costs["kv_bytes_per_token"], peak_bytes(costs, tokens) + reserve
        sizes = (costs["weights_bytes"], cache, costs["workspace_bytes"], other, total)
        fits = "fits" if total <= capacity else "does not fit"
        lines.append(f"{tokens:9,} " + " ".join(f"{size / GIB:9.2f}" for size in sizes) + f"  {fits}")
    return "\n".join(lines)
