"""A sentence is about the experiment whose part of the paper it stands in, whatever it compares that with."""

import pytest

from designspace.language import attribution

EXPERIMENTS = ["Experiment 1", "Experiment 2", "Experiment 3"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Experiment 2. Subjects reached as in Experiment 1.", {2}),
        ("Experiment 2. As in Experiment 1, subjects reached.", {2}),
        ("Experiment 2. Subjects had not taken part in anything like Experiment 3.", {2}),
        ("Experiment 2. The lamps that were on the table in the middle of the room were those of Experiment 1.", {2}),
        ("Experiment 2. All was the same. In Experiment 1, subjects reached.", {1}),
        ("Experiment 1. All was the same. We then tested the idea in the laboratory with Experiment 2.", {2}),
        ("Experiments 1 and 2 had lamps.", {1, 2}),
        ("Lamps were lit as in Experiment 1.", {1}),
    ],
)
def test_what_the_next_sentence_is_about(before, after):
    text = f"{before} The lamps were red."
    last = attribution.read(text, [(0, len(text))], EXPERIMENTS)[-1]
    assert last.text == "The lamps were red." and not last.is_naming
    assert last.experiments == {f"Experiment {number}" for number in after}


def test_a_sentence_that_compares_is_about_both():
    text = "Experiment 2. Subjects reached as in Experiment 1."
    assert attribution.read(text, [(0, len(text))], EXPERIMENTS)[0].experiments == {"Experiment 1", "Experiment 2"}
