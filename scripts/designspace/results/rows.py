"""The rows of the tables: every column declared once, from which the header of a CSV file and SQLite's columns follow.

A missing text is "", a missing number None. No number is infinite or NaN.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, TypedDict, TypeVar, cast, get_args, get_type_hints

import msgspec

from designspace.core.contracts import Count, Number, Ordinal, Probability
from designspace.core.errors import DesignspaceError

Row = TypeVar("Row")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
TYPES = {str: "TEXT", int: "INTEGER", float: "REAL"}  # of SQLite


class Sql(str):
    """What stands behind a column's type in SQLite."""


Text = Annotated[str, Sql("NOT NULL")]  # also where it is empty
Paper = Annotated[str, Sql("NOT NULL REFERENCES papers (paper)")]
Item = Annotated[Ordinal, Sql("NOT NULL")]


class PaperRow(TypedDict):
    citation: str  # McDougle & Taylor 2019; this and the next six as the library or the PDF have them
    title: str
    authors: str  # with semicolons between them
    year: str
    journal: str
    doi: str
    type: str  # article, preprint, supplement or other
    paper: Annotated[str, Sql("PRIMARY KEY")]
    file: Text
    sha256: Text
    pages: Count | None
    tokens: Count | None
    tokens_kept: Count | None
    status: Text
    reason: str
    duplicate_of: Annotated[str, Sql("REFERENCES papers (paper)")]
    version_of: Annotated[str, Sql("REFERENCES papers (paper)")]
    supplement_of: Annotated[str, Sql("REFERENCES papers (paper)")]
    key: str  # of its entry in the library
    found_in: str  # where each part of the citation was found: the library, doi.org, or which place of the PDF


class PrismaRow(TypedDict):
    """How many files, papers or entries a step has. Of `excluded` there is a row for each reason behind their sum."""

    step: Text
    reason: Text
    papers: Annotated[Count, Sql("NOT NULL")]


class ExtractionRow(TypedDict):
    paper: Paper
    experiment: Text  # empty: the whole paper
    parameter: Text
    item: Item
    value: str
    unit: str
    confidence: Probability | None
    reasoning: str
    evidence: str
    page: Ordinal | None
    start: Count | None
    end: Count | None
    boxes: str
    status: Text
    reason: str
    candidate: str
    p_null: Probability | None
    number: Number | None
    review: Literal["", "accepted", "corrected", "rejected", "disputed"]
    model_value: str  # of a reviewed row: what the model reported, empty where it reported nothing
    reviewer: str
    reviewed: str
    review_note: str


class ExperimentRow(TypedDict):
    """An experiment of a paper that reports several."""

    paper: Paper
    experiment: Text
    confidence: Probability | None
    evidence: str
    page: Ordinal | None
    start: Count | None
    end: Count | None
    boxes: str


class ParametersRow(TypedDict):
    """A paper or one of its experiments; behind these columns is one for each parameter of the library."""

    paper: Paper
    experiment: Text


class DiscoveryRow(TypedDict):
    name: Annotated[str, Sql("PRIMARY KEY")]
    category: str
    description: str
    unit: str
    n_papers: Item
    papers: Text
    values: str
    importance: str
    evidence: str
    evidence_paper: Paper
    evidence_page: Ordinal | None


class UnusedRow(TypedDict):
    """A correction of a paper or a parameter that is not there now."""

    paper: Text
    parameter: Text
    experiment: Text
    kind: str
    old_value: str
    value: str
    note: str
    reviewer: str
    date: str
    reason: Text


class FindingRow(TypedDict):
    """A finding of a paper."""

    paper: Paper
    item: Item
    discovery: Annotated[str, Sql("NOT NULL REFERENCES discoveries (name)")]
    name: Text
    category: str
    description: str
    value: str
    unit: str
    importance: str
    confidence: Probability | None
    evidence: str
    page: Ordinal | None
    start: Count | None
    end: Count | None
    boxes: str


class MemoryRow(TypedDict):
    """What one task took for one paper."""

    paper: Paper
    task: Text
    attempt: Ordinal | None
    predicted_bytes: Count | None
    allocated_bytes: Count | None
    device_bytes: Count | None
    prompt_tokens: Count | None
    new_tokens: Count | None
    seconds_attach: Number | None
    seconds_prefill: Number | None
    seconds_decode: Number | None
    status: Text
    model: str
    revision: str
    software: str


