"""What becomes of a function that crashes, hangs or wants too much: one sentence, and nothing is left running."""

import os
import subprocess
import sys
import time
from multiprocessing.connection import Connection

import pytest
from bad_endings import be_killed, fail, leave_without_a_word, sleep_with_a_child, stop, talk, want_memory
from conftest import ROOT
from paper_processes import ended

from designspace.core import limits

ROOM = {"seconds": 60, "address_space": 2**30}


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (stop, "the process that read it was ended by SIGSEGV"),
        (be_killed, "the process that read it was killed"),
        (os.abort, r"it needs more than 1 GiB of memory, or a library gave up on it \(SIGABRT\)"),
        (want_memory, "it needs more than 1 GiB of memory"),
        (fail, r"ended with an error \(exit code 1\), which its log has"),
        (leave_without_a_word, r"ended with an error \(exit code 0\)"),
    ],
)
def test_a_function_that_ends_badly_is_a_sentence(function, sentence):
    with pytest.raises(limits.Failed, match=sentence):
        limits.call(function, **ROOM)


def test_an_answer_has_a_largest_size():
    assert limits.call(talk, 2**16, **ROOM) == "x" * 2**16
    with pytest.raises(limits.Failed, match="what was read of it takes more than 0.0625 MiB"):
        limits.call(talk, 2**16, **ROOM, output=2**16)


def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path, monkeypatch):
    file = tmp_path / "child"

    def poll(connection, seconds):  # its time is over when it has a child
        while not (file.exists() and file.read_text()):
            time.sleep(0.01)
        return False

    monkeypatch.setattr(Connection, "poll", poll)
    with pytest.raises(limits.Failed, match="it takes more than 4 s"):
        limits.call(sleep_with_a_child, file, seconds=4, address_space=2**30)
    assert ended(int(file.read_text()))


def test_seconds_in_which_a_job_is_suspended_do_not_count(monkeypatch):
    waited, poll = [], Connection.poll

    def late(connection, seconds):  # the first time it was suspended meanwhile, and more than the limit is over
        waited.append(seconds)
        return len(waited) > 1 and poll(connection, 60)

    monkeypatch.setattr(Connection, "poll", late)
    assert limits.call(talk, 2, seconds=2, address_space=2**30) == "xx" and len(waited) == 2


PROGRAM = """
import os, sys

sys.path.append({folder!r})
from designspace.core import limits

print("imported")
if __name__ == "__main__":
    this = sys.modules["__main__"]
    assert limits.call(os.getppid, seconds=60, address_space=2**30) == os.getpid()
    assert sys.modules["__main__"] is this
"""


@pytest.mark.parametrize("way", [["program.py"], ["-m", "program"]])
def test_the_program_that_calls_is_not_imported_again(tmp_path, way):
    """Of Snakemake, which calls as it reads the Snakefile, that would take two seconds."""
    (tmp_path / "program.py").write_text(PROGRAM.format(folder=str(ROOT / "scripts")))
    done = subprocess.run([sys.executable, *way], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("imported\n", "")
