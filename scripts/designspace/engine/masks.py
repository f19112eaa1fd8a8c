"""The tokens that grammars allow next, as masks of the logits."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from llguidance import LLExecutor, LLMatcher
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask_par
from torch import Tensor

from designspace.core.errors import DesignspaceError
from designspace.engine.attention import upload


class GrammarRefused(DesignspaceError):
    """A grammar that llguidance cannot process, either at once or in the middle of an answer, whatever the paper; the
    message is a sentence for the user."""


@functools.cache
def compiled(grammar_tokenizer: Any, grammar: str) -> LLMatcher:
    """A matcher of a Lark grammar, to be copied. Compiling the grammars of a library takes as long as many steps, and
    can be done before a paper is read. GrammarRefused if llguidance cannot use the grammar."""
    matcher = LLMatcher(grammar_tokenizer, LLMatcher.grammar_from_lark(grammar))
    _check(matcher)
    return matcher


class Masks:
    """Masks for logits over `vocabulary` tokens on a device; `grammar_tokenizer` is the model's for llguidance."""

    def __init__(self, grammar_tokenizer: Any, vocabulary: int, device: torch.device) -> None:
        self.grammar_tokenizer, self.vocabulary, self.device = grammar_tokenizer, vocabulary, device
        self.executor = LLExecutor()
        self.begins = functools.cache(self._begins)  # most branches have the same alternative: null
        self.bits = torch.arange(8, dtype=torch.uint8, device=device)

    def matcher(self, grammar: str) -> LLMatcher:
        """The state of a Lark grammar before its first token. GrammarRefused if llguidance cannot use the grammar."""
        return compiled(self.grammar_tokenizer, grammar).deep_copy()

    def advance(self, matcher: LLMatcher, token: int) -> None:
        """Take a token that the matcher allows. GrammarRefused if the matcher becomes too large, or for another
        token."""
        matcher.consume_token(token)
        _check(matcher)

    def forced(self, matcher: LLMatcher, most: int) -> list[tuple[int, LLMatcher]]:
        """The tokens that probably come next because the grammar forces their text, at most `most`, each with the state
        of the grammar after it, unless that is its end. The same text may also be written in other tokens."""
        ahead = []
        for token in matcher.compute_ff_tokens()[: max(most, 0)]:
            matcher = matcher.deep_copy()
            matcher.consume_token(token)
            if matcher.is_stopped():
                break
            ahead.append((token, matcher))
        return ahead

    def allowed(self, matchers: Sequence[LLMatcher]) -> Tensor:
        """The tokens that each matcher allows next: boolean [matchers, vocabulary]. GrammarRefused as above."""
        packed = allocate_token_bitmask(len(matchers), self.vocabulary)
        fill_next_token_bitmask_par(self.executor, [(matcher, i) for i, matcher in enumerate(matchers)], packed)
        for matcher in matchers:
            _check(matcher)
        # One bit for each token, least significant first, is copied to the device and unpacked there.
        packed_bytes = upload(packed.view(np.uint8), self.device)
        mask = (packed_bytes[:, :, None] >> self.bits & 1).flatten(1).bool()
        return mask[:, : self.vocabulary]

    def _begins(self, grammar: str) -> Tensor:
        """The tokens that may begin what a Lark grammar allows: boolean [vocabulary]."""
        return self.allowed([self.matcher(grammar)])[0]


def _check(matcher: LLMatcher) -> None:
    if matcher.is_error():
        why = matcher.get_error().partition("\n")[0]
        raise GrammarRefused(
            f"The grammar of an answer is refused ({why}). It is made from the parameter library: look at the names "
            f"and the `values` of its parameters."
        )