class ReviewRow(TypedDict):
    """A mark of a reviewer."""

    paper: Paper
    experiment: Text
    parameter: Text
    reviewer: Text
    kind: Literal["review", "adjudication", "note"]
    value: str
    model_value: str
    note: str
    date: str
    state: Literal["", "single", "agreed", "disagreement", "adjudicated"]  # of its cell


class AgreementRow(TypedDict):
    """How far a reviewer agrees with another, or with the model, about a parameter, or about all."""

    reviewer: Text
    other: Text
    parameter: Text
    cells: Annotated[Count, Sql("NOT NULL")]
    agreed: Annotated[Count, Sql("NOT NULL")]
    share: Probability
    share_low: Probability
    share_high: Probability
    kappa: Number | None
    kappa_low: Number | None
    kappa_high: Number | None


class EvaluationRow(TypedDict):
    """The scores of a parameter, or of all. A rate that is not defined is missing."""

    parameter: str
    precision: Probability | None
    recall: Probability | None
    f1: Probability | None
    support: Count | None
    reported: Count | None
    correct: Count | None
    with_evidence: Count | None
    same_sentence: Probability | None
    same_page: Probability | None


class ErrorRow(TypedDict):
    """A value that is missed or wrong."""

    paper: str
    experiment: str
    parameter: str
    error: str
    gold: str
    value: str
    confidence: Probability | None
    candidate: str
    p_null: Probability | None
    gold_evidence: str
    gold_page: Count | None
    evidence: str
    page: Ordinal | None


# The values whose confidence is in a bin.
CalibrationRow = TypedDict(
    "CalibrationRow",
    {
        "from": Number,
        "to": Number,
        "n": Count,
        "confidence": Probability | None,
        "correct": Probability | None,
    },
)


class ComparisonRow(TypedDict):
    """A cell in which two runs, A and B, differ."""

    paper: str
    experiment: str
    parameter: str
    value_a: str
    value_b: str
    confidence_a: Probability | None
    confidence_b: Probability | None
    gold: str
    verdict: Literal["", "better", "worse", "neither"]


class InvalidRow(DesignspaceError, ValueError):
    """A row that is none of its table; the message is the end of a sentence that begins with the table's name."""


@cache
def columns(kind: type) -> dict[str, str]:
    """{column: its declaration in SQLite} of a kind of row."""
    return {name: _declaration(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}


def _declaration(hint: Any) -> str:
    parts = list(_parts(hint))
    constraint = next((part for part in parts if isinstance(part, Sql)), "")
    type_ = next((TYPES[part] for part in parts if isinstance(part, type) and part in TYPES), "TEXT")
    return f"{type_} {constraint}".strip()


def _parts(hint: Any) -> Iterable[Any]:
    """The types that a type is made of, and what is annotated to it."""
    if inner := get_args(hint):
        for part in inner:
            yield from _parts(part)
    else:
        yield hint


def fill(kind: type[Row], *sources: Mapping[str, Any], **more: Any) -> Row:
    """A row of a kind: each column from `more`, or from the first of `sources` that has it, or missing."""
    merged = {key: value for source in reversed(sources) for key, value in source.items()} | more
    kind_: Any = kind  # a TypedDict, which mypy takes for no type of objects
    return cast(Row, {name: _cell(merged.get(name), declaration) for name, declaration in columns(kind_).items()})


def _cell(value: Any, declaration: str) -> Any:
    """A value of a record as a cell."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value)
    return "" if value is None and declaration.startswith("TEXT") else value


def plain(text: str) -> str:
    """A text with newlines for line ends and nothing else that cannot be printed."""
    if text.isprintable():  # as nearly all texts are
        return text
    return UNPRINTABLE.sub("\ufffd", re.sub("\r\n?", "\n", text))


def check(rows: Iterable[Any], kind: type) -> None:
    """InvalidRow where one of the rows is not of the kind, or has a number that is not finite."""
    for number, row in enumerate(rows, 1):
        try:
            msgspec.convert(row, kind)
        except msgspec.ValidationError as error:
            raise InvalidRow(f"is broken in row {number} ({error})") from None
