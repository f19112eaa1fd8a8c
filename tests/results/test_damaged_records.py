"""Merge: a record that is damaged or missing is named, and no table holds it."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from made_up_run import LIBRARY, full_run

import merge


@pytest.fixture
def full(tmp_path):
    return full_run(tmp_path)


def test_a_damaged_ledger_is_named(full):
    (full.results / "ledger.csv").write_text("paper,file\n")
    assert "ledger.csv is damaged" in full.merge()


BROKEN = [
    ("extraction/b0001.jsonl", lambda data: data[:-30]),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"evidence": "It', b'"evidence": "At')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"value": 158', b'"value": "many"')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"experiments": []', b'"experiments": [{}]')),
    ("extraction/b0002.jsonl", lambda data: data * 2),
    ("discovery/b0001.jsonl", lambda data: data.replace(b'"findings": [{', b'"findings": [7, {')),
    ("discovery/b0002.jsonl", lambda data: data.splitlines()[0] + b"\n"),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"task": "extraction"', b'"task": "discovery"')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"parameter": "offset"', b'"parameter": "software"')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"values": [', b'"valeus": [')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"value": true', b'"value": "true"')),
    ("extraction/b0001.jsonl", lambda data: data.replace(b'"status": "reported"', b'"status": "maybe"')),
    ("extraction/b0002.jsonl", lambda data: data.replace(b'"status": "needs_ocr"', b'"status": "ok"')),
    ("discovery/b0001.jsonl", lambda data: data.replace(b'"findings": [', b'"finds": [')),
    ("text/scan.json", lambda data: bytes(40)),
    ("text/zhou_2020.json", lambda data: data.replace(b'"zhou_2020"', b'"adams_2018"')),
    ("context/stuck.json", lambda data: b"{}"),
    ("context/zhou_2020.json", lambda data: data.replace(b'"sections": []', b'"sections": [{"kept": [[0, 99999]]}]')),
]


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    """A run of which the tables are there."""
    run = full_run(tmp_path_factory.mktemp("merged"))
    run.merge()
    return run


@pytest.mark.parametrize(("name", "damage"), BROKEN)
def test_a_damaged_file_is_set_aside_and_never_merged(merged, tmp_path, name, damage):
    full = merged.copied(tmp_path)
    before = (full.results / "papers.csv").read_bytes()
    whole = (full.results / name).read_bytes()
    (full.results / name).write_bytes(damage(whole))
    assert (full.results / name).read_bytes() != whole
    message = full.merge()
    assert "\n" not in message and str(full.results / name) in message
    assert message.endswith(f"it is now called {Path(name).name}.broken; start again, and it is made again.")
    assert not (full.results / name).exists() and (full.results / f"{name}.broken").exists()
    assert (full.results / "papers.csv").read_bytes() == before


@pytest.mark.parametrize("name", ["text/scan.json", "extraction/b0001.jsonl", "ledger.csv"])
def test_a_missing_file_is_named(full, name):
    (full.results / name).unlink()
    message = full.merge()
    assert "\n" not in message and f"{full.results / name} is missing: " in message


def test_answers_to_another_library_are_refused(full):
    full.parameters.write_text(yaml.safe_dump(LIBRARY[1:]))
    assert "b0002.jsonl answers n_total, which the parameter library does not have" in full.merge()


def test_the_program_ends_with_the_sentence(full):
    (full.results / "text" / "scan.json").unlink()
    command = [sys.executable, merge.__file__, *full.arguments()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=full.papers)
    assert done.returncode == 1
    assert done.stderr == f"merge: {full.merge().removeprefix('merge: ')}\n" and "Traceback" not in done.stderr
