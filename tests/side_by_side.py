"""How `make test` runs the files of tests side by side: what its processes share, and which files are in one, and when.

The processes are forked (`ready_workers`), and so are the programs that they all start (`ready_programs`).
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import ready_programs
import ready_workers

# What takes minutes begins first, so that none of it is left alone at the end. What mostly waits comes before the rest,
# which has the processor meanwhile.
LONGEST = ("test_demo", "test_slurm", "browser", "test_interruptions", "test_generator", "test_bad_papers")
LONGEST += ("test_workflow", "test_disk", "test_faults", "test_offline", "test_reruns", "test_tasks", "test_untrusted")
LONGEST += ("test_driver", "test_library_workflow", "test_eight_bits", "test_snakemake_features", "test_second_library")


def group(file):
    """What runs in one process, one after another: a file of tests, and all files that need the browser and the page
    that it shows, which take ten seconds to make."""
    of_page = file.parent.name == "report" and file.stem.startswith(("test_page", "test_example"))
    return "browser" if of_page else file.stem


def pytest_collection_modifyitems(items):
    """Order the tests, and mark those that `-m "not slow"` and the like are to leave out."""
    items.sort(key=lambda item: LONGEST.index(name) if (name := group(item.path)) in LONGEST else len(LONGEST))
    for item in items:
        file, parameters = item.path.stem, getattr(item, "callspec", None)
        if file in LONGEST:
            item.add_marker("slow")
        if file == "test_slurm":
            item.add_marker("slurm")
        if "chromium" in item.fixturenames:
            item.add_marker("browser")
        if parameters and parameters.params.get("device") == "cuda":
            item.add_marker("gpu")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs):
    with ThreadPoolExecutor(1) as pool:  # both import for seconds, each on a core of its own
        programs = pool.submit(ready_programs.folder)
        python = ready_workers.python()
        programs.result()
    for spec in specs:
        spec.python = str(python)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadFileScheduling

    class ByGroup(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return group(Path(super()._split_scope(nodeid)))

    return ByGroup(config, log)
