"""How many branches a task asks at once, and how many new tokens each may write: what the plan and the tasks share.

`max_new_tokens` is what all branches of a task may write together. Each has an equal share of it at most.
"""

from typing import Any, NamedTuple

LONGEST = 22  # tokens of a value: a branch that goes on is reciting
EXPERIMENTS = 6  # of one paper that are asked about
ROWS = 128  # of a step, most of whose time is still that in which the weights are read


class Branches(NamedTuple):
    """How many branches a task asks at once at most, and the new tokens of one."""

    number: int
    new_tokens: int


def of_extraction(library: list[dict[str, Any]], max_new_tokens: int, reasoning: bool) -> Branches:
    """One branch for each parameter and one that names the experiments; then, at once, one of each experiment for each
    parameter that may differ, as far as ROWS go."""
    first, then = len(library) + 1, EXPERIMENTS * len(differing(library))
    share = max_new_tokens // first
    return Branches(max(first, min(then, ROWS)), share if reasoning else min(share, LONGEST))


def of_discovery(categories: int, max_new_tokens: int) -> Branches:
    """One branch for each of so many categories."""
    return Branches(categories, max_new_tokens // categories)


def differing(library: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parameters that may differ between the experiments of a paper: those that may have several values."""
    return [parameter for parameter in library if parameter.get("multiple")]
