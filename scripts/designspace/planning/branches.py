"""How many branches a task asks at once, and how many new tokens each may write: what the plan and the tasks share.

`max_new_tokens` is what all branches of a task may write together. Each has an equal share of it at most.
"""

LONGEST = 22  # tokens of a value: a branch that goes on is reciting
EXPERIMENTS = 6  # of one paper that are asked about
ROWS = 128  # of a step, most of whose time is still that in which the weights are read


def of_extraction(library, max_new_tokens, reasoning):
    """(branches, new tokens of one): one for each parameter and one that names the experiments; then, at once, one of
    each experiment for each parameter that may differ, as far as ROWS go."""
    first, then = len(library) + 1, EXPERIMENTS * len(differing(library))
    share = max_new_tokens // first
    return max(first, min(then, ROWS)), share if reasoning else min(share, LONGEST)


def of_discovery(categories, max_new_tokens):
    """(branches, new tokens of one): one for each of so many categories."""
    return categories, max_new_tokens // categories


def differing(library):
    """The parameters that may differ between the experiments of a paper: those that may have several values."""
    return [parameter for parameter in library if parameter.get("multiple")]
