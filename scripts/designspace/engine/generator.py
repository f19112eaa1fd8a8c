"""Reads a paper once and answers many questions about it at the same time.

The prefix is prefilled in chunks; then every question is a branch that continues it under a grammar of its own, and all
branches advance together, one token each a step, greedily.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from designspace.engine import decoder, linear
from designspace.engine.attention import SharedPrefixCache
from designspace.engine.masks import Masks


@dataclass
class Question:
    """What a branch begins with (token ids), and what may follow: a Lark grammar and a number of tokens.

    `alternative` is the grammar of an answer that is not allowed but whose probability is wanted, such as null.
    """

    prompt: list[int]
    grammar: str
    max_new_tokens: int
    alternative: str | None = None


@dataclass
class Answer:
    """What a branch wrote. `probabilities` are those of its tokens among the tokens that the grammar allowed.

    `p_alternative` is the probability that the first token had begun the `alternative`. `complete` is false where the
    tokens ran out before the grammar was at its end.
    """

    tokens: list[int] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    p_alternative: float = 0.0
    complete: bool = False


class Generator:
    """One paper in the memory of one model.

    capacity: tokens of the longest prefix. branches and slots: the most questions of one `ask`, and the most tokens of
    one branch, its prompt included. `grammar_tokenizer` is the model's llguidance tokenizer.
    """

    def __init__(self, model: Any, grammar_tokenizer: Any, capacity: int, branches: int, slots: int) -> None:
        self.model, self.device = model, model.get_input_embeddings().weight.device
        self.grammar_tokenizer, self.branches = grammar_tokenizer, branches
        self.masks = Masks(grammar_tokenizer, model.get_output_embeddings().out_features, self.device)
        devices = layer_devices(model)
        self.cache = SharedPrefixCache(model.config, capacity, branches, slots, model.dtype, devices)
        self.graphed = self.device.type == "cuda" and set(devices) == {self.device}
        self.graph: GraphedStep | None = None

    @torch.inference_mode()
    def read(self, tokens: list[int], chunk: int) -> None:
        """Prefill the prefix with token ids, `chunk` at a time; a prefix that was there is forgotten."""
        self.cache.read_on(0)
        self.chunk, self.graph = chunk, None
        for piece in torch.tensor([tokens], device=self.device).split(chunk, dim=1):
            self._hidden(piece)  # nothing asks for the logits of the paper
            self.cache.read_on(self.cache.prefix_length + piece.shape[1])

    @torch.inference_mode()
    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer all questions, as many at once as there are branches. Returns an Answer for each, in their order;
        ValueError for one that is too long."""
        if not questions:
            return []
        if len(questions) > self.branches:
            return self.ask(questions[: self.branches]) + self.ask(questions[self.branches :])
        longest = max(len(q.prompt) + q.max_new_tokens for q in questions)
        if longest > self.cache.slots:
            raise ValueError(
                f"A question of {longest} tokens, its answer included, exceeds a branch's {self.cache.slots} slots."
            )
        answers = [Answer() for _ in questions]
        matchers = [self.masks.matcher(question.grammar) for question in questions]
        self._prefill_prompts([question.prompt[:-1] for question in questions])
        last = torch.tensor([question.prompt[-1] for question in questions], device=self.device)
        active = [b for b, question in enumerate(questions) if question.max_new_tokens > 0]
        while active:
            logits = self._step(last[active], active)  # a GPU is still at work while the masks are computed
            allowed = self.masks.allowed([matchers[b] for b in active])
            for row, b in enumerate(active):
                alternative = questions[b].alternative
                if alternative is not None and not answers[b].tokens:
                    answers[b].p_alternative = self._probability_of_alternative(alternative, logits[row], allowed[row])
            probabilities = logits.masked_fill(~allowed, -torch.inf).softmax(-1)
            best = probabilities.max(-1)
            last[active] = best.indices
            for b, token, probability in zip(active, best.indices.tolist(), best.values.tolist(), strict=True):
                answers[b].tokens.append(token)
                answers[b].probabilities.append(probability)
                self.masks.advance(matchers[b], token)
                answers[b].complete = matchers[b].is_stopped()
            active = [
                b for b in active if not answers[b].complete and len(answers[b].tokens) < questions[b].max_new_tokens
            ]
        return answers

    @torch.inference_mode()
    def rehearse(self, rows: int) -> None:
        """Go through a pass of each kind once, with so many rows: a chunk, prompts, and a step; with zeros for tokens,
        and without an outcome."""
        self.read([0] * rows, rows)
        branches = torch.arange(rows, device=self.device)
        tokens = torch.zeros(rows, 2, dtype=torch.long, device=self.device)
        self.cache.advance(branches)
        self._hidden(tokens)
        self.cache.advance(branches)
        self._logits(tokens[:, :1])

    def _prefill_prompts(self, prompts: list[list[int]]) -> None:
        """Read the forced beginnings of all branches, as many at once as the chunk has room for, padded to the right.

        Padding is written behind a branch's own tokens, where no token looks before it is overwritten.
        """
        self.cache.lengths.zero_()
        longest = max(map(len, prompts))
        if longest:
            padded = [prompt + [0] * (longest - len(prompt)) for prompt in prompts]
            tokens = torch.tensor(padded, device=self.device)
            for rows in torch.arange(len(prompts), device=self.device).split(max(self.chunk // longest, 1)):
                self.cache.advance(rows)
                self._hidden(tokens[rows])
            self.cache.lengths[: len(prompts)] = torch.tensor([len(prompt) for prompt in prompts])

    def _step(self, tokens: Tensor, branches: list[int]) -> Tensor:
        """Advance the branches, in ascending order, by a token each: token ids [rows] -> logits [rows, vocabulary] in
        float32."""
        if self.graphed:
            if self.graph is None or branches[-1] >= len(self.graph.tokens):  # more than were asked before
                self.graph = None  # before the next one takes its memory
                self.graph = GraphedStep(self._logits, self.cache, branches[-1] + 1)
            return self.graph(tokens, branches).float()
        rows = torch.tensor(branches, device=self.device)
        self.cache.advance(rows)
        logits = self._logits(tokens[:, None])
        self.cache.lengths[rows] += 1
        return logits.to(self.device).float()

    def _hidden(self, tokens: Tensor) -> Tensor:
        """The last hidden states of the next tokens, token ids [rows, tokens]."""
        positions = self.cache.positions(tokens.shape[1])
        if decoder.serves(self.model):
            return decoder.forward(self.model, tokens, positions, self.cache)
        hidden: Tensor = self._forward(self.model.base_model, tokens, positions).last_hidden_state
        return hidden

    def _logits(self, tokens: Tensor) -> Tensor:
        """The logits [rows, vocabulary] behind one token, [rows, 1], of each row."""
        if decoder.serves(self.model):
            last = self._hidden(tokens)[:, -1]
            logits: Tensor
            (logits,) = linear.project(last.to(self.model.lm_head.weight.device), self.model.lm_head)
            return logits
        logits = self._forward(self.model, tokens, self.cache.positions(1)).logits[:, -1]
        return logits

    def _forward(self, module: Any, tokens: Tensor, positions: Tensor) -> Any:
        return module(tokens, position_ids=positions, past_key_values=self.cache, shared_prefix=self.cache)

    def _probability_of_alternative(self, grammar: str, logits: Tensor, allowed: Tensor) -> float:
        """The probability of tokens that begin only the other answer, among those that begin either."""
        other = self.masks.begins(grammar)
        probabilities = logits.masked_fill(~(allowed | other), -torch.inf).softmax(-1)
        return probabilities[other & ~allowed].sum().item()


class GraphedStep:
    """A decode step of the first `branches` as one CUDA graph, captured once a paper, and again for more branches.

    A step is thousands of small kernels, which take longer to launch one by one than to run. Branches that are finished
    are computed, too, but do not grow.
    """

    def __init__(self, step: Callable[[Tensor], Tensor], cache: SharedPrefixCache, branches: int) -> None:
        device = cache.lengths.device
        self.tokens = torch.zeros(branches, 1, dtype=torch.long, device=device)
        self.active = torch.zeros(branches, dtype=torch.long, device=device)
        self.rows = torch.arange(branches, device=device)
        cache.advance(self.rows)
        step(self.tokens)  # outside of the graph once, since libraries allocate on their first use
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            cache.advance(self.rows)
            self.logits = step(self.tokens)
            cache.lengths[:branches] += self.active

    def __call__(self, tokens: Tensor, branches: list[int]) -> Tensor:
        """Token ids [rows] of the branches -> their logits [rows, vocabulary]."""
        self.active.zero_()
        self.active[branches] = 1
        self.tokens[branches, 0] = tokens
        self.graph.replay()
        return self.logits[branches]


def layer_devices(model: Any) -> list[torch.device]:
    """The device of each layer; they differ where a model is spread over several GPUs."""
    layers = model.config.get_text_config().num_hidden_layers
    if len(set(getattr(model, "hf_device_map", {}).values())) < 2:
        return [model.get_input_embeddings().weight.device] * layers
    return [layer.input_layernorm.weight.device for layer in model.base_model.layers]
