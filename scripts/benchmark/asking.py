"""Ways of asking a model for the parameters of papers, side by side.

All ways use the same weights and the same text of every paper. `one-json` is the way to beat: one JSON object for
everything, written freely and parsed afterwards. `branches` is the extraction of the workflow, at several of its
thresholds of confidence, with the cost of each of its rounds; `reasoning` is the same with a sentence for every value.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from designspace.engine import loading
from designspace.engine.generator import Answer, Generator, Outcome, Question, Result, Rounds, one_round
from designspace.language import context, evidence, values
from designspace.parsing.text import extract_text
from designspace.planning import costs, shapes
from designspace.project import ledger
from designspace.results import annotations, evaluation
from designspace.results.rows import ExtractionRow
from designspace.tasks import extraction, prompts

THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
CHUNK = 1024  # tokens that are read at once
LONGEST = 1500  # tokens of the one JSON object
Record = dict[str, Any]
OBJECT = r"start: /[^{}]*\{[^{}]*\}/"


class Round(NamedTuple):
    """The cost of a round of questions about a paper."""

    branches: int
    steps: int
    seconds: float


class Asked(NamedTuple):
    """What a way needs and gives for a paper: decode steps, values, new tokens, and its rounds in order."""

    steps: int
    values: list[Record]
    tokens: int
    rounds: Sequence[Round] = ()


class CountingGenerator(Generator[Outcome]):
    """A generator that counts its decode steps."""

    steps = 0

    def _step(self) -> Iterator[Result[Outcome]]:
        self.steps += 1
        return super()._step()


def one_json(
    weights: Any, tokenizer: Any, grammar_tokenizer: Any, record: Record, kept: Record, library: list[Record]
) -> Asked:
    """Everything in one JSON object."""
    *tokens, last = prefix(tokenizer, record, kept, extraction.frame(library, {"reasoning": False}))
    generator: CountingGenerator[list[Answer]] = CountingGenerator(
        weights, grammar_tokenizer, len(tokens), 1, 1 + LONGEST, CHUNK
    )
    (reply,) = generator.answer_one(tokens, one_round([Question([last], OBJECT, LONGEST)]))
    parsed = parse(tokenizer.decode(reply.tokens, skip_special_tokens=True))
    reported = []
    for parameter in library:
        for value in typed(parsed.get(parameter["name"]), parameter):
            value_row = {"parameter": parameter["name"], "status": "reported", "value": value, "confidence": 1.0}
            reported.append(value_row | evidence.locate(record, kept, parameter, value))
    return Asked(generator.steps, reported, len(reply.tokens))


def branches(
    weights: Any,
    tokenizer: Any,
    grammar_tokenizer: Any,
    record: Record,
    kept: Record,
    library: list[Record],
    reasoning: bool = False,
) -> Asked:
    """The extraction of the workflow with its default settings, and then with all values reported."""
    settings = {"max_new_tokens": 2048, "min_confidence": 0.3, "reasoning": reasoning}
    tokens = prefix(tokenizer, record, kept, extraction.frame(library, settings))
    number, _, slots = extraction.shape(tokenizer, library, settings)
    generator: CountingGenerator[None] = CountingGenerator(
        weights, grammar_tokenizer, len(tokens), number, slots, CHUNK
    )
    paper = extraction.Paper(tokenizer, grammar_tokenizer, record, kept, library, settings)
    rounds: list[Round] = []
    generator.answer_one(tokens, counted(paper.rounds(), generator, rounds))
    fields = paper.fields()
    by_name = {parameter["name"]: parameter for parameter in library}
    reported = [value for value in fields["values"] if value["value"] is not None]
    for value in reported:
        if value["status"] != "reported":
            place = evidence.locate(record, kept, by_name[value["parameter"]], value["value"])
            value |= place | {"status": "reported"}
    return Asked(generator.steps, reported, fields["new_tokens"], rounds)


def counted(asked: Rounds[None], generator: CountingGenerator[None], rounds: list[Round]) -> Rounds[None]:
    """The same questions; the cost of each of their rounds is added to `rounds`."""
    answers: Any = None
    while True:
        try:
            questions = asked.send(answers)
        except StopIteration:
            return
        steps, started = generator.steps, time.monotonic()
        answers = yield questions
        rounds.append(Round(len(questions), generator.steps - steps, time.monotonic() - started))


WAYS: dict[str, Callable[..., Asked]] = {
    "one-json": one_json,
    "branches": branches,
    "reasoning": partial(branches, reasoning=True),
}


def prefix(tokenizer: Any, record: Record, kept: Record, frame: tuple[str, str]) -> list[int]:
    return prompts.prefix(tokenizer, frame[0], context.kept_text(record, kept), frame[1])


def parse(text: str) -> Record:
    """The JSON object in a text; if it is incomplete or broken, the values that can be read."""
    parsed: Record = {}
    decoder, at = json.JSONDecoder(), text.find("{") + 1
    while (at := text.find('"', at)) >= 0:
        try:
            name, at = decoder.raw_decode(text, at)
            at = text.index(":", at) + 1
            parsed[name], at = decoder.raw_decode(text, at + len(text[at:]) - len(text[at:].lstrip()))
        except ValueError:
            at += 1
    return parsed


def typed(reply: Any, parameter: Record) -> list[values.Value]:
    """The values of a parameter in the model's reply, converted to its kind; values of another kind are left out."""
    kept: list[values.Value] = []
    for item in reply if isinstance(reply, list) else [reply]:
        try:
            value = values.typed(values.as_text(item), parameter) if isinstance(item, (str, int, float)) else None
        except ValueError:
            continue
        if value is not None and value not in kept:
            kept.append(value)
    return kept if parameter.get("multiple") else kept[:1]


