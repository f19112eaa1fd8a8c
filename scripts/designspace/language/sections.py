"""Sections of a paper, found by its headings as they are: numbered, in capitals, run into the text, or none at all."""

import re
from statistics import median

# What a heading says, without its number and case, and the kind of section that it opens. The first match holds.
_KINDS = [
    ("references", r"(cited )?references( and notes| cited| list)?|bibliography|(literature|works) cited"),
    ("references", r"reference list|literature|notes and references"),
    ("abstract", r"abstract|summary|(author|plain language|lay|executive) summary|highlights|index terms"),
    ("abstract", r"significance( statement)?|new and noteworthy|key ?words?( and phrases)?|key points( summary)?"),
    ("introduction", r"(general )?introduction|background|(introduction|background) and .*|.* and background"),
    (
        "methods",
        r"(materials?|subjects?|patients?|participants?|animals|experimental|data)( and |/)(methods?|procedures?)",
    ),
    ("methods", r"((online|general|detailed|extended|star|experimental|computational) ?)?(methods?|methodology)"),
    ("methods", r"methods? (and (materials?|procedures?|participants|subjects)|summary|details)"),
    ("methods", r"experimental (procedures?|section|set-?up|methods?|paradigm|protocol|task|design)"),
    (
        "results",
        r"((general|experimental|behaviou?ral|main|simulation) )?results( and (discussions?|analysis|conclusions?))?",
    ),
    ("results", r"findings"),
    ("discussion", r"((general|overall|brief) )?discussions?( and .*)?|(summary and |general )?conclusions?( and .*)?"),
    (
        "discussion",
        r"concluding remarks|(strengths and )?limitations( .*)?|future (directions|work)|implications( .*)?",
    ),
    ("back", r"acknowledge?ments?( .*)?|(sources? of )?funding( .*)?|(financial )?(grants?|support|disclosures?)"),
    (
        "back",
        r"(conflicts?|declarations?|disclosures?|competing|duality)( of| financial)? (competing )?interests?( .*)?",
    ),
    ("back", r"author(s|s'|'s)? ?(contributions?|notes?|information|details)|contributions?|credit( .*)?"),
    # Atomic, since a blank that could be matched in several ways makes a line of many words take for ever.
    ("back", r"((data|code|materials?|software)(?> ?,? ?(and)? ?))+(availability|accessibility|sharing)( .*)?"),
    (
        "back",
        r"availability of .*|(open|extended) (practices|data).*|supplement(ary|al)( .*)?|supporting (information|data)",
    ),
    ("back", r"appendi(x|ces)( .*)?|additional (information|files?)|endnotes?|footnotes?|abbreviations|orcid( .*)?"),
    (
        "back",
        r"declarations?|publisher's note|reporting summary|correspondence|rights and permissions|about the authors?",
    ),
    ("back", r"ethics( .*)?|ethical (approval|statement|considerations).*|institutional review board .*|consent .*"),
]
_KINDS = [(kind, re.compile(pattern)) for kind, pattern in _KINDS]
# Headings below Methods, which many papers use without a heading "Methods" above them.
_PART = (
    r"participants?|subjects|patients|animals|observers|sample|apparatus|equipment|set-?up|stimuli|materials"
    r"|(general )?(procedures?|tasks?)|(study |task )?design|experimental .*|data (analys[ei]s|acquisition|collection)"
    r"|data processing|statistic(s|al) .*|statistics|quantification .*|key resources table|resource availability"
)
_METHODS_PART = re.compile(rf"({_PART})(( and |, )({_PART}))*")
_EXPERIMENT = re.compile(r"(experiments?|study|studies) ?(\d+[a-z]?|[ivx]+|one|two|three|four|five)\b")
_OF_EXPERIMENT = re.compile(rf"^{_EXPERIMENT.pattern}\W+|\W+(of |for |in )?{_EXPERIMENT.pattern}$")

