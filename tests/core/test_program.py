"""How programs end where something is wrong."""

import importlib
import inspect
import pkgutil
import sys

import pytest

import designspace
from designspace.core.errors import DesignspaceError
from designspace.core.program import program


@program
def stopped():
    raise DesignspaceError("The folder is missing; make it.")


@program
def faulty():
    raise RuntimeError("a fault of the program")


def test_an_error_that_a_user_can_act_on_is_printed_with_the_name_of_the_program(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/somewhere/merge.py", "--results", "x"])
    with pytest.raises(SystemExit, match=r"^merge: The folder is missing; make it\.$") as ended:
        stopped()
    assert isinstance(ended.value.code, str)  # printed on stderr, with the exit code 1


def test_a_fault_of_the_program_keeps_its_traceback():
    with pytest.raises(RuntimeError):
        faulty()


def test_every_exception_of_the_library_has_the_one_base():
    exceptions = set()
    for module in pkgutil.walk_packages(designspace.__path__, "designspace."):
        if module.name.startswith("designspace.runner.preload") or "kernels" in module.name or "flash" in module.name:
            continue  # imported in the fork server or with Triton only
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, Exception) and kind.__module__.startswith("designspace."):
                exceptions.add(kind)
    assert len(exceptions) >= 13 and all(issubclass(kind, DesignspaceError) for kind in exceptions)
