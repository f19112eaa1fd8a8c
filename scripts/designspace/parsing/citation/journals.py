"""The names of journals: their form, what rows print around them, and their abbreviations."""

import re

from designspace.parsing.citation.names import plain
from designspace.parsing.citation.titles import HEADING

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
# Where a journal's name ends: what a header prints after it.
START = re.compile(
    r"(?<!\d)\d+(?!\d|(?:st|nd|rd|th)\b)|\bmonth year\b|\bvol(?:ume|\.)?\s*[\dx]"
    rf"|\(?\b{MONTH} (?:\d|(?:19|20))|\bxx+\b|\bdoi\b|https?:|\bISSN\b|\bpp?\.\s*\d"
    r"|\bissue \d|\bno\. ?\d|\bpages? \d",
    re.IGNORECASE,
)
KEYWORD = re.compile(
    r"\b(?:journal|j|annals|ann|proceedings|proc|transactions|trans|letters|lett|reviews?|rev|archives?|bulletin|bull"
    r"|quarterly|magazine|acta|reports|frontiers|advances|trends|international|progress|perspectives|plos|bmc|annual)\b",
    re.I,
)
PUBLISHER = re.compile(
    r"\b(?:publish\w*|corporation|elsevier|springer|wiley|blackwell|press|ltd|inc|llc|universit\w+|sciencedirect"
    r"|available|department|author\w*|manuscript|copyright|society|association|federation|foundation"
    r"|all rights|contents|ebsco|jstor|proquest|pubmed|open access|running|e-?mail|correspond\w*|figure|table|see"
    r"|supplement\w*|submitted|received|view)\b",
    re.I,
)
LABEL = re.compile(
    rf"(?:{HEADING.pattern})(?:\W*$|:)|(?:issue|number|no|volume|vol|page|pages|pp|doi|pii|issn|permalink|"
    r"journal|authors?|publication date|peer reviewed)\W*$",
    re.IGNORECASE,
)
_SMALL = "of the and in for on de la des et und für der a an & e to with from"
SMALL = frozenset(_SMALL.split())


def clean(name: str) -> str:
    """A journal's name without what rows print around it."""
    name = re.sub(
        r"^(?:published in|in press,?|in|to appear in|source|articles in press\.?|cite this[^:]*:)[:\s]+",
        "",
        name.strip(),
        flags=re.I,
    )
    name = re.sub(r"^.*\bet al\.,?\s+", "", name)
    name = re.sub(r"[\s,;:.(\[|–-]+$", lambda match: "." if match.group().startswith(".") else "", name)
    name = re.sub(r"\.(?:org|com|net)$", "", name)
    letters = re.fullmatch(r"(?:\S ){4,}\S", name)
    name = name.replace(" ", "") if letters else name
    return name.strip(" ,;:|\"'“”()[]*©")[:120]


def is_journal(name: str) -> bool:
    """Whether a text has the form of a journal's name: few words, each with a capital but for "of" and its like."""
    words = name.split()
    if not words or len(words) > 12 or len(name) < 4 or LABEL.match(name) or not words[0][0].isalpha():
        return False
    if (
        any(char.isdigit() for char in name)
        and not re.search(r"\d+(?:st|nd|rd|th)\b", name)
        or re.search(r"@|www|/$|\bvol\b", name, re.I)
    ):
        return False
    if (
        re.fullmatch(rf"{MONTH}", name, re.I)
        or PUBLISHER.search(name)
        and not re.search(r"\b(?:journal|proceedings|proc|transactions|annals|letters|j)\b", name, re.I)
    ):
        return False
    proper = [word for word in words if word.casefold().strip(".,:") not in SMALL]
    return bool(proper) and all(word[0].isupper() or word[1:2].isupper() or word[0].isdigit() for word in proper)


def abbreviates(short: str, long: str) -> bool:
    """Whether "J. Neural Eng." stands for "Journal of Neural Engineering"."""
    shorts = [word.casefold() for word in re.findall(r"\w+", short) if word.casefold() not in SMALL]
    longs = [word.casefold() for word in re.findall(r"\w+", long) if word.casefold() not in SMALL]
    if plain(short) == plain(long) or len(plain(short)) > len(plain(long)):
        return False
    return len(shorts) == len(longs) > 0 and all(
        b.startswith(a[:3]) and b[0] == a[0] for a, b in zip(shorts, longs, strict=True)
    )
