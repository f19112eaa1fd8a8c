"""The times that are expected of a model are those of docs/performance.md, measured with random weights."""

import pytest
from conftest import ROOT

from designspace.planning import branches
from designspace.planning.branches import Branches
from designspace.planning.shapes import count_parameters, weights_bytes
from designspace.planning.speed import GPUS, PAPER_SECONDS, Asked, Speed, cpu, of_discovery, of_extraction
from designspace.settings import estimate, parameters

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
    step = speed_of(gpu, quantization).step()
    assert 1 / 1.1 < 1000 * step / milliseconds < 1.1


def test_a_paper_is_its_prefill_and_its_steps():
    """3.02 s for 32 branches of 64 tokens, and 6.49 s for 6 of 256, both with the prefill."""
    assert 1 / 1.2 < speed_of("H200").paper(12_288, Asked(64, 32 * 64)) / 3.02 < 1.2
    assert 1 / 1.2 < speed_of("H200").paper(12_288, Asked(256, 6 * 256)) / 6.49 < 1.2
    assert speed_of("H200").job() > 60e9 / 1.3e9


@pytest.mark.parametrize(
    ("config", "quantization", "seconds"),
    [(QWEN3_32B, None, 8.23), (QWEN3_32B, "fp8", 5.54), (QWEN3_8B, None, 3.14), (MISTRAL_24B, None, 5.66)],
)
def test_a_paper_takes_what_it_took_through_the_processes_of_a_run(config, quantization, seconds):
    """On one H200, papers of 12,288 tokens, both tasks, one at a time, with the start of the first process."""
    speed = speed_of("H200", quantization, config)
    expected = speed.paper(12_288, Asked(64, 32 * 64)) + speed.paper(12_288, Asked(256, 6 * 256), read=12_000)
    assert 1 / 1.4 < expected / seconds < 1.1


def test_a_cpu_takes_longer_with_more_rows_and_fewer_cores():
    weights = 4 * count_parameters(QWEN3_32B)
    two, four = (Speed(QWEN3_32B, weights, {"quantization": None}, cpu(cores, "float32")) for cores in (2, 4))
    assert two.paper(4096, Asked(1, 8)) > two.paper(4096, Asked(1, 1)) > four.paper(4096, Asked(1, 1))
    assert two.prefill(4096) == pytest.approx(2 * four.prefill(4096))


SMOLLM2_135M = {
    **{"model_type": "llama", "num_hidden_layers": 30, "hidden_size": 576, "intermediate_size": 1536},
    **{"num_attention_heads": 9, "num_key_value_heads": 3, "head_dim": 64, "vocab_size": 49152},
    **{"max_position_embeddings": 8192, "tie_word_embeddings": True},
}
QWEN25_1B = {
    **{"model_type": "qwen2", "num_hidden_layers": 28, "hidden_size": 1536, "intermediate_size": 8960},
    **{"num_attention_heads": 12, "num_key_value_heads": 2, "head_dim": 128, "vocab_size": 151936},
    **{"max_position_embeddings": 32768, "tie_word_embeddings": True},
}
# {paper: (tokens of the prompt, seconds)} of three runs on two idle cores that multiply bfloat16.
DEMO = {
    "extraction": {"l": (4632, 12.3), "m": (3064, 10.8), "o": (2892, 8.6), "t": (4627, 13.9)},
    "discovery": {"l": (4545, 12.6), "m": (2977, 8.7), "o": (2805, 8.1), "t": (4540, 13.4)},
}
EXAMPLE = {
    "extraction": {
        **{"d": (2475, 24.2), "h": (2840, 42.8), "l": (5079, 76.5), "m": (3540, 33.9)},
        **{"o": (3377, 28.5), "s": (2072, 31.9), "t": (5359, 53.2)},
    },
    "discovery": {
        **{"d": (1931, 20.1), "h": (2296, 25.6), "l": (4535, 29.9), "m": (2996, 28.2)},
        **{"o": (2833, 19.0), "s": (1528, 14.0), "t": (4815, 31.0)},
    },
}
OPEN_ACCESS = {
    "extraction": {"2019a": (10979, 101.4), "2018": (10959, 77.5), "2019b": (10975, 82.8)},
    "discovery": {"2019a": (10435, 63.2), "2018": (10415, 45.6), "2019b": (10431, 62.1)},
}


def expected(run, config, dtype, library, new_tokens, discovery):
    """{task: {paper: seconds}} by the plan."""
    of_speed = Speed(config, weights_bytes(config, dtype, None, None), {"quantization": None}, cpu(2, dtype))
    asked = {
        "extraction": of_extraction(library, branches.of_extraction(library, new_tokens, False)),
        "discovery": of_discovery(1, branches.of_discovery(*discovery)),
    }
    return {
        task: {paper: of_speed.paper(tokens, asked[task]) for paper, (tokens, _) in papers.items()}
        for task, papers in run.items()
    }


LIBRARY = parameters.load(ROOT / "config" / "parameters.yaml")
# The run of the small model had six questions about whole papers.
SIX = ("population", "handedness", "effector", "movement_plane", "perturbation_class", "target_distance")
OF_SMALL = [{**entry, "per": "paper", "multiple": False} for entry in LIBRARY if entry["name"] in SIX]
SMALL = (SMOLLM2_135M, "float32", OF_SMALL, 160, (1, 96))
LARGER = (QWEN25_1B, "bfloat16", LIBRARY, 2048, (4, 384))


@pytest.mark.parametrize(("run", "settings"), [(DEMO, SMALL), (EXAMPLE, LARGER), (OPEN_ACCESS, LARGER)])
def test_runs_on_a_cpu_take_what_they_took(run, settings):
    for task, papers in expected(run, *settings).items():
        taken = sum(seconds for _, seconds in run[task].values())
        assert 1 / 1.2 < sum(papers.values()) / taken < 1.2, task


@pytest.mark.parametrize(("read", "rest"), [(EXAMPLE, OPEN_ACCESS), (OPEN_ACCESS, EXAMPLE)])
def test_papers_that_were_read_say_what_others_take(read, rest):
    """Invented papers of three pages and real ones of thirteen, of which each has been read without the other."""
    answered = {task: {paper: seconds for paper, (_, seconds) in papers.items()} for task, papers in read.items()}
    factors, _ = estimate.scale(expected(read, *LARGER), answered)
    left = sum(factors[task] * sum(papers.values()) for task, papers in expected(rest, *LARGER).items())
    taken = sum(seconds for papers in rest.values() for _, seconds in papers.values())
    assert 1 / 1.2 < left / taken < 1.2


def test_steps_are_rounds_of_questions_and_findings_until_they_end():
    paper = {"name": "a", "kind": "integer"}
    assert of_extraction([paper], Branches(2, 64)).steps == 30
    assert of_extraction([paper, paper | {"multiple": True}], Branches(3, 64)).steps == 45
    short = of_extraction([paper, paper | {"per": "group"}], Branches(4, 10))
    assert short.steps == 30, "a branch has only 10 tokens"
    assert of_discovery(2, Branches(6, 682)).steps == 120 and of_discovery(5, Branches(6, 100)).steps == 100
