"""An entry of a library: the citation of a paper.

CSL-JSON is the form of entries in the program; BibTeX and RIS are converted into it.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from designspace.parsing.citation.dois import normalise_doi
from designspace.parsing.citation.names import cite

FIELDS = ("title", "authors", "year", "journal", "doi", "type")
ARTICLES = ("article-journal", "article-magazine", "article-newspaper", "chapter", "paper-conference", "review")
SERVER = re.compile(r"\b(?:arxiv|(?:bio|med|psy|chem|soc|eng|ed)?rxiv|psyarxiv|osf|ssrn|preprints?)\b", re.IGNORECASE)
# The relations of Crossref between the versions of a work.
SAME_WORK = ("is-preprint-of", "has-preprint", "is-version-of", "has-version", "is-identical-to")
Problem = tuple[str, str]  # the place in the file, and the error there


class _Other(msgspec.Struct):
    id: str


@dataclass(frozen=True)
class Entry:
    """An entry: its key, its item of CSL-JSON, and the paths of its PDFs as the export names them."""

    key: str
    item: dict[str, Any]
    files: tuple[str, ...] = ()

    @cached_property
    def title(self) -> str:
        """The title without markup, "" if it has none."""
        return _text(self.item, "title")

    @cached_property
    def authors(self) -> list[str]:
        """Their names as "Jo van der Berg"; the name of an institution unchanged."""
        return [" ".join(filter(None, _name(person))) for person in self._people]

    @cached_property
    def families(self) -> list[str]:
        """The family names of the authors, with their particles."""
        return [_name(person)[1] for person in self._people]

    @property
    def _people(self) -> list[dict[str, str]]:
        people: list[dict[str, str]] = self.item.get("author") or self.item.get("editor") or []
        return people

    @cached_property
    def year(self) -> str:
        """The year of publication as four digits, "" if it has none."""
        issued = self.item.get("issued") or {}
        parts = issued.get("date-parts") or [[""]]
        texts = [str(part) for part in (parts[0] or [""])[:1]] + [
            str(issued.get(key, "")) for key in ("raw", "literal")
        ]
        found = (re.search(r"(?<!\d)\d{4}(?!\d)", text) for text in texts)
        return next((match[0] for match in found if match), "")

    @cached_property
    def journal(self) -> str:
        """The journal, or the book or proceedings, in which it appeared."""
        return _text(self.item, "container-title")

    @cached_property
    def doi(self) -> str:
        """The DOI in lower case, without the address of a resolver."""
        return normalise_doi(_text(self.item, "DOI"))

    @cached_property
    def related(self) -> frozenset[str]:
        """The DOIs of other versions of the same work, as doi.org lists them under `relation`."""
        try:
            relations = msgspec.convert(self.item.get("relation"), dict[str, Any])
            of = [relations.get(kind, []) for kind in SAME_WORK]
            return frozenset(normalise_doi(other.id) for other in msgspec.convert(sum(of, []), list[_Other]))
        except (msgspec.ValidationError, TypeError):
            return frozenset()

    @cached_property
    def type(self) -> str:
        """article, preprint or other. CSL calls a preprint `article`; older exports call it a journal article or a
        report."""
        kind = self.item.get("type", "")
        server = any(SERVER.search(_text(self.item, key)) for key in ("container-title", "genre", "publisher"))
        if kind == "article" or server:
            return "preprint"
        return "article" if kind in ARTICLES else "other"

    @cached_property
    def citation(self) -> str:
        """For example "McDougle & Taylor 2019"."""
        return cite(self.families, self.year, self.title)


def new_key(entry: dict[str, Any], taken: set[str]) -> str:
    """A key for an entry of a format without keys: "mcdougle2019", or "mcdougle2019b" if that is taken."""
    of = Entry("", entry)
    first = re.sub(r"\W", "", of.families[0].casefold()) if of.families else ""
    first = first or re.sub(r"\W", "", of.title.casefold())[:20] or "entry"
    keys = (f"{first}{of.year}{letter}" for letter in ["", *"bcdefghijklmnopqrstuvwxyz", *map(str, range(1, 10**6))])
    key = next(key for key in keys if key not in taken)
    taken.add(key)
    return key


def _name(person: dict[str, str]) -> tuple[str, str]:
    """(given name, family name with its particles)."""
    particles = (person.get("dropping-particle", ""), person.get("non-dropping-particle", ""))
    family = " ".join(filter(None, [*particles, person.get("family", "")]))
    return person.get("given", "").strip(), family or person.get("literal", "").strip()


def _text(item: dict[str, Any], key: str) -> str:
    """A field of an item as plain text: CSL allows some tags of HTML."""
    return " ".join(re.sub(r"</?(?:i|b|sub|sup|sc|span)\b[^<>]*>", "", str(item.get(key) or "")).split())
