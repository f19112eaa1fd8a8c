"""Quantities in running text: numbers in digits or in words, with their units, and whether two of them agree."""

import re

# Units by dimension: their size and the ways they are written (a final s is ignored).
_DIMENSIONS = {
    "length": {1e-6: "µm μm micron", 1e-3: "mm millimeter millimetre", 1e-2: "cm centimeter centimetre", 1e3: "km"}
    | {1.0: "m meter metre", 0.0254: "inch inche"},
    "time": {1e-3: "ms msec millisecond", 1.0: "s sec second", 60.0: "min minute", 3600.0: "h hr hour"}
    | {86400.0: "day", 604800.0: "week", 2629800.0: "month", 31557600.0: "year yr yo"},
    "angle": {1.0: "° ˚ º deg degree", 57.29577951308232: "rad radian"},
    "frequency": {1.0: "hz hertz", 1e3: "khz", 1e6: "mhz"},
    "mass": {1e-6: "mg", 1e-3: "g gram", 1.0: "kg kilogram"},
    "force": {1e-3: "mn", 1.0: "n newton"},
    "voltage": {1e-3: "mv", 1.0: "v volt"},
    "share": {1.0: "% percent"},
}
UNITS = {
    name: (dimension, size)
    for dimension, sizes in _DIMENSIONS.items()
    for size, names in sizes.items()
    for name in names.split()
}
_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NAMED = {word: number for number, word in enumerate(_ONES.split())} | {"single": 1}
_NAMED |= {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
_POWERS = {"hundred": 100, "thousand": 1000}

_ONE = f"(?:{'|'.join(sorted(_NAMED, key=len, reverse=True))})"
_SMALL = rf"(?:{_ONE}(?:[\s-]{_ONE})?)"
_POWER = f"(?:{'|'.join(_POWERS)})"
_NUMBER = re.compile(
    r"(?<![\w.])(?P<label>(?:fig|figs|figures?|tables?|eqs?|equations?|refs?)\.?\s*)?"
    r"(?:(?P<digits>\d{1,3}(?:,\d{3})+(?:[.·]\d+)?|\d*[.·]?\d+)"
    rf"|(?P<words>(?:{_SMALL}[\s-])?{_POWER}(?:[\s-](?:and[\s-])?{_SMALL})?\b|{_SMALL}\b))",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[\s-]?([°˚º%]|[a-zµμ]+)", re.IGNORECASE)
_LINK = re.compile(r"\s*(?:[-–—−;,/±×x]|to|and|or|by)[\s±−-]*")


def find(text):
    """Quantities `(position, number, unit)` of a text, in order; the unit as written, "" where there is none.

    In "18–34 years" and in "25 and 75°" both numbers have the unit that the last one carries. Signs are left out.
    """
    found = []
    for match in reversed(list(_NUMBER.finditer(text))):
        if match["label"]:  # "Fig. 2" counts nothing
            continue
        number = (
            float(match["digits"].replace(",", "").replace("·", ".")) if match["digits"] else _spelled(match["words"])
        )
        written = _UNIT.match(text, match.end())
        unit = written[1] if written and _known(written[1]) else ""
        if not unit and found and _LINK.fullmatch(text, match.end(), found[-1][0]):
            unit = found[-1][2]
        found.append((match.start(), number, unit))
    return found[::-1]


def agreement(number, unit, sought, sought_unit):
    """How well a quantity of a text agrees with the one sought ("" is the unit of a count), from 0 to 1."""
    own, other = _known(unit), _known(sought_unit)
    if own and other:
        same = abs(number * own[1] - sought * other[1]) <= 1e-6 * abs(sought * other[1])
        return float(own[0] == other[0] and same)
    if number != sought:
        return 0.0
    if sought_unit:
        return 0.5  # in a table or a list the unit stands elsewhere
    return 0.2 if unit else 1.0


def convert(number, unit, wanted):
    """A number of one unit in another, or None where they do not measure the same."""
    own, other = _known(unit), _known(wanted)
    if unit == wanted or not own or not other:
        return number if unit == wanted else None
    return number * own[1] / other[1] if own[0] == other[0] else None


def as_written(number, unit, found):
    """A number that was said to be in a unit, as a text's quantities `found` have it: a reader who copies "80 mm" where
    centimetres are asked for says 80. Where no quantity is that number in that unit, and all that have the number with
    a unit of the same kind have the same one, it is converted. Up to a thousandfold, lest ages be taken for seconds.
    """
    if any(_known(own) and agreement(other, own, abs(number), unit) for _, other, own in found):
        return number
    readings = {convert(number, own, unit) for _, other, own in found if own and other == abs(number)} - {None}
    likely = [reading for reading in readings if number and 1 / 1000 <= reading / number <= 1000]
    return float(f"{likely[0]:.12g}") if len(likely) == 1 else number


def stands(value, unit, found):
    """How well a number in a unit agrees with one of a text's quantities `found`, from 0 to 1; of a text of numbers
    alone, whether all are among them. Signs are left out, as there."""
    if isinstance(value, str):
        return float({number for _, number, _ in found} >= set(alone(value) or []))
    if not _known(unit):  # of a ratio, or in a unit of which nothing is known, the number alone can be compared
        return float(any(number == abs(value) for _, number, _ in found))
    return max((agreement(number, own, abs(value), unit) for _, number, own in found), default=0.0)


def alone(text):
    """The numbers of a text that says nothing else, but for units and what links them: of "18 to 34 years" [18, 34].
    None of any other text."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    numbers = [number for _, number, _ in find(text)]
    return numbers if numbers and all(_known(word) or _LINK.fullmatch(word) for word in words) else None


def _known(unit):
    """Dimension and size of a unit as written, or None."""
    unit = unit.lower()
    return UNITS.get(unit) or UNITS.get(unit.removesuffix("s"))


def _spelled(words):
    total = 0
    for word in re.findall(f"{_POWER}|{_ONE}", words.lower()):
        total = max(total, 1) * _POWERS[word] if word in _POWERS else total + _NAMED[word]
    return float(total)
