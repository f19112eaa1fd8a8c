"""The processes in which `make test` runs the tests, and the programs with a model that these run, forked from one
interpreter that has imported what they import: PyTorch and transformers take each of them ten seconds. As a program it
is that interpreter."""

import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import fork_server
import ready_programs

SCRIPTS = str(Path(__file__).resolve().parents[1] / "scripts")
# First what is to take leave last, of what has been opened with it.
IMPORTED = ["pypdfium2", "torch", "transformers.modeling_utils", "transformers.models.auto.modeling_auto", "tokenizers"]
IMPORTED += ["transformers.models.auto.tokenization_auto", "llguidance", "pandas", "scipy.stats", "pikepdf", "typst"]
IMPORTED += ["pytest", "designspace.runner.driver", "designspace.results.merging", "designspace.parsing.text"]


def python():
    """The `python` with which pytest-xdist may start its workers."""
    folder = fork_server.start(__file__, "-u")
    os.environ["READY_WORKERS"] = str(folder)
    return folder / "python"


def become(arguments):
    """Be `python -u -c code`, which is how a worker is started, or a program."""
    if arguments[0] != "-u":
        return ready_programs.become_script(arguments, with_model=True)
    sys.modules["__main__"] = main = ModuleType("__main__")
    sys.argv, sys.path[0] = ["-c"], ""
    exec(arguments[2], main.__dict__)


if __name__ == "__main__":
    sys.path.append(SCRIPTS)
    for name in IMPORTED:
        import_module(name)
    fork_server.serve(sys.argv[1], become)
