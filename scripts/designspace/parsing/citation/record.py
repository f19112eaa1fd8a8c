"""The citation of a paper from its PDF alone: title, authors, year, journal, DOI and type, with the places of each."""

import re
from typing import Any

from designspace.parsing.citation import supplements
from designspace.parsing.citation.dois import find_doi
from designspace.parsing.citation.front import Front, read_front
from designspace.parsing.citation.names import cite, family, plain
from designspace.parsing.citation.sources import Evidence, Sources
from designspace.parsing.citation.titles import Title, find_title, is_cover

LONGEST = 500  # characters of a title; the longest of real papers have fewer
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def read_citation(data: bytes) -> dict[str, Any]:
    """The citation of a PDF given as bytes, for any bytes, as `citation_of` gives it."""
    return citation_of(read_front(data))


def citation_of(front: Front, name: str = "") -> dict[str, Any]:
    """The citation of a paper from its first pages and its last, and its year from the `name` of its file if it prints
    none:

    {"citation", "title", "authors", "year", "journal", "doi", "type", "sources"}, where `authors` is a list, `sources`
    has a list of places for each value that is not empty, and all other values are strings, empty where unknown.
    """
    covers = {number for number in list(front.heights)[:2] if is_cover(front, number)}
    title = find_title(front)
    covers |= set(range(1, title.rows[0].page)) if title else set()
    doi = find_doi(front, title, covers)
    sources = Sources(front, title, covers)
    journal, year = sources.journal(), sources.year(doi.doi if doi else "")
    found = YEAR.search(name)
    in_name = found.group() if found else ""
    values: dict[str, str | list[str]] = {
        "title": _text(title.text) if title else "",
        "authors": [_text(name) for name in title.authors] if title else [],
        "year": year.value if year else in_name,
        "journal": _text(journal.value) if journal else "",
        "doi": doi.doi if doi else "",
    }
    places = {
        "title": title.places if title else [],
        "authors": title.author_places if title else [],
        "year": _places(year) or ["name of the file"],
        "journal": _places(journal),
        "doi": doi.places if doi else [],
    }
    kind, kind_places = _kind(front, title, sources, values)
    printed = {key: [_text(place) for place in places[key][:8]] for key, value in values.items() if value}
    authors = [_text(name) for name in title.authors] if title else []
    if kind == "supplement":
        values["title"] = supplements.named(str(values["title"]))
    citation = short_citation(authors, str(values["year"]), str(values["title"]))
    return {"citation": citation, **values, "type": kind, "sources": printed | {"type": kind_places}}


def short_citation(authors: list[str], year: str, title: str = "") -> str:
    """The citation of authors whose names are printed "First Last", see `names.cite`."""
    return cite([family(name) for name in authors], year, title)


def _places(evidence: Evidence | None) -> list[str]:
    if not evidence:
        return []
    return [place for place, _ in sorted(evidence.weights.items(), key=lambda item: -item[1])]


def _kind(
    front: Front, title: Title | None, sources: Sources, values: dict[str, str | list[str]]
) -> tuple[str, list[str]]:
    """(type, places): what a file is, as far as it says so."""
    if supplements.heading(front, title.text if title else ""):
        return "supplement", ["page 1, heading"]
    if sources.server:
        return "preprint", _places(sources.server)
    for row in front.rows:
        if row.page < 3 and re.search(
            r"\bpreprint (?:submitted|server)|not (?:been )?(?:certified by )?peer[- ]review", row.text, re.I
        ):
            return "preprint", [f"page {row.page}, text"]
    if values["doi"] or values["journal"]:
        return "article", ["doi" if values["doi"] else "journal"]
    abstract = any(plain(row.text).startswith(("abstract", "introduction")) for row in front.rows if row.page < 4)
    return ("article", ["abstract"]) if abstract and title and title.authors else ("other", [])


def _text(value: str) -> str:
    """A string fit for a table: without control characters and of bounded length."""
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())[:LONGEST]
