"""The ages and the number of women that a piece of a sentence about one group gives, or a cell of a table.

A piece is read part by part, since what stands behind "age" is about it until a part names something else: "mean age
21.3 years, SD 2.1, range 18–27, education 14 years, SD 2".
"""

import re
from collections.abc import Iterator

from designspace.language import counts

FEMALE, AGE_MEAN, AGE_SD, AGE_RANGE = "female", "age_mean", "age_sd", "age_range"
MEN, SIZE = "men", "size"  # from which the number of women follows
Values = dict[str, float | str]

_DIGITS = r"\d{1,3}(?:[.·]\d{1,3})?(?![\d%]|[.·]\d|\s?%)"
NUM = rf"(?<![\w.·]){_DIGITS}"
YEARS = r"(?:years?|yrs?|y\.?\s?o|y)\b(?:[\s-]old\b|\s+of\s+age\b)?"
AGE = re.compile(rf"\b(?:ages?|aged)\b|\d\s?-?{YEARS}", re.IGNORECASE)
PLUS = r"\s*(?:±|\+\s?/\s?[-−–])\s*"
SD = r"(?:\bSDs?\b|\bS\.D\.|\bstandard\s+deviations?\b)"
# Other spans of time, and ages of something else than all of a group.
_OTHER = re.compile(
    r"\b(?:education\w*|school\w*|experience|onset|duration|diagnos\w+|practice\w*|practic\w+|playing|training|since"
    r"|after|months?|weeks?|days?|score\w*|IQ|MMSE|MoCA|BMI|median\w*|IQR|criteri\w+|older than|younger than|over|above"
    r"|under|below|at least|up to|less than|more than|age.matched|handedness|height|weight)\b|[<>≥≤]",
    re.IGNORECASE,
)
SE = r"\b(?:SEM?s?|S\.E\.(?:M\.)?|standard errors?)(?!\w)"
_SE = re.compile(SE, re.IGNORECASE)
_RANGE = re.compile(rf"({NUM})(?:\s?{YEARS})?\s*(?:[-–−]|\b(?:to|and)\b)\s*({_DIGITS})", re.IGNORECASE)
_MEAN_SD = re.compile(rf"({NUM})(?:\s?{YEARS})?{PLUS}({NUM})", re.IGNORECASE)
_SD = re.compile(rf"{SD}\s?(?:[=:]|of|was)?\s*({NUM})", re.IGNORECASE)
_ALONE = re.compile(rf"[^\d±]*?({NUM})[^\d±]*", re.IGNORECASE)
_IS_MEAN = re.compile(r"\b(?:means?|averages?|avg\.?|M)(?!\w)", re.IGNORECASE)
_SPREAD_IN_BRACKETS = re.compile(rf"\bmean\s*\({SD}\)|\({SD}\)|±\s*{SD}", re.IGNORECASE)
# The words that a part about an age has besides numbers; with another word, it is about something else.
_OF_AGE_TEXT = """mean average avg age ages aged group m range ranges ranged ranging from between to and was were is of
year years yr yrs y o old the a an one with in had s d sd sds standard deviation deviations e se sem sems error errors
min max"""
_OF_AGE = frozenset(_OF_AGE_TEXT.split())
_WIDEST = 7  # standard deviations between the youngest and the oldest of a group
_PARTS = re.compile(r"[;,()\[\]]|\band\b(?!\s*\d)|\bwith\b", re.IGNORECASE)
_WOMEN = r"(?:females?|wom[ae]n|girls?)\b"
_MEN = r"(?:males?|m[ae]n|boys?)\b"
_GENDERS = [
    rf"\b(?:{_WOMEN}|F\b)\s?[/:]\s?(?:{_MEN}|M\b)[\s)]*[=:,]?\s*(?P<a>\d+)\s?[/:]\s?\d+(?!\d)",
    rf"\b(?:{_MEN}|M\b)\s?[/:]\s?(?:{_WOMEN}|F\b)[\s)]*[=:,]?\s*\d+\s?[/:]\s?(?P<b>\d+)(?!\d)",
    rf"(?<![\w.])(?P<c>\d+)\s?[/:]\s?\d+\s*\(?\s*(?:{_WOMEN}|F\b)\s?[/:]\s?(?:{_MEN}|M\b)",
    rf"(?<![\w.])\d+\s?[/:]\s?(?P<d>\d+)\s*\(?\s*(?:{_MEN}|M\b)\s?[/:]\s?(?:{_WOMEN}|F\b)",
    r"(?<![\w.])(?P<e>\d+)\s?[Ff]\b(?=\s?[,/;]?\s?(?:and\s)?\d+\s?[Mm]\b)",
    r"(?<![\w.])\d+\s?[Mm]\s?[,/;]?\s?(?:and\s)?(?P<f>\d+)\s?[Ff]\b",
    rf"(?<!/)(?P<g>{counts.NUMBER})\s+(?:of (?:them|whom|which)\s+)?(?:(?:were|was|right-handed|healthy)\s+)*"
    rf"{_WOMEN}(?!\s?/\s?(?:{_MEN}|M\b))",
    rf"\b(?<!/){_WOMEN}\s?[:=]\s?(?P<h>\d+)(?![\d.]|\s?%)",
]
_COUNTED = re.compile(
    rf"(?:n|no\. of|number of)?\s*(?P<men>{_MEN})|n|n analy[sz]ed|(?:number of )?(?:participants|subjects)",
    re.IGNORECASE,
)
_MALE = re.compile(rf"(?<!/)({counts.NUMBER})\s+(?:right-handed\s+)?{_MEN}(?!\s?/)", re.IGNORECASE)
_FEMALE = re.compile("|".join(_GENDERS), re.IGNORECASE)


