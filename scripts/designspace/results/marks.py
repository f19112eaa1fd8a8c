"""The marks of reviewers in each cell, and the value that counts: a single review, agreeing reviews, or an
adjudication.

Whether a mark accepts, corrects or rejects the model's answer follows from comparing the two.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from designspace.language import values
from designspace.language.matching import spelled
from designspace.results.corrections import ADJUDICATION, NOTE, REVIEW, Correction
from designspace.results.evaluation import CLOSE

STANDING = ("none", "first", "model")  # what a cell may contain if reviews disagree and nobody has adjudicated

Parameter = dict[str, Any]  # an entry of the library


@dataclass
class Marks:
    """The valid marks of a cell, oldest first: the last review and the last note of each reviewer."""

    reviews: list[Correction] = field(default_factory=list)
    adjudications: list[Correction] = field(default_factory=list)  # the last one decides
    notes: list[Correction] = field(default_factory=list)

    def decisions(self) -> list[Correction]:
        """The marks with a value."""
        return [*self.reviews, *self.adjudications]

    def state(self, parameter: Parameter) -> str:
        """single, agreed, disagreement or adjudicated; empty without a review."""
        if self.adjudications:
            return "adjudicated"
        if len(self.reviews) < 2:
            return "single" if self.reviews else ""
        first, *others = (values.parse(review.value, parameter) for review in self.reviews)
        return "agreed" if all(same(first, other) for other in others) else "disagreement"


Cells = dict[tuple[str, str, str], Marks]  # of a paper, by parameter, and experiment and group as `spelled`
Corrected = defaultdict[str, Cells]  # by paper


def same(one: list[values.Value], other: list[values.Value]) -> bool:
    """Whether two cells have the same values in any order: numbers within 1%, texts without regard to case."""
    left = list(other)
    for value in one:
        match = next((index for index, candidate in enumerate(left) if _equal(value, candidate)), None)
        if match is None:
            return False
        del left[match]
    return not left


def _equal(one: values.Value, other: values.Value) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return spelled(str(one)) == spelled(str(other))
    return abs(one - other) <= CLOSE * max(abs(one), abs(other))


def sort_out(
    rows: list[Correction], papers: dict[str, str], library: dict[str, Parameter]
) -> tuple[Corrected, list[dict[str, Any]]]:
    """The marks of each cell, {paper: {(parameter, experiment and group as `spelled`): marks}}, and the rows without a
    cell, each with the reason. `papers` is {any name of a paper: its id}.

    Of the rows of one reviewer for one cell, the last one counts, whichever file it is in. A row without a reviewer
    counts if nobody with a name has reviewed the cell.
    """
    last: dict[tuple[str, ...], Correction] = {}
    unused = []
    for row in rows:
        if row.paper not in papers:
            unused.append(row._asdict() | {"reason": "No PDF of the folder is this paper."})
        elif row.parameter not in library:
            unused.append(row._asdict() | {"reason": "The parameter library does not have this parameter."})
        else:
            cell = papers[row.paper], row.parameter, spelled(row.experiment), spelled(row.group)
            last.pop(key := (*cell, spelled(row.reviewer), _subject(row.kind)), None)  # moves it to the end
            last[key] = row
    corrected: Corrected = defaultdict(dict)
    for (paper, parameter, experiment, group, _, _), row in last.items():
        marks = corrected[paper].setdefault((parameter, experiment, group), Marks())
        if row.kind == REVIEW:
            marks.reviews.append(row)
        elif row.kind == ADJUDICATION:
            marks.adjudications.append(row)
        elif row.kind == NOTE and row.note:
            marks.notes.append(row)
    for cells in corrected.values():
        for marks in cells.values():
            marks.reviews = [row for row in marks.reviews if row.reviewer] or marks.reviews
    return corrected, unused


def _subject(kind: str) -> str:
    """What a row of this kind replaces: a review, an adjudication or a note of the same reviewer."""
    return kind.removeprefix("no ") or "review"


def review(answers: list[dict[str, Any]], marks: Marks, parameter: Parameter, standing: str) -> list[dict[str, Any]]:
    """The rows of one cell after its review.

    `answers` are the model's, with `value`, `status` and `candidate` as in extractions.csv. If reviews disagree, the
    cell is disputed and `standing` decides what it contains: no value, the first reviewer's, or the model's.
    """
    if not marks.decisions():
        return answers
    rows = marks.adjudications[-1:] or marks.reviews
    stamp = {
        "reviewer": "; ".join(row.reviewer for row in rows),
        "reviewed": rows[-1].date,
        "review_note": "; ".join(row.note for row in rows if row.note),
    }
    disputed = marks.state(parameter) == "disagreement"
    if not disputed:
        return _decide(answers, rows[-1].value, parameter, stamp)
    if standing == "model" and answers:
        decided = [row | {"model_value": row["value"]} | stamp for row in answers]
    else:
        decided = _decide(answers, rows[0].value if standing == "first" else "", parameter, stamp)
    return [row | {"review": "disputed"} for row in decided]


def _decide(
    answers: list[dict[str, Any]], text: str, parameter: Parameter, stamp: dict[str, str]
) -> list[dict[str, Any]]:
    """The rows of a cell that contains the values in `text`.

    Every row keeps what the model reported as its `model_value`, to which evidence and confidence still belong. Values
    that both have are accepted. The reviewer's other values replace values of the model (corrected), and the model's
    remaining values are not reported (rejected). If neither has a value and the model has no row, there is a row for
    the reviewer's answer.
    """
    wanted = list(dict.fromkeys(map(values.as_text, values.parse(text, parameter))))
    given = [row["value"] for row in answers if row["status"] == "reported"]
    if "; ".join(given).split() == text.split():
        wanted = given  # also if one of them contains a semicolon
    new = iter([value for value in wanted if value not in given])
    rows = []
    for row in sorted(answers, key=lambda row: row["status"] != "reported"):
        if row["value"] in wanted:
            value, verdict = row["value"], "accepted"
        else:
            value = next(new, "")
            verdict = "corrected" if value else "rejected" if row["value"] else "accepted"
        status, candidate = (
            ("reported", row["candidate"]) if value else ("not_reported", row["candidate"] or row["value"])
        )
        reviewed = {"value": value, "status": status, "candidate": candidate, "model_value": row["value"]}
        rows.append(row | reviewed | stamp | {"review": verdict})
    rows += [{"value": value, "status": "reported", "review": "corrected"} | stamp for value in new]
    return rows or [{"value": "", "status": "not_reported", "review": "accepted"} | stamp]
