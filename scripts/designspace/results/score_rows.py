"""The rows of what a run took, how reviewers agree and how good the values are, declared as those of `rows`."""

from typing import Annotated, Literal, TypedDict

from designspace.core.contracts import Count, Number, Ordinal, Probability
from designspace.results.column_types import (
    Candidate,
    Citation,
    Confidence,
    Date,
    Evidence,
    Experiment,
    Group,
    Note,
    Page,
    Paper,
    Parameter,
    PNull,
    Text,
)
from designspace.results.columns import About, Sql


class MemoryRow(TypedDict):
    """What one task took for one paper."""

    citation: Citation
    paper: Paper
    task: Annotated[Text, About("extraction or discovery.")]
    attempt: Annotated[Ordinal | None, About("Which attempt it was.")]
    predicted_bytes: Annotated[Count | None, About("The plan's peak for all processes of the job.")]
    allocated_bytes: Annotated[Count | None, About("The measured peak of the paper's own process.")]
    device_bytes: Annotated[Count | None, About("What was in use on the whole GPU.")]
    prompt_tokens: Annotated[Count | None, About("Tokens of the prompt.")]
    new_tokens: Annotated[Count | None, About("Tokens that the model wrote.")]
    seconds_attach: Annotated[Number | None, About("Seconds to attach the weights.")]
    seconds_prefill: Annotated[Number | None, About("Seconds to read the prompt.")]
    seconds_decode: Annotated[Number | None, About("Seconds to answer.")]
    status: Annotated[Text, About("What came of it.")]
    model: Annotated[str, About("The model.")]
    revision: Annotated[str, About("Its revision.")]
    software: Annotated[str, About("Versions of the software, and the GPU.")]


class ReviewRow(TypedDict):
    """A mark of a reviewer."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Parameter
    reviewer: Annotated[Text, About("Who reviewed.")]
    kind: Annotated[Literal["review", "adjudication", "note"], About("What the row of a reviewer is.")]
    value: Annotated[str, About("The reviewer's value.")]
    model_value: Annotated[str, About("What the model reported.")]
    note: Note
    date: Date
    state: Annotated[
        Literal["", "single", "agreed", "disagreement", "adjudicated"],
        About("Whether the reviewers of the cell agree."),
    ]


class AgreementRow(TypedDict):
    """How far a reviewer agrees with another, or with the model, about a parameter, or about all."""

    reviewer: Annotated[Text, About("A reviewer.")]
    other: Annotated[Text, About("Another reviewer, or model.")]
    parameter: Annotated[Text, About("The parameter, or all.")]
    cells: Annotated[Count, Sql("NOT NULL"), About("Cells that both have.")]
    agreed: Annotated[Count, Sql("NOT NULL"), About("Cells in which they agree.")]
    share: Annotated[Probability, About("Share of those cells.")]
    share_low: Annotated[Probability, About("Lower limit of its 95% interval.")]
    share_high: Annotated[Probability, About("Upper limit of its 95% interval.")]
    kappa: Annotated[Number | None, About("Cohen's kappa.")]
    kappa_low: Annotated[Number | None, About("Lower limit of its 95% interval.")]
    kappa_high: Annotated[Number | None, About("Upper limit of its 95% interval.")]


class EvaluationRow(TypedDict):
    """The scores of a parameter, or of all. A rate that is not defined is missing."""

    parameter: Annotated[str, About("The parameter, or all.")]
    precision: Annotated[Probability | None, About("Share of the reported values that are right.")]
    recall: Annotated[Probability | None, About("Share of the annotated values that are reported.")]
    f1: Annotated[Probability | None, About("Harmonic mean of both.")]
    support: Annotated[Count | None, About("Annotated values.")]
    reported: Annotated[Count | None, About("Reported values.")]
    correct: Annotated[Count | None, About("Right values.")]
    with_evidence: Annotated[Count | None, About("Right values whose annotation has a sentence and a page.")]
    same_sentence: Annotated[Probability | None, About("Share of those with the annotator's sentence.")]
    same_page: Annotated[Probability | None, About("Share of those on the annotator's page.")]


class ErrorRow(TypedDict):
    """A value that is missed or wrong."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Parameter
    error: Annotated[str, About("What is wrong.")]
    gold: Annotated[str, About("The annotated value.")]
    value: Annotated[str, About("The reported value.")]
    confidence: Confidence
    candidate: Candidate
    p_null: PNull
    gold_evidence: Annotated[str, About("The annotator's sentence.")]
    gold_page: Annotated[Count | None, About("The annotator's page.")]
    evidence: Evidence
    page: Page


# The values whose confidence is in a bin.
CalibrationRow = TypedDict(
    "CalibrationRow",
    {
        "from": Annotated[Number, About("From this confidence on.")],
        "to": Annotated[Number, About("Up to this confidence.")],
        "n": Annotated[Count, About("Values in the bin.")],
        "confidence": Annotated[Probability | None, About("Their mean confidence.")],
        "correct": Annotated[Probability | None, About("The share that is right.")],
    },
)


class ComparisonRow(TypedDict):
    """A cell in which two runs, A and B, differ."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Parameter
    value_a: Annotated[str, About("The value of run A.")]
    value_b: Annotated[str, About("The value of run B.")]
    confidence_a: Annotated[Probability | None, About("The confidence of run A.")]
    confidence_b: Annotated[Probability | None, About("The confidence of run B.")]
    gold: Annotated[str, About("The annotated value.")]
    verdict: Annotated[Literal["", "better", "worse", "neither"], About("Whether B is better than A.")]
