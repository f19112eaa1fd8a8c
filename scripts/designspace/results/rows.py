"""The rows of the tables: every column is declared once, with its type and its meaning in a sentence.

The header of a CSV file, SQLite's columns and the codebook follow from it.
"""

from typing import Annotated, Literal, TypedDict

from designspace.core.contracts import Count, Number, Probability
from designspace.results.column_types import (
    Boxes,
    Candidate,
    Category,
    Citation,
    Confidence,
    Date,
    Description,
    End,
    Evidence,
    EvidenceFile,
    EvidencePage,
    Experiment,
    Group,
    Importance,
    Note,
    Nth,
    Page,
    Paper,
    Parameter,
    PNull,
    Reviewer,
    SameSample,
    Start,
    Text,
    Unit,
)
from designspace.results.columns import About, Sql


class PaperRow(TypedDict):
    citation: Citation
    title: Annotated[
        str, About("Title of the paper, from the library or the PDF; empty if it is not known, as in the next columns.")
    ]
    authors: Annotated[str, About("Authors of the paper, separated by semicolons.")]
    year: Annotated[str, About("Year of publication.")]
    journal: Annotated[str, About("Journal in which the paper appeared.")]
    doi: Annotated[str, About("DOI of the paper.")]
    type: Annotated[str, About("Kind of document: article, preprint, supplement or other.")]
    paper: Annotated[str, Sql("PRIMARY KEY"), About("Id of the paper, the same in all tables.")]
    file: Annotated[
        Text, About("File of the PDF in the folder of papers; empty for an entry of the library without one.")
    ]
    sha256: Annotated[Text, About("SHA-256 of the PDF's content; empty without a file.")]
    pages: Annotated[
        Count | None, About("Number of pages, with those of supplements; empty for files that the run does not read.")
    ]
    tokens: Annotated[
        Count | None, About("Length of the text in tokens of the model; empty for files that the run does not read.")
    ]
    tokens_kept: Annotated[
        Count | None,
        About("Number of these tokens that the model was given; empty for files that the run does not read."),
    ]
    status: Annotated[
        Text, About("What became of the file: ok, or why it has no answers, such as duplicate, needs_ocr or failed.")
    ]
    reason: Annotated[
        str, About("Reason for the status, and pages whose text cannot be trusted; empty if there is nothing to say.")
    ]
    duplicate_of: Annotated[
        str, Sql("REFERENCES papers (paper)"), About("Id of the paper with the same content; empty if this is no copy.")
    ]
    version_of: Annotated[
        str,
        Sql("REFERENCES papers (paper)"),
        About("Id of the counted version of the same work; empty if this one is counted."),
    ]
    supplement_of: Annotated[
        str,
        Sql("REFERENCES papers (paper)"),
        About("Id of the paper that this file supplements; empty if it is no supplement."),
    ]
    key: Annotated[str, About("Key of the paper's entry in the library; empty if it has none.")]
    found_in: Annotated[
        str, About("Source of each part of the citation, separated by semicolons; empty if no part is known.")
    ]
    unknown_characters: Annotated[
        Probability | None,
        About("Share of the text's characters that could not be read, from 0 to 1; empty without a text."),
    ]
    true_words: Annotated[
        Probability | None,
        About("Share of words among what should be words, from 0 to 1; empty if it cannot be judged."),
    ]
    pages_by_ocr: Annotated[Count | None, About("Number of pages that OCR read; empty without a text.")]
    sections: Annotated[Count | None, About("Number of sections with a heading; empty if there are none.")]


class PrismaRow(TypedDict):
    """The number of files, papers or entries at a step. `excluded` has a row for its sum, and then one for each
    reason."""

    step: Annotated[Text, About("Step between the files and the included papers, such as duplicates or excluded.")]
    reason: Annotated[Text, About("Reason for leaving papers out; empty in all rows but these.")]
    papers: Annotated[Count, Sql("NOT NULL"), About("Number of files, papers or entries at this step.")]


