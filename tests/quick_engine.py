"""In the place of PyTorch and the engine in ask.py and the processes of its papers: every paper is
answered at once, by scripts/benchmark/stand_in.py. All else is real: the driver, the fork server, the journal, the
attempts. For tests of what becomes of processes that are killed, stopped and left behind: PyTorch and transformers take
a driver and its server seconds of import each.
"""

import sys
from pathlib import Path
from unittest import mock

from benchmark import stand_in

FOLDERS = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "scripts")]
# In each new interpreter, where it is to be one of the programs or its fork server: the engine is replaced.
REPLACED = """
import os, sys, traceback

def is_one_of(programs):
    if "forkserver" not in " ".join(sys.orig_argv):
        return any(part.rpartition("/")[2] in programs for part in sys.orig_argv[:3])
    with open(f"/proc/{{os.getppid()}}/cmdline") as command:
        driver = command.read()
    return any("/" + program in driver for program in programs)

if is_one_of({programs!r}):
    sys.path += {folders!r}
    try:
        import quick_engine

        quick_engine.install()
    except BaseException:  # which would be passed over
        traceback.print_exc()
        os._exit(1)
"""


def without_engine(*programs):
    """Code to run first (`run_first`), by which the programs answer every paper at once."""
    return REPLACED.format(programs=programs, folders=FOLDERS)


def install():
    """From now on this interpreter has no PyTorch, and `worker` answers without a model."""
    of_engine = [f"designspace.engine.{name}" for name in ("loading", "generator", "masks", "warming")]
    for name in ("torch", "torch.multiprocessing", *of_engine):
        sys.modules[name] = mock.MagicMock()
    sys.modules["torch"].OutOfMemoryError = MemoryError
    loading = sys.modules["designspace.engine.loading"]
    for obstacle in (loading.obstacle_to_processes, loading.obstacle_to_sharing, loading.obstacle_to_computing):
        obstacle.return_value = ""
    from designspace.runner import worker

    worker.load, worker.Group = (lambda job: "the weights"), Group


class Group:
    """Papers that are answered at once."""

    grammar_tokenizer = "its tokenizer"

    def __init__(self, job, weights, papers, attempt):
        self.job, self.papers, self.attempt = job, papers, attempt
        self.tasks = dict.fromkeys(job.tasks, mock.Mock(branches=1))

    def ask(self, started):
        pass

    def outcomes(self):
        for record, context in self.papers:
            made_up = {task: stand_in.answer(task, record, self.job.library) for task in self.job.tasks}
            fields = ["model", "revision", "prompt_tokens", "new_tokens", "seconds", "memory"]
            fields += ["values", "experiments", "groups", "findings"]
            budget = context["token_budget"] // self.attempt.budget
            kept = {"token_budget": budget, "tokens_kept": min(budget, context["tokens_kept"])}
            of_tasks = {
                task: {name: answer[name] for name in fields if name in answer} for task, answer in made_up.items()
            }
            yield record["paper"], {"status": "ok"} | kept | {"tasks": of_tasks}
