"""Branches decoded together say what each says alone."""

import random

import pytest
import torch
from by_generate import alone, questions_for, remembered
from conftest import WORDS, model_section, random_model
from llguidance.hf import from_tokenizer

from designspace.engine import attention, products
from designspace.engine.generator import Generator, Question, one_round
from designspace.engine.loading import load, load_tokenizer
from designspace.engine.masks import GrammarRefused


def test_many_rows_over_the_prefix_are_computed_as_few_are(monkeypatch):
    torch.manual_seed(0)
    query, key, value = torch.randn(1, 2, 300, 16), torch.randn(1, 2, 50, 16), torch.randn(1, 2, 50, 16)
    few = products.flash(query, key, value, 0.25)
    monkeypatch.setattr(products, "FEW_ROWS", 10)
    for one, other in zip(few, products.flash(query, key, value, 0.25), strict=True):
        torch.testing.assert_close(one, other)


def rounds(*of_questions):
    """Rounds of these questions, which come to the answers of each."""
    answers = []
    for questions in of_questions:
        answers.append((yield questions))
    return answers


def say(model, grammar_tokenizer, prefix, questions, chunk):
    """What the branches of the questions write, as token ids."""
    model.set_attn_implementation(attention.FUSED)
    generator = Generator(model, grammar_tokenizer, len(prefix), len(questions), 128, chunk)
    return [answer.tokens for answer in generator.answer_one(prefix, one_round(questions))]


def test_the_embedded_model_says_together_what_it_says_alone(embedded_model):
    model, tokenizer = load(**model_section(embedded_model), room=2**30), load_tokenizer(embedded_model)
    grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=model.config.vocab_size)
    prefix = tokenizer.encode(WORDS)
    questions = questions_for(tokenizer, [4] * 5)  # few and after a short text: the model is large for a test
    expected = [alone(model, grammar_tokenizer, prefix, question) for question in questions]
    assert say(model, grammar_tokenizer, prefix, questions, 10) == expected


@pytest.fixture(params=[attention.FUSED, attention.PLAIN])
def implementation(request):
    return request.param


SEEDS = (0, random.randrange(2**31))


@pytest.fixture(scope="module")
def said_alone():
    return remembered()


@pytest.mark.parametrize("chunk", [7, 4096])
def test_branches_together_say_what_each_says_alone(family, tokenizer, chunk, device, implementation, said_alone):
    for seed in SEEDS:
        model = random_model(family, seed).to(device)
        grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=640)
        prefix = tokenizer.encode(WORDS * 3)
        questions = questions_for(tokenizer)
        expected = said_alone((family, seed), model, grammar_tokenizer, prefix, questions)
        model.set_attn_implementation(implementation)
        generator = Generator(model, grammar_tokenizer, len(prefix), len(questions), 128, chunk)
        # Branches of a round before are forgotten: asked again, in another order, each says the same.
        first, second, third = generator.answer_one(prefix, rounds(questions[:2], questions, questions[::-1]))
        assert [answer.tokens for answer in first] == expected[:2], seed
        assert [answer.tokens for answer in second] == expected, seed
        assert [answer.tokens for answer in third] == expected[::-1]


def test_what_a_grammar_forces_takes_no_steps_of_its_own(tokenizer, device, implementation, monkeypatch):
    model = random_model("llama").to(device)
    prefix, question = tokenizer.encode(WORDS), questions_for(tokenizer)[-1]
    grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=640)
    expected = alone(model, grammar_tokenizer, prefix, question)
    model.set_attn_implementation(implementation)
    generator = Generator(model, grammar_tokenizer, len(prefix), 1, 64, 64)
    steps, step = [], generator.passes.step
    monkeypatch.setattr(generator.passes, "step", lambda *of: steps.append(of) or step(*of))
    (answer,) = generator.answer_one(prefix, one_round([question]))
    assert answer.tokens == expected
    assert len(answer.probabilities) == len(expected)
    assert len(steps) <= len(expected) - len(', "ZQXJ": '.strip())


