"""The memory plan agrees with real models and with what was measured on a GPU."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, model_section, random_model

from designspace.planning import memory, model_files, shapes
from designspace.planning.branches import of_papers
from designspace.planning.costs import GIB, PROCESS_BYTES, costs_of, peak_bytes

QWEN3_32B = {
    "model_type": "qwen3",
    "num_hidden_layers": 64,
    "hidden_size": 5120,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "intermediate_size": 25600,
    "vocab_size": 151936,
    "tie_word_embeddings": False,
    "max_position_embeddings": 40960,
    "torch_dtype": "bfloat16",
}


def qwen3_costs(config=QWEN3_32B, prefill_chunk=4096, branches=32, branch_tokens=32 + 64, **model):
    model = model_section("Qwen3", **{"dtype": "bfloat16", "device": "cuda"} | model)
    weights = shapes.weights_bytes(config, model["dtype"], None, model["quantization"])
    task = {"prefill_chunk": prefill_chunk, "branches": branches, "branch_tokens": branch_tokens}
    return costs_of(config, weights, model, **task)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1B", 1), ("2KiB", 2048), ("24GB", 24 * 10**9), ("79.25GiB", 79.25 * 2**30), ("16000 MiB", 16000 * 2**20)],
)
def test_sizes(text, size):
    assert memory.parse_size(text) == size


@pytest.mark.parametrize("text", ["", "80", "80G", "GiB", "-1GiB", "1e3MB", "1 gib", "80GiB of RAM"])
def test_what_is_no_size(text):
    with pytest.raises(ValueError, match="is not a size; write one like 79.25GiB"):
        memory.parse_size(text)


@pytest.mark.parametrize(
    ("family", "more"),
    [
        ("llama", {}),
        ("llama", {"attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True}),
        ("mistral", {"head_dim": 24}),
        ("qwen2", {}),
        ("qwen2", {"tie_word_embeddings": True}),
        ("qwen3", {"head_dim": 32}),
        ("qwen3", {"attention_bias": True}),
    ],
)
def test_parameters_are_counted_exactly(family, more):
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    shape = {"vocab_size": 1000, "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 3}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
    config = AutoConfig.for_model(family, **shape, **heads, **more)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    assert shapes.count_parameters(config.to_dict()) == sum(p.numel() for p in model.parameters())


def test_the_parameters_of_a_large_model_are_counted_exactly():
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = {key: value for key, value in QWEN3_32B.items() if key not in ("model_type", "torch_dtype")}
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model("qwen3", **config))
    assert shapes.count_parameters(QWEN3_32B) == sum(p.numel() for p in model.parameters()) == 32_762_123_264


def test_experts_are_not_guessed():
    with pytest.raises(ValueError, match="mixture of experts"):
        shapes.count_parameters(QWEN3_32B | {"num_experts": 128})


def test_shapes_whose_numbers_are_left_out_or_nested():
    plain = {key: QWEN3_32B[key] for key in QWEN3_32B if key not in ("head_dim", "num_key_value_heads")}
    shape = shapes.Shape.of(plain)
    assert (shape.kv_heads, shape.head_dim, shape.tied) == (64, 80, False)
    nested = shapes.Shape.of({"model_type": "gemma3", "text_config": QWEN3_32B | {"model_type": "gemma3_text"}})
    assert (nested.family, nested.layers, nested.tied) == ("gemma3_text", 64, False)
    assert shapes.Shape.of({key: plain[key] for key in plain if key != "tie_word_embeddings"}).tied is False
    with pytest.raises(ValueError, match=r"config.json \(qwen3\) has no 'hidden_size'"):
        shapes.Shape.of({key: QWEN3_32B[key] for key in QWEN3_32B if key != "hidden_size"})


@pytest.mark.parametrize("tied", [True, False])
def test_weights_of_a_file_are_its_tensors(tmp_path, tied):
    model = random_model("qwen3")
    if tied:
        model.config.tie_word_embeddings = True
        model.tie_weights()
    model.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    parameters = sum(p.numel() for p in model.parameters())
    assert shapes.weights_bytes(config, "float32", tmp_path) == 4 * parameters
    assert shapes.weights_bytes(config, "bfloat16", tmp_path) == 2 * parameters
    stored = config | {"quantization_config": {}}
    assert shapes.weights_bytes(stored, "bfloat16", tmp_path) == 4 * parameters


def test_weights_of_an_index_are_its_total(tmp_path):
    model = random_model("llama")
    model.save_pretrained(tmp_path, max_shard_size="100KB")
    config = json.loads((tmp_path / "config.json").read_text())
    parameters = sum(p.numel() for p in model.parameters())
    for shard in tmp_path.glob("*.safetensors"):
        shard.unlink()  # a hub model is planned before it is downloaded
    assert shapes.weights_bytes(config, "float32", tmp_path) == 4 * parameters
    assert shapes.weights_bytes(config, "bfloat16", tmp_path) == 2 * parameters
    assert shapes.weights_bytes(config | {"quantization_config": {}}, "bfloat16", tmp_path) == 4 * parameters


def test_key_value_bytes_are_those_of_the_cache():
    """Against transformers' own cache, filled by a model."""
    import torch

    model = random_model("mistral")
    with torch.no_grad():
        cache = model(torch.ones(1, 7, dtype=torch.long)).past_key_values
    filled = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert 7 * qwen3_costs(config=model.config.to_dict(), dtype="float32")["kv_bytes_per_token"] == filled


