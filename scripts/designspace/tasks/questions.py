"""One parameter of the library: its description for the model, its branch, and the confidence of its answers."""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from designspace.engine.generator import Answer, Question
from designspace.language import evidence, expressions, listed, quantities, support
from designspace.language.evidence import Record, Value
from designspace.language.expressions import Expressions
from designspace.language.tokens import plain
from designspace.planning.branches import TEXT_CHARACTERS, value_tokens
from designspace.tasks import answers, grammars

# Kinds whose name does not say what to answer. Copied expressions keep their unit.
_COPIED = {"statistic": "test statistic as printed, with its p", "mean": "mean with its spread as printed"}
_BOTH = "both"  # of two alternatives, in a category that has this value
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
        """These candidates together with others, each value with its highest confidence."""
        values = dict(self.values)
        for other in others:
            values |= {value: max(confidence, values.get(value, 0.0)) for value, confidence in other.values.items()}
        return self._replace(values=values)


class About(NamedTuple):
    """Where the evidence of a scope's values is sought: `near` a pattern rather than elsewhere, and not in sentences
    that start at one of `apart`, which are about other experiments. `rivals` are the words that make a number that of
    another parameter."""

    near: re.Pattern[str] | None = None
    apart: frozenset[int] = frozenset()
    rivals: frozenset[str] = frozenset()

    def choose(self, record: Record, context: Record, parameter: Record, value: Value) -> tuple[int, int]:
        """The span of the best evidence for a value."""
        return self._fittest(record, self._nearly_best(record, context, parameter, value), parameter, value)

    def introduced(self, record: Record, context: Record, parameter: Record, value: Value) -> tuple[int, int]:
        """The span of the evidence that is shown: the first that is nearly the best one and supports the value as
        well."""

        def holds(sentence: str) -> float:
            return self.strength(sentence, parameter, value)

        spans = self._nearly_best(record, context, parameter, value)
        chosen = self._fittest(record, spans, parameter, value)
        return evidence.earliest(record, context, spans, chosen, holds)

    def _nearly_best(self, record: Record, context: Record, parameter: Record, value: Value) -> list[tuple[int, int]]:
        return evidence.nearly_best(record, context, parameter, value, self.near, self.apart)

    def _fittest(
        self, record: Record, spans: list[tuple[int, int]], parameter: Record, value: Value
    ) -> tuple[int, int]:
        """The span whose number is plainest of the parameter, the first of several."""

        def fit(span: tuple[int, int]) -> float:
            return support.of_number(record["text"][slice(*span)], parameter, value, self.rivals)

        return max(spans, key=fit)

    def strength(self, sentence: str, parameter: Record, value: Value) -> float:
        """How well a sentence supports a value, from 0 to 1."""
        return support.strength(sentence, parameter, value, self.rivals)


def describe(parameter: dict[str, Any]) -> str:
    """The description of a parameter for the model, in one line."""
    copied = _COPIED.get(parameter["kind"])
    kind = "one of " + ", ".join(parameter["values"]) if parameter["kind"] == "category" else parameter["kind"]
    unit = f", in {parameter['unit']}" if parameter.get("unit") and not copied else ""
    several = ", several possible" if parameter.get("multiple") else ""
    return f"- {parameter['name']} ({copied or kind}{unit}{several}): {parameter['definition']}"


def begin(key: str, **before: Any) -> str:
    """The beginning of a branch, up to the key's colon, because the space belongs to the next token.

    Models begin a JSON object in this way by themselves, fenced and with a line for each key; other keys may come
    `before`, with their values.
    """
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in before.items()]
    return "```json\n{\n  " + "  ".join([*lines, f"{json.dumps(key)}:"])


def question(tokenizer: Any, parameter: dict[str, Any], tokens: int, **before: Any) -> Question:
    """The question for the value of a parameter, in at most `tokens` new tokens, and at most as many as the value may
    need."""
    prompt = plain(tokenizer, begin(parameter["name"], **before))
    return Question(prompt, grammars.value(parameter), min(tokens, value_tokens(parameter)), alternative=grammars.NULL)


def candidates_in(
    grammar_tokenizer: Any,
    parameter: dict[str, Any],
    reply: Answer,
    in_paper: quantities.Quantities,
    printed: Expressions,
) -> Candidates:
    """The candidates in a reply about a parameter of a paper that has these quantities and expressions. A text of the
    maximum length is not a candidate, since its end may have been cut."""
    answered = answers.scalars(grammar_tokenizer, reply)
    if parameter["kind"] == "string":
        answered = [(value, probability) for value, probability in answered if len(value) < TEXT_CHARACTERS]
    if parameter["kind"] in expressions.KINDS:
        values = _copied(parameter, answered, reply.p_alternative, printed)
    else:
        values = confidences(parameter, answered, reply.p_alternative, in_paper)
    return Candidates(parameter, reply.p_alternative, values)


