"""The names of the tasks whose answers are written out, whatever the weights; they are discoveries."""

NAMES = ("32 questions", "6 questions")
