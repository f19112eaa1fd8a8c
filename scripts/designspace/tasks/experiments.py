"""The experiments of a paper: those that it numbers; others are named by a branch beside those of the parameters."""

import re
from collections import Counter
from itertools import takewhile
from typing import Any

from designspace.engine.generator import Answer, Question
from designspace.language import context as contexts
from designspace.language import evidence
from designspace.language.attribution import naming
from designspace.language.evidence import Record
from designspace.language.matching import spelled
from designspace.language.tokens import plain
from designspace.planning.branches import EXPERIMENTS, NAMES_TOKENS
from designspace.tasks import answers, grammars, questions
from designspace.tasks.scopes import written

# An entry like those of the library, to find the sentence that names an experiment.
_NAMED: Record = {"name": "experiment", "kind": "string", "definition": "Participants took part in the experiment."}
_KIND = r"(?:experiments?|exps?\.?|stud(?:y|ies))"
_NUMBERED = re.compile(
    r"(?<![\w-])(experiment|study|exp\.?)(s?)\s(\d[a-h]?)(?![\d.,]*\d|\w)"
    r"((?:,\s\d[a-h]?|\s?[-–]\s?\d|,?\s(?:and|&)\s\d[a-h]?)*)(?!\w)",
    re.IGNORECASE,
)
_MENTIONS = 2  # of a number that make it an experiment of this paper and not of another one


def question(tokenizer: Any, tokens: int) -> Question:
    """The question for the names of the experiments, a list that may be empty."""
    prompt = plain(tokenizer, questions.begin("experiments"))
    return Question(prompt, grammars.names(EXPERIMENTS), min(tokens, NAMES_TOKENS))


def named(
    record: Record, context: Record, grammar_tokenizer: Any, reply: Answer, threshold: float
) -> list[tuple[str, float]]:
    """The experiments that the paper numbers, and further ones that the reply names: [(name, confidence)].

    A number in the reply means "Experiment 2". Names whose confidence is below the threshold are dropped, and so are
    those that the kept text does not call an experiment, such as a phase or a group. If only one is left, nothing is
    returned: the whole paper is the experiment.
    """
    text = contexts.kept_text(record, context)
    experiments = {spelled(name): (name, 1.0) for name in numbered(text)}
    for name, confidence in answers.scalars(grammar_tokenizer, reply):
        name = f"Experiment {name}" if name.isdecimal() else name
        has_parts = any(known.startswith(spelled(name)) for known in experiments)
        is_known = any(naming(known).fullmatch(name) for known, _ in experiments.values())  # "Exp. 1"
        if confidence >= threshold and _called(name).search(text) and not has_parts and not is_known:
            experiments.setdefault(spelled(name), (name, confidence))
    return list(experiments.values()) if len(experiments) > 1 else []


def numbered(text: str) -> list[str]:
    """The names of the experiments, or of the studies, that a text numbers from 1 and names more than once each;
    "Experiment 2a" and "Experiment 2b" in place of "Experiment 2" where it has such parts."""
    mentions: dict[str, Counter[str]] = {kind: Counter() for kind in ("Experiment", "Study", "Exp", "Exp.")}
    for kind, plural, first, rest in _NUMBERED.findall(text):
        several = re.findall(r"\d[a-h]?", rest, re.IGNORECASE) if plural else []
        mentions[kind.capitalize()].update([first, *several])
    # The word as headings have it, also where most mentions are short.
    short = max(("Exp", "Exp."), key=lambda kind: mentions[kind].total())
    word = "Experiment" if mentions["Experiment"].total() >= _MENTIONS else short
    in_all = mentions["Experiment"] + mentions["Exp"] + mentions["Exp."]
    kind, counts = max((word, in_all), ("Study", mentions["Study"]), key=lambda of_kind: of_kind[1].total())
    numbers: list[str] = []
    for number in range(1, 10):
        whole = [f"{number}"] if counts[f"{number}"] >= _MENTIONS else []
        own = _parts(f"{number}", counts, "abcdefgh") or _parts(f"{number}", counts, "ABCDEFGH") or whole
        if not own:
            break
        numbers += own
    return [f"{kind} {number}" for number in numbers] if len(numbers) > 1 else []


def _parts(number: str, counts: Counter[str], letters: str) -> list[str]:
    """The parts of an experiment that are lettered from the first on; none where there are not several."""
    parts = list(takewhile(lambda part: counts[part] >= _MENTIONS, (number + letter for letter in letters)))
    return parts if len(parts) > 1 else []


def _called(name: str) -> re.Pattern[str]:
    """The pattern of a name that a text gives to an experiment: this word is in the name, before it or after it. A
    number that goes on, as that of a section, "6.1", is no name."""
    pattern = written(name).pattern + r"(?![.,]\d)"
    beside = rf"\b{_KIND}\s+{pattern}|{pattern}\s+{_KIND}\b"
    return re.compile(pattern if re.search(rf"\b{_KIND}\b", name, re.IGNORECASE) else beside, re.IGNORECASE)


def row(record: Record, context: Record, name: str, confidence: float) -> Record:
    """An experiment as the record has it: name, confidence and evidence."""
    return {"name": name, "confidence": confidence} | evidence.locate(record, context, _NAMED, name, written(name))