def confidences(
    parameter: dict[str, Any], answered: list[tuple[Any, float]], p_null: float, in_paper: quantities.Quantities
) -> dict[Value, float]:
    """The answered values and their probabilities, as {value: confidence}.

    A measured number takes the unit that the paper gives it. A number that the paper does not have, such as the example
    of a definition, has no confidence; one that the paper has without a unit has half of its confidence. Counts may be
    sums, so integers need not occur in the paper.
    """
    values: dict[Value, float] = {}
    unit = parameter.get("unit", "")
    for value, probability in answered:
        if parameter["kind"] == "number":
            value = quantities.as_written(value, unit, in_paper)
        stands = quantities.stands(value, unit, in_paper) if parameter["kind"] in ("number", "string") else 1.0
        values.setdefault(value, stands * probability * (1 - p_null))
    return values


def _copied(
    parameter: dict[str, Any], answered: list[tuple[Any, float]], p_null: float, printed: Expressions
) -> dict[Value, float]:
    """The expressions of a paper that the answers copy, with their confidence; an answer that copies none has no
    confidence."""
    values: dict[Value, float] = {}
    for answer, probability in answered:
        text = printed.printed(parameter["kind"], answer)
        support = printed.support(text, parameter) if text else 0.0
        values.setdefault(text or answer, support * probability * (1 - p_null))
    return values


def checked(record: Record, context: Record, candidates: Candidates, threshold: float, about: About) -> Candidates:
    """The candidates, with what their best evidence says of them.

    A value has half of its confidence if null is more probable, or if it is one of a category whose own words occur
    nowhere in the paper, and less as far as its evidence does not support it (`support.strength`); none if its evidence
    is about another experiment. One that the evidence calls one of two is `both`, if the category has that. The numbers
    that are listed beside one are values, too, where there may be several. Copied expressions are checked already.
    """
    parameter, values = candidates.parameter, dict(candidates.values)
    others = {*parameter.get("values", [])} - {_BOTH}
    for value in candidates.reported(threshold) if parameter["kind"] not in expressions.KINDS else ():
        start, end = about.choose(record, context, parameter, value)
        sentence = record["text"][start:end]
        strength = 0.0 if start in about.apart else about.strength(sentence, parameter, value)
        strength /= 2 if values[value] < candidates.p_null else 1
        strength /= 2 if _is_foreign(record, context, parameter, value) else 1
        values[value] *= strength
        if parameter["kind"] == "category":
            own, noun = str(value), parameter["name"].split("_")[-1]
            if _BOTH in parameter["values"] and own != _BOTH and listed.is_both(sentence, own, others - {own}, noun):
                values[_BOTH] = max(values.pop(value), values.get(_BOTH, 0.0))
        elif strength == 1 and parameter["kind"] == "number" and parameter.get("multiple"):
            for number in listed.numbers(sentence, float(value), parameter.get("unit", "")):
                values.setdefault(number, values[value])
    return candidates._replace(values=values)


def _is_foreign(record: Record, context: Record, parameter: Record, value: Value) -> bool:
    """Whether a value of a category has words of its own, and the paper has none of them."""
    own = support.own_words(parameter, str(value)) if parameter["kind"] == "category" else []
    return bool(own) and not evidence.occurs(record, context, own)


def rows(record: Record, context: Record, candidates: Candidates, threshold: float, about: About) -> list[Record]:
    """The candidates as the record has them, a row for each value. Candidates below the threshold have no evidence;
    evidence of the others is sought as `about` says, or at the place of an expression. If no value was complete, one
    row says that nothing is reported."""
    parameter = candidates.parameter
    head = {"parameter": parameter["name"], "unit": parameter.get("unit", ""), "p_null": candidates.p_null} | _NOTHING
    made = [head | {"value": value, "confidence": confidence} for value, confidence in candidates.values.items()]
    for row in made:
        if row["confidence"] >= threshold:
            if parameter["kind"] in expressions.KINDS:  # a sentence without it is no evidence
                place = expressions.Place(parameter["kind"], row["value"])
                span = evidence.choose(record, context, parameter, row["value"], place, math.inf)
            else:
                span = about.introduced(record, context, parameter, row["value"])
            row |= {"status": "reported"} | evidence.at(record, *span)
    return made or [head]
