"""The task *discovery*: findings of a paper that the library does not ask for, a branch for each category."""

import json
from typing import Any

from designspace.engine.generator import Answer, Question, Rounds
from designspace.language import evidence, matching, quantities
from designspace.language.evidence import Record
from designspace.language.tokens import plain
from designspace.planning.branches import of_discovery
from designspace.tasks import answers, grammars
from designspace.tasks.extraction import BEFORE
from designspace.tasks.scopes import written

AFTER = """
\"\"\"

Some parameters of this paper are recorded already: {known}.
Find others that a reader who compares experiments would record: at most {most} in each of the categories {categories}.
Answer with one JSON object that has a key for each category and as its value a list of findings in the form
{{"name": ..., "value": ..., "unit": ..., "description": ..., "importance": ...}}. The name is in snake_case, the value
as the paper gives it, the unit may be empty, the description is one sentence, the importance high, medium or low.
Report only what the paper says.
"""


def frame(library: list[Record], settings: Record) -> tuple[str, str]:
    """The prompt before and after the paper."""
    known = ", ".join(parameter["name"] for parameter in library)
    categories = ", ".join(settings["categories"])
    return BEFORE, AFTER.format(known=known, most=settings["findings"], categories=categories)


def begin(category: str) -> str:
    """What a branch begins with."""
    return f"{{{json.dumps(category)}:"


def shape(tokenizer: Any, library: list[Record], settings: Record) -> tuple[int, int, int]:
    """(branches, new tokens of one branch, slots of one branch)."""
    branches, share = of_discovery(len(settings["categories"]), settings["max_new_tokens"])
    forced = max(len(plain(tokenizer, begin(category))) for category in settings["categories"])
    return branches, share, forced + share


class Paper:
    """The questions about a paper, and the findings in their answers.

    A branch that runs out of tokens keeps the findings that are whole. A finding is kept where its evidence holds its
    value and its name varies none of the library's, and a name once for a paper.
    """

    def __init__(
        self,
        tokenizer: Any,
        grammar_tokenizer: Any,
        record: Record,
        context: Record,
        library: list[Record],
        settings: Record,
    ) -> None:
        self.grammar_tokenizer, self.record, self.context = grammar_tokenizer, record, context
        self.known = [parameter["name"] for parameter in library]
        _, share, _ = shape(tokenizer, library, settings)
        allowed = grammars.findings(settings["findings"], self.known)
        self.asked = {
            category: Question(plain(tokenizer, begin(category)), allowed, share) for category in settings["categories"]
        }

    def rounds(self) -> Rounds[None]:
        """Ask for findings, a question for each category."""
        self.replies: list[Answer] = yield list(self.asked.values())

    def fields(self) -> Record:
        """The record's findings and new_tokens, as in docs/architecture.md."""
        findings: dict[str, Record] = {}
        for category, reply in zip(self.asked, self.replies, strict=True):
            for item, probability in answers.objects(self.grammar_tokenizer, reply):
                if any(varies(item["name"], name) for name in self.known):
                    continue
                place = locate(self.record, self.context, item)
                if holds(place["evidence"], item["value"], item["unit"]):
                    finding = {"category": category, **item, "confidence": probability} | place
                    findings.setdefault(item["name"], finding)
        return {"findings": list(findings.values()), "new_tokens": sum(len(reply.tokens) for reply in self.replies)}


def varies(name: str, known: str) -> bool:
    """Whether a name is that of a known parameter, or that with an affix: n_total_trials of n_total."""
    return f"_{known}_" in f"_{name}_"


def locate(record: Record, context: Record, item: Record) -> Record:
    """The evidence for a finding, best a sentence that has its value letter by letter."""
    like = {"name": item["name"], "kind": "string", "unit": item["unit"], "definition": item["description"]}
    return evidence.locate(record, context, like, item["value"], near=written(item["value"]))


def holds(text: str, value: str, unit: str) -> bool:
    """Whether a text holds the value of a finding: its numbers as quantities in its unit, other values as whole words
    besides. A value without a letter or a digit stands nowhere."""
    in_text = quantities.find(text)
    numbers = quantities.find(value)
    if quantities.alone(value):
        unit = numbers[-1].unit or unit
        if len(numbers) == 1:  # in any unit of its kind
            return quantities.stands(numbers[0].number, unit, in_text) > 0
        return quantities.stands(value, unit, in_text) > 0
    if not all(quantities.stands(quantity.number, quantity.unit, in_text) for quantity in numbers):
        return False
    return any(
        not (text[max(start - 1, 0) : start].isalnum() or text[end : end + 1].isalnum())
        for start, end in matching.places(text, value)
    )
