"""An interpreter that has imported what many programs import, and from which each of them is forked.

It is a program that calls `serve`: each connection to its socket asks for a program, and the answer is that program's
exit code. It ends with its input.
"""

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

# A `python` that asks for a fork where its first argument begins so, unless STARTED has the name of that file; it is
# the interpreter itself otherwise.
PYTHON = """#!{python} -IS
import json, os, socket, sys

arguments, started = sys.argv[1:], os.environ.get("STARTED", "").split()
if not (arguments and arguments[0].startswith({forked!r})) or os.path.basename(arguments[0]) in started:
    os.execv({python!r}, [{python!r}, *arguments])
asked = {{"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}}
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [b"x"], [0, 1, 2])
    server.sendall(json.dumps(asked).encode())
    server.shutdown(socket.SHUT_WR)
    sys.exit(int(server.recv(9) or 1) % 256)
"""


def start(program, forked):
    """Start the interpreter. Returns the folder of its socket and of the `python` that asks it for what is `forked`.
    It ends with this process."""
    made = tempfile.TemporaryDirectory(prefix="ready-")
    address, python = Path(made.name, "socket"), Path(made.name, "python")
    python.write_text(PYTHON.format(python=sys.executable, forked=forked, address=str(address)))
    python.chmod(0o755)
    process = subprocess.Popen([sys.executable, program, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdout.readline()  # it is ready
    atexit.register(made.cleanup)
    atexit.register(process.communicate)  # the end of its input ends it
    return Path(made.name)


def ask(folder, streams, arguments, where, environment):
    """The exit code of a program that is forked with these as its input, output and errors."""
    asked = {"arguments": arguments, "folder": str(where), "environment": dict(environment)}
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(str(folder / "socket"))
        socket.send_fds(server, [b"x"], [file.fileno() for file in streams])
        server.sendall(json.dumps(asked).encode())
        server.shutdown(socket.SHUT_WR)
        return int(server.recv(9) or 1)


def serve(address, become):
    """Fork what is asked for, until the input ends; `become` makes the fork the program with some arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the programs
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    print(flush=True)
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        connection, _ = listener.accept()
        if not os.fork():
            listener.close()
            answer(connection, become)
        connection.close()
        reap()
    reap()


def reap():
    """Take leave of the children that have ended, so that their time counts as this process's."""
    with suppress(ChildProcessError):  # there is none
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def answer(connection, become):
    """Be the program that a connection asks for, in a child, and answer with its exit code."""
    _, streams, *_ = socket.recv_fds(connection, 1, 3)
    with connection.makefile() as file:
        asked = json.load(file)
    if not (program := os.fork()):
        connection.close()
        enter(streams, asked["folder"], asked["environment"])
        end(lambda: become(asked["arguments"]))
    code = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    with suppress(BrokenPipeError):  # who asked was interrupted
        connection.sendall(b"%d" % code)
    os._exit(0)


def enter(streams, folder, environment):
    """Be where the program was asked for."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)


def fork_code(path, arguments, kept):
    """In the place of `multiprocessing.util.spawnv_passfds`: what would be a fresh interpreter that runs code, such as
    another fork server, is forked and keeps these open files only. Returns its process."""
    if process := os.fork():
        return process
    for number in set(map(int, os.listdir("/proc/self/fd"))) - {0, 1, 2, *kept}:
        with suppress(OSError):  # it was that of the listing
            os.close(number)
    atexit._clear()  # what this process does at its end
    code = arguments[arguments.index("-c") + 1]
    end(lambda: exec(code, {"__name__": "__main__"}))


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
    for stream in (sys.stdout, sys.stderr):
        if not stream.closed:
            stream.flush()
    os._exit(code)
