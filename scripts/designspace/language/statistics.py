"""Test statistics as papers print them: t(38) = 2.94, p = .006, d = 0.8.

Read are t, F, r, chi-square and Z, with degrees of freedom in brackets or, as a subscript, behind the letter, and what
follows them: p, and the size of the effect.
"""

import re
from typing import NamedTuple

# Of so many digits that every number is finite.
_SIGNED = r"[-−–]?\s?(?:\d{1,9}(?:[.·]\d{1,12})?|[.·]\d{1,12})"
NUMBER = rf"{_SIGNED}(?:\s?[×x·∙]\s?10\s?\^?\s?[-−–]\s?\d{{1,3}}|[eE][-−–]\d{{1,3}})?"
_DF = r"\d{1,6}(?:\.\d{1,4})?"
_OPEN, _CLOSE = r"\s?_?[(\[{]\s*", r"\s*[)\]}]"
_TWO = (
    rf"(?:{_OPEN}(?P<f1>{_DF})(?:\s*[,;]\s*(?P<f2>{_DF}))?{_CLOSE}|\s?_(?P<u1>{_DF}),\s?(?P<u2>{_DF})"
    r"|\s?(?P<s1>\d{1,3}),\s?(?P<s2>\d{1,4}))"
)
_CHI = r"(?:[χΧX]\s?(?:2|²|\^2)|chi(?:\s?2|-squared?)?)"
PATTERN = re.compile(
    r"(?<![\w.])(?:"
    rf"(?P<t>t)(?:{_OPEN}(?P<tdf>{_DF}){_CLOSE}|_(?P<tlow>{_DF})|(?P<tsub>\d{{1,3}}))"
    rf"|(?P<F>F){_TWO}"
    rf"|(?P<r>r){_OPEN}(?P<rdf>\d{{1,6}}){_CLOSE}"
    rf"|(?P<chi2>{_CHI}){_OPEN}(?P<cdf>\d{{1,6}})(?:\s*[,;]\s*[Nn]\s*=\s*(?P<n>\d{{1,9}}))?{_CLOSE}"
    rf"|(?P<Z>[zZ])"
    rf")\s*=\s*(?P<value>{NUMBER})(?![\d.]*\d)"
)
_INTERVAL = r"\s*[,;]?\s*\(?(?:9[059]%|CI\b)[^\[(\d]{0,25}[\[(]\s*{n}\s*(?:,|;|to|–)\s*{n}\s*[\])]\)?"
_INTERVAL_PART = re.compile(_INTERVAL.replace("{n}", _SIGNED))
_PART = re.compile(rf"\s*[,;]\s*(?P<name>[^,;()\[\]=<>≤≥]{{1,30}}?)\s*(?P<sign>[=<>≤≥])\s*(?P<number>{NUMBER})")
_P = re.compile(r"[pP](?:\s?-?\s?values?)?")
# The sizes of effects, by how they are printed without spaces.
EFFECTS = {
    "d": r"(?:Cohen[’']?s?)?d[s]?",
    "dz": r"(?:Cohen[’']?s?)?dz",
    "g": r"(?:Hedges[’']?s?)?g",
    "partial eta2": r"(?:partial(?:η|eta)[-]?(?:2|²|squared)|ηp[2²]|η[2²]p)",
    "eta2": r"(?:η|eta)[-]?(?:2|²|squared)",
    "omega2": r"ω[2²]",
    "r": r"r",
    "phi": r"[φϕ]",
    "V": r"(?:Cramér[’']?s)?V",
}
_BARE = re.compile(rf"(?:t|F|r|[χΧX]\s?[2²])\s?[=:]\s?({NUMBER})(?![\d.]*\d)")  # without degrees of freedom
_MINUS = str.maketrans({"−": "-", "–": "-", "·": "."})


class Printed(NamedTuple):
    """A number as it is printed: behind which sign (= < >, "" where there is none), and with how many decimals."""

    sign: str = ""
    number: float | None = None
    decimals: int = 0


