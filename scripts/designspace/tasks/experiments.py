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
from designspace.planning.branches import (
    EXPERIMENTS,
    NAME_CHARACTERS,
    NAMES_TOKENS,
    differing,
    text_tokens,
    value_tokens,
)
from designspace.tasks import answers, grammars, questions
from designspace.tasks.cap import Cap

# Like an entry of the library: what finds the sentence that names an experiment.
_NAMED: Record = {"name": "experiment", "kind": "string", "definition": "Participants took part in the experiment."}


def question(tokenizer: Any, tokens: int) -> Question:
    """The question for the names of the experiments, a list that may be empty."""
    prompt = plain(tokenizer, questions.begin("experiments"))
    return Question(prompt, grammars.names(EXPERIMENTS), min(tokens, NAMES_TOKENS))


def slots(tokenizer: Any, differ: list[Record]) -> int:
    """Slots of the longest branch about experiments: of that question, or about a parameter of one that is named."""
    naming = question(tokenizer, NAMES_TOKENS)
    name = text_tokens(NAME_CHARACTERS)
    asked = [questions.question(tokenizer, parameter, value_tokens(parameter), experiment="") for parameter in differ]
    longest = max((len(each.prompt) + name + each.max_new_tokens for each in asked), default=0)
    return max(len(naming.prompt) + naming.max_new_tokens, longest)


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
    cap: Cap, tokenizer: Any, library: list[Record], names: list[str], slots: int
) -> Rounds[list[tuple[str, Record, Answer]]]:
    """Ask the parameters that may differ for each of the experiments, for one value, as far as the cap allows. Returns
    [(name, parameter, reply)], without a parameter whose name and the experiment's leave too few slots."""
    asked = []
    for name in names:
        for parameter in differing(library):
            one = parameter | {"multiple": False}
            question = questions.question(tokenizer, one, value_tokens(one), experiment=key(name))
            if len(question.prompt) + question.max_new_tokens <= slots:
                asked.append((name, parameter, question))
    replies = yield from cap.ask([question for *_, question in asked])
    return [(name, parameter, reply) for (name, parameter, _), reply in zip(asked, replies, strict=False)]


def rows(
    record: Record, context: Record, name: str, candidates: questions.Candidates, threshold: float
) -> list[Record]:
    """What an experiment reports of a parameter, as the record has it."""
    made = questions.rows(record, context, candidates, threshold, near=written(name))
    return [{"experiment": name} | row for row in made if row["status"] == "reported"]