def test_more_questions_than_branches_are_asked_in_turn(tokenizer, device):
    model = random_model("llama").to(device)
    grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=640)
    prefix, questions = tokenizer.encode(WORDS), questions_for(tokenizer)
    expected = [alone(model, grammar_tokenizer, prefix, question) for question in questions]
    model.set_attn_implementation(attention.FUSED)
    generator = Generator(model, grammar_tokenizer, len(prefix), len(questions) // 2, 128, chunk=16)
    assert [answer.tokens for answer in generator.answer_one(prefix, one_round(questions))] == expected


def test_the_probability_of_the_answer_that_is_not_allowed(family, tokenizer, device):
    model = random_model(family).to(device)
    prefix, prompt = tokenizer.encode(WORDS), tokenizer.encode("x: ", add_special_tokens=False)
    a, b = (tokenizer.encode(letter, add_special_tokens=False)[0] for letter in "ab")
    with torch.no_grad():
        logits = model(torch.tensor([prefix + prompt], device=device)).logits[0, -1]
    expected = logits[[a, b]].softmax(-1)[1].item()
    model.set_attn_implementation(attention.FUSED)
    generator = Generator(model, from_tokenizer(tokenizer, n_vocab=640), len(prefix), 1, slots=8, chunk=16)
    question = Question(prompt, "start: /a/", 4, alternative="start: /b/")
    (answer,) = generator.answer_one(prefix, one_round([question]))
    assert answer.p_alternative == pytest.approx(expected, rel=1e-3)
    assert answer.tokens == [a] and answer.probabilities == [1.0] and answer.complete


def test_a_question_that_exceeds_its_slots_is_refused(tokenizer):
    model = random_model("llama")
    model.set_attn_implementation(attention.FUSED)
    generator = Generator(model, from_tokenizer(tokenizer, n_vocab=640), 8, 1, slots=8, chunk=16)
    with pytest.raises(ValueError, match="A question of 9 tokens, its answer included, exceeds a branch's 8 slots"):
        generator.answer_one([1], one_round([Question([1, 2, 3, 4, 5], "start: /a/", 4)]))


@pytest.fixture
def papers(tokenizer):
    """Papers of many lengths: (tokens, questions) of each."""
    asked = questions_for(tokenizer)
    of_papers = [(3, asked), (1, asked[:1]), (5, asked[::-1]), (2, []), (4, asked[1:])]
    return [
        (tokenizer.encode(f"Paper {number}. " + WORDS * length), questions)
        for number, (length, questions) in enumerate(of_papers)
    ]


@pytest.mark.parametrize(("papers_at_once", "branches"), [(1, 3), (2, 3), (5, 40)])
def test_papers_together_say_what_each_says_alone(
    family, tokenizer, papers, papers_at_once, branches, device, implementation, said_alone
):
    """Whatever their neighbours, and where prefixes come and go in a pool that holds fewer than all."""
    model = random_model(family).to(device)
    grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=640)
    expected = [said_alone(family, model, grammar_tokenizer, *paper) for paper in papers]
    model.set_attn_implementation(implementation)
    longest = max(len(prefix) for prefix, _ in papers)
    for capacity in {longest, papers_at_once * longest}:
        generator = Generator(model, grammar_tokenizer, capacity, branches, 128, 50, papers_at_once)
        asked = [(prefix, rounds(questions, questions[::-1])) for prefix, questions in papers]
        outcomes = {result.paper: result.outcome for result in generator.answer(asked)}
        for number, of_paper in enumerate(expected):
            first, second = ([answer.tokens for answer in answers] for answers in outcomes[number])
            assert first == of_paper and second == of_paper[::-1], (number, capacity)


def test_an_error_of_a_paper_leaves_the_others_alone(tokenizer):
    model, grammar_tokenizer = random_model("llama"), from_tokenizer(tokenizer, n_vocab=640)
    prefix, questions = tokenizer.encode(WORDS), questions_for(tokenizer)
    expected = say(model, grammar_tokenizer, prefix, questions, 64)

    def fails(questions):
        yield questions
        raise ZeroDivisionError

    refused = [questions[0], Question([1], "start: /(/", 4)]
    too_long = [Question([1], "start: /a/", 500)]
    asked = [one_round(questions), fails(questions[:1]), one_round(refused), one_round(too_long), one_round(questions)]
    generator = Generator(model, grammar_tokenizer, 5 * len(prefix), 8, 128, 64, papers=5)
    results = generator.answer((prefix, rounds) for rounds in asked)
    outcomes = {result.paper: result.outcome for result in results}
    for number, kind in ((1, ZeroDivisionError), (2, GrammarRefused), (3, ValueError)):
        assert isinstance(outcomes[number], kind)
    for number in (0, 4):
        assert [answer.tokens for answer in outcomes[number]] == expected


def test_a_paper_that_exceeds_the_pool_is_refused(tokenizer):
    generator = Generator(random_model("llama"), from_tokenizer(tokenizer, n_vocab=640), 8, 1, slots=8, chunk=16)
    with pytest.raises(ValueError, match="A paper of 9 tokens exceeds the generator.s capacity of 8"):
        generator.answer_one([1] * 9, one_round([]))
