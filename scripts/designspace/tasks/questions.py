"""One parameter of the library: how the model reads it, the branch that asks for it, and what the answer is worth."""

import json
from typing import NamedTuple

from designspace.engine.generator import Question
from designspace.language import evidence, quantities
from designspace.language.tokens import plain
from designspace.planning.branches import LONGEST
from designspace.tasks import answers, grammars

_NOTHING = {"value": None, "status": "not_reported", "reason": "", "confidence": None, "reasoning": ""}
_NOTHING |= {"evidence": None, "page": None, "start": None, "end": None, "boxes": []}


class Told(NamedTuple):
    """What a branch told of a parameter: the probability of null, and its values, each with its confidence."""

    parameter: dict
    p_null: float
    values: dict

    def reported(self, least):
        """The values that are sure enough to be reported."""
        return {value for value, confidence in self.values.items() if confidence >= least}

    def joined(self, others):
        """The same with the values of others, each with its highest confidence."""
        values = dict(self.values)
        for other in others:
            values |= {value: max(confidence, values.get(value, 0.0)) for value, confidence in other.values.items()}
        return self._replace(values=values)


def describe(parameter):
    """A parameter as the model reads it, in one line."""
    kind = "one of " + ", ".join(parameter["values"]) if parameter["kind"] == "category" else parameter["kind"]
    unit = f", in {parameter['unit']}" if parameter.get("unit") else ""
    several = ", several possible" if parameter.get("multiple") else ""
    return f"- {parameter['name']} ({kind}{unit}{several}): {parameter['definition']}"


def begin(key, **before):
    """What a branch is made to say first, up to the key's colon, because the space belongs to the next token.

    It is how models begin a JSON object by themselves, fenced and with a line for each key; others may come `before`,
    with their values.
    """
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in before.items()]
    return "```json\n{\n  " + "  ".join([*lines, f"{json.dumps(key)}:"])


def question(tokenizer, parameter, tokens, **before):
    """The question for the value of a parameter, in at most so many new tokens, and LONGEST."""
    start = plain(tokenizer, begin(parameter["name"], **before))
    return Question(start, grammars.value(parameter), min(tokens, LONGEST), instead=grammars.NULL)


def told(grammar_tokenizer, parameter, reply, found):
    """What a reply tells of a parameter, where the paper has the quantities `found`."""
    sure = confidences(parameter, answers.scalars(grammar_tokenizer, reply), reply.p_instead, found)
    return Told(parameter, reply.p_instead, sure)


def confidences(parameter, said, p_null, found):
    """The values that were said with a probability each, as {value: confidence}. `found` are the paper's quantities.

    A measured number takes the unit that the paper gives it. One that the paper does not have, such as the example of a
    definition, has no confidence, and one that it has without a unit half of it. Counts may be sums, so integers need
    not stand in the paper.
    """
    sure, unit = {}, parameter.get("unit", "")
    for value, probability in said:
        if parameter["kind"] == "number":
            value = quantities.as_written(value, unit, found)
        stands = quantities.stands(value, unit, found) if parameter["kind"] in ("number", "string") else 1.0
        sure.setdefault(value, stands * probability * (1 - p_null))
    return sure


def rows(record, context, told, least, near=None):
    """What was told as the record has it, a row for each value; the values that are not sure enough have no evidence,
    the others one that is sought `near` a pattern. Where no value was whole, one row says that nothing is reported."""
    parameter = told.parameter
    head = {"parameter": parameter["name"], "unit": parameter.get("unit", ""), "p_null": told.p_null} | _NOTHING
    made = [head | {"value": value, "confidence": confidence} for value, confidence in told.values.items()]
    for row in made:
        if row["confidence"] >= least:
            row |= {"status": "reported"} | evidence.locate(record, context, parameter, row["value"], near)
    return made or [head]