_NUMBER = re.compile(r"(?:Section )?(\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,4}(?=[.\s]))(?:[.)|:]\s*|\s+|(?=[A-Z][a-z]{3}))")
_SPACED = re.compile(r"(?:\S ){3,}\S")  # "A B S T R A C T"
# Headings that journals run into the text they open: "Abstract—We show …", "Funding: This work …".
_RUN_IN = re.compile(
    r"(?:(?P<marked>abstract|summary|key ?words|index terms|references|acknowledge?ments?|funding|grants|disclosures"
    r"|(?:author|competing) [a-z]+|conflicts? of interest|data (?:and code )?availability(?: statement)?"
    r"|supplementary materials?)\s*[.:—–]"
    r"|(?-i:(?P<capitals>ABSTRACT|SUMMARY|REFERENCES|ACKNOWLEDGE?MENTS?)\b))\s*(?=\S)",
    re.IGNORECASE,
)
# An entry of a reference list: perhaps a number, a surname, initials, and a year somewhere.
_ENTRY = re.compile(
    r"(?:\[?\d{1,3}[\].]?\s+)?[A-Z][\w’'-]+,? (?:[A-Z]\.|[A-Z]{1,3}\b|[A-Z][a-z]+,).*\b(?:19|20)\d\d[a-z]?\b", re.DOTALL
)
_AFTER = re.compile(r"(^|\n|[.!?][)\]\"”’]*[\d,–-]*)\s*$")  # where a heading may stand
_CAPTION = re.compile(r"\s*(fig(ure)?|table|box|scheme)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")

_LONGEST_HEADING = 90  # characters
_SHORTEST_ABSTRACT = 500  # characters of its first paragraph
_LONGEST_ABSTRACT = 4000  # characters; what is longer holds an introduction (or everything) without a heading
_INHERITED = ("introduction", "methods", "results", "discussion")


def split(record):
    """Sections `{"title", "kind", "start", "end"}` of a text record, in order, covering its text without gaps.

    A heading below Methods opens a section of its own title and of kind methods; the same for the other kinds.
    """
    text = record["text"]
    if not text:
        return []
    found = [{"title": "", "kind": "front", "start": 0}]
    numbers = {}  # section number -> kind, so that 2.1 takes after 2
    for start, title, known_only in _candidates(record):
        kind = _kind(title, start / len(text), known_only, found[-1]["kind"], numbers)
        if kind is None:
            continue
        if start == 0:
            found.clear()
        found.append({"title": title, "kind": kind, "start": start})
    if not any(section["kind"] == "references" for section in found):
        _open(found, _reference_list(text), "references")
    _structured_abstract(found)
    _opening_without_headings(found, text)
    ends = [section["start"] for section in found[1:]] + [len(text)]
    return [section | {"end": end} for section, end in zip(found, ends, strict=True)]


def _candidates(record):
    """Places `(start, title, known_only)` that look like a heading; known_only where only a known title may be one."""
    text = record["text"]
    lines = [line for page in record["pages"] for line in page["lines"]]
    sizes = {line["start"]: line["size"] for line in lines if line.get("size")}
    prose_sizes = [line["size"] for line in lines if line.get("size") and line["end"] - line["start"] > 30]
    body_size = median(prose_sizes or [0])
    found = {}
    # A line of the page that the text ran together with what follows or precedes it.
    for line in lines:
        title = text[line["start"] : line["end"]]
        if (
            len(title) <= _LONGEST_HEADING
            and _looks_like_heading(title)
            and _AFTER.search(text[max(0, line["start"] - 8) : line["start"]])
        ):
            found[line["start"]] = (title, True)
    paragraphs = list(_PARAGRAPH.finditer(text))
    for index, match in enumerate(paragraphs):
        line = match.group().strip()
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        run_in = _RUN_IN.match(line)
        # "Funding: A grant." is short as a heading is; "SUMMARY AND OUTLOOK" begins as one that is run in.
        if run_in and line[0].isupper() and (run_in["marked"] or not _looks_like_heading(line)):
            found[start] = (run_in["marked"] or run_in["capitals"], True)
        elif _looks_like_heading(line):
            below = paragraphs[index + 1].group() if index + 1 < len(paragraphs) else ""
            above = paragraphs[index - 1].group().rstrip() if index else ""
            # Figures are full of short lines: an unknown title counts only between two pieces of prose.
            prose = len(below) > 200 and below.lstrip()[0].isupper() and not _CAPTION.match(below)
            found[start] = (line, not (prose and (len(above) < _LONGEST_HEADING or above[-1] in ".!?”)")))
    for start, (title, known_only) in sorted(found.items()):
        # Smaller than the body are labels in figures, but also capitals.
        if not known_only or title.isupper() or sizes.get(start, body_size) >= 0.85 * body_size:
            yield start, title.strip(" .:"), known_only


