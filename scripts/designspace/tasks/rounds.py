"""How a task asks about a paper: in rounds, each after the answers to the one before.

A task has a class `Paper`. Its `rounds` are a Python generator that yields the questions of a round and is sent their
answers, so that whoever runs the model decides when, and beside which other papers, they are asked. Its `fields`, those
of the paper's record, need no model any more.
"""

from collections.abc import Generator
from typing import Protocol, TypeVar

from designspace.engine.generator import Answer, Question

Outcome = TypeVar("Outcome")
Rounds = Generator[list[Question], list[Answer], Outcome]


class Answering(Protocol):
    """What answers the questions about a paper that it has read."""

    def ask(self, questions: list[Question]) -> list[Answer]:
        """The answers to the questions, in their order."""


def ask(generator: Answering, rounds: Rounds[Outcome]) -> Outcome:
    """Have all rounds answered; returns what they come to."""
    try:
        questions = next(rounds)
        while True:
            questions = rounds.send(generator.ask(questions))
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
