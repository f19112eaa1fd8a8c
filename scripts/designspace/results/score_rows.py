"""The rows about time and memory, about reviewers and about scores, declared like those of `rows`."""

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
    """The time, tokens and memory that one task took for one paper."""

    citation: Citation
    paper: Paper
    task: Annotated[Text, About("Task of the model: extraction or discovery.")]
    attempt: Annotated[Ordinal | None, About("Number of the last attempt, from 1; empty if the paper was not tried.")]
    predicted_bytes: Annotated[
        Count | None, About("Planned peak of memory of all processes of the job, in bytes; empty without an answer.")
    ]
    allocated_bytes: Annotated[
        Count | None, About("Measured peak of memory of the paper's own process, in bytes; empty without an answer.")
    ]
    device_bytes: Annotated[
        Count | None, About("Memory in use on the whole GPU, in bytes; 0 on a CPU; empty without an answer.")
    ]
    prompt_tokens: Annotated[Count | None, About("Number of tokens of the prompt; empty without an answer.")]
    new_tokens: Annotated[Count | None, About("Number of tokens that the model wrote; empty without an answer.")]
    seconds_attach: Annotated[
        Number | None, About("Time until the task can begin, in seconds; empty without an answer.")
    ]
    seconds_prefill: Annotated[
        Number | None,
        About("Time to read the prompt, or what is not in memory of it, in seconds; empty without an answer."),
    ]
    seconds_decode: Annotated[Number | None, About("Time to write the answers, in seconds; empty without an answer.")]
    status: Annotated[Text, About("Status of the task: ok, failed, or why the paper was not asked.")]
    model: Annotated[str, About("Name of the model; empty if the paper was not asked.")]
    revision: Annotated[str, About("Commit of the model on its hub; empty for a model in a folder.")]
    software: Annotated[
        str, About("Versions of the software, and the name of the GPU; empty if the paper was not asked.")
    ]


class ReviewRow(TypedDict):
    """A mark of a reviewer."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Parameter
    reviewer: Annotated[Text, About("Name of the reviewer.")]
    kind: Annotated[Literal["review", "adjudication", "note"], About("Kind of the mark: review, adjudication or note.")]
    value: Annotated[str, About("The reviewer's value; empty if the paper reports nothing, and for a note.")]
    model_value: Annotated[
        str, About("Values that the model reported, separated by semicolons; empty if it reported none.")
    ]
    note: Note
    date: Date
    state: Annotated[
        Literal["", "single", "agreed", "disagreement", "adjudicated"],
        About("Whether the reviewers of the cell agree; empty if it has no review."),
    ]


class AgreementRow(TypedDict):
    """How far a reviewer agrees with another one, or with the model, about a parameter, or about all."""

    reviewer: Annotated[Text, About("Name of a reviewer.")]
    other: Annotated[Text, About("Name of another reviewer, or model.")]
    parameter: Annotated[Text, About("Name of the parameter, or all.")]
    cells: Annotated[Count, Sql("NOT NULL"), About("Number of cells that both have judged.")]
    agreed: Annotated[Count, Sql("NOT NULL"), About("Number of these cells in which both agree.")]
    share: Annotated[Probability, About("Share of the cells in which both agree, from 0 to 1.")]
    share_low: Annotated[Probability, About("Lower limit of the share's 95% interval.")]
    share_high: Annotated[Probability, About("Upper limit of the share's 95% interval.")]
    kappa: Annotated[
        Number | None, About("Cohen's kappa, from -1 to 1; empty if both always give one and the same value.")
    ]
    kappa_low: Annotated[Number | None, About("Lower limit of kappa's 95% interval; empty without kappa.")]
    kappa_high: Annotated[Number | None, About("Upper limit of kappa's 95% interval; empty without kappa.")]


class EvaluationRow(TypedDict):
    """The scores of a parameter, or of all. A rate that is not defined is missing."""

    parameter: Annotated[str, About("Name of the parameter, or all.")]
    precision: Annotated[
        Probability | None,
        About("Share of the reported values that are right, from 0 to 1; empty if none is reported."),
    ]
    recall: Annotated[
        Probability | None,
        About("Share of the annotated values that are reported, from 0 to 1; empty if there are none."),
    ]
    f1: Annotated[
        Probability | None, About("Harmonic mean of precision and recall, from 0 to 1; empty if it is not defined.")
    ]
    support: Annotated[Count | None, About("Number of annotated values; empty for the mean over the parameters.")]
    reported: Annotated[Count | None, About("Number of reported values; empty for the mean over the parameters.")]
    correct: Annotated[Count | None, About("Number of right values; empty for the mean over the parameters.")]
    with_evidence: Annotated[
        Count | None, About("Number of right values whose annotation has a quote and a page; empty for the mean.")
    ]
    same_sentence: Annotated[
        Probability | None,
        About("Share of these whose evidence is the annotator's sentence, from 0 to 1; empty if there are none."),
    ]
    same_page: Annotated[
        Probability | None,
        About("Share of these whose evidence is on the annotator's page, from 0 to 1; empty if there are none."),
    ]


class ErrorRow(TypedDict):
    """A missing or wrong value."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Parameter
    error: Annotated[str, About("Kind of error: missed, wrong_value, spurious, not_kept or lost_text.")]
    gold: Annotated[str, About("The annotated value; empty if the model's value is spurious.")]
    value: Annotated[str, About("The model's value; empty if it reported none.")]
    confidence: Confidence
    candidate: Candidate
    p_null: PNull
    gold_evidence: Annotated[str, About("Quote of the annotation; empty if it has none.")]
    gold_page: Annotated[Count | None, About("Page of the annotation, from 1; empty if it has none.")]
    evidence: Evidence
    page: Page


# The values whose confidence is in a bin.
CalibrationRow = TypedDict(
    "CalibrationRow",
    {
        "from": Annotated[Number, About("Lower limit of the bin of confidence, included.")],
        "to": Annotated[Number, About("Upper limit of the bin of confidence.")],
        "n": Annotated[Count, About("Number of the model's values in the bin.")],
        "confidence": Annotated[
            Probability | None, About("Mean confidence of these values, from 0 to 1; empty if there are none.")
        ],
        "correct": Annotated[
            Probability | None, About("Share of these values that are right, from 0 to 1; empty if there are none.")
        ],
    },
)


class ComparisonRow(TypedDict):
    """A cell in which two runs, A and B, differ."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Parameter
    value_a: Annotated[str, About("Values of run A, separated by semicolons; empty if it reports none.")]
    value_b: Annotated[str, About("Values of run B, separated by semicolons; empty if it reports none.")]
    confidence_a: Annotated[
        Probability | None, About("Smallest confidence of the values of run A, from 0 to 1; empty if it reports none.")
    ]
    confidence_b: Annotated[
        Probability | None, About("Smallest confidence of the values of run B, from 0 to 1; empty if it reports none.")
    ]
    gold: Annotated[str, About("Annotated values, separated by semicolons; empty without gold.")]
    verdict: Annotated[
        Literal["", "better", "worse", "neither"], About("Whether B is better than A, by the gold; empty without gold.")
    ]
