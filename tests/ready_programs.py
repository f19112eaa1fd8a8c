"""Programs that start at once: Snakemake and the programs of its rules, each forked from one interpreter that has
imported what they import, which takes up to two seconds of each. As a program it is that interpreter. What needs
PyTorch is forked from the one of `ready_workers` where that is there."""

import multiprocessing.util
import os
import runpy
import sys
import tempfile
from functools import cache
from pathlib import Path

import fork_server

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
WITH_MODEL = ("ask.py", "inference")


@cache
def folder():
    """Where the interpreter has its socket, and a `python` for the PATH: a program of the workflow is forked, all else
    is started. One is for all processes of the tests."""
    if "READY_PROGRAMS" not in os.environ:
        os.environ["READY_PROGRAMS"] = str(fork_server.start(__file__, f"{SCRIPTS}/"))
    return Path(os.environ["READY_PROGRAMS"])


def on_path():
    """An environment in which the programs of the workflow are forked, but for those that STARTED names."""
    return os.environ | {"PATH": f"{folder()}:{Path(sys.executable).parent}:{os.environ['PATH']}"}


def snakemake(arguments, where, environment):
    """Run snakemake in a folder. Returns its exit code and what it printed, stdout first."""
    with (
        open(os.devnull) as nothing,
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as errors,
    ):
        arguments = ["-m", "snakemake", *arguments]
        code = fork_server.ask(folder(), [nothing, output, errors], arguments, where, environment)
        return code, "".join(file.seek(0) or file.read() for file in (output, errors))


def become(arguments):
    """Be the program from here on, as `python` with these arguments would."""
    if arguments[0] == "-m":
        fork_interpreters()
        _, *sys.argv = arguments
        sys.path[0] = os.getcwd()
        cli.main()
    else:
        become_script(arguments)


def become_script(arguments, with_model=False):
    """Be a program of the workflow from here on, in an interpreter that may have imported what runs a model."""
    fork_interpreters()
    sys.argv, sys.path[0], sys.orig_argv = arguments, str(SCRIPTS), ["python", *arguments]
    first = Path(os.environ.get("PYTHONPATH", ""), "sitecustomize.py")
    if first.exists():
        runpy.run_path(str(first))
    ready = os.environ.get("READY_WORKERS")
    if ready and not with_model and Path(arguments[0]).name in WITH_MODEL:
        streams = [sys.stdin, sys.stdout, sys.stderr]
        sys.exit(fork_server.ask(Path(ready), streams, arguments, os.getcwd(), os.environ))
    runpy.run_path(arguments[0], run_name="__main__")


def fork_interpreters():
    """What would be a fresh interpreter, such as one that opens a PDF, is forked, too."""
    context = multiprocessing.get_context
    multiprocessing.get_context = lambda method: context("fork" if method == "spawn" else method)
    multiprocessing.util.spawnv_passfds = fork_server.fork_code


if __name__ == "__main__":
    sys.path += [str(SCRIPTS), str(SCRIPTS / "benchmark")]
    # What the programs import, some of it as late as they need it.
    import huggingface_hub  # noqa: F401
    import jsonschema  # noqa: F401
    import PIL.WebPImagePlugin  # noqa: F401
    import read_before  # noqa: F401
    import smart_open  # noqa: F401
    import stand_in  # noqa: F401
    from snakemake import cli

    import designspace.parsing.pdf
    import designspace.runner.journal
    import designspace.settings.estimate
    import designspace.settings.run  # noqa: F401
    import draw  # noqa: F401
    import evaluate  # noqa: F401
    import extract_text  # noqa: F401
    import merge  # noqa: F401
    import plan_memory  # noqa: F401
    import report  # noqa: F401
    import summarize  # noqa: F401
    import truncate  # noqa: F401

    cli.get_argument_parser()  # looks for Snakemake's plugins, and imports them
    fork_server.serve(sys.argv[1], become)
