"""The groups of participants that an experiment compares: a branch for each experiment names them."""

import re
from typing import Any

from designspace.engine.generator import Answer, Question
from designspace.language import evidence
from designspace.language.evidence import Record
from designspace.language.matching import spelled
from designspace.language.tokens import plain
from designspace.planning.branches import GROUPS, NAMES_TOKENS
from designspace.tasks import answers, grammars, questions
from designspace.tasks.scopes import Scope, written

# Like an entry of the library: what finds the sentence that names a group.
_NAMED: Record = {"name": "group", "kind": "string", "definition": "Participants were assigned to the group."}
# Words that tell no group from another, so that "Clamp" and "clamped feedback" are one.
_GENERAL = """a all an and condition conditions feedback group groups in of participants people subjects task the
training with"""
_GENERAL_WORDS = frozenset(_GENERAL.split())


def question(tokenizer: Any, experiment: str, tokens: int) -> Question:
    """The question for the names of the groups of an experiment, a list that may be empty."""
    prompt = plain(tokenizer, questions.begin("groups", **Scope(experiment).keys()))
    return Question(prompt, grammars.names(GROUPS), min(tokens, NAMES_TOKENS))


def named(text: str, grammar_tokenizer: Any, reply: Answer, threshold: float, others: list[str]) -> dict[str, float]:
    """The groups that the reply names, {name: confidence}, in its order.

    Names that stand nowhere in the text, that are those of experiments (`others`), or whose confidence is under the
    threshold are left out; of two names of one group the first is kept. A single group is no comparison: then nothing
    is returned, and all participants are the group.
    """
    groups: dict[str, float] = {}
    known = {_content(name) for name in others}
    for name, confidence in answers.scalars(grammar_tokenizer, reply):
        content = _content(name)
        if confidence >= threshold and content and content not in known and written(name).search(text):
            known.add(content)
            groups[name] = confidence
    return groups if len(groups) > 1 else {}


def _content(name: str) -> frozenset[str]:
    """The words by which a group is told from others, without their endings."""
    words = re.findall(r"\w+°?|[^\w\s]+", spelled(name))
    return frozenset(
        re.sub(r"(?<=\w{4})(?:(?<=p)ped|ed|ing|s)$", "", word) for word in words if word not in _GENERAL_WORDS
    )


def row(record: Record, context: Record, scope: Scope, confidence: float) -> Record:
    """A group as the record has it: experiment, name, confidence and evidence."""
    where = evidence.locate(record, context, _NAMED, scope.group, written(scope.group))
    return {"experiment": scope.experiment, "name": scope.group, "confidence": confidence} | where
