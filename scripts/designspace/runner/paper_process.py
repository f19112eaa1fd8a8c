"""The process of one or several papers, as the driver sees it: started before its turn, then allowed to continue,
waited for, and ended."""

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

EXIT_SECONDS = 60  # in which a process must end after its answer
SERVER_GONE = 255  # the exit code that multiprocessing gives a process whose fork server has ended


class PaperProcess:
    """A process that prepares itself for its `work`, the message that worker.work receives, and waits until it may
    continue."""

    def __init__(self, start: ForkServerContext, *work: Any) -> None:
        self.receiver, sender = start.Pipe(duplex=False)
        inbox, self.outbox = start.Pipe(duplex=False)
        self.turn = threading.Event()  # set when the process may continue
        self.process = start.Process(target=worker.work, args=(sender, inbox))
        message = bytes(ForkingPickler.dumps(work))
        with suppress(EOFError, BrokenPipeError):  # it died at once, which `outcome` notices
            self.process.start()
        sender.close()
        inbox.close()
        # A pipe has less room than a paper needs, and a process that hangs never empties it.
        threading.Thread(target=self._post, args=(message,), daemon=True).start()

    def _post(self, message: bytes) -> None:
        """Write all of the work, as fast as the other end reads it, which may be gone; then, in its turn, that it may
        continue."""
        with suppress(OSError), self.outbox:
            self.outbox.send_bytes(message)
            self.turn.wait()
            self.outbox.send(time.monotonic())

    def let_go(self) -> None:
        """Tell the process that the memory of the GPU is its own. May be called again."""
        self.turn.set()

    @property
    def gone(self) -> bool:
        """Whether the process may continue."""
        return self.turn.is_set()

    def outcome(self, clock: Clock, when_freed: Callable[[], None]) -> Record:
        """Wait for the next outcome, and call `when_freed` when the memory of the GPU is free. If the process dies, or
        hangs until the clock has no seconds left, the outcome has no `paper`."""
        try:
            while clock.wait(self.receiver):
                message = self.receiver.recv_bytes()
                if message != worker.FREED:
                    outcome: Record = json.loads(message)
                    return outcome
                when_freed()
        except (EOFError, OSError):  # it died before its answer, or while sending it
            if self.process.pid is None:
                return ending(-signal.SIGKILL)
            self.process.join(EXIT_SECONDS)
            return ending(self.process.exitcode)
        return {"status": "late"}

    def end(self, patience: float = 0) -> None:
        """Wait this many seconds for the process to end by itself, then kill it; afterwards its memory is free."""
        if self.process.pid is not None:
            self.process.join(patience)
            self.process.kill()
            self.process.join()
        self.turn.set()  # the thread of `_post` ends, too


def ending(code: int | None) -> Record:
    """The outcome of a process that ended with this code before its answer."""
    if code == -signal.SIGKILL:  # by the kernel or by SLURM, when memory runs out
        return {"status": "out_of_memory", "reason": "The paper's process was killed."}
    if code in (-signal.SIGTERM, SERVER_GONE):  # by SLURM, which ends all processes of a job one after the other
        return {"status": "stop", "reason": "The paper's process was ended with its job; start again."}
    if code is None:
        return {"status": "failed", "reason": "The paper's process neither answered nor ended, and was stopped."}
    return {"status": "failed", "reason": f"The paper's process ended with code {code}; the log says why."}
