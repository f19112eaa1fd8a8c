"""Weights of eight bits: rounded to the nearest, planned for, and shared by the papers of a batch."""

import dataclasses
import json

import pytest
import torch
from batches import job_of, lines, read_papers
from conftest import model_section, random_model

from designspace.engine import int8, loading
from designspace.planning import shapes
from designspace.runner import driver


@pytest.fixture
def papers(tokenizer):
    return read_papers(tokenizer)


@pytest.fixture
def folder(tmp_path):
    """A small model; that of this family has biases."""
    random_model("qwen2").save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def load(folder, quantization=None):
    loaded = loading.load(**model_section(str(folder), quantization=quantization), room=2**30)
    loaded.set_attn_implementation("sdpa")
    return loaded


def test_a_model_answers_as_one_with_the_nearest_weights(folder):
    tokens = torch.randint(0, 640, (2, 50))
    exact, rounded = load(folder), load(folder, "int8")
    layers = {name: layer for name, layer in rounded.named_modules() if isinstance(layer, int8.Int8Linear)}
    assert len(layers) == 2 * 7
    for name, layer in layers.items():
        weight, step = exact.get_submodule(name).weight, layer.scale[:, None]
        near = layer.weight * step
        assert ((weight - near).abs() <= step * 0.501).all()
        weight.data = near
    with torch.inference_mode():
        torch.testing.assert_close(rounded(tokens).logits, exact(tokens).logits, rtol=1e-4, atol=1e-3)


def test_rounded_weights_are_planned_for(folder):
    config = json.loads((folder / "config.json").read_text())
    actual = loading.size(load(folder, "int8"))
    assert actual <= shapes.weights_bytes(config, "float32", folder, "int8") <= 1.05 * actual


def test_papers_of_a_batch_attach_rounded_weights(model_folder, papers, tmp_path, capsys):
    job = job_of(model_folder)
    job = dataclasses.replace(job, model=job.model | {"quantization": "int8"})
    driver.run(job, papers[:2], tmp_path / "b.jsonl")
    assert [record["status"] for record in lines(tmp_path / "b.jsonl")] == ["ok", "ok"]
    assert "loads the weights itself" not in capsys.readouterr().err
