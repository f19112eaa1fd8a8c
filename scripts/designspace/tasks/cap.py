"""The cap of new tokens, which all answers about a paper share."""

from designspace.engine.generator import Answer, Question, Rounds


class Cap:
    """`left` is the number of new tokens that may still be written, and `unasked` that of the questions for which none
    were left."""

    def __init__(self, tokens: int) -> None:
        self.left = tokens
        self.unasked = 0

    def ask(self, questions: list[Question]) -> Rounds[list[Answer]]:
        """Answers to the first of the questions, as many as the cap allows: those whose longest answers fit are asked
        at once, and the next ones with the tokens that these have left."""
        answers: list[Answer] = []
        while batch := self._affordable(questions[len(answers) :]):
            replies = yield batch
            self.left -= sum(len(reply.tokens) for reply in replies)
            answers += replies
        self.unasked += len(questions) - len(answers)
        return answers

    def _affordable(self, questions: list[Question]) -> list[Question]:
        left = self.left
        for number, question in enumerate(questions):
            left -= question.max_new_tokens
            if left < 0:
                return questions[:number]
        return questions
