"""A sentence of reasoning for each reported value, which continues the value's branch."""

from typing import Any

from designspace.engine.generator import Answer, Question, Rounds
from designspace.language.tokens import plain
from designspace.tasks import answers, grammars
from designspace.tasks.cap import Cap
from designspace.tasks.questions import begin

KEY = ',\n  "reasoning":'


def ask(
    cap: Cap,
    tokenizer: Any,
    grammar_tokenizer: Any,
    library: list[dict[str, Any]],
    replies: dict[int, Answer],
    max_new_tokens: int,
    slots: int,
) -> Rounds[dict[int, Answer]]:
    """Ask for the reasons, in continuation of complete replies, {index in the library: reply}, with the tokens of
    max_new_tokens that each has left. Returns {index: reply}."""
    asked = {}
    for index, reply in replies.items():
        value = answers.text_of(grammar_tokenizer, reply)[0][:-2].decode()  # without the characters that ended it
        prompt = plain(tokenizer, begin(library[index]["name"]) + value + KEY)
        most = min(max_new_tokens - len(reply.tokens), slots - len(prompt))
        if most > 0:
            asked[index] = Question(prompt, grammars.SENTENCE, most)
    reasons = yield from cap.ask(list(asked.values()))
    return dict(zip(asked, reasons, strict=True))


def sentence(grammar_tokenizer: Any, reply: Answer) -> str:
    """The text of the JSON string that a branch wrote; up to its last complete word if the tokens ran out."""
    text = answers.text_of(grammar_tokenizer, reply)[0].decode("utf-8", "ignore").strip().lstrip('"')
    return text.rpartition('"')[0].strip() if reply.complete else text.rpartition(" ")[0]
