"""The task *extraction*: the values of the parameters of the library, all asked at once.

The library stands once in the shared prefix, and every branch continues the one JSON object of the answer at its own
key. Null is not allowed, but its probability is kept. Together with the probabilities of the value's tokens it gives
the confidence; a value is reported if this is high enough.
"""

from collections.abc import Iterable
from typing import Any

from designspace.engine.generator import Answer, Question, Rounds
from designspace.language import attribution, expressions, quantities, support
from designspace.language import context as contexts
from designspace.language.attribution import Sentence
from designspace.language.evidence import Record
from designspace.language.expressions import Expressions
from designspace.language.tokens import plain
from designspace.planning.branches import EXPERIMENTS, GROUPS, NAMES_TOKENS, differing, of_extraction, value_tokens
from designspace.tasks import derived, experiments, groups, outcomes, reasoning, scopes
from designspace.tasks.cap import Cap
from designspace.tasks.derived import Counts, Sampled
from designspace.tasks.questions import About, Candidates, begin, candidates_in, checked, describe, question, rows
from designspace.tasks.scopes import Scope

OfScopes = dict[Scope, dict[str, Candidates]]  # of experiments and groups, by the parameter's name

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


def depends_on(library: list[Record]) -> list[Record]:
    """What the values depend on of a library: all of it."""
    return library


def frame(library: list[Record], settings: Record) -> tuple[str, str]:
    """The prompt before and after the paper."""
    return BEFORE, AFTER.format(library="\n".join(map(describe, library)))


def shape(tokenizer: Any, library: list[Record], settings: Record) -> tuple[int, int, int]:
    """(branches, new tokens of one branch, slots of one branch)."""
    branches, share = of_extraction(library, settings["max_new_tokens"], settings["reasoning"])
    forced = max(len(plain(tokenizer, begin(parameter["name"]))) for parameter in library)
    slots = forced + share + len(plain(tokenizer, reasoning.KEY))
    naming = groups.question(tokenizer, "Experiment name", NAMES_TOKENS)
    return branches, share, max(slots, scopes.slots(tokenizer, library), len(naming.prompt) + naming.max_new_tokens)


