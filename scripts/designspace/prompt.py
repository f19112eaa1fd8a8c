"""The prompt: a chat turn that holds one paper, and the beginning of the answer.

The paper's text is tokenized apart from the rest, as plain text: `<|im_start|>` in a paper is twelve characters and
never a control token.
"""

from functools import lru_cache
from itertools import pairwise

_PAPER = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for the paper while the chat template is written out


def plain(tokenizer, text):
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
        return encoding.ids
    pieces = (text[start:end] for start, end in pairwise([0, *cuts, len(text)]))
    return [token for piece in pieces for token in plain(tokenizer, piece)]


@lru_cache(maxsize=2)
def _controls(tokenizer):
    """Ids of the tokens that are not made from text, without the runs of spaces that some tokenizers keep there."""
    return {number for number, token in tokenizer.get_added_tokens_decoder().items() if token.content.strip()}


def prefix(tokenizer, before, paper, after):
    """Token ids of a user's turn, `before` + paper + `after`, up to where the assistant begins to speak.

    Uses the chat template of the model, with its thinking mode off, or plain text where it has none.
    """
    content = f"{before}{_PAPER}{after}"
    if tokenizer.chat_template:
        content = tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
    else:
        content = (tokenizer.bos_token or "") + content
    head, tail = (tokenizer.encode(text, add_special_tokens=False) for text in content.split(_PAPER))
    return head + plain(tokenizer, paper) + tail


def overhead(tokenizer, before, after):
    """Tokens of the prompt around the paper."""
    return len(prefix(tokenizer, before, "", after))
