"""The groups of participants that an experiment compares: those that its sentences name, or else those that a branch
names and the sentences call groups."""

from collections.abc import Iterable
from typing import Any

from designspace.engine.generator import Answer, Question
from designspace.language import evidence
from designspace.language import groups as language_groups
from designspace.language.attribution import Sentence
from designspace.language.evidence import Record
from designspace.language.group_names import content
from designspace.language.groups import Group
from designspace.language.tokens import plain
from designspace.planning.branches import GROUPS, NAMES_TOKENS
from designspace.tasks import answers, grammars, questions
from designspace.tasks.scopes import Scope, written

# An entry like those of the library, to find the sentence that names a group.
_NAMED: Record = {"name": "group", "kind": "string", "definition": "Participants were assigned to the group."}
_OF_OTHERS = ("front", "introduction", "discussion", "references", "back")  # kinds of sections
_SURE = 0.9  # confidence in a group that sentences name; a rough estimate from papers that were read by eye


def question(tokenizer: Any, experiment: str, tokens: int) -> Question:
    """The question for the names of the groups of an experiment, a list that may be empty."""
    prompt = plain(tokenizer, questions.begin("groups", **Scope(experiment).keys()))
    return Question(prompt, grammars.names(GROUPS), min(tokens, NAMES_TOKENS))


def named(text: str, grammar_tokenizer: Any, reply: Answer, threshold: float, others: list[str]) -> dict[str, float]:
    """The groups that the reply names, {name: confidence}, in its order.

    Names are dropped if they occur nowhere in the text, are names of experiments (`others`), or have a confidence below
    the threshold; of two names of one group, the first is kept. A single group is not a comparison: then nothing is
    returned, and all participants are the group.
    """
    groups: dict[str, float] = {}
    known = {content(name) for name in others}
    for name, confidence in answers.scalars(grammar_tokenizer, reply):
        words = content(name)
        if confidence >= threshold and words and words not in known and written(name).search(text):
            known.add(words)
            groups[name] = confidence
    return groups if len(groups) > 1 else {}


def own(context: Record, sentences: list[Sentence]) -> list[Sentence]:
    """The sentences about the paper's own participants: without those of other parts of a paper, where other studies
    and their authors have groups, too."""
    sections = [section for section in context["sections"] if section["kept"]]
    has_own = any(section["kind"] in ("methods", "results") for section in sections)
    others = [s for s in sections if has_own and s["kind"] in _OF_OTHERS]
    return [s for s in sentences if not any(other["start"] <= s.start < other["end"] for other in others)]


def printed(context: Record, sentences: list[Sentence], experiments: Iterable[str]) -> dict[str, list[Group]]:
    """The groups that the sentences about each experiment name."""
    return language_groups.find(own(context, sentences), experiments)


def chosen(
    named: dict[str, float], printed: list[Group], sentences: list[Sentence], others: list[Group]
) -> dict[str, tuple[float, frozenset[str]]]:
    """The groups of an experiment, {name: (confidence, spellings)}: those that its sentences name, as far as the model
    has named them, in its order and spelling. Without any, those that the model names and a sentence calls groups, but
    for those that the sentences about other experiments name (`others`)."""
    if not printed:
        elsewhere = {content(name) for group in others for name in group.spellings}
        own = [name for name in named if content(name) not in elsewhere]
        called = language_groups.called(own, sentences)
        return {name: (named[name], frozenset({name})) for name in called} if len(called) > 1 else {}
    groups: dict[str, tuple[float, frozenset[str]]] = {}
    left = list(printed)
    for name, confidence in named.items():
        if group := next((group for group in left if content(name) in map(content, group.spellings)), None):
            left.remove(group)
            groups[name] = max(confidence, _SURE), group.spellings | {name}
    return groups | {group.name: (_SURE, group.spellings) for group in left}


def row(record: Record, context: Record, scope: Scope, confidence: float) -> Record:
    """A group as the record has it: experiment, name, confidence and evidence."""
    where = evidence.locate(record, context, _NAMED, scope.group, written(scope.group))
    return {"experiment": scope.experiment, "name": scope.group, "confidence": confidence} | where
