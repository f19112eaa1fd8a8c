"""A paper and its supplements become one text: they are read together and have one set of answers.

The pages of the supplements are counted on after those of the paper. `parts` says which pages belong to which.
"""

from typing import Any

Record = dict[str, Any]


def join(record: Record, supplements: list[Record]) -> Record:
    """The text record of a paper followed by those of its supplements. If the paper could not be read, its record stays
    as it is. A supplement that could not be read is left out, and `reason` says so."""
    if record["status"] != "ok" or not supplements:
        return record
    text, pages, parts = record["text"], list(record["pages"]), []
    n_pages, reasons = record["n_pages"], [record["reason"]] if record["reason"] else []
    for supplement in supplements:
        if supplement["status"] != "ok":
            reasons.append(f"Its supplement {supplement['paper']} is left out. {supplement['reason']}")
            continue
        text += "" if text.endswith("\n") or not text else "\n"
        part = {"paper": supplement["paper"], "sha256": supplement["sha256"], "start": len(text)}
        parts.append(part | {"page": n_pages + 1, "n_pages": supplement["n_pages"]})
        pages += [_moved(page, n_pages, len(text)) for page in supplement["pages"]]
        text, n_pages = text + supplement["text"], n_pages + supplement["n_pages"]
    joined = {"reason": " ".join(reasons), "n_pages": n_pages, "text": text, "pages": pages}
    return record | joined | ({"parts": parts} if parts else {})


def _moved(page: Record, pages: int, characters: int) -> Record:
    """A page that stands behind so many others, and its text behind so many characters."""
    lines = [line | {key: line[key] + characters for key in ("start", "end")} for line in page["lines"]]
    place = {key: page[key] + characters for key in ("start", "end")}
    return page | place | {"page": page["page"] + pages, "lines": lines}
