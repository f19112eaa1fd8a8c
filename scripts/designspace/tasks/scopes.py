"""The scope of a value: the whole paper, one of its experiments, or one group of participants.

Parameters that may differ between experiments or groups are asked again for each of them, for one value, with the same
prefix and slots: the question names the scope before the parameter's key.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from designspace.engine.generator import Question
from designspace.language.evidence import Record
from designspace.language.tokens import plain
from designspace.planning.branches import NAME_CHARACTERS, differing, text_tokens, value_tokens
from designspace.tasks import questions


class Scope(NamedTuple):
    """An experiment and a group by their names; an empty name means all."""

    experiment: str = ""
    group: str = ""

    def keys(self) -> dict[str, int | str]:
        """The keys of the scope in the requested object."""
        keys = {"experiment": key(self.experiment), "group": self.group}
        return {name: value for name, value in keys.items() if value != ""}

    def names(self) -> dict[str, str]:
        """The scope as the record has it: only the names that it has."""
        return {name: value for name, value in self._asdict().items() if value}

    def near(self) -> re.Pattern[str] | None:
        """The pattern of the name in a text, in whose sentence the evidence is sought; None for the whole paper."""
        return written(self.group or self.experiment) if any(self) else None


def written(name: str) -> re.Pattern[str]:
    """The pattern of a name in a text."""
    words = r"\s+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def key(name: str) -> int | str:
    """The value for an experiment in the requested object: its number, if it has no other name."""
    numbered = re.fullmatch(r"experiment (\d+)", name, re.IGNORECASE)
    return int(numbered[1]) if numbered else name


def slots(tokenizer: Any, library: list[Record]) -> int:
    """Slots of the longest branch about a parameter of an experiment or a group, whose names are of usual length."""
    name = text_tokens(NAME_CHARACTERS // 2)  # most are one or two words
    return max(
        (
            len(plain(tokenizer, questions.begin(parameter["name"], **before))) + len(before) * name + tokens
            for before, level in (({"experiment": ""}, "experiment"), ({"experiment": 1, "group": ""}, "group"))
            for parameter in differing(library, level)
            for tokens in [value_tokens(parameter | {"multiple": False})]
        ),
        default=0,
    )


def questions_about(
    tokenizer: Any, cells: Iterable[tuple[Scope, Record]], slots: int
) -> list[tuple[Scope, Record, Question]]:
    """The questions for one value of parameters of scopes, without those whose names leave too few slots."""
    asked = []
    for scope, parameter in cells:
        one = parameter | {"multiple": False}
        question = questions.question(tokenizer, one, value_tokens(one), **scope.keys())
        if len(question.prompt) + question.max_new_tokens <= slots:
            asked.append((scope, parameter, question))
    return asked


def rows(
    record: Record,
    context: Record,
    scope: Scope,
    candidates: questions.Candidates,
    threshold: float,
    about: questions.About,
) -> list[Record]:
    """The rows of a parameter that a scope reports, as the record has them."""
    made = questions.rows(record, context, candidates, threshold, about)
    return [scope.names() | row for row in made if row["status"] == "reported"]
