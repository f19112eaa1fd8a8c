"""Which files are supplements of which papers, as far as that can be known when a run is planned.

The library says so if an entry has several PDFs. So does the name of a file: `smith_2019_supp.pdf` is the supplement of
`smith_2019.pdf`. And so does its first page, if it names the title of its paper.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from pathlib import PurePosixPath

from designspace.parsing.citation.names import plain
from designspace.project.first_pages import FirstPage
from designspace.project.library import catalogue
from designspace.project.library.entries import Entry

_KIND = (
    r"(?:(?:online|electronic)[\s_-]*)?(?:supp(?:l(?:ement(?:ary|al|s)?)?)?|supporting)"
    r"(?:[\s_-]*(?:information|info|materials?|methods?|data|text|notes?|figures?|tables?|file|appendix|pdf))?"
    r"|SI|ESM|SM|(?:SI|online)?[\s_-]*appendix|S\d{1,2}"
)
MARKED = re.compile(rf"(?P<paper>.*?\w)\W*[\s_.,(\[–—-]+(?:{_KIND})[\s_.-]*(?:\d{{1,3}}|[a-z])?[)\]\s]*", re.IGNORECASE)


def find(
    files: Mapping[str, str], entries: Iterable[Entry], pages: Mapping[str, FirstPage] | None = None
) -> dict[str, str]:
    """{supplement: its paper}; `files` is {file: paper} of the folder, without copies, `pages` {paper: its first page}.

    Of an entry's PDFs, the first whose name is not that of a supplement is the paper. The library wins over the name of
    a file, and both win over its first page.
    """
    name_of = {paper: file for file, paper in files.items()}
    found: dict[str, str] = {}
    settled: set[str] = set()
    for papers in catalogue.attached(entries, files).values():
        main = next((paper for paper in papers if not _marked(name_of[paper])), papers[0])
        found |= {paper: main for paper in papers if paper != main}
        settled |= {main} | found.keys() if len(papers) > 1 or not _marked(name_of[main]) else set()
    for file, main in _by_name(files).items():
        if files[file] not in settled:
            found[files[file]] = found.get(files[main], files[main])
    known = settled | found.keys() | set(found.values())
    found = _by_first_page({paper: page for paper, page in (pages or {}).items() if paper not in found}, known) | found
    return {supplement: paper for supplement, paper in found.items() if paper not in found}


def _by_first_page(pages: Mapping[str, FirstPage], known: Set[str]) -> dict[str, str]:
    """{supplement: the one paper whose first page has the title that the supplement names}, except those already
    known."""
    works = {paper: page.page for paper, page in pages.items() if paper in known or not page.names}
    found = {}
    for supplement, (_, names) in pages.items():
        named = [[paper for paper, page in works.items() if name in page] for name in names if supplement not in known]
        if papers := next((papers for papers in reversed(named) if len(papers) == 1), []):  # that of the longest title
            found[supplement] = papers[0]
    return found


def _marked(file: str) -> re.Match[str] | None:
    return MARKED.fullmatch(PurePosixPath(file).stem)


def _by_name(files: Iterable[str]) -> dict[str, str]:
    """{file of a supplement: file of its paper}: the paper has its name without the mark, in its folder, or is the only
    such file."""
    stems: dict[str, list[str]] = defaultdict(list)
    for file in files:
        stems[plain(PurePosixPath(file).stem)].append(file)
    found = {}
    for file in files:
        if not (match := _marked(file)):
            continue
        papers = [one for one in stems.get(plain(match["paper"]), []) if not _marked(one)]
        beside = [one for one in papers if PurePosixPath(one).parent == PurePosixPath(file).parent]
        if len(beside or papers) == 1:
            found[file] = (beside or papers)[0]
    return found
