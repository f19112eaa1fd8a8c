"""Journal and year of a paper: what its headers, footers and citation lines print, and how far they agree."""

import re
from dataclasses import dataclass, field

from designspace.parsing.citation.front import Front, Row
from designspace.parsing.citation.journals import KEYWORD, MONTH, START, abbreviates, clean, is_journal
from designspace.parsing.citation.names import family, plain
from designspace.parsing.citation.titles import Title, join

YEAR = re.compile(r"(?<![\d/.-])(?:19[3-9]\d|20[0-4]\d)(?![\d/]|\.\d|-\d{4})")
# Volume and pages, in the orders that journals print them with the year.
VOLUME = re.compile(
    r"\(?(?:19|20)\d\d\)?[,;:.]?\s*\d{1,4}\s*(?:\(\w[\w –-]*\)|[,:;]\s*(?:pp?\.?\s*)?[a-z]?\d)"
    r"|\b\d{1,4}(?:\.\d+| ?\(\d[\w–-]*\))?,?\s*\((?:" + MONTH + r"\s*)?(?:19|20)\d\d\)"
    r"|\b\d{1,4}\s*(?:\(\w[\w–-]*\))?\s*[,:]\s*[a-z]?\d+(?:\s*[–-]\s*[a-z]?\d+)?\s*[,;(]\s*\(?(?:19|20)\d\d"
    r"|\bxx+\s*\((?:19|20)\d\d\)|\bpages \d+\s*[–-]\s*\d"
    r"|\bvol(?:ume|\.)?\s*(?:\d+|[xivlc]+)\b"
    r"|(?:19|20)\d\d\s*[;:,]\s*(?:page \d+ of|\d{1,4}\s*[:–(-])",
    re.IGNORECASE,
)
CITED = re.compile(r"et al\.?,? \(?\d{4}|[A-Z]\w+, \d{4}[a-z]?[;)](?! ?\d)")
DOWNLOAD = re.compile(
    r"download|access(?:ed|ion)|licen[cs]e|permission|printed (?:from|on)|reprint|available at|at: \d\d:", re.I
)
SERVERS = (
    *[
        "bioRxiv",
        "medRxiv",
        "arXiv",
        "PsyArXiv",
        "ChemRxiv",
        "SocArXiv",
        "EarthArXiv",
        "engrXiv",
        "SSRN",
        "Authorea",
        "HAL",
    ],
    *("Research Square", "OSF Preprints", "Preprints.org"),
)
SERVER = re.compile(rf"\b(?:{'|'.join(map(re.escape, SERVERS))})\b", re.IGNORECASE)
ARXIV = re.compile(r"\barXiv:\s?(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.IGNORECASE)
CITE = re.compile(
    r"\bcit(?:e|ed) (?:this|as)|\bto cite\b|\bcitation:|\bcitation\b(?= [A-Z])|\breference:|\bcite:", re.IGNORECASE
)
DATED = (
    (re.compile(r"©|\(c\)|�c |copyright", re.I), 2.0, "copyright line"),
    (re.compile(r"publi(?:shed|cation)|available online|posted|advance access|online", re.I), 2.0, "publication date"),
    (re.compile(r"accepted", re.I), 1.0, "acceptance date"),
    (re.compile(r"received|submitted|revised", re.I), 0.4, "submission date"),
)


@dataclass
class Evidence:
    """A value with the weight of each kind of place that prints it: {place: weight}."""

    value: str
    weights: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return sum(self.weights.values())

    def add(self, place: str, weight: float) -> None:
        self.weights[place] = max(weight, self.weights.get(place, 0.0))


class Sources:
    """Collects what a Front prints about its journal and year; `title` is its Title or None."""

    def __init__(self, front: Front, title: Title | None, covers: set[int]) -> None:
        self.front, self.title, self.covers = front, title, covers
        self.journals: dict[str, Evidence] = {}
        self.years: dict[str, Evidence] = {}
        self._own = plain(title.text) if title else ""
        self._families = {plain(family(name)) for name in title.authors} if title else set()
        self._running = self._running_lines()
        self.server = self._server()
        for number in front.heights:
            rows = front.page(number)
            for row in rows:
                self._row(rows, row)
            self._repeated_title(number, rows)
        for row in front.rows:
            if row.stamp:
                self._row([row], row)
        self._metadata()

    def journal(self) -> Evidence | None:
        """The best Evidence for the journal, or None where nothing is strong enough."""
        if self.server:
            return self.server
        for one in self.journals.values():
            for other in self.journals.values():
                if one is not other and abbreviates(other.value, one.value):
                    one.add(f"agrees with {other.value}"[:80], 0.6 * other.score)
        best = max(self.journals.values(), key=lambda evidence: (evidence.score, len(evidence.value)), default=None)
        return best if best and best.score >= 2.5 else None

    def year(self, doi: str) -> Evidence | None:
        """The best Evidence for the year, or None; `doi` may name one that is printed too."""
        created = re.search(r"(?:19|20)\d\d", self.front.info.get("CreationDate", ""))
        for evidence in self.years.values():
            if re.search(rf"(?<!\d){evidence.value}(?!\d)", doi):
                evidence.add("DOI", 0.7)
            if created and created.group() == evidence.value:
                evidence.add("metadata", 0.5)
        best = max(self.years.values(), key=lambda evidence: evidence.score, default=None)
        return best if best and best.score >= 0.9 else None

    def _row(self, rows: list[Row], row: Row) -> None:
        place, weight = self._zone(rows, row)
        if not weight or DOWNLOAD.search(row.text):
            return
        volume = VOLUME.search(row.text)
        near = _near(rows, row)
        beside = any(VOLUME.search(other.text) for other in near)
        labelled = any(re.fullmatch(r"journal(?: title)?:?|published in:?", other.text, re.I) for other in near)
        segments = re.split(r" / | ?\| ?|[•·—]| {3}|; (?=[A-Z\d])|\. (?=doi)", row.text)
        for segment in segments:
            start = START.search(segment)
            name = segment[: start.start()] if start else segment
            if START.match(segment):  # "14 JUNE 2002 VOL 296 SCIENCE", "345 Human Movement Science"
                name = re.sub(r"^.*\d[\w)]*\W+(?=\D+$)", "", re.sub(r"(?:www|https?:)\S*", "", segment))
            dated = YEAR.search(row.text) and (start or len(segments) > 1 and segment is segments[0])
            own = 3.0 if (volume and start) or beside else 2.0 if dated else 0.8
            if labelled:
                name, own = name.title() if name[:1].isupper() else "", 5.0  # a repository's cover page labels it
            self._propose(name, place, own * weight)
        self._date(row, place, weight, volume)

    def _zone(self, rows: list[Row], row: Row) -> tuple[str, float]:
        """(place, weight) of a row as a witness; weight 0 for a row of the running text."""
        number, height = row.page, self.front.heights[row.page]
        if row.stamp:
            width = max(other.right for other in self.front.rows if other.page == number)
            edge = row.right < 0.14 * width or row.left > 0.86 * width
            return f"page {number}, margin", 1.0 if edge and not CITED.search(row.text) else 0.0
        if self.title and row in self.title.rows:
            return "", 0.0
        if number in self.covers:
            return f"page {number}, cover page", 1.0
        running = _digitless(row.text) in self._running
        first = self.title if self.title and number == self.title.rows[0].page else None
        if running or first or number < 4 and (row.size < self.front.body - 0.3 or len(row.text) < 50):
            kind = "header" if row.bottom > 0.89 * height else "footer" if row.top < 0.1 * height else ""
            if (kind or running) and len(row.text) < 200 and not CITED.search(row.text):
                return f"page {number}, {kind or 'running line'}", 1.0 if number < 3 else 0.8
        if first:
            if row.bottom > first.rows[0].top:
                return f"page {number}, above the title", 1.0
            if VOLUME.search(row.text) and len(row.text) < 110 and row.size <= self.front.body + 1:
                return f"page {number}, beside the text", 0.9
            if any(re.match(r"\W*vol(?:ume|\.)? ?\d", other.text, re.I) for other in _near(rows, row)):
                return f"page {number}, beside the text", 0.9
            if any(kind.search(row.text) for kind, _, _ in DATED) and len(row.text) < 200:
                return f"page {number}, dates", 0.7
        if number == max(self.front.heights) and re.match(
            r"(?:received|accepted|©|\W?copyright|published)\b", row.text, re.I
        ):
            return f"page {number}, dates", 0.5
        return "", 0.0

    def _running_lines(self) -> set[str]:
        """Texts, digits apart, that stand at one height of several pages."""
        pages: dict[tuple[str, int], set[int]] = {}
        for row in self.front.rows:
            if len(row.text) < 200:
                pages.setdefault((_digitless(row.text), round(row.bottom / 20)), set()).add(row.page)
        return {text for (text, _), numbers in pages.items() if len(numbers) > 1 and len(text) > 3}

    def _propose(self, name: str, place: str, weight: float) -> None:
        name = clean(name)
        if not is_journal(name) or "dates" in place:
            return
        if ". " in name and (ends := [m.end() for m in re.finditer(r"[\w-]+", name) if plain(m[0]) in self._families]):
            name = re.sub(r"^(?:\W|[A-Z]{2}\b)+", "", name[ends[-1] :])  # "Breska and Ivry. eLife"
            if not is_journal(name):
                return
        key = plain(name)
        words = {plain(word) for word in name.split()}
        if key in self._own and len(name.split()) > 2 or words & self._families and not KEYWORD.search(name):
            return
        overlap = sum(word in self._own for word in words if len(word) > 3)
        if overlap > 1 and overlap >= 0.5 * len(words):
            return
        weight += 0.8 * bool(KEYWORD.search(name))
        evidence = self.journals.setdefault(key, Evidence(name))
        evidence.add(place, weight)

    def _date(self, row: Row, place: str, weight: float, volume: re.Match[str] | None) -> None:
        years = [] if row.text.isdigit() else YEAR.findall(row.text)
        if short := re.search(r"\b\d{4}-\d{3}[\dX]/(\d\d)/?\$", row.text):
            years = years or [("19" if short.group(1) > "40" else "20") + short.group(1)]
        if (short := re.search(rf"\b\d{{1,2}} {MONTH} (\d\d)$", row.text, re.I)) and row.stamp | ("/" in row.text):
            years = years or [("19" if short.group(1) > "40" else "20") + short.group(1)]
        kind = next(((w, name) for pattern, w, name in DATED if pattern.search(row.text)), None)
        if volume and years and "vol" not in row.text.casefold() or volume and re.search(MONTH, row.text, re.I):
            self._add_year(_volume_year(volume) or next(iter(years), ""), "volume and pages", 4.0 * weight, place)
            return
        if kind and years:
            self._published(row.text, years, weight, place)
        elif years and "dates" not in place:
            self._add_year(years[0], "date", (3.0 if volume or len(row.text) < 60 else 1.5) * weight, place)

    def _published(self, text: str, years: list[str], weight: float, place: str) -> None:
        """Years of "Received 2 May 2011; accepted 4 June 2012; published 2013", each with its word."""
        for match in YEAR.finditer(text):
            before = text[: match.start()]
            after = text[match.end() : match.end() + 12]
            hits = [(hit.end(), w, name) for kind, w, name in DATED for hit in kind.finditer(before)]
            _, own, name = max(
                hits, default=(0, *next(((w, n) for k, w, n in DATED if k.search(after)), (0.5, "date")))
            )
            self._add_year(match.group(), name, own * weight, place)

    def _add_year(self, year: str, kind: str, weight: float, place: str) -> None:
        created = re.search(r"(?:19|20)\d\d", self.front.info.get("CreationDate", ""))
        if year and (not created or int(year) < int(created.group()) + 3):
            self.years.setdefault(year, Evidence(year)).add(
                f"{place} ({kind})" if kind != "volume and pages" else place, 0.01
            )
            self.years[year].add(kind, weight)

    def _repeated_title(self, number: int, rows: list[Row]) -> None:
        """Citation lines: the title stands in them, the journal after it, and the year before or after."""
        words = re.findall(r"\w+", self.title.text) if self.title else []
        if not self.title or not 3 <= len(words) <= 60:
            return
        text = join([row for row in rows if row not in self.title.rows])
        for match in re.finditer(
            r"\W*".join(r"[-\s\ufffe]*".join(map(re.escape, word)) for word in words), text, re.IGNORECASE
        ):
            before, after = text[max(0, match.start() - 400) : match.start()], text[match.end() : match.end() + 250]
            after = re.sub(r"^[\W_]*(?:In:?\s)?\W*", "", after)
            start = START.search(after)
            self._propose(after[: start.start()] if start else "", f"page {number}, citation line", 4.0)
            labelled = list(CITE.finditer(before))
            near = before[labelled[-1].end() :] if labelled else before[-60:]
            years = YEAR.findall(near) or YEAR.findall(after[:140])
            if years and (labelled or VOLUME.search(after)):
                volume = VOLUME.search(after[:140])
                year = volume and _volume_year(volume) or (years[-1] if YEAR.findall(near) else years[0])
                self._add_year(year, "citation line", 4.0, f"page {number}")

    def _metadata(self) -> None:
        """The file's subject counts where a page prints the same journal."""
        subject = self.front.info.get("Subject", "")
        start = START.search(subject)
        name = clean(subject[: start.start()] if start else subject)
        pages = " ".join(row.text for row in self.front.rows if row.page < 4)
        if is_journal(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", pages, re.IGNORECASE):
            self.journals.setdefault(plain(name), Evidence(name)).add("metadata", 3.0)
        urls = plain(" ".join(re.findall(r"\S+\.(?:com|org|net|edu|ch|uk|de|jp)\S*", pages)))
        for key, evidence in self.journals.items():
            if len(key) > 6 and key in urls:
                evidence.add("address", 1.5)

    def _server(self) -> Evidence | None:
        """The preprint server whose stamp or banner the first pages carry, as Evidence."""
        for row in self.front.rows:
            printed = SERVER.search(row.text)
            banner = "preprint" in row.text.casefold() or ARXIV.search(row.text)
            if row.page > 2 or not (printed and banner) or row.top < 0 or len(row.text) > 400:
                continue
            edge = (
                row.stamp
                or row.bottom > 0.88 * self.front.heights[row.page]
                or row.top < 0.12 * self.front.heights[row.page]
            )
            if not edge:
                continue
            name = next(name for name in SERVERS if name.casefold() == printed.group().casefold())
            if years := YEAR.findall(row.text):
                self._add_year(years[-1], "preprint server", 3.0, f"page {row.page}, stamp")
            return Evidence(name, {f"page {row.page}, stamp of the server": 6.0})
        return None


def _near(rows: list[Row], row: Row) -> list[Row]:
    """Rows directly above and below a row, or in its own line."""
    left, right, bottom, size = row.left, row.right, row.bottom, row.size
    return [
        other
        for other in rows
        if other.left < right
        and left < other.right
        and abs(other.bottom - bottom) < 2.2 * max(size, other.size)
        and other is not row
    ]


def _volume_year(volume: re.Match[str]) -> str:
    """The year of a match of VOLUME: "Science 296, 1979 (2002)" has it in brackets."""
    year = re.search(r"(?<=\()(?:19|20)\d\d(?=\))", volume.group()) or YEAR.search(volume.group())
    return year.group() if year else ""


def _digitless(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text).casefold()
