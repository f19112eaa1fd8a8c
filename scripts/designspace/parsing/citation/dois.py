"""The DOI that a paper prints as its own, not one of a reference, a figure or a neighbour on the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:  # a DOI of a library needs nothing that reads a PDF
    from designspace.parsing.citation.front import Front, Row
    from designspace.parsing.citation.titles import Title

DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*\s?/\s?[^\s\"<>{}|\\^`\x1f‘’“”]{2,200}")
LABEL = re.compile(
    r"(?:doi(?:\.org)?|d\.?o\.?i\.?)\s*(?::|/|\)|=)?\s*(?:https?://)?(?:dx\.)?(?:doi\.org/)?\s*$", re.IGNORECASE
)
PART = re.compile(
    r"(?:[./](?:g|t|s|fig|eq|table)\d{1,3}|[./]-?/?(?:dc\d*|supplemental|suppl?|full|pdf|abstract))$", re.IGNORECASE
)
TAIL = re.compile(
    r"(?<=[a-z0-9])(?:https?:|www\.|[a-z-]{4,}\.[a-z]+\.(?:com|org|net)).*$|(?:Downloaded|Received|Accepted|Published).*$"
)
REFERENCE = re.compile(
    r"^\s*(?:\[?\d{1,3}[\].]\s+)?[A-Z][\w'’-]+,? [A-Z]\.?.*\(?(?:19|20)\d\d[a-z]?\)?|\(\d{4}\)\.? .+\d+ ?[:(,]"
)
HEADING = re.compile(
    r"(?:\d+\.? )?(?:references(?: and notes)?|literature cited|bibliography|works cited)\.?", re.IGNORECASE
)
CITES = re.compile(
    r"\bcit(?:e|ation)\b|\bas published\b|\bview the article online|access the most recent|to link to", re.I
)
DEPOSIT = re.compile(
    r"\b(?:figshare|zenodo|dryad|dataset|deposited|supplementa\w+ (?:material|data|information) (?:is|are))\b", re.I
)
OPEN_END = ("/", ".", "-", "_", "(", "journal.", "\ufffe")


@dataclass
class Candidate:
    """A DOI, how strongly it is the paper's own, and the places it is printed at."""

    doi: str
    score: float = 0.0
    places: list[str] = field(default_factory=list)
    pages: set[int] = field(default_factory=set)


def normalise_doi(text: str) -> str:
    """A DOI in lower case, without a resolver's address and what printing adds at its end."""
    doi = re.sub(r"\s", "", unquote(text)) if "%" in text else re.sub(r"\s", "", text)
    doi = re.sub(r"^(?:https?://)?(?:dx\.)?(?:doi\.org/)?(?:doi:)?", "", doi, flags=re.IGNORECASE)
    doi = TAIL.sub("", doi)
    while True:
        shorter = PART.sub("", doi.rstrip(".,;:'’*†]}>"))
        if shorter.endswith(")") and shorter.count("(") < shorter.count(")"):
            shorter = shorter[:-1]
        if shorter == doi:
            return doi.lower()[:200]
        doi = shorter


def find_doi(front: "Front", title: "Title | None", covers: set[int]) -> Candidate | None:
    """The best Candidate of a Front, or None; `title` is the paper's Title or None, `covers` the cover pages."""
    candidates: dict[str, Candidate] = {}
    for number in front.heights:
        rows, references = front.page(number), False
        rows = rows + [row for row in front.rows if row.page == number and row.stamp]
        for index, row in enumerate(rows):
            references = references or bool(HEADING.fullmatch(row.text))
            for text, context in _texts(rows, index):
                score = _weigh(front, row, context, references, covers, title)
                candidate = candidates.setdefault(text, Candidate(text))
                if score > 0 or not candidate.places:  # among the references a paper may stand once more
                    candidate.score += score if number not in candidate.pages else min(0.3 * score, 0.5)
                place = _place(front, row, context)
                if place not in candidate.places:
                    candidate.places.append(place)
                candidate.pages.add(number)
    subject = " ".join(front.info.values())
    for candidate in candidates.values():
        if candidate.doi in subject.casefold():
            candidate.score += 3
            candidate.places.append("metadata")
    for one in candidates.values():  # addresses of a publisher end with numbers of its own
        for other in candidates.values():
            if one.doi.startswith(other.doi + "/") and other.score > 0:
                other.score, one.score = other.score + one.score, 0.0
    best = max(candidates.values(), key=lambda candidate: (candidate.score, len(candidate.doi)), default=None)
    return best if best and best.score > 0.5 else None


def _texts(rows: "list[Row]", index: int) -> Iterator[tuple[str, str]]:
    """(DOI, the text before it) of each DOI that begins in a row; it may go on in the next."""
    row = rows[index]
    for match in DOI.finditer(row.text):
        text = match.group()
        after = rows[index + 1].text.split(" ")[0] if index + 1 < len(rows) else ""
        open_end = match.end() == len(row.text) and text.endswith(OPEN_END) and not text.endswith("..")
        if open_end and re.fullmatch(r"[\w().;/:-]*\d[\w().;/:-]*", after):
            text += after
        before = row.text[: match.start()] or (rows[index - 1].text if index else "")
        if len(normalise_doi(text).partition("/")[2]) > 2:
            yield normalise_doi(text), before
    head = re.search(r"10\.\d{4,9}/?$", row.text) or re.search(r"(?:doi\.org/|doi: ?)$", row.text, re.IGNORECASE)
    if head and index + 1 < len(rows):
        start = head.group() if head.group().startswith("10.") else ""
        joined = start + rows[index + 1].text.split(" ")[0]
        if DOI.fullmatch(joined) and start:
            yield normalise_doi(joined), row.text[: head.start()]


def _weigh(front: "Front", row: "Row", before: str, references: bool, covers: set[int], title: "Title | None") -> float:
    """How strongly the place of a DOI says that it is the paper's own."""
    number, height = row.page, front.heights[row.page]
    margin = row.stamp or row.bottom > 0.9 * height or row.top < 0.12 * height
    score = 1.0 + bool(LABEL.search(before)) + 1.5 * margin
    score += 2.0 * (number == 1) + 1.0 * (number == 2)
    score += 1.5 * bool(CITES.search(before)) + 1.0 * (number in covers)
    score += 0.7 * (len(row.text) < 60)
    if title and title.rows[0].page == number:
        score += 1.0 * (row.top > title.rows[-1].bottom - 60)
    if not margin and REFERENCE.search(row.text) and not CITES.search(row.text):
        score -= 1.5
    if DEPOSIT.search(before) or DEPOSIT.search(row.text):
        score -= 5
    if references and not margin:
        score -= 5
    if number > 2 and number == max(front.heights) and not margin:
        score -= 0.0 if CITES.search(row.text) or CITES.search(before) or row.text.casefold().startswith("doi") else 3
    elif number > 2 and not margin:
        score -= 2.5
    return score


def _place(front: "Front", row: "Row", before: str) -> str:
    height = front.heights[row.page]
    if row.stamp:
        kind = "margin"
    elif row.bottom > 0.9 * height:
        kind = "header"
    elif row.top < 0.1 * height:
        kind = "footer"
    else:
        kind = "citation line" if CITES.search(before) else "text"
    return f"page {row.page}, {kind}"
