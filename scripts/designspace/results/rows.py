"""The rows of the tables: every column declared once, with its type and what it has in a sentence.

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
    title: Annotated[str, About("Title of the paper; this and the next as the library or the PDF has it.")]
    authors: Annotated[str, About("Authors, with semicolons between them.")]
    year: Annotated[str, About("Year of publication.")]
    journal: Annotated[str, About("Journal.")]
    doi: Annotated[str, About("DOI.")]
    type: Annotated[str, About("article, preprint, supplement or other.")]
    paper: Annotated[str, Sql("PRIMARY KEY"), About("The paper's id.")]
    file: Annotated[Text, About("File of the PDF in the folder of papers.")]
    sha256: Annotated[Text, About("Hash of the PDF.")]
    pages: Annotated[Count | None, About("Pages that it has.")]
    tokens: Annotated[Count | None, About("Length of its text in tokens.")]
    tokens_kept: Annotated[Count | None, About("Tokens that the model was given.")]
    status: Annotated[Text, About("What became of the file: ok, duplicate, needs_ocr, failed, ...")]
    reason: Annotated[str, About("Why the status is so, and which pages cannot be trusted.")]
    duplicate_of: Annotated[str, Sql("REFERENCES papers (paper)"), About("The paper that has the same content.")]
    version_of: Annotated[str, Sql("REFERENCES papers (paper)"), About("The paper of which this is another version.")]
    supplement_of: Annotated[str, Sql("REFERENCES papers (paper)"), About("The paper whose supplement this is.")]
    key: Annotated[str, About("Its entry in the library.")]
    found_in: Annotated[str, About("Where each part of the citation was found.")]
    unknown_characters: Annotated[Probability | None, About("Share of the text's characters that could not be read.")]
    true_words: Annotated[Probability | None, About("Share of words among what should be words.")]
    pages_by_ocr: Annotated[Count | None, About("Pages that OCR read.")]
    sections: Annotated[Count | None, About("Sections with a heading.")]


class PrismaRow(TypedDict):
    """How many files, papers or entries a step has. Of `excluded` there is a row for each reason behind their sum."""

    step: Annotated[Text, About("A step from files to included papers.")]
    reason: Annotated[Text, About("Of excluded papers, why.")]
    papers: Annotated[Count, Sql("NOT NULL"), About("How many there are.")]


class ExtractionRow(TypedDict):
    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    parameter: Parameter
    item: Annotated[Nth, About("Which of several values of the cell, from 1.")]
    value: Annotated[str, About("The reported value.")]
    unit: Unit
    rule: Annotated[str, About("Of a number of participants that is not printed: how it follows from the evidence.")]
    confidence: Confidence
    reasoning: Annotated[str, About("A sentence by the model, if it was asked for one.")]
    evidence: Evidence
    page: Page
    start: Start
    end: End
    boxes: Boxes
    status: Annotated[Text, About("reported, not_reported or failed.")]
    reason: Annotated[str, About("Why it failed.")]
    candidate: Candidate
    p_null: PNull
    number: Annotated[Number | None, About("The value of a numeric parameter.")]
    review: Annotated[Literal["", "accepted", "corrected", "rejected", "disputed"], About("What reviewers decided.")]
    model_value: Annotated[str, About("Of a reviewed row: what the model reported.")]
    reviewer: Reviewer
    reviewed: Annotated[str, About("When.")]
    review_note: Annotated[str, About("The reviewers' notes.")]
    evidence_file: EvidenceFile
    evidence_page: EvidencePage
    warning: Annotated[str, About("There where the page of the evidence is read badly.")]


class ExperimentRow(TypedDict):
    """An experiment of a paper that reports several. `same_sample` is another one with the same participants."""

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
    """A paper, one of its experiments or one of their groups; behind these columns is one for each parameter of the
    library."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group


class GroupRow(TypedDict):
    """A group of participants, or all those of an experiment that has no groups; behind these columns are two for each
    parameter of the library: the value that holds for the group, and where it comes from."""

    citation: Citation
    paper: Paper
    experiment: Experiment
    group: Group
    same_sample: SameSample
    warning: Annotated[str, About("There where the groups do not have as many participants together as they should.")]
    confidence: Confidence
    evidence: Evidence
    page: Page
    start: Start
    end: End
    boxes: Boxes
    evidence_file: EvidenceFile
    evidence_page: EvidencePage


class DiscoveryRow(TypedDict):
    name: Annotated[str, Sql("PRIMARY KEY"), About("Name of the discovery.")]
    category: Category
    description: Description
    unit: Unit
    n_papers: Annotated[Nth, About("In how many papers it was found.")]
    papers: Annotated[Text, About("Those papers.")]
    values: Annotated[str, About("What each reports.")]
    importance: Importance
    evidence: Evidence
    evidence_citation: Annotated[str, About("The citation of the paper with the evidence.")]
    evidence_paper: Annotated[Paper, About("The id of that paper.")]
    evidence_file: EvidenceFile
    evidence_page: EvidencePage


class UnusedRow(TypedDict):
    """A correction of a paper or a parameter that is not there now."""

    citation: Citation
    paper: Annotated[Text, About("The paper as the correction names it.")]
    parameter: Parameter
    experiment: Experiment
    group: Group
    kind: Annotated[str, About("What the row of a reviewer is.")]
    old_value: Annotated[str, About("The value that was corrected.")]
    value: Annotated[str, About("The corrected value.")]
    note: Note
    reviewer: Reviewer
    date: Date
    reason: Annotated[Text, About("Why it is not used.")]


class FindingRow(TypedDict):
    """A finding of a paper."""

    citation: Citation
    paper: Paper
    item: Annotated[Nth, About("Which of several, from 1.")]
    discovery: Annotated[str, Sql("NOT NULL REFERENCES discoveries (name)"), About("The discovery that it belongs to.")]
    name: Annotated[Text, About("Its name.")]
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