def row(paper: str, value: Record) -> ExtractionRow:
    """A value of an answer in the form that the evaluation reads."""
    kept = {key: value[key] for key in ("parameter", "status", "evidence", "page", "confidence")}
    kept |= {scope: value.get(scope, "") for scope in ("experiment", "group")}
    return cast(ExtractionRow, kept | {"paper": paper, "value": values.as_text(value["value"]), "review": ""})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=f"of {', '.join(WAYS)}; all without any")
    parser.add_argument("--model", required=True, help="a folder, or a name on the model hub")
    parser.add_argument("--dtype", choices=shapes.DTYPE_BYTES, default="bfloat16")
    parser.add_argument("--device", choices=costs.PROCESS_BYTES, default="cpu")
    parser.add_argument("--papers", type=Path, required=True, help="the folder with the PDFs")
    parser.add_argument("--gold", type=Path, required=True, help="the annotations of them (CSV)")
    parser.add_argument("--parameters", type=Path, default="config/parameters.yaml", help="the library (YAML)")
    parser.add_argument("--tokens", type=int, default=8000, help="of a paper's text that are kept")
    arguments = parser.parse_args()
    if unknown := set(arguments.ways) - set(WAYS):
        parser.error(f"There is no way {', '.join(sorted(unknown))}; choose from {', '.join(WAYS)}.")
    library = yaml.safe_load(arguments.parameters.read_text("utf-8"))
    by_name = {parameter["name"]: parameter for parameter in library}
    golds = annotations.load(arguments.gold, by_name)
    tokenizer = loading.load_tokenizer(arguments.model)
    weights = loading.load(arguments.model, None, arguments.dtype, arguments.device, 1, None, "fused", 0)
    vocabulary = weights.get_output_embeddings().out_features
    grammar_tokenizer = loading.load_grammar_tokenizer(arguments.model, None, vocabulary)
    papers = {}
    for pdf in sorted(arguments.papers.glob("*.pdf")):
        record = extract_text(pdf.read_bytes(), ledger.paper_id(pdf.name))
        papers[record["paper"]] = record, context.fit(record, arguments.tokens, tokenizer.backend_tokenizer)
    print("| way | threshold | steps | new tokens | precision | recall | F1 | same sentence | same page |")
    print("| --- " * 9 + "|")
    for way in arguments.ways or WAYS:
        reported: list[ExtractionRow] = []
        steps, written = [], []
        for paper, (record, kept) in papers.items():
            asked = WAYS[way](weights, tokenizer, grammar_tokenizer, record, kept, library)
            reported += [row(paper, value) for value in asked.values if value["status"] == "reported"]
            steps.append(asked.steps)
            written.append(asked.tokens)
            costs_of_rounds = "; ".join(f"{n} branches, {of} steps, {s:.1f} s" for n, of, s in asked.rounds)
            print(f"{paper}, {way}: {costs_of_rounds or asked.steps}", file=sys.stderr, flush=True)
        for threshold in [0.0] if way == "one-json" else THRESHOLDS:
            answers = evaluation.Answers([value for value in reported if (value["confidence"] or 0) >= threshold])
            rates = evaluation.rates(evaluation.cells(golds, answers, {paper: paper for paper in papers}, by_name))
            scores = [str(rates[key]) for key in ("precision", "recall", "f1", "same_sentence", "same_page")]
            shown = [way, str(threshold), f"{min(steps)} to {max(steps)}", f"{min(written)} to {max(written)}", *scores]
            print(f"| {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    main()
