"""Designspace: a folder of PDF papers becomes a table of experimental parameters, with the sentence behind every value."""

import shlex
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")
SCRIPTS = Path(workflow.basedir, "scripts")
sys.path.insert(0, str(SCRIPTS))

from designspace import configuration, hub, ledger, memory


configfile: "config/config.yaml"


try:
    if workflow.is_main_process:
        configuration.check(config)
    PLAN = configuration.plan(config)
    ROWS = ledger.plan(
        config["papers"],
        Path(config["results"], "ledger.csv"),
        config["papers_per_job"],
    )
except ValueError as error:  # of all kinds, each a sentence
    raise WorkflowError(str(error))


def options(**values):
    """Command-line options of a program, quoted for the shell. A list gives several values, None gives no option."""
    words = []
    for name, value in values.items():
        name = name.replace("_", "-")
        if isinstance(value, bool):
            words += [f"--{name}" if value else f"--no-{name}"]
        elif value is not None:
            words += [
                f"--{name}",
                *map(str, value if isinstance(value, list) else [value]),
            ]
    return shlex.join(words)


PAPERS = Path(config["papers"])
RESULTS = Path(config["results"])
SHA256 = {row.paper: row.sha256 for row in ROWS}
PRESENT = ledger.present(ROWS, PAPERS)


def readable(paper):
    """Whether the text of a paper is there or can be made: its PDF may have been removed before it was ever read."""
    return paper in PRESENT or Path(RESULTS, "text", f"{paper}.json").exists()


# A batch keeps the papers that were removed since, so that nothing in it changes; one with none left is not needed.
BATCHES = {
    batch: list(filter(readable, papers))
    for batch, papers in ledger.batches(ROWS).items()
    if not set(PRESENT).isdisjoint(papers)
}


wildcard_constraints:
    paper=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    batch=r"b\d+",


include: "workflow/rules/model.smk"
include: "workflow/rules/papers.smk"
include: "workflow/rules/inference.smk"
include: "workflow/rules/results.smk"


rule all:
    """The tables and the page about all papers of the folder."""
    default_target: True
    input:
        RESULTS / "papers.csv",
        RESULTS / "report.html",


onstart:
    # Only a real run remembers new papers: reading the ledger above writes nothing, nor does a dry run.
    ledger.save(ROWS, RESULTS / "ledger.csv")


onsuccess:
    shell("python {SCRIPTS:q}/summarize.py --results {RESULTS:q}")
