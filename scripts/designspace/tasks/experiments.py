"""The experiments of a paper: which there are, and what differs between them.

A branch beside those of the parameters names them. Then all parameters that may differ are asked again for all of them
at once, from the same reading and in the same slots.
"""

import re
from typing import Any

from designspace.engine.generator import Answer, Question, Rounds
from designspace.language import context as contexts
from designspace.language import evidence
from designspace.language.evidence import Record
from designspace.language.matching import spelled
from designspace.language.tokens import plain
from designspace.planning.branches import EXPERIMENTS, differing
from designspace.tasks import answers, grammars, questions

LISTED_TOKENS = 40  # of all names together
# Tokens of an answer: fewer hold no value, and the value of one experiment seldom needs more.
LEAST_TOKENS, MOST_TOKENS = 6, 12
# Like an entry of the library: what finds the sentence that names an experiment.
_NAMED: Record = {"name": "experiment", "kind": "string", "definition": "Participants took part in the experiment."}


def question(tokenizer: Any, tokens: int) -> Question:
    """The question for the names of the experiments, a list that may be empty."""
    prompt = plain(tokenizer, questions.begin("experiments"))
    return Question(prompt, grammars.names(EXPERIMENTS), min(tokens, LISTED_TOKENS))


def slots(tokenizer: Any) -> int:
    """Slots of the branch of that question."""
    asked = question(tokenizer, LISTED_TOKENS)
    return len(asked.prompt) + asked.max_new_tokens


def named(
    record: Record, context: Record, grammar_tokenizer: Any, reply: Answer, threshold: float
) -> list[tuple[str, float]]:
    """The experiments that the reply names: [(name, confidence)].

    A number is taken for "Experiment 2". Names that stand nowhere in what the model read, or whose confidence is under
    the threshold, are left out. Of fewer than two none is returned: the whole paper is the experiment.
    """
    experiments: dict[str, tuple[str, float]] = {}
    text = contexts.kept_text(record, context)
    for name, confidence in answers.scalars(grammar_tokenizer, reply):
        name = f"Experiment {name}" if name.isdecimal() else name
        if confidence >= threshold and written(name).search(text):
            experiments.setdefault(spelled(name), (name, confidence))
    return list(experiments.values()) if len(experiments) > 1 else []


def row(record: Record, context: Record, name: str, confidence: float) -> Record:
    """An experiment as the record has it: name, confidence and evidence."""
    return {"name": name, "confidence": confidence} | evidence.locate(record, context, _NAMED, name, written(name))


def written(name: str) -> re.Pattern[str]:
    """The pattern of a name in a text."""
    words = r"\s+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def key(name: str) -> int | str:
    """What stands for an experiment in the object that is asked for: its number, if it has no other name."""
    numbered = re.fullmatch(r"experiment (\d+)", name, re.IGNORECASE)
    return int(numbered[1]) if numbered else name


def ask(
    tokenizer: Any, library: list[Record], names: list[str], tokens: int, slots: int
) -> Rounds[list[tuple[str, Record, Answer]]]:
    """Ask the parameters that may differ for each of the experiments, for one value, in so many new tokens together.
    Returns [(name, parameter, reply)], without the last experiments where there are too few tokens for all, and without
    a parameter whose name and the experiment's leave too few slots."""
    differ = differing(library)
    if not (names and differ):
        return []
    names = names[: tokens // (LEAST_TOKENS * len(differ))]
    pairs = [(name, parameter) for name in names for parameter in differ]
    most = min(tokens // max(len(pairs), 1), MOST_TOKENS)
    asked = []
    for name, parameter in pairs:
        question = questions.question(tokenizer, parameter | {"multiple": False}, most, experiment=key(name))
        question.max_new_tokens = min(most, slots - len(question.prompt))
        if question.max_new_tokens >= LEAST_TOKENS:
            asked.append((name, parameter, question))
    replies = yield [question for *_, question in asked]
    return [(name, parameter, reply) for (name, parameter, _), reply in zip(asked, replies, strict=True)]


def rows(
    record: Record, context: Record, name: str, candidates: questions.Candidates, threshold: float
) -> list[Record]:
    """What an experiment reports of a parameter, as the record has it."""
    made = questions.rows(record, context, candidates, threshold, near=written(name))
    return [{"experiment": name} | row for row in made if row["status"] == "reported"]
