"""The experiments of a paper: a branch beside those of the parameters names them."""

from typing import Any

from designspace.engine.generator import Answer, Question
from designspace.language import context as contexts
from designspace.language import evidence
from designspace.language.evidence import Record
from designspace.language.matching import spelled
from designspace.language.tokens import plain
from designspace.planning.branches import EXPERIMENTS, NAMES_TOKENS
from designspace.tasks import answers, grammars, questions
from designspace.tasks.scopes import written

# Like an entry of the library: what finds the sentence that names an experiment.
_NAMED: Record = {"name": "experiment", "kind": "string", "definition": "Participants took part in the experiment."}


def question(tokenizer: Any, tokens: int) -> Question:
    """The question for the names of the experiments, a list that may be empty."""
    prompt = plain(tokenizer, questions.begin("experiments"))
    return Question(prompt, grammars.names(EXPERIMENTS), min(tokens, NAMES_TOKENS))


def named(
    record: Record, context: Record, grammar_tokenizer: Any, reply: Answer, threshold: float
) -> list[tuple[str, float]]:
    """The experiments that the reply names: [(name, confidence)].

    A number is taken for "Experiment 2". Names that stand nowhere in what the model read, or whose confidence is under
    the threshold, are left out. Where only one is left, nothing is returned: the whole paper is the experiment.
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
