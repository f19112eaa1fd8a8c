"""The task *extraction*: the values of the parameters of the library, all asked at once.

The library stands once in the shared prefix, and every branch continues the one JSON object of the answer at a key of
its own. Null is not allowed but its probability is kept, and so are those of the value's tokens: together they are the
confidence, and a value is reported where that is high enough.
"""

import json

from . import answers, evidence, grammar, prompt, quantities
from . import context as contexts
from .reader import Question
from .text import boxes, page_of

BEFORE = """You read a scientific paper and report its experimental parameters.

Paper:
\"\"\"
"""
AFTER = """
\"\"\"

Parameters:
{library}

Answer with one JSON object that has a key for each parameter, in the form {{"name": value, ...}}.
Report only what the paper says. Give numbers in the stated unit. Where several values are possible, give a list.
Where the paper does not report a parameter, its value is null.
"""
REASONING = ', "reasoning":'
LONGEST = 30  # tokens of a value: a branch that goes on is reciting
_NOTHING = {"value": None, "status": "not_reported", "reason": "", "confidence": None, "reasoning": ""}
_NOTHING |= {"evidence": None, "page": None, "start": None, "end": None, "boxes": []}


def describe(parameter):
    """A parameter as the model reads it, in one line."""
    kind = "one of " + ", ".join(parameter["values"]) if parameter["kind"] == "category" else parameter["kind"]
    unit = f", in {parameter['unit']}" if parameter.get("unit") else ""
    several = ", several possible" if parameter.get("multiple") else ""
    return f"- {parameter['name']} ({kind}{unit}{several}): {parameter['definition']}"


def frame(library, settings):
    """The prompt before and after the paper."""
    return BEFORE, AFTER.format(library="\n".join(map(describe, library)))


def begin(parameter):
    """What a branch is made to say first. It ends at the colon, because the space belongs to the next token."""
    return f"{{{json.dumps(parameter['name'])}:"


def shape(tokenizer, library, settings):
    """(branches, new tokens of one branch, slots of one branch)."""
    share = settings["max_new_tokens"] // len(library)
    forced = max(len(prompt.plain(tokenizer, begin(parameter))) for parameter in library)
    return len(library), share, forced + share + len(prompt.plain(tokenizer, REASONING))


def answer(reader, tokenizer, record, context, library, settings):
    """Ask the parameters of a paper that was read. Returns (values, number of tokens written); see the contract."""
    _, share, slots = shape(tokenizer, library, settings)
    begins = [prompt.plain(tokenizer, begin(parameter)) for parameter in library]
    replies = reader.ask(
        [
            Question(start, grammar.value(parameter), min(share, LONGEST), instead=grammar.NULL)
            for start, parameter in zip(begins, library, strict=True)
        ]
    )
    least = settings["min_confidence"]
    found = quantities.find(contexts.kept_text(record, context))
    told = [
        confidences(parameter, answers.scalars(reader.grammar_tokenizer, reply), reply.p_instead, found)
        for parameter, reply in zip(library, replies, strict=True)
    ]
    reasons = {}
    if settings["reasoning"]:
        asked = {}
        for b, reply in enumerate(replies):
            if reply.complete and any(confidence >= least for confidence in told[b].values()):
                said = answers.text_of(reader.grammar_tokenizer, reply)[0][:-1].decode()  # without what ended it
                start = prompt.plain(tokenizer, begin(library[b]) + said + REASONING)
                left = min(share - len(reply.tokens), slots - len(start))
                if left > 0:
                    asked[b] = Question(start, grammar.SENTENCE, left)
        reasons = dict(zip(asked, reader.ask(list(asked.values())), strict=True))

    values = []
    for b, (parameter, reply) in enumerate(zip(library, replies, strict=True)):
        head = {"parameter": parameter["name"], "unit": parameter.get("unit", ""), "p_null": reply.p_instead} | _NOTHING
        for value, confidence in told[b].items():
            row = head | {"value": value, "confidence": confidence}
            if confidence >= least:
                start, end = evidence.choose(record, context, parameter, value)
                row |= located(record, start, end) | {"status": "reported"}
                row["reasoning"] = sentence(reader.grammar_tokenizer, reasons.get(b))
            values.append(row)
        if not told[b]:
            most = min(share, LONGEST)
            reason = f"The value was not complete after {most} tokens (its share of max_new_tokens, {LONGEST} at most)."
            values.append(head | ({"status": "failed", "reason": reason} if 1 - reply.p_instead >= least else {}))
    written = sum(len(reply.tokens) for reply in [*replies, *reasons.values()])
    return values, written


def confidences(parameter, told, p_null, found):
    """The values that were told with a probability each, as {value: confidence}. `found` are the paper's quantities.

    A measured number takes the unit that the paper gives it, and one that the paper does not have, such as the example
    of a definition, has no confidence. Counts may be sums, so integers need not stand in the paper.
    """
    sure, unit = {}, parameter.get("unit", "")
    for value, probability in told:
        if parameter["kind"] == "number":
            value = quantities.as_written(value, unit, found)
        made_up = parameter["kind"] in ("number", "string") and not quantities.stands(value, unit, found)
        sure.setdefault(value, 0.0 if made_up else probability * (1 - p_null))
    return sure


def located(record, start, end):
    """The piece [start, end) of a paper's text as evidence: verbatim, with its page and its lines' boxes."""
    return {
        "evidence": record["text"][start:end],
        "page": page_of(record, start),
        "start": start,
        "end": end,
        "boxes": boxes(record, start, end),
    }


def sentence(grammar_tokenizer, reply):
    """The text of a JSON string that a branch wrote; up to its last whole word where the tokens ran out."""
    if reply is None:
        return ""
    text = answers.text_of(grammar_tokenizer, reply)[0].decode("utf-8", "ignore").strip().lstrip('"')
    return text.rpartition('"')[0].strip() if reply.complete else text.rpartition(" ")[0]
