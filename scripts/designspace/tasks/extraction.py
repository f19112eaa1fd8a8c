"""The task *extraction*: the values of the parameters of the library, all asked at once.

The library stands once in the shared prefix, and every branch continues the one JSON object of the answer at a key of
its own. Null is not allowed but its probability is kept, and so are those of the value's tokens: together they are the
confidence, and a value is reported where that is high enough.
"""

from collections import defaultdict
from typing import Any

from designspace.engine.generator import Answer, Rounds
from designspace.language import context as contexts
from designspace.language import quantities
from designspace.language.evidence import Record
from designspace.language.tokens import plain
from designspace.planning.branches import differing, of_extraction, value_tokens
from designspace.tasks import experiments, reasoning
from designspace.tasks.cap import Cap
from designspace.tasks.questions import Candidates, begin, candidates_in, describe, question, rows

OfExperiments = defaultdict[str, list[tuple[str, Candidates]]]  # parameter -> (experiment, its candidates)

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


def frame(library: list[Record], settings: Record) -> tuple[str, str]:
    """The prompt before and after the paper."""
    return BEFORE, AFTER.format(library="\n".join(map(describe, library)))


def shape(tokenizer: Any, library: list[Record], settings: Record) -> tuple[int, int, int]:
    """(branches, new tokens of one branch, slots of one branch)."""
    branches, share = of_extraction(library, settings["max_new_tokens"], settings["reasoning"])
    forced = max(len(plain(tokenizer, begin(parameter["name"]))) for parameter in library)
    slots = forced + share + len(plain(tokenizer, reasoning.KEY))
    return branches, share, max(slots, experiments.slots(tokenizer, differing(library)))


class Paper:
    """The questions about a paper, the new tokens that are left for them, and what their answers come to."""

    def __init__(
        self,
        tokenizer: Any,
        grammar_tokenizer: Any,
        record: Record,
        context: Record,
        library: list[Record],
        settings: Record,
    ) -> None:
        self.tokenizer, self.grammar_tokenizer, self.library = tokenizer, grammar_tokenizer, library
        self.record, self.context, self.reasoned = record, context, settings["reasoning"]
        _, self.branch_tokens, self.slots = shape(tokenizer, library, settings)
        self.most_tokens: int = settings["max_new_tokens"]
        self.cap = Cap(self.most_tokens)
        self.threshold: float = settings["min_confidence"]
        self.quantities = quantities.find(contexts.kept_text(record, context))

    def rounds(self) -> Rounds[None]:
        """Ask the parameters, then for reasons, then what differs between the experiments."""
        replies, names = yield from self.ask_parameters()
        self.candidates = [
            self.candidates_in(parameter, reply) for parameter, reply in zip(self.library, replies, strict=True)
        ]
        self.reasons = (yield from self.ask_reasons(replies)) if self.reasoned else {}
        self.experiments, self.of_experiments = yield from self.ask_experiments(names)

    def fields(self) -> Record:
        """The record's values, experiments and new_tokens, as in docs/architecture.md."""
        values = []
        for index, of_paper in enumerate(self.candidates):
            of_experiments = self.of_experiments[of_paper.parameter["name"]]
            values += self.rows(of_paper, of_experiments, self.reasons.get(index, ""))
        named = [experiments.row(self.record, self.context, *experiment) for experiment in self.experiments]
        return {"values": values, "experiments": named, "new_tokens": self.most_tokens - self.cap.left}

    def ask_parameters(self) -> Rounds[tuple[list[Answer], Answer]]:
        """The replies about each parameter, and the one that names the experiments, all asked at once."""
        asked = [question(self.tokenizer, parameter, self.branch_tokens) for parameter in self.library]
        rest = self.cap.left - self.branch_tokens * len(self.library)
        *replies, names = yield from self.cap.ask([*asked, experiments.question(self.tokenizer, rest)])
        return replies, names

    def candidates_in(self, parameter: Record, reply: Answer) -> Candidates:
        """The values that a reply proposes for a parameter, with the confidence of each in this paper."""
        return candidates_in(self.grammar_tokenizer, parameter, reply, self.quantities)

    def ask_reasons(self, replies: list[Answer]) -> Rounds[dict[int, str]]:
        """A sentence of reasoning for each parameter that is reported, by its index in the library."""
        sure = {
            index: reply
            for index, reply in enumerate(replies)
            if reply.complete and self.candidates[index].reported(self.threshold)
        }
        reasons = yield from reasoning.ask(
            self.cap, self.tokenizer, self.grammar_tokenizer, self.library, sure, self.branch_tokens, self.slots
        )
        return {index: reasoning.sentence(self.grammar_tokenizer, reply) for index, reply in reasons.items()}

    def ask_experiments(self, names: Answer) -> Rounds[tuple[list[tuple[str, float]], OfExperiments]]:
        """The experiments that were asked about, of those that a reply names, and by parameter their candidates."""
        named = experiments.named(self.record, self.context, self.grammar_tokenizer, names, self.threshold)
        replies = yield from experiments.ask(
            self.cap, self.tokenizer, self.library, [name for name, _ in named], self.slots
        )
        of_experiments: OfExperiments = defaultdict(list)
        for name, parameter, reply in replies:
            of_experiments[parameter["name"]].append((name, self.candidates_in(parameter, reply)))
        asked = {name for name, *_ in replies}
        return [(name, confidence) for name, confidence in named if name in asked], of_experiments

    def rows(self, of_paper: Candidates, of_experiments: list[tuple[str, Candidates]], reason: str) -> list[Record]:
        """The rows of a parameter: those of the whole paper, then those of the experiments where they differ."""
        # What an experiment reports, its paper does.
        joined = of_paper.joined(candidates for _, candidates in of_experiments)
        made = rows(self.record, self.context, joined, self.threshold)
        if not joined.values and 1 - joined.p_null >= self.threshold:
            longest = value_tokens(joined.parameter)
            made[0] |= {
                "status": "failed",
                "reason": f"The value was not complete after {min(self.branch_tokens, longest)} tokens (its share of"
                f" max_new_tokens, {longest} at most).",
            }
        own = of_paper.reported(self.threshold)
        if reason:
            made = [row | {"reasoning": reason} if row["value"] in own else row for row in made]
        for name, candidates in of_experiments:
            if not own == joined.reported(self.threshold) == candidates.reported(self.threshold):
                made += experiments.rows(self.record, self.context, name, candidates, self.threshold)
        return made
