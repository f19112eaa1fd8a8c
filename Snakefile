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

from designspace.core import files, locks
from designspace.planning import memory, model_files
from designspace.project import ledger, rereads
from designspace.runner import journal
from designspace.settings import configuration


configfile: "config/config.yaml"


try:
    RUN = workflow.is_main_process  # and not one of its jobs, which parse this file, too
    if RUN:
        configuration.check(config)
    PAPERS, RESULTS = Path(config["papers"]), Path(config["results"])
    PLAN = configuration.plan(config)
    EVALUATED = "--evaluated" if config["gold"] else ""
    SEEN = time.time_ns()  # what changes while the papers are hashed is hashed again by the next run
    LEDGER = RESULTS / "ledger.csv"
    # A job has the papers that its run has saved, and looks at no PDF: there are as many jobs as papers.
    ROWS = ledger.plan(PAPERS, LEDGER, config["papers_per_job"]) if RUN else ledger.load(LEDGER)
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
        # Behind the tables and the report already; named so that those which were deleted are made again.
        expand(RESULTS / "{task}/{batch}.jsonl", task=["extraction", "discovery"], batch=BATCHES),
        expand(RESULTS / "pages/{batch}.json", batch=BATCHES),


onstart:
    # Snakemake 9.27 limits the jobs a second, and after each look for jobs to start it looks again a second later, after
    # that look, too: the more jobs have ended, the more often, until it does nothing else (docs/scale.md). A limit that
    # is not Snakemake's default is a user's.
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    if limit and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None
    try:
        locks.keep_others_out(RESULTS)
        # Only a real run remembers new papers: reading the ledger above writes nothing, nor does a dry run.
        ledger.save(ROWS, LEDGER, SEEN)
    except (locks.Taken, files.NotWritten) as error:
        raise WorkflowError(str(error))


onsuccess:
    journal.discard(RESULTS)
    shell("python {SCRIPTS:q}/summarize.py --results {RESULTS:q} --note={config[note]:q} {EVALUATED}")


onerror:
    journal.discard(RESULTS)
