"""A model that is missing, damaged or not served is reported before any job starts."""

import json
import re
from pathlib import Path

import pytest
from configurations import MODEL, make_config, safetensors, sentences

from designspace.planning import model_files
from designspace.settings import configuration


@pytest.fixture
def config(tmp_path, monkeypatch):
    return make_config(tmp_path, monkeypatch)


def test_the_embedded_model_need_not_be_there_yet(config):
    config["model"]["name"] = "resources/models/SmolLM2-135M-Instruct/"
    configuration.check(config)


@pytest.mark.parametrize("name", ["nobody/nothing", "not a name", "a/b/c", "/nowhere/at/all"])
def test_an_unknown_model_is_one_sentence(config, name):
    config["model"]["name"] = name
    (message,) = sentences(config)
    assert message.startswith(f"The model {name} is not a folder here, not in the cache")


def test_a_model_folder_without_or_with_a_broken_config(config, tmp_path):
    (tmp_path / "model" / "config.json").write_text("{")
    assert "model/config.json, cannot be read" in sentences(config)[0]
    (tmp_path / "model" / "config.json").unlink()
    assert sentences(config)[0].startswith("The model folder model has no config.json")


@pytest.mark.parametrize("file", ["tokenizer.json", "model.safetensors"])
def test_a_model_folder_without_tokenizer_or_weights(config, tmp_path, file):
    (tmp_path / "model" / file).unlink()
    assert sentences(config)[0].startswith("The model folder model has no")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda whole: None, "The model file model/model-2.safetensors is not there, and model.safetensors.index.json"),
        (
            lambda whole: whole[:-1],
            "The model file model/model-2.safetensors has 79 bytes and not 80: it was cut short",
        ),
        (lambda whole: b"", "The model file model/model-2.safetensors is damaged"),
        (lambda whole: b"<html>Please log in to download.</html>", "The model file model/model-2.safetensors is damag"),
        (lambda whole: whole[:8] + b"x" * 62 + whole[70:], "The model file model/model-2.safetensors is damaged"),
        (lambda whole: safetensors({"c": 10}), "The model file model/model-2.safetensors has no tensor b"),
    ],
)
def test_a_missing_or_damaged_shard_is_named_before_anything_runs(config, tmp_path, damage, sentence):
    folder = tmp_path / "model"
    (folder / "model.safetensors").unlink()
    weights = {"a": "model-1.safetensors", "b": "model-2.safetensors"}
    for name, file in weights.items():
        (folder / file).write_bytes(safetensors({name: 10}))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weights}))
    configuration.check(config)
    whole = (folder / "model-2.safetensors").read_bytes()
    (folder / "model-2.safetensors").unlink()
    if (damaged := damage(whole)) is not None:
        (folder / "model-2.safetensors").write_bytes(damaged)
    assert sentences(config)[0].startswith(sentence)
    assert sentences(config)[0].endswith("download the model again.")
    (folder / "model.safetensors.index.json").write_text("{")
    assert sentences(config)[0].startswith("The model file model/model.safetensors.index.json is damaged")


def test_a_model_of_the_hubs_cache_needs_no_network(config, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    repository = tmp_path / "hub" / "models--org--name"
    (repository / "snapshots" / "abc").mkdir(parents=True)
    (repository / "snapshots" / "abc" / "config.json").write_text(json.dumps(MODEL))
    (repository / "snapshots" / "abc" / "tokenizer.json").touch()
    (repository / "snapshots" / "abc" / "model.safetensors").write_bytes(safetensors({"a": 10}))
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    assert model_files.model_config("org/name") == MODEL
    config["model"]["name"] = "org/name"
    configuration.check(config)
    weights = {"a": "model-1.safetensors", "b": "model-2.safetensors"}
    (repository / "snapshots" / "abc" / "model.safetensors").rename(repository / "snapshots/abc/model-1.safetensors")
    (repository / "snapshots" / "abc" / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weights}))
    assert re.match(r"The model file \S+/model-2.safetensors is not there", sentences(config)[0])
    (repository / "snapshots" / "abc" / "model.safetensors.index.json").unlink()
    (repository / "snapshots" / "abc" / "model-1.safetensors").unlink()
    assert sentences(config)[0].startswith("The model org/name has no weights (*.safetensors) in the cache")
    monkeypatch.setattr(
        "huggingface_hub.constants.HF_HUB_OFFLINE", False
    )  # then the job that loads them downloads them
    model_files.check_files("org/name")
    config["model"]["revision"] = "v2"
    assert sentences(config)[0].startswith("The model org/name at revision v2 is not")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"sliding_window": 4096}, "The model model has layers of the kind sliding_attention, and only full attention"),
        ({"layer_types": ["linear_attention", "full_attention"]}, "The model model has layers of the kind linear_att"),
        ({"model_type": "jamba"}, "The model model (jamba) has recurrent layers"),
        ({"attn_logit_softcapping": 50.0}, "The model model caps its attention scores (attn_logit_softcapping)"),
        ({"hidden_size": 65536}, "The model does not fit: weights"),
    ],
)
def test_a_model_that_is_not_served_or_does_not_fit(config, tmp_path, more, sentence):
    (tmp_path / "model" / "config.json").write_text(json.dumps(MODEL | {"intermediate_size": 65536} | more))
    (tmp_path / "model" / "model.safetensors").rename(tmp_path / "model" / "part.safetensors")  # its header is not read
    config["memory"]["capacity"] = "40GiB"
    assert sentences(config)[0].startswith(sentence)
    (tmp_path / "model" / "config.json").write_text(json.dumps(MODEL | {"use_sliding_window": False}))
    configuration.check(config)


def test_all_recurrent_models_that_transformers_knows_are_refused():
    import transformers
    from transformers.models.auto import configuration_auto, modeling_auto

    checked = set()
    for family in modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        module = configuration_auto.model_type_to_module_name(family)
        code = Path(transformers.__file__).parent / "models" / module / f"modeling_{module}.py"
        if code.exists() and "_is_stateful = True" in code.read_text("utf-8"):
            checked.add(family)
            with pytest.raises(model_files.ModelError, match="choose a model with full attention"):
                model_files.check_attention(transformers.AutoConfig.for_model(family).to_dict(), family)
    assert checked >= model_files.RECURRENT_FAMILIES
