"""Reads papers and answers many questions about each, several papers at the same time.

The prefix of a paper is prefilled in chunks. Then every question is a branch that continues it under its own grammar.
All branches of all papers advance together, greedily: one token each a step, and more if the grammar forces what
follows and greedy decoding confirms it. A branch or paper that ends makes room at once for a waiting one: for branches
of the next round of a paper, or for the next paper. Of a paper that begins like one that is still in memory, only the
rest is read, so that another task about the same text costs its own instructions.
"""

import time
from collections import deque
from collections.abc import Generator as Coroutine
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice, zip_longest
from typing import Any, Generic, NamedTuple, TypeVar

import torch
from llguidance import LLMatcher
from torch import Tensor

from designspace.engine.attention import Prefix, Row, download, upload
from designspace.engine.masks import GrammarRefused, Masks
from designspace.engine.passes import Passes
from designspace.engine.pool import Pool

# Reading the prompts of new branches takes as long as a step or two, so new branches wait until this part of all
# branches is free, or as many as are waiting.
ADMITTED_PART = 4


@dataclass
class Question:
    """The beginning of a branch (token ids), and what may follow: a Lark grammar and a number of tokens.

    `alternative` is the grammar of an answer that is not allowed but whose probability is wanted, such as null.
    """

    prompt: list[int]
    grammar: str
    max_new_tokens: int
    alternative: str | None = None


@dataclass
class Answer:
    """What a branch wrote.

    `probabilities` are those of its tokens among the tokens that the grammar allowed. `p_alternative` is the
    probability that the first token would have begun the `alternative`. `complete` is false if the tokens ran out
    before the grammar reached its end.
    """

    tokens: list[int] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    p_alternative: float = 0.0
    complete: bool = False


Outcome = TypeVar("Outcome")
# The questions about a paper: yields those of a round, receives their answers, and returns the result.
Rounds = Coroutine[list[Question], list[Answer], Outcome]


class Result(NamedTuple, Generic[Outcome]):
    """The result of a paper, by its number: what its rounds returned, or the error that they or a grammar raised; the
    seconds until the paper was read, and the seconds from then on."""

    paper: int
    outcome: Outcome | Exception
    prefill: float
    decode: float


def one_round(questions: list[Question]) -> Rounds[list[Answer]]:
    """Rounds that ask these questions once and return their answers."""
    return (yield questions)


@dataclass
class Branch:
    """A question that is being answered, and its slots; its last token is not in them yet."""

    prefix: Prefix
    question: Question
    matcher: LLMatcher
    alternative: Tensor | None
    last: int
    answer: Answer = field(default_factory=Answer)
    slots: int = 0
    length: int = 0

    def row(self, ahead: int = 0) -> Row:
        """The row of its next token, or of the token that follows this many further ones."""
        length = self.length + ahead
        return Row(self.slots, length, self.prefix.length + length, self.prefix)

    @property
    def left(self) -> int:
        """How many tokens it may still write."""
        return self.question.max_new_tokens - len(self.answer.tokens)

    @property
    def ended(self) -> bool:
        """Whether it is complete."""
        return self.answer.complete or self.left <= 0


@dataclass(eq=False)
class Paper(Generic[Outcome]):
    """A paper that has been read, and the branches of its current round, if any."""

    number: int
    prefix: Prefix
    rounds: Rounds[Outcome]
    started: float
    read: float
    branches: list[Branch] | None = None


