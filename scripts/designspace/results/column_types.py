"""The types of columns that several tables have, each with its meaning in a sentence.

A missing text is "", a missing number None. No number is infinite or NaN.
"""

from typing import Annotated

from designspace.core.contracts import Count, Ordinal, Probability
from designspace.results.columns import About, Sql

Text = Annotated[str, Sql("NOT NULL")]  # may be empty
Nth = Annotated[Ordinal, Sql("NOT NULL")]
Citation = Annotated[str, About("Authors and year of the paper; empty if they are not known.")]
Paper = Annotated[str, Sql("NOT NULL REFERENCES papers (paper)"), About("Id of the paper, the same in all tables.")]
Experiment = Annotated[Text, About("Name of the experiment; empty for the whole paper.")]
Group = Annotated[Text, About("Name of the group of participants; empty for all participants.")]
Parameter = Annotated[Text, About("Name of the parameter in the library.")]
Unit = Annotated[str, About("Unit of the value; empty if it has none.")]
Confidence = Annotated[
    Probability | None,
    About("How sure the model is, from 0 to 1, computed from its probabilities; empty without an answer."),
]
Evidence = Annotated[str, About("The piece of the paper's text behind the row, verbatim; empty if there is none.")]
Page = Annotated[
    Ordinal | None, About("Page of the evidence, from 1; pages of supplements are counted on; empty without evidence.")
]
Start = Annotated[
    Count | None, About("First character of the evidence in the paper's text, from 0; empty without evidence.")
]
End = Annotated[Count | None, About("Character behind the evidence in the paper's text; empty without evidence.")]
Boxes = Annotated[
    str,
    About("Lines of the evidence as JSON: page, and left, bottom, right and top in points; empty without evidence."),
]
Candidate = Annotated[str, About("The model's value where it is not reported; else empty.")]
PNull = Annotated[
    Probability | None, About('Probability of "not reported" in the model, from 0 to 1; empty without an answer.')
]
Reviewer = Annotated[str, About("Name of the reviewer or reviewers; empty if none is named.")]
EvidenceFile = Annotated[
    str, About("File of the PDF with the evidence, the paper's or a supplement's; empty without evidence.")
]
EvidencePage = Annotated[
    Ordinal | None, About("Page of the evidence in evidence_file, from 1; empty without evidence.")
]
SameSample = Annotated[str, About("Name of another experiment with the same participants; empty if none is known.")]
Category = Annotated[str, About("Category of findings under which the model reported it.")]
Description = Annotated[str, About("What it is, in the model's words.")]
Importance = Annotated[str, About("How important the model considers it: high, medium or low.")]
Note = Annotated[str, About("The reviewer's note; empty if there is none.")]
Date = Annotated[str, About("Day or time of the correction, in ISO 8601; empty if it has none.")]
