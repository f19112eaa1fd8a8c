"""The prompt: a chat turn that holds one paper, and the beginning of the answer.

The paper's text is tokenized apart from the rest, as plain text: `<|im_start|>` in a paper is twelve characters and
never a control token.
"""

from typing import Any

from designspace.language.tokens import plain

_PAPER = "\N{OBJECT REPLACEMENT CHARACTER}"  # placeholder for the paper while the chat template is rendered


def prefix(tokenizer: Any, before: str, paper: str, after: str) -> list[int]:
    """Token ids of a user's turn, `before` + paper + `after`, up to the beginning of the assistant's turn.

    Uses the chat template of the model, with its thinking mode off, or plain text if it has none.
    """
    content = f"{before}{_PAPER}{after}"
    if tokenizer.chat_template:
        content = tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
    else:
        content = (tokenizer.bos_token or "") + content
    head, tail = content.split(_PAPER)
    ids: list[int] = tokenizer.encode(head, add_special_tokens=False)
    ids += plain(tokenizer, paper)
    ids += tokenizer.encode(tail, add_special_tokens=False)
    return ids


def overhead(tokenizer: Any, before: str, after: str) -> int:
    """Tokens of the prompt around the paper."""
    return len(prefix(tokenizer, before, "", after))
