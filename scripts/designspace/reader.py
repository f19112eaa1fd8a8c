"""Reads a paper once and answers many questions about it at the same time.

The prefix is prefilled in chunks; then every question is a branch that continues it under a grammar of its own, and all
branches advance together, one token each a step, greedily.
"""

from dataclasses import dataclass, field

import torch

from .attention import SharedPrefixCache
from .masks import Masks


@dataclass
class Question:
    """What one branch is made to say first (token ids) and may say then: a Lark grammar and a number of tokens.

    `instead` is the grammar of an answer that is not allowed but whose probability is wanted, such as null.
    """

    prompt: list[int]
    grammar: str
    max_new_tokens: int
    instead: str | None = None


@dataclass
class Answer:
    """What a branch said. `probabilities` are those of its tokens among the tokens that the grammar allowed.

    `p_instead` is the probability that the first token had begun the answer `instead`. `complete` is false where the
    tokens ran out before the grammar was at its end.
    """

    tokens: list[int] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    p_instead: float = 0.0
    complete: bool = False


class Reader:
    """One paper in the memory of one model.

    capacity: tokens of the longest prefix. branches and slots: the most questions of one `ask`, and the most tokens of
    one branch, its prompt included. `grammar_tokenizer` is the model's llguidance tokenizer.
    """

    def __init__(self, model, grammar_tokenizer, capacity, branches, slots):
        self.model = model
        self.grammar_tokenizer = grammar_tokenizer
        self.masks = Masks(grammar_tokenizer, model.get_output_embeddings().out_features, model.device)
        self.cache = SharedPrefixCache(model.config, capacity, branches, slots, model.dtype, model.device)
        self.graph = None

    @torch.inference_mode()
    def read(self, tokens, chunk):
        """Prefill the prefix with token ids, `chunk` at a time; a prefix that was there is forgotten."""
        self.cache.prefix_length, self.cache.rows, self.graph = 0, None, None
        for piece in torch.tensor([tokens], device=self.model.device).split(chunk, dim=1):
            # The base model, since nothing asks for the logits of the paper.
            self._forward(self.model.base_model, piece, torch.tensor([self.cache.prefix_length]))
            self.cache.prefix_length += piece.shape[1]

    @torch.inference_mode()
    def ask(self, questions):
        """Answer all questions. Returns an Answer for each, in their order; ValueError for one that is too long."""
        if not questions:
            return []
        longest, slots = max(len(q.prompt) + q.max_new_tokens for q in questions), self.cache.slot_keys.shape[3]
        if longest > slots:
            raise ValueError(f"A question of {longest} tokens, its answer included, exceeds a branch's {slots} slots.")
        answers = [Answer() for _ in questions]
        matchers = [self.masks.matcher(question.grammar) for question in questions]
        self.cache.lengths.zero_()
        self._prefill_prompts([question.prompt[:-1] for question in questions])
        last = torch.tensor([question.prompt[-1] for question in questions], device=self.model.device)
        active = [b for b, question in enumerate(questions) if question.max_new_tokens > 0]
        while active:
            logits = self._step(last[active], active)  # a GPU is still at work while the masks are computed
            allowed = self.masks.allowed([matchers[b] for b in active])
            for row, b in enumerate(active):
                if questions[b].instead is not None and not answers[b].tokens:
                    answers[b].p_instead = self._probability_instead(questions[b].instead, logits[row], allowed[row])
            probabilities = logits.masked_fill(~allowed, -torch.inf).softmax(-1)
            best = probabilities.max(-1)
            last[active] = best.indices
            for b, token, probability in zip(active, best.indices.tolist(), best.values.tolist(), strict=True):
                answers[b].tokens.append(token)
                answers[b].probabilities.append(probability)
                matchers[b].consume_token(token)
                answers[b].complete = matchers[b].is_stopped()
            active = [
                b for b in active if not answers[b].complete and len(answers[b].tokens) < questions[b].max_new_tokens
            ]
        return answers

    def _prefill_prompts(self, prompts):
        """Read the forced beginnings of all branches in one pass, padded to the right.

        Padding is written behind a branch's own tokens, where no token looks before it is overwritten.
        """
        longest = max(map(len, prompts))
        if longest:
            padded = [prompt + [0] * (longest - len(prompt)) for prompt in prompts]
            self.cache.rows = torch.arange(len(prompts), device=self.model.device)
            self._forward(self.model.base_model, torch.tensor(padded, device=self.model.device), self._positions())
            self.cache.lengths[: len(prompts)] = torch.tensor([len(prompt) for prompt in prompts])

    def _step(self, tokens, branches):
        """Advance the branches by a token each: token ids [rows] -> logits [rows, vocabulary] in float32."""
        if self.model.device.type == "cuda":
            self.graph = self.graph or GraphedStep(self._forward_step, self.cache)
            return self.graph(tokens, branches).float()
        self.cache.rows = torch.tensor(branches)
        logits = self._forward_step(tokens[:, None])
        self.cache.lengths[self.cache.rows] += 1
        return logits.float()

    def _forward_step(self, tokens):
        """The logits [rows, vocabulary] behind one token, [rows, 1], of each of the cache's rows."""
        return self._forward(self.model, tokens, self._positions()).logits[:, -1]

    def _positions(self):
        return self.cache.prefix_length + self.cache.lengths[self.cache.rows]

    def _forward(self, module, tokens, first_positions):
        """Run token ids [rows, tokens] whose first stand at the positions [rows]."""
        positions = first_positions.to(tokens.device)[:, None] + torch.arange(tokens.shape[1], device=tokens.device)
        return module(tokens, position_ids=positions, past_key_values=self.cache, shared_prefix=self.cache)

    def _probability_instead(self, grammar, logits, allowed):
        """The probability of tokens that begin only the other answer, among those that begin either."""
        other = self.masks.begins(grammar)
        probabilities = logits.masked_fill(~(allowed | other), -torch.inf).softmax(-1)
        return probabilities[other & ~allowed].sum().item()


class GraphedStep:
    """A decode step of all branches as one CUDA graph, captured once a paper.

    A step is thousands of small kernels, which take longer to launch one by one than to run. Branches that are finished
    are computed, too, but do not grow.
    """

    def __init__(self, forward_step, cache):
        branches, device = len(cache.lengths), cache.lengths.device
        self.tokens = torch.zeros(branches, 1, dtype=torch.long, device=device)
        self.active = torch.zeros(branches, dtype=torch.long, device=device)
        self.rows = cache.rows = torch.arange(branches, device=device)
        forward_step(self.tokens)  # outside of the graph once, since libraries allocate on their first use
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.logits = forward_step(self.tokens)
            cache.lengths += self.active

    def __call__(self, tokens, branches):
        """Token ids [rows] of the branches -> their logits [rows, vocabulary]."""
        self.active.zero_()
        self.active[branches] = 1
        self.tokens[branches, 0] = tokens
        self.graph.replay()
        return self.logits[branches]
