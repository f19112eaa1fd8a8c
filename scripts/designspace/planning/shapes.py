"""The shapes of a decoder, from its config.json alone: the numbers on which its memory depends, its number of
parameters, and the bytes of its weights."""

import contextlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from designspace.planning import model_files

BLOCK = 128  # rows and columns that share a scale in checkpoints in fp8
DTYPE_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


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
    def embeddings(self) -> int:
        """Weights of the embeddings and of the output, which may be the same."""
        return (1 if self.tied else 2) * self.vocabulary * self.hidden

    @property
    def matrices(self) -> list[tuple[int, int]]:
        """(rows, columns) of the linear layers of one layer of the decoder."""
        queries, keys = self.heads * self.head_dim, self.kv_heads * self.head_dim
        attention = [(queries, self.hidden), (keys, self.hidden), (keys, self.hidden), (self.hidden, queries)]
        return [*attention, *[(self.intermediate, self.hidden)] * 2, (self.hidden, self.intermediate)]

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Shape":
        """From the content of config.json. ValueError if a number is missing."""
        config = {**config, **config.get("text_config", {})}  # of a multimodal model, the part for text
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


def count_parameters(config: dict[str, Any]) -> int:
    """Parameters of a dense decoder: exact for Llama, Mistral, Qwen2 and Qwen3, approximate for their relatives.
    ValueError for a mixture of experts, whose shapes differ from model to model."""
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
    return int(shape.embeddings + shape.layers * layer + shape.hidden)


def weights_bytes(
    config: dict[str, Any], dtype: str, folder: str | Path | None = None, quantization: str | None = None
) -> int:
    """The bytes of the weights in the planned dtype (quantised ones as they are): from the safetensors files of the
    folder, their index or their header, or else counted from the configuration.

    With a quantization, the matrices of the layers have a byte for each weight and a scale for each row, or for each
    block if a checkpoint in fp8 has these; the embeddings and the output stay as they are.
    """
    if quantization:
        size, shape, blocks = DTYPE_BYTES[dtype], Shape.of(config), "quantization_config" in config
        parameters = count_parameters(config) if blocks else weights_bytes(config, dtype, folder) // size
        scales = sum(-(-rows // BLOCK) * -(-columns // BLOCK) if blocks else rows for rows, columns in shape.matrices)
        scale_size = 4 if quantization == "fp8" else size
        norms = 4 * shape.hidden  # an upper bound
        layers = parameters - shape.embeddings + shape.layers * (scales * scale_size + norms * size)
        return shape.embeddings * size + layers
    quantised = "quantization_config" in config
    index, single = (Path(folder or "", f"model.safetensors{end}") for end in (".index.json", ""))
    metadata = json.loads(index.read_text()).get("metadata", {}) if folder and index.is_file() else {}
    if total := int(metadata.get("total_size", 0)):
        text = config.get("text_config", {})
        stored = config.get("dtype") or config.get("torch_dtype") or text.get("dtype") or text.get("torch_dtype")
        # If a model states no dtype, its files are assumed to have the narrowest one, which gives the largest plan.
        return total if quantised else total // DTYPE_BYTES.get(stored or "", 2) * DTYPE_BYTES[dtype]
    if folder and single.is_file():
        with single.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        tensors = [tensor for name, tensor in header.items() if name != "__metadata__"]
        if quantised:
            return sum(int(tensor["data_offsets"][1] - tensor["data_offsets"][0]) for tensor in tensors)
        return sum(int(math.prod(tensor["shape"])) for tensor in tensors) * DTYPE_BYTES[dtype]
    return count_parameters(config) * DTYPE_BYTES[dtype]


def read_model(model: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """(configuration, bytes of the weights) of a model given by a name on the hub, a folder, or a config.json."""
    name, revision = model["name"], model["revision"]
    if name.endswith(".json"):
        config, folder = model_files.read_config(Path(name)), None
    else:
        config = model_files.model_config(name, revision)
        with contextlib.suppress(model_files.ModelError):  # many models have no index
            model_files.model_file(name, "model.safetensors.index.json", revision)
        folder = None
        with contextlib.suppress(model_files.ModelError):  # the embedded model may not be downloaded yet
            folder = model_files.model_file(name, "config.json", revision).parent
    model_files.check_attention(config, name)
    model_files.check_rounding(config, model["quantization"], name)
    return config, weights_bytes(config, model["dtype"], folder, model["quantization"])