class Statistic(NamedTuple):
    """A test statistic of a text. `df1` is F's or chi-square's first degree of freedom, `df2` that of the error, of t
    and of r; `n` the sample of a chi-square, and `size` that of the effect."""

    start: int
    text: str
    test: str
    df1: float | None
    df2: float | None
    n: int | None
    value: Printed
    p: Printed = Printed()
    effect: str = ""
    size: Printed = Printed()

    @property
    def effect_size(self) -> float | None:
        return self.size.number


def find(text: str) -> list[Statistic]:
    """The statistics of a text, in order. A z without a p is taken for a coordinate."""
    found = (_read(text, match) for match in PATTERN.finditer(text))
    return [one for one in found if one.test != "Z" or one.p.sign]


def parse(text: str) -> Statistic | None:
    """The statistic that a text is, or begins with."""
    match = PATTERN.match(text)
    return _read(text, match) if match else None


def printed(answer: str, found: list[Statistic]) -> str | None:
    """The expression of a paper, of those `found` in it, that an answer copies: the same test, degrees of freedom and
    value, or the same test and value where the answer has no degrees of freedom, as in a column of a table. None where
    there is none."""
    own = parse(answer)
    if own is None and (bare := _BARE.match(answer)):
        alike = (one for one in found if one.text[0] == answer[0])
        return next((one.text for one in alike if one.value.number == number(bare[1])), None)
    same = (one for one in found if own and (one.test, one.df1, one.df2) == (own.test, own.df1, own.df2))
    return next((one.text for one in same if own and one.value.number == own.value.number), None)


def number(text: str) -> float:
    """A number as papers print it: .006, −2.3, 3.1 × 10−3."""
    text = re.sub(r"[×x·∙]\s?10\s?\^?(?=\s?[-−–])", "e", text)
    return float(re.sub(r"\s", "", text).translate(_MINUS))


def _decimals(text: str) -> int:
    """How many decimals a number is printed with; with a power of ten, those of the whole."""
    head = re.split(r"[eE×x∙]|\s10", text.translate(str.maketrans("·", ".")))[0]
    power = re.search(r"[-−–]\s?(\d+)$", text[len(head) :])
    return len(head.partition(".")[2].strip()) + (int(power[1]) if power else 0)


def _printed(sign: str, text: str) -> Printed:
    return Printed({"≤": "<", "≥": ">"}.get(sign, sign), number(text), _decimals(text))


def _read(text: str, match: re.Match[str]) -> Statistic:
    test = next(name for name in ("t", "F", "r", "chi2", "Z") if match[name])
    first, second = match["f1"] or match["u1"] or match["s1"] or match["cdf"], match["f2"] or match["u2"] or match["s2"]
    second = second or match["tdf"] or match["tlow"] or match["tsub"] or match["rdf"]
    if test == "F" and not second:  # some print those of the error alone
        first, second = None, first
    end, p, effect, size = match.end(), Printed(), "", Printed()
    while interval := _INTERVAL_PART.match(text, end):
        end = interval.end()
    while part := _PART.match(text, end):
        name = re.sub(r"\s", "", part["name"])
        known = next((known for known, pattern in EFFECTS.items() if re.fullmatch(pattern, name)), "")
        if _P.fullmatch(part["name"].strip()) and not p.sign:
            p = _printed(part["sign"], part["number"])
        elif known and not effect:
            effect, size = known, _printed(part["sign"], part["number"])
        elif name != "MSE":
            break
        end = part.end()
        while interval := _INTERVAL_PART.match(text, end):
            end = interval.end()
    return Statistic(
        match.start(),
        text[match.start() : end],
        test,
        float(first) if first else None,
        float(second) if second else None,
        int(match["n"]) if match["n"] else None,
        _printed("=", match["value"]),
        p,
        effect,
        size,
    )
