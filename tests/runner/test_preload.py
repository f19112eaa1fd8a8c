"""What a paper's process has when it is forked."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from designspace.core import processes
from designspace.runner import PRELOAD, command_line

REPORT = f"""
import gc, json, sys
import {PRELOAD}
print(json.dumps([gc.get_freeze_count(), [name for name in sys.modules if ".modeling_" in name]]))
"""


def test_a_paper_s_process_has_the_code_of_its_model_and_never_looks_through_what_it_shares(model_folder):
    """Importing the code takes as long as reading a paper with a small model, and looking for garbage among all that
    the server has loaded copies it."""
    model = {processes.TOKENIZER: json.dumps([model_folder, None]), "PYTHONPATH": str(ROOT / "scripts")}
    report = subprocess.run([sys.executable, "-c", REPORT], env=os.environ | model, capture_output=True, check=True)
    frozen, modules = json.loads(report.stdout)
    kind = json.loads(Path(model_folder, "config.json").read_text("utf-8"))["model_type"]
    assert f"transformers.models.{kind}.modeling_{kind}" in modules
    assert frozen > 100_000


def test_threads_of_pytorch_that_wait_leave_the_cores_to_others(monkeypatch):
    """How long they keep one is known before PyTorch is imported, here and in the server; a user's own number stays."""
    monkeypatch.setattr(processes, "start", lambda *of: sys.exit(os.environ["GOMP_SPINCOUNT"]))
    arguments = argparse.Namespace(model="model", revision=None)
    for users, expected in (("", "1000"), ("7", "7")):
        monkeypatch.setenv("GOMP_SPINCOUNT", users)
        if not users:
            monkeypatch.delenv("GOMP_SPINCOUNT")
        with pytest.raises(SystemExit, match=f"^{expected}$"):
            command_line.run(arguments)