def is_topic(text: str) -> bool:
    """Whether what a text named last is the age: not so behind "mean ages, and years of education"."""
    places = [match.end() for match in re.finditer(rf"\bages?\b|\d\s?{YEARS}(?!\s+of)", text, re.IGNORECASE)]
    return bool(places) and not _OTHER.search(text, places[-1])


def of_piece(piece: str, about_age: bool = False, is_mean: bool = False) -> Values:
    """The values that a piece about one group gives; `about_age` if the words before it name the age, and `is_mean` if
    they say that it is a mean."""
    readings: list[tuple[str, float | str]] = []
    women = {counts.number(next(filter(None, match.groups()))) for match in _FEMALE.finditer(piece)}
    readings += [(FEMALE, value) for value in women]
    readings += [(MEN, counts.number(match[1])) for match in _MALE.finditer(piece)]
    readings += [(SIZE, int(match[1])) for match in re.finditer(r"\bn\s*=\s*(\d+)\b", piece, re.IGNORECASE)]
    of_age = list(_parts_about_age(piece, about_age))
    is_error = any(_SE.search(part) for part in of_age)
    in_brackets = _SPREAD_IN_BRACKETS.search(piece)
    candidate: float | None = None
    for part in of_age:
        has_mean = candidate is not None
        if match := _MEAN_SD.search(part):
            readings += [(AGE_MEAN, value(match[1])), *([] if is_error else [(AGE_SD, value(match[2]))])]
        elif match := _SD.search(part):
            readings.append((AGE_SD, value(match[1])))
            if rest := _ALONE.match(part, 0, match.start()):
                candidate = value(rest[1])
            readings += [(AGE_MEAN, candidate)] if candidate is not None else []
        elif match := _RANGE.search(part):
            readings.append((AGE_RANGE, f"{value(match[1]):g}-{value(match[2]):g}"))
        elif (match := _ALONE.fullmatch(part)) and not _SE.search(part):
            if has_mean and in_brackets and part.strip() == match[1]:
                readings.append((AGE_SD, value(match[1])))
            elif not has_mean:
                candidate = value(match[1])
                is_sure = is_mean or _IS_MEAN.search(part) or "." in match[1] or in_brackets
                readings += [(AGE_MEAN, candidate)] if is_sure else []
    return sensible(_only(readings))


def _parts_about_age(piece: str, about_age: bool) -> Iterator[str]:
    for part in filter(str.strip, _PARTS.split(piece)):
        if _OTHER.search(part) or re.search(r"\bn\s*=", part, re.IGNORECASE):
            about_age = False
        elif AGE.search(part):
            about_age = True
        elif not _is_of_age(part):
            about_age = False
        if about_age:
            yield part


def _is_of_age(part: str) -> bool:
    return _OF_AGE.issuperset(re.findall(r"[^\W\d_]+", part.lower()))


def _only(readings: list[tuple[str, float | str]]) -> Values:
    """The values of which no other is given."""
    several: dict[str, set[float | str]] = {}
    for name, value in readings:
        several.setdefault(name, set()).add(value)
    return {name: next(iter(values)) for name, values in several.items() if len(values) == 1}


