"""The task *discovery*: findings of a paper that the library does not ask for, a branch for each category."""

import json
from typing import Any

from designspace.engine.generator import Generator, Question
from designspace.language import evidence
from designspace.language.evidence import Record
from designspace.language.tokens import plain
from designspace.planning.branches import of_discovery
from designspace.tasks import answers, grammars
from designspace.tasks.extraction import BEFORE

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
    """What a branch is made to say first."""
    return f"{{{json.dumps(category)}:"


def shape(tokenizer: Any, library: list[Record], settings: Record) -> tuple[int, int, int]:
    """(branches, new tokens of one branch, slots of one branch)."""
    branches, share = of_discovery(len(settings["categories"]), settings["max_new_tokens"])
    forced = max(len(plain(tokenizer, begin(category))) for category in settings["categories"])
    return branches, share, forced + share


def answer(
    generator: Generator, tokenizer: Any, record: Record, context: Record, library: list[Record], settings: Record
) -> Record:
    """Ask for findings in a paper that was read. Returns the record's findings and new_tokens, as in
    docs/architecture.md.

    A branch that runs out of tokens keeps the findings that are whole. A name is kept once for a paper.
    """
    _, share, _ = shape(tokenizer, library, settings)
    allowed = grammars.findings(settings["findings"], [parameter["name"] for parameter in library])
    asked = [Question(plain(tokenizer, begin(category)), allowed, share) for category in settings["categories"]]
    replies = generator.ask(asked)
    findings: dict[str, Record] = {}
    for category, reply in zip(settings["categories"], replies, strict=True):
        for item, probability in answers.objects(generator.grammar_tokenizer, reply):
            like = {"name": item["name"], "kind": "string", "unit": item["unit"], "definition": item["description"]}
            finding = {"category": category, **item, "confidence": probability}
            findings.setdefault(item["name"], finding | evidence.locate(record, context, like, item["value"]))
    return {"findings": list(findings.values()), "new_tokens": sum(len(reply.tokens) for reply in replies)}
