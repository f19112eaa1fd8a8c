"""Which papers of a batch share a process."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from designspace.planning import branches, memory
from designspace.planning.costs import costs_of
from designspace.planning.shapes import read_model
from designspace.runner.worker import TASKS, Job

Record = dict[str, Any]

MOST = 8  # papers with `auto`: more do not make a step cheaper, and a fault costs more


class Paper(NamedTuple):
    """A paper of the batch: its text record and its context record."""

    record: Record
    context: Record


def together(job: Job, papers: list[Paper]) -> Iterator[list[Paper]]:
    """The papers in their order, grouped by process: as many at once as the job says, or as fit by the plan."""
    room = _Room(job) if job.papers_at_once == "auto" and len(papers) > 1 else None
    most = MOST if job.papers_at_once == "auto" else job.papers_at_once
    group: list[Paper] = []
    for paper in papers:
        if group and (len(group) == most or room and not room.holds([*group, paper])):
            yield group
            group = []
        group.append(paper)
    if group:
        yield group


class _Room:
    """The memory that the plan of a job has for papers. The tokens of the prompts are estimated from above; the process
    counts them, and if the estimate is too low, it reads a paper a little later."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.config, self.weights = read_model(job.model)
        self.asked = [self._asked(task, settings) for task, settings in job.tasks.items()]

    def _asked(self, task: str, settings: Record) -> tuple[int, branches.Branches]:
        """The tokens of a prompt around its paper, and the branches about one paper."""
        around = memory.estimate_tokens("".join(TASKS[task].frame(self.job.library, settings)))
        if task == "extraction":
            return around, branches.of_extraction(self.job.library, settings["max_new_tokens"], settings["reasoning"])
        return around, branches.of_discovery(len(settings["categories"]), settings["max_new_tokens"])

    def holds(self, papers: list[Paper]) -> bool:
        """Whether the papers fit together, whatever they are asked."""
        around = max(around for around, _ in self.asked)
        tokens: int = sum(paper.context["tokens_kept"] + around for paper in papers)
        return all(tokens <= self._tokens(asked, len(papers)) for _, asked in self.asked)

    def _tokens(self, asked: branches.Branches, papers: int) -> int:
        """The tokens of all prompts together that fit beside the branches of so many papers."""
        costs = costs_of(
            self.config,
            self.weights,
            self.job.model,
            prefill_chunk=self.job.memory["prefill_chunk"],
            branches=branches.of_papers(asked.number, papers),
            branch_tokens=asked.slots,
        )
        return memory.prefix_tokens(costs, **self.job.room)