class Paper:
    """The questions about a paper, the new tokens that are left for them, and the values in their answers."""

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
        self.grouped = bool(differing(library, "group"))
        self.most_tokens: int = settings["max_new_tokens"]
        self.cap = Cap(self.most_tokens)
        self.threshold: float = settings["min_confidence"]
        self.text = contexts.kept_text(record, context)
        self.apart: dict[str, frozenset[int]] = {}  # experiment: where sentences about others start
        self.quantities, self.expressions = quantities.find(self.text), Expressions(self.text)

    def rounds(self) -> Rounds[None]:
        """Ask the parameters, then for reasons, then what differs between the experiments, then between groups."""
        replies, experiment_names, group_names = yield from self.ask_parameters()
        self.candidates = [
            self.candidates_in(parameter, reply) for parameter, reply in zip(self.library, replies, strict=True)
        ]
        self.reasons = (yield from self.ask_reasons(replies)) if self.reasoned else {}
        self.experiments = dict(
            experiments.named(self.record, self.context, self.grammar_tokenizer, experiment_names, self.threshold)
        )
        self.of_scopes: OfScopes = {}
        naming = {"": group_names} if group_names else {}
        if self.experiments:
            naming = yield from self.ask_experiments()
        yield from self.ask_groups(naming)

    def fields(self) -> Record:
        """The record's values, experiments, groups, new_tokens and unasked, as in docs/files.md."""
        self.check_candidates()
        of_groups = [groups.row(self.record, self.context, *group) for group in self.groups.items()]
        own = groups.own(self.context, self.sentences)
        counts, sampled = self.read(own, of_groups)
        claims = outcomes.claims(self.candidates, self.of_scopes.values(), self.threshold)
        series = outcomes.series(own, self.experiments, self.spellings) if claims else []
        means = outcomes.given(self.record, self.context, self.library, claims, series)
        values = []
        for index, of_paper in enumerate(self.candidates):
            name = of_paper.parameter["name"]
            made = self.rows(of_paper, self.reasons.get(index, ""))
            made = derived.replace(self.record, made, counts.get(name, {}))
            made = derived.add(self.record, made, sampled[name])
            values += self.joined(of_paper.parameter, made, means)
        same = derived.same_samples(own)
        named = [
            experiments.row(self.record, self.context, *experiment) | {"same_sample": same.get(experiment[0], "")}
            for experiment in self.experiments.items()
        ]
        tokens = self.most_tokens - self.cap.left
        spent = {"new_tokens": tokens, "unasked": self.cap.unasked}
        return {"values": values, "experiments": named, "groups": of_groups, **spent}

    def read(self, own: list[Sentence], of_groups: list[Record]) -> tuple[dict[str, Counts], dict[str, Sampled]]:
        """What the program reads or counts itself, by the name of the parameter: of each scope, and what sentences
        about recruitment say. `own` are those about the paper's own participants, `of_groups` the record's groups."""
        found = self.experiments, self.groups, self.spellings
        counts = derived.counts(self.sentences, self.library, *found)
        total = {
            value
            for of_paper in self.candidates
            if of_paper.parameter.get("participants") == "total"
            for value in of_paper.reported(self.threshold)
        }
        counts |= derived.described(own, self.library, *found, list(counts.values()), total)
        counts |= derived.named(self.library, of_groups)
        counts |= derived.numbered(self.record, self.context, self.library, self.experiments)
        return counts, derived.sampled(own, self.library, list(self.experiments))

    def joined(self, parameter: Record, made: list[Record], means: list[outcomes.Given]) -> list[Record]:
        """The rows of a parameter, with those of its scopes as values of the whole paper where they are."""
        if is_mean := parameter["kind"] == "mean":
            made = outcomes.place(self.record, made, parameter["name"], means)
        if "participants" in parameter:
            return derived.gather(made)
        if ("characteristic" in parameter or is_mean) and parameter.get("multiple"):
            return derived.join(made)
        return made

    def ask_parameters(self) -> Rounds[tuple[list[Answer], Answer, Answer | None]]:
        """The replies about each parameter, and those that name the experiments and the groups, all asked at once."""
        asked = [question(self.tokenizer, parameter, self.branch_tokens) for parameter in self.library]
        rest = self.cap.left - self.branch_tokens * len(self.library)
        naming = [experiments.question(self.tokenizer, rest // (1 + self.grouped))]
        naming += [groups.question(self.tokenizer, "", rest // 2)] if self.grouped else []
        replies = yield from self.cap.ask([*asked, *naming])
        return replies[: len(asked)], replies[len(asked)], replies[-1] if self.grouped else None

    def candidates_in(self, parameter: Record, reply: Answer) -> Candidates:
        """The values that a reply proposes for a parameter, with the confidence of each in this paper."""
        return candidates_in(self.grammar_tokenizer, parameter, reply, self.quantities, self.expressions)

    def check_candidates(self) -> None:
        """Look at the evidence of all candidates, which takes time: not while the GPU waits for the next questions."""

        def check(candidates: Candidates, scope: Scope) -> Candidates:
            about = self.about(scope, candidates.parameter)
            return checked(self.record, self.context, candidates, self.threshold, about)

        self.candidates = [check(candidates, Scope()) for candidates in self.candidates]
        self.of_scopes = {
            scope: {name: check(candidates, scope) for name, candidates in of_scope.items()}
            for scope, of_scope in self.of_scopes.items()
        }

    def about(self, scope: Scope, parameter: Record) -> About:
        """Where the evidence of a scope's values of a parameter is sought."""
        if scope.experiment not in self.apart:
            self.apart[scope.experiment] = attribution.elsewhere(self.sentences, scope.experiment)
        return About(scope.near(), self.apart[scope.experiment], support.rivals_of(parameter, self.library))

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

    def ask_experiments(self) -> Rounds[dict[str, Answer]]:
        """Ask what may differ between the experiments, and for their groups: {experiment: reply that names groups}."""
        asked = list(self.experiments)[:EXPERIMENTS]
        naming = [groups.question(self.tokenizer, name, NAMES_TOKENS) for name in asked if self.grouped]
        replies = yield from self.ask_scopes(map(Scope, asked), "experiment", naming)
        answered = {name: self.experiments[name] for name in asked if Scope(name) in self.of_scopes}
        if len(answered) < len(asked):  # no tokens were left
            self.experiments = answered
        return dict(zip(asked, replies, strict=False))

    def ask_groups(self, naming: dict[str, Answer]) -> Rounds[None]:
        """Ask what may differ between the groups that the replies name, those of one experiment after the other."""
        known = list(self.experiments)
        self.sentences = derived.sentences(self.record, self.context, known)
        printed = groups.printed(self.context, self.sentences, known) if naming else {}
        self.groups: dict[Scope, float] = {}
        self.spellings: dict[Scope, frozenset[str]] = {}
        asked: list[Scope] = []
        for experiment in (known or [""]) if naming else ():
            named: dict[str, float] = {}
            if is_asked := experiment in naming:
                named = groups.named(self.text, self.grammar_tokenizer, naming[experiment], self.threshold, known)
            own = [s for s in self.sentences if not experiment or experiment in s.experiments]
            others = [group for other, theirs in printed.items() if other != experiment for group in theirs]
            chosen = groups.chosen(named, printed.get(experiment, []), own, others)
            for name, (confidence, spellings) in chosen.items():
                self.groups[Scope(experiment, name)], self.spellings[Scope(experiment, name)] = confidence, spellings
            asked += [Scope(experiment, name) for name in chosen if is_asked][:GROUPS]
        yield from self.ask_scopes(asked, "group", [])

    def ask_scopes(self, asked_of: Iterable[Scope], level: str, before: list[Question]) -> Rounds[list[Answer]]:
        """Ask all that may differ at a level of some scopes, beside questions that come `before`: their replies."""
        cells = [(scope, parameter) for scope in asked_of for parameter in differing(self.library, level)]
        asked = scopes.questions_about(self.tokenizer, cells, self.slots)
        replies = yield from self.cap.ask([*before, *(question for *_, question in asked)])
        for (scope, parameter, _), reply in zip(asked, replies[len(before) :], strict=False):
            self.of_scopes.setdefault(scope, {})[parameter["name"]] = self.candidates_in(parameter, reply)
        return replies[: len(before)]

    def rows(self, of_paper: Candidates, reason: str) -> list[Record]:
        """The rows of a parameter: those of the whole paper, then those of experiments and groups where they differ."""
        parameter = of_paper.parameter
        of_scopes = {
            scope: candidates[parameter["name"]]
            for scope, candidates in self.of_scopes.items()
            if parameter["name"] in candidates
        }
        several = parameter.get("multiple")
        # Parameters that are used for computing are stored with each scope that reports them.
        always = parameter["kind"] in expressions.KINDS or "participants" in parameter
        # A value that an experiment reports counts for its paper, too, if the parameter may have several.
        joined = of_paper.joined(c for scope, c in of_scopes.items() if several and not scope.group)
        made = rows(self.record, self.context, joined, self.threshold, self.about(Scope(), parameter))
        if not joined.values and 1 - joined.p_null >= self.threshold:
            longest = value_tokens(parameter)
            made[0] |= {
                "status": "failed",
                "reason": f"The value was not complete after {min(self.branch_tokens, longest)} tokens (its share of"
                f" max_new_tokens, {longest} at most).",
            }
        own = of_paper.reported(self.threshold)
        if reason:
            made = [row | {"reasoning": reason} if row["value"] in own else row for row in made]
        for scope, candidates in of_scopes.items():
            above = of_scopes.get(Scope(scope.experiment), of_paper) if scope.group else joined
            differs = candidates.reported(self.threshold) != above.reported(self.threshold)
            if always or differs or not scope.group and own != joined.reported(self.threshold):
                about = self.about(scope, parameter)
                made += scopes.rows(self.record, self.context, scope, candidates, self.threshold, about)
        return made
