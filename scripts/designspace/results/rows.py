"""The rows of the tables: every column declared once, from which the header of a CSV file and SQLite's columns follow.

A missing text is "", a missing number None. No number is infinite or NaN.
"""

from typing import Annotated, Literal, TypedDict

from designspace.core.contracts import Count, Number, Ordinal, Probability
from designspace.results.columns import Sql

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
    unknown_characters: Probability | None  # share of the text's characters that could not be read
    true_words: Probability | None  # share of words among what should be words
    pages_by_ocr: Count | None
    sections: Count | None  # with a heading


class PrismaRow(TypedDict):
    """How many files, papers or entries a step has. Of `excluded` there is a row for each reason behind their sum."""

    step: Text
    reason: Text
    papers: Annotated[Count, Sql("NOT NULL")]


class ExtractionRow(TypedDict):
    citation: str
    paper: Paper
    experiment: Text  # empty: the whole paper
    group: Text  # empty: all groups of the experiment
    parameter: Text
    item: Item
    value: str
    unit: str
    rule: str  # of a number of participants that is not printed: how it follows from the evidence
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
    evidence_file: str  # the PDF with the evidence, the paper's or a supplement's, and the page of that file
    evidence_page: Ordinal | None
    warning: str  # where the page of the evidence is read badly


class ExperimentRow(TypedDict):
    """An experiment of a paper that reports several. `same_sample` is another one with the same participants."""

    citation: str
    paper: Paper
    experiment: Text
    same_sample: str
    confidence: Probability | None
    evidence: str
    page: Ordinal | None
    start: Count | None
    end: Count | None
    boxes: str
    evidence_file: str
    evidence_page: Ordinal | None


class ParametersRow(TypedDict):
    """A paper, one of its experiments or one of their groups; behind these columns is one for each parameter of the
    library."""

    citation: str
    paper: Paper
    experiment: Text
    group: Text


class GroupRow(TypedDict):
    """A group of participants, or all those of an experiment that has no groups; behind these columns are two for each
    parameter of the library: the value that holds for the group, and where it comes from."""

    citation: str
    paper: Paper
    experiment: Text
    group: Text
    same_sample: str  # the experiment that has the same participants
    warning: str
    confidence: Probability | None
    evidence: str
    page: Ordinal | None
    evidence_file: str
    evidence_page: Ordinal | None


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
    evidence_citation: str
    evidence_paper: Paper
    evidence_file: str
    evidence_page: Ordinal | None  # of that file


class UnusedRow(TypedDict):
    """A correction of a paper or a parameter that is not there now."""

    paper: Text
    parameter: Text
    experiment: Text
    group: Text
    kind: str
    old_value: str
    value: str
    note: str
    reviewer: str
    date: str
    reason: Text


class FindingRow(TypedDict):
    """A finding of a paper."""

    citation: str
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
    evidence_file: str
    evidence_page: Ordinal | None


class MemoryRow(TypedDict):
    """What one task took for one paper."""

    citation: str
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
    group: Text
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
    group: str
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
    group: str
    parameter: str
    value_a: str
    value_b: str
    confidence_a: Probability | None
    confidence_b: Probability | None
    gold: str
    verdict: Literal["", "better", "worse", "neither"]
