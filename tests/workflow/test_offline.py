"""Offline is offline: the kernel counts that nothing tries the network.

The programs are started as a user's run starts them.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bad_papers import scanned
from conftest import ROOT, needs_tesseract
from projects import configure, pdf, study, table

from designspace.core import records

SNAKEMAKE = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--cores", "2"]
SNAKEMAKE += ["--set-threads", "ask=1"]  # two threads of PyTorch wait for each other where others need the cores
COMMIT, OTHER = "0123456789abcdef0123456789abcdef01234567", "76543210fedcba9876543210fedcba9876543210"
# In a network of its own that has no way out, the kernel counts each packet that somebody tried to send all the same.
ISOLATED = ["unshare", "--net", *(["--map-root-user"] if os.geteuid() else [])]
COUNT = "grep -h -E '^Ip:|^Ip6OutNoRoutes' /proc/net/snmp /proc/net/snmp6"


pytestmark = pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run([*ISOLATED, "true"], capture_output=True).returncode != 0,
    reason="a network of its own (unshare) is not allowed here",
)


def offline(command, folder=None, cache=""):
    """Run a command without a network. Returns its exit code, what it printed, and how many packets had no way out."""
    script = f'"$@"; code=$?; {COUNT} >&2; exit $code'
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "HF_HOME": str(cache), "HF_HUB_OFFLINE": "1"}
    # Snakemake's plugin asks SLURM, where it is installed, and SLURM without a file of its own asks the name server.
    environment["SLURM_CONF"] = os.devnull
    command = [*ISOLATED, "sh", "-c", script, "sh", *map(str, command)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    *said, names, numbers, version_6 = done.stderr.strip().splitlines()
    counts = dict(zip(names.split(), numbers.split(), strict=True))
    return done.returncode, done.stdout + "\n".join(said), int(counts["OutNoRoutes"]) + int(version_6.split()[1])


@pytest.fixture
def hub_project(empty_project, tmp_path):
    """A project whose model is one of the hub, pinned by a tag, in the cache; and the cache's folder."""
    project = Path(shutil.copytree(empty_project, tmp_path / "project"))
    repository = tmp_path / "cache" / "hub" / "models--lab--model"
    repository.joinpath("snapshots").mkdir(parents=True)
    (project / "model").rename(repository / "snapshots" / COMMIT)
    repository.joinpath("refs").mkdir()
    for ref, commit in (("main", OTHER), ("v1.0", COMMIT)):
        (repository / "refs" / ref).write_text(commit)
    configure(project, ocr=True, model={"name": "lab/model", "revision": "v1.0"})
    printed = pdf(study(1), tmp_path / "printed.pdf").read_bytes()
    (project / "papers" / "scan.pdf").write_bytes(scanned(printed, 1))
    return project, tmp_path / "cache"


@pytest.mark.parametrize("host", ["1.1.1.1", "huggingface.co"])
def test_what_tries_the_network_is_counted(host):
    code, _, tried = offline([sys.executable, "-c", f"import socket; socket.create_connection(({host!r}, 443), 5)"])
    assert code and tried


@needs_tesseract
def test_a_run_with_a_scan_and_a_model_of_the_cache_never_tries_the_network(hub_project):
    project, cache = hub_project
    code, printed, tried = offline(SNAKEMAKE, project, cache)
    assert code == 0, printed
    assert tried == 0
    (scan,) = table(project, "papers").itertuples()
    assert (scan.status, scan.reason) == ("ok", "Its text comes from OCR.")
    values = table(project, "extractions")
    assert len(values[values.status == "reported"])
    for task in ("extraction", "discovery"):
        (record,) = records.read_batch(project / "results" / task / "b0001.jsonl", ["scan"]).values()
        assert (record["model"], record["revision"]) == ("lab/model", COMMIT), "the commit, not its name"
    said = (project / "results" / "logs" / "ask" / "b0001.log").read_text("utf-8").splitlines()
    assert [line.partition(":")[0] for line in said] == ["Paper 1/1 scan"], "and no noise of libraries"
    assert set(table(project, "memory").revision) == {COMMIT}


def test_a_model_that_is_not_in_the_cache_is_a_sentence_and_no_attempt(hub_project):
    project, cache = hub_project
    configure(project, model={"name": "lab/other", "revision": None})
    code, printed, tried = offline(SNAKEMAKE, project, cache)
    assert code and "The model lab/other is not a folder here, not in the cache of downloaded models" in printed
    assert tried == 0 and "Traceback" not in printed


def test_the_embedded_model_is_not_downloaded_either(tmp_path):
    code, printed, tried = offline(
        [sys.executable, ROOT / "scripts" / "fetch_model.py", "--output", tmp_path / "model"]
    )
    assert code and "with HF_HUB_OFFLINE nothing is downloaded" in printed and tried == 0
