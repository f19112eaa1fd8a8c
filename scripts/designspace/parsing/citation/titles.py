"""The title of a paper and its authors: the rows that look like a title, and what else in the file agrees with them."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from designspace.parsing.citation.front import Front, Row
from designspace.parsing.citation.names import by_line, plain
from designspace.parsing.glyphs import RAISED

COVER = re.compile(
    r"article was downloaded|stable url|terms of use|non-?commercial use only|most recent version|scroll down for"
    r"|openly available|see discussions, stats|inserted by evaluation|citable link|you may also like|to link to this"
    r"|online version of this article|to subscribe to|email alert|author profiles|open access archive"
    r"|for personal use"
    r"|provided by|deposited|repository|(?:re)?printing of this|publication details|subscription information"
    r"|to cite this (?:article|version)|graphical abstract|rights and permissions|archived version",
    re.IGNORECASE,
)
HEADING = re.compile(
    r"(?:original|research|review|regular|short|brief|rapid|full|open|special|invited|target|empirical|mini)?"
    r"[- ]*(?:research |review |original )?(?:articles?|papers?|reports?|communications?|reviews?|notes?|letters?"
    r"|contents|abstract|introduction|summary|highlights|open access|references|method(?:s|ology)?|results|discussion"
    r"|keywords|significance(?: statement)?|background|title|in brief|authors?|perspectives?|commentary|editorial"
    r"|feature|manuscripts?|accepted manuscript|author'?s? manuscript|in press|article in press|correspondence|access"
    r"|supplementary (?:information|materials?)|supporting information|focus|viewpoint|opinion|data)s?[:.]?",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"universi|department|institut|school of|laborator|hospital|faculty|college|@|https?:|www\.|\bdoi\b|issn|©"
    r"|copyright|all rights|received|accepted|published|volume \d|vol\. ?\d|downloaded|correspond|licen[cs]e|et al\b"
    r"|preprint|contents lists|homepage|academic editor|\bpp\. ?\d|e-?mail|\d{4}[;,] ?\d+ ?[:(]|^arxiv"
    r"|\d+ ?\(\d{4}\)|\(\d{4}\) ?[\dx]|^authors?:|stable url|article id",
    re.IGNORECASE,
)
FOOTNOTE = re.compile(r"[a-z*](?=(?:The|This|Support|Address|Present|Correspond|Portions|We|I) ?)")
OPEN = re.compile(r"^OPEN(?: ACCESS)? (?=[A-Z]?[a-z]?\w* ?[a-z])")
JOURNAL = re.compile(r"(?:the )?(?:international |\w+ )?(?:journal|annals|archives|proceedings) of\b", re.IGNORECASE)
JOURNAL_END = re.compile(r"\b(?:reviews|letters|transactions|journal|bulletin|quarterly|magazine)$", re.IGNORECASE)
LABEL = re.compile(r"^(?:full |running |article )?title\s*:?\s+(?=\S)", re.IGNORECASE)
MOST_ROWS = 6


@dataclass
class Title:
    """A candidate: its text, its rows, a score, and the places that speak for it."""

    text: str
    rows: list[Row]
    score: float
    places: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    author_places: list[str] = field(default_factory=list)
    by_line: Row | None = None


def is_cover(front: Front, number: int) -> bool:
    """Whether a page was put before the paper by a publisher, an archive or a repository."""
    rows = front.page(number)
    text = "\n".join(row.text for row in rows)
    hits = len({hit.casefold() for hit in COVER.findall(text)})
    return len(text) < 6000 and (hits > 1 or (hits == 1 and len(rows) < 45)) and front.n_pages > 1


def find_title(front: Front) -> Title | None:
    """The best Title of a Front with its authors, or None where nothing looks like one."""
    covers = {number for number in list(front.heights)[:2] if is_cover(front, number)}
    pages = list(front.heights)[: 2 + len(covers)]
    candidates = [title for number in pages for title in _candidates(front, number, number in covers)]
    if not candidates:
        return None
    _agree(front, candidates, covers)
    best = max(candidates, key=lambda title: title.score)
    for other in sorted(candidates, key=lambda title: -title.score):
        if plain(other.text) == plain(best.text) and other is not best:
            best.places += [place for place in other.places if place not in best.places]
            if len(other.authors) and (not best.authors or best.rows[0].page in covers):
                best.authors, best.author_places = other.authors, other.author_places
    return best


def join(rows: list[Row]) -> str:
    """The text of rows that follow each other: a hyphen at the end of one belongs to its word."""
    text = ""
    for row in rows:
        part = row.text
        if text.endswith(("-", "\u2010", "\ufffe")) and part[:1].islower():
            text = text[:-1] + ("-" if _compound(text) else "") + part
        else:
            text += (" " if text and not text.endswith(("-", "–", "—", "/")) else "") + part
    return text.strip()


def _compound(text: str) -> bool:
    return text.rsplit(" ", 1)[-1][:-1].casefold() in ("non", "self", "decision", "long", "short", "high", "low", "re")


def blocks(rows: list[Row]) -> list[list[Row]]:
    """Runs of rows of one style under one another, as a heading of several rows is printed."""
    done: set[int] = set()
    result: list[list[Row]] = []
    for start, row in enumerate(rows):
        if start in done:
            continue
        block = [row]
        leading: float | None = None
        for index in range(start + 1, min(start + 40, len(rows))):
            below, last = rows[index], block[-1]
            if index in done or len(block) >= MOST_ROWS + 2:
                continue
            step = last.bottom - below.bottom
            overlap = min(last.right, below.right) - max(last.left, below.left)
            limit = 1.75 * row.size if leading is None else 1.25 * leading
            if overlap > 0 and 0.5 * row.size < step <= limit and _same_style(last, below):
                block.append(below)
                done.add(index)
                leading = step
        result.append(block)
    return result


def _same_style(one: Row, other: Row) -> bool:
    tolerance = 0.06 if one.size < 12 else 0.12
    if not abs(one.size - other.size) <= tolerance * one.size or one.bold != other.bold:
        return False
    return len({_in_capitals(one.text), _in_capitals(other.text)} - {None}) < 2


@lru_cache(maxsize=1000)  # a row is compared with several others
def _in_capitals(text: str) -> bool | None:
    """Whether a text is in capitals; None if it has too few letters to tell."""
    return text.isupper() if sum(map(str.isalpha, text)) > 6 else None


def _candidates(front: Front, number: int, cover: bool) -> list[Title]:
    rows = front.page(number)
    height, body = front.heights[number], front.body
    notes = [match.group() for row in rows if row.top < 0.5 * height and (match := FOOTNOTE.match(row.text))]
    result = []
    for block in blocks(rows):
        block = _trimmed(block)
        text = OPEN.sub("", LABEL.sub("", join([replace(row, text=_bare(row)) for row in block])))
        words = re.findall(r"[^\W\d_]{2,}", text)
        letters = sum(map(str.isalpha, text))
        if not 1 < len(words) < 50 or letters < 0.6 * len(text.replace(" ", "")) or len(text) < 10:
            continue
        if HEADING.fullmatch(text) or len(block) > MOST_ROWS or block[0].bottom < 0.12 * height:
            continue
        text = text[:-1] if text[-1] in notes else text
        title = Title(text, block, 0.0, [f"page {number}, title by size"])
        title.score = _look(title, block, words, body, height)
        if LABEL.match(join(block)) or re.fullmatch(r"title:?", _above(rows, block), re.IGNORECASE):
            title.score += 4
        _find_authors(title, rows, number, body)
        if not cover:
            title.score += 1
        result.append(title)
    return result


def _look(title: Title, block: list[Row], words: list[str], body: float, height: float) -> float:
    """How much a block looks like a title: larger than the text, high on its page, of a title's length."""
    size = block[0].size
    score = 4 * min(max(size / body - 1, -0.5), 1.1) + 0.7 * block[0].bold
    score += 1.5 * (block[0].top / height > 0.5) + 0.5 * (block[0].top / height > 0.7)
    score += 1.0 * (4 <= len(words) <= 30) - 1.0 * (len(words) < 3) - 1.0 * (block[0].top / height > 0.94)
    score -= 2.5 * bool(ADDRESS.search(title.text)) + 1.0 * (not title.text[0].isupper())
    score -= 2.0 * (by_line(title.rows[0].marked)[1] > 0.6) + 1.5 * title.text.endswith((",", ";"))
    score -= 5.0 * bool(JOURNAL.match(title.text)) + 2.0 * (len(words) < 8 and bool(JOURNAL_END.search(title.text)))
    return score - 1.0 * (title.text.endswith(".") and len(words) > 20)


