"""Which entry of the library is which paper, and the citation of a paper from all sources: the library wins.

An entry belongs to a paper by its attachment, by the DOI that the paper prints, or by title and author.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from rapidfuzz import fuzz, process

from designspace.core.contracts import Citation
from designspace.parsing.citation.names import cite, family, plain
from designspace.project.library.attachments import Files
from designspace.project.library.entries import FIELDS, Entry

LIBRARY, LOOKUP, PDF = "library", "doi.org", "pdf"  # where a field of a citation was found
SAME_TITLE = 93  # of 100, from which two titles are the same, by rapidfuzz's ratio
SHORTEST = 15  # letters of a title that only one paper has; "Editorial" is shorter


def attached(entries: Iterable[Entry], files: Mapping[str, str]) -> dict[str, list[str]]:
    """{key of an entry: its papers, in the order of its attachments}; `files` is {file: paper}. A file belongs to the
    first entry that names it."""
    folder, taken = Files(files), set()
    papers: dict[str, list[str]] = {}
    for entry in entries:
        own = [files[file] for path in entry.files if (file := folder.find(path))]
        papers[entry.key] = [paper for paper in dict.fromkeys(own) if paper not in taken]
        taken |= set(own)
    return {key: own for key, own in papers.items() if own}


def match(
    entries: list[Entry], files: Mapping[str, str], printed: Mapping[str, Citation | None]
) -> tuple[dict[str, Entry], list[Entry]]:
    """({paper: its entry}, the entries without a paper). `files` is {file: paper}, `printed` the citations that the
    papers print. An entry whose paper already has another entry, such as one that is in the library twice, is in
    neither."""
    by_key = {entry.key: entry for entry in entries}
    found = {papers[0]: by_key[key] for key, papers in attached(entries, files).items()}
    used = {entry.key for entry in found.values()}
    # A supplement also prints the title and DOI of its paper; they belong to the paper if it is in the folder.
    own = sorted((c["type"] != "supplement", paper) for paper, c in printed.items() if c)
    dois = {citation["doi"]: paper for _, paper in own if (citation := printed[paper]) and citation["doi"]}
    titles = {plain(citation["title"]): paper for _, paper in own if (citation := printed[paper])}
    for entry in entries:
        if entry.key in used:
            continue
        paper = dois.get(entry.doi) if entry.doi else None
        paper = paper or _of_title(entry, titles, printed)
        if paper:
            found.setdefault(paper, entry)
            used.add(entry.key)
    known = {one for entry in entries if entry.key in used for one in _identities(entry)}
    missing = [entry for entry in entries if entry.key not in used and known.isdisjoint(_identities(entry))]
    return found, missing


def _of_title(entry: Entry, titles: dict[str, str], printed: Mapping[str, Citation | None]) -> str | None:
    """The paper that prints the title of an entry and, if it prints authors, one of the entry's."""
    title = plain(entry.title)
    if len(title) < SHORTEST:
        return None
    families = {plain(name) for name in entry.families}
    for near, _, _ in process.extract(title, list(titles), scorer=fuzz.ratio, score_cutoff=SAME_TITLE):
        citation = printed[titles[near]]
        authors = {plain(family(name)) for name in citation["authors"]} if citation else set()
        if not authors or not families or families & authors:
            return titles[near]
    return None


def _identities(entry: Entry) -> list[tuple[str, str]]:
    """What an entry shares with another entry of the same article: its DOI, or without one its title and year."""
    title = plain(entry.title)
    return [("", entry.doi)] if entry.doi else [(title, entry.year)] if len(title) >= SHORTEST else []


def resolve(known: Iterable[tuple[str, Entry]], printed: Citation | None) -> dict[str, Any]:
    """The citation of a paper: {"citation", "title", "authors", "year", "journal", "doi", "type", "sources"}.

    Each field comes from the first of `known`, [(source, entry)], that has it, otherwise from the PDF; `sources` gives
    the source of each field, and for the PDF the place.
    """
    values: dict[str, Any] = dict.fromkeys(FIELDS, "") | {"authors": []}
    sources: dict[str, str] = {}
    families: list[str] = []
    for field in FIELDS:
        for source, entry in known:
            if value := getattr(entry, field):
                values[field], sources[field] = value, source
                families = entry.families if field == "authors" else families
                break
        else:
            if printed and (value := printed.get(field)):
                places = printed["sources"].get(field, [])
                values[field], sources[field] = value, f"{PDF}, {places[0]}" if places else PDF
    families = families or [family(name) for name in values["authors"]]
    return {"citation": cite(families, values["year"], values["title"]), **values, "sources": sources}


def as_item(paper: str, citation: Mapping[str, Any]) -> dict[str, Any]:
    """The citation of a paper that is in no library, as an item of CSL-JSON."""
    kinds = {"article": "article-journal", "preprint": "article"}
    item: dict[str, Any] = {"id": paper, "type": kinds.get(citation["type"], "document")}
    names = [(name.removesuffix(own).strip(), own) for name in citation["authors"] if (own := family(name))]
    people = [{"family": own, "given": given} if given else {"literal": own} for given, own in names]
    texts = {"title": citation["title"], "container-title": citation["journal"], "DOI": citation["doi"]}
    dates = {"issued": {"date-parts": [[int(citation["year"])]]}} if citation["year"].isdecimal() else {}
    return item | {key: value for key, value in ({"author": people} | texts | dates).items() if value}
