"""What each round of an extraction costs, on real papers: branches, decode steps, new tokens, and seconds.

Each paper is asked alone, by a model that is in memory; the first one is asked once before, so that what is done once
is not counted.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from designspace.engine import loading
from designspace.engine.generator import Answer, Generator, Question, Result, Rounds
from designspace.language import context
from designspace.parsing.text import extract_text
from designspace.planning import costs, shapes
from designspace.planning.roles import with_roles
from designspace.project import ledger
from designspace.tasks import extraction, prompts

CHUNK = 4096  # tokens that are read at once
COLUMNS = ("branches", "steps", "new tokens", "seconds")
Costs = dict[str, list[float]]  # of each round, a number for each of COLUMNS


class CountingGenerator(Generator[None]):
    """A generator that counts its decode steps."""

    steps = 0

    def _step(self) -> Iterator[Result[None]]:
        self.steps += bool(self.active)
        return super()._step()


class NamedRounds(extraction.Paper):
    """A paper that knows the name of its present round."""

    round = ""

    def ask_parameters(self) -> Any:
        self.round = "parameters, names of experiments and groups"
        return (yield from super().ask_parameters())

    def ask_reasons(self, replies: list[Answer]) -> Any:
        self.round = "reasons"
        return (yield from super().ask_reasons(replies))

    def ask_experiments(self) -> Any:
        self.round = "experiments, names of their groups"
        return (yield from super().ask_experiments())

    def ask_groups(self, naming: dict[str, Answer]) -> Any:
        self.round = "groups"
        return (yield from super().ask_groups(naming))


def measured(paper: NamedRounds, generator: CountingGenerator, spent: Costs) -> Rounds[None]:
    """The rounds of a paper; what they cost is added to `spent`."""
    rounds, answers = paper.rounds(), None
    while True:
        try:
            questions: list[Question] = rounds.send(answers)  # type: ignore[arg-type]  # None begins it
        except StopIteration:
            return
        steps, started = generator.steps, time.monotonic()
        answers = yield questions
        tokens = sum(len(answer.tokens) for answer in answers)
        cost = len(questions), generator.steps - steps, tokens, time.monotonic() - started
        spent[paper.round] = [sum(pair) for pair in zip(spent[paper.round], cost, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a folder, or a name on the model hub")
    parser.add_argument("--dtype", choices=shapes.DTYPE_BYTES, default="bfloat16")
    parser.add_argument("--device", choices=costs.PROCESS_BYTES, default="cpu")
    parser.add_argument("--papers", type=Path, required=True, help="the folder with the PDFs")
    parser.add_argument("--config", type=Path, default="config", help="the folder of the configuration")
    parser.add_argument("--tokens", type=int, default=24000, help="of a paper's text that are kept")
    arguments = parser.parse_args()
    library = with_roles(yaml.safe_load((arguments.config / "parameters.yaml").read_text("utf-8")))
    settings = yaml.safe_load((arguments.config / "config.yaml").read_text("utf-8"))["extraction"]
    tokenizer = loading.load_tokenizer(arguments.model)
    weights = loading.load(arguments.model, None, arguments.dtype, arguments.device, 1, None, "fused", 0)
    vocabulary = weights.get_output_embeddings().out_features
    grammar_tokenizer = loading.load_grammar_tokenizer(arguments.model, None, vocabulary)
    branches, _, slots = extraction.shape(tokenizer, library, settings)
    before, after = extraction.frame(library, settings)
    print(f"| paper | tokens | round | {' | '.join(COLUMNS)} |\n" + "| --- " * (3 + len(COLUMNS)) + "|")
    pdfs = sorted(arguments.papers.glob("*.pdf"))
    for number, pdf in enumerate([*pdfs[:1], *pdfs]):
        record = extract_text(pdf.read_bytes(), ledger.paper_id(pdf.name))
        kept = context.fit(record, arguments.tokens, tokenizer.backend_tokenizer)
        prefix = prompts.prefix(tokenizer, before, context.kept_text(record, kept), after)
        generator = CountingGenerator(weights, grammar_tokenizer, len(prefix), branches, slots, CHUNK)
        paper = NamedRounds(tokenizer, grammar_tokenizer, record, kept, library, settings)
        spent: Costs = defaultdict(lambda: [0.0] * len(COLUMNS))
        generator.answer_one(prefix, measured(paper, generator, spent))
        for name, cost in spent.items() if number else ():
            shown = [record["paper"], str(len(prefix)), name, *(f"{n:.0f}" for n in cost[:-1]), f"{cost[-1]:.2f}"]
            print(f"| {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    main()
