"""The stand-in for the program with a model, ask.py: it answers at once.

It imports little, since tests start it hundreds of times.
"""

import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designspace.core import places
from designspace.runner import command_line

Record = dict[str, Any]


def answer(task: str, record: Record, library: list[Record]) -> Record:
    """The record of a task about a paper: 60% of the parameters reported, a quarter of the papers with two experiments
    that differ in six; ten findings, half of them with names of which all papers share 200."""
    head: Record = {"task": task, "model": "stand-in", "revision": None}
    head |= {key: record[key] for key in ("paper", "status", "reason")}
    if record["status"] != "ok":
        return head
    dice = random.Random(f"{task} {record['paper']}")
    spans = [(found.start(), found.end()) for found in re.finditer(r"[A-Z][^.\n]+\.", record["text"])]
    spans = spans or [(0, len(record["text"]))]

    def located() -> Record:
        start, end = dice.choice(spans)
        place = {"page": places.page_of(record, start), "boxes": places.boxes(record, start, end)}
        return {"evidence": record["text"][start:end], "start": start, "end": end, **place}

    def value(parameter: Record, **more: str) -> Record:
        examples = {"integer": 24, "number": 12.5, "boolean": True, "string": "a robot"}
        head = {"parameter": parameter["name"], "unit": parameter.get("unit", ""), "reason": "", **more}
        head |= {"value": (parameter.get("values") or [examples.get(parameter["kind"])])[0], "confidence": 0.9}
        nothing: Record = {"evidence": None, "page": None, "start": None, "end": None, "boxes": []}
        if dice.random() < 0.6 or more:
            return head | located() | {"status": "reported", "p_null": 0.001, "reasoning": "The paper says so there."}
        return head | nothing | {"status": "not_reported", "p_null": 0.9, "reasoning": ""}

    def finding(number: int) -> Record:
        name = f"common_{dice.randrange(200)}" if number % 2 else f"{record['paper']}_{number}"
        head = {"category": "task", "name": name, "value": "15", "unit": "deg", "importance": "medium"}
        return head | {"description": "What it is, in a sentence of the model.", "confidence": 0.7} | located()

    head |= {"attempt": 1, "token_budget": 8192, "tokens_kept": 8000, "prompt_tokens": 9000, "new_tokens": 600}
    head |= {"seconds": {"attach": 0.1, "prefill": 2.0, "decode": 2.2}}
    head |= {"memory": {"predicted_bytes": 1, "allocated_bytes": 1, "device_bytes": 1}}
    if task == "discovery":
        return head | {"findings": list({f["name"]: f for f in map(finding, range(10))}.values())}
    experiments: list[Record] = [
        {"name": f"Experiment {n}", "confidence": 0.8} | located() for n in (1, 2) if dice.random() < 0.25
    ]
    differing = [value(p, experiment=e["name"]) for e in experiments for p in library[:6]]
    return head | {"values": [*map(value, library), *differing], "experiments": experiments, "groups": []}


def run() -> None:
    """The program ask.py, without a model."""
    arguments = command_line.parser(run.__doc__ or "").parse_args()
    library = yaml.safe_load(arguments.parameters.read_text())
    for task in command_line.TASKS:
        with open(command_line.of_task(arguments, task)["output"], "w") as file:
            for paper in arguments.papers:
                record = json.loads((arguments.results / "text" / f"{paper}.json").read_text())
                file.write(json.dumps(answer(task, record, library)) + "\n")
