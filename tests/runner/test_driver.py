"""A batch of papers: fresh processes, further attempts, and what stops a run."""

import dataclasses
import io
import json
import os
import pickle
import shutil
import signal
import sys
from types import SimpleNamespace

import pytest
import torch
from batches import OPTIONS, SETTINGS, answers_of, job_of, lines, read_papers
from conftest import random_model
from llguidance.hf import from_tokenizer

from designspace.core import processes
from designspace.engine.masks import GrammarRefused, Masks
from designspace.planning import model_files
from designspace.planning.memory import estimate_tokens
from designspace.runner import command_line, driver, journal, line, paper_process, worker
from designspace.runner.groups import Paper, together
from designspace.runner.paper_process import PaperProcess
from designspace.tasks import extraction, grammars


@pytest.fixture
def papers(tokenizer):
    return read_papers(tokenizer)


def test_every_paper_has_its_line_and_a_batch_of_one_says_the_same(model_folder, papers, tmp_path):
    driver.run(job_of(model_folder), papers, {"extraction": tmp_path / "all.jsonl"})
    records = lines(tmp_path / "all.jsonl")
    assert [record["paper"] for record in records] == ["p1", "p2", "p3", "p4"]
    assert [record["status"] for record in records] == ["ok", "ok", "ok", "encrypted"]
    assert records[3]["reason"] == "It needs a password."
    for record in records[:3]:
        assert record["attempt"] == 1 and record["memory"]["predicted_bytes"] > 0 < record["memory"]["allocated_bytes"]
    assert {path.name for path in tmp_path.iterdir()} == {"all.jsonl", "all.jsonl.journal"}
    journal.discard(tmp_path.parent)
    assert [path.name for path in tmp_path.iterdir()] == ["all.jsonl"]
    # Alone, a paper's process loads the weights itself instead of attaching them.
    driver.run(job_of(model_folder), papers[1:2], {"extraction": tmp_path / "one.jsonl"})
    assert answers_of(lines(tmp_path / "one.jsonl")) == answers_of(records[1:2])


@pytest.mark.parametrize("at_once", [2, "auto"])
def test_papers_that_share_a_process_have_the_values_that_they_have_alone(model_folder, papers, tmp_path, at_once):
    jobs = {"alone": job_of(model_folder)}
    jobs["together"] = dataclasses.replace(jobs["alone"], papers_at_once=at_once)
    for name, job in jobs.items():
        driver.run(job, papers, {"extraction": tmp_path / f"{name}.jsonl"})
    alone, together = (lines(tmp_path / f"{name}.jsonl") for name in jobs)
    for one, other in zip(alone, together, strict=True):
        assert (one["paper"], one["status"]) == (other["paper"], other["status"])
        for value, same in zip(one.get("values", []), other.get("values", []), strict=True):
            assert value.pop("confidence") == pytest.approx(same.pop("confidence"), abs=1e-4)
            assert value.pop("p_null") == pytest.approx(same.pop("p_null"), abs=1e-4)
            assert value == same
    assert together[0]["memory"]["predicted_bytes"] > alone[0]["memory"]["predicted_bytes"]


def test_those_that_share_a_process_have_room_together(model_folder, papers, monkeypatch):
    readable = [Paper(*paper) for paper in papers[:3]]

    def groups(at_once, **memory):
        job = dataclasses.replace(job_of(model_folder, **memory), papers_at_once=at_once)
        return [[readable.index(paper) + 1 for paper in group] for group in together(job, readable)]

    assert groups(1) == [[1], [2], [3]] and groups(2) == [[1, 2], [3]] and groups("auto") == [[1, 2, 3]]
    monkeypatch.setattr("designspace.planning.memory.prefix_tokens", lambda costs, capacity, reserve: capacity)
    frame = estimate_tokens("".join(extraction.frame(job_of(model_folder).library, SETTINGS)))
    two = 2 * frame + sum(kept["tokens_kept"] for _, kept in papers[:2])
    assert groups("auto", capacity=two) == [[1, 2], [3]]
    assert groups("auto", capacity=two - 1) == [[1], [2], [3]]
    assert groups(3, capacity=two) == [[1, 2, 3]], "one that has no room yet is read later by the same process"


