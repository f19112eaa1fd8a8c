"""The task *extraction*: the values of the parameters of the library, all asked at once.

The library stands once in the shared prefix, and every branch continues the one JSON object of the answer at a key of
its own. Null is not allowed but its probability is kept, and so are those of the value's tokens: together they are the
confidence, and a value is reported where that is high enough.
"""

from collections import defaultdict

from designspace.language import context as contexts
from designspace.language import quantities
from designspace.language.tokens import plain
from designspace.planning.branches import LONGEST, of_extraction
from designspace.tasks import experiments, reasoning
from designspace.tasks.questions import begin, describe, question, rows, told

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


def frame(library, settings):
    """The prompt before and after the paper."""
    return BEFORE, AFTER.format(library="\n".join(map(describe, library)))


def shape(tokenizer, library, settings):
    """(branches, new tokens of one branch, slots of one branch)."""
    branches, share = of_extraction(library, settings["max_new_tokens"], settings["reasoning"])
    forced = max(len(plain(tokenizer, begin(parameter["name"]))) for parameter in library)
    slots = forced + share + len(plain(tokenizer, reasoning.KEY))
    return branches, share, max(slots, experiments.slots(tokenizer))


def answer(reader, tokenizer, record, context, library, settings):
    """Ask the parameters of a paper that was read, then what differs between its experiments. Returns the record's
    values, experiments and new_tokens, as in docs/architecture.md."""
    _, share, slots = shape(tokenizer, library, settings)
    left, least, words = settings["max_new_tokens"], settings["min_confidence"], reader.grammar_tokenizer
    found = quantities.find(contexts.kept_text(record, context))
    asked = [question(tokenizer, parameter, share) for parameter in library]
    *replies, listed = reader.ask([*asked, experiments.question(tokenizer, left - share * len(library))])
    whole = [told(words, parameter, reply, found) for parameter, reply in zip(library, replies, strict=True)]
    reasons = {}
    if settings["reasoning"]:
        sure = {b: reply for b, reply in enumerate(replies) if reply.complete and whole[b].reported(least)}
        reasons = reasoning.ask(reader, tokenizer, library, sure, share, slots)

    left -= sum(len(reply.tokens) for reply in [*replies, listed, *reasons.values()])
    named = experiments.named(record, context, words, listed, least)
    more = experiments.ask(reader, tokenizer, library, [experiment["name"] for experiment in named], left, slots)
    left -= sum(len(reply.tokens) for *_, reply in more)
    named = [experiment for experiment in named if experiment["name"] in {name for name, *_ in more}]
    own = defaultdict(list)
    for name, parameter, reply in more:
        own[parameter["name"]].append((name, told(words, parameter, reply, found)))

    values = []
    for b, alone in enumerate(whole):
        of_experiments = own[alone.parameter["name"]]
        one = alone.joined(other for _, other in of_experiments)  # what an experiment reports, its paper does
        made = rows(record, context, one, least)
        if not one.values and 1 - one.p_null >= least:
            most = asked[b].max_new_tokens
            reason = f"The value was not complete after {most} tokens (its share of max_new_tokens, {LONGEST} at most)."
            made[0] |= {"status": "failed", "reason": reason}
        if b in reasons:
            why = reasoning.sentence(words, reasons[b])
            made = [row | {"reasoning": why} if row["value"] in alone.reported(least) else row for row in made]
        values += made
        for name, other in of_experiments:
            if not alone.reported(least) == one.reported(least) == other.reported(least):
                values += experiments.rows(record, context, name, other, least)
    return {"values": values, "experiments": named, "new_tokens": settings["max_new_tokens"] - left}
