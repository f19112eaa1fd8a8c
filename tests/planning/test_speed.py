"""The times that are expected of a model are those of docs/performance.md, measured with random weights."""

import pytest

from designspace.planning.branches import Branches
from designspace.planning.shapes import count_parameters, weights_bytes
from designspace.planning.speed import GPUS, PAPER_SECONDS, Speed, cpu, discovery_steps, extraction_steps

QWEN3_32B = {
    **{"model_type": "qwen3", "num_hidden_layers": 64, "hidden_size": 5120, "intermediate_size": 25600},
    **{"num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936},
    **{"max_position_embeddings": 40960, "tie_word_embeddings": False},
}
QWEN3_8B = QWEN3_32B | {"num_hidden_layers": 36, "hidden_size": 4096, "intermediate_size": 12288}
QWEN3_8B |= {"num_attention_heads": 32}
MISTRAL_24B = QWEN3_32B | {"model_type": "mistral", "num_hidden_layers": 40, "intermediate_size": 32768}
MISTRAL_24B |= {"num_attention_heads": 32, "vocab_size": 131072}
GPU = {gpu.name: gpu for gpu in GPUS}


def speed_of(gpu, quantization=None, config=QWEN3_32B):
    weights = weights_bytes(config, "bfloat16", None, quantization)
    return Speed(config, weights, {"quantization": quantization}, GPU[gpu])


@pytest.mark.parametrize(
    ("gpu", "quantization", "tokens", "seconds"),
    [
        ("H200", None, 4_070, 0.9),
        ("H200", None, 12_288, 1.54),
        ("H100", None, 12_288, 1.54),
        ("H200", None, 40_940, 7.6),
        ("H200", None, 57_405, 13.4),
        ("H200", "fp8", 12_288, 1.03),
        ("H200", "int8", 12_288, 1.93),
    ],
)
def test_the_prefill_is_as_it_was_measured(gpu, quantization, tokens, seconds):
    expected = speed_of(gpu, quantization).prefill(tokens)
    assert (PAPER_SECONDS + expected) / seconds > 1 / 1.25 and expected / seconds < 1.25


@pytest.mark.parametrize(
    ("gpu", "quantization", "milliseconds"),
    [("H200", None, 19.3), ("H100", None, 25.7), ("H200", "fp8", 13.3), ("H200", "int8", 23.1)],
)
def test_a_step_is_as_it_was_measured(gpu, quantization, milliseconds):
    step = speed_of(gpu, quantization).step(12_288, 32)
    assert 1 / 1.1 < 1000 * step / milliseconds < 1.1


def test_a_paper_is_its_prefill_and_its_steps():
    """3.02 s for 32 branches of 64 tokens, and 6.49 s for 6 of 256, both with the prefill."""
    assert 1 / 1.2 < speed_of("H200").paper(12_288, Branches(32, 64), 64) / 3.02 < 1.2
    assert 1 / 1.2 < speed_of("H200").paper(12_288, Branches(6, 256), 256) / 6.49 < 1.2
    assert speed_of("H200").job() > 60e9 / 1.3e9


@pytest.mark.parametrize(
    ("config", "quantization", "branches", "seconds"),
    [
        (QWEN3_32B, None, (32, 64), 4.20),
        (QWEN3_32B, None, (6, 256), 7.06),
        (QWEN3_32B, "fp8", (32, 64), 2.56),
        (QWEN3_32B, "fp8", (6, 256), 4.87),
        (QWEN3_8B, None, (6, 256), 2.22),
        (MISTRAL_24B, None, (32, 64), 2.40),
    ],
)
def test_a_paper_takes_what_it_took_through_the_processes_of_a_run(config, quantization, branches, seconds):
    """On one H200, papers of 12,288 tokens, one at a time, with the start of the first process."""
    expected = speed_of("H200", quantization, config).paper(12_288, Branches(*branches), branches[1])
    assert 1 / 1.4 < expected / seconds < 1.1


def test_a_cpu_takes_longer_with_more_rows_and_fewer_cores():
    weights = 4 * count_parameters(QWEN3_32B)
    two, four = (Speed(QWEN3_32B, weights, {"quantization": None}, cpu(cores, "float32")) for cores in (2, 4))
    assert two.step(4096, 8) > two.step(4096, 1) > four.step(4096, 1)
    assert two.prefill(4096) == pytest.approx(2 * four.prefill(4096))


def test_steps_are_rounds_of_questions_and_findings_until_they_end():
    paper = {"name": "a", "kind": "integer"}
    assert extraction_steps([paper], Branches(2, 64)) == 30
    assert extraction_steps([paper, paper | {"multiple": True}], Branches(3, 64)) == 45
    assert extraction_steps([paper, paper | {"per": "group"}], Branches(4, 10)) == 30, "a branch has only 10 tokens"
    assert discovery_steps(2, Branches(6, 682)) == 120 and discovery_steps(5, Branches(6, 100)) == 100
