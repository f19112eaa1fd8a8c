"""The fields of metalab's specification (spec.yaml of langcog/metalab2) that need more than a number of the table.

Its reader refuses a table without one of the required fields, whatever is in it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from designspace.parsing.citation.names import family

DAYS = 365.25  # of a year, as the specification has it
LONGEST_CITE = 60  # characters of a short citation, from which the reader refuses the table
REVIEWED = {"article": "yes", "preprint": "no"}  # of the types of papers.csv; of others it is not known
YEARS = re.compile(r"\d{1,3}(?:\.\d+)?")


def of_paper(row: Mapping[str, Any]) -> dict[str, str]:
    """The fields that all rows of a paper share, from its row in papers.csv."""
    return {
        "study_ID": row["paper"],
        "short_cite": (row["citation"] or row["paper"])[:LONGEST_CITE],
        "long_cite": long_cite(row),
        "peer_reviewed": REVIEWED.get(row["type"], ""),
    }


def long_cite(row: Mapping[str, Any]) -> str:
    """The citation of a row of papers.csv in the form of the APA, as far as its parts are known."""
    names = [_inverted(name) for name in filter(None, row["authors"].split("; "))]
    who = ", & ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    when = f"({row['year']})" if row["year"] else ""
    opening = " ".join(filter(None, [who, when]))
    sentences = [part if part.endswith((".", "?", "!")) else f"{part}." for part in (opening, row["title"]) if part]
    sentences += [f"{row['journal']}."] if row["journal"] else []
    sentences += [f"https://doi.org/{row['doi']}"] if row["doi"] else []
    return " ".join(sentences)


def _inverted(name: str) -> str:
    """ "van der Berg, J." of "Jo van der Berg"."""
    own = family(name)
    given = name.removesuffix(own).split()
    return ", ".join(filter(None, [own, " ".join(f"{word[0]}." for word in given)]))


def condition(outcome: str, groups: Iterable[str]) -> str:
    """A text that no other row of the experiment has: an outcome and the groups that it is about."""
    return ": ".join(filter(None, [outcome, " vs. ".join(filter(None, groups))]))


def in_days(years: str) -> float | None:
    """The days of an age in years; None if it is not a single number."""
    return float(years) * DAYS if YEARS.fullmatch(years) else None
