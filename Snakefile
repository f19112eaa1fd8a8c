"""Designspace: a folder of PDF papers becomes a table of experimental parameters, with a sentence behind every value."""

import atexit
import re
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")
if Path(workflow.current_basedir) != Path(workflow.basedir):
    raise WorkflowError(
        "Designspace cannot be a module of another workflow, since a run locks its results and saves its ledger when "
        f"it starts: run snakemake --snakefile {workflow.current_basedir}/Snakefile first, and use its tables as input."
    )
SCRIPTS = Path(workflow.basedir, "scripts")
sys.path.insert(0, str(SCRIPTS))
# Options that only show the rules need no papers, no model and no settings of one's own.
OUTLINE = not {"--lint", "--rulegraph", "--list-rules", "--list"}.isdisjoint(sys.argv)
DRY_RUN = any(re.fullmatch("--dry-?run|-[A-Za-z]*n[A-Za-z]*", option) for option in sys.argv)
DEFAULTS = Path(workflow.basedir) if OUTLINE and not Path("config/config.yaml").exists() else Path()


configfile: DEFAULTS / "config/config.yaml"


if OUTLINE and not Path(config["parameters"]).exists():
    config["parameters"] = str(DEFAULTS / config["parameters"])


include: "workflow/rules/common.smk"
include: "workflow/rules/model.smk"
include: "workflow/rules/papers.smk"
include: "workflow/rules/inference.smk"
include: "workflow/rules/results.smk"


report: "workflow/report/workflow.rst"


rule all:
    """The tables and the page about all papers of the folder."""
    default_target: True
    input:
        RESULTS / "papers.csv",
        RESULTS / "report.html",
        rules.evaluate.output if config["gold"] else [],
        # The tables and the report depend on these; they are named so that deleted ones are made again.
        expand(RESULTS / "{task}/{batch}.jsonl", task=["extraction", "discovery"], batch=RUN.batches),
        expand(RESULTS / "pages/{batch}.json", batch=RUN.batches),


if DRY_RUN and not OUTLINE and workflow.is_main_process:
    with errors_as_sentences():
        expected = estimate.of_run(RUN, config)
    if expected.left:
        atexit.register(print, expected.lines())  # after the list of all jobs, where users see it


onstart:
    # Only a real run saves new papers: reading the ledger writes nothing, nor does a dry run.
    look_for_jobs_when_one_ends(workflow)
    with errors_as_sentences():
        RUN.start()
        expected = estimate.of_run(RUN, config)
        estimate.save(expected, RESULTS)
    if expected.left:
        print(expected.line(), flush=True)
    if workflow.non_local_exec:  # local jobs print a line for each paper themselves
        watching.print_progress(watching.Watch(RESULTS, expected.left))


onsuccess:
    journal.discard(RESULTS)
    shell("python {SCRIPTS:q}/summarize.py --results {RESULTS:q} --note={config[note]:q} {EVALUATED}")


onerror:
    journal.discard(RESULTS)
    print(f"The run did not end well; {log} says which jobs failed.", file=sys.stderr)
