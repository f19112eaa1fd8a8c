"""Units as papers write them: simple ones with SI prefixes, and compound ones such as cm/s, N·m and m s^-2.

Case matters where it changes the unit (mHz and MHz); spellings that people use for one another are known too.
"""

import re
from functools import lru_cache
from math import isfinite

# Units by dimension: their size and the ways they are written. Case is ignored, and so is a final s.
_DIMENSIONS = {
    "length": {1e-6: "µm μm um micron", 1e-3: "mm millimeter millimetre", 1e-2: "cm centimeter centimetre", 1e3: "km"}
    | {1.0: "m meter metre", 0.0254: "inch inche"},
    "time": {1e-3: "ms msec millisecond", 1.0: "s sec second", 60.0: "min minute", 3600.0: "h hr hour"}
    | {86400.0: "day", 604800.0: "week", 2629800.0: "month", 31557600.0: "year yr yo"},
    "angle": {1.0: "° ˚ º deg degree", 57.29577951308232: "rad radian"},
    "frequency": {1.0: "hz hertz", 1e3: "khz", 1e6: "mhz"},
    "mass": {1e-6: "mg", 1e-3: "g gram", 1.0: "kg kilogram"},
    "force": {1e-3: "mn", 1.0: "n newton"},
    "voltage": {1e-3: "mv", 1.0: "v volt"},
    "share": {1.0: "% percent"},
    "loudness": {1.0: "db decibel"},
    "temperature": {1.0: "°c"},
    "area of a screen": {1.0: "px pixel"},
}
UNITS = {
    name: (dimension, size)
    for dimension, sizes in _DIMENSIONS.items()
    for size, names in sizes.items()
    for name in names.split()
}
_PREFIXES = {"n": 1e-9, "µ": 1e-6, "μ": 1e-6, "u": 1e-6, "m": 1e-3, "c": 1e-2, "k": 1e3, "M": 1e6, "G": 1e9}
_SYMBOLS = {"m": ("length", 1.0), "s": ("time", 1.0), "g": ("mass", 1e-3), "Hz": ("frequency", 1.0)}
_SYMBOLS |= {"N": ("force", 1.0), "V": ("voltage", 1.0), "A": ("current", 1.0), "L": ("volume", 1e-3)}
_SYMBOLS |= {"l": ("volume", 1e-3), "T": ("flux density", 1.0), "J": ("energy", 1.0), "W": ("power", 1.0)}
_SYMBOLS |= {"Pa": ("pressure", 1.0), "rad": ("angle", 57.29577951308232)}
# Symbols as SI writes them, which tell what the case of a letter decides.
SYMBOLS = {
    prefix + symbol: (dimension, size * factor)
    for symbol, (dimension, size) in _SYMBOLS.items()
    for prefix, factor in _PREFIXES.items()
}
SYMBOLS = {name: unit for name, unit in SYMBOLS.items() if name not in ("us", "cs", "ks", "Ms", "Gs")}  # "us" is a word
UNITS |= {name: unit for name, unit in SYMBOLS.items() if name not in UNITS}
# A capital alone is a mean, a label or an initial; newton and volt are what is left of it.
_CAPITAL = re.compile(r"[A-Z]")
_NOT_ALONE = frozenset("nv")
_SPELLED = {"Nm": "N·m", "mNm": "mN·m", "Ncm": "N·cm"}

_LETTER = r"[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹½¼¾]"
_ATOM = rf"(?:°\s?[CF]\b|[°˚º%]|{_LETTER}+)"
_POWER = r"(?:[⁻⁺]?[¹²³⁴]|\^?[-−–+]?[1-4](?![\d.,]|\s?[-–°%]))"
_JOINT = r"(?:\s?[·⋅∙*/]\s?|\s?\bper\s)"
# A factor behind a space belongs to the unit only with a negative power: "m s^-1".
_RAISED = r"(?:⁻[¹²³⁴]|\^?[-−–][1-4](?![\d.,]))"
UNIT = re.compile(rf"{_ATOM}{_POWER}?(?:{_JOINT}{_ATOM}{_POWER}?|\s(?={_LETTER}{{1,4}}{_RAISED}){_ATOM}{_RAISED})*")
_FACTOR = re.compile(rf"(?P<joint>{_JOINT}|\s)?(?P<atom>{_ATOM})(?P<power>{_POWER})?")
_DIGITS = str.maketrans("⁰¹²³⁴⁻⁺−–", "01234-+--", "^")
_LONGEST = 60  # characters of a unit

Unit = tuple[tuple[tuple[str, int], ...], float]  # powers of its dimensions, and its size


def at(text: str, start: int) -> str:
    """The unit at a place of a text, as it is written; "" if no known unit is there. "40 cm/trial" has the unit
    cm/trial, which is not a length, and "20 per group" has none."""
    match = UNIT.match(text, start, start + _LONGEST)
    if not match:
        return ""
    atoms = list(_FACTOR.finditer(match[0]))
    if not _simple(atoms[0]["atom"]):
        return ""
    for atom in atoms[1:]:
        joint = (atom["joint"] or "").strip()
        # "5 s per block" is five seconds; a word behind a point or a space is the next one.
        if not _simple(atom["atom"]) and joint != "/":
            return match[0][: atom.start()]
    return match[0] if known(match[0]) else atoms[0][0]


@lru_cache(maxsize=4096)
def known(unit: str) -> Unit | None:
    """The dimensions and the size of a unit as written, or None."""
    unit = _SPELLED.get(unit, unit)
    if simple := _simple(unit):
        return _canonical({simple[0]: 1}, simple[1])
    if len(unit) > _LONGEST:
        return None
    powers: dict[str, int] = {}
    size, end, sign = 1.0, 0, 1
    while end < len(unit):
        match = _FACTOR.match(unit, end)
        if not match:
            return None
        joint = (match["joint"] or "").strip()
        sign = -1 if joint in ("/", "per") else 1
        simple = _simple(match["atom"])
        if not simple and (not end or joint != "/"):
            return None
        dimension, factor = simple or (match["atom"].lower(), 1.0)  # of "cm/trial" the trial
        power = sign * int((match["power"] or "1").translate(_DIGITS))
        powers[dimension] = powers.get(dimension, 0) + power
        size *= factor**power
        end = match.end()
    return _canonical(powers, size) if powers and isfinite(size) and size else None


def _canonical(powers: dict[str, int], size: float) -> Unit:
    """A frequency is one by a time."""
    powers = dict(powers)
    powers["time"] = powers.get("time", 0) - powers.pop("frequency", 0)
    return tuple(sorted((dimension, power) for dimension, power in powers.items() if power)), size


def _simple(name: str) -> tuple[str, float] | None:
    """Dimension and size of a unit without factors: as it is, as SI writes it, then in any case and number."""
    name = re.sub(r"°\s", "°", name)
    if name in SYMBOLS:
        return SYMBOLS[name]
    if name in _NOT_ALONE or _CAPITAL.fullmatch(name) and name not in "NV":
        return None
    name = name.lower()
    return UNITS.get(name) or UNITS.get(name.removesuffix("s"))


def convert(number: float, unit: str, wanted: str) -> float | None:
    """A number of one unit in another, or None where they do not measure the same."""
    own, other = known(unit), known(wanted)
    if unit == wanted or not own or not other:
        return number if unit == wanted else None
    return number * own[1] / other[1] if own[0] == other[0] else None
