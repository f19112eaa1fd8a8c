"""The process of a paper, or of several, as the driver sees it: begun ahead of its turn, let go, waited for, ended."""

import json
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import ForkServerContext
from multiprocessing.reduction import ForkingPickler
from typing import Any

from designspace.core.clock import Clock
from designspace.runner import worker

Record = dict[str, Any]

EXIT_SECONDS = 60  # that a process may take to end after its answer
SERVER_GONE = 255  # the exit code that multiprocessing gives a process whose fork server has ended


class PaperProcess:
    """A process that makes itself ready for its `work`, what worker.work receives, and waits until it is let go."""

    def __init__(self, start: ForkServerContext, *work: Any) -> None:
        self.receiver, sender = start.Pipe(duplex=False)
        inbox, self.outbox = start.Pipe(duplex=False)
        self.turn = threading.Event()  # has come
        self.process = start.Process(target=worker.work, args=(sender, inbox))
        message = bytes(ForkingPickler.dumps(work))
        with suppress(EOFError, BrokenPipeError):  # it died in its first moment, which shows when it is waited for
            self.process.start()
        sender.close()
        inbox.close()
        # A pipe holds less than a paper, and a process that hangs never empties it.
        threading.Thread(target=self._post, args=(message,), daemon=True).start()

    def _post(self, message: bytes) -> None:
        """Write all of the work, as it is read at the other end, which may be gone, and in its turn that it may go."""
        with suppress(OSError), self.outbox:
            self.outbox.send_bytes(message)
            self.turn.wait()
            self.outbox.send(time.monotonic())

    def let_go(self) -> None:
        """Tell the process that the memory of the GPU is its own, which it may be told again."""
        self.turn.set()

    @property
    def gone(self) -> bool:
        """Whether it was let go."""
        return self.turn.is_set()

    def outcome(self, clock: Clock, when_freed: Callable[[], None]) -> Record:
        """Wait for the next outcome, and meanwhile for the memory of the GPU to be free. A process that dies, or hangs
        until the clock has no seconds left, is an outcome, too, which has no `paper`."""
        try:
            while clock.wait(self.receiver):
                message = self.receiver.recv_bytes()
                if message != worker.FREED:
                    outcome: Record = json.loads(message)
                    return outcome
                when_freed()
        except (EOFError, OSError):  # it died before its answer, or in the middle
            if self.process.pid is None:
                return ending(-signal.SIGKILL)
            self.process.join(EXIT_SECONDS)
            return ending(self.process.exitcode)
        return {"status": "late"}

    def end(self, patience: float = 0) -> None:
        """Wait for the process to end by itself, and end it after this many seconds; its memory is free then."""
        if self.process.pid is not None:
            self.process.join(patience)
            self.process.kill()
            self.process.join()
        self.turn.set()  # the thread that posts ends, too


def ending(code: int | None) -> Record:
    """The outcome of a process that ended with a code before its answer."""
    if code == -signal.SIGKILL:  # what the kernel does, and SLURM, when memory is out
        return {"status": "out_of_memory", "reason": "The paper's process was killed."}
    if code in (-signal.SIGTERM, SERVER_GONE):  # what SLURM does to all processes of a job, one after the other
        return {"status": "stop", "reason": "The paper's process was ended with its job; start again."}
    if code is None:
        return {"status": "failed", "reason": "The paper's process neither answered nor ended, and was stopped."}
    return {"status": "failed", "reason": f"The paper's process ended with code {code}; the log says why."}
