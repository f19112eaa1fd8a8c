"""The headings of papers: what kind of section each opens. The one list of them; the parser uses it too."""

import re

# Headings without their numbers and in lower case, and the kind of section that each opens. The first match holds.
_PLAIN = [
    ("references", r"(cited )?references( and notes| cited| list)?|bibliography|(literature|works) cited"),
    ("references", r"reference list|literature|notes and references"),
    ("abstract", r"abstract|summary|(author|plain language|lay|executive) summary|highlights|index terms"),
    ("abstract", r"significance( statement)?|new and noteworthy|key ?words?( and phrases)?|key points( summary)?"),
    ("introduction", r"(general )?introduction|background"),
    (
        "methods",
        r"(materials?|subjects?|patients?|participants?|animals|experimental|data)( and |/)(methods?|procedures?)",
    ),
    ("methods", r"((online|general|detailed|extended|star|experimental|computational) ?)?(methods?|methodology)"),
    ("methods", r"methods? (and (materials?|procedures?|participants|subjects)|summary|details)"),
    ("methods", r"experimental model and .* details|contact for .* sharing"),
    ("methods", r"experimental (procedures?|section|set-?up|methods?|paradigm|protocol|task|design)"),
    (
        "results",
        r"((general|experimental|behaviou?ral|main|simulation) )?results( and (discussions?|analysis|conclusions?))?",
    ),
    ("results", r"findings"),
    ("results", r"(figures?|tables?)( and (figures?|tables?))? (legends?|captions?)"),
    ("results", r"(legends?|captions?) (to|of|for) (the )?(figures?|tables?)( and (figures?|tables?))?"),
    ("discussion", r"((general|overall|brief) )?discussions?( and conclusions?)?|(summary and |general )?conclusions?"),
    (
        "discussion",
        r"concluding remarks|(strengths and )?limitations|future (directions|work)|implications",
    ),
    (
        "back",
        r"acknowledge?ments?|(sources? of )?funding( statement| sources?)?|(financial )?(grants?|support|disclosures?)",
    ),
    (
        "back",
        r"(conflicts?|declarations?|disclosures?|competing|duality)( of| financial)? (competing )?interests?"
        r"( statement)?",
    ),
    ("back", r"author(s|s'|'s)? ?(contributions?|notes?|information|details)|contributions?"),
    # Atomic, since a blank that could be matched in several ways makes a line of many words take for ever.
    ("back", r"((data|code|materials?|software)(?> ?,? ?(and)? ?))+(availability|accessibility|sharing)( statement)?"),
    (
        "back",
        r"(open|extended) (practices|data)|supplement(ary|al)( (materials?|information|data))?"
        r"|supporting (information|data)",
    ),
    (
        "back",
        r"appendi(x|ces)( [a-z\d])?|additional (information|files?)|endnotes?|footnotes?|abbreviations|orcid( ids?)?",
    ),
    (
        "back",
        r"declarations?|publisher's note|reporting summary|correspondence|rights and permissions|about the authors?",
    ),
    ("back", r"ethics( (statement|approval))?|ethical (approval|statement|considerations)"),
]
# What begins so may also be a title or a line of prose: it opens a section only where the paper is past its front.
_BEGINNINGS = [
    ("introduction", r"(introduction|background) and .*|.* and background"),
    ("discussion", r"discussions? and .*|conclusions? and .*|(strengths and )?limitations .*|implications .*"),
    (
        "back",
        r"acknowledge?ments? .*|(sources? of )?funding .*|credit author.*|availability of .*|supplement(ary|al) .*",
    ),
    (
        "back",
        r"appendi(x|ces) .*|orcid .*|(open|extended) (practices|data).*|((data|code|materials?) )+availability .*",
    ),
    ("back", r"(conflicts?|declarations?|disclosures?)( of)? (competing )?interests? .*"),
    ("back", r"(ethics|ethical (approval|statement|considerations)|institutional review board|consent) .*"),
]
_PLAIN_KINDS = [(kind, re.compile(pattern)) for kind, pattern in _PLAIN]
_BEGINNING_KINDS = [(kind, re.compile(pattern)) for kind, pattern in _BEGINNINGS]
# Headings below Methods, which many papers use without a heading "Methods" above them.
_PART = (
    r"participants?|subjects|patients|animals|observers|sample|apparatus|equipment|set-?up|stimuli|materials"
    r"|(general )?(procedures?|tasks?)|(study |task )?design|experimental .*|key resources table|resource availability"
)
# These are also headings of results, and lines of tables.
_ANALYSIS = r"data (analys[ei]s|acquisition|collection|processing)|statistic(s|al) .*|statistics|quantification .*"
METHODS_PART = re.compile(rf"({_PART}|{_ANALYSIS})(( and |, )({_PART}|{_ANALYSIS}))*")
ANALYSIS = re.compile(rf"({_ANALYSIS})(( and |, )({_ANALYSIS}))*")
EXPERIMENT = re.compile(r"(experiments?|study|studies) ?(\d+[a-z]?|[ivx]+|one|two|three|four|five)\b")
_OF_EXPERIMENT = re.compile(rf"^{EXPERIMENT.pattern}\W+|\W+(of |for |in )?{EXPERIMENT.pattern}$")

NUMBER = re.compile(
    r"(?:Section )?(\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,4}(?=[.\s]))(?:\s?[.)|:]\s*|\s+|(?=[A-Z][a-z]{3}))"
)
_SPACED = re.compile(r"(?:\S ){3,}\S")  # "A B S T R A C T"

# In labels of figures, rows of tables and formulas, and in no heading.
_LABEL = re.compile(r"\bet al\b|[=<>≤≥±;]|https?:|\(Equation ")

LONGEST = 90  # characters of a heading


def kind_of(name: str, past_front: bool) -> str | None:
    """The kind of section that a heading opens, given without number and in lower case; None if it is unknown.

    What only begins like one counts where `past_front` is true.
    """
    kinds = _PLAIN_KINDS + _BEGINNING_KINDS if past_front else _PLAIN_KINDS
    return next((kind for kind, pattern in kinds if pattern.fullmatch(name)), None)


def is_plain(line: str) -> bool:
    """Whether a printed line is one of the usual headings, or of a part of the methods, and nothing else."""
    if not looks_like_heading(line):
        return False
    _, name = normal(line)
    return bool(kind_of(name, past_front=False) or re.fullmatch(rf"participants|{_ANALYSIS}", name))


def looks_like_heading(line: str) -> bool:
    """Whether a line is short, begins with a capital (behind its number) and consists of words."""
    line = line.strip()
    if not 3 <= len(line) <= LONGEST or len(line.split()) > 12 or line[-1] in ",;-–" or _LABEL.search(line):
        return False
    words = NUMBER.sub("", line, count=1) if NUMBER.match(line) else line
    letters = sum(character.isalpha() or character.isspace() for character in words)
    return words[:1].isupper() and letters > 0.75 * len(words) and ". " not in words.rstrip(". ")


def normal(title: str) -> tuple[str, str]:
    """Number ("" if it has none) and name of a heading, the name in lower case without what only decorates it."""
    title = title.strip(" ■▪•●|*#")
    if _SPACED.fullmatch(title):
        title = title.replace(" ", "")
    match = NUMBER.match(title)
    number, name = (match.group(1), title[match.end() :]) if match else ("", title)
    name = re.sub(r"\s+", " ", name.lower().replace("’", "'").replace("&", "and")).strip(" .:|—–-■★")
    return number, _OF_EXPERIMENT.sub("", name) or name
