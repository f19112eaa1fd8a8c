"""What a sentence lists beside a value: further numbers in the same unit, and the alternative to a word."""

import re
from collections.abc import Iterable

from designspace.language import quantities

_BETWEEN = r"[\d.]+\s?{}(?:,\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+)(?:[±+−–-]\s?)?"  # from a number to the next one
_JOINED = re.compile(r"(?:\b(?:and|or|versus|vs\.?)\b|/)")
_VERB = re.compile(r"\b(?:was|were|is|are|be|been|remained|stayed|not|but|than)\b")
_GAP, _COUNTERBALANCED = 60, 80  # characters between two alternatives; from a noun to "counterbalanced"


def numbers(sentence: str, value: float, unit: str) -> list[float]:
    """The other numbers of a list that has a value, which is in a unit: of "0°, 1°, 2.5° and 4°" 1 and 4 for 2.5. Zero
    stands in a list for those who had none."""
    found = quantities.find(sentence)
    runs: list[list[quantities.Quantity]] = []
    for index, quantity in enumerate(found):
        before = found[index - 1] if index else None
        between = before and re.compile(_BETWEEN.format(f"(?:{re.escape(before.unit)})?"))
        if before and between and between.fullmatch(sentence, before.position, quantity.position):
            runs[-1].append(quantity)
        else:
            runs.append([quantity])
    for run in runs:
        own = [quantities.convert(one.number, one.unit or run[-1].unit, unit) for one in run]
        listed = [float(f"{number:.12g}") for number in own if number is not None]
        if run[-1].unit and len(listed) == len(run) and abs(value) in listed:
            return [number for number in listed if number not in (0, abs(value))]
    return []


def is_both(sentence: str, value: str, others: Iterable[str], noun: str) -> bool:
    """Whether a sentence that has a value says that it is one of two: it joins the value with another one, "clockwise
    or counter-clockwise", or says that the `noun` of the parameter was counterbalanced."""
    text = re.sub(r"(?<=\w)-(?=\w)", "", sentence.lower())
    if re.search(rf"\b{re.escape(noun)}s?\b[^.;]{{0,{_COUNTERBALANCED}}}\bcounterbalanced\b", text):
        return True
    for other in others:
        for one, two in ((value, other), (other, value)):
            first, second = (rf"(?<!\w){re.escape(word.replace('_', ' '))}(?!\w)" for word in (one, two))
            for match in re.finditer(rf"{first}(?P<gap>[^.;]{{0,{_GAP}}}?){second}", text):
                if _JOINED.search(match["gap"]) and not _VERB.search(match["gap"]):
                    return True
    return False
