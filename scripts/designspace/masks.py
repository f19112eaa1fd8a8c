"""The tokens that grammars allow next, as masks of the logits."""

import functools

import numpy as np
import torch
from llguidance import LLExecutor, LLMatcher
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask_par


class Masks:
    """Masks for logits over `vocabulary` tokens on a device; `grammar_tokenizer` is the model's for llguidance."""

    def __init__(self, grammar_tokenizer, vocabulary, device):
        self.grammar_tokenizer, self.vocabulary, self.device = grammar_tokenizer, vocabulary, device
        self.executor = LLExecutor()
        self.begins = functools.cache(self._begins)  # most branches have the same other answer: null
        self.bits = torch.arange(8, dtype=torch.uint8, device=device)

    def matcher(self, grammar):
        """The state of a Lark grammar before its first token. ValueError for one that llguidance refuses."""
        matcher = LLMatcher(self.grammar_tokenizer, LLMatcher.grammar_from_lark(grammar))
        if matcher.is_error():
            raise ValueError(f"llguidance refuses this grammar: {matcher.get_error()}\n{grammar}")
        return matcher

    def allowed(self, matchers):
        """The tokens that each matcher allows next: boolean [matchers, vocabulary]."""
        packed = allocate_token_bitmask(len(matchers), self.vocabulary)
        fill_next_token_bitmask_par(self.executor, [(matcher, i) for i, matcher in enumerate(matchers)], packed)
        # A bit for each token, the least significant first, travels to the device and is unpacked there.
        packed = torch.from_numpy(packed.view(np.uint8)).to(self.device)
        mask = (packed[:, :, None] >> self.bits & 1).flatten(1).bool()
        return mask[:, : self.vocabulary]

    def _begins(self, grammar):
        """The tokens that may begin what a Lark grammar allows: boolean [vocabulary]."""
        return self.allowed([self.matcher(grammar)])[0]
