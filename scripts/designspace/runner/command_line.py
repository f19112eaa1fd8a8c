"""The command line of ask.py, the program that runs the model, and what it starts."""

import argparse
import os
import shutil
import subprocess
import sys
from argparse import BooleanOptionalAction
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

TASKS = ("extraction", "discovery")


def parser(description: str) -> argparse.ArgumentParser:
    """The options of the program."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--papers", nargs="+", required=True, help="ids of the papers of this batch")
    options.add_argument("--results", type=Path, required=True, help="folder with text/ and context/ of the papers")
    options.add_argument("--parameters", type=Path, required=True, help="parameter library (YAML)")
    add_model(options)
    options.add_argument("--capacity", type=memory.parse_size, required=True, help="what the job may use of GPU or RAM")
    options.add_argument("--reserve", type=memory.parse_size, required=True, help="of it, what stays free")
    options.add_argument("--prefill-chunk", type=int, required=True, help="tokens that are read at once")
    options.add_argument("--minutes-per-paper", type=float, required=True, help="a paper that takes longer is stopped")
    options.add_argument("--papers-at-once", type=at_once, default=1, help="in one process: a number, or auto")
    extraction, discovery = map(options.add_argument_group, TASKS)
    for task in (extraction, discovery):
        name = f"--{task.title}"
        task.add_argument(f"{name}-output", type=Path, required=True, help="a JSON line for each paper")
        task.add_argument(f"{name}-max-new-tokens", type=int, required=True, help="of all branches together")
    extraction.add_argument(
        "--extraction-min-confidence", type=float, required=True, help="the threshold from which a value is reported"
    )
    extraction.add_argument(
        "--extraction-reasoning", action=BooleanOptionalAction, required=True, help="a sentence for each value"
    )
    discovery.add_argument("--discovery-findings", type=int, required=True, help="maximum number of a category")
    discovery.add_argument("--discovery-categories", nargs="+", required=True, help="a branch for each")
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


def run(arguments: argparse.Namespace) -> None:
    """Ask the batch; an error that concerns the whole run ends the program with a message."""
    # PyTorch's threads spin while they wait for each other, and where another program has one of the cores, that takes
    # most of the time. It is read when PyTorch is imported, here and in the server.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    processes.start(arguments.model, arguments.revision, PRELOAD)
    from designspace.runner import driver  # imports PyTorch, which takes seconds; the server does so at the same time
    from designspace.runner.worker import Job

    try:
        papers: list[Any] = [records.read_paper(arguments.results, paper) for paper in arguments.papers]
    except DesignspaceError as error:
        sys.exit(f"The batch stopped: {error}")
    settings = {task: of_task(arguments, task) for task in TASKS}
    outputs = {task: own.pop("output") for task, own in settings.items()}
    job = Job(
        settings,
        with_roles(yaml.safe_load(arguments.parameters.read_text("utf-8"))),
        model_of(arguments),
        {key: getattr(arguments, key) for key in ("capacity", "reserve", "prefill_chunk")},
        arguments.papers_at_once,
    )
    show_gpu("before")
    try:
        driver.run(job, papers, outputs, arguments.minutes_per_paper)
    except (DesignspaceError, OSError) as error:
        sys.exit(f"The batch stopped: {error}")
    finally:
        show_gpu("after")


def of_task(arguments: argparse.Namespace, task: str) -> dict[str, Any]:
    """The options of a task, without its name: its settings, and its output."""
    begin = f"{task}_"
    return {key.removeprefix(begin): value for key, value in vars(arguments).items() if key.startswith(begin)}


def show_gpu(when: str) -> None:
    """Print what nvidia-smi reports about the memory, if it is installed."""
    if shutil.which("nvidia-smi"):
        query = ["nvidia-smi", "--query-gpu=name,memory.used,memory.free", "--format=csv"]
        print(f"GPU {when}:", subprocess.run(query, capture_output=True, text=True).stdout, sep="\n", flush=True)
