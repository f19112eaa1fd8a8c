"""Fresh processes that start at once: forked from a server that has the imports done and has touched no GPU."""

import multiprocessing
import os
from multiprocessing import forkserver
from pathlib import Path


def start():
    """Start the server, once, and return the multiprocessing context of its processes.

    It returns at once: the server imports the library while the caller does something else.
    """
    # The server is a new interpreter, which does not know the folder of this library.
    library = str(Path(__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([library, *filter(None, known)]))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["designspace.worker"])
    forkserver.ensure_running()
    return context
