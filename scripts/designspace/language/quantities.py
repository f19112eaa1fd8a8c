"""Quantities in running text: numbers in digits or in words, with their units, and whether two of them agree."""

import re
import unicodedata
from collections.abc import Iterable
from math import isfinite
from typing import NamedTuple

from designspace.language.units import UNITS, convert, known
from designspace.language.units import at as unit_at

__all__ = ["UNITS", "Quantity", "agreement", "alone", "as_written", "convert", "find", "stands"]

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NAMED = {word: number for number, word in enumerate(_ONES.split())} | {"single": 1}
_NAMED |= {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
_POWERS = {"hundred": 100, "thousand": 1000}

_ONE = f"(?:{'|'.join(sorted(_NAMED, key=len, reverse=True))})"
_SMALL = rf"(?:{_ONE}(?:[\s-]{_ONE})?)"
_POWER = f"(?:{'|'.join(_POWERS)})"
_SPACE = "[ \u00a0\u2007\u2009\u202f]"
_SIGN = "[-−–+]"
_RAISED = "[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}"
_POWER_OF_TEN = rf"10(?:\^[({{]?{_SIGN}?\d{{1,2}}(?!\d)|{_RAISED})"
_FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"
_NUMBER = re.compile(
    r"(?<![\w.^])(?P<label>(?:fig|figs|figures?|tables?|eqs?|equations?|refs?)\.?\s*)?(?:"
    rf"(?P<power>{_POWER_OF_TEN})"
    r"|(?P<digits>"
    r"\d{1,3}(?:,\d{3})+(?![\d,])(?:[.·]\d+)?"  # 12,500
    rf"|[1-9]\d{{0,2}}(?:{_SPACE}\d{{3}})+(?![\d,.]*\d|{_SPACE}\d)(?:[.·]\d+)?"  # 12 500
    r"|\d{1,4},\d{1,2}(?![\d,])"  # 12,5, or two numbers
    rf"|\d*(?:\.|·(?!{_POWER_OF_TEN}))?\d+)"
    rf"(?:[eE](?P<exponent>{_SIGN}?\d{{1,2}})(?!\w)"
    rf"|\s?[×x·∙⋅*]\s?(?P<times>{_POWER_OF_TEN}|10[-−–]\d{{1,2}}(?!\d))"
    rf"|{_SPACE}?(?P<fraction>[{_FRACTIONS}])|/(?P<denominator>[2-9]|10)(?![\d/]))?"
    rf"|(?P<part>[{_FRACTIONS}])"
    rf"|(?P<words>(?:{_SMALL}[\s-])?{_POWER}(?:[\s-](?:and[\s-])?{_SMALL})?\b|{_SMALL}\b))",
    re.IGNORECASE,
)
# Behind these a number counts what is named, and does not go on in the next one: "Experiment 1 200 trials".
_NAMED_BY_NUMBER = re.compile(
    r"(?:experiment|exp|group|block|session|day|study|phase|condition|subject)s?\.?\s$", re.IGNORECASE
)
_LINK = re.compile(r"\s*(?:[-–—−;,/±×x]|to|and|or|by)[\s±−-]*")
# "M = 22.4, SD = 3.1 years": the number before has the unit too.
_SPREAD = re.compile(r"\s?[,;(]?\s?(?:SD|S\.D\.|SEM?|s\.d\.|range)\s?[=:]?\s?")
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−–", "0123456789-+--", "^({")


class Quantity(NamedTuple):
    """A number of a text, where it starts, and its unit as written, "" where it has none."""

    position: int
    number: float
    unit: str


class Quantities(list[Quantity]):
    """The quantities of a text in order. `joined` are the indices of those that form one expression with the next."""

    def __init__(self, quantities: Iterable[Quantity], joined: set[int]) -> None:
        super().__init__(quantities)
        self.joined = joined


def find(text: str) -> Quantities:
    """Quantities `(position, number, unit)` of a text, in order; the unit as written, "" where there is none.

    In "18–34 years" and in "25 and 75°" both numbers have the unit that the last one carries. Signs are left out.
    """
    backwards: list[tuple[Quantity, bool]] = []  # with whether it is joined to the next
    for (start, number, unit), end in reversed(list(_measures(text))):
        joined = False
        if backwards:
            following = backwards[-1][0]
            joined = bool(_LINK.fullmatch(text, end, following.position))
            if not unit and (joined or _SPREAD.fullmatch(text, end, following.position)):
                unit = following.unit
        backwards.append((Quantity(start, number, unit), joined))
    forwards = backwards[::-1]
    return Quantities((quantity for quantity, _ in forwards), {i for i, (_, joined) in enumerate(forwards) if joined})


def _measures(text: str) -> Iterable[tuple[Quantity, int]]:
    """Each number of a text that counts or measures something with the unit behind it, and where they end."""
    position = 0
    while match := _NUMBER.search(text, position):
        position = match.end()
        if match["label"]:  # "Fig. 2" counts nothing
            continue
        start, end = match.start(), match.end()
        digits = match["digits"]
        if digits and _is_list(text, match):
            cut = re.search(r"[, ]", digits)
            end = start + (cut.start() if cut else len(digits))
            number = float(text[start:end])
        elif match["denominator"] and digits != "1":  # 20/24 are two numbers
            end = match.end("digits")
            number = _value(digits)
        else:
            number = _measured(match)
        position = end
        if isfinite(number):
            unit, position = _unit_behind(text, end)
            yield Quantity(start, number, unit), position


def _unit_behind(text: str, end: int) -> tuple[str, int]:
    """The unit behind a number that ends here, and where it ends itself."""
    begin = end + (text[end : end + 1].isspace() or text[end : end + 1] == "-")
    unit = unit_at(text, begin)
    return unit, begin + len(unit) if unit else end


def _is_list(text: str, match: re.Match[str]) -> bool:
    """Whether the digits are several numbers: "1,23" without a unit, and what is named by a number before another."""
    digits = match["digits"]
    if " " in digits:
        before = text[max(0, match.start() - 14) : match.start()]
        return bool(_NAMED_BY_NUMBER.search(before) or re.search(r"\d\s$", before))
    if re.fullmatch(r"\d+,\d{1,2}", digits):
        return not (digits.startswith("0,") or _unit_behind(text, match.end())[0])
    return False


def _measured(match: re.Match[str]) -> float:
    """The value of a number that _NUMBER found."""
    if match["words"]:
        return _spelled(match["words"])
    if match["part"]:
        return unicodedata.numeric(match["part"])
    if match["power"]:
        return _power_of_ten(match["power"])
    number = _value(match["digits"])
    if match["exponent"]:
        number *= 10.0 ** int(match["exponent"].translate(_RAISED_DIGITS))
    elif match["times"]:
        number *= _power_of_ten(match["times"])
    elif match["fraction"]:
        number += unicodedata.numeric(match["fraction"])
    elif match["denominator"]:
        number /= int(match["denominator"])
    return number


def _value(digits: str) -> float:
    """The value of digits with a decimal point or comma and with what groups them."""
    if re.fullmatch(r"\d+,\d{1,2}", digits):
        digits = digits.replace(",", ".")
    return float(re.sub(rf"{_SPACE}|,", "", digits).replace("·", "."))


def _power_of_ten(written: str) -> float:
    return float(10.0 ** int(written[2:].translate(_RAISED_DIGITS)))


def agreement(number: float, unit: str, sought: float, sought_unit: str) -> float:
    """How well a quantity of a text agrees with the requested one ("" is the unit of a count), from 0 to 1."""
    own, other = known(unit), known(sought_unit)
    if own and other:
        same = abs(number * own[1] - sought * other[1]) <= 1e-6 * abs(sought * other[1])
        return float(own[0] == other[0] and same)
    if number != sought:
        return 0.0
    if sought_unit:
        return 0.5  # in a table or a list the unit stands elsewhere
    return 0.2 if unit else 1.0


def as_written(number: float, unit: str, found: Iterable[Quantity]) -> float:
    """A number in the requested unit, if a model copied it from a text with the quantities `found`: a model that copies
    "80 mm" answers 80 where centimetres are asked for.

    If no quantity is that number in the requested unit, and all that have the number with a unit of the same kind have
    the same unit, the number is converted. The factor is at most a thousand, so that ages are not converted into
    seconds.
    """
    if any(known(own) and agreement(other, own, abs(number), unit) for _, other, own in found):
        return number
    readings = {convert(number, own, unit) for _, other, own in found if own and other == abs(number)}
    likely = [
        reading for reading in readings if reading is not None and number and 1 / 1000 <= reading / number <= 1000
    ]
    return float(f"{likely[0]:.12g}") if len(likely) == 1 else number


def stands(value: float | str, unit: str, found: Quantities) -> float:
    """How well a number in a unit agrees with one of a text's quantities `found`, from 0 to 1; signs are ignored.

    A text of numbers alone, such as a range, agrees only if they follow one another as one expression: 18-34 is not in
    "18 people made 34 trials".
    """
    if isinstance(value, str):
        return float(_stand_together(alone(value) or [], unit, found))
    if not known(unit):  # of a ratio, or in a unit of which nothing is known, the number alone can be compared
        return float(any(number == abs(value) for _, number, _ in found))
    return max((agreement(number, own, abs(value), unit) for _, number, own in found), default=0.0)


def _stand_together(numbers: list[float], unit: str, found: Quantities) -> bool:
    n = len(numbers)
    return not n or any(
        [quantity.number for quantity in found[first : first + n]] == numbers
        and all(agreement(q.number, q.unit, q.number, unit) or not unit for q in found[first : first + n])
        and found.joined.issuperset(range(first, first + n - 1))
        for first in range(len(found) - n + 1)
    )


def alone(text: str) -> list[float] | None:
    """The numbers of a text that has nothing else but units and what links them: of "18 to 34 years" [18, 34].
    None of any other text."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    numbers = [number for _, number, _ in find(text)]
    return numbers if numbers and all(known(word) or _LINK.fullmatch(word) for word in words) else None


def _spelled(words: str) -> float:
    total = 0
    for word in re.findall(f"{_POWER}|{_ONE}", words.lower()):
        total = max(total, 1) * _POWERS[word] if word in _POWERS else total + _NAMED[word]
    return float(total)
