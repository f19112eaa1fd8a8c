"""How many branches a task asks at once, and how many new tokens each may write: what the plan and the tasks share.

`max_new_tokens` is what all branches of a task may write together; each has an equal share of it at most. The other
limits of what is asked are here, each with its reason. How long a value may be (tasks/grammars.py) and the tokens that
it may take follow from the same numbers, so that no value is allowed that cannot be reached.
"""

import math
from typing import Any, NamedTuple

Library = list[dict[str, Any]]

# Of the forced beginning of a branch: its key, of ordinary words, and what belongs to it. Where a key takes more, the
# process of the paper, which counts them, gives the paper a little less.
FORCED_TOKENS = 32
DIGITS, DECIMALS = 9, 6  # of a number: more than any count of trials, finer than any measure of a movement
TEXT_CHARACTERS = 60  # of a text: a device with its maker and model, most of a line of the paper
CHARACTERS_A_TOKEN = 1.8  # of a text full of names, numbers and units; of a number each character may be a token
AROUND = 4  # tokens around a value: a space or quote before it; a quote, a comma and a newline behind it
LIST_TOKENS = 22  # of a list of numbers, and counts what is whole in them: a branch that goes on is reciting
EXPERIMENTS = 6  # of one paper that are asked about: papers with more are rare, and each costs a branch a parameter
GROUPS = 6  # of one experiment that are asked about, for the same reason
NAME_CHARACTERS = 40  # of the name of an experiment or a group
NAMES_TOKENS = 40  # of all names together: six times "Experiment 1" take 31
FINDING_CHARACTERS, REASON_CHARACTERS = 120, 200  # of a finding's value or description; of a sentence of reasoning
FINDING_PARTS, PART_CHARACTERS = 5, 16  # of a finding's name in snake_case: what a column of a table may be called
UNIT_CHARACTERS = 20  # of a finding's unit: a compound one with a word or two
ROWS = 64  # of a step: its time is still that of reading the weights, and the slots of more take the room of a paper
FEWEST_ROWS = 16  # of a step: fewer take as long
ROWS_TOGETHER = 128  # of a step for several papers: the more rows, the less of a step is that of reading the weights
# New tokens of one branch that a setting must leave it: fewer hold no number, or not one finding with its keys.
FEWEST_NEW_TOKENS = {"extraction": 16, "discovery": 64}


class Branches(NamedTuple):
    """How many branches a task asks at once at most, and the new tokens of one."""

    number: int
    new_tokens: int

    @property
    def slots(self) -> int:
        """The tokens of one branch, its forced beginning included, which are estimated without a tokenizer."""
        return FORCED_TOKENS + self.new_tokens


def of_extraction(library: Library, max_new_tokens: int, reasoning: bool) -> Branches:
    """First one branch for each parameter, and one that names the experiments; then one of each experiment for each
    parameter that may differ; then one of each group for each that may. Where a parameter is asked of groups, one names
    those of the paper, and one those of each experiment. At most ROWS are asked at once."""
    grouped = len(differing(library, "group"))
    first = first_branches(library)
    of_experiments = EXPERIMENTS * (len(differing(library, "experiment")) + bool(grouped))
    of_groups = EXPERIMENTS * GROUPS * grouped
    share = max_new_tokens // first
    longest = max(value_tokens(parameter) for parameter in library)
    number = max(first, min(max(of_experiments, of_groups), ROWS))
    return Branches(number, share if reasoning else min(share, longest))


def first_branches(library: Library) -> int:
    """The branches that are asked at first: the parameters, and those that name experiments and groups."""
    return len(library) + 1 + bool(differing(library, "group"))


def of_discovery(categories: int, max_new_tokens: int) -> Branches:
    """One branch for each category."""
    return Branches(categories, max_new_tokens // categories)


def of_papers(number: int, papers: int) -> int:
    """Branches of several papers together, each of which asks `number` at once; others wait until some end."""
    return min(number * papers, max(number, ROWS_TOGETHER))


def per(parameter: dict[str, Any]) -> str:
    """At which level a parameter may differ: paper, experiment or group. By default one that may have several values
    differs between experiments."""
    level: str = parameter.get("per") or ("experiment" if parameter.get("multiple") else "paper")
    return level


def differing(library: Library, level: str) -> Library:
    """The parameters that may differ between the experiments of a paper, or between the groups of an experiment."""
    levels = ("experiment", "group") if level == "experiment" else ("group",)
    return [parameter for parameter in library if per(parameter) in levels]


def step_rows(branches: int) -> int:
    """Rows of a step of this many branches: a power of two. Those that no branch needs are given to forced tokens."""
    return max(FEWEST_ROWS, 1 << (branches - 1).bit_length())


def value_tokens(parameter: dict[str, Any]) -> int:
    """The tokens that the value of a parameter may take: as many as the longest that its grammar allows, and for
    several values at least LIST_TOKENS."""
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
    """An upper bound of the tokens of a text of this many characters; a short one may be a rare word."""
    return max(math.ceil(characters / CHARACTERS_A_TOKEN), min(characters, 8))
