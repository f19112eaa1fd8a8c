# Shared by the rules, such as the run, and the function that turns settings into options of a program.

import contextlib
import json
import shlex

import snakemake
from snakemake.settings.enums import Quietness

from designspace.core.errors import DesignspaceError
from designspace.parsing import READING
from designspace.planning import model_files
from designspace.results import corrections
from designspace.runner import journal, watching
from designspace.settings import estimate
from designspace.settings.run import Run


@contextlib.contextmanager
def errors_as_sentences():
    """Snakemake prints a WorkflowError without a traceback, and with `--quiet all` not at all."""
    try:
        yield
    except DesignspaceError as error:
        if Quietness.ALL in (workflow.output_settings.quiet or ()):
            print(error, file=sys.stderr)
        raise WorkflowError(str(error))


with errors_as_sentences():
    RUN = Run(config, "outline" if OUTLINE else "run" if workflow.is_main_process else "job")
RESULTS = RUN.results
EVALUATED = "--evaluated" if config["gold"] else ""


wildcard_constraints:
    paper=rf"(?!(?:{'|'.join(RUN.removed)})\.json)[A-Za-z0-9][A-Za-z0-9_-]*",
    batch=r"b\d+",


def options(**values):
    """Command-line options of a program, quoted for the shell. A list gives several values, None gives no option."""
    arguments = []
    for name, value in values.items():
        name = name.replace("_", "-")
        if isinstance(value, bool):
            arguments += [f"--{name}" if value else f"--no-{name}"]
        elif value is not None:
            arguments += [f"--{name}", *map(str, value if isinstance(value, list) else [value])]
    return shlex.join(arguments)


# Folders and limits, on which no result depends.
SITE = {
    "scripts": SCRIPTS,
    "papers": RUN.papers,
    "results": RESULTS,
    "corrections": config["corrections"],
    "ocr": options(ocr=config["ocr"]),  # a paper that was read and needed no OCR stays as it is
    "allocator": config["memory"]["allocator"],
    "limits": options(
        minutes_per_paper=config["minutes_per_paper"],
        papers_at_once=config["papers_at_once"],
        prefill_chunk=RUN.plan["prefill_chunk"],
        **{key: config["memory"][key] for key in ("capacity", "reserve")},
    ),
    "configuration": json.dumps(config),  # for the page, which shows it
}


def site(wildcards, resources):
    """A parameter of every rule that may change without making the rule run again, since Snakemake does not compare
    parameters that are derived from resources with those of the last run."""
    return SITE


def of_batch(kind):
    """The files of one kind, text or context, of all papers of a batch."""
    return lambda wildcards: [RESULTS / kind / f"{paper}.json" for paper in RUN.batches[wildcards.batch]]


def batch_memory(wildcards, attempt):
    """MB of main memory for a batch, more for each retry."""
    return estimate.job_mb(config) * attempt


def batch_minutes(wildcards, attempt):
    """Minutes for a batch, more for each retry."""
    return estimate.job_minutes(config, len(RUN.batches[wildcards.batch])) * attempt


def look_for_jobs_when_one_ends(workflow):
    """Keep Snakemake's scheduler from looking for jobs ever more often.

    Snakemake 9.27 limits the jobs a second. It looks again one second after each look for jobs to start, and also after
    that one, so the looks become more frequent the more jobs have ended, until it does nothing else (docs/scale.md;
    https://github.com/snakemake/snakemake/pull/3744). A limit other than Snakemake's default was set by a user, and
    stays.
    """
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    if snakemake.__version__.startswith("9.27.") and limit and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None