def test_the_shapes_of_the_embedded_model_are_those_that_are_fetched(embedded_model):
    fetched = json.loads(Path(embedded_model, "config.json").read_text())
    assert shapes.Shape.of(model_files.EMBEDDED_CONFIG) == shapes.Shape.of(fetched)
    assert shapes.weights_bytes(model_files.EMBEDDED_CONFIG, "float32") == shapes.weights_bytes(
        fetched, "float32", embedded_model
    )


QWEN3_8B = QWEN3_32B | {"num_hidden_layers": 36, "hidden_size": 4096, "num_attention_heads": 32}
QWEN3_8B |= {"intermediate_size": 12288}
LLAMA_8B = QWEN3_8B | {"model_type": "llama", "num_hidden_layers": 32, "intermediate_size": 14336, "vocab_size": 128256}


@pytest.mark.parametrize(
    ("config", "quantization", "measured"),
    [
        (QWEN3_32B, None, {4070: 65.56, 12248: 67.31, 40940: 74.31, 49226: 76.56, 57405: 78.56}),
        (QWEN3_32B, "int8", {12283: 38.49}),
        (QWEN3_8B, None, {4060: 18.62, 12268: 19.60, 40927: 23.54}),
        (LLAMA_8B, None, {4054: 18.09, 12280: 18.98, 40941: 22.48}),
    ],
    ids=["Qwen3-32B", "Qwen3-32B in int8", "Qwen3-8B", "Llama-3.1-8B"],
)
def test_the_plan_is_at_or_a_little_above_what_was_measured(config, quantization, measured):
    """GiB in use of an H200, prompts of that many tokens: docs/memory.md. No other process made itself ready, and
    neither of the two had loaded cuDNN, which is planned for now."""
    costs = qwen3_costs(config, branches=108, branch_tokens=54, quantization=quantization)
    for tokens, used in measured.items():
        planned = peak_bytes(costs, tokens) - PROCESS_BYTES["cuda"]
        with_cudnn = used + 2 * 0.08
        assert with_cudnn <= planned / GIB <= 1.03 * with_cudnn


def test_the_sizes_of_a_large_model_are_those_that_were_measured():
    costs = qwen3_costs()
    assert round(costs["weights_bytes"] / GIB, 2) == 61.02
    assert costs["kv_bytes_per_token"] == 256 * 1024


def plan(costs, capacity="79.25GiB", overhead_tokens=1900, **more):
    capacity = memory.parse_size(capacity)
    return memory.plan(costs, capacity=capacity, reserve=2 * GIB, overhead_tokens=overhead_tokens, **more)


def test_positions_bound_the_budget():
    costs = qwen3_costs()
    made = plan(costs)
    assert made["limited_by"] == "positions"
    assert made["token_budget"] % 256 == 0
    used = made["token_budget"] + made["overhead_tokens"] + made["branch_tokens"]
    assert 40960 - 256 < used <= 40960
    assert plan(costs, "141GiB")["token_budget"] == made["token_budget"]


def test_memory_bounds_the_budget():
    made = plan(qwen3_costs(), "70GiB")
    assert made["limited_by"] == "memory"
    left = 68 * GIB - made["predicted_peak_bytes"]
    assert 0 <= left < 256 * made["kv_bytes_per_token"]
    assert made["predicted_peak_bytes"] == peak_bytes(made, made["token_budget"] + made["overhead_tokens"])


def test_the_prompts_of_several_papers_fill_the_memory_together():
    for papers, number in ((1, 64), (4, 128)):
        costs = qwen3_costs(branches=of_papers(64, papers), branch_tokens=70)
        assert costs["branches"] == number
        tokens = memory.prefix_tokens(costs, 79 * GIB, 2 * GIB)
        assert 0 <= 77 * GIB - peak_bytes(costs, tokens) < costs["kv_bytes_per_token"]
    assert [of_papers(6, papers) for papers in (1, 4, 30)] == [6, 24, 128]


