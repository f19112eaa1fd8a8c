"""Two articles in one file, such as when one ends on the page on which the next begins: which of them is the paper."""

from typing import Any

from designspace.language import matching, sections

LETTERS = 15  # of a title that only one paper has
FEWEST = 3  # entries of a list of references


def start_of(record: dict[str, Any], title: str) -> int:
    """Where in a text record the article with a title begins, if another article with its references precedes it; 0
    otherwise, or without a title."""
    if len(matching.letters(title)[0]) < LETTERS:
        return 0
    starts = {line["start"] for page in record["pages"] for line in page["lines"]}
    start = next((start for start, _ in matching.places(record["text"], title) if start in starts), 0)
    before = sections.split(sections.between(record, 0, start))
    lists = (record["text"][one["start"] : one["end"]] for one in before if one["kind"] == "references")
    entries = sum(bool(sections.ENTRY.match(line)) for text in lists for line in text.splitlines())
    return start if entries >= FEWEST else 0  # a cover page has the heading at most


def note(record: dict[str, Any], found: list[dict[str, Any]]) -> str:
    """A sentence about the other article among the sections of a record; empty where there is none."""
    start = next((section["start"] for section in found if section.get(sections.OTHER)), None)
    if start is None:
        return ""
    page = next(page["page"] for page in record["pages"] if start < page["end"])
    return f"The PDF has another article, too, from page {page}."
