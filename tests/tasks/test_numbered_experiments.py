"""The experiments that a paper numbers, and how many there are."""

import pytest
from conftest import text_record

from designspace.language import context
from designspace.tasks import derived, experiments

COUNTED = {"name": "n_studies", "kind": "integer", "counts": "experiments", "definition": "How many experiments."}


def test_the_number_of_experiments_is_that_of_their_numbers(tokenizer):
    paper = text_record("two_2020", ["Methods", "In Experiment 1, 24 people took part.", "In Experiment 2, 26 did."])
    kept = context.fit(paper, 2000, tokenizer.backend_tokenizer)
    for names, number in ((["Experiment 1", "Experiment 2a", "Experiment 2b"], 2), (["the pilot", "the test"], None)):
        counted = derived.numbered(paper, kept, [COUNTED], names)
        assert [reading.value for of in counted.values() for reading, _ in of.values()] == [number] * bool(number)


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        ("Here we report two experiments on reaching.", True),
        ("In a series of 2 online studies, we asked how people reach.", True),
        ("Two previous experiments left this open.", False),
        ("Two groups took part in the experiments.", False),
    ],
)
def test_the_number_of_experiments_is_shown_where_the_paper_says_it(tokenizer, said, evidence):
    names = ["Experiment 1", "Experiment 2"]
    record = text_record("two_2020", ["Introduction", said, "Methods", *(f"{name} had 20 adults." for name in names)])
    kept = context.fit(record, 2000, tokenizer.backend_tokenizer)
    ((reading, _),) = derived.numbered(record, kept, [COUNTED], names)["n_studies"].values()
    assert record["text"][reading.start : reading.end] == (said if evidence else "Experiment 2 had 20 adults.")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Experiments 1, 2, and 3. Experiment 1. Experiment 2. Experiment 3.", 3),
        ("Experiments 1–3. Experiment 1, Experiment 3.", 0),
        ("Study 1. Study 2. Studies 1 and 2.", 0),
        ("Study 1 and Study 2. In study 1 and in study 2.", 2),
        ("Experiment 1 took 1 h. Experiment 2. Experiment 1 and Experiment 2a.", 0),
        ("Experiment 1.5 and Experiment 1.5, Experiment 2.5 and Experiment 2.5.", 0),
        ("Experiment 2, Experiment 3. Experiment 2, Experiment 3.", 0),
        ("Experiment 1. " * 3, 0),
    ],
)
def test_numbered_experiments(text, names):
    kind = text.split()[0].rstrip("s")
    assert experiments.numbered(text) == [f"{kind} {n}" for n in range(1, names + 1)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Experiments 1a and 1b. Experiment 1. Experiment 1a. Experiment 1b. Experiment 2. Experiment 2.", "1a 1b 2"),
        ("Experiment 1A. Experiment 1B. Experiments 1A and 1B. Experiment 2. Experiments 1, 2A.", "1A 1B"),
        ("Experiments 1a and 1b. Experiment 1a. Experiment 1c.", ""),
        ("Experiment 1a, Experiment 1a, Experiment 1. Experiment 1. Experiment 2. Experiment 2.", "1 2"),
    ],
)
def test_lettered_parts_of_experiments(text, numbers):
    assert experiments.numbered(text) == [f"Experiment {number}" for number in numbers.split()]


def test_abbreviated_experiments():
    text = "In Exp 1, all was red. In Exp 2, all was dim. Exp 1 and Exp 2 were long, and Exp. 2 was hard. Experiment 1."
    assert experiments.numbered(text) == ["Exp 1", "Exp 2"]
    for whole in ("Experiment 1. Experiment 2. ", "Experiments 1 and 2. "):  # as headings have it
        assert experiments.numbered(text + whole) == ["Experiment 1", "Experiment 2"]