def sensible(values: Values) -> Values:
    """The same values; without the ages, if they cannot be those of people or contradict each other."""
    mean, spread = values.get(AGE_MEAN), values.get(AGE_SD)
    low, high = map(float, str(values.get(AGE_RANGE, "0-120")).split("-"))
    is_possible = low < high <= 120 and (mean is None or 0 < float(mean) < 110 and low <= float(mean) <= high)
    if spread is not None and AGE_RANGE in values and high - low > _WIDEST * float(spread):
        values = {name: value for name, value in values.items() if name != AGE_SD}  # it is a standard error
        spread = None
    is_spread = spread is None or mean is not None and 0 < float(spread) < float(mean) / 2
    return (
        values
        if is_possible and is_spread
        else {n: v for n, v in values.items() if n not in (AGE_MEAN, AGE_SD, AGE_RANGE)}
    )


def of_cells(cells: list[tuple[str, str]], spread: str = "") -> Values:
    """The values in the cells of a table, (header, cell), that are about one group. `spread` is what the table's
    caption or note says to be behind a mean: SD, SE or ""."""
    readings: list[tuple[str, float | str]] = []
    about_age = False
    for header, cell in cells:
        if re.search(rf"\b(?:{_WOMEN}|sex|gender|F)\b", header, re.IGNORECASE):
            readings += _women(header, cell)
            about_age = False
            continue
        if cell.isdecimal() and (counted := _COUNTED.fullmatch(header)):
            readings.append((MEN if counted["men"] else SIZE, int(cell)))
        is_age = re.search(r"\bages?\b", header, re.IGNORECASE)
        about_age = bool(is_age or about_age and _is_of_age(header)) and not _OTHER.search(header)
        if about_age:
            readings += _of_age(
                f"{header} ({spread})" if spread and not re.search(f"{SD}|{SE}", header) else header, cell
            )
    return sensible(_only(readings))


def _of_age(header: str, cell: str) -> Iterator[tuple[str, float | str]]:
    """What a cell gives under a header about age: "Age (SD)", "Age range", "Mean age (range)"."""
    if re.search(r"\bmin\b.*\bmax\b|\brange\b", header, re.IGNORECASE):
        cell = re.sub(r"(\d)\s?[;,]\s(?=\d)", r"\1–", cell)  # "25 (20; 30)"
    cell = re.sub(YEARS, "", cell.replace("·", "."), flags=re.IGNORECASE).strip()
    error = _SE.search(header) or _SE.search(cell)
    if match := re.fullmatch(rf"({NUM})(?:{PLUS}({NUM})|\s*[(\[](?:SD\s?=?\s?)?({NUM})[)\]])?", cell):
        has_sd = re.search(SD, header, re.IGNORECASE)
        if not match[2] and not match[3]:
            is_spread = has_sd and not re.search(r"\bmean|\(S", header, re.IGNORECASE)
            is_range = re.search("range|min|max", header, re.IGNORECASE)
            if not error and not is_range:
                yield (AGE_SD if is_spread else AGE_MEAN), value(match[1])
            return
        yield AGE_MEAN, value(match[1])
        if not error and (match[2] or has_sd or "SD" in cell):
            yield AGE_SD, value(match[2] or match[3])
    elif match := re.fullmatch(rf"(?:({NUM})(?:{PLUS}({NUM}))?)?\s*[,;]?\s*[(\[]?{_RANGE.pattern}[)\]]?", cell):
        if match[1]:
            yield AGE_MEAN, value(match[1])
        if match[2] and not error:
            yield AGE_SD, value(match[2])
        yield AGE_RANGE, f"{value(match[3]):g}-{value(match[4]):g}"


def _women(header: str, cell: str) -> Iterator[tuple[str, float | str]]:
    """The number of women of a cell under "Women", "Female (%)", "Sex (F/M)" or "n (female)"."""
    if match := _FEMALE.search(cell) or _FEMALE.search(f"{header.rstrip(')')} {cell}"):
        yield FEMALE, counts.number(next(filter(None, match.groups())))
    elif re.match(r"n\b.*\(", header, re.IGNORECASE):
        yield from ((FEMALE, int(women)) for women in re.findall(r"^\d+\s*\((\d+)\)$", cell))
    elif re.search(rf"\b(?:{_WOMEN}|F\b)", header, re.IGNORECASE):
        is_other = re.search(rf"\b(?:{_MEN}|M\b)", header, re.IGNORECASE)
        is_share = "%" in header and not re.search(r"\bn\b", header, re.IGNORECASE)
        match = re.fullmatch(r"(\d+)(?:\s*\(\d+(?:\.\d+)?\s?%?\))?", cell)
        if match and not is_other and not is_share:
            yield FEMALE, int(match[1])


def value(digits: str) -> float:
    """A number of a text with its decimal point or dot."""
    return float(digits.replace("·", "."))
