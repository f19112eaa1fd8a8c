"""The cap of new tokens: what all answers about a paper may take together."""

from designspace.engine.generator import Answer, Question, Rounds


class Cap:
    """`left` are the new tokens that are left of the cap."""

    def __init__(self, tokens: int) -> None:
        self.left = tokens

    def ask(self, questions: list[Question]) -> Rounds[list[Answer]]:
        """Answers to the first of the questions, to as many as the cap allows: those that it leaves room for at their
        longest are asked at once, and the next ones in what those have left of it."""
        answers: list[Answer] = []
        while batch := self._affordable(questions[len(answers) :]):
            replies = yield batch
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
