"""A GPU or a model that cannot serve is reported before the first paper."""

import contextlib
import io
import os
from types import SimpleNamespace

import pytest
import torch
from conftest import model_section

from designspace.engine import gpus, loading
from designspace.engine.gpus import check_gpus
from designspace.planning import model_files
from designspace.runner import driver, worker


@pytest.mark.parametrize(
    ("capability", "free", "total", "sentence"),
    [
        ((7, 5), 79, 80, "The GPU, One GPU, is of compute capability 7.5, and at least 8.0 is needed"),
        (
            (8, 0),
            39,
            40,
            "The GPU, One GPU, has 40.00 GiB, and the memory is planned for 79.25 GiB .*to 40960MiB or le",
        ),
        ((9, 0), 77, 80, "Of the 80.00 GiB of the GPU, One GPU, only 77.00 GiB are free, .*nvidia-smi"),
        ((9, 0), None, 80, "PyTorch cannot compute on the GPU here: busy"),
        ((9, 0), 78, 80, None),
    ],
)
def test_a_wrong_gpu_is_a_sentence_before_the_first_paper(monkeypatch, capability, free, total, sentence):
    def memory(gpu):
        if free is None:
            raise torch.AcceleratorError("busy")
        return free << 30, total << 30

    answers = {"device_count": lambda: 1, "get_device_name": lambda gpu: "One GPU", "mem_get_info": memory}
    for name, answer in (answers | {"get_device_capability": lambda gpu: capability}).items():
        monkeypatch.setattr(torch.cuda, name, answer)
    monkeypatch.setattr(torch, "ones", lambda *shape, device: torch.zeros(*shape))  # this machine may have no GPU
    with pytest.raises(model_files.ModelError, match=sentence) if sentence else contextlib.nullcontext():
        check_gpus(1, int(79.25 * 2**30), 2 << 30)


@pytest.mark.parametrize(("there", "wanted", "seen"), [(0, 1, "none"), (1, 2, "1")])
def test_fewer_gpus_than_are_asked_for_are_reported(monkeypatch, there, wanted, seen):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: there)
    sentence = f"The configuration asks for a GPU .*`model.gpus` {wanted}.* and PyTorch sees {seen} here"
    with pytest.raises(model_files.ModelError, match=sentence):
        check_gpus(wanted, 24 << 30, 2 << 30)


def test_a_gpu_for_one_process_only_is_not_shared(tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho Default\necho Exclusive_Process\n")
    tool.chmod(0o755)
    assert gpus.obstacle_to_processes() == ""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    sentence = "The GPU serves one process at a time (compute mode Exclusive_Process)."
    assert gpus.obstacle_to_processes() == sentence
    monkeypatch.setattr(worker, "load", lambda job: pytest.fail("the driver itself is on the GPU"))
    log = io.StringIO()
    assert driver.load_for_all(SimpleNamespace(model={"device": "cuda"}), log) is None
    assert log.getvalue() == f"{sentence} Each paper loads the weights itself.\n"


def test_a_model_never_spills_into_main_memory(model_folder, monkeypatch):
    spilled = SimpleNamespace(hf_device_map={"model.layers.0": 0, "model.layers.1": "cpu"})
    monkeypatch.setattr(loading.AutoModelForCausalLM, "from_pretrained", lambda **how: spilled)
    section = model_section(model_folder, device="cuda", gpus=2, attention="plain")
    with pytest.raises(
        model_files.ModelError, match=r"do not fit 2 GPUs \(some would be on cpu\): set `model.gpus` to more"
    ):
        loading.load(**section, room=2**30)
