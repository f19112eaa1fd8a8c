"""A function in a process of its own: where it crashes, hangs or wants too much memory, only its answer is lost."""

import contextlib
import multiprocessing
import resource
import signal


class Failed(Exception):
    """No answer; the message says what happened, as the end of a sentence."""


def call(function, *arguments, seconds: int, address_space: int):
    """What `function(*arguments)` returns in a new process that may take `seconds` and `address_space` bytes.

    Raises Failed where it takes more or does not end well; the traceback of an error is on stderr. Function, arguments
    and answer must be picklable.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    # The limit of processor time is for a process whose parent was killed: nobody else would end it.
    limits = {resource.RLIMIT_AS: address_space, resource.RLIMIT_CPU: seconds + 1, resource.RLIMIT_CORE: 0}
    process = context.Process(target=_answer, args=(sender, limits, function, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise Failed(f"it takes more than {seconds} s")
        answer = receiver.recv()
    except (EOFError, OSError):  # it died before its answer, or in the middle
        process.join()
        raise Failed(_ending(process.exitcode)) from None
    finally:
        process.kill()
        process.join()
    if isinstance(answer, Failed):
        raise answer
    return answer


def _answer(sender, limits, function, arguments):
    for kind, limit in limits.items():
        hard = resource.getrlimit(kind)[1]
        with contextlib.suppress(ValueError, OSError):  # a system without this limit
            resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    try:
        sender.send(function(*arguments))
    except MemoryError:
        sender.send(Failed(f"it needs more than {limits[resource.RLIMIT_AS] / 2**30:.3g} GiB of memory"))


def _ending(code):
    if code < 0:
        return f"the process that read it was ended by {signal.Signals(-code).name}"
    return f"the process that read it ended with an error (exit code {code}), which its log has"
