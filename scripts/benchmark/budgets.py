"""The token budgets that the memory plan gives common models on common cards, as a Markdown table.

The settings are those of config/config.yaml; the models are given by their shapes, and nothing is downloaded.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.planning import memory
from designspace.settings import configuration

CONFIG = Path(__file__).resolve().parents[2] / "config"
# GiB that a program may use of a card of this many GB.
CARDS = {"24 GB": "23.5GiB", "40 GB": "39.4GiB", "48 GB": "44.4GiB", "80 GB": "79GiB", "141 GB": "139.8GiB"}
# Family, layers, hidden and intermediate size, heads, vocabulary, positions, tied; all have 8 key-value heads of 128.
MODELS = {
    "Qwen3-4B": ("qwen3", 36, 2560, 9728, 32, 151936, 40960, True),
    "Qwen3-8B": ("qwen3", 36, 4096, 12288, 32, 151936, 40960, False),
    "Llama-3.1-8B": ("llama", 32, 4096, 14336, 32, 128256, 131072, False),
    "Qwen3-14B": ("qwen3", 40, 5120, 17408, 40, 151936, 40960, False),
    "Mistral-Small-24B": ("mistral", 40, 5120, 32768, 32, 131072, 32768, False),
    "Qwen3-32B": ("qwen3", 64, 5120, 25600, 64, 151936, 40960, False),
    "Llama-3.3-70B": ("llama", 80, 8192, 28672, 64, 128256, 131072, False),
}
WAYS: dict[str, dict[str, Any]] = {
    "bf16": {},
    "int8 or fp8": {"quantization": "int8"},
    "bf16, 2 GPUs": {"gpus": 2},
    "bf16, 4 GPUs": {"gpus": 4},
}


def shapes(
    family: str,
    layers: int,
    hidden: int,
    intermediate: int,
    heads: int,
    vocabulary: int,
    positions: int,
    tied: bool,
) -> dict[str, Any]:
    """The numbers as the model's config.json has them."""
    sizes = {"num_hidden_layers": layers, "hidden_size": hidden, "intermediate_size": intermediate}
    attention = {"num_attention_heads": heads, "num_key_value_heads": 8, "head_dim": 128}
    ends = {"vocab_size": vocabulary, "max_position_embeddings": positions, "tie_word_embeddings": tied}
    return {"model_type": family, "torch_dtype": "bfloat16", **sizes, **attention, **ends}


def budget(settings: dict[str, Any], model: dict[str, Any], capacity: str) -> str:
    """Tokens of a paper, with a star if the model's positions are the limit; a dash if the model does not fit."""
    room = settings["memory"] | {"capacity": capacity}
    library = {"parameters": str(CONFIG / "parameters.yaml")}
    try:
        plan = configuration.plan(settings | library | {"model": model, "memory": room})
    except memory.DoesNotFit:
        return "-"
    return f"{plan['token_budget']:,}" + ("*" if plan["extraction"]["limited_by"] == "positions" else "")


def main() -> None:
    settings = yaml.safe_load((CONFIG / "config.yaml").read_text("utf-8"))
    print("| model | " + " | ".join(CARDS) + " |\n| --- |" + " ---: |" * len(CARDS))
    with tempfile.TemporaryDirectory() as folder:
        for name, shape in MODELS.items():
            path = Path(folder, f"{name}.json")
            path.write_text(json.dumps(shapes(*shape)))
            last: list[str] = []
            for way, changes in WAYS.items():
                model = settings["model"] | {"name": str(path), "revision": None} | changes
                cells = [budget(settings, model, capacity) for capacity in CARDS.values()]
                if cells != last:  # more of a GPU than the model can use
                    print(f"| {name}, {way} | " + " | ".join(cells) + " |")
                last = cells


if __name__ == "__main__":
    main()