def _trimmed(block: list[Row]) -> list[Row]:
    """A block without its labels above and without the by-line or address below, where their style is the title's."""
    while len(block) > 1 and (HEADING.fullmatch(block[0].text) or ADDRESS.search(block[0].text)):
        block = block[1:]
    for index, row in enumerate(block[1:], 1):
        names, weight = by_line(row.marked)
        if weight > 0.6 and (len(names) > 1 or RAISED in row.marked) or ADDRESS.search(row.text):
            return block[:index]
    return block


def _bare(row: Row) -> str:
    """The text of a row without the footnote mark at its end."""
    text = row.text
    marks = len(row.marked) - len(row.marked.rstrip(RAISED + " "))
    if marks and row.marked.rstrip(RAISED + " ") and RAISED in row.marked[-marks:]:
        text = text[: len(text) - row.marked[-marks:].count(RAISED)]
    return re.sub(r"\s*[*∗†‡§¶#]+$", "", text).strip()


def _above(rows: list[Row], block: list[Row]) -> str:
    index = rows.index(block[0])
    return rows[index - 1].text if index else ""


def _find_authors(title: Title, rows: list[Row], number: int, body: float) -> None:
    """The by-line nearest to a title, below it or above."""
    left, right = min(row.left for row in title.rows), max(row.right for row in title.rows)
    rows = [row for row in rows if row.left < right and row.right > left and row not in title.rows]
    below = [row for row in rows if row.top < title.rows[-1].bottom + 2][:14]
    above = [row for row in rows if row.bottom > title.rows[0].top - 2][-3:]
    best, best_weight = [], 0.0
    for place, near in (("below", below), ("above", above)):
        for distance, row in enumerate(near):
            names, weight = _names_from(near, distance)
            far = distance if place == "below" else 1 + len(near) - distance
            weight -= 0.06 * far + 0.25 * (place == "above") + 0.2 * (row.size < 0.85 * body) - 0.2 * (far == 0)
            if names and weight > best_weight:
                best, best_weight, title.by_line = names, weight, row
                title.author_places = [f"page {number}, by-line {place} the title"]
    title.authors = best
    title.score += 3 * best_weight