def test_without_shared_memory_every_paper_loads_the_weights(model_folder, papers, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
    driver.run(job_of(model_folder), papers[:2], {"extraction": tmp_path / "b.jsonl"}, log=sys.stdout)
    assert (
        "too little shared memory (/dev/shm) for the weights. Each paper loads the weights itself."
        in capsys.readouterr().out
    )
    assert [record["status"] for record in lines(tmp_path / "b.jsonl")] == ["ok", "ok"]


def test_out_of_memory_is_tried_again_with_less_and_is_recorded(model_folder, papers, tmp_path, monkeypatch):
    tried, wait = [], PaperProcess.outcome

    def starved(process, clock, when_freed):
        tried.append(process)
        if len(tried) < 3:
            return {"status": "out_of_memory", "reason": "CUDA out of memory."}
        return wait(process, clock, when_freed)

    monkeypatch.setattr(PaperProcess, "outcome", starved)
    driver.run(job_of(model_folder), papers[:1], {"extraction": tmp_path / "b.jsonl"})
    (fields,), kept = lines(tmp_path / "b.jsonl"), papers[0][1]
    assert len(tried) == 3
    assert fields["status"] == "ok" and fields["attempt"] == 3 and fields["token_budget"] == kept["token_budget"] // 2
    assert 0 < fields["tokens_kept"] <= fields["token_budget"]

    monkeypatch.setattr(PaperProcess, "outcome", lambda *a: {"status": "out_of_memory", "reason": "Full."})
    driver.run(job_of(model_folder), papers[:1], {"extraction": tmp_path / "c.jsonl"})
    (fields,) = lines(tmp_path / "c.jsonl")
    assert fields["status"] == "failed" and fields["attempt"] == 4
    assert fields["reason"].startswith("Out of memory on all 4 attempts") and fields["reason"].endswith("Full.")


def test_the_minutes_of_a_paper_are_not_those_that_its_model_takes_to_load(model_folder, papers, tmp_path, monkeypatch):
    given = []

    def late(process, clock, when_freed):
        given.append(clock.left)
        return {"status": "late"}

    monkeypatch.setattr(PaperProcess, "outcome", late)
    for number in (2, 1):
        driver.run(job_of(model_folder), papers[:number], {"extraction": tmp_path / f"{number}.jsonl"})
    assert given == [10 * 60, 10 * 60, (10 + line.LOADING_MINUTES) * 60]
    assert [record["reason"] for number in (2, 1) for record in lines(tmp_path / f"{number}.jsonl")][1:] == [
        "The paper was not done after 10 minutes (minutes_per_paper) and was stopped.",
        "The paper was not done after 10 minutes (minutes_per_paper) and 20 to load the model and was stopped.",
    ]


def test_memory_that_is_out_is_told_from_other_errors():
    with pytest.raises(RuntimeError) as of_a_cpu:
        torch.empty(1 << 60, dtype=torch.uint8)
    with pytest.raises(RuntimeError) as hidden:  # what ends the capture of a graph hides what went wrong in it
        try:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        finally:
            raise RuntimeError("CUDA error: operation failed due to a previous error during capture")
    of_a_driver = torch.AcceleratorError("CUDA error: out of memory")
    of_a_library = RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")
    for error in (of_a_cpu.value, hidden.value, of_a_driver, of_a_library, MemoryError()):
        assert worker.is_out_of_memory(error)
    for error in (RuntimeError("CUDA error: an illegal memory access"), ValueError("out of memory"), KeyError("x")):
        assert not worker.is_out_of_memory(error)


def test_a_process_that_dies_is_a_failed_paper(model_folder, papers, tmp_path):
    broken = (papers[0][0] | {"text": None}, papers[0][1])  # nothing can be read from this
    driver.run(job_of(model_folder), [broken, papers[1]], {"extraction": tmp_path / "b.jsonl"})
    first, second = lines(tmp_path / "b.jsonl")
    assert first["status"] == "failed" and "ended with code 1" in first["reason"]
    assert second["status"] == "ok"


def test_a_gpu_that_breaks_stops_the_run_and_fails_no_paper(model_folder, papers, tmp_path, monkeypatch):
    ones = torch.ones

    def broken(*shape, device=None):
        if device is None:
            return ones(*shape)
        raise torch.AcceleratorError("CUDA error: uncorrectable ECC error encountered")

    monkeypatch.setattr(torch, "ones", broken)  # in this process, which holds the weights
    fails = (papers[1][0] | {"text": None}, papers[1][1])  # its process ends with an error
    with pytest.raises(driver.Stop, match="cannot compute on the GPU any more .CUDA error: uncorrectable ECC error"):
        driver.run(job_of(model_folder), [papers[0], fails, papers[0]], {"extraction": tmp_path / "b.jsonl"})
    assert [record["status"] for record in lines(tmp_path / "b.jsonl.journal")[1:]] == ["ok"]


def test_a_process_that_is_ended_with_its_job_fails_no_paper(model_folder, papers, tmp_path, monkeypatch):
    monkeypatch.setattr(PaperProcess, "outcome", lambda *a: paper_process.ending(-signal.SIGTERM))
    with pytest.raises(driver.Stop, match="was ended with its job"):
        driver.run(job_of(model_folder), papers[:1], {"extraction": tmp_path / "b.jsonl"})
    assert not lines(tmp_path / "b.jsonl.journal")[1:]
    assert paper_process.ending(paper_process.SERVER_GONE)["status"] == "stop"


def test_a_model_that_cannot_be_loaded_stops_the_run_with_a_sentence(model_folder, papers, tmp_path):
    for batch_of in (papers[:1], papers[:2]):  # in the paper's process, and in the job's
        with pytest.raises((driver.Stop, model_files.ModelError), match="The model .*nowhere could not be loaded: "):
            driver.run(job_of(str(tmp_path / "nowhere")), batch_of, {"extraction": tmp_path / "b.jsonl"})
    damaged = shutil.copytree(model_folder, tmp_path / "damaged")
    (damaged / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(driver.Stop, match="The model .*damaged could not be loaded: "):
        driver.run(job_of(str(damaged)), papers[:1], {"extraction": tmp_path / "b.jsonl"})
    assert not (tmp_path / "b.jsonl").exists()


def test_a_gpu_that_is_not_there_stops_the_run_with_a_sentence(model_folder, papers, tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    job = job_of(model_folder)
    job.model["device"] = "cuda"
    with pytest.raises(driver.Stop, match="asks for a GPU .* and PyTorch sees none here"):
        driver.run(job, papers[:1], {"extraction": tmp_path / "b.jsonl"})


def test_layers_that_are_not_computed_exactly_are_refused(tmp_path, tokenizer, papers):
    sliding = random_model("mistral")
    sliding.config.sliding_window = 128
    sliding.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    with pytest.raises(driver.Stop, match="has layers of the kind sliding_attention"):
        driver.run(job_of(str(tmp_path / "model")), papers[:1], {"extraction": tmp_path / "b.jsonl"})


def test_a_grammar_that_is_refused_stops_the_run_and_fails_no_paper(model_folder, papers, tokenizer, monkeypatch):
    monkeypatch.setattr(processes, "end_with_parent", lambda: None)
    monkeypatch.setattr(grammars, "value", lambda parameter: "start: /(/")
    outcome = io.BytesIO()
    job = job_of(model_folder)
    paper = pickle.dumps((job, worker.load(job), [papers[0]], worker.Attempt(1, 1)))
    worker.work(SimpleNamespace(send_bytes=outcome.write), SimpleNamespace(recv_bytes=lambda: paper))
    outcome = json.loads(outcome.getvalue())
    assert outcome["status"] == "stop" and "look at the names and the `values` of its parameters" in outcome["reason"]
    # Another is refused only in the middle of an answer.
    masks = Masks(from_tokenizer(tokenizer, n_vocab=640), 640, torch.device("cpu"))
    matcher = masks.matcher('start: /a/ "b"')
    with pytest.raises(GrammarRefused):
        masks.advance(matcher, tokenizer.encode("b", add_special_tokens=False)[0])


def test_the_programs_say_in_a_sentence_what_stopped_them(tmp_path, papers):
    for folder, record in zip(("text", "context"), papers[0], strict=True):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p1.json").write_text(json.dumps(record))
    (tmp_path / "parameters.yaml").write_text(json.dumps(job_of("x").library))
    command = f"--papers p1 --results {tmp_path} --parameters {tmp_path}/parameters.yaml"
    command += " --capacity 4GiB --reserve 1GiB --prefill-chunk 64"
    command += f" --model {tmp_path}/gone --dtype float32 --device cpu --minutes-per-paper 10"
    command += f" --extraction-output {tmp_path}/b.jsonl --discovery-output {tmp_path}/d.jsonl"
    command += f" {OPTIONS}"
    arguments = command_line.parser("").parse_args(command.split())
    with pytest.raises(SystemExit, match="The batch stopped: .*gone"):
        command_line.run(arguments)
    (tmp_path / "text" / "p1.json").write_bytes((tmp_path / "text" / "p1.json").read_bytes()[:-9])
    with pytest.raises(SystemExit, match="The batch stopped: .*p1.json is not valid JSON .* called p1.json.broken"):
        command_line.run(arguments)


def test_what_nvidia_smi_says_is_printed(tmp_path, monkeypatch, capsys):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho name, memory.used\necho One GPU, 5 MiB\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    command_line.show_gpu("before")
    assert "GPU before:" in (printed := capsys.readouterr().out) and "One GPU, 5 MiB" in printed
