"""A project as a user has it, in which the real workflow runs as a user runs it: its papers, settings and tables."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import ready_programs
import typst
import yaml

from designspace.results import tables

ROOT = Path(__file__).resolve().parent.parent
SNAKEFILE = ROOT / "Snakefile"
# In each new interpreter: where it is to be the program with a model, the stand-in answers in its place. An
# error that left it would be passed over, and the program would run after all.
STAND_IN = """
import os, sys, traceback

program = sys.orig_argv[1].rpartition("/")[2] if len(sys.orig_argv) > 1 else ""
if program == "ask.py":
    sys.path.insert(0, {folder!r})
    sys.argv = sys.orig_argv[1:]
    try:
        import stand_in

        stand_in.run()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
"""


def stand_in():
    """Code to run first (`run_first`), by which the program with a model answers at once, without a model."""
    return STAND_IN.format(folder=str(ROOT / "scripts" / "benchmark"))


GPU_WORK = {"ask"}
PAPER_WORK = {"extract_text", "truncate"}


def pdf(text, path):
    """A one-page PDF of a text."""
    path.write_bytes(typst.compile(text.encode()))
    return path


def study(n):
    """A short invented paper."""
    return f"= Methods\nIn study {n} a total of {10 + n} right-handed people reached for targets at {n} cm distance."


def snakemake(project, *arguments, fails=False, through=()):
    """Run the workflow in a project. Its programs are forked (`ready_programs`); Snakemake is started where it runs
    `through` another command. Returns how many jobs of each rule finished, and what was printed."""
    options = ["--snakefile", str(SNAKEFILE), "--cores", "2", "--rerun-incomplete"]
    options += ["--set-threads", "ask=1"]  # the model is so small that jobs run side by side
    environment = ready_programs.on_path()
    if through:
        command = [*through, sys.executable, "-m", "snakemake", *options, *arguments]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
        code, printed = done.returncode, done.stdout + done.stderr
    else:
        code, printed = ready_programs.snakemake([*options, *arguments], project, environment)
    assert (code != 0) == fails, printed
    finished = Counter(re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", printed))
    finished.pop("all", None)
    return finished, printed


def planned(project, *arguments):
    """How many jobs of each rule a run would have now, by a dry run of it."""
    _, printed = snakemake(project, "--dry-run", *arguments)
    jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", printed, re.MULTILINE)}
    assert bool(jobs) != ("Nothing to be done" in printed), printed
    return {rule: count for rule, count in jobs.items() if rule not in ("all", "total")}


def configure(project, **changes):
    """Change settings of a project; a dictionary changes keys of a section."""
    path = project / "config" / "config.yaml"
    config = yaml.safe_load(path.read_text("utf-8"))
    for key, value in changes.items():
        config[key] = config[key] | value if isinstance(value, dict) else value
    path.write_text(yaml.safe_dump(config), "utf-8")


def table(project, name):
    return tables.read_csv(project / "results" / f"{name}.csv")
