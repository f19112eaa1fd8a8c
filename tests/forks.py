"""Processes of the library that start at once: what hundreds of fresh interpreters would import is imported once."""

import multiprocessing
import os
from contextlib import contextmanager
from multiprocessing import forkserver
from pathlib import Path
from unittest import mock

TESTS = Path(__file__).resolve().parent
FOLDERS = f"{TESTS.parent / 'scripts'}:{TESTS}"


@contextmanager
def forked(*modules):
    """Within it, a process that would be a fresh interpreter is forked from one that has imported these modules."""
    forkserver._forkserver._stop()  # another test's, which has imported others
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*modules])
    try:
        with (
            mock.patch.object(multiprocessing, "get_context", lambda method: context),
            mock.patch.dict(os.environ, PYTHONPATH=FOLDERS),  # else the server passes over the modules
        ):
            yield
    finally:
        forkserver._forkserver._stop()
        context.set_forkserver_preload(["__main__"])
