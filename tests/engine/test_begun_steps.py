"""A step that is begun before the tokens of the last one have been looked at changes no answer."""

import pytest
from by_generate import alone, questions_for
from conftest import WORDS, random_model
from llguidance.hf import from_tokenizer

from designspace.engine import attention
from designspace.engine.attention import Prefix, Row
from designspace.engine.generator import Generator, one_round
from designspace.engine.passes import Passes


class EagerStep:
    """Stands in for the CUDA graphs of a step: computes at the end what was given to it at the beginning."""

    def __init__(self, passes):
        self.passes, self.begun = passes, []

    def begin(self, rows, tokens):
        self.begun.append((rows, tokens.clone()))

    def finish(self):
        rows, tokens = self.begun[-1]
        self.passes.cache.advance(rows, 1)
        return self.passes._logits(tokens[:, None])


@pytest.fixture
def eager_steps(monkeypatch):
    """The steps that are made in place of captured ones."""
    steps = []

    def capture(passes, size):
        steps.append(EagerStep(passes))
        passes.graphs[size] = steps[-1]

    monkeypatch.setattr(Passes, "_capture", capture)
    return steps


def test_answers_are_those_of_steps_that_wait(tokenizer, eager_steps):
    model = random_model("llama")
    grammar_tokenizer = from_tokenizer(tokenizer, n_vocab=640)
    prefix, questions = tokenizer.encode(WORDS), questions_for(tokenizer, [30] * 5)
    expected = [alone(model, grammar_tokenizer, prefix, question) for question in questions]
    model.set_attn_implementation(attention.FUSED)
    # Fewer branches than questions: slots go from a branch that has ended to another, while a step is begun.
    generator = Generator(model, grammar_tokenizer, 2 * len(prefix), 3, 128, chunk=16, papers=2)
    generator.passes.graphed = True
    steps, step = [], generator.passes.step
    generator.passes.step = lambda rows, tokens: steps.append(rows) or step(rows, tokens)
    results = generator.answer([(prefix, one_round(questions)), (prefix, one_round(questions[::-1]))])
    outcomes = {result.paper: [answer.tokens for answer in result.outcome] for result in results}
    assert outcomes == {0: expected, 1: expected[::-1]}
    (made,) = eager_steps
    begun_twice = len(made.begun) - len(steps)
    assert 0 < begun_twice < len(steps) / 2  # where branches end or grammars force tokens; most go on


def test_a_begun_step_is_finished_only_if_nothing_came_between(tokenizer, eager_steps):
    model = random_model("llama")
    model.set_attn_implementation(attention.FUSED)
    passes = Passes(model, 32, 2, 8, papers=1, chunk=32)
    passes.graphed = True
    prefix = passes.read([5, 6, 7], Prefix(0, 0))
    passes.make_ready()
    rows = [Row(n, 0, 3, prefix) for n in range(2)]
    passes.step(rows, [1, 2])
    (step,) = eager_steps
    following = [row._replace(start=1, position=4) for row in rows]

    passes.begin(following, attention.upload([3, 4], passes.device))
    passes.step(following, [3, 4])
    assert len(step.begun) == 2  # each step once

    passes.begin(following, attention.upload([3, 4], passes.device))
    passes.step(rows, [1, 2])
    assert [rows for rows, _ in step.begun[2:]] == [following, rows]

    for between in (
        lambda: passes.read_prompts(rows, [[9], [9]]),
        lambda: passes.read_prompts(rows, [[], []]),  # prompts of one token, which are not read
        lambda: passes.read([5, 6, 7], Prefix(4, 0)),
    ):
        passes.begin(following, attention.upload([3, 4], passes.device))
        before = len(step.begun)
        between()
        passes.step(following, [8, 8])
        assert [tokens.tolist() for _, tokens in step.begun[before:]] == [[8, 8]]


def test_the_last_layer_of_a_paper_is_only_stored(tokenizer):
    """What is read afterwards is the same as behind a paper that was computed to its end."""
    model = random_model("qwen3")
    model.set_attn_implementation(attention.FUSED)
    stored, whole = (Passes(model, 64, 1, 8, papers=1, chunk=64) for _ in range(2))
    paper = tokenizer.encode(WORDS)[:40]
    read = stored.read(paper, Prefix(0, 0))
    whole.cache.read_on(Prefix(0, 0))
    whole._hidden(attention.upload([paper], whole.device))
    (one, other) = (passes.step([Row(0, 0, len(paper), read)], [3]) for passes in (stored, whole))
    assert one.equal(other)
