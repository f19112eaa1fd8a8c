"""What the two GPU programs, extract.py and discover.py, have in common: their command line and what they run."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import yaml

from designspace.core import processes, records
from designspace.core.errors import DesignspaceError
from designspace.planning import memory
from designspace.planning.costs import PROCESS_BYTES
from designspace.planning.roles import with_roles
from designspace.planning.shapes import DTYPE_BYTES
from designspace.runner import PRELOAD


def parser(description: str) -> argparse.ArgumentParser:
    """The options that all tasks share; a program adds its own."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--papers", nargs="+", required=True, help="ids of the papers of this batch")
    options.add_argument("--results", type=Path, required=True, help="folder with text/ and context/ of the papers")
    options.add_argument("--parameters", type=Path, required=True, help="parameter library (YAML)")
    add_model(options)
    options.add_argument("--capacity", type=memory.parse_size, required=True, help="what the job may use of GPU or RAM")
    options.add_argument("--reserve", type=memory.parse_size, required=True, help="of it, what stays free")
    options.add_argument("--prefill-chunk", type=int, required=True, help="tokens that are read at once")
    options.add_argument("--max-new-tokens", type=int, required=True, help="of all branches together")
    options.add_argument("--minutes-per-paper", type=float, required=True, help="a paper that takes longer is stopped")
    options.add_argument("--papers-at-once", type=at_once, default=1, help="in one process: a number, or auto")
    options.add_argument("--output", type=Path, required=True, help="a JSON line for each paper")
    return options


def at_once(text: str) -> int | Literal["auto"]:
    """How many papers share a process, as in the configuration: a number or auto."""
    if text == "auto":
        return "auto"
    return int(text)


def add_model(options: argparse.ArgumentParser) -> None:
    """Add the options that name a model and how it runs."""
    options.add_argument("--model", required=True, help="a name on the model hub, or a folder")
    options.add_argument("--revision", help="commit or tag of a hub model")
    options.add_argument("--dtype", choices=DTYPE_BYTES, default="bfloat16", help="of weights and cache")
    options.add_argument("--device", choices=PROCESS_BYTES, default="cuda", help="where the model runs")
    options.add_argument("--gpus", type=int, default=1, help="how many it is spread over")
    options.add_argument("--quantization", choices=["fp8", "int8"], help="of the weights")
    options.add_argument("--attention", choices=["fused", "plain"], default="fused", help="its kernels on a GPU")


def model_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options of `add_model` as the section `model` of the configuration."""
    keys = ("revision", "dtype", "device", "gpus", "quantization", "attention")
    return {"name": arguments.model} | {key: getattr(arguments, key) for key in keys}


def run(task: str, arguments: argparse.Namespace, settings: dict[str, Any]) -> None:
    """Run a task over the batch; an error that concerns the whole run ends the program with a message."""
    processes.start(arguments.model, arguments.revision, PRELOAD)
    from designspace.runner import driver  # imports PyTorch, which takes seconds; the server does so at the same time
    from designspace.runner.worker import Job

    try:
        papers: list[Any] = [records.read_paper(arguments.results, paper) for paper in arguments.papers]
    except DesignspaceError as error:
        sys.exit(f"{task} stopped: {error}")
    job = Job(
        task,
        settings | {"max_new_tokens": arguments.max_new_tokens},
        with_roles(yaml.safe_load(arguments.parameters.read_text("utf-8"))),
        model_of(arguments),
        {key: getattr(arguments, key) for key in ("capacity", "reserve", "prefill_chunk")},
        arguments.papers_at_once,
    )
    show_gpu("before")
    try:
        driver.run(job, papers, arguments.output, arguments.minutes_per_paper)
    except (DesignspaceError, OSError) as error:
        sys.exit(f"{task} stopped: {error}")
    finally:
        show_gpu("after")


def show_gpu(when: str) -> None:
    """Print what nvidia-smi reports about the memory, if it is installed."""
    if shutil.which("nvidia-smi"):
        query = ["nvidia-smi", "--query-gpu=name,memory.used,memory.free", "--format=csv"]
        print(f"GPU {when}:", subprocess.run(query, capture_output=True, text=True).stdout, sep="\n", flush=True)
