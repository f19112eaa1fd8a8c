"""How every program of the workflow ends if something is wrong: with a message and without a traceback."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path

from designspace.core.errors import DesignspaceError


def program(main: Callable[[], None]) -> Callable[[], None]:
    """Decorate the `main` of a program: a DesignspaceError ends it with `program: message` on stderr and exit code 1.
    Any other error is a bug in the program and keeps its traceback."""

    @functools.wraps(main)
    def run() -> None:
        try:
            main()
        except DesignspaceError as error:
            sys.exit(f"{Path(sys.argv[0]).stem}: {error}")

    return run
