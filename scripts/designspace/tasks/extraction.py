"""The task *extraction*: the values of the parameters of the library, all asked at once.

The library stands once in the shared prefix, and every branch continues the one JSON object of the answer at a key of
its own. Null is not allowed but its probability is kept, and so are those of the value's tokens: together they are the
confidence, and a value is reported where that is high enough.
"""

from collections import defaultdict
from typing import Any

from designspace.engine.generator import Answer, Generator
from designspace.language import context as contexts
from designspace.language import quantities
from designspace.language.evidence import Record
from designspace.language.tokens import plain
from designspace.planning.branches import differing, of_extraction, value_tokens
from designspace.tasks import experiments, reasoning
from designspace.tasks.cap import CappedGenerator
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


def answer(
    generator: Generator, tokenizer: Any, record: Record, context: Record, library: list[Record], settings: Record
) -> Record:
    """Ask the parameters of a paper that was read, then what differs between its experiments. Returns the record's
    values, experiments and new_tokens, as in docs/architecture.md."""
    paper = _Paper(generator, tokenizer, record, context, library, settings)
    replies, names = paper.ask_parameters()
    candidates = [paper.candidates_in(parameter, reply) for parameter, reply in zip(library, replies, strict=True)]
    reasons = paper.ask_reasons(candidates, replies) if settings["reasoning"] else {}
    named, of_experiments = paper.ask_experiments(names)
    values = []
    for index, of_paper in enumerate(candidates):
        values += paper.rows(of_paper, of_experiments[of_paper.parameter["name"]], reasons.get(index, ""))
    return {"values": values, "experiments": named, "new_tokens": settings["max_new_tokens"] - paper.generator.left}


class _Paper:
    """The questions about a paper that the generator has read, and the new tokens that are left for them."""

    def __init__(
        self,
        generator: Generator,
        tokenizer: Any,
        record: Record,
        context: Record,
        library: list[Record],
        settings: Record,
    ) -> None:
        self.generator = CappedGenerator(generator, settings["max_new_tokens"])
        self.tokenizer, self.library = tokenizer, library
        self.record, self.context = record, context
        _, self.branch_tokens, self.slots = shape(tokenizer, library, settings)
        self.threshold: float = settings["min_confidence"]
        self.quantities = quantities.find(contexts.kept_text(record, context))

    def ask_parameters(self) -> tuple[list[Answer], Answer]:
        """The replies about each parameter, and the one that names the experiments, all asked at once."""
        asked = [question(self.tokenizer, parameter, self.branch_tokens) for parameter in self.library]
        rest = self.generator.left - self.branch_tokens * len(self.library)
        *replies, names = self.generator.ask([*asked, experiments.question(self.tokenizer, rest)])
        return replies, names

    def candidates_in(self, parameter: Record, reply: Answer) -> Candidates:
        """The values that a reply proposes for a parameter, with the confidence of each in this paper."""
        return candidates_in(self.generator.grammar_tokenizer, parameter, reply, self.quantities)

    def ask_reasons(self, candidates: list[Candidates], replies: list[Answer]) -> dict[int, str]:
        """A sentence of reasoning for each parameter that is reported, by its index in the library."""
        sure = {
            index: reply
            for index, reply in enumerate(replies)
            if reply.complete and candidates[index].reported(self.threshold)
        }
        reasons = reasoning.ask(self.generator, self.tokenizer, self.library, sure, self.branch_tokens, self.slots)
        return {index: reasoning.sentence(self.generator.grammar_tokenizer, reply) for index, reply in reasons.items()}

    def ask_experiments(self, names: Answer) -> tuple[list[Record], OfExperiments]:
        """The experiments that were asked about, of those that a reply names, and by parameter their candidates."""
        named = experiments.named(self.record, self.context, self.generator.grammar_tokenizer, names, self.threshold)
        replies = experiments.ask(
            self.generator, self.tokenizer, self.library, [experiment["name"] for experiment in named], self.slots
        )
        of_experiments: OfExperiments = defaultdict(list)
        for name, parameter, reply in replies:
            of_experiments[parameter["name"]].append((name, self.candidates_in(parameter, reply)))
        asked = {name for name, *_ in replies}
        return [experiment for experiment in named if experiment["name"] in asked], of_experiments

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
