"""The benchmark of the inference goes through the same code with a tiny shape where there is no GPU."""

import os
import subprocess

import ready_programs
from conftest import ROOT

ROWS = ["ceilings", "prefill of", "decode step, 32 branches", "extraction: the paper", "discovery: the paper"]
ROWS += ["generate: a token more", "both tasks, the original way over ours", "generate_batch: 32 questions"]


def test_the_table_of_speeds():
    command = [ready_programs.folder() / "python", ROOT / "scripts" / "benchmark" / "inference", "speed"]
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert [row for row in ROWS if row not in printed] == []
