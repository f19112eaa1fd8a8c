"""The names of a by-line: "Ada B. Smith1,2, Jo van Berg*, and C. Li" and how a citation shortens them."""

import re
import unicodedata
from functools import lru_cache

from designspace.parsing.glyphs import RAISED

MOST_NAMES = 400
_PARTICLES = "van von de del della der den di da do dos das du la le el al bin ibn ben ter ten zu zur af av y e"
PARTICLES = frozenset(_PARTICLES.split())
_NOT_NAMES = (
    "university universität universite université universidad institute institut department dept departments "
    "school center centre laboratory laboratories lab hospital college faculty division program programme street "
    "road avenue usa uk germany france canada china japan italy spain netherlands australia sweden switzerland "
    "california york boston london berkeley united states kingdom state national research science sciences "
    "article articles open access abstract introduction received accepted published revised online journal review "
    "letters letter editor edited reviewed volume vol issue author authors correspondence corresponding email "
    "address title running head keywords key words copyright elsevier springer wiley press publishing society "
    "association proceedings conference international supplementary supporting information original report short "
    "communication technology medicine medical health psychology neuroscience neurology biology physics chemistry "
    "engineering the of in on for with from to by at is are an or as not we our using study studies effect "
    "effects analysis model models theory learning motor human brain cognitive clinical new between during under "
    "via through into toward towards against among how what why when does do can inc ltd corp company group "
    "authority foundation agency ministry working papers paper preprint series download downloaded available "
    "content contents lists library city park north south east west graduate academy centro departamento "
    "instituto facultad laboratoire this that these those page pages here there version manuscript"
)
NOT_NAMES = frozenset(_NOT_NAMES.split())
DEGREES = re.compile(
    r",?\s*\b(?:Ph\.?\s?D|M\.?\s?D|M\.?\s?Sc?|B\.?\s?Sc?|M\.?P\.?H|M\.?A|B\.?A|D\.?Phil|Dr|Prof|Professor|FRCP|FRCS|MBBS|"
    r"MBChB|MRCP|R\.?N|D\.?V\.?M|Pharm\.?D|Psy\.?D|Ed\.?D|DSc|Sc\.?D|Student Member|Senior Member|Member|Fellow)"
    r"\b\.?(?:,? ?IEEE)?(?=[\s,;&|]|$)"
)
SEPARATOR = re.compile(
    rf"\s*(?:[,;|·•∙&/Æ∣{RAISED}\uf0b7]+|\s(?:and|und|et|with|AND|And)\s|^\s*(?:and|AND|by|BY|By)\s|\s-\s)\s*"
)
MARKS = re.compile(r"[*∗†‡§¶#‖✉⁎\d⊥◊∥=+~^¹²³⁴⁵⁶⁷⁸⁹⁰�✝✶⇑]+|\(\w\)|ORCID|\bet al\b\.?|\(?\bcorresponding author\b\)?")
# The icon of ORCID, whose font has it under an X before a name, or in letters behind it: "Ada SmithID1,2".
ORCID = re.compile(r"(?<![^\W\d_])X(?=[A-Z][a-z.])|(?<=[a-zß-ÿ])ID(?![^\W\d_])")
WORD = r"[^\W\d_](?:[^\W\d_]|['’`´‑‐–-](?=[^\W\d_])|\.)*"
NAME = re.compile(rf"{WORD}(?: {WORD}){{1,6}}")
INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,3}")
LABEL = re.compile(r"^\s*(?:(?:full )?authors?(?: names?| list)?(?: and affiliations?)?\s*:|by\b)\s*", re.IGNORECASE)


def by_line(marked: str) -> tuple[list[str], float]:
    """(names, weight) of a row or rows that list authors; weight 0 where they do not.

    Names are printed as in the paper, "First Last"; 1.0 is a sure list, 0.4 a single name without initials.
    """
    names, weight = _by_line(marked)
    return [*names], weight


