"""The cap of new tokens: what all answers about a paper may take together."""

from typing import Any

from designspace.engine.generator import Answer, Generator, Question


class CappedGenerator:
    """A generator that answers as long as the cap allows: `left` are the new tokens that are left of it."""

    def __init__(self, generator: Generator, cap: int) -> None:
        self.generator, self.left = generator, cap
        self.grammar_tokenizer: Any = generator.grammar_tokenizer

    def ask(self, questions: list[Question]) -> list[Answer]:
        """Answers to the first of the questions, to as many as the cap allows: those that it leaves room for at their
        longest are asked at once, and the next ones in what those have left of it."""
        answers: list[Answer] = []
        while batch := self._affordable(questions[len(answers) :]):
            replies = self.generator.ask(batch)
            self.left -= sum(len(reply.tokens) for reply in replies)
            answers += replies
        return answers

    def _affordable(self, questions: list[Question]) -> list[Question]:
        left = self.left
        for number, question in enumerate(questions):
            left -= question.max_new_tokens
            if left < 0:
                return questions[:number]
        return questions
