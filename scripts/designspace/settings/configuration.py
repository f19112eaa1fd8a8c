"""The settings of a run. Configuration errors are reported before any job starts."""

import contextlib
import itertools
import os
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from designspace.parsing import ocr
from designspace.planning import branches, memory, model_files
from designspace.project import exclusions
from designspace.project.folder import pdf_files
from designspace.project.library import loading
from designspace.results import annotations, corrections
from designspace.settings import parameters
from designspace.settings.schema import ConfigurationError, refuse, violations

CLOCK_SECONDS = 120  # by which the clock of a file server may be ahead of this machine's
RESULTS_FOLDERS = ("text", "context", "extraction", "discovery", "pages", "logs", "benchmarks")


def check(config: dict[str, Any]) -> None:
    """Raise a ConfigurationError if the configuration, its library or its papers cannot be used, or if the model is
    missing. `plan` checks whether the model is supported and fits."""
    refuse(violations(config, "config.schema.yaml", "config"))
    asked, categories = parameters.load(config["parameters"]), config["discovery"]["categories"]
    for warning in parameters.example_warnings(asked, config["parameters"]):
        print(warning, file=sys.stderr)
    library = {parameter["name"]: parameter for parameter in asked}
    corrections.load(config["corrections"], library)
    exclusions.load(config["excluded"])
    if config["library"]:
        loading.load(config["library"])
    if config["gold"]:
        annotations.load(config["gold"], library)
    refuse(
        _papers_problems(Path(config["papers"]), config["papers_in_subfolders"])
        + _writing_problems(Path(config["results"]))
        + _clock_problems(Path(config["results"]))
        + _cap_problems(
            "extraction", config["extraction"]["max_new_tokens"], asked, "parameters", branches.first_branches(asked)
        )
        + _cap_problems("discovery", config["discovery"]["max_new_tokens"], categories, "categories", len(categories))
    )
    if config["ocr"] and (missing := ocr.missing()):
        raise ConfigurationError(f"config: {missing}")
    model_files.check_files(config["model"]["name"], config["model"]["revision"])


def plan(config: dict[str, Any]) -> dict[str, Any]:
    """The memory plan of a configuration, see `memory.plan_of`; ValueError if the model does not fit."""
    model, room, library = config["model"], config["memory"], Path(config["parameters"])
    extraction, discovery = config["extraction"], config["discovery"]
    return memory.plan_of(
        model,
        extraction=branches.of_extraction(
            parameters.load(library), extraction["max_new_tokens"], extraction["reasoning"]
        ),
        discovery=branches.of_discovery(len(discovery["categories"]), discovery["max_new_tokens"]),
        capacity=memory.parse_size(room["capacity"]),
        reserve=memory.parse_size(room["reserve"]),
        prefill_chunk=room["prefill_chunk"],
        token_budget=room["token_budget"],
        overhead_tokens=memory.estimate_tokens(library.read_text(encoding="utf-8")),
    )


def _papers_problems(folder: Path, with_subfolders: bool) -> list[str]:
    if not folder.is_dir():
        return [f"config: the folder {folder} (`papers`) does not exist; make it and put PDFs there, or name another."]
    if not pdf_files(folder, with_subfolders):
        where = "it or its subfolders" if with_subfolders else "it; its subfolders are not searched"
        advice = "put PDFs there" if with_subfolders else "put PDFs there, or set `papers_in_subfolders: true`"
        return [f"config: the folder {folder} (`papers`) has no PDF in {where}: {advice}."]
    return []


def _writing_problems(results: Path) -> list[str]:
    """The first folder of the results, and the first of Snakemake, that this user may not write."""
    problems = []
    for what, folders in (
        ("the results go (`results`)", [results, *(results / name for name in RESULTS_FOLDERS)]),
        ("Snakemake keeps its notes", [Path(".snakemake")]),
    ):
        for folder in folders:
            there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
            if not os.access(there, os.W_OK | os.X_OK):
                problems.append(
                    f"config: you may not write in {there}, where {what}; make that folder writable, or use another."
                )
                break
    return problems


def _clock_problems(results: Path) -> list[str]:
    """Results from the future were made while a clock was wrong. Files that changed since then look older than the
    results, so Snakemake would not notice the change, and jobs that read the results would fail."""
    late = [changed for changed in _changes(results) if changed > time.time() + CLOCK_SECONDS]
    if not late:
        return []
    until, now = (time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) for seconds in (max(late), time.time()))
    return [
        f"config: {len(late)} files in {results} are from the future, up to {until}, and here it is {now}. If this is "
        f"wrong, set the clock. If it was wrong before, give them an old time; then only what has changed runs again: "
        f"find {shlex.quote(f'{results}/')} -newermt now -not -name ledger.csv -exec touch -d 2000-01-01 {{}} +"
    ]


def _changes(results: Path) -> Iterator[float]:
    """The times at which the results were written, in seconds; the ledger sets its own time."""
    for path in itertools.chain(results.glob("*.*"), results.glob("*/*.json*")):
        with contextlib.suppress(FileNotFoundError):  # a run in progress may remove it
            if path.name != "ledger.csv":
                yield path.stat().st_mtime


def _cap_problems(task: str, cap: int, asked: Sequence[object], what: str, n: int) -> list[str]:
    """The error of a cap that leaves each of `n` branches too little, if it does."""
    each = branches.FEWEST_NEW_TOKENS[task]
    if cap >= n * each:
        return []
    return [
        f"config: `{task}.max_new_tokens` is {cap}, which leaves each of the {len(asked)} {what} {cap // n} tokens, "
        f"and at least {each} are needed; set it to {n * each} or more, or have fewer {what}."
    ]