@lru_cache(maxsize=1000)  # each row of a page is looked at from several titles
def _by_line(marked: str) -> tuple[list[str], float]:
    text = re.sub(r"[\s,;]+(?:and|&)\s*$", "", DEGREES.sub("", LABEL.sub("", marked)))
    text = ORCID.sub("", text)
    parts = [MARKS.sub(" ", part) for part in SEPARATOR.split(text)[:MOST_NAMES]]
    parts = [
        part.strip(" .:\u200b" if len(part.strip()) < 4 and not part.strip()[:1].isupper() else " :,") for part in parts
    ]
    parts = [re.sub(r"^(?:and|AND|And|&) ", "", re.sub(r"\s+", " ", part).strip()) for part in parts]
    parts = [part for part in parts if len(part) > 2 or part.isupper()]
    if parts and not is_name(parts[0]) and (inverted := _inverted(parts)):
        return inverted, 0.9
    parts = [part for part in parts if len(part) > 1]
    names = [part for part in parts if is_name(part)]
    if not names or not is_name(parts[0]) or len(names) < 0.75 * len(parts):
        return [], 0.0
    names = [tidy(name) for name in _first_name_first(names)]
    raised = RAISED in marked or bool(re.search(r"[^\W\d_][\d*∗†‡§]", marked))
    initial = any(re.search(r"\b[^\W\d_]\.|\b[A-Z] ", name) for name in names)
    weight = 0.4 + 0.3 * (len(names) > 1) + 0.15 * (len(names) > 2) + 0.2 * raised + 0.2 * initial
    return names, min(weight, 1.0) * len(names) / len(parts)


def is_name(text: str) -> bool:
    """Whether a text is one person's name, "Ada B. Smith" or "A van der Berg"."""
    if not 4 <= len(text) <= 60 or not NAME.fullmatch(text):
        return False
    words = text.split()
    if any(word.strip(".").casefold() in NOT_NAMES for word in words):
        return False
    full = [word for word in words if len(word.replace(".", "")) > 1 and word.casefold() not in PARTICLES]
    if not full or not all(word[0].isupper() for word in full):
        return False
    last = words[-1]
    return (
        len(words) <= 4
        or any(INITIALS.fullmatch(word) or word.casefold() in PARTICLES for word in words)
        or (last[0].isupper() and len(words) <= 6)
    )


def _inverted(parts: list[str]) -> list[str]:
    """Names of "Smith, A. B., Berg, J. van"; empty where the parts are not of that kind."""
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if not pairs or not all(re.fullmatch(r"(?:[A-ZÀ-Þ]\.?[ -]?){1,4}", initials) for _, initials in pairs):
        return []
    families = [family for family, _ in pairs if re.fullmatch(rf"{WORD}(?: {WORD}){{0,3}}", family)]
    if len(families) < len(pairs) or NOT_NAMES & {word.casefold() for family in families for word in family.split()}:
        return []
    return [tidy(f"{initials} {family}") for family, initials in pairs]


def _first_name_first(names: list[str]) -> list[str]:
    """Turns "Smith Ada B" and "Smith AB" round where the list prints family names first."""
    ends = [re.fullmatch(r"[A-Z](?:\.?-?[A-Z]){0,2}\.?", name.split()[-1]) for name in names]
    if not any(ends) or sum(map(bool, ends)) < 0.4 * len(names):
        return names
    turned = []
    for name in names:
        words = name.split()
        cut = 1
        while cut < len(words) - 1 and words[cut - 1].casefold() in PARTICLES:
            cut += 1
        turned.append(" ".join(words[cut:] + words[:cut]))
    return turned


def tidy(name: str) -> str:
    """A name with capitals only where names have them: "Ross G. DOUGLAS" becomes "Ross G. Douglas"."""
    words = []
    for word in name.split():
        letters = word.replace(".", "")
        capitals = letters.isupper() and len(letters) > (3 if "." not in word and word is not name.split()[-1] else 2)
        words.append(
            "-".join(part.capitalize() for part in word.split("-")) if capitals and "." not in word[:-1] else word
        )
    return " ".join(words).rstrip(",;")


def family(name: str) -> str:
    """The family name with its particles: "van der Berg" of "Jo van der Berg"."""
    words = name.split()
    while len(words) > 1 and re.fullmatch(r"(?:Jr|Sr|II|III|IV)\.?", words[-1]):
        words.pop()
    start = len(words) - 1
    while start > 1 and words[start - 1] in PARTICLES - {"y", "e"}:
        start -= 1
    return " ".join(words[start:])


def cite(families: list[str], year: str, title: str = "") -> str:
    """ "McDougle & Taylor 2019", "Schween et al. 2018"; the title's beginning where there is no author."""
    who = f"{families[0]} et al." if len(families) > 2 else " & ".join(families)
    return f"{who or ' '.join(title.split()[:6])} {year}".strip()


def plain(text: str) -> str:
    """Letters and digits alone, without accents and case: how two printings of one text are compared."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if char.isalnum())
