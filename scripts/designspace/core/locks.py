"""Locks on files. The kernel releases them when their process ends, however it ends, so that no lock is left behind."""

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
    """Lock an open file for this process; False if another process has the lock. On a file system without locks it is
    always True."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def wait_for(file: IO[Any]) -> None:
    """Return when this process has the lock on an open file."""
    with contextlib.suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX)


def keep_others_out(folder: Path) -> None:
    """Make a folder and lock it until this process ends. Taken if another process has the lock, NotWritten if the
    folder cannot be written."""
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
