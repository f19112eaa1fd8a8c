"""The records between the steps: read, checked and written.

A record that was truncated or edited to nonsense must not pass for a paper's. Every step reads its records here, and a
damaged file is renamed, so that the next run makes it again.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

import msgspec

from designspace.core.contracts import Answers, Context, Estimated, Located, Plan, Text, Titles
from designspace.core.errors import DesignspaceError

Record = TypeVar("Record")


class BrokenResult(DesignspaceError):
    """A file of the results is missing or damaged; the message says what to do."""


class NotFinite(DesignspaceError):
    """A record has a number that is infinite or not a number."""


class Malformed(DesignspaceError):
    """Data that are not a record of their kind; the message is the end of a sentence that begins with the file."""


def set_aside(path: Path, why: str) -> BrokenResult:
    """Rename a damaged file, so that the next run makes it again. Returns the error to raise."""
    aside = path.with_name(path.name + ".broken")
    try:
        path.replace(aside)
    except OSError:
        return BrokenResult(f"{path} {why}: delete the file and start again.")
    return BrokenResult(f"{path} {why}: it is now called {aside.name}; start again, and it is made again.")


def encode(record: Mapping[str, Any], indent: int | None = None) -> bytes:
    """A record as JSON in UTF-8 with a newline at its end. NotFinite if it has a number that JSON cannot express."""
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=indent).encode() + b"\n"
    except ValueError as error:
        name = record.get("paper") or "the run"
        raise NotFinite(f"A record of {name} has a number that is not finite, and is not written ({error}).") from None


def read_text(path: Path) -> Text:
    """The text of a paper, {paper}.json. BrokenResult if it is missing or damaged."""
    text = _read(path, Text)
    if text["paper"] != path.stem:
        raise set_aside(path, f"belongs to the paper {text['paper']}")
    if problem := _problem_of_pages(text):
        raise set_aside(path, problem)
    return text


def read_paper(results: Path, paper: str) -> tuple[Text, Context]:
    """The text and the context of a paper. BrokenResult if one of them is missing or damaged."""
    text, path = read_text(results / "text" / f"{paper}.json"), results / "context" / f"{paper}.json"
    context = _read(path, Context)
    if context["paper"] != paper:
        raise set_aside(path, f"belongs to the paper {context['paper']}")
    for start, end in (span for section in context["sections"] for span in section["kept"]):
        if not start <= end <= len(text["text"]):
            raise set_aside(path, "keeps text beyond the end of the paper")
    return text, context


def read_batch(path: Path, papers: list[str]) -> dict[str, Answers]:
    """The records of `papers` in a batch's JSON lines, by paper. BrokenResult if one is missing or occurs twice."""
    records: dict[str, Answers] = {}
    for number, line in enumerate(_bytes(path).splitlines(), 1):
        try:
            record = parse_answers(line)
        except Malformed as error:
            raise set_aside(path, f"{error} in line {number}") from None
        if record["paper"] in records:
            raise set_aside(path, f"has {record['paper']} twice")
        records[record["paper"]] = record
    for paper in papers:
        if paper not in records:
            raise set_aside(path, f"has no record of {paper}")
    return {paper: records[paper] for paper in papers}


def read_plan(path: Path) -> Plan:
    """The memory plan. BrokenResult if it is missing or damaged."""
    return _read(path, Plan)


def read_estimate(path: Path) -> Estimated | None:
    """What the run was expected to take; None if nothing was estimated. BrokenResult if it is damaged."""
    return _read(path, Estimated) if path.exists() else None


def read_titles(path: Path) -> Titles:
    """The titles that a run keeps for its jobs. BrokenResult if they are missing or damaged."""
    return _read(path, Titles)


def parse_answers(line: bytes) -> Answers:
    """The record of a task in a line of JSON. Malformed if it is not one."""
    record = _parse(line, Answers)
    for item in items(record):
        start, end = item["start"], item["end"]
        if (start is None) != (end is None) or (start is not None and end is not None and end < start):
            raise Malformed(f"has evidence whose start, {start}, and end, {end}, do not fit together")
    return record


def items(record: Answers) -> list[Located]:
    """All items of a record of a task that may have evidence."""
    named = [*record.get("experiments", []), *record.get("groups", [])]
    return [*record.get("values", []), *named, *record.get("findings", [])]


def _problem_of_pages(text: Text) -> str:
    """What is wrong with the positions and the boxes of a text, or nothing. Text that extends beyond the edge of its
    page is common, and older records have some beside the page, so a box is refused only if it is more than a page
    away."""
    length = len(text["text"])
    for page in text["pages"]:
        if not page["start"] <= page["end"] <= length:
            return "lacks some of the text of its pages"
        width, height, place = page["width"], page["height"], f"on page {page['page']}"
        for line in page["lines"]:
            if not line["start"] <= line["end"] <= length:
                return f"has a line {place} that is outside its text"
            left, bottom, right, top = line["box"]
            if not (-width <= left <= right <= 2 * width and -height <= bottom <= top <= 2 * height):
                return f"has a line {place} that is not on its page"
    return ""


def _read(path: Path, kind: type[Record]) -> Record:
    """The JSON object in `path`, checked to be of the kind. BrokenResult otherwise."""
    try:
        return _parse(_bytes(path), kind)
    except Malformed as error:
        raise set_aside(path, str(error)) from None


def _parse(data: bytes, kind: type[Record]) -> Record:
    """The JSON object in the data, checked to be of the kind. Malformed if it is not.

    The object itself is returned rather than the result of msgspec, which would lack the keys that are not declared.
    """
    try:
        record = json.loads(data, parse_constant=_refuse_constant)
    except ValueError as error:
        raise Malformed(f"is not valid JSON ({error})") from None
    try:
        msgspec.convert(record, kind)
    except msgspec.ValidationError as error:
        raise Malformed(f"is broken ({error})") from None
    return cast(Record, record)


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(f"has a number that is not finite ({name})")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BrokenResult(f"{path} is missing: start again, and it is made.") from None
