"""Functions that end badly, for processes of their own; here, where such a process imports nothing else with them."""

import os
import signal
import subprocess
import time


def stop():
    os.kill(os.getpid(), signal.SIGSEGV)


def be_killed():
    os.kill(os.getpid(), signal.SIGKILL)


def want_memory():
    bytearray(2**40)


def fail():
    raise RuntimeError("a fault of the program")


def leave_without_a_word():
    os._exit(0)


def talk(length):
    return "x" * length


def sleep_with_a_child(file):
    """Start a program, say which, and wait with it."""
    child = subprocess.Popen(["sleep", "60"])
    file.write_text(str(child.pid))
    time.sleep(60)
