"""A library as RIS, which EndNote, Zotero and publishers export, converted into CSL-JSON."""

import re
from typing import Any

import rispy

from designspace.project.library.attachments import pdfs
from designspace.project.library.entries import SERVER, Entry, Problem, new_key

# The types of RIS in CSL; any other is a `document`.
TYPES = {
    "JOUR": "article-journal",
    "EJOU": "article-journal",
    "JFULL": "article-journal",
    "MGZN": "article-magazine",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "CHAP": "chapter",
    "BOOK": "book",
    "THES": "thesis",
    "RPRT": "report",
    "UNPB": "article",
    "DATA": "dataset",
}
# The fields of CSL, each with rispy's names for the tags of RIS; the first one that exists is used.
FIELDS = {
    "title": ("title", "primary_title"),
    "container-title": ("secondary_title", "journal_name", "alternate_title3", "alternate_title1"),
    "volume": ("volume",),
    "issue": ("number",),
    "publisher": ("publisher",),
    "DOI": ("doi",),
    "ISSN": ("issn",),
}
LISTS = [*rispy.config.LIST_TYPE_TAGS, "L1", "L2"]
BEGIN = re.compile(r"^TY  -", re.MULTILINE)


def read(text: str) -> tuple[list[Entry], list[Problem]]:
    """The entries of RIS, and the errors in it."""
    text = "\n".join(text.splitlines())
    begins = [text.count("\n", 0, match.start()) + 1 for match in BEGIN.finditer(text)]
    if not begins and text.strip():
        return [], [("the file", "it has no line `TY  -`, with which an entry begins; export it again as RIS.")]
    for line, block in zip(begins, BEGIN.split(text)[1:], strict=True):
        if not re.search(r"^ER  -", block, re.MULTILINE):
            where = f"line {line}"
            return [], [(where, "the entry that begins here has no end, a line `ER  -`; export it again as RIS.")]
    taken: set[str] = set()
    entries = []
    for record in rispy.loads(text, list_tags=LISTS):
        item = _item(record)
        key = new_key(item, taken)
        entries.append(Entry(key, {"id": key} | item, tuple(_files(record))))
    return entries, []


def _item(record: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {"type": TYPES.get(record["type_of_reference"], "document")}
    for name, tags in FIELDS.items():
        if value := next((record[tag] for tag in tags if record.get(tag)), ""):
            item[name] = value
    if SERVER.search(f"{item.get('container-title', '')} {item.get('publisher', '')}"):
        item["type"] = "article"
    if people := record.get("authors") or record.get("first_authors"):
        item["author"] = [_name(name) for name in people]
    if year := re.search(r"\d{4}", record.get("year") or record.get("publication_year") or record.get("date") or ""):
        item["issued"] = {"date-parts": [[int(year[0])]]}
    if pages := "–".join(filter(None, (record.get("start_page"), record.get("end_page")))):
        item["page"] = pages
    if urls := record.get("urls"):
        item["URL"] = urls[0]
    return item


def _name(name: str) -> dict[str, str]:
    """ "Berg, Jo van der, Jr." as a name of CSL; a name without a comma is that of an institution."""
    family, _, rest = name.partition(",")
    given, _, suffix = rest.partition(",")
    if not rest.strip():
        return {"literal": family.strip()}
    parts = {"family": family.strip(), "given": given.strip(), "suffix": suffix.strip()}
    return {key: value for key, value in parts.items() if value}


def _files(record: dict[str, Any]) -> list[str]:
    named = [*record.get("file_attachments1", []), *record.get("file_attachments2", [])]
    return [path for text in named for path in pdfs(text)]
