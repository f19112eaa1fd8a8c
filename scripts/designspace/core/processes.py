"""Fresh processes that start at once: they are forked from a server that has the imports done and has touched no
GPU."""

import json
import multiprocessing
import os
import signal
import threading
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

TOKENIZER = "DESIGNSPACE_TOKENIZER"  # environment variable: the model whose tokenizer the server loads


def start(model: str, revision: str | None, preload: str) -> ForkServerContext:
    """Start the server, once, which imports the module `preload`, and return the context of its processes.

    It returns at once: the server imports the library, and reads the tokenizer of the model, while the caller does
    something else.
    """
    os.environ[TOKENIZER] = json.dumps([model, revision])
    # The server is a new interpreter, which does not know the folder of this library.
    library = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([library, *filter(None, known)]))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preload])
    forkserver.ensure_running()
    return context


def end_with_parent() -> None:
    """End this process as soon as the process that started it has ended, however it ended. Nothing else would end it,
    and the GPU memory that it holds would be missing to the next one. Ctrl-C, which all processes of a terminal
    receive, is left to the other process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