def _names_from(rows: list[Row], start: int) -> tuple[list[str], float]:
    """(names, weight) of the by-line that begins with a row: its rows, and those of the same style that follow."""
    first = rows[start]
    names, weight = by_line(first.marked)
    if not names:
        return [], 0.0
    marked, last, misses = first.marked, first, 0
    for row in rows[start + 1 : start + 24]:
        if abs(row.size - first.size) > 0.05 * first.size or last.bottom - row.bottom > 6 * first.size:
            misses += 1
            if misses > 6:
                break
            continue
        ends = marked.rstrip().endswith((",", ";", "&", "|", " and", RAISED)) or row.marked.startswith(
            (",", "and ", "|")
        )
        longer, longer_weight = by_line(marked + (" " if _continues(marked, row) else ", ") + row.marked)
        more = len(longer) > len(names) or (ends and len(longer) == len(names) and longer != names)
        if not more or longer_weight < 0.9 * weight or ADDRESS.search(row.text):
            break
        names, weight = longer, max(longer_weight, weight)
        marked, last = marked + (" " if _continues(marked, row) else ", ") + row.marked, row
    return names, weight


def _continues(marked: str, row: Row) -> bool:
    """Whether a name goes on in the next row: the row before ends amid a list."""
    return not by_line(row.marked)[0] or marked.rstrip().endswith((",", ";"))


def _agree(front: Front, candidates: list[Title], covers: set[int]) -> None:
    """Raises the candidates that the metadata, another page, a running head or a citation line repeats."""
    info = re.sub(r"^Microsoft Word - |\.docx?$|\.pdf$", "", front.info.get("Title", ""))
    margins = [row for row in front.rows if row.page not in covers and _in_margin(front, row)]
    running = [re.sub(r"^\d+|\d+$", "", plain(row.text)) for row in margins]
    everything = {number: plain(join(front.page(number))) for number in front.heights}
    for title in candidates:
        text, page = plain(title.text), title.rows[0].page
        short = len(title.text.split()) < 5
        if plain(info) == text:
            title.score += 4
            title.places.append("metadata")
        others = [number for number in everything if number != page and {number, page} & covers]
        if len(text) > 15 and any(text in everything[number] for number in others):
            title.score += 2
        if len(title.text.split()) > 5 and everything[page].count(text) > 1:
            title.score += 2
            title.places.append("citation line")
        same = sum(head == text for head in running)
        if short and same > 1:
            title.score -= 2.5
        elif not short and any(len(head) > 12 and (head in text or text in head) for head in running):
            title.score += 1
            title.places.append("header")
        if short and any(_nearer(title, other) for other in candidates):
            title.score -= 3
    _whole(front, candidates, info)


def _in_margin(front: Front, row: Row) -> bool:
    return row.bottom > 0.9 * front.heights[row.page] or row.top < 0.1 * front.heights[row.page]


def _nearer(title: Title, other: Title) -> bool:
    """Whether another candidate stands between a title and its by-line."""
    if title.by_line is None or other.by_line is not title.by_line or other is title or other.score < 1:
        return False
    return title.rows[0].top > other.rows[0].top > title.by_line.top or title.rows[0].top < other.rows[0].top


def _whole(front: Front, candidates: list[Title], info: str) -> None:
    """The metadata's title counts where its whole text stands in rows that follow each other on a page."""
    wanted = plain(info)
    if len(wanted) < 15 or len(info.split()) < 3 or any(plain(title.text) == wanted for title in candidates):
        return
    for number in list(front.heights)[:3]:
        rows = front.page(number)
        for start in range(len(rows)):
            if not wanted.startswith(plain(rows[start].text)[:12]) or rows[start].top < 0.4 * front.heights[number]:
                continue
            for end in range(start + 1, min(start + MOST_ROWS + 1, len(rows) + 1)):
                if plain(join(rows[start:end])) == wanted:
                    title = Title(info, rows[start:end], 6.0, [f"page {number}", "metadata"])
                    _find_authors(title, rows, number, front.body)
                    candidates.append(title)
                    return
