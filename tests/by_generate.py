"""Questions to a model, and what transformers' own `generate` answers to each alone."""

import torch
from llguidance import LLMatcher
from transformers import LogitsProcessor, LogitsProcessorList

from designspace.engine import attention
from designspace.engine.generator import Question

GRAMMARS = [
    "start: / ?[0-9]{1,4}[,}]/",
    'start: / ?"[^"\\n]{1,200}"[,}]/',  # most models write it until their tokens run out
    "start: / ?(true|false)[,}]/",
    "start: / ?\\[[0-9]+(, ?[0-9]+){0,3}\\][,}]/",
    # Much of it is forced: what has one token only, and what can be written in several ways.
    'start: / ?"[a-z]{1,3}", "ZQXJ": (true|false), "reasoning": "participants"[,}]/',
]
# Few, since each costs a pass: the last grammar comes to its end in them, and what could be long is cut off.
TOKENS = [30, 8, 30, 8, 30]
PROMPTS = ['{"n_total": {"value":', '{"x":', "a", '{"a_longer_name": {"value":', "{"]


class Grammar(LogitsProcessor):
    """The grammar of one sequence for transformers' `generate`, which ends it with the end-of-text token."""

    def __init__(self, tokenizer, grammar, prompt_length):
        self.matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_lark(grammar))
        self.seen = prompt_length

    def __call__(self, input_ids, scores):
        for token in input_ids[0, self.seen :].tolist():
            self.matcher.consume_token(token)
        self.seen = input_ids.shape[1]
        bias = torch.frombuffer(bytearray(self.matcher.compute_logit_bias()), dtype=torch.uint8).to(scores.device)
        allowed = torch.zeros_like(scores, dtype=torch.bool)
        allowed[0, : len(bias)] = bias[: scores.shape[1]] > 0
        return scores.masked_fill(~allowed, -torch.inf)


def alone(model, tokenizer, prefix, question):
    """The tokens that transformers' own `generate` gives for one question."""
    prompt = prefix + question.prompt
    model.set_attn_implementation("sdpa")
    output = model.generate(
        torch.tensor([prompt], device=model.device),
        max_new_tokens=question.max_new_tokens,
        do_sample=False,
        logits_processor=LogitsProcessorList([Grammar(tokenizer, question.grammar, len(prompt))]),
    )
    model.set_attn_implementation(attention.FUSED)
    tokens = output[0, len(prompt) :].tolist()
    end = tokenizer.eos_token
    return tokens[: tokens.index(end)] if end in tokens else tokens


def remembered():
    """A function to what `generate`, which is slow, says to each of the questions about a prefix: of a model, which has
    a name, each question is asked once."""
    known = {}

    def answered(name, model, tokenizer, prefix, questions):
        of_model = known.setdefault((name, model.device), {})
        keys = [(*prefix, *question.prompt, question.grammar, question.max_new_tokens) for question in questions]
        for key, question in zip(keys, questions, strict=True):
            if key not in of_model:
                of_model[key] = alone(model, tokenizer, prefix, question)
        return [of_model[key] for key in keys]

    return answered


def questions_for(tokenizer, tokens=TOKENS):
    """A question of each grammar, whose answer has at most so many tokens."""
    prompts = [tokenizer.encode(prompt, add_special_tokens=False) for prompt in PROMPTS]
    return [Question(*each, "start: / ?null[,}]/") for each in zip(prompts, GRAMMARS, tokens, strict=True)]
