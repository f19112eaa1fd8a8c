"""A batch of short papers for a small model."""

import json

from conftest import model_section, text_record

from designspace.language import context
from designspace.runner.worker import Job

# Of both tasks, for ask.py.
OPTIONS = "--extraction-max-new-tokens 64 --extraction-min-confidence 0 --no-extraction-reasoning "
OPTIONS += "--discovery-max-new-tokens 64 --discovery-findings 1 --discovery-categories task"
SETTINGS = {"max_new_tokens": 64, "min_confidence": 0.0, "reasoning": False}


def job_of(model, **changes):
    library = [{"name": "n_total", "kind": "integer", "definition": "Participants who took part."}]
    library += [{"name": "handedness", "kind": "category", "values": ["left", "right"], "definition": "Handedness."}]
    model = model_section(model)
    memory = {"capacity": 4 << 30, "reserve": 1 << 30, "prefill_chunk": 64}
    return Job({"extraction": SETTINGS}, library, model, memory | changes)


def read_papers(tokenizer):
    """Three short papers and one that was not read, each as (text record, context)."""
    records = [text_record(f"p{n}", [f"In study {n} we tested {n} right-handed people."]) for n in (1, 2, 3)]
    records.append({"paper": "p4", "status": "encrypted", "reason": "It needs a password.", "text": "", "pages": []})
    return [(record, context.fit(record, 500, tokenizer.backend_tokenizer)) for record in records]


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def answers_of(records):
    return [(record["paper"], record["status"], record.get("values")) for record in records]
