"""SLURM on this one machine, for as long as the tests need it: munged, slurmctld and slurmd with two pretended GPUs.

Jobs find their cluster only through /etc/slurm, so what lies there is moved aside and put back; all else (munge key and
socket, state, logs) lives in one folder under /run. The daemons work in that folder and the jobs carry it in their
environment: by this alone a process is known as ours, also one that a killed run left behind, and no other is touched.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER = Path("/run/slurm-for-tests")
CONFIGURATION = Path("/etc/slurm")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "sinfo", "scontrol", "scancel")
# For programs that submit jobs: SLURM hands it on to the jobs; what is called SLURM_… Snakemake takes away.
ENVIRONMENT = {"CLUSTER_FOR_TESTS": str(FOLDER)}
SIGNATURE = "# Written by tests/slurm_cluster.py and removed by it.\n"

# More CPUs and memory than the machine has (config_overrides), so that the jobs of a test do not wait for each other.
# Two device files that every machine has stand for the GPUs. The prolog keeps the environment of every task.
FILES = {
    "slurm.conf": """
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
AuthInfo=socket={folder}/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
TaskProlog={folder}/prolog
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
GresTypes=gpu
KillWait=2
MinJobAge=3600
ReturnToService=2
MessageTimeout=60
BatchStartTimeout=60
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
NodeName={host} NodeAddr=127.0.0.1 CPUs=64 RealMemory=1000000 Gres=gpu:2 State=UNKNOWN
PartitionName=tests Nodes=ALL Default=YES MaxTime=INFINITE State=UP
""",
    "gres.conf": """
Name=gpu File=/dev/null
Name=gpu File=/dev/zero
""",
}
PROLOG = """#!/bin/sh
env -0 > {folder}/environments/$SLURM_JOB_ID.$SLURM_STEP_ID
"""


def obstacle() -> str:
    """Why SLURM cannot be started here, as a sentence; empty if it can."""
    if missing := [program for program in PROGRAMS if not shutil.which(program)]:
        return f"SLURM is not installed ({', '.join(missing)} not found): apt-get install slurm-wlm munge"
    if os.geteuid() != 0:
        return "Starting SLURM takes root, since jobs look for it in /etc/slurm: run the tests as root in a container."
    if foreign := {pid for pid in processes() if program(pid).startswith("slurm")} - ours():
        return f"A SLURM runs here already (process {min(foreign)}) and is left alone: run the tests in a container."
    return ""


@contextmanager
def running():
    """Start the cluster, wait until its node is idle, and take everything away at the end."""
    with open(f"{FOLDER}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one cluster a machine; a killed run loses its lock by itself
        clean()
        daemons = []
        try:
            configure()
            daemons = start()
            yield
        finally:
            clean()
            for daemon in daemons:
                daemon.wait()


def configure() -> None:
    """Write the cluster's files, moving aside what /etc/slurm had."""
    for name in ("environments", "state", "spool"):
        (FOLDER / name).mkdir(parents=True)
    CONFIGURATION.mkdir(parents=True, exist_ok=True)
    names = {"host": socket.gethostname().split(".")[0], "folder": FOLDER}
    for name, text in FILES.items():
        file = CONFIGURATION / name
        if file.exists():
            file.rename(set_aside(file))
        file.write_text(SIGNATURE + text.format(**names))
    (FOLDER / "prolog").write_text(PROLOG.format(**names))
    (FOLDER / "prolog").chmod(0o755)
    (FOLDER / "munge.key").touch(mode=0o600)
    (FOLDER / "munge.key").write_bytes(os.urandom(128))


def start() -> list[subprocess.Popen]:
    """Start the daemons and wait for the node; RuntimeError with their logs if it is not idle within a minute."""
    files = [f"--{name}-file={FOLDER}/munge.{name}" for name in ("key", "pid", "seed")]
    munged = ["munged", "--foreground", f"--socket={FOLDER}/munge.socket", *files]
    daemons = []
    for command in (munged, ["slurmctld", "-D"], ["slurmd", "-D"]):
        with open(FOLDER / f"{command[0]}.log", "w") as log:
            daemons.append(subprocess.Popen(command, cwd=FOLDER, stdout=log, stderr=log, start_new_session=True))
        while command is munged and not (FOLDER / "munge.socket").exists() and daemons[0].poll() is None:
            time.sleep(0.05)
    deadline = time.monotonic() + 60
    while ask("sinfo", "--noheader", "--format=%T") != "idle":
        if time.monotonic() > deadline:
            logs = "\n".join(f"{log.name}:\n{log.read_text()[-3000:]}" for log in sorted(FOLDER.glob("*.log")))
            raise RuntimeError(f"The SLURM node is not idle after a minute.\n{logs}")
        time.sleep(0.2)
    return daemons


def clean() -> None:
    """End our processes, put the configuration back, remove the folder; also what a killed run left behind."""
    while left := ours():
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    for file in (CONFIGURATION / name for name in FILES):
        if file.exists() and file.read_text().startswith(SIGNATURE):
            file.unlink()
        if set_aside(file).exists() and not file.exists():
            set_aside(file).rename(file)
    shutil.rmtree(FOLDER, ignore_errors=True)


def jobs() -> list[dict[str, str]]:
    """All jobs since the start, oldest first, with SLURM's own fields (JobId, JobState, Comment, TresPerJob, ...)."""
    lines = ask("scontrol", "show", "job", "--oneliner").splitlines()
    found = [dict(field.split("=", 1) for field in line.split() if "=" in field) for line in lines]
    return sorted((job for job in found if "JobId" in job), key=lambda job: int(job["JobId"]))


def task_environment(job: dict[str, str]) -> dict[str, str]:
    """The environment in which the job's first task ran: the one that its program saw."""
    entries = (FOLDER / "environments" / f"{job['JobId']}.0").read_text().split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def ask(*command: str) -> str:
    """What a SLURM command prints; empty while it fails, as it does before the daemons answer."""
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def set_aside(file: Path) -> Path:
    return file.with_name(f"{file.name}.before-tests")


def processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def program(pid: int) -> str:
    """The name of a process's program; empty if it has ended or is the kernel's."""
    with suppress(OSError):
        return Path(os.readlink(f"/proc/{pid}/exe")).name
    return ""


def ours() -> set[int]:
    """The daemons and step daemons, known by their working folder, and what jobs run, known by its environment."""
    found = set()
    mark = "=".join(*ENVIRONMENT.items()).encode()
    for pid in processes():
        with suppress(OSError):
            daemon = program(pid).startswith(("slurm", "munged")) and os.readlink(f"/proc/{pid}/cwd") == str(FOLDER)
            if daemon or mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.add(pid)
    return found
