"""A file is written whole or not at all, and every program says in a sentence where it could not write."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT, text_record
from made_up_run import Run
from test_context import byte_pairs

from designspace.core import files
from designspace.runner import journal


def test_a_file_is_replaced_and_its_folder_made(tmp_path):
    path = tmp_path / "new" / "folder" / "a.csv"
    for data in (b"first", b"second"):
        files.write_whole(path, data)
        assert path.read_bytes() == data and [entry.name for entry in path.parent.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, call):
    def fail(*args):
        raise OSError(28, "No space left on device")

    (tmp_path / "a.csv").write_bytes(b"old")
    monkeypatch.setattr("os.fsync" if call == "fsync" else "pathlib.Path.replace", fail)
    with pytest.raises(files.NotWritten, match=r"Cannot write .*a\.csv: No space left on device\. Make room"):
        files.write_whole(tmp_path / "a.csv", b"new")
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [b"old"]


def test_two_writers_of_a_file_do_not_mix(tmp_path, monkeypatch):
    """A job that a killed run left behind, and that of the next run."""

    def replace(temporary, path):  # when all of the first is written, the second writes all of its own
        monkeypatch.undo()
        with monkeypatch.context() as other:
            other.setattr("os.getpid", lambda: 1)
            files.write_whole(path, b"second, and longer")
        assert path.read_bytes() == b"second, and longer"
        return temporary.replace(path)

    monkeypatch.setattr("pathlib.Path.replace", replace)
    files.write_whole(tmp_path / "a.csv", b"first")
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"a.csv": b"first"}


def test_what_a_killed_job_had_begun_to_write_is_removed_when_a_run_ends(tmp_path):
    path = tmp_path / "pages" / "smith_2019" / "9.webp"
    command = "import os, sys, signal; from designspace.core import files; "
    command += "os.fsync = lambda file: os.kill(os.getpid(), signal.SIGKILL); files.write_whole(sys.argv[1], b'half')"
    subprocess.run([sys.executable, "-c", command, path], cwd=ROOT / "scripts")
    (left,) = path.parent.iterdir()
    assert left.name.startswith("9.webp.") and files.TEMPORARY.search(left.name)
    others = [tmp_path / "notes.tmp", tmp_path / "papers" / "old" / "a.pdf.12.tmp"]
    for other in others:
        other.parent.mkdir(parents=True, exist_ok=True)
        other.touch()
    journal.discard(tmp_path)
    assert not list(path.parent.iterdir()) and all(other.exists() for other in others)


def arguments(program, folder):
    """Arguments with which a program does its work, up to an output that cannot be written."""
    blocked = folder / "file" / "output"
    blocked.parent.write_bytes(b"")
    if program == "truncate":
        byte_pairs().save(str(folder / "tokenizer.json"))
        (folder / "p1.json").write_text(json.dumps(text_record("p1", ["We tested ten people."])))
        return ["--text", folder / "p1.json", "--token-budget", "9", "--model", folder, "--output", blocked]
    if program == "plan_memory":
        config = {"vocab_size": 512, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
        config |= {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 9000}
        (folder / "config.json").write_text(json.dumps(config | {"model_type": "llama"}))
        return ["--model", folder / "config.json", "--output", blocked]
    run = Run(folder)
    run.write()
    if program == "merge":
        (run.results / "papers.csv").mkdir()
        return run.arguments()
    run.merge()
    (run.results / "plan.json").write_text('{"extraction": {}}')
    read = ["--papers", run.papers, "--corrections", run.corrections, "--plan", run.results / "plan.json"]
    return ["--results", run.results, "--parameters", run.parameters, *read] + [
        "--output",
        blocked,
    ]


@pytest.mark.parametrize("program", ["truncate", "plan_memory", "merge", "report"])
def test_a_program_that_cannot_write_ends_with_a_sentence(tmp_path, program):
    command = [sys.executable, ROOT / "scripts" / f"{program}.py", *arguments(program, tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Cannot write " in done.stderr and done.stderr.count("\n") == 1
