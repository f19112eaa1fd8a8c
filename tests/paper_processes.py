"""The processes of papers that ask.py starts, found, and held where a test is to meet them."""

import os
import signal
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from conftest import run_first

# In each new interpreter: in a fork server of the program, count the processes of papers, and let those to hold stand
# still in their first moment. The process of the next paper is begun as soon as the present one's has its turn, unless
# that paper is tried again; where it is then, the next one's is ended, and begun anew behind it.
HOLD = """
import os, signal, sys

program, *held = os.environ["HELD_PAPERS"].split()
papers = []


def stand_still():
    if str(len(papers)) in held:
        os.kill(os.getpid(), signal.SIGSTOP)


if "forkserver" in " ".join(sys.orig_argv):
    with open(f"/proc/{os.getppid()}/cmdline") as command:
        if program in command.read():
            os.register_at_fork(before=lambda: papers.append(1), after_in_child=stand_still)
"""


def hold(monkeypatch, folder, program, *numbers, and_first=""):
    """From now on, of each run of a program the processes with these numbers, from 1, stand still as they begin; more
    code may run first in every interpreter."""
    run_first(monkeypatch, folder, HOLD + and_first)
    monkeypatch.setenv("HELD_PAPERS", " ".join(map(str, [program, *numbers])))


def go_on(pid):
    os.kill(pid, signal.SIGCONT)


def families():
    """{pid: {child: state}} of the processes that processes started and that still run, from the first child that was
    begun on: by their times, since the numbers of processes begin anew above the kernel's highest, in the middle of a
    test as well. All of it is one look at all processes, which takes time where many of them run."""
    found = defaultdict(list)
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{pid}/stat") as stat:
            state, parent, *others = stat.read().rpartition(") ")[2].split()
            if state != "Z":
                found[int(parent)].append((int(others[17]), int(pid), state))  # proc_pid_stat(5): starttime
    return {parent: {pid: state for _, pid, state in sorted(own)} for parent, own in found.items()}


def held(driver):
    """The process of the paper whose turn it is, of the program whose process is `driver`, if it stands still: of the
    children of its fork server, the first that was begun; None otherwise."""
    of = families()
    papers = {pid: state for child in of.get(driver, {}) for pid, state in of.get(child, {}).items()}
    first = next(iter(papers), None)
    return first if papers.get(first) == "T" else None


def answered(journal):
    """How many papers are in a journal, with two answers each."""
    return journal.read_bytes().count(b"\n") // 2 if journal.exists() else 0


def driver_of(batch, among):
    """The process of ask.py for a batch, given as a part of the name of its output, among those; None if there is
    none."""
    for pid in among:
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"ask.py\0--papers" in command and batch.encode() in command:
                return pid
    return None


def wait_for(find, of):
    """What `find` finds, as soon as that is something; fails when the process `of` ends before."""
    while not (found := find()):
        assert of.poll() is None, f"{of.args} ended with code {of.returncode}"
        time.sleep(0.2)  # looking through all processes takes ten milliseconds of a processor
    return found


def ended(pid):
    """Whether a process ends; fails only with the test's own time limit."""
    with suppress(OSError):  # it is gone
        while Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z":
            time.sleep(0.01)
    return True
