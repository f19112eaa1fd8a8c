"""The records between the steps, read and known to be whole.

What was cut short or edited to nonsense must not pass for what a paper says. Whoever reads a record checks it here, and
a file that is broken is set aside, so that the next run makes it again.
"""

import json
from pathlib import Path

from designspace.core.errors import DesignspaceError

NUMBER = (int, float)
LINE = {"start": int, "end": int, "box": [NUMBER]}
PAGE = {"page": int, "width": NUMBER, "height": NUMBER, "start": int, "end": int, "lines": [LINE]}
TEXT = {"paper": str, "status": str, "reason": str, "n_pages": int, "text": str, "pages": [PAGE]}
SECTION = {"title": str, "kind": str, "tokens": int, "tokens_kept": int, "kept": [[int]]}
CONTEXT = {"paper": str, "status": str, "token_budget": int, "tokens": int, "tokens_kept": int, "sections": [SECTION]}
ANSWERS = {"paper": str, "task": str, "status": str, "reason": str}
PLACE = {"evidence": (str, type(None)), "page": (int, type(None)), "start": (int, type(None)), "end": (int, type(None))}
VALUE = {"parameter": str, "status": str, "p_null": NUMBER, **PLACE}
EXPERIMENT = {"name": str, **PLACE}
FINDING = {"name": str, "value": str, "importance": str, **PLACE}
ITEMS = {"values": VALUE, "experiments": EXPERIMENT, "findings": FINDING}  # of which a record has what its task finds
PLAN = {"extraction": dict}


class BrokenResult(DesignspaceError):
    """A file of the results is missing or was broken; the message is a sentence that says what to do."""


def set_aside(path: Path, why: str) -> BrokenResult:
    """Rename a broken file, so that the next run makes it again. Returns the error to raise."""
    aside = path.with_name(path.name + ".broken")
    try:
        path.replace(aside)
    except OSError:
        return BrokenResult(f"{path} {why}: delete the file and start again.")
    return BrokenResult(f"{path} {why}: it is now called {aside.name}; start again, and it is made again.")


def read(path: Path, shape: dict) -> dict:
    """The JSON object in `path`, which has the `shape`. BrokenResult otherwise."""
    try:
        return parse(_bytes(path), shape)
    except ValueError as error:
        raise set_aside(path, str(error)) from None


def read_text(path: Path) -> dict:
    """The text of a paper, {paper}.json. BrokenResult where it is missing or broken."""
    text = read(path, TEXT)
    if text["paper"] != path.stem:
        raise set_aside(path, f"is of the paper {text['paper']}")
    if any(page["end"] > len(text["text"]) for page in text["pages"]):
        raise set_aside(path, "has not all of the text of its pages")
    return text


def read_paper(results: Path, paper: str) -> tuple[dict, dict]:
    """The text and the context of a paper. BrokenResult where one of them is missing or broken."""
    text, path = read_text(results / "text" / f"{paper}.json"), results / "context" / f"{paper}.json"
    context = read(path, CONTEXT)
    if context["paper"] != paper:
        raise set_aside(path, f"is of the paper {context['paper']}")
    if any(end > len(text["text"]) for section in context["sections"] for _, end in section["kept"]):
        raise set_aside(path, "keeps more text than there is")
    return text, context


def read_batch(path: Path, papers: list[str]) -> dict[str, dict]:
    """The records of `papers` in a batch's JSON lines, by paper. BrokenResult if one is missing or there twice."""
    records = {}
    for number, line in enumerate(_bytes(path).splitlines(), 1):
        try:
            record = parse_answers(line)
        except ValueError as error:
            raise set_aside(path, f"{error} in line {number}") from None
        if record["paper"] in records:
            raise set_aside(path, f"has {record['paper']} twice")
        records[record["paper"]] = record
    for paper in papers:
        if paper not in records:
            raise set_aside(path, f"has no record of {paper}")
    return {paper: records[paper] for paper in papers}


def parse_answers(line: bytes) -> dict:
    """The record of a task in a line of JSON. ValueError, its message the end of a sentence, where it is none."""
    record = parse(line, ANSWERS)
    for key, shape in ITEMS.items():
        if not _fits(record.get(key, []), [shape]):
            raise ValueError(f"is broken at `{key}`")
    return record


def items(record: dict) -> list[dict]:
    """All items of a record of a task that may have evidence."""
    return [item for key in ITEMS for item in record.get(key, [])]


def parse(data: bytes, shape: dict) -> dict:
    """The JSON object in the data, with the shape. ValueError as above where it is none."""
    try:
        record = json.loads(data)
    except ValueError as error:
        raise ValueError(f"is not valid JSON ({error})") from None
    if not isinstance(record, dict):
        raise ValueError("is broken")
    for key, kind in shape.items():
        if not _fits(record.get(key), kind):
            raise ValueError(f"is broken at `{key}`")
    return record


def _fits(value, kind):
    """Whether a value is of a type or, where the kind is a list or a dictionary, whether its items are."""
    if isinstance(kind, list):
        return isinstance(value, list) and all(_fits(item, kind[0]) for item in value)
    if isinstance(kind, dict):
        return isinstance(value, dict) and all(_fits(value.get(key), kind[key]) for key in kind)
    return isinstance(value, kind)


def _bytes(path):
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BrokenResult(f"{path} is missing: start again, and it is made.") from None
