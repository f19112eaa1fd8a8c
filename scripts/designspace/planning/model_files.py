"""The files of a model, in a local folder or from the model hub, and whether the model is supported."""

import json
from pathlib import Path
from typing import Any

from designspace.core.errors import DesignspaceError

# The small model that a rule downloads into this folder, and its shapes, which a plan needs before the download.
EMBEDDED_MODEL = "resources/models/SmolLM2-135M-Instruct"
EMBEDDED_CONFIG = {
    "model_type": "llama",
    "num_hidden_layers": 30,
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "vocab_size": 49152,
    "max_position_embeddings": 8192,
    "tie_word_embeddings": True,
}
# The families of decoders whose forward pass decoder.py computes with fused kernels.
FUSED_FAMILIES = {"llama", "mistral", "qwen2", "qwen3"}
# Those whose layers, or some of them, carry a state from token to token, and whose config.json has no `layer_types`.
RECURRENT_FAMILIES = {"bamba", "falcon_h1", "falcon_mamba", "jamba", "mamba", "mamba2", "nemotron_h", "recurrent_gemma"}
RECURRENT_FAMILIES |= {"rwkv", "xlstm", "zamba", "zamba2"}

LONGEST_HEADER = 100 * 2**20  # bytes, of a safetensors file: the limit of the format's own library


class ModelError(DesignspaceError, ValueError):
    """The model cannot be used; the message is a sentence for the user."""


def is_embedded(name: str) -> bool:
    """Whether a model is the small one that a rule of the workflow fetches."""
    return Path(name) == Path(EMBEDDED_MODEL)


def model_config(name: str, revision: str | None = None) -> dict[str, Any]:
    """The model's config.json. ModelError if it cannot be had."""
    if is_embedded(name) and not Path(name).exists():
        return EMBEDDED_CONFIG
    return read_config(model_file(name, "config.json", revision))


def read_config(path: Path) -> dict[str, Any]:
    """The content of a config.json. ModelError if it cannot be read."""
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return config
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The configuration of the model, {path}, cannot be read: {error}. Download the model again."
        ) from None


def model_file(name: str, file: str, revision: str | None = None) -> Path:
    """A file of a model: from a local folder, the hub's cache, or else the hub. ModelError if none of them has it."""
    if (folder := Path(name)).is_dir():
        if (folder / file).is_file():
            return folder / file
        raise ModelError(f"The model folder {name} has no {file}; give a folder that has it.")
    import httpx
    import huggingface_hub as hub

    try:
        if isinstance(cached := hub.try_to_load_from_cache(name, file, revision=revision), str):
            return Path(cached)
        # This request comes first because it fails at once without a network; the download would try for half a minute.
        hub.get_hf_file_metadata(hub.hf_hub_url(name, file, revision=revision))
        return Path(hub.hf_hub_download(name, file, revision=revision))
    except (OSError, ValueError, httpx.HTTPError) as error:
        at = f" at revision {revision}" if revision else ""
        raise ModelError(
            f"The model {name}{at} is not a folder here, not in the cache of downloaded models, "
            f"and its {file} cannot be had from the model hub ({_first_line(error)}); correct the name, or download "
            f"the model where there is a network (hf download {name}) and give the folder."
        ) from None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "").rstrip(".") or type(error).__name__


def check_files(name: str, revision: str | None = None) -> None:
    """Raise ModelError if a model lacks a file that a run reads (its configuration, tokenizer and, if nothing is
    downloaded, weights), or if it has code of its own.

    Shards are checked by their headers and lengths; the content of tensors is not read.
    """
    from huggingface_hub import constants

    if is_embedded(name) and not Path(name).exists():
        return
    for file in ("config.json", "tokenizer.json"):
        folder = model_file(name, file, revision).parent
    _check_code(read_config(folder / "config.json"), name)
    shards = _shards(folder)
    here = Path(name).is_dir()
    final = here or constants.HF_HUB_OFFLINE  # otherwise the job that loads the model downloads what the cache lacks
    if here and not shards:
        raise ModelError(f"The model folder {name} has no weights (*.safetensors); download the model into it again.")
    if final and not shards:
        raise ModelError(
            f"The model {name} has no weights (*.safetensors) in the cache of downloaded models, and with "
            f"HF_HUB_OFFLINE none are downloaded; download it where there is a network (hf download {name})."
        )
    for shard, tensors in sorted(shards.items()):
        if final or shard.exists():
            _check_shard(shard, tensors)


