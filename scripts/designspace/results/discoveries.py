"""From the findings of the papers to discoveries: findings with the same name are one discovery."""

import re
from collections import Counter, defaultdict
from typing import Any

from designspace.language.values import as_text
from designspace.results.columns import fill
from designspace.results.rows import DiscoveryRow, FindingRow

IMPORTANCE = ("high", "medium", "low")


def key(name: str) -> str:
    """The part that two names of one finding share: their words in lower case and in the singular (a plural s is
    dropped, but not that of -ss, -us, -is), in alphabetical order, without articles and `of`: tilt_of_the_tablets =
    tablet_tilt."""
    words = [word for word in re.split(r"[\W_]+", name.lower()) if word not in ("", "a", "an", "the", "of")]
    plural = re.compile(r"(?<=\w\w[^sui])s$")
    return " ".join(sorted(plural.sub("", word) for word in words)) or name


def merge(findings: list[dict[str, Any]]) -> tuple[list[DiscoveryRow], list[FindingRow]]:
    """Rows of discoveries and of findings. Findings whose names have the same `key` are one discovery. Its name,
    category and unit are the most common ones, its importance is the highest; description and evidence are those of the
    most important finding, and among equally important ones those of the most confident."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in findings:
        groups[key(finding["name"])].append(finding)
    discoveries: list[DiscoveryRow] = []
    rows: list[FindingRow] = []
    for group in groups.values():
        discovery = _discovery(group)
        discoveries.append(discovery)
        texts = ({"value": as_text(finding.get("value")), "discovery": discovery["name"]} for finding in group)
        rows += [fill(FindingRow, text, finding) for text, finding in zip(texts, group, strict=True)]
    discoveries.sort(key=lambda row: (-row["n_papers"], IMPORTANCE.index(row["importance"]), row["name"]))
    return discoveries, sorted(rows, key=lambda row: (row["paper"], row["item"]))


def _discovery(group: list[dict[str, Any]]) -> DiscoveryRow:
    """The row of the discovery that these findings have in common."""
    best = min(group, key=lambda one: (IMPORTANCE.index(one["importance"]), -(one.get("confidence") or 0)))
    values = defaultdict(list)
    for finding in group:
        values[finding["paper"]].append(f"{as_text(finding.get('value'))} {finding.get('unit') or ''}".strip())
    return fill(
        DiscoveryRow,
        best,
        **{field: _commonest(group, field) for field in ("name", "category", "unit")},
        n_papers=len(values),
        papers="; ".join(values),
        values="; ".join(f"{paper}: {', '.join(texts)}" for paper, texts in values.items()),
        evidence_paper=best["paper"],
        evidence_citation=best["citation"],
    )


def _commonest(group: list[dict[str, Any]], field: str) -> str:
    counts = Counter(finding.get(field) or "" for finding in group)
    return min(counts, key=lambda value: (-counts[value], value))