class Generator(Generic[Outcome]):
    """Papers in the memory of one model.

    capacity: tokens of all prefixes that are there at once, of at most `papers` papers. branches and slots: how many
    questions are answered at once, and the most tokens of one, its prompt included. chunk: the tokens of a paper that
    are read at once. `grammar_tokenizer` is the model's llguidance tokenizer.
    """

    def __init__(
        self, model: Any, grammar_tokenizer: Any, capacity: int, branches: int, slots: int, chunk: int, papers: int = 1
    ) -> None:
        self.passes = Passes(model, capacity, branches, slots, papers, chunk)
        vocabulary = model.get_output_embeddings().out_features
        self.masks = Masks(grammar_tokenizer, vocabulary, self.passes.device)
        self.capacity, self.most_papers, self.slots = capacity, papers, slots
        self.papers: list[Paper[Outcome]] = []
        self.pool = Pool(capacity)
        self.free = list(range(branches))
        self.waiting: deque[Branch] = deque()
        self.active: list[Branch] = []

    def give_slots(self, branches: int, slots: int) -> None:
        """Replace the branches, of which none is in use, by as many of so many slots; the papers stay in memory."""
        self.passes.give_slots(branches, slots)
        self.slots, self.free = slots, list(range(branches))

    @torch.inference_mode()
    def answer(self, papers: Iterable[tuple[list[int], Rounds[Outcome]]]) -> Iterator[Result[Outcome]]:
        """Read papers, given as token ids and their rounds of questions, as many at once as fit, and answer.

        Yields the result of each paper when it is known; an error of one does not affect the others.
        """
        coming = deque(enumerate(papers))
        while coming or self.papers:
            while coming and (there := self._room(coming[0][1][0])):
                number, (tokens, rounds) = coming.popleft()
                started = time.monotonic()
                prefix = self.passes.read(tokens[there.length :], there)
                self.passes.make_ready()  # while a GPU is still reading
                paper = Paper(number, prefix, rounds, started, time.monotonic())
                self.papers.append(paper)
                yield from self._go_on(paper)
            self._admit()
            yield from self._step()

    def answer_one(self, tokens: list[int], rounds: Rounds[Outcome]) -> Outcome:
        """Read one paper and answer; an error in its rounds or grammars is raised."""
        ((_, outcome, *_),) = self.answer([(tokens, rounds)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _room(self, tokens: list[int]) -> Prefix | None:
        """Where in the pool these tokens go, and how many of them are there already; None if they do not fit yet."""
        if len(tokens) > self.capacity:
            raise ValueError(f"A paper of {len(tokens)} tokens exceeds the generator's capacity of {self.capacity}.")
        if len(self.papers) == self.most_papers:
            return None
        return self.pool.take(tokens, [paper.prefix for paper in self.papers])

    def _go_on(self, paper: Paper[Outcome]) -> Iterator[Result[Outcome]]:
        """Send the rounds of a paper their answers until they ask something that needs the model, or end; then
        yield."""
        while paper.branches is None or all(branch.ended for branch in paper.branches):
            answers: Any = None if paper.branches is None else [branch.answer for branch in paper.branches]
            try:
                paper.branches = [self._branch(paper.prefix, question) for question in paper.rounds.send(answers)]
            except StopIteration as end:
                yield self._end(paper, end.value)
                return
            except Exception as error:
                yield self._end(paper, error)
                return
            self.waiting.extend(branch for branch in paper.branches if not branch.ended)

    def _end(self, paper: Paper[Outcome], outcome: Outcome | Exception) -> Result[Outcome]:
        """Remove a paper."""
        paper.rounds.close()
        self.papers.remove(paper)
        self.waiting = deque(branch for branch in self.waiting if branch.prefix != paper.prefix)
        self.free += [branch.slots for branch in self.active if branch.prefix == paper.prefix]
        self.active = [branch for branch in self.active if branch.prefix != paper.prefix]
        return Result(paper.number, outcome, paper.read - paper.started, time.monotonic() - paper.read)

    def _branch(self, prefix: Prefix, question: Question) -> Branch:
        """The branch of a question; ValueError if it is too long, GrammarRefused for its grammar."""
        longest = len(question.prompt) + question.max_new_tokens
        if longest > self.slots:
            raise ValueError(
                f"A question of {longest} tokens, its answer included, exceeds a branch's {self.slots} slots."
            )
        alternative = None if question.alternative is None else self.masks.begins(question.alternative)
        return Branch(prefix, question, self.masks.matcher(question.grammar), alternative, question.prompt[-1])

    def _admit(self) -> None:
        """Give slots to waiting branches, and read their prompts."""
        number = min(len(self.waiting), len(self.free))
        if number < min(len(self.waiting), max(1, self.passes.branches // ADMITTED_PART)):
            return
        if not number:
            return
        admitted = [self.waiting.popleft() for _ in range(number)]
        for branch in admitted:
            branch.slots = self.free.pop()
        admitted.sort(key=lambda branch: branch.prefix)
        prompts = [branch.question.prompt[:-1] for branch in admitted]
        self.passes.read_prompts([branch.row() for branch in admitted], prompts)
        for branch, prompt in zip(admitted, prompts, strict=True):
            branch.length = len(prompt)
        self.active = sorted(self.active + admitted, key=lambda branch: branch.prefix)

    def _step(self) -> Iterator[Result[Outcome]]:
        """Advance all branches by a token, and by further tokens that grammars force; yield the papers that end."""
        if not self.active:
            return
        branches, fed = self.active, self._fed()
        rows = [branch.row(n) for branch, tokens in zip(branches, fed, strict=True) for n in range(len(tokens))]
        tokens, matchers = zip(*chain.from_iterable(fed), strict=True)
        logits = self.passes.step(rows, list(tokens))
        allowed = self.masks.allowed(matchers)  # a GPU computes at the same time
        firsts = accumulate(map(len, fed[:-1]), initial=0)
        self._weigh_alternatives(dict(zip(firsts, branches, strict=True)), logits, allowed)
        best = logits.masked_fill_(~allowed, -torch.inf).max(-1)
        # As softmax has them, which for few rows uses a small part of a GPU.
        probabilities = 1 / logits.sub_(best.values[:, None]).exp_().sum(-1)
        arrive = download(best.indices, probabilities)
        self._begin_next(fed, best.indices)
        chosen = zip(*arrive(), strict=True)
        errors: dict[Prefix, Exception] = {}
        for branch, of_branch in zip(branches, fed, strict=True):
            forced = [token for token, _ in of_branch[1:]]
            try:
                self._write(branch, list(islice(chosen, len(of_branch))), forced)
            except GrammarRefused as error:
                errors.setdefault(branch.prefix, error)
        self.free += [branch.slots for branch in branches if branch.ended]
        self.active = [branch for branch in branches if not branch.ended]
        changed = {branch.prefix for branch in branches if branch.ended} | errors.keys()
        for paper in [paper for paper in self.papers if paper.prefix in changed]:
            if refused := errors.get(paper.prefix):
                yield self._end(paper, refused)
            else:
                yield from self._go_on(paper)

    def _begin_next(self, fed: list[list[tuple[int, LLMatcher]]], best: Tensor) -> None:
        """Begin a next step in which all branches go on behind what was fed, with the best tokens, [rows]."""
        lasts = [end - 1 for end in accumulate(map(len, fed))]
        rows = [branch.row(len(tokens)) for branch, tokens in zip(self.active, fed, strict=True)]
        self.passes.begin(rows, best[upload(lasts, best.device)])

    def _fed(self) -> list[list[tuple[int, LLMatcher]]]:
        """The tokens that a step feeds of each branch, each with the grammar's state after it: the last token, and
        forced tokens in rows that the step has anyway."""
        spare = self.passes.spare(len(self.active))
        fed = []
        for branch in self.active:
            forced = self.masks.forced(branch.matcher, min(spare, branch.left - 1))
            spare -= len(forced)
            fed.append([(branch.last, branch.matcher), *forced])
        return fed

    def _write(self, branch: Branch, chosen: list[tuple[int, float]], forced: list[int]) -> None:
        """Write the tokens that were chosen after the last token and after forced ones, with their probabilities, as
        long as the forced tokens are those that were chosen."""
        for (token, probability), expected in zip_longest(chosen, forced):
            branch.last, branch.length = token, branch.length + 1
            branch.answer.tokens.append(token)
            branch.answer.probabilities.append(probability)
            self.masks.advance(branch.matcher, token)
            branch.answer.complete = branch.matcher.is_stopped()
            if branch.ended or token != expected:
                return

    def _weigh_alternatives(self, firsts: dict[int, Branch], logits: Tensor, allowed: Tensor) -> None:
        """Note the probability of first tokens that begin only the alternative, among those that begin the answer or
        the alternative. `firsts` are the branches by their first rows."""
        others = {
            row: branch.alternative
            for row, branch in firsts.items()
            if branch.alternative is not None and not branch.answer.tokens
        }
        if not others:
            return
        rows, other = list(others), torch.stack(list(others.values()))
        one = allowed[rows]
        probabilities = logits[rows].masked_fill_(~(one | other), -torch.inf).softmax(-1)
        for row, probability in zip(rows, probabilities.masked_fill_(one | ~other, 0).sum(-1).tolist(), strict=True):
            firsts[row].answer.p_alternative = probability
