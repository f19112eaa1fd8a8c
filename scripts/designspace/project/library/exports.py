"""Citations as files for a reference manager or a manuscript: CSL-JSON and BibTeX, each entry under its key."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

TYPES = {
    "article-journal": "article",
    "article-magazine": "article",
    "book": "book",
    "chapter": "incollection",
    "dataset": "dataset",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
}
FIELDS = {"title": "title", "volume": "volume", "issue": "number", "page": "pages", "publisher": "publisher"}
FIELDS |= {"DOI": "doi", "URL": "url", "ISSN": "issn", "ISBN": "isbn"}
SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "{": "", "}": ""}
SPECIAL |= {sign: f"\\{sign}" for sign in "&%$#_"}


def keyed(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Items of CSL-JSON with an `id` each that is also a valid key of BibTeX and that no other item has."""
    taken: set[str] = set()
    result = []
    for item in items:
        key = re.sub(r"[^\w.:/+-]+", "_", str(item.get("citation-key") or item["id"])).strip("_") or "entry"
        while key.casefold() in taken:
            key += "_x"
        taken.add(key.casefold())
        result.append({**item, "id": key})
    return result


def csl_json(items: Iterable[Mapping[str, Any]]) -> bytes:
    """Items as a file of CSL-JSON, without fields that are not part of CSL: the attachments."""
    own = [{key: value for key, value in item.items() if key not in ("file", "attachments")} for item in items]
    return json.dumps(own, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def bibtex(items: Iterable[Mapping[str, Any]]) -> bytes:
    """Items as a file of BibTeX in UTF-8."""
    return "\n".join(map(_entry, items)).encode()


def _entry(item: Mapping[str, Any]) -> str:
    kind = TYPES.get(item.get("type", ""), "misc")
    fields = {bib: _escape(_text(item[csl])) for csl, bib in FIELDS.items() if item.get(csl)}
    for name in ("doi", "url"):  # verbatim: an address has no LaTeX
        if name in fields:
            fields[name] = re.sub(r"[{}\s]", "", str(item[name.upper()]))
    if "title" in fields:
        fields["title"] = f"{{{fields['title']}}}"  # keeps its capitals
    if container := item.get("container-title"):
        place = {"article": "journal", "misc": "howpublished"}.get(kind, "booktitle")
        fields[place] = _escape(_text(container))
    if item.get("type") == "article":
        fields["note"] = "Preprint"  # for which BibTeX has no type
    for role in ("author", "editor"):
        if people := item.get(role):
            fields[role] = " and ".join(map(_name, people))
    if parts := (item.get("issued") or {}).get("date-parts"):
        fields["year"] = _escape(str(parts[0][0]))
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{kind}{{{item['id']},\n{lines}}}\n"


def _name(person: Mapping[str, str]) -> str:
    if not person.get("family"):
        return f"{{{_escape(_text(person.get('literal', '')))}}}"
    particles = [person.get("dropping-particle"), person.get("non-dropping-particle")]
    family = " ".join(filter(None, [*particles, person["family"]]))
    return ", ".join(_escape(_text(part)) for part in (family, person.get("suffix"), person.get("given")) if part)


def _text(value: Any) -> str:
    """A value without the markup that CSL allows, on one line."""
    return " ".join(re.sub(r"</?(?:i|b|sub|sup|sc|span)\b[^<>]*>", "", str(value)).split())


def _escape(text: str) -> str:
    return "".join(SPECIAL.get(sign, sign) for sign in text)
