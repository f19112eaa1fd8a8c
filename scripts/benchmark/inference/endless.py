"""What the fork server of a benchmark imports: the library, where no finding ends before its tokens do."""

from designspace.runner import preload  # noqa: F401, I001  # first: it sees to it that no GPU is touched
from benchmark.inference.questions import NAMES
from designspace.engine.warming import ANYTHING
from designspace.runner.worker import TASKS
from designspace.tasks import discovery, grammars

TASKS |= dict.fromkeys(NAMES, discovery)
grammars.findings = lambda *_: ANYTHING
