"""Loading of weights in eight bits: as a checkpoint has them, or rounded from wider ones.

The layers of the model are replaced before its files are read, and each matrix is rounded when it is read: at most one
matrix at a time is on the device in a wider dtype. The embeddings and the output layer stay as they are.
"""

from typing import Any

import torch
from transformers import PreTrainedModel
from transformers.core_model_loading import ConversionOps, WeightRenaming
from transformers.quantizers.auto import register_quantization_config, register_quantizer
from transformers.quantizers.base import HfQuantizer
from transformers.quantizers.quantizers_utils import should_convert_module
from transformers.utils.quantization_config import QuantizationConfigMixin

from designspace.engine import fp8, int8
from designspace.engine.eight_bits import EightBitLinear

METHOD = "designspace"  # transformers' own "fp8" fetches kernels from the hub, and rounds nothing on a CPU
LINEAR: dict[str, type[EightBitLinear]] = {"fp8": fp8.Fp8Linear, "int8": int8.Int8Linear}
ROUND_ROWS = {"fp8": fp8.round_rows, "int8": int8.round_rows}


@register_quantization_config(METHOD)
class RoundingConfig(QuantizationConfigMixin):
    """The configuration with which transformers loads a model's layers in fp8 or int8.

    `rounded` is whether the checkpoint has weights in e4m3, with a scale for each block; `kept` names the layers that
    are not rounded in it, or None.
    """

    def __init__(
        self, way: str, rounded: bool = False, kept: list[str] | None = None, quant_method: str = METHOD
    ) -> None:
        self.quant_method = quant_method  # type: ignore[assignment]  # those that others register are text
        self.way, self.rounded, self.kept = way, rounded, kept


def config(model_config: Any, way: str | None) -> RoundingConfig | None:
    """How to load the model of a transformers configuration, from which its own description of its rounding is removed;
    None if no weights are rounded."""
    if way is None:
        return None
    own = model_config.__dict__.pop("quantization_config", None)
    return RoundingConfig(way, rounded=own is not None, kept=own and own.get("modules_to_not_convert"))


@register_quantizer(METHOD)
class Quantizer(HfQuantizer):
    """Replaces the layers of a model that is about to be loaded, and rounds their weights on the way."""

    quantization_config: RoundingConfig
    is_trainable = False

    def __init__(self, quantization_config: RoundingConfig, **options: Any) -> None:
        super().__init__(quantization_config, **options)
        self.pre_quantized = quantization_config.rounded

    def is_serializable(self) -> bool:
        return False

    def _process_model_before_weight_loading(self, model: PreTrainedModel, **options: Any) -> None:
        kept = self.get_modules_to_not_convert(model, self.quantization_config.kept, add_default_skips=True)
        for name, layer in list(model.named_modules()):
            if isinstance(layer, torch.nn.Linear) and should_convert_module(name, kept):
                empty = empty_linear(layer, self.quantization_config.way, blocks=self.pre_quantized)
                if not self.pre_quantized:  # it is read in the dtype of the existing weight
                    empty.weight = torch.nn.Parameter(layer.weight, requires_grad=False)
                model.set_submodule(name, empty)

    def _process_model_after_weight_loading(self, model: PreTrainedModel, **options: Any) -> None:
        for layer in model.modules():
            if isinstance(layer, fp8.Fp8Linear):  # some checkpoints have scales of bfloat16
                layer.scale.data = layer.scale.data.float()

    def param_needs_quantization(self, model: PreTrainedModel, param_name: str, **options: Any) -> bool:
        module, _, name = param_name.rpartition(".")
        if self.pre_quantized or name != "weight":
            return False
        return isinstance(model.get_submodule(module), LINEAR[self.quantization_config.way])

    def param_element_size(self, model: PreTrainedModel, param_name: str, param: torch.Tensor) -> float:
        if self.param_needs_quantization(model, param_name):
            return 1
        return param.element_size()

    def get_quantize_ops(self) -> ConversionOps:
        return RoundRows(self.quantization_config.way)

    def get_weight_conversions(self) -> list[WeightRenaming]:
        return [WeightRenaming(r"\.weight_scale_inv$", ".scale")]


class RoundRows(ConversionOps):
    """Rounds each row of a weight by its largest value."""

    def __init__(self, way: str) -> None:
        self.round_rows = ROUND_ROWS[way]

    def convert(
        self, input_dict: dict[str, Any], source_patterns: list[str], target_patterns: list[str], **options: Any
    ) -> dict[str, list[torch.Tensor]]:
        (weight,) = input_dict.values()
        rounded, scale = self.round_rows(weight[0] if isinstance(weight, list) else weight)
        name = options["full_layer_name"]
        return {name: [rounded], name.removesuffix("weight") + "scale": [scale]}


def replace_linear(layers: torch.nn.Module, way: str, blocks: bool = False) -> None:
    """Replace the linear layers by ones whose values are arbitrary."""
    for name, layer in list(layers.named_modules()):
        if isinstance(layer, torch.nn.Linear):
            layers.set_submodule(name, empty_linear(layer, way, blocks))


def empty_linear(layer: torch.nn.Linear, way: str, blocks: bool) -> torch.nn.Module:
    """A layer of the same shape, on the same device, with scales for rows, or for blocks of fp8; its values are
    arbitrary."""
    weight = layer.weight
    if way == "int8":
        return int8.Int8Linear(torch.empty_like(weight, dtype=torch.int8), torch.empty_like(weight[:, 0]), layer.bias)
    rows, columns = (-(-size // fp8.BLOCK) for size in weight.shape)
    scale = weight.new_empty((rows, columns) if blocks else (layer.out_features, 1), dtype=torch.float32)
    return fp8.Fp8Linear(torch.empty_like(weight, dtype=fp8.FORMAT), scale, layer.bias)