class ExtractionRow(TypedDict):
    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Parameter
    item: Annotated[Nth, About("Number of the value among those of its cell, from 1.")]
    value: Annotated[
        str, About("The value that counts, a reviewer's or else the model's; empty if nothing is reported.")
    ]
    unit: Unit
    rule: Annotated[
        str, About("How a number of participants that is not printed follows from the evidence; else empty.")
    ]
    confidence: Confidence
    reasoning: Annotated[str, About("A sentence of reasoning by the model; empty unless it was asked for one.")]
    evidence: Evidence
    page: Page
    start: Start
    end: End
    boxes: Boxes
    status: Annotated[Text, About("Status of the answer: reported, not_reported or failed.")]
    reason: Annotated[str, About("Reason for the status failed; else empty.")]
    candidate: Candidate
    p_null: PNull
    number: Annotated[
        Number | None, About("The value as a number; empty if the parameter is not numeric or nothing is reported.")
    ]
    review: Annotated[
        Literal["", "accepted", "corrected", "rejected", "disputed"],
        About("Decision of the reviewers about the model's value; empty without a review."),
    ]
    model_value: Annotated[str, About("The model's value in a row with a review; empty without a review.")]
    reviewer: Reviewer
    reviewed: Annotated[str, About("Day or time of the review, in ISO 8601; empty without a review.")]
    review_note: Annotated[str, About("Notes of the reviewers; empty if there are none.")]
    evidence_file: EvidenceFile
    evidence_page: EvidencePage
    warning: Annotated[str, About("Warning if the text of the evidence's page cannot be trusted; else empty.")]


class ExperimentRow(TypedDict):
    """An experiment of a paper with several. `same_sample` is another experiment with the same participants."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    same_sample: SameSample
    confidence: Confidence
    evidence: Evidence
    page: Page
    start: Start
    end: End
    boxes: Boxes
    evidence_file: EvidenceFile
    evidence_page: EvidencePage


class ParametersRow(TypedDict):
    """A paper, one of its experiments or one of their groups. After these columns there is one for each parameter of
    the library."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group


class GroupRow(TypedDict):
    """A group of participants, or all participants of an experiment without groups. After these columns there are two
    for each parameter of the library: the value that holds for the group, and the level that it comes from."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    same_sample: SameSample
    warning: Annotated[str, About("Warning if the numbers of participants of the groups do not add up; else empty.")]
    confidence: Confidence
    evidence: Evidence
    page: Page
    start: Start
    end: End
    boxes: Boxes
    evidence_file: EvidenceFile
    evidence_page: EvidencePage


class DiscoveryRow(TypedDict):
    name: Annotated[str, Sql("PRIMARY KEY"), About("Name of the discovery, in snake_case.")]
    category: Category
    description: Description
    unit: Unit
    n_papers: Annotated[Nth, About("Number of papers that report it.")]
    papers: Annotated[Text, About("Ids of these papers, separated by semicolons.")]
    values: Annotated[str, About("Values that each paper reports, as id: value unit, separated by semicolons.")]
    importance: Importance
    evidence: Evidence
    evidence_citation: Annotated[
        str, About("Authors and year of the paper with the evidence; empty if they are not known.")
    ]
    evidence_paper: Annotated[Paper, About("Id of the paper with the evidence.")]
    evidence_file: EvidenceFile
    evidence_page: EvidencePage


class UnusedRow(TypedDict):
    """A correction whose paper or parameter is not in this run."""

    citation: Citation
    paper: Annotated[Text, About("Name of the paper in the correction.")]
    parameter: Parameter
    experiment: Experiment
    group: Group
    kind: Annotated[str, About("Kind of the row in the corrections file; empty for a review.")]
    old_value: Annotated[
        str, About("The value that the reviewer saw, for information only; empty if none was reported.")
    ]
    value: Annotated[str, About("The reviewer's value; empty if the paper reports nothing.")]
    note: Note
    reviewer: Reviewer
    date: Date
    reason: Annotated[Text, About("Reason why the correction is not used.")]


class FindingRow(TypedDict):
    """A finding of a paper."""

    citation: Citation
    paper: Paper
    item: Annotated[Nth, About("Number of the finding among those of its paper, from 1.")]
    discovery: Annotated[
        str, Sql("NOT NULL REFERENCES discoveries (name)"), About("Name of the discovery that the finding belongs to.")
    ]
    name: Annotated[Text, About("Name of the finding in its paper, in snake_case.")]
    category: Category
    description: Description
    value: Annotated[str, About("The value as the paper gives it.")]
    unit: Unit
    importance: Importance
    confidence: Confidence
    evidence: Evidence
    page: Page
    start: Start
    end: End
    boxes: Boxes
    evidence_file: EvidenceFile
    evidence_page: EvidencePage
