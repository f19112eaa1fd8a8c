"""What a file says on its first page where it is the supplement of a paper, and the title of the paper it names."""

import re
from collections.abc import Iterator

from designspace.parsing.citation.front import Front, Row
from designspace.parsing.citation.names import by_line, plain

_NOUN = (
    r"(?:information|materials?|data|methods|text|notes?|figures?|tables?|results|appendix|files?|documents?|content"
    r"|discussion|experiments?)"
)
_KIND = (
    r"(?:(?:online|electronic|web|on-line)[ -]*)?(?:"
    rf"(?:supplement(?:al|ary)|supporting)(?: (?:online|digital))?(?: {_NOUN}(?:(?:,| and|,? &) {_NOUN})*)"
    rf"|supplements?(?: {_NOUN})?|(?:SI )?appendix|SI {_NOUN})"
    r"(?: ?S?\d{1,2}| [A-Z])?"
    r"|S\d{1,2} (?:text|file|appendix|methods)|additional file \d{1,2}"
)
MARK = re.compile(rf"(?:{_KIND})(?=\W*$|\W*[:.–—]| (?:for|to|of|accompanying)\b)", re.IGNORECASE)
AT_THE_END = re.compile(rf"\W* [-–—|:(] ?(?:{_KIND})\W*$", re.IGNORECASE)
ELSEWHERE = re.compile(r"available|can be found|accompanies|this (?:article|paper)|https?:|www\.", re.IGNORECASE)
JOINT = re.compile(r"\W*(?:(?:for|to|of|accompanying)(?: the (?:article|paper|manuscript)s?)?\b)?\W*", re.IGNORECASE)
HEAD = 8  # rows of a first page among which a supplement says that it is one
SHORTEST = 15  # letters of a title that is a paper's alone
MOST_ROWS = 3  # of a title that is printed like the text


def heading(front: Front, title: str) -> str:
    """The text with which a file calls itself a supplement, empty where it does not; `title` is its title. What has an
    abstract only mentions its supplement."""
    if any(plain(row.text) == "abstract" for row in front.page(1)):
        return ""
    for text in (*(row.text for row in front.page(1)[:HEAD]), title):
        if (MARK.match(text) or AT_THE_END.search(text)) and not ELSEWHERE.search(text):
            return text
    return ""


def named(title: str) -> str:
    """The title of a supplement without the words that call it one, or as it is where nothing else is left."""
    own = AT_THE_END.sub("", title)
    if mark := MARK.match(own):
        own = JOINT.sub("", own[mark.end() :], count=1).strip(" .\"'“”‘’")
    return own if len(plain(own)) >= SHORTEST else title


def names(front: Front, title: str) -> list[str]:
    """What a supplement may mean as its paper's title, in plain letters: its own title, or where that is none, what
    stands behind the words that call it a supplement."""
    own = named(title)
    if not MARK.match(own):
        return [plain(own)] if len(plain(own)) >= SHORTEST else []
    rows = front.page(1)
    start = next((index for index, row in enumerate(rows[:HEAD]) if MARK.match(row.text)), len(rows))
    return sorted(_runs(rows[start : start + 1 + MOST_ROWS]), key=len)


def _runs(rows: list[Row]) -> Iterator[str]:
    text = ""
    for row in rows:
        if by_line(row.marked)[1] > 0.6:
            return
        text += plain(JOINT.sub("", MARK.sub("", row.text), count=1))
        if len(text) >= SHORTEST:
            yield text
