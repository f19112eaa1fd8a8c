"""The types of columns that several tables have, each with what it has in a sentence.

A missing text is "", a missing number None. No number is infinite or NaN.
"""

from typing import Annotated

from designspace.core.contracts import Count, Ordinal, Probability
from designspace.results.columns import About, Sql

Text = Annotated[str, Sql("NOT NULL")]  # also where it is empty
Nth = Annotated[Ordinal, Sql("NOT NULL")]
Citation = Annotated[str, About("The paper's authors and year.")]
Paper = Annotated[str, Sql("NOT NULL REFERENCES papers (paper)"), About("The paper's id.")]
Experiment = Annotated[Text, About("The experiment's name; empty for the whole paper.")]
Group = Annotated[Text, About("The group of participants; empty for all.")]
Parameter = Annotated[Text, About("The parameter's name in the library.")]
Unit = Annotated[str, About("The unit.")]
Confidence = Annotated[Probability | None, About("How sure the model is, computed from its probabilities.")]
Evidence = Annotated[str, About("A verbatim piece of the paper's text.")]
Page = Annotated[Ordinal | None, About("The page of the evidence, those of supplements behind the paper's own.")]
Start = Annotated[Count | None, About("Where the evidence starts in the text, in characters.")]
End = Annotated[Count | None, About("Where the evidence ends in the text, in characters.")]
Boxes = Annotated[str, About("The printed lines of the evidence, JSON: page, and left, bottom, right, top in points.")]
Candidate = Annotated[str, About("A value that is not reported.")]
PNull = Annotated[Probability | None, About('How probable "not reported" was for the model.')]
Reviewer = Annotated[str, About("Who reviewed.")]
EvidenceFile = Annotated[str, About("The PDF with the evidence, the paper's or a supplement's.")]
EvidencePage = Annotated[Ordinal | None, About("The page of that file.")]
SameSample = Annotated[str, About("The experiment that has the same participants.")]
Category = Annotated[str, About("The category that was asked for.")]
Description = Annotated[str, About("What it is, in the model's words.")]
Importance = Annotated[str, About("high, medium or low, as the model has it.")]
Note = Annotated[str, About("The reviewer's note.")]
Date = Annotated[str, About("When it was written.")]
