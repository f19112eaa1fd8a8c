"""In the place of PyTorch and the engine in extract.py and in the processes of its papers: every paper is answered at
once, by the stand-in of scripts/benchmark/scale.py. All else is real: the driver, the fork server, the journal, the
attempts. For tests of what becomes of processes that are killed, stopped and left behind: PyTorch and transformers take
the driver and its server seconds of import each.
"""

import sys
from pathlib import Path
from unittest import mock

from benchmark import scale

FOLDERS = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "scripts")]
# To run first (`run_first`) in each new interpreter.
ANSWER_AT_ONCE = f"""
import os, sys, traceback

def is_extraction():
    if "forkserver" not in " ".join(sys.orig_argv):
        return any(part.endswith("/extract.py") for part in sys.orig_argv[:3])
    with open(f"/proc/{{os.getppid()}}/cmdline") as command:
        return "/extract.py" in command.read()

if is_extraction():
    sys.path += {FOLDERS!r}
    try:
        import quick_engine

        quick_engine.install()
    except BaseException:  # which would be passed over
        traceback.print_exc()
        os._exit(1)
"""


def install():
    """From now on this interpreter has no PyTorch, and `worker` answers without a model."""
    for name in ("torch", "torch.multiprocessing", "designspace.engine.loading", "designspace.engine.generator"):
        sys.modules[name] = mock.MagicMock()
    sys.modules["torch"].OutOfMemoryError = MemoryError
    loading = sys.modules["designspace.engine.loading"]
    for obstacle in (loading.obstacle_to_processes, loading.obstacle_to_sharing, loading.obstacle_to_computing):
        obstacle.return_value = ""
    from designspace.runner import worker

    worker.load, worker.answer = (lambda job: "the weights"), answer


def answer(job, weights, record, context, attempt, started):
    made_up = scale.answer(job.task, record, job.library)
    fields = ("model", "revision", "prompt_tokens", "new_tokens", "seconds", "memory", "values", "experiments")
    budget = context["token_budget"] // attempt.budget
    kept = min(budget, context["tokens_kept"])
    return {"status": "ok", "token_budget": budget, "tokens_kept": kept} | {name: made_up[name] for name in fields}