def _looks_like_heading(line):
    line = line.strip()
    if not 3 <= len(line) <= _LONGEST_HEADING or len(line.split()) > 12 or line[-1] in ",;-–":
        return False
    words = _NUMBER.sub("", line, count=1) if _NUMBER.match(line) else line
    letters = sum(character.isalpha() or character.isspace() for character in words)
    return words[:1].isupper() and letters > 0.75 * len(words) and ". " not in words.rstrip(". ")


def _kind(title, depth, known_only, current, numbers):
    """Kind of the section that `title` opens where `current` is open, or None if it is no heading."""
    number, name = _normal(title)
    parent = number.rpartition(".")[0] if number else ""
    kind = next((kind for kind, pattern in _KINDS if pattern.fullmatch(name)), None)
    if known_only and _EXPERIMENT.search(title.lower()):
        kind = None  # "Experiment 3 results" is as often the title of a figure
    if kind == "abstract" and depth > 0.3:
        kind = "discussion" if name == "summary" else None
    if current == "methods" and name.startswith(("ethic", "consent")):
        kind = "methods"
    if numbers.get(parent) in _INHERITED and kind not in _INHERITED:
        kind = numbers[parent]
    elif kind is None and _METHODS_PART.fullmatch(name) and current not in ("abstract", "references"):
        kind = "methods"
    elif kind is None and not known_only and current not in ("front", "abstract", "references", "back"):
        own = bool(_EXPERIMENT.match(name)) and current in ("introduction", "discussion")
        kind = "body" if own or number and not parent and current in _INHERITED else current
    if kind is not None and number:
        numbers[number] = kind
    return kind


def _normal(title):
    """Number ("" if it has none) and name of a heading, the name in lower case without what only decorates it."""
    title = title.strip(" ■▪•●|*#")
    if _SPACED.fullmatch(title):
        title = title.replace(" ", "")
    match = _NUMBER.match(title)
    number, name = (match.group(1), title[match.end() :]) if match else ("", title)
    name = re.sub(r"\s+", " ", name.lower().replace("’", "'").replace("&", "and")).strip(" .:—–-■★")
    return number, _OF_EXPERIMENT.sub("", name) or name


def _open(found, start, kind):
    """Open a section without a title at `start`, unless that is None, in the sections found so far."""
    if start is not None:
        position = sum(section["start"] < start for section in found)
        found.insert(position, {"title": "", "kind": kind, "start": start})


def _structured_abstract(found):
    """Make what stands between Abstract and Introduction one kind: Background, Methods and Results of an abstract."""
    kinds = [section["kind"] for section in found]
    if "abstract" in kinds and "introduction" in kinds:
        first, last = kinds.index("abstract"), len(kinds) - 1 - kinds[::-1].index("introduction")
        if found[last]["start"] - found[first]["start"] < 2 * _LONGEST_ABSTRACT:
            for section in found[first:last]:
                section["kind"] = "abstract"


def _opening_without_headings(found, text):
    """Tell the abstract and the introduction (or the whole paper) from the title page where no heading does."""
    kinds = [section["kind"] for section in found]
    rest = "introduction" if set(kinds) & set(_INHERITED) else "body"
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


def _reference_list(text):
    """Start of a list of references in the second half of the text that has no heading, or None."""
    lines = [match for match in _PARAGRAPH.finditer(text, len(text) // 2) if len(match.group()) > 30]
    entries = [bool(_ENTRY.match(line.group())) for line in lines]
    for index, line in enumerate(lines):
        if entries[index] and sum(entries[index : index + 8]) >= 5:
            return line.start()
    return None
