"""Processes of the library that start at once: what hundreds of fresh interpreters would import is imported once."""

import multiprocessing
from contextlib import contextmanager
from multiprocessing import forkserver
from unittest import mock


@contextmanager
def forked(*modules):
    """Within it, a process that would be a fresh interpreter is forked from one that has imported these modules."""
    forkserver._forkserver._stop()  # another test's, which has imported others
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", *modules])
    try:
        with mock.patch.object(multiprocessing, "get_context", lambda method: context):
            yield
    finally:
        forkserver._forkserver._stop()
        context.set_forkserver_preload(["__main__"])