def test_a_small_edit_of_the_library_changes_no_budget():
    costs = qwen3_costs()
    assert plan(costs, overhead_tokens=1100) == plan(costs, overhead_tokens=2048)
    assert plan(costs, overhead_tokens=2049)["token_budget"] == plan(costs)["token_budget"] - 1024


def test_a_smaller_chunk_leaves_room_for_more_tokens():
    budgets = [plan(qwen3_costs(prefill_chunk=chunk), "70GiB")["token_budget"] for chunk in (8192, 4096, 1024)]
    assert budgets == sorted(set(budgets))


def test_a_budget_set_by_hand():
    made = plan(qwen3_costs(), token_budget=10_000)
    assert (made["token_budget"], made["limited_by"]) == (10_000, "setting")
    with pytest.raises(
        memory.DoesNotFit, match=r"token_budget is 40,000, and the most that fits is 38,656 \(limited by"
    ):
        plan(qwen3_costs(), token_budget=40_000)


def test_a_model_that_does_not_fit_is_a_sentence_with_the_numbers():
    with pytest.raises(memory.DoesNotFit, match=r"weights 61.02 GiB \+ fixed .* GiB .* of 24.00 GiB .*a GPU with more"):
        plan(qwen3_costs(), "24GiB")
    with pytest.raises(memory.DoesNotFit, match="Use more memory for the job, a smaller model"):
        plan(qwen3_costs(device="cpu"), "24GiB")
    with pytest.raises(memory.DoesNotFit, match="of its 2,048 positions the prompt around a paper takes 2,048 and an"):
        plan(qwen3_costs(config=QWEN3_32B | {"max_position_embeddings": 2048}))


def run(*arguments):
    script = [sys.executable, str(ROOT / "scripts" / "plan_memory.py"), *map(str, arguments)]
    return subprocess.run(script, capture_output=True, text=True)


def test_the_table_of_a_model(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(QWEN3_32B))
    by_file = run("--model", tmp_path / "config.json", "--gpu-memory", "69GiB")
    assert by_file.returncode == 0
    _, *rows, budget, _ = by_file.stdout.splitlines()
    lengths = [row.split()[0] for row in rows]
    assert lengths == ["4,096", "8,192", "16,384", "32,768", "40,960"]
    assert [row.endswith("not fit") for row in rows] == [False, False, True, True, True]
    assert all(row.split()[1] == "61.02" for row in rows)
    assert "limited by memory" in budget
    assert run("--model", tmp_path, "--gpu-memory", "69GiB").stdout == by_file.stdout


def test_the_rules_use(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(QWEN3_32B))
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())["memory"]
    output = tmp_path / "memory_plan.json"
    done = run(
        "--model", tmp_path, "--capacity", config["capacity"], "--reserve", config["reserve"], "--output", output
    )
    written = json.loads(output.read_text())
    room = config["capacity"]
    assert written["extraction"] == plan(qwen3_costs(branches=64, branch_tokens=32 + 38), room)
    assert written["discovery"] == plan(qwen3_costs(branches=6, branch_tokens=32 + 4096 // 6), room)
    assert written["token_budget"] == written["discovery"]["token_budget"] == 38144
    assert written["prefill_chunk"] == 4096
    first, second = done.stdout.splitlines()
    assert first.startswith("extraction: 38,656 tokens of a paper, limited by positions; predicted peak ")
    assert second.startswith("discovery: 38,144 tokens of a paper, limited by positions; predicted peak ")


def test_the_budget_of_the_contexts_is_the_smaller_one_of_the_tasks(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(QWEN3_32B))
    longer = ["--reasoning", "--extraction-new-tokens", 12_000, "--discovery-new-tokens", 256]
    for flags, smaller in (([], "discovery"), (longer, "extraction")):
        assert run("--model", tmp_path, *flags, "--output", tmp_path / "plan.json").returncode == 0
        written = json.loads((tmp_path / "plan.json").read_text())
        budgets = {task: written[task]["token_budget"] for task in ("extraction", "discovery")}
        assert written["token_budget"] == budgets[smaller] == min(budgets.values()) < max(budgets.values())


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--gpu-memory", "24GiB"], "The model does not fit: weights 61.02 GiB"),
        (["--gpu-memory", "24 gigs"], "'24 gigs' is not a size"),
        (["--model", "nobody/nothing"], "The model nobody/nothing is not a folder here"),
    ],
)
def test_trouble_is_a_sentence(tmp_path, flags, sentence):
    (tmp_path / "config.json").write_text(json.dumps(QWEN3_32B))
    done = run("--model", tmp_path, *flags, "--output", tmp_path / "plan.json")
    assert done.returncode == 1
    assert done.stderr.startswith(f"plan_memory: {sentence}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "plan.json").exists()
