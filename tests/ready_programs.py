"""Programs that start at once: Snakemake and the programs of its rules, each forked from one interpreter that has
imported what they import, which takes up to two seconds of each.

As a program it is that interpreter: each connection to its socket is a program to be, and what it answers is that
program's exit code. It ends with its input.
"""

import atexit
import gc
import json
import multiprocessing
import os
import runpy
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
# A `python` for the PATH: a program of the workflow is forked, all else is started.
PYTHON = """#!{python} -IS
import json, os, socket, sys

arguments = sys.argv[1:]
if not (arguments and arguments[0].startswith({scripts!r})):
    os.execv({python!r}, [{python!r}, *arguments])
asked = {{"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}}
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [b"x"], [0, 1, 2])
    server.sendall(json.dumps(asked).encode())
    server.shutdown(socket.SHUT_WR)
    sys.exit(int(server.recv(9) or 1) % 256)
"""


@cache
def folder():
    """Where the interpreter has its socket, and its `python`. It ends with this process."""
    made = tempfile.TemporaryDirectory(prefix="ready-")
    address, python = Path(made.name, "socket"), Path(made.name, "python")
    python.write_text(PYTHON.format(python=sys.executable, scripts=f"{SCRIPTS}/", address=str(address)))
    python.chmod(0o755)
    command = [sys.executable, __file__, str(address)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdout.readline()  # it is ready
    atexit.register(made.cleanup)
    atexit.register(process.communicate)  # the end of its input ends it
    return Path(made.name)


def snakemake(arguments, where, environment):
    """Run snakemake in a folder. Returns its exit code and what it printed, stdout first."""
    asked = {"arguments": ["-m", "snakemake", *arguments], "folder": str(where), "environment": dict(environment)}
    with (
        socket.socket(socket.AF_UNIX) as server,
        open(os.devnull) as nothing,
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as errors,
    ):
        server.connect(str(folder() / "socket"))
        socket.send_fds(server, [b"x"], [file.fileno() for file in (nothing, output, errors)])
        server.sendall(json.dumps(asked).encode())
        server.shutdown(socket.SHUT_WR)
        code = int(server.recv(9) or 1)
        return code, "".join(file.seek(0) or file.read() for file in (output, errors))


def serve(address):
    """Fork what is asked for, until the input ends."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    print(flush=True)
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        connection, _ = listener.accept()
        if not os.fork():
            listener.close()
            answer(connection)
        connection.close()
        with suppress(ChildProcessError):  # there is none
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def answer(connection):
    """Be the program that a connection asks for, in a child, and answer with its exit code."""
    _, streams, *_ = socket.recv_fds(connection, 1, 3)
    with connection.makefile() as file:
        asked = json.load(file)
    if not (program := os.fork()):
        connection.close()
        end(lambda: become(streams, **asked))
    connection.sendall(b"%d" % os.waitstatus_to_exitcode(os.waitpid(program, 0)[1]))
    os._exit(0)


def end(program):
    """Run a program and end with its exit code, at once: an interpreter that takes itself apart touches all that it
    shares with the one that it was forked from, which costs more than most programs do."""
    code = 0
    try:
        program()
    except SystemExit as ending:
        code = ending.code or 0
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def become(streams, arguments, folder, environment):
    """Be the program from here on, as `python` with these arguments would."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # What would be a fresh interpreter, such as one that opens a PDF, is forked, too.
    context = multiprocessing.get_context
    multiprocessing.get_context = lambda method: context("fork" if method == "spawn" else method)
    program, *sys.argv = arguments if arguments[0] == "-m" else ["", *arguments]
    if program:
        sys.path[0] = os.getcwd()
        cli.main()
    else:
        sys.path[0], sys.orig_argv = str(SCRIPTS), ["python", *arguments]
        first = Path(environment.get("PYTHONPATH", ""), "sitecustomize.py")
        if first.exists():
            runpy.run_path(str(first))
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    sys.path += [str(SCRIPTS), str(SCRIPTS / "benchmark")]
    # What the programs import, some of it as late as they need it.
    import huggingface_hub  # noqa: F401
    import jsonschema  # noqa: F401
    import PIL.WebPImagePlugin  # noqa: F401
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
    gc.freeze()
    serve(sys.argv[1])
