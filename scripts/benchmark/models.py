"""Memory and time that the plan expects for common models and a paper of 12,000 tokens, as a Markdown table.

The settings are those of config/config.yaml; the models are given by their shapes, and nothing is downloaded.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmark.budgets import CARDS, CONFIG, MODELS, shapes
from designspace.planning import memory, speed
from designspace.planning.costs import GIB
from designspace.planning.shapes import read_model
from designspace.settings import configuration, estimate

TOKENS = 12_000
SMALL = {
    "Qwen3-0.6B": ("qwen3", 28, 1024, 3072, 16, 151936, 40960, True),
    "Qwen3-1.7B": ("qwen3", 28, 2048, 6144, 16, 151936, 40960, True),
    "Mistral-7B-v0.3": ("mistral", 32, 4096, 14336, 32, 32768, 32768, False),
}
DEVICE = {device.name: device for device in speed.GPUS}["H100"]


def row(settings: dict[str, Any], path: Path) -> list[str]:
    """The cells of a model: weights, smallest card, peak, seconds of a paper, papers a day."""
    model = settings["model"] | {"name": str(path), "revision": None}
    _, weights = read_model(model)
    for card, capacity in CARDS.items():
        room = settings["memory"] | {"capacity": capacity, "token_budget": TOKENS // 256 * 256}
        config = settings | {"parameters": str(CONFIG / "parameters.yaml"), "model": model, "memory": room}
        try:
            plan = configuration.plan(config)
        except memory.DoesNotFit:
            continue
        seconds = sum(of["paper"] for of in estimate.paper_seconds(config, {"paper": TOKENS}, DEVICE).values())
        peak = plan["extraction"]["predicted_peak_bytes"]
        return [
            f"{weights / GIB:.1f} GiB",
            f"{peak / GIB:.1f} GiB",
            card,
            f"{seconds:.1f} s",
            f"{86400 / seconds:,.0f}",
        ]
    return [f"{weights / GIB:.1f} GiB", "", "several", "", ""]


def main() -> None:
    settings = yaml.safe_load((CONFIG / "config.yaml").read_text("utf-8"))
    print("| model, bf16 | weights | memory in use | smallest card | seconds a paper | papers a day |")
    print("| --- |" + " ---: |" * 5)
    with tempfile.TemporaryDirectory() as folder:
        for name, shape in (SMALL | MODELS).items():
            path = Path(folder, f"{name}.json")
            path.write_text(json.dumps(shapes(*shape)))
            print(f"| {name} | " + " | ".join(row(settings, path)) + " |")


if __name__ == "__main__":
    main()