def _shards(folder: Path) -> dict[Path, set[str]]:
    """{file of weights: its tensors according to the index}, as transformers reads them."""
    index = folder / "model.safetensors.index.json"
    if (folder / "model.safetensors").exists() or not index.exists():
        return {path: set() for path in folder.glob("*.safetensors")}
    shards: dict[Path, set[str]] = {}
    try:
        for tensor, file in json.loads(index.read_bytes())["weight_map"].items():
            shards.setdefault(folder / file, set()).add(tensor)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(index, f"is damaged ({_first_line(error)})") from None
    return shards


def _check_shard(path: Path, tensors: set[str]) -> None:
    """Raise ModelError if a safetensors file lacks bytes or tensors."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, LONGEST_HEADER)))
        header.pop("__metadata__", None)
        end = 8 + length + max((tensor["data_offsets"][1] for tensor in header.values()), default=0)
    except FileNotFoundError:
        raise _broken(path, "is not there, and model.safetensors.index.json names it") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(path, f"is damaged ({_first_line(error)})") from None
    if size != end:
        raise _broken(path, f"has {size} bytes and not {end}: it was cut short or changed")
    if missing := tensors - header.keys():
        raise _broken(path, f"has no tensor {min(missing)}, which model.safetensors.index.json says it has")


def _broken(path: Path, what: str) -> ModelError:
    return ModelError(f"The model file {path} {what}; download the model again.")


def _check_code(config: dict[str, Any], name: str) -> None:
    if config.get("auto_map"):
        raise ModelError(
            f"The model {name} comes with code of its own (auto_map in its config.json), which Designspace never "
            f"runs; choose a model that the transformers library knows, such as Qwen3 or Llama 3."
        )


def check_attention(config: dict[str, Any], name: str) -> None:
    """Raise ModelError for a model whose attention cannot be computed exactly. `config` is its config.json."""
    config = {**config, **config.get("text_config", {})}
    kinds = set(config.get("layer_types") or [])
    if not kinds and config.get("sliding_window") and config.get("use_sliding_window", True):
        kinds = {"sliding_attention"}
    if config.get("model_type") in RECURRENT_FAMILIES:
        raise ModelError(
            f"The model {name} ({config['model_type']}) has recurrent layers, whose state many questions cannot "
            f"share; choose a model with full attention in all layers, such as Qwen3 or Llama 3."
        )
    if others := sorted(kinds - {"full_attention"}):
        raise ModelError(
            f"The model {name} has layers of the kind {', '.join(others)}, and only full attention is computed exactly "
            f"over a shared prefix; choose a model with full attention in all layers, such as Qwen3 or Llama 3."
        )
    if config.get("attn_logit_softcapping"):
        raise ModelError(
            f"The model {name} caps its attention scores (attn_logit_softcapping), which is not computed over a shared "
            f"prefix; choose a model without it, such as Qwen3 or Llama 3."
        )


def check_rounding(config: dict[str, Any], quantization: str | None, name: str) -> None:
    """Raise ModelError if the weights of a checkpoint, as its config.json describes them, do not go with
    `model.quantization`."""
    own = config.get("quantization_config") or {}
    method = own.get("quant_method")
    if method == "fp8" and quantization != "fp8":
        raise ModelError(
            f"The weights of the model {name} are in fp8 (quantization_config in its config.json), and "
            f"`model.quantization` is {quantization or 'null'}: set it to fp8, or choose the model in bfloat16."
        )
    if method == "fp8" and (
        own.get("weight_block_size") != [128, 128]
        or own.get("activation_scheme") != "dynamic"
        or any("experts" in key and value for key, value in config.items())
    ):
        raise ModelError(
            f"The weights of the model {name} are in an fp8 that is not served (quantization_config in its "
            f"config.json): only dense models with blocks of 128 x 128 and dynamic activations are, such as "
            f"Qwen/Qwen3-32B-FP8. Choose such a model, or one in bfloat16, which is rounded while it is loaded."
        )
    if own and method != "fp8" and quantization == "fp8":
        raise ModelError(
            f"The weights of the model {name} are rounded already ({method or 'quantization_config'} in its "
            f"config.json), and `model.quantization` is fp8: set it to null, or choose the model in bfloat16."
        )
