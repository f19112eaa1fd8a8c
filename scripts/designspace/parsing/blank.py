"""The record of a paper without text."""

from typing import Any


def unreadable(paper: str, sha256: str, reason: str, status: str = "unreadable") -> dict[str, Any]:
    """The record of a paper without text; `sha256` is empty if not even the bytes of its PDF could be read."""
    head = {"paper": paper, "sha256": sha256, "status": status, "reason": reason}
    return head | {"n_pages": 0, "text": "", "pages": []}
