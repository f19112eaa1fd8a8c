"""Designspace: a folder of PDF papers becomes a table of experimental parameters, with the sentence behind every value."""

import json
import math
import shlex
import sys
import time
from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")
SCRIPTS = Path(workflow.basedir, "scripts")
sys.path.insert(0, str(SCRIPTS))

from designspace import again, configuration, hub, ledger, memory


configfile: "config/config.yaml"


try:
    if workflow.is_main_process:
        configuration.check(config)
    PAPERS, RESULTS = Path(config["papers"]), Path(config["results"])
    PLAN = configuration.plan(config)
    EVALUATED = "--evaluated" if config["gold"] else ""
    SEEN = time.time_ns()  # what changes while the papers are hashed is hashed again by the next run
    ROWS = ledger.plan(PAPERS, RESULTS / "ledger.csv", config["papers_per_job"])
except ValueError as error:  # of all kinds, each a sentence
    raise WorkflowError(str(error))


include: "workflow/rules/common.smk"
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
        rules.evaluate.output if config["gold"] else [],
        # Behind the tables already; named so that answers which were deleted are made again.
        expand(RESULTS / "{task}/{batch}.jsonl", task=["extraction", "discovery"], batch=BATCHES),


onstart:
    # Only a real run remembers new papers: reading the ledger above writes nothing, nor does a dry run.
    ledger.save(ROWS, RESULTS / "ledger.csv", SEEN)


onsuccess:
    shell("python {SCRIPTS:q}/summarize.py --results {RESULTS:q} --note={config[note]:q} {EVALUATED}")
