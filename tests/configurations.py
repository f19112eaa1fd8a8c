"""Configurations to make wrong, and the sentences that say what is wrong."""

import json
from copy import deepcopy

import pytest
import yaml
from conftest import ROOT

from designspace.settings import configuration

CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


MODEL = {
    "model_type": "qwen3",
    "num_hidden_layers": 2,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "vocab_size": 600,
    "max_position_embeddings": 8192,
}


PARAMETERS = (ROOT / "config" / "parameters.yaml").read_text()


def make_config(tmp_path, monkeypatch):
    """The default configuration in a folder where all that it names is there, its model as a local folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.pdf").write_text("%PDF")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "parameters.yaml").write_text(PARAMETERS)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "tokenizer.json").touch()
    (tmp_path / "model" / "model.safetensors").write_bytes(safetensors({}))
    (tmp_path / "model" / "config.json").write_text(json.dumps(MODEL))
    return deepcopy(CONFIG) | {"model": CONFIG["model"] | {"name": "model"}}


def safetensors(tensors):
    """A safetensors file of tensors of bytes, {name: how many}."""
    header, end = {}, 0
    for name, size in tensors.items():
        header[name] = {"dtype": "U8", "shape": [size], "data_offsets": [end, end + size]}
        end += size
    header = json.dumps(header).encode()
    return len(header).to_bytes(8, "little") + header + bytes(end)


def sentences(config):
    with pytest.raises(ValueError) as caught:
        configuration.check(config)
        configuration.plan(config)
    return str(caught.value).splitlines()
