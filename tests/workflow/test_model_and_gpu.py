"""A model that is not whole and a GPU that others use are reported before the first paper, on the real workflow."""

import re

import pytest
from batches import lines
from conftest import run_first
from projects import configure, pdf, snakemake, study
from transformers import AutoModelForCausalLM


@pytest.fixture
def project(new_project):
    for n in (1, 2):
        pdf(study(n), new_project / "papers" / f"study_{n}.pdf")
    return new_project


def test_a_damaged_or_missing_shard_of_the_model_is_named_before_any_job(project):
    model = AutoModelForCausalLM.from_pretrained(project / "model")
    (project / "model" / "model.safetensors").unlink()
    model.save_pretrained(project / "model", max_shard_size="200KB")
    shard = min((project / "model").glob("model-00002-*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:-1000])
    damaged = rf"The model file model/{shard.name} has \d+ bytes and not \d+: it was cut short or changed; download"
    missing = f"The model file model/{shard.name} is not there, and model.safetensors.index"
    for sentence in (damaged, missing):
        finished, printed = snakemake(project, fails=True)
        assert not finished and re.search(sentence, printed) and "Traceback" not in printed
        assert not (project / "results").exists()
        shard.unlink(missing_ok=True)


# In ask.py, and nowhere else: what PyTorch says of a GPU that this machine need not have.
GPU = """
import sys

if any(argument.endswith("ask.py") for argument in sys.orig_argv):
    import torch

    ones = torch.ones
    torch.ones = lambda *shape, device: ones(*shape)
    torch.cuda.device_count = lambda: 1
    torch.cuda.get_device_name = lambda gpu: "Card"
    torch.cuda.get_device_capability = lambda gpu: (8, 0)
    torch.cuda.mem_get_info = lambda gpu: (20 << 30, 24 << 30)
"""


def test_a_gpu_that_others_use_is_reported_before_the_first_paper(project, tmp_path, monkeypatch):
    """tests/engine/test_loading.py has all that can be wrong with one."""
    configure(project, model={"device": "cuda", "attention": "plain"}, memory={"capacity": "24GiB"})
    run_first(monkeypatch, tmp_path, GPU)
    finished, printed = snakemake(project, "--resources", "gpu=1", "--until", "ask", fails=True)
    assert "ask" not in finished
    log = (project / "results" / "logs" / "ask" / "b0001.log").read_text()
    sentence = r"The batch stopped: Of the 24\.00 GiB of the GPU, Card, only 20\.00 GiB are free"
    for said in (printed, log):
        assert re.search(sentence, said) and "Traceback" not in said
    (answers,) = (project / "results" / "extraction").iterdir()
    assert answers.name == "b0001.jsonl.journal" and not lines(answers)[1:], "no paper was begun"
