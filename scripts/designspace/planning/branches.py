"""How many branches a task asks at once, and how many new tokens each may write; the plan and the tasks share these.

`max_new_tokens` is what all branches of a task may write together; each has at most an equal share of it. All other
limits of the questions are here, each with its reason. The length of a value (tasks/grammars.py) and its number of
tokens follow from the same numbers, so that every value that a grammar allows can be written.
"""

import math
from typing import Any, NamedTuple

Library = list[dict[str, Any]]

# Of the forced beginning of a branch: its key, of ordinary words, and what belongs to it. If a key takes more tokens,
# the process of the paper, which counts them, keeps a little less of the paper.
FORCED_TOKENS = 32
DIGITS, DECIMALS = 9, 6  # of a number: more than any count of trials, finer than what papers measure
TEXT_CHARACTERS = 60  # of a text: a device with its maker and model, most of a line of the paper
CHARACTERS_A_TOKEN = 1.8  # of a text full of names, numbers and units; of a number each character may be a token
AROUND = 4  # tokens around a value: a space or quote before it; a quote, a comma and a newline behind it
LIST_TOKENS = 22  # of a list of numbers; complete ones count: a branch that writes more is reciting
EXPERIMENTS = 6  # of one paper that are asked about: more are rare, and each costs a branch for each parameter
GROUPS = 6  # of one experiment that are asked about, for the same reason
NAME_CHARACTERS = 40  # of the name of an experiment or a group
NAMES_TOKENS = 40  # of all names together: six times "Experiment 1" take 31
FINDING_CHARACTERS, REASON_CHARACTERS = 120, 200  # of a finding's value or description; of a sentence of reasoning
FINDING_PARTS, PART_CHARACTERS = 5, 16  # of a finding's name in snake_case: what a column of a table may be called
UNIT_CHARACTERS = 20  # of a finding's unit: a compound one with a word or two
ROWS = 64  # of a step: its time is still that of reading the weights; slots of more rows take memory from papers
FEWEST_ROWS = 16  # of a step: fewer take as long
ROWS_TOGETHER = 128  # of a step for several papers, in which more rows share one reading of the weights
# The new tokens that a setting must leave each branch: fewer have no room for a number, or for a finding with its keys.
FEWEST_NEW_TOKENS = {"extraction": 16, "discovery": 64}


class Branches(NamedTuple):
    """How many branches a task asks at once at most, and the new tokens of each."""

    number: int
    new_tokens: int

    @property
    def slots(self) -> int:
        """The tokens of one branch with its forced beginning, estimated without a tokenizer."""
        return FORCED_TOKENS + self.new_tokens


def of_extraction(library: Library, max_new_tokens: int, reasoning: bool) -> Branches:
    """One branch for each parameter, and one that names the experiments; then one of each experiment for each parameter
    that may differ; then one of each group for each parameter that may differ. If a parameter is asked for groups, one
    branch names the groups of the paper and one those of each experiment. At most ROWS are asked at once."""
    grouped = len(differing(library, "group"))
    first = first_branches(library)
    of_experiments = EXPERIMENTS * (len(differing(library, "experiment")) + bool(grouped))
    of_groups = EXPERIMENTS * GROUPS * grouped
    share = max_new_tokens // first
    longest = max(value_tokens(parameter) for parameter in library)
    number = max(first, min(max(of_experiments, of_groups), ROWS))
    return Branches(number, share if reasoning else min(share, longest))


def first_branches(library: Library) -> int:
    """The branches of the first round: those of the parameters, and those that name experiments and groups."""
    return len(library) + 1 + bool(differing(library, "group"))


def of_discovery(categories: int, max_new_tokens: int) -> Branches:
    """One branch for each category."""
    return Branches(categories, max_new_tokens // categories)


def of_papers(number: int, papers: int) -> int:
    """Branches of several papers together, each of which asks `number` at once; further ones wait until some end."""
    return min(number * papers, max(number, ROWS_TOGETHER))


def per(parameter: dict[str, Any]) -> str:
    """The level down to which a parameter may differ: paper, experiment or group. By default, a parameter with several
    values may differ between experiments."""
    level: str = parameter.get("per") or ("experiment" if parameter.get("multiple") else "paper")
    return level


def differing(library: Library, level: str) -> Library:
    """The parameters that may differ between the experiments of a paper, or between the groups of an experiment."""
    levels = ("experiment", "group") if level == "experiment" else ("group",)
    return [parameter for parameter in library if per(parameter) in levels]


def step_rows(branches: int) -> int:
    """Rows of a step of this many branches: a power of two. Rows that no branch needs are used for forced tokens."""
    return max(FEWEST_ROWS, 1 << (branches - 1).bit_length())


def value_tokens(parameter: dict[str, Any]) -> int:
    """The tokens that the value of a parameter may take: those of the longest value that its grammar allows, and at
    least LIST_TOKENS for several values."""
    longest = {
        "integer": 1 + DIGITS,
        "number": 1 + DIGITS + 1 + DECIMALS,
        "boolean": len("false"),
        **dict.fromkeys(("string", "statistic", "mean"), text_tokens(TEXT_CHARACTERS)),
        "category": text_tokens(max(map(len, parameter.get("values", [""])))),
    }
    single = longest[parameter["kind"]] + AROUND
    return max(single, LIST_TOKENS) if parameter.get("multiple") else single


def text_tokens(characters: int) -> int:
    """An upper bound of the tokens of a text of this many characters; in a short text, each character may be a
    token."""
    return max(math.ceil(characters / CHARACTERS_A_TOKEN), min(characters, 8))
