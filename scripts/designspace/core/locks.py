"""Locks on files. The kernel takes them back when their process ends, however it does, so that none is left behind."""

import contextlib
import fcntl
import os
import socket
import time
from pathlib import Path
from typing import IO, Any

from designspace.core.errors import DesignspaceError
from designspace.core.files import writing

_held: list[IO[Any]] = []  # open for as long as this process runs


class Taken(DesignspaceError):
    """Another process has the lock; the message is a sentence for the user."""


def acquire(file: IO[Any]) -> bool:
    """Whether an open file is this process's own from now on. On a file system without locks it always is."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def wait_for(file: IO[Any]) -> None:
    """Return when an open file is this process's own."""
    with contextlib.suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX)


def keep_others_out(folder: Path) -> None:
    """Lock a folder, which is made, until this process ends. Taken where another did, NotWritten where that fails."""
    path = folder / ".lock"
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
    if not acquire(file):
        file.seek(0)
        raise Taken(
            f"Another run is at work in {folder} ({file.read()}): wait for its end or stop it, and start again."
        )
    _held.append(file)
    with writing(path):
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}, started {time.strftime('%Y-%m-%d %H:%M')}")
        file.flush()
