"""Weights of eight bits: rounded to the nearest or as a checkpoint has them, planned for, and shared."""

import dataclasses
import json

import pytest
import torch
from batches import job_of, lines, read_papers
from conftest import model_section, random_model
from safetensors.torch import load_file, save_file

from designspace.engine import fp8, int8, linear, loading
from designspace.planning import model_files, shapes
from designspace.runner import driver

BLOCK = 128
LAYERS = 2 * 7
ROUNDED_LAYERS = int8.Int8Linear, fp8.Fp8Linear
WAYS = [("folder", "int8"), ("folder", "fp8"), ("official", "fp8")]  # a checkpoint, and what it is loaded with


@pytest.fixture
def folder(tmp_path):
    """A small model; that of this family has biases."""
    random_model("qwen2").save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def official(folder):
    """The same model as a checkpoint that is rounded already, in blocks, its scales in bfloat16."""
    tensors = load_file(folder / "model.safetensors")
    for name in [name for name in tensors if name.endswith("_proj.weight")]:
        tensors[name], tensors[f"{name}_scale_inv"] = in_blocks(tensors[name])
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    rounding = {"quant_method": "fp8", "activation_scheme": "dynamic", "fmt": "e4m3"}
    rounding |= {"weight_block_size": [BLOCK, BLOCK], "modules_to_not_convert": ["lm_head"]}
    (folder / "config.json").write_text(json.dumps(config | {"quantization_config": rounding}))
    return folder


def in_blocks(weight):
    """A weight in e4m3, and the scales of its blocks."""
    rows, columns = weight.shape
    padded = torch.nn.functional.pad(weight, (0, -columns % BLOCK, 0, -rows % BLOCK))
    blocks = padded.unflatten(1, (-1, BLOCK)).unflatten(0, (-1, BLOCK))
    scale = (blocks.abs().amax((1, 3)) / 448).to(torch.bfloat16)
    rounded = (blocks / scale.float()[:, None, :, None]).clamp(-448, 448).to(torch.float8_e4m3fn)
    return rounded.flatten(2).flatten(0, 1)[:rows, :columns].contiguous(), scale


def load(folder, quantization=None):
    loaded = loading.load(**model_section(str(folder), quantization=quantization), room=2**30)
    loaded.set_attn_implementation("sdpa")
    return loaded


def layers_of(model):
    layers = {name: layer for name, layer in model.named_modules() if isinstance(layer, ROUNDED_LAYERS)}
    assert len(layers) == LAYERS
    return layers


def assert_same_logits(rounded, exact):
    tokens = torch.randint(0, 640, (2, 50))
    with torch.inference_mode():
        torch.testing.assert_close(rounded(tokens).logits, exact(tokens).logits, rtol=1e-4, atol=1e-3)


def test_int8_answers_as_a_model_with_the_nearest_weights(folder):
    exact, rounded = load(folder), load(folder, "int8")
    for name, layer in layers_of(rounded).items():
        weight, step = exact.get_submodule(name).weight, layer.scale[:, None]
        near = layer.weight * step
        assert ((weight - near).abs() <= step * 0.501).all()
        weight.data = near
    assert_same_logits(rounded, exact)


def test_fp8_answers_as_a_model_with_the_nearest_weights(folder):
    exact, rounded = load(folder), load(folder, "fp8")
    for name, layer in layers_of(rounded).items():
        weight, scale = exact.get_submodule(name).weight, layer.scale
        near = layer.weight.float() * scale
        assert near.abs().amax(1).allclose(weight.abs().amax(1))  # the largest of a row is the largest of the format
        half_a_step = torch.maximum(weight.abs() / 16, scale * 2**-10)  # three bits behind the point; subnormals
        assert ((weight - near).abs() <= half_a_step * 1.001).all()
        weight.data = near
    assert_same_logits(rounded, exact)


