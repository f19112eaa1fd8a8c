"""The types of the files that the steps of the workflow exchange; `records` reads, checks and writes them.

Keys that every record of a kind has are required. Keys that exist only in some states, or only since some version, are
not. Undeclared keys are allowed. docs/files.md says what each field means.
"""

import sys
from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

LARGEST = sys.float_info.max  # a number that is larger is infinite
ROUNDING = 1e-3  # how far a probability may lie outside its range

Number = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Length = Annotated[float, Meta(ge=0, le=LARGEST)]  # points, seconds
Probability = Annotated[float, Meta(ge=-ROUNDING, le=1 + ROUNDING)]
Count = Annotated[int, Meta(ge=0)]  # also a position in a text, and bytes
Ordinal = Annotated[int, Meta(ge=1)]  # pages and attempts
Box = Annotated[list[Number], Meta(min_length=4, max_length=4)]  # left, bottom, right, top in points
Span = Annotated[list[Count], Meta(min_length=2, max_length=2)]  # start and end in the text


class Line(TypedDict):
    """A printed line: characters [start, end) of the text, and its place on the page."""

    start: Count
    end: Count
    box: Box
    size: NotRequired[Number]


class Quality(TypedDict):
    """How well the text of a page can be trusted: the share of unknown characters, and that of words among what should
    be words."""

    unknown: Probability
    words: Probability | None
    ocr: bool
    bad: bool


class Page(TypedDict):
    page: Ordinal
    width: Length
    height: Length
    start: Count
    end: Count
    lines: list[Line]
    quality: NotRequired[Quality]


class Citation(TypedDict):
    """The citation of a paper as its first pages give it; what they do not give is empty. `sources` says where each
    value was found."""

    citation: str
    title: str
    authors: list[str]
    year: str
    journal: str
    doi: str
    type: str
    sources: dict[str, list[str]]


class Part(TypedDict):
    """A supplement that is read with its paper: its id, and where its text and its pages begin in those of both
    together."""

    paper: str
    sha256: str
    start: Count
    page: Ordinal
    n_pages: Count


class Text(TypedDict):
    """text/{paper}.json: the text of a PDF, and where each line is printed."""

    paper: str
    sha256: NotRequired[str]
    status: str
    reason: str
    n_pages: Count
    text: str
    pages: list[Page]
    parts: NotRequired[list[Part]]
    citation: NotRequired[Citation]


class Section(TypedDict):
    title: str
    kind: str
    start: NotRequired[Count]
    end: NotRequired[Count]
    tokens: Count
    tokens_kept: Count
    kept: list[Span]


Titles = dict[str, str]  # titles.json: by paper, of those whose PDF may begin with another article


class Context(TypedDict):
    """context/{paper}.json: the parts of a text that the model reads."""

    paper: str
    status: str
    reason: NotRequired[str]
    token_budget: Count
    tokens: Count
    tokens_kept: Count
    sections: list[Section]


class Place(TypedDict):
    """A box on a page."""

    page: Ordinal
    box: Box


class Located(TypedDict):
    """A sentence of the text that is evidence, if there is one."""

    evidence: str | None
    page: Ordinal | None
    start: Count | None
    end: Count | None
    boxes: NotRequired[list[Place]]
    confidence: NotRequired[Probability | None]


class Value(Located):
    """An answer about a parameter, for the whole paper, one of its experiments or one of their groups. Only values that
    the program computed have a `rule`: how the value follows from the evidence, or "" if it is printed."""

    parameter: str
    experiment: NotRequired[str]
    group: NotRequired[str]
    rule: NotRequired[str]
    value: NotRequired[str | bool | int | Number | None]
    unit: NotRequired[str]
    status: Literal["reported", "not_reported", "failed"]
    reason: NotRequired[str]
    reasoning: NotRequired[str]
    p_null: Probability


class Experiment(Located):
    """An experiment of a paper. `same_sample` is the experiment whose participants also took part in this one, if
    any."""

    name: str
    same_sample: NotRequired[str]


class Group(Located):
    """A group of participants of an experiment; `experiment` is "" if the paper has only one."""

    experiment: str
    name: str


class Finding(Located):
    """What a paper reports beyond the parameter library."""

    name: str
    value: str
    unit: NotRequired[str]
    category: NotRequired[str]
    description: NotRequired[str]
    importance: Literal["high", "medium", "low"]


class Seconds(TypedDict):
    attach: NotRequired[Length]
    prefill: NotRequired[Length]
    decode: NotRequired[Length]


class Memory(TypedDict):
    predicted_bytes: NotRequired[Count]
    allocated_bytes: NotRequired[Count]
    device_bytes: NotRequired[Count]


class Answers(TypedDict):
    """A line of extraction/{batch}.jsonl or discovery/{batch}.jsonl: a paper's answers, and the time and memory that
    they took. `inputs` is a digest of what they depend on."""

    paper: str
    task: str
    inputs: NotRequired[str]
    status: str
    reason: str
    model: NotRequired[str]
    revision: NotRequired[str | None]
    software: NotRequired[str]
    attempt: NotRequired[Ordinal]
    token_budget: NotRequired[Count]
    tokens_kept: NotRequired[Count]
    prompt_tokens: NotRequired[Count]
    new_tokens: NotRequired[Count]
    unasked: NotRequired[Count]
    seconds: NotRequired[Seconds]
    memory: NotRequired[Memory]
    values: NotRequired[list[Value]]
    experiments: NotRequired[list[Experiment]]
    groups: NotRequired[list[Group]]
    findings: NotRequired[list[Finding]]


class Estimated(TypedDict):
    """estimate.json: the seconds that the model was expected to take for all papers, by task, when the run began."""

    device: str
    papers: Count
    seconds: dict[str, Length]
    peak_bytes: Count


class TaskPlan(TypedDict):
    """The memory that a task takes; `planning.memory.plan` adds the terms of the sum."""

    weights_bytes: NotRequired[Count]
    token_budget: NotRequired[Count]
    overhead_tokens: NotRequired[Count]
    limited_by: NotRequired[str]
    capacity_bytes: NotRequired[Count]
    reserve_bytes: NotRequired[Count]
    predicted_peak_bytes: NotRequired[Count]


class Plan(TypedDict):
    """memory_plan.json: how much of a paper fits."""

    model: NotRequired[str]
    revision: NotRequired[str | None]
    token_budget: NotRequired[Count]
    prefill_chunk: NotRequired[Ordinal]
    extraction: TaskPlan
    discovery: NotRequired[TaskPlan]
