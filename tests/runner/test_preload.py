"""What a paper's process has when it is forked."""

import json
import os
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

from designspace.core import processes
from designspace.runner import PRELOAD

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
