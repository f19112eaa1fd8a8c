"""How rounding the weights of a model to eight bits changes its logits, for each way of rounding.

`python scripts/benchmark/rounding.py MODEL TEXT ...` reads the first tokens of each text with the model in bfloat16; as
`model.quantization` int8 and fp8 round it; with the inputs of its layers rounded, too, as fp8 does on a GPU; and as
bitsandbytes does (not a dependency: pip install it for that row). The reference is the model in float32.
"""

import argparse
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.engine import fp8
from designspace.engine.rounding import RoundingConfig

TOKENS = 512
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
WAYS: dict[str, Callable[[], Any]] = {
    "not rounded": lambda: None,
    "int8": lambda: RoundingConfig("int8"),
    "fp8": lambda: RoundingConfig("fp8"),
    "fp8, inputs too": lambda: RoundingConfig("fp8"),
}
if find_spec("bitsandbytes"):
    WAYS["bitsandbytes"] = lambda: BitsAndBytesConfig(load_in_8bit=True)


def load(name: str, dtype: torch.dtype, quantization: Any = None) -> Any:
    how: dict[str, Any] = {
        "dtype": dtype,
        "quantization_config": quantization,
        "device_map": DEVICE,
        "use_safetensors": True,
    }
    return AutoModelForCausalLM.from_pretrained(name, **how).eval()


def round_inputs(model: torch.nn.Module) -> None:
    """Round the inputs of the layers in fp8."""
    for layer in model.modules():
        if isinstance(layer, fp8.Fp8Linear):
            layer.register_forward_pre_hook(lambda _, inputs: rounded(*inputs))


def rounded(x: Tensor) -> Tensor:
    values, scale = fp8.round_rows(x)
    return (values.float() * scale).to(x.dtype).view(x.shape)


@torch.inference_mode()
def logits(model: Any, pieces: list[list[int]]) -> list[Tensor]:
    return [model(torch.tensor([piece], device=DEVICE)).logits[0].float() for piece in pieces]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a name on the model hub, or a folder")
    parser.add_argument("texts", type=Path, nargs="+", help="files of text")
    arguments = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    pieces = [tokenizer.encode(path.read_text("utf-8"))[:TOKENS] for path in arguments.texts]
    reference = logits(load(arguments.model, torch.float32), pieces)
    for way, quantization in WAYS.items():
        model = load(arguments.model, torch.bfloat16, quantization())
        if way.endswith("inputs too"):
            round_inputs(model)
        ours = logits(model, pieces)
        pairs = list(zip(ours, reference, strict=True))
        errors = [((one - right).norm() / right.norm()).item() for one, right in pairs]
        same = [(one.argmax(-1) == right.argmax(-1)).float().mean().item() for one, right in pairs]
        print(f"{way:16}  relative error of the logits {min(errors):.3f} to {max(errors):.3f}", end=", ")
        print(f"the same most probable token {min(same):.0%} to {max(same):.0%}", flush=True)


if __name__ == "__main__":
    main()
