"""Token ids of a text from a paper, in which nothing is a control token."""

from functools import lru_cache
from itertools import pairwise
from typing import Any


def plain(tokenizer: Any, text: str) -> list[int]:
    """Token ids of a text in which nothing is a control token. `tokenizer` is transformers' or the one behind it.

    A tokenizer finds control tokens such as `<|im_start|>` or `<think>` before all else, and of transformers' options
    none hides those that are not among its special tokens. So the text is cut within each and read in pieces.
    """
    tokenizer = getattr(tokenizer, "backend_tokenizer", tokenizer)
    encoding = tokenizer.encode(text, add_special_tokens=False)
    controls = _controls(tokenizer)
    spans = (span for token, span in zip(encoding.ids, encoding.offsets, strict=True) if token in controls)
    cuts = [(start + end) // 2 for start, end in spans if end - start > 1]
    if not cuts:
        return list(encoding.ids)
    pieces = (text[start:end] for start, end in pairwise([0, *cuts, len(text)]))
    return [token for piece in pieces for token in plain(tokenizer, piece)]


@lru_cache(maxsize=2)
def _controls(tokenizer: Any) -> set[int]:
    """Ids of the tokens that are not made from text, without the runs of spaces that some tokenizers keep there."""
    return {number for number, token in tokenizer.get_added_tokens_decoder().items() if token.content.strip()}
