"""Files that are written completely or not at all."""

import contextlib
import errno
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

from designspace.core.errors import DesignspaceError

# What to do if a file cannot be written.
ADVICE = {
    errno.ENOSPC: "Make room on its disk and start again.",
    errno.EDQUOT: "Make room in your quota and start again.",
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM, errno.EROFS), "Make the folder writable or use another, and start again."
    ),
}


TEMPORARY = re.compile(r"\.[0-9]+\.tmp$")  # the end of the names of files that are being written


class NotWritten(DesignspaceError, OSError):
    """A file that could not be written; the message is a sentence for the user."""


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise NotWritten in place of the OSError of a block that writes `path`."""
    try:
        yield
    except OSError as error:
        advice = ADVICE.get(error.errno or 0, "Check the folder and the space on its disk.")
        raise NotWritten(f"Cannot write {path}: {error.strerror}. {advice}") from error


def write_whole(path: str | Path, data: bytes) -> None:
    """Write a file and the folders above it. Other processes see the old file or the new one and never half of one,
    even after a crash, and even if another process writes it at the same time. NotWritten, with nothing left behind, if
    that fails."""
    path = Path(path)
    temporary = path.with_name(f"{path.name}.{socket.gethostname()}.{os.getpid()}.tmp")
    with writing(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