def test_a_checkpoint_that_is_rounded_already_is_taken_as_it_is(folder, official):
    rounded, stored = load(official, "fp8"), load_file(official / "model.safetensors")
    exact = random_model("qwen2")
    exact.load_state_dict({name: tensor for name, tensor in stored.items() if "_proj.weight" not in name}, strict=False)
    for name, layer in layers_of(rounded).items():
        weight, scale = stored[f"{name}.weight"], stored[f"{name}.weight_scale_inv"].float()
        assert layer.weight.view(torch.uint8).equal(weight.view(torch.uint8))
        for row in range(0, len(weight), BLOCK):
            for column in range(0, weight.shape[1], BLOCK):
                block = slice(row, row + BLOCK), slice(column, column + BLOCK)
                value = weight[block].float() * scale[row // BLOCK, column // BLOCK]
                exact.get_submodule(name).weight.data[block] = value
    assert_same_logits(rounded, exact)


@pytest.mark.parametrize(("checkpoint", "quantization"), WAYS)
def test_rounded_weights_are_planned_for(checkpoint, quantization, request):
    folder = request.getfixturevalue(checkpoint)
    config = json.loads((folder / "config.json").read_text())
    actual = loading.size(load(folder, quantization))
    assert actual <= shapes.weights_bytes(config, "float32", folder, quantization) <= 1.05 * actual


def test_weights_of_a_large_model_are_half_of_those_in_bfloat16():
    config = {"model_type": "qwen3", "num_hidden_layers": 64, "hidden_size": 5120, "intermediate_size": 25600}
    config |= {"num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936}
    config |= {"max_position_embeddings": 40960, "tie_word_embeddings": False}
    exact, rounded = (shapes.weights_bytes(config, "bfloat16", None, way) / 2**30 for way in (None, "fp8"))
    assert 29.0 < exact - rounded < 29.1  # the embeddings and the output layer stay


@pytest.mark.parametrize(("checkpoint", "quantization"), WAYS)
def test_papers_of_a_batch_attach_rounded_weights(checkpoint, quantization, request, tokenizer, tmp_path, capsys):
    folder = request.getfixturevalue(checkpoint)
    tokenizer.save_pretrained(folder)
    job = job_of(str(folder))
    job = dataclasses.replace(job, model=job.model | {"quantization": quantization})
    driver.run(job, read_papers(tokenizer)[:2], {"extraction": tmp_path / "b.jsonl"})
    assert [record["status"] for record in lines(tmp_path / "b.jsonl")] == ["ok", "ok"]
    assert "loads the weights itself" not in capsys.readouterr().err


def test_a_gpu_without_fp8_is_refused_before_anything_is_loaded(folder, monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda gpu: (8, 6))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda gpu: "NVIDIA A40")
    section = model_section(str(folder / "not there"), quantization="fp8", device="cuda", attention="plain")
    with pytest.raises(model_files.ModelError, match="8.9 or newer .* NVIDIA A40 here is of 8.6: set .* int8"):
        loading.load(**section, room=2**30)


ROUNDED = {"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}


@pytest.mark.parametrize(
    ("rounding", "quantization", "message"),
    [
        (ROUNDED, None, "is null: set it to fp8"),
        (ROUNDED, "int8", "is int8: set it to fp8"),
        (ROUNDED | {"weight_block_size": None}, "fp8", "only dense models with blocks of 128 x 128"),
        (ROUNDED | {"activation_scheme": "static"}, "fp8", "only dense models with blocks of 128 x 128"),
        ({"quant_method": "awq"}, "fp8", "awq in its config.json.* set it to null"),
    ],
)
def test_weights_and_the_setting_that_do_not_go_together(folder, rounding, quantization, message):
    config = json.loads((folder / "config.json").read_text()) | {"quantization_config": rounding}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(model_files.ModelError, match=message):
        shapes.read_model(model_section(str(folder), quantization=quantization))
    with pytest.raises(model_files.ModelError, match=message):
        load(folder, quantization)


def test_int8_rounds_weights_in_bfloat16_to_the_nearest():
    weight = torch.randn(64, 512).to(torch.bfloat16)
    rounded, scale = int8.round_rows(weight)
    exact = weight.double() / scale[:, None].double()
    assert ((rounded - exact).abs() <= 0.5).logical_or(exact.abs() > int8.LARGEST).all()


def test_rows_are_rounded_by_their_largest_value():
    x = torch.tensor([[1.0, -448.0, 17.0, 0.0], [0.0, 0.0, 0.0, 0.0], [4480.0, 10.0, -0.1, 170.0]])
    rounded, scale = fp8.round_rows(x)
    assert scale.flatten().tolist() == pytest.approx([1, 1e-12, 10])
    assert rounded.float().tolist() == [[1, -448, 16, 0], [0, 0, 0, 0], [448, 1, -0.009765625, 17 - 1]]


@pytest.mark.parametrize("rows", [1, 6, 32, 48, 64, 108, 128, 300])
@pytest.mark.parametrize("blocks", [False, True])
@pytest.mark.parametrize(("inputs", "outputs"), [(72, 40), (144, 48), (512, 128)])
def test_products_are_those_of_the_rounded_matrices(rows, blocks, inputs, outputs, device):
    """Of several layers over the same rows, and of a gated pair."""
    gate, up, other = layers = [layer_of(inputs, n, blocks, device) for n in (256, 256, outputs)]
    x = torch.randn(rows, 1, inputs, device=device, dtype=torch.bfloat16)
    exact = [reference(layer, x) for layer in layers]
    exact.append(torch.nn.functional.silu(exact[0]) * exact[1])
    for actual, right in zip([*linear.project(x, *layers), linear.gated(x, gate, up)], exact, strict=True):
        assert actual.shape == right.shape and actual.dtype == x.dtype
        assert (actual.double() - right).norm() / right.norm() < 1e-2


def layer_of(inputs, outputs, blocks, device):
    weight = torch.randn(outputs, inputs, device=device) * torch.rand(outputs, 1, device=device)
    weight, scale = in_blocks(weight) if blocks else fp8.round_rows(weight)
    return fp8.Fp8Linear(weight, scale.float(), torch.randn(outputs, device=device, dtype=torch.bfloat16))


def reference(layer, x):
    """What the layer makes of x in float64: where a GPU multiplies in e4m3, of x rounded."""
    rounded, scale = fp8.round_rows(x)
    x = x.double()
    if linear.is_few(x, layer) or layer.is_multiplied():
        x = (rounded.double() * scale.double()).unflatten(0, x.shape[:-1])
    return torch.nn.functional.linear(x, layer.dequantised(torch.float64), layer.bias.double())
