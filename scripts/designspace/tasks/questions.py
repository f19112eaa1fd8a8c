"""One parameter of the library: how the model reads it, the branch that asks for it, and what the answer is worth."""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from designspace.engine.generator import Answer, Question
from designspace.language import evidence, expressions, quantities
from designspace.language.evidence import Record, Value
from designspace.language.expressions import Expressions
from designspace.language.tokens import plain
from designspace.planning.branches import TEXT_CHARACTERS, value_tokens
from designspace.tasks import answers, grammars

# Kinds whose name does not say what to answer. What is copied keeps the unit that it has.
_COPIED = {"statistic": "test statistic as printed, with its p", "mean": "mean with its spread as printed"}
_NOTHING: Record = {"value": None, "status": "not_reported", "reason": "", "confidence": None, "reasoning": ""}
_NOTHING |= {"evidence": None, "page": None, "start": None, "end": None, "boxes": []}


class Candidates(NamedTuple):
    """The candidates for a parameter in a branch's reply: the probability of null, and each value's confidence."""

    parameter: dict[str, Any]
    p_null: float
    values: dict[Value, float]

    def reported(self, threshold: float) -> set[Value]:
        """The values whose confidence reaches the threshold."""
        return {value for value, confidence in self.values.items() if confidence >= threshold}

    def joined(self, others: Iterable["Candidates"]) -> "Candidates":
        """The same with the values of others, each with its highest confidence."""
        values = dict(self.values)
        for other in others:
            values |= {value: max(confidence, values.get(value, 0.0)) for value, confidence in other.values.items()}
        return self._replace(values=values)


def describe(parameter: dict[str, Any]) -> str:
    """A parameter as the model reads it, in one line."""
    copied = _COPIED.get(parameter["kind"])
    kind = "one of " + ", ".join(parameter["values"]) if parameter["kind"] == "category" else parameter["kind"]
    unit = f", in {parameter['unit']}" if parameter.get("unit") and not copied else ""
    several = ", several possible" if parameter.get("multiple") else ""
    return f"- {parameter['name']} ({copied or kind}{unit}{several}): {parameter['definition']}"


def begin(key: str, **before: Any) -> str:
    """What a branch begins with, up to the key's colon, because the space belongs to the next token.

    It is how models begin a JSON object by themselves, fenced and with a line for each key; others may come `before`,
    with their values.
    """
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in before.items()]
    return "```json\n{\n  " + "  ".join([*lines, f"{json.dumps(key)}:"])


def question(tokenizer: Any, parameter: dict[str, Any], tokens: int, **before: Any) -> Question:
    """The question for the value of a parameter, in at most `tokens` new tokens, and in no more than it may need."""
    prompt = plain(tokenizer, begin(parameter["name"], **before))
    return Question(prompt, grammars.value(parameter), min(tokens, value_tokens(parameter)), alternative=grammars.NULL)


def candidates_in(
    grammar_tokenizer: Any,
    parameter: dict[str, Any],
    reply: Answer,
    in_paper: quantities.Quantities,
    printed: Expressions,
) -> Candidates:
    """The candidates in a reply about a parameter of a paper that has those quantities and those expressions; a text as
    long as the grammar allows is none, since its end may have been cut."""
    answered = answers.scalars(grammar_tokenizer, reply)
    if parameter["kind"] == "string":
        answered = [(value, probability) for value, probability in answered if len(value) < TEXT_CHARACTERS]
    if parameter["kind"] in expressions.KINDS:
        values = _copied(parameter["kind"], answered, reply.p_alternative, printed)
    else:
        values = confidences(parameter, answered, reply.p_alternative, in_paper)
    return Candidates(parameter, reply.p_alternative, values)


def confidences(
    parameter: dict[str, Any], answered: list[tuple[Any, float]], p_null: float, in_paper: quantities.Quantities
) -> dict[Value, float]:
    """The values that were answered with a probability each, as {value: confidence}.

    A measured number takes the unit that the paper gives it. One that the paper does not have, such as the example of a
    definition, has no confidence, and one that it has without a unit half of it. Counts may be sums, so integers need
    not stand in the paper.
    """
    values: dict[Value, float] = {}
    unit = parameter.get("unit", "")
    for value, probability in answered:
        if parameter["kind"] == "number":
            value = quantities.as_written(value, unit, in_paper)
        stands = quantities.stands(value, unit, in_paper) if parameter["kind"] in ("number", "string") else 1.0
        values.setdefault(value, stands * probability * (1 - p_null))
    return values


def _copied(kind: str, answered: list[tuple[Any, float]], p_null: float, printed: Expressions) -> dict[Value, float]:
    """The expressions of a paper that the answers copy, with their confidence; one that it does not have has none."""
    values: dict[Value, float] = {}
    for answer, probability in answered:
        text = printed.printed(kind, answer)
        values.setdefault(text or answer, probability * (1 - p_null) if text else 0.0)
    return values


def rows(
    record: Record, context: Record, candidates: Candidates, threshold: float, near: re.Pattern[str] | None = None
) -> list[Record]:
    """The candidates as the record has them, a row for each value; those under the threshold have no evidence, the
    others one that is sought `near` a pattern, or where an expression stands. Where no value was whole, one row says
    that nothing is reported."""
    parameter = candidates.parameter
    head = {"parameter": parameter["name"], "unit": parameter.get("unit", ""), "p_null": candidates.p_null} | _NOTHING
    made = [head | {"value": value, "confidence": confidence} for value, confidence in candidates.values.items()]
    for row in made:
        if row["confidence"] >= threshold:
            place = expressions.written(row["value"]) if parameter["kind"] in expressions.KINDS else near
            row |= {"status": "reported"} | evidence.locate(record, context, parameter, row["value"], place)
    return made or [head]
