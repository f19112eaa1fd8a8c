"""Decode steps that several tokens in one step would save, on real papers.

A step could be given more tokens of a branch than its last one; all tokens that greedy decoding confirms would count.
Two sources are compared: the grammar, if it forces what follows, and the prompt, if the last tokens also occur in it
(look-up of n-grams). The answers are those of the run, and steps are counted afterwards: a wave is the branches that
begin in the same step, and it takes as many steps as its longest branch.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from designspace.engine import loading
from designspace.engine.generator import Branch, Generator, Result
from designspace.language import context
from designspace.parsing.text import extract_text
from designspace.planning import costs, shapes
from designspace.project import ledger
from designspace.tasks import discovery, extraction, prompts

CHUNK = 1024  # tokens that are read at once
NGRAMS = (3, 2)  # the last tokens that are looked up: the longest that stands in the prompt
DRAFT = 7  # tokens that are proposed at most: with the last one eight rows of a step


class RecordingGenerator(Generator[None]):
    """A generator that records for each step of each branch, by its tokens so far, what its grammar forces next."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.steps = 0
        # {id of a branch: (the step in which it began, the branch, {its tokens so far: what its grammar forces})}
        self.branches: dict[int, tuple[int, Branch, dict[int, list[int]]]] = {}

    def _step(self) -> Iterator[Result[None]]:
        for branch in self.active:
            _, _, forced = self.branches.setdefault(id(branch), (self.steps, branch, {}))
            forced[len(branch.answer.tokens)] = branch.matcher.compute_ff_tokens()
        self.steps += bool(self.active)
        return super()._step()


def looked_up(known: list[int]) -> Callable[[list[int]], list[int]]:
    """A source that proposes the tokens that follow the last earlier place where the same few tokens occur."""
    places = {n: {tuple(known[at : at + n]): at + n for at in range(len(known) - n)} for n in NGRAMS}

    def propose(tokens: list[int]) -> list[int]:
        for n in NGRAMS:
            if len(tokens) >= n and (place := places[n].get(tuple(tokens[-n:]))):
                return known[place : place + DRAFT]
        return []

    return propose


def steps_of(
    branch: Branch, forced: dict[int, list[int]], prefix: list[int], sources: tuple[str, ...]
) -> tuple[int, int]:
    """(steps, tokens computed) of a branch, if its steps also had the tokens that the sources propose, and kept the
    right ones."""
    prompt, tokens = branch.question.prompt, branch.answer.tokens
    propose = looked_up(prefix + prompt)
    written = steps = computed = 0
    while written < len(tokens):
        draft = forced.get(written, [])[:DRAFT] if "grammar" in sources else []
        if not draft and "prompt" in sources:
            draft = propose(prefix[-NGRAMS[0] :] + prompt + tokens[:written])
        right = 0
        while right < len(draft) and tokens[written + right : written + right + 1] == draft[right : right + 1]:
            right += 1
        written, steps, computed = written + right + 1, steps + 1, computed + len(draft) + 1
    return steps, computed


WAYS: dict[str, tuple[str, ...]] = {
    "one token a step": (),
    "grammar": ("grammar",),
    "prompt": ("prompt",),
    "both": ("grammar", "prompt"),
}


def count(generator: RecordingGenerator, prefix: list[int]) -> dict[str, tuple[int, int, int]]:
    """{way: (steps of the waves, steps of all branches, tokens computed)} of a paper."""
    counted = {}
    for way, sources in WAYS.items():
        waves: dict[int, int] = {}
        of_branches = computed = 0
        for begun, branch, forced in generator.branches.values():
            steps, rows = steps_of(branch, forced, prefix, sources)
            waves[begun] = max(waves.get(begun, 0), steps)
            of_branches, computed = of_branches + steps, computed + rows
        counted[way] = sum(waves.values()), of_branches, computed
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a folder, or a name on the model hub")
    parser.add_argument("--dtype", choices=shapes.DTYPE_BYTES, default="bfloat16")
    parser.add_argument("--device", choices=costs.PROCESS_BYTES, default="cpu")
    parser.add_argument("--papers", type=Path, required=True, help="the folder with the PDFs")
    parser.add_argument("--config", type=Path, default="config", help="the folder of the configuration")
    parser.add_argument("--tokens", type=int, default=8000, help="of a paper's text that are kept")
    arguments = parser.parse_args()
    library = yaml.safe_load((arguments.config / "parameters.yaml").read_text("utf-8"))
    settings = yaml.safe_load((arguments.config / "config.yaml").read_text("utf-8"))
    tokenizer = loading.load_tokenizer(arguments.model)
    weights = loading.load(arguments.model, None, arguments.dtype, arguments.device, 1, None, "fused", 0)
    vocabulary = weights.get_output_embeddings().out_features
    grammar_tokenizer = loading.load_grammar_tokenizer(arguments.model, None, vocabulary)
    print("| paper | task | tokens | way | steps | steps of all branches | tokens computed |\n" + "| --- " * 7 + "|")
    for pdf in sorted(arguments.papers.glob("*.pdf")):
        record = extract_text(pdf.read_bytes(), ledger.paper_id(pdf.name))
        kept = context.fit(record, arguments.tokens, tokenizer.backend_tokenizer)
        for name, task in (("extraction", extraction), ("discovery", discovery)):
            before, after = task.frame(library, settings[name])
            prefix = prompts.prefix(tokenizer, before, context.kept_text(record, kept), after)
            branches, _, slots = task.shape(tokenizer, library, settings[name])
            generator = RecordingGenerator(weights, grammar_tokenizer, len(prefix), branches, slots, CHUNK)
            paper = task.Paper(tokenizer, grammar_tokenizer, record, kept, library, settings[name])
            generator.answer_one(prefix, paper.rounds())
            tokens = sum(len(branch.answer.tokens) for _, branch, _ in generator.branches.values())
            for way, numbers in count(generator, prefix).items():
                shown = [record["paper"], name, str(tokens), way, *map(str, numbers)]
                print(f"| {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    main()
