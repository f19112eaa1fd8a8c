"""Which papers are one work: a preprint and its article, the same article from two publishers, a supplement alone.

They are recognized by their DOI, by the DOI that the citation of one has of the other, or by their titles, authors and
first pages. One of the versions of a work is counted.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from rapidfuzz import fuzz

from designspace.parsing.citation.names import plain

SAME_TITLE = 92  # of 100, from which two titles of one first author are the same, by rapidfuzz's ratio
SIMILAR_TITLE = 70  # from which they may be, if the first pages are similar
SAME_PAGE = 75  # from which two first pages are the same
SHORTEST = 15  # letters of a title that only one work has
PAGE = 3000  # letters of a first page that are compared
KINDS = ("article", "preprint", "other")  # the first is counted before the others
# What distinguishes the parts of a series: "Sleep and memory II" is not a version of "Sleep and memory I".
NUMBER = re.compile(r"\b(?:\d+|[ivx]+)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Paper:
    """What is known of a paper: its citation, its first page, whether it was read, and whether the library has it."""

    paper: str
    title: str
    families: tuple[str, ...]
    doi: str
    type: str
    first_page: str
    is_read: bool
    in_library: bool
    pages: int
    related: frozenset[str] = frozenset()  # DOIs of its other versions

    # Computed once: each paper is compared with many.
    @cached_property
    def plain_title(self) -> str:
        """The letters of the title."""
        return plain(self.title)

    @cached_property
    def plain_families(self) -> frozenset[str]:
        """The letters of the authors' family names."""
        return frozenset(map(plain, self.families))

    @cached_property
    def numbers(self) -> list[str]:
        """The numbers in the title, which distinguish the parts of a series."""
        return sorted(number.casefold() for number in NUMBER.findall(self.title))


def versions(papers: Iterable[Paper]) -> dict[str, str]:
    """{paper: the version of it that is counted}, for all papers that are not counted themselves.

    An article is counted before its preprint; then a paper that was read, one that the library has, and one with more
    pages.
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
    """The pairs of papers that may be one work: with the same DOI, first author, or beginning of the title."""
    candidates: dict[tuple[str, str], list[Paper]] = defaultdict(list)
    for paper in papers:
        first = plain(paper.families[0]) if paper.families else ""
        dois = (("doi", doi) for doi in {paper.doi} | paper.related)
        for key in (*dois, ("author", first), ("title", paper.plain_title[:12])):
            if key[1]:
                candidates[key].append(paper)
    for group in candidates.values():
        yield from combinations(group, 2)


def _same_work(one: Paper, other: Paper) -> bool:
    if one.doi and (one.doi == other.doi or one.doi in other.related) or other.doi in one.related:
        return True
    first, second = one.plain_families, other.plain_families
    if first and second and first.isdisjoint(second):
        return False
    titles = one.plain_title, other.plain_title
    if min(map(len, titles)) < SHORTEST or one.numbers != other.numbers:
        return False
    similarity = fuzz.ratio(*titles, score_cutoff=SIMILAR_TITLE)
    if similarity >= SAME_TITLE and (first & second or _same_page(one, other)):
        return not (one.doi and other.doi and one.type == other.type == "article") or _same_page(one, other)
    return similarity >= SIMILAR_TITLE and _same_page(one, other)


def _same_page(one: Paper, other: Paper) -> bool:
    """Whether most words of the first pages are the same and in the same order."""
    pages = plain(one.first_page)[:PAGE], plain(other.first_page)[:PAGE]
    return min(map(len, pages)) > 200 and fuzz.ratio(*pages, score_cutoff=SAME_PAGE) > 0
