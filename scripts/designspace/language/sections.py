"""The sections of a paper, found by its headings: numbered, in capitals, run into the text, or without any."""

import re
from collections.abc import Iterator
from statistics import median
from typing import Any, NamedTuple

from designspace.language import headings, sentences

# Headings that journals run into the text they open: "Abstract—We show …", "Funding: This work …".
_RUN_IN = re.compile(
    r"(?:(?P<marked>abstract|summary|key ?words|index terms|references|acknowledge?ments?|funding|grants|disclosures"
    r"|(?:author|competing) [a-z]+|conflicts? of interest|data (?:and code )?availability(?: statement)?"
    r"|supplementary materials?)\s*[.:—–]"
    r"|(?-i:(?P<capitals>ABSTRACT|SUMMARY|REFERENCES|ACKNOWLEDGE?MENTS?)\b))\s*(?=\S)",
    re.IGNORECASE,
)
# An entry of a reference list: perhaps a number, a surname and initials in any order, and a year somewhere.
ENTRY = re.compile(
    r"(?:[\[(]?\d{1,3}[\]).]*\s+)?(?:(?:[Vv][ao]n|[Dd]e[nr]?|[Dd][iu]|[Ll]e|[Tt]er) )*"
    r"(?:[A-Z][\w’'-]+,? (?:[A-Z]\.|[A-Z]{1,3}\b|[A-Z][a-z]+(?: [A-Z]\.)*,)|(?:[A-Z]\.[ -]?){1,3}[A-Z][\w’'-]+[, ])"
    r".*\b(?:19|20)\d\d[a-z]?\b",
    re.DOTALL,
)
_CAPTION = re.compile(r"\s*(fig(ure)?|table|box|scheme)\b", re.IGNORECASE)
# How a caption begins, not a sentence about one: "Fig. 2 | ", "Table S1: ", or the label alone.
_LABEL = re.compile(
    r"(?:supplement\w* |extended data )?(?:fig(?:ure|\.)?|table|box|scheme) ?s?\d{1,3}"
    r"(?:\s?[.:|—–]|\s*$|\s+(?-i:[A-Z]))",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")
_SUPPLEMENTARY = re.compile(r"^(?:supplement(?:ary|al)?|supporting|si|appendix(?: [a-z\d])?)\b[ :.]*")

_SHORTEST_ABSTRACT = 500  # characters of its first paragraph
_LONGEST_ABSTRACT = 4000  # characters; what is longer holds an introduction (or everything) without a heading
_PROSE = 120  # characters of a paragraph that is more than a label
_FIRST_PAGE = 5000  # characters
_SHORTEST_ARTICLE = 0.1  # of a file, that stands before the paper's references
_FRONT = 0.3  # of a paper, up to which its front matter may reach
_ARTICLE = {"introduction", "methods", "results", "discussion"}
_OPENING = ("front", "abstract", "introduction")
_INHERITED = ("introduction", "methods", "results", "discussion")

OTHER = "other_article"  # the key that marks a section of another article in the file

Section = dict[str, Any]


class Candidate(NamedTuple):
    """A line that looks like a heading: where it starts and what it says. `known_only` where only a known title may be
    a heading, `run_in` where its paragraph goes on behind it, `prose` where prose follows."""

    start: int
    title: str
    known_only: bool
    run_in: bool
    prose: bool


def split(record: dict[str, Any], article: int = 0) -> list[dict[str, Any]]:
    """Sections `{"title", "kind", "start", "end"}` of a text record, in order, covering its text without gaps.

    A heading below Methods opens a section of its own title and of kind methods; the same for the other kinds. The
    supplements of a paper have sections of their own: what stands behind its references is none. What stands before
    `article`, where the paper begins behind another one, is back matter, as an article behind the paper is; sections of
    another article have the key OTHER.
    """
    parts = [part["start"] for part in record.get("parts", [])]
    starts = [0, *([article] if article else []), *parts]
    found: list[Section] = []
    for start, end in zip(starts, [*starts[1:], len(record["text"])], strict=True):
        own = _split(between(record, start, end) if len(starts) > 1 else record, Outline(in_supplement=start in parts))
        if start < article:
            own = [{"title": "", "kind": "back", "start": 0, "end": end, OTHER: True}]
        found += [section | {key: section[key] + start for key in ("start", "end")} for section in own]
    return found


def between(record: dict[str, Any], start: int, end: int) -> dict[str, Any]:
    """The part of a text record whose text is [start, end)."""
    lines = [line for page in record["pages"] for line in page["lines"] if start <= line["start"] < end]
    moved = [line | {key: line[key] - start for key in ("start", "end")} for line in lines]
    return {"text": record["text"][start:end], "pages": [{"lines": moved}]}


def _split(record: dict[str, Any], outline: "Outline") -> list[Section]:
    """The sections of a text that is one file's."""
    text = record["text"]
    if not text:
        return []
    found: list[Section] = [{"title": "", "kind": "front", "start": 0}]
    resumed: set[int] = set()
    resume: tuple[int, Section] | None = None  # where a footnote ends, and the section that it interrupts
    for candidate in _candidates(record):
        if resume and candidate.start >= resume[0]:
            found.append(resume[1] | {"start": resume[0]})
            resumed.add(resume[0])
            resume = None
        depth, current = candidate.start / len(text), found[-1]["kind"]
        kind = outline.kind(candidate, depth, current)
        if kind is None:
            continue
        if _is_note(kind, depth, current) or resume:
            interrupted = resume[1] if resume else found[-1]
            resume = (_end_of_note(text, candidate), interrupted) if kind in ("back", "abstract") else None
        if candidate.start == 0:
            found.clear()
        found.append({"title": candidate.title, "kind": kind, "start": candidate.start})
    if resume and resume[0] < len(text):
        found.append(resume[1] | {"start": resume[0]})
    if not any(section["kind"] == "references" for section in found):
        _open(found, _reference_list(text), "references")
    _second_article(found, len(text))
    _structured_abstract([section for section in found if section["start"] not in resumed])
    _opening_without_headings(found, text)
    _floats_of_references(found, text)
    ends = [section["start"] for section in found[1:]] + [len(text)]
    pairs = zip(found, ends, strict=True)
    return [section | {"end": end} for section, end in pairs if section["start"] < end]  # a resumed one may be empty


def _is_note(kind: str, depth: float, current: str) -> bool:
    """Whether a section of a kind is a footnote or a box within the section that is open."""
    if depth >= _FRONT:
        return False
    return kind == "back" and current in _OPENING or kind == "abstract" and current in _INHERITED


def _end_of_note(text: str, candidate: Candidate) -> int:
    """Where a footnote or a box of the first pages ends: with its paragraph, or with the one below its heading."""
    end = text.find("\n", candidate.start) + 1 or len(text)
    return end if candidate.run_in else text.find("\n", end) + 1 or len(text)


def _candidates(record: dict[str, Any]) -> Iterator[Candidate]:
    text = record["text"]
    lines = [line for page in record["pages"] for line in page["lines"]]
    sizes = {line["start"]: line["size"] for line in lines if line.get("size")}
    prose_sizes = [line["size"] for line in lines if line.get("size") and line["end"] - line["start"] > 30]
    body_size = median(prose_sizes or [0])
    found: dict[int, Candidate] = {}
    # A line of the page that the text ran together with what follows or precedes it.
    for line in lines:
        start, title = line["start"], text[line["start"] : line["end"]]
        if len(title) <= headings.LONGEST and headings.looks_like_heading(title) and _may_begin(text, start):
            prose = text.find("\n", start, start + _PROSE) < 0
            found[start] = Candidate(start, title, True, prose, prose)
    paragraphs = list(_PARAGRAPH.finditer(text))
    for index, match in enumerate(paragraphs):
        line = match.group().strip()
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        run_in = _RUN_IN.match(line)
        # "Funding: A grant." is short as a heading is; "SUMMARY AND OUTLOOK" begins as one that is run in.
        if run_in and line[0].isupper() and (run_in["marked"] or not headings.looks_like_heading(line)):
            found[start] = Candidate(start, run_in["marked"] or run_in["capitals"], True, True, True)
        elif headings.looks_like_heading(line):
            below = [other.group() for other in paragraphs[index + 1 : index + 4]] or [""]
            above = paragraphs[index - 1].group().rstrip() if index else ""
            # Figures are full of short lines: an unknown title counts only between two pieces of prose.
            prose = len(below[0]) > 200 and below[0].lstrip()[0].isupper() and not _CAPTION.match(below[0])
            between = prose and (len(above) < headings.LONGEST or above[-1] in ".!?”)")
            prose = any(len(paragraph) > _PROSE for paragraph in below)
            found[start] = Candidate(start, line, not between, False, prose)
    for start, candidate in sorted(found.items()):
        # Smaller than the body are labels in figures, but also capitals.
        known_only, title = candidate.known_only, candidate.title
        if not known_only or title.isupper() or sizes.get(start, body_size) >= 0.85 * body_size:
            yield candidate._replace(title=title.strip(" .:"))


def _may_begin(text: str, start: int) -> bool:
    """Whether a heading may stand here: at the beginning of a line or behind the end of a sentence."""
    before = text[max(0, start - 8) : start]
    above = before.rstrip()
    return not above or "\n" in before[len(above) :] or bool(sentences.ENDED.search(above))


class Outline:
    """What the earlier headings of a paper say about the next one.

    In a supplement, all sections are back matter by their names: "Supplementary Methods" are methods there.
    """

    def __init__(self, in_supplement: bool) -> None:
        self._in_supplement = in_supplement
        self._numbers: dict[str, str] = {}  # number of a section -> kind, so that 2.1 takes after 2
        self._styles: set[bool] = set()  # whether the main sections have Roman numbers (True), Arabic ones or both

    def kind(self, candidate: Candidate, depth: float, current: str) -> str | None:
        """The kind of the section that a candidate opens where `current` is open; None if it is not a heading.

        `depth` is its place in the text, from 0 to 1.
        """
        number, name = headings.normal(candidate.title)
        if self._in_supplement:
            name = _SUPPLEMENTARY.sub("", name) or name
        parent = number.rpartition(".")[0] if number else ""
        kind = self._known(candidate, name, depth, current)
        if kind is not None and number and not parent:
            self._styles.add(number.isalpha())
        if self._numbers.get(parent) in _INHERITED and kind not in _INHERITED:
            kind = self._numbers[parent]
        elif kind is None:
            kind = self._unknown(candidate, number, name, current)
        if kind is not None and number:
            self._numbers[number] = kind
        return kind

    @staticmethod
    def _known(candidate: Candidate, name: str, depth: float, current: str) -> str | None:
        in_front = depth < _FRONT and candidate.start < _FIRST_PAGE
        kind = headings.kind_of(name, past_front=current not in ("front", "abstract", "introduction"))
        if candidate.known_only and headings.EXPERIMENT.search(candidate.title.lower()):
            return None  # "Experiment 3 results" is as often the title of a figure
        if current == "front" and kind in ("back", "discussion", "references") and in_front:
            return None  # a masthead, a side bar or a cover page
        if kind == "abstract" and depth > _FRONT:
            of_experiment = headings.EXPERIMENT.search(candidate.title.lower())
            return "discussion" if name == "summary" and not of_experiment else None
        if current == "methods" and name.startswith(("ethic", "consent")):
            return "methods"
        return kind

    def _unknown(self, candidate: Candidate, number: str, name: str, current: str) -> str | None:
        """The kind of section that an unknown title opens: part of the methods, an experiment, or more of `current`."""
        if headings.METHODS_PART.fullmatch(name) and current not in ("abstract", "references") and candidate.prose:
            return "results" if current == "results" and headings.ANALYSIS.fullmatch(name) else "methods"
        experiment = bool(headings.EXPERIMENT.match(name))
        if candidate.known_only or current in ("references", "back"):
            return None
        if current in ("front", "abstract"):
            return "body" if experiment else None
        own = experiment and current in ("introduction", "discussion")
        main = number and "." not in number and number.isalpha() in self._styles and current in _INHERITED
        return "body" if own or main else current


def _open(found: list[Section], start: int | None, kind: str) -> None:
    """Open a section without a title at `start`, unless that is None, in the sections found so far."""
    if start is not None:
        position = sum(section["start"] < start for section in found)
        found.insert(position, {"title": "", "kind": kind, "start": start})


def _floats_of_references(found: list[Section], text: str) -> None:
    """Make figures and tables behind a list of references or within it results, until the list goes on."""
    if any(OTHER in section for section in found):
        return  # of which article they are is not known
    ends = [section["start"] for section in found[1:]] + [len(text)]
    for start, end in [(s["start"], end) for s, end in zip(found, ends, strict=True) if s["kind"] == "references"]:
        kind = "references"
        for match in _PARAGRAPH.finditer(text, start, end):
            paragraph = match.group().lstrip()
            of = "results" if _LABEL.match(paragraph) else "references" if ENTRY.match(paragraph) else kind
            if of != kind:
                _open(found, match.start(), kind := of)


def _second_article(found: list[Section], length: int) -> None:
    """Make what stands behind the paper's references back matter where another article with its own follows."""
    kinds = [section["kind"] for section in found]
    if "references" not in kinds:
        return
    first, last = kinds.index("references"), len(kinds) - 1 - kinds[::-1].index("references")
    between = found[first:last]
    supplement = any(re.search("suppl|append", section["title"], re.IGNORECASE) for section in between)
    article = len({section["kind"] for section in between} & _ARTICLE) > 1
    if article and not supplement and found[first]["start"] > _SHORTEST_ARTICLE * length:
        for section in found[first:]:
            section |= {OTHER: True} if section["kind"] in _ARTICLE else {}
            section["kind"] = "references" if section["kind"] == "references" else "back"


def _structured_abstract(found: list[Section]) -> None:
    """Make what stands between Abstract and Introduction one kind: Background, Methods and Results of an abstract."""
    kinds = [section["kind"] for section in found]
    first = kinds.index("abstract") if "abstract" in kinds else len(kinds)
    if "introduction" in kinds[first:]:
        openings = [section for section in found[first:] if section["kind"] == "introduction"]
        named = [section for section in openings if "introduction" in headings.normal(section["title"])[1]]
        last = found.index((named or openings)[-1])
        if found[last]["start"] - found[first]["start"] < 2 * _LONGEST_ABSTRACT:
            for section in found[first:last]:
                section["kind"] = "abstract"


def _opening_without_headings(found: list[Section], text: str) -> None:
    """Separate the abstract and the introduction (or the whole paper) from the title page where no heading does."""
    kinds = [section["kind"] for section in found]
    rest = "introduction" if set(kinds) & {*_INHERITED, "body"} else "body"
    last = next((index for index, kind in enumerate(kinds) if kind not in ("front", "abstract")), len(kinds)) - 1
    if last < 0:
        return
    if rest == "body" and "abstract" not in kinds:
        found[last]["kind"] = "body"
        return
    start, end = found[last]["start"], found[last + 1]["start"] if last + 1 < len(found) else len(text)
    if "abstract" not in kinds:
        # Names and addresses are short lines: the first long paragraph is the abstract.
        long = (match for match in _PARAGRAPH.finditer(text, start, end) if len(match.group()) >= _SHORTEST_ABSTRACT)
        start = next((match.start() for match in long), end)
        if start == end:
            return
        if start == found[last]["start"]:
            found[last]["kind"] = "abstract"
        else:
            _open(found, start, "abstract")
    cut = text.find("\n", start + _SHORTEST_ABSTRACT, end - 1) + 1
    if cut and end - start > _LONGEST_ABSTRACT:
        _open(found, cut, rest)


def _reference_list(text: str) -> int | None:
    """Start of a list of references in the second half of the text that has no heading, or None."""
    lines = [match for match in _PARAGRAPH.finditer(text, len(text) // 2) if len(match.group()) > 30]
    entries = [bool(ENTRY.match(line.group())) for line in lines]
    for index, line in enumerate(lines):
        if entries[index] and sum(entries[index : index + 8]) >= 5:
            return line.start()
    return None
