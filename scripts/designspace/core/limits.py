"""Runs a function in a separate process: if it crashes, hangs or needs too much memory, only its answer is lost."""

import contextlib
import json
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import ModuleType
from typing import Any, cast

from designspace.core import processes
from designspace.core.clock import Clock
from designspace.core.errors import DesignspaceError

GOODBYE_SECONDS = 10  # that a process may take to end after its answer
_starting = threading.Lock()


class Failed(DesignspaceError):
    """There is no answer; the message says what happened, as the end of a sentence."""


class Killed(Failed):
    """Another process killed this one, as the kernel does when the machine runs out of memory."""


def call(
    function: Callable[..., Any], *arguments: Any, seconds: int, address_space: int, output: int = 64 * 2**20
) -> Any:
    """What `function(*arguments)` returns in a new process that may take `seconds` and `address_space` bytes, and whose
    answer has at most `output` bytes. Processes that it started end with it. Raises Failed if it exceeds a limit or
    does not end well; the traceback of an error goes to stderr.

    Function and arguments must be picklable. The answer is JSON: the output of a process that may have read something
    malicious is parsed and never unpickled.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    limits = {resource.RLIMIT_AS: address_space, resource.RLIMIT_CPU: seconds + 1, resource.RLIMIT_CORE: 0}
    process = context.Process(target=_answer, args=(sender, limits, output, function, arguments), daemon=True)
    _start(process)
    sender.close()
    try:
        if not Clock(seconds).wait(receiver):
            raise Failed(f"it takes more than {seconds} s")
        answer = json.loads(receiver.recv_bytes(output))
    except (EOFError, OSError):  # it died before its answer, or in the middle
        process.join(GOODBYE_SECONDS)
        raise _ending(process.exitcode, address_space) from None
    finally:
        with contextlib.suppress(OSError):  # no such group: it died before it had one
            os.killpg(cast(int, process.pid), signal.SIGKILL)
        process.kill()
        process.join()
    if "failed" in answer:
        raise Failed(answer["failed"])
    return answer["answer"]


def _start(process: SpawnProcess) -> None:
    """Start a process that does not import the program that is running, as multiprocessing would have it: of Snakemake
    that takes two seconds, and no function that is called here is the program's own."""
    with _starting:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            process.start()
        finally:
            sys.modules["__main__"] = program


def _answer(
    sender: "Connection[bytes, bytes]",
    limits: dict[int, int],
    output: int,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> None:
    os.setsid()  # a group of its own, which can be ended as one
    processes.end_with_parent()
    for kind, limit in limits.items():
        hard = resource.getrlimit(kind)[1]
        with contextlib.suppress(ValueError, OSError):  # a system without this limit
            resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    try:
        answer = json.dumps({"answer": function(*arguments)}).encode()
    except MemoryError:
        answer = _failed(_too_much(limits[resource.RLIMIT_AS]))
    if len(answer) > output:
        answer = _failed(f"what was read of it takes more than {output / 2**20:.3g} MiB")
    sender.send_bytes(answer)


def _failed(how: str) -> bytes:
    return json.dumps({"failed": how}).encode()


def _too_much(address_space: int) -> str:
    return f"it needs more than {address_space / 2**30:.3g} GiB of memory"


def _ending(code: int | None, address_space: int) -> Failed:
    if code is None:
        return Failed("the process that read it did not end")
    if code == -signal.SIGABRT:  # what pdfium does where it gets no more memory
        return Failed(f"{_too_much(address_space)}, or a library gave up on it (SIGABRT)")
    if code == -signal.SIGKILL:
        return Killed("the process that read it was killed")
    if code < 0:
        return Failed(f"the process that read it was ended by {signal.Signals(-code).name}")
    return Failed(f"the process that read it ended with an error (exit code {code}), which its log has")
