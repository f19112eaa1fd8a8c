"""Which papers are one work: a preprint and its article, the same article from two publishers, a supplement alone.

They are known by their DOI, or by their titles, authors and first pages. Of the versions of a work one is counted.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from designspace.parsing.citation.names import plain

SAME_TITLE = 92  # of 100, from which two titles of a first author are one, by rapidfuzz's ratio
LIKE_TITLE = 70  # from which they may be, if the first pages are alike
SAME_PAGE = 75  # from which two first pages are one
SHORTEST = 15  # letters of a title that is a work's alone
PAGE = 3000  # letters of a first page that are compared
KINDS = ("article", "preprint", "other")  # the first is counted before the others
# What tells the parts of a series apart: "Sleep and memory II" is not a version of "Sleep and memory I".
NUMBER = re.compile(r"\b(?:\d+|[ivx]+)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Paper:
    """What is known of a paper: its citation, its first page, and whether it was read and the library has it."""

    paper: str
    title: str
    families: tuple[str, ...]
    doi: str
    type: str
    first_page: str
    is_read: bool
    in_library: bool
    pages: int


def versions(papers: Iterable[Paper]) -> dict[str, str]:
    """{paper: the version of it that is counted} of all that are not counted themselves.

    An article is counted before its preprint; then what was read, what the library has, and what has more pages.
    """
    by_id = {paper.paper: paper for paper in papers if paper.type != "supplement"}
    group = {paper: paper for paper in by_id}
    for one, other in _pairs(by_id.values()):
        first, second = group[one.paper], group[other.paper]
        if first != second and _same_work(one, other):
            group = {paper: first if root == second else root for paper, root in group.items()}
    members: dict[str, list[Paper]] = defaultdict(list)
    for paper, root in group.items():
        members[root].append(by_id[paper])
    counted = {root: min(own, key=_rank).paper for root, own in members.items()}
    return {paper: counted[root] for paper, root in group.items() if paper != counted[root]}


def supplements(papers: Iterable[Paper]) -> dict[str, str]:
    """{supplement: the paper that it names on its first page, by title or DOI}, of papers that call themselves one."""
    own = list(papers)
    works = [paper for paper in own if paper.type != "supplement"]
    found = {}
    for supplement in own:
        if supplement.type != "supplement":
            continue
        page = plain(supplement.first_page)
        named = [
            work
            for work in works
            if (work.doi and work.doi == supplement.doi)
            or (len(plain(work.title)) >= SHORTEST and plain(work.title) in page)
        ]
        if named:
            found[supplement.paper] = min(named, key=_rank).paper
    return found


def _rank(paper: Paper) -> tuple[bool, int, bool, int, str]:
    kind = KINDS.index(paper.type) if paper.type in KINDS else len(KINDS)
    return (not paper.is_read, kind, not paper.in_library, -paper.pages, paper.paper)


def _pairs(papers: Iterable[Paper]) -> Iterator[tuple[Paper, Paper]]:
    """The pairs of papers that may be one work: of one DOI, one first author, or one beginning of the title."""
    alike: dict[tuple[str, str], list[Paper]] = defaultdict(list)
    for paper in papers:
        first = plain(paper.families[0]) if paper.families else ""
        for key in (("doi", paper.doi), ("author", first), ("title", plain(paper.title)[:12])):
            if key[1]:
                alike[key].append(paper)
    for group in alike.values():
        yield from combinations(group, 2)


def _same_work(one: Paper, other: Paper) -> bool:
    if one.doi and one.doi == other.doi:
        return True
    titles = plain(one.title), plain(other.title)
    if min(map(len, titles)) < SHORTEST or _numbers(one.title) != _numbers(other.title):
        return False
    first, second = ({plain(name) for name in paper.families} for paper in (one, other))
    if first and second and not first & second:
        return False
    likeness = fuzz.ratio(*titles)
    if likeness >= SAME_TITLE and (first & second or _same_page(one, other)):
        return not (one.doi and other.doi and one.type == other.type == "article") or _same_page(one, other)
    return likeness >= LIKE_TITLE and _same_page(one, other)


def _numbers(title: str) -> list[str]:
    return sorted(number.casefold() for number in NUMBER.findall(title))


def _same_page(one: Paper, other: Paper) -> bool:
    """Whether the first pages have mostly the same words in the same order."""
    pages = plain(one.first_page)[:PAGE], plain(other.first_page)[:PAGE]
    return min(map(len, pages)) > 200 and fuzz.ratio(*pages, score_cutoff=SAME_PAGE) > 0
