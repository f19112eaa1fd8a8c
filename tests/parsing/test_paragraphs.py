"""Sentences that go on in another line, whatever it begins with or whatever is lowered in it."""

import pytest
from test_text import FILLER, column, text_of

BREAKS = [
    ("the target was moved in small steps of the", "152 trials that came first, and then stayed."),
    ("all of them had seen the target at a distance of", "4 cm. Later it was moved by the experimenter."),
    ("the others saw targets that were on a blue ring", "(C) and a hand that was not there at all."),
    ("their error grew by a third of what it had been", "(see the second table), but not in the group."),
    ("there was no effect of the group at all (F(1,16) =", "2.65, p = 0.12), and none of the angle either."),
    ("this was reported by many others (Miller and Moor", "1992; Smith 2005), who had seen it in animals."),
    ("the others waited for 200 or 300 or even for 500,", "900 or 1000 ms. Nobody waited longer than that."),
    ("the group that began with the left hand saw the", "“inner” targets only. The others saw them all."),
]


@pytest.mark.parametrize(("line", "following"), BREAKS)
def test_a_line_with_a_number_or_a_bracket_goes_on_in_its_column_and_in_the_next(line, following):
    same = column(FILLER, FILLER, line, following, FILLER)
    assert f"{line} {following}" in text_of(same)
    left, right = column(FILLER[:50], line, x=50), column(following, FILLER[:48], x=320)
    assert f"{line} {following}" in text_of(left + right)


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ("they were asked about many things, such as these,", "2) Which of the targets did you see first of all?"),
        ("The amount of time that this work took from the", "(2) The amount of work that took the time from me"),
        ("the hand of every participant was hidden by the", "0 10 20 30 40 50"),
        ("Department of Tests, Large University, Oldtown", "2 Department of Others, Small University, Newtown"),
        ("No punctuation ends this line of a list of words", "12 of them were seen only by the people who came"),
    ],
)
def test_an_item_of_a_list_and_the_numbers_of_an_axis_begin_a_paragraph(line, following):
    left, right = column(FILLER[:50], line, x=50), column(following, FILLER[:48], x=320)
    assert f"{line}\n{following}" in text_of(left + right)


def test_a_line_with_a_lowered_word_in_its_middle_is_of_its_own_size():
    begin, lowered, end = (
        "The hand angles of the others differed (p",
        "perm",
        "was small) in all of them, and these were",
    )
    line = [(50, 660, 10, begin), (236, 658, 6, lowered), (252, 660, 10, end)]
    text = text_of([*column(FILLER, y=672), *line, *column("results of what they had been told before.", y=648)])
    assert "these were results of what" in text


def test_a_line_with_the_name_of_an_experiment_alone_is_a_heading():
    assert f"{FILLER}\nExperiment 1\n{FILLER}" in text_of(column(FILLER, FILLER, "Experiment 1", FILLER, FILLER))
    assert f"{FILLER[:-1]} as in Experiment 1 of this" in text_of(
        column(f"{FILLER[:-1]} as in", "Experiment 1 of this")
    )


def test_equations_that_the_file_has_at_the_end_of_a_page_tear_no_sentence():
    first = column(FILLER, "All of that was done, but the angle of the", x=50, y=100)
    equations = [(120, 500, 10, "y(n) = x(n) + e(n) (11)"), (110, 400, 10, "+ b + d * sign[e(n) * e(n + 1)] (12)")]
    text = text_of(first + equations, column("cursor was independent of that of the hand.", FILLER, y=700))
    assert "the angle of the cursor was independent" in text
    assert "y(n) = x(n) + e(n) (11)\n" in text and "e(n + 1)] (12)\n" in text


def test_an_equation_within_its_sentence_stays_there():
    lines = column(FILLER, "so that the state of a trial is given by", y=700)
    text = text_of([*lines, (120, 670, 10, "x = A y + B e (1)"), *column("where e is the error of a trial.", y=650)])
    assert text.index("given by") < text.index("x = A y") < text.index("where e is")
