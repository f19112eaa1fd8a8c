"""A library as BibTeX, which every reference manager exports, converted into CSL-JSON."""

import re
from typing import Any

import pybtex.errors
from pybtex.database import Entry as BibEntry
from pybtex.database import Person
from pybtex.database.input import bibtex
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from designspace.project.library.attachments import pdfs
from designspace.project.library.entries import SERVER, Entry, Problem

# The types of BibTeX and BibLaTeX in CSL; any other is a `document`.
TYPES = {
    "article": "article-journal",
    "book": "book",
    "booklet": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "mastersthesis": "thesis",
    "phdthesis": "thesis",
    "proceedings": "book",
    "report": "report",
    "techreport": "report",
    "thesis": "thesis",
}
# The fields of CSL, each with the corresponding fields of BibTeX; the first one that exists is used.
FIELDS = {
    "title": ("title",),
    "container-title": ("journal", "journaltitle", "booktitle"),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "page": ("pages",),
    "publisher": ("publisher", "school", "institution", "organization"),
    "DOI": ("doi",),
    "URL": ("url",),
    "ISSN": ("issn",),
    "ISBN": ("isbn",),
}
VERBATIM = ("DOI", "URL")  # in which a % or a _ is not LaTeX
# A letter in a path by Mendeley: {\"{u}}, {\'E}, {\O}.
LETTER = re.compile(r"\{\\(?:[A-Za-z]+|[^\w\s{}])\s*(?:\{\\?\w*\}|\w)?\}")
PREPRINT = ("eprinttype", "archiveprefix", "howpublished", "note", "publisher", "institution", "journal")


def read(text: str) -> tuple[list[Entry], list[Problem]]:
    """The entries of BibTeX, and the errors in it."""
    with pybtex.errors.capture() as errors:
        try:
            database = bibtex.Parser().parse_string(text)
        except PybtexError as error:
            errors.append(error)
            database = None
    problems = [
        ("the file", f"{_sentence(error)}; correct it there, or export it again as BibTeX.") for error in errors
    ]
    if database is None or problems:
        return [], problems
    entries = []
    for key, entry in database.entries.items():
        try:
            entries.append(Entry(key, _item(key, entry), tuple(pdfs(_paths(entry)))))
        except PybtexError as error:
            problems.append((f"entry {key}", _sentence(error)))
    if not entries and not problems and text.strip():
        problems.append(("the file", "it has no entry of BibTeX; export it again as BibTeX."))
    return entries, problems


def _sentence(error: PybtexError) -> str:
    return f"{' '.join(str(error).split()).rstrip('.')}; correct it there, or export it again as BibTeX."


def _item(key: str, entry: BibEntry) -> dict[str, Any]:
    item: dict[str, Any] = {"id": key, "type": TYPES.get(entry.type.lower(), "document")}
    if item["type"] in ("article-journal", "document") and any(
        SERVER.search(entry.fields.get(name, "")) for name in PREPRINT
    ):
        item["type"] = "article"
    for name, fields in FIELDS.items():
        if value := _field(entry, *fields):
            item[name] = value.replace("\\", "") if name in VERBATIM else _plain(value)
    for role in ("author", "editor"):
        if people := [_name(person) for person in entry.persons.get(role, []) if str(person) != "others"]:
            item[role] = people
    if year := re.search(r"\d{4}", _field(entry, "year", "date")):
        item["issued"] = {"date-parts": [[int(year[0])]]}
    return item


def _field(entry: BibEntry, *names: str) -> str:
    """The first of some fields that the entry has, either itself or from the entry that it refers to."""
    return next((entry.fields[name] for name in names if entry.fields.get(name, "").strip()), "")


def _paths(entry: BibEntry) -> str:
    return LETTER.sub(lambda letter: _plain(letter[0]), _field(entry, "file", "pdf"))


def _plain(text: str) -> str:
    r"""What LaTeX prints: "{M}{\"u}ller \& {DNA}" is "Müller & DNA". The commands of fonts go, their text stays."""
    text = re.sub(r"\\(?:text\w\w|emph|mathrm|textsuperscript|textsubscript)\s*(?=\{)", "", text)
    text = re.sub(r"(\\[`'^\"~=]\s*\{?)\\([ij])(?![A-Za-z])\s*", r"\1\2", text)  # an accent replaces the dot
    plain = str(Text.from_latex(text)).replace("\xa0", " ").replace("--", "–")
    return " ".join(plain.replace("{", "").replace("}", "").split())


def _name(person: Person) -> dict[str, str]:
    given = _plain(" ".join(person.first_names + person.middle_names))
    particle, suffix = _plain(" ".join(person.prelast_names)), _plain(" ".join(person.lineage_names))
    family = _plain(" ".join(person.last_names))
    if not given and not particle and " ".join(person.last_names).startswith("{"):
        return {"literal": family}  # an institution: its braces keep it in one piece
    name = {"family": family, "given": given, "non-dropping-particle": particle, "suffix": suffix}
    return {key: value for key, value in name.items() if value}
