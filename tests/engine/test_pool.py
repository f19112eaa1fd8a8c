"""What is in the pool already is not read again."""

import pytest
from by_generate import questions_for, remembered
from conftest import WORDS, random_model
from llguidance.hf import from_tokenizer

from designspace.engine import attention
from designspace.engine.attention import Prefix
from designspace.engine.generator import Generator, one_round
from designspace.engine.pool import Pool

ONE, OTHER = [1, 2, 3, 4, 5], [6, 7, 8]


def test_papers_lie_side_by_side_and_take_a_place_that_is_free():
    pool = Pool(10)
    one = pool.take(ONE, [])
    assert one == Prefix(0, 0)
    one = Prefix(0, 5)
    assert pool.take(OTHER, [one]) == Prefix(5, 0)
    other = Prefix(5, 3)
    assert pool.take([9] * 3, [one, other]) is None
    assert pool.take([9] * 3, [other]) == Prefix(0, 0)


def test_a_paper_finds_what_is_left_of_the_same_text():
    pool = Pool(10)
    for tokens, used in ((ONE, []), (OTHER, [Prefix(0, 5)])):
        pool.take(tokens, used)
    assert pool.take([6, 7, 9], []) == Prefix(5, 2), "its own place, and not the first"
    assert pool.take([1, 2, 3, 4, 5], []) == Prefix(0, 5), "all of it"
    assert pool.take([1, 2, 0], [Prefix(5, 3)]) == Prefix(0, 2)
    assert pool.take(ONE, [Prefix(5, 3)]) == Prefix(0, 2), "the rest was overwritten"


def test_a_longer_paper_overwrites_its_neighbour():
    pool = Pool(10)
    for tokens, used in ((ONE, []), (OTHER, [Prefix(0, 5)])):
        pool.take(tokens, used)
    assert pool.take([*ONE, 0], []) == Prefix(0, 5)
    assert pool.take(OTHER, [Prefix(0, 6)]) == Prefix(6, 0)


@pytest.mark.parametrize("room", [3, 4, 5])
def test_of_papers_that_wait_for_room_those_that_came_last_are_still_there(room):
    papers = [[number, 0, 0, 0] for number in range(6)]
    pool = Pool(4 * room)

    def read(papers):
        return sum(len(paper) - pool.take(paper, []).length for paper in papers)

    assert read(papers) == 4 * len(papers)
    assert read(papers[::-1]) == 4 * (len(papers) - room)


@pytest.fixture(scope="module")
def said_alone():
    return remembered()


@pytest.mark.parametrize(("papers", "room"), [(1, 1), (3, 3), (3, 2)])
def test_another_task_about_the_same_papers_reads_its_own_instructions_alone(
    family, tokenizer, device, papers, room, monkeypatch, said_alone
):
    """Of those for which there is room at once; the last of them are asked first."""
    model, grammar_tokenizer = random_model(family).to(device), from_tokenizer(tokenizer, n_vocab=640)
    texts = [tokenizer.encode(f"{number}. paper. " + WORDS * 2) for number in range(papers)]
    tasks = [(tokenizer.encode(f"Task {n}. " + WORDS[: 30 - 10 * n]), questions_for(tokenizer)[n:]) for n in (0, 1)]
    expected = [
        [said_alone(family, model, grammar_tokenizer, text + after, questions) for text in texts]
        for after, questions in tasks
    ]
    model.set_attn_implementation(attention.FUSED)
    (after, questions), (other, _) = tasks
    capacity = room * (len(texts[0]) + len(after))
    generator = Generator(model, grammar_tokenizer, capacity, len(questions), 128, 50, papers)
    read, passes = [], generator.passes.read
    monkeypatch.setattr(generator.passes, "read", lambda tokens, prefix: read.append(tokens) or passes(tokens, prefix))
    for (after, questions), said in zip(tasks, expected, strict=True):
        generator.give_slots(2 * len(questions), 100)
        asked = [(text + after, one_round(questions)) for text in texts]
        outcomes = {result.paper: result.outcome for result in generator.answer(asked)}
        assert [[answer.tokens for answer in outcomes[paper]] for paper in range(papers)] == said
        texts, expected[1] = texts[::-1], expected[1][::-1]
    begun = len(tokenizer.encode("Task "))  # how both instructions begin
    own = [tokens for tokens in read[papers:] if len(tokens) == len(other) - begun]
    assert len(own) == room and len(read) == 2 * papers
