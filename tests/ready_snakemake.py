"""Snakemake that starts at once: each run is forked from an interpreter that has imported it and what its Snakefile
imports, which takes two seconds, and then is one run of `python -m snakemake` as any other.

As a program it is that interpreter: a line on its input is a run, and a line of its output that run's exit code.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


@cache
def server():
    """The interpreter, which ends with this process."""
    command = [sys.executable, __file__]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.communicate)  # the end of its input ends it
    return process


def run(arguments, folder, environment):
    """Run snakemake in a folder. Returns its exit code and what it printed, stdout first."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        files = [f"/proc/{os.getpid()}/fd/{file.fileno()}" for file in (output, errors)]
        asked = {"arguments": arguments, "folder": str(folder), "environment": dict(environment), "files": files}
        server().stdin.write(json.dumps(asked) + "\n")
        server().stdin.flush()
        code = int(server().stdout.readline())
        return code, "".join(file.seek(0) or file.read() for file in (output, errors))


def become(arguments, folder, environment, files):
    """Be a run of snakemake from here on."""
    for number, path in enumerate([os.devnull, *files]):
        os.dup2(os.open(path, os.O_RDWR | os.O_APPEND), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[0] = os.getcwd()  # as `python -m` has it
    sys.argv = ["snakemake", *arguments]
    cli.main()


if __name__ == "__main__":
    sys.path.append(str(SCRIPTS))
    # What a run imports, as late as it needs it.
    import huggingface_hub  # noqa: F401
    import jsonschema  # noqa: F401
    import smart_open  # noqa: F401
    from snakemake import cli

    import designspace.runner.journal
    import designspace.settings.estimate
    import designspace.settings.run  # noqa: F401

    cli.get_argument_parser()  # looks for Snakemake's plugins, and imports them

    for line in sys.stdin:
        if not (child := os.fork()):
            become(**json.loads(line))
            sys.exit()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
