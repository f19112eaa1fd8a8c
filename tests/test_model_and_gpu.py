"""A model that is not whole and a GPU that is not there are named before the first paper, on the real workflow."""

import re

import pytest
from test_workflow import configure, empty_project, new_project, pdf, snakemake, study  # noqa: F401 (two are fixtures)
from transformers import AutoModelForCausalLM


@pytest.fixture
def project(new_project):  # noqa: F811
    pdf(study(1), new_project / "papers" / "study_1.pdf")
    return new_project


def test_a_damaged_file_of_the_model_is_named_before_any_job(project):
    weights = project / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    finished, printed = snakemake(project, fails=True)
    sentence = (
        r"The model file model/model.safetensors has \d+ bytes and not \d+: it was cut short or changed; download"
    )
    assert not finished and re.search(sentence, printed) and "Traceback" not in printed
    assert not (project / "results").exists()


def test_a_missing_shard_of_the_model_is_named_before_any_job(project):
    model = AutoModelForCausalLM.from_pretrained(project / "model")
    (project / "model" / "model.safetensors").unlink()
    model.save_pretrained(project / "model", max_shard_size="200KB")
    shard = min((project / "model").glob("model-00002-*.safetensors"))
    shard.unlink()
    finished, printed = snakemake(project, fails=True)
    assert not finished and f"The model file model/{shard.name} is not there, and model.safetensors.index" in printed
    assert not (project / "results").exists()


def test_a_gpu_that_is_not_there_is_said_before_the_first_paper(project, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    configure(project, model={"device": "cuda", "attention": "plain"})
    finished, printed = snakemake(project, "--resources", "gpu=1", "--until", "extract", fails=True)
    assert "extract" not in finished
    assert re.search(r"extraction stopped: The configuration asks for a GPU .* and PyTorch sees none here", printed)
    assert not (project / "results" / "extraction" / "b0001.jsonl").exists()
