"""A sentence of reasoning behind each value that is reported, which continues the value's branch."""

from designspace.engine.generator import Question
from designspace.language.tokens import plain
from designspace.tasks import answers, grammars
from designspace.tasks.questions import begin

KEY = ',\n  "reasoning":'


def ask(reader, tokenizer, library, replies, share, slots):
    """Ask why, behind the replies {place in the library: reply}, which are complete; in what each has left of its share
    of new tokens. Returns {place: reply}."""
    asked = {}
    for number, reply in replies.items():
        said = answers.text_of(reader.grammar_tokenizer, reply)[0][:-2].decode()  # without what ended it
        start = plain(tokenizer, begin(library[number]["name"]) + said + KEY)
        most = min(share - len(reply.tokens), slots - len(start))
        if most > 0:
            asked[number] = Question(start, grammars.SENTENCE, most)
    return dict(zip(asked, reader.ask(list(asked.values())), strict=True))


def sentence(grammar_tokenizer, reply):
    """The text of the JSON string that a branch wrote; up to its last whole word where the tokens ran out."""
    text = answers.text_of(grammar_tokenizer, reply)[0].decode("utf-8", "ignore").strip().lstrip('"')
    return text.rpartition('"')[0].strip() if reply.complete else text.rpartition(" ")[0]
