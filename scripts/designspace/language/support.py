"""How well a sentence supports a value of a parameter: whether it is about the parameter, whether a word means the
value, and whether a number counts or measures what the parameter does.

What a parameter is about is known by the words of its name and definition alone.
"""

import re
from collections.abc import Iterable, Iterator

from designspace.language import quantities, units
from designspace.language.evidence import Record, Value, content_words, is_form, shared_words
from designspace.language.group_names import PEOPLE
from designspace.language.groups import NUMBERS

WHOLE, HALF, NOTHING = 1.0, 0.5, 0.0
# Nouns that are counted, those of one line for the same things.
_COUNTED = [
    re.compile(rf"{kind}\b", re.IGNORECASE)
    for kind in (
        rf"(?:{PEOPLE}|(?:fe)?males?|(?:wo)?m[ae]n)",
        "(?:trials?|reach(?:es)?|movements?|repetitions?)",
        "(?:(?:mini-?)?blocks?|cycles?|epochs?|bins?|sets?|runs?|sessions?|phases?|days?|weeks?)",
        "(?:targets?|locations?|positions?|directions?)",
        "(?:groups?|conditions?|experiments?|studies|study)",
    )
]
_NUMBER = re.compile(r"[\d.,·]*\d|[^\W\d_]+(?:-(?:one|two|three|four|five|six|seven|eight|nine)\b)?")
_BEHIND = re.compile(r"(?P<joint>[-\s])(?P<first>[^\W\d_]+)(?P<rest>(?:\s[^\W\d_]+){0,2})")
# Between a number that counts a part and the noun: "one of the two targets".
_PARTITIVE = re.compile(rf"^\sof(?:\s(?:the|these|those|its|their|our|\d+|{'|'.join(NUMBERS)}))*(?=\s)", re.IGNORECASE)
_WORDS = "of in and or to for with on at from per by as was were is are had who that than then"
_NO_NOUN = frozenset(_WORDS.split())
# What stands behind a result, and before it.
_RESULT = re.compile(r"\s?(?:±|\+/-|[\[(]\s?[-−–]?\d+(?:\.\d+)?\s?\S{0,3}\s?,\s?[-−–\d]|[,;]?\s[tF]\s?\()")
_OF_RESULTS = re.compile(r"\d\s?\S{0,4}\s?±\s?$|\b(?:average|mean|median)\w?\b[^.;,()]{0,50}$", re.IGNORECASE)
_AVERAGED = re.compile(r"mean|average|median|deviation|error|\bsd\b", re.IGNORECASE)
_LASTING = re.compile(r"\bfor\s(?:about\s|another\s|at least\s|up to\s)?$", re.IGNORECASE)
_LONG = re.compile(r"duration|time|period|interval|length|long", re.IGNORECASE)
_DIVIDED = re.compile(
    r"[-\s][a-z]+,?\s(?:(?:which|that|and)\s)?(?:(?:was|were)\s)?(?:divided|split|organi[sz]ed|separated)\s(?:in)?to\b"
)
_WHOLE_SESSION = re.compile(r"total|\ball\b|whole|session|altogether", re.IGNORECASE)
_LABEL = re.compile(r"\b(experiment|exp|group|block|session|day|study|phase|condition|step)s?\.?\s$", re.IGNORECASE)
# Between the word of another parameter and a number of it: "baseline phase was increased from 16 to 32".
_UP_TO = r"\w*\b(?:[^.,;:()\d]{0,40}(?:\d+\sto\s)?[(:]?\s?|,\s?)$"
_FROM = r"[-\s](?:(?!(?:and|or|before|after|followed|then|to|in|during|from|until|with)\b)[\w/-]+\s){0,4}"


def strength(sentence: str, parameter: Record, value: Value, rivals: Iterable[str] = ()) -> float:
    """WHOLE, HALF or NOTHING of a value's confidence, as far as a sentence supports it as a value of a parameter.

    `rivals` are words that make a number that of another parameter (`rivals_of`).
    """
    kind, about = parameter["kind"], f"{parameter['name']} {parameter['definition']}"
    if kind == "category":
        return _of_category(sentence, parameter, str(value))
    least = 2 if kind == "boolean" else 1
    topic = WHOLE if shared_words(sentence, about, value if isinstance(value, str) else "") >= least else HALF
    return topic * of_number(sentence, parameter, value, rivals)


def of_number(sentence: str, parameter: Record, value: Value, rivals: Iterable[str] = ()) -> float:
    """The same for a number as far as the words beside it say what it counts or measures, at its best place in the
    sentence; WHOLE for other values, and where the number is not printed."""
    if isinstance(value, bool | str):
        return WHOLE
    return max(_of_places(sentence, parameter, value, rivals), default=WHOLE)


def rivals_of(parameter: Record, library: Iterable[Record]) -> frozenset[str]:
    """The words by which the names of other parameters differ that are of the same kind and end alike: "early" for
    late_trials, where there is early_trials."""
    kind, end = parameter["kind"], content_words(parameter["name"])[-1:]
    own = content_words(f"{parameter['name']} {parameter['definition']}")
    named = [content_words(other["name"]) for other in library if other["kind"] == kind]
    others = {word for words in named if end and words[-1:] == end for word in words}
    return frozenset(word for word in others if not any(is_form(word, known) for known in own))


def own_words(parameter: Record, value: str) -> list[str]:
    """The words of a category's value that its other values do not have."""
    others = " ".join(other for other in parameter["values"] if other != value)
    return [word for word in content_words(value) if not shared_words(others, word)]


def _of_category(sentence: str, parameter: Record, value: str) -> float:
    """HALF where the sentence has words of the value, but not the last that is its own, "course" of course_credit, or
    the only word of a value, but nothing about the parameter: "doors were randomly assigned" of a random schedule."""
    own = own_words(parameter, value)
    held = [word for word in own if shared_words(sentence, word)]
    if held and own[-1] not in held:
        return HALF
    about = f"{parameter['name']} {parameter['definition']}"
    is_alone = held and len(content_words(value)) == 1
    return HALF if is_alone and not shared_words(sentence, about, " ".join(parameter["values"])) else WHOLE


def _of_places(sentence: str, parameter: Record, value: float, rivals: Iterable[str]) -> Iterator[float]:
    """How well each place of a number in a sentence supports it."""
    about, unit = f"{parameter['name']} {parameter['definition']}".replace("_", " "), parameter.get("unit", "")
    near = "|".join(map(re.escape, sorted(rivals)))
    for start, number, own in quantities.find(sentence):
        if not quantities.agreement(number, own, abs(value), unit):
            continue
        written = _NUMBER.match(sentence, start)
        end = written.end() if written else start
        before, behind = sentence[max(start - 80, 0) : start], sentence[end : end + 80]
        measured = re.sub(rf"^[\s-]?{re.escape(own)}", "", behind)
        label = _LABEL.search(before)
        is_named = label and label[1].lower() not in about.lower()
        is_other = near and (
            re.search(rf"\b(?:{near}){_UP_TO}", before, re.IGNORECASE)
            or re.match(rf"{_FROM}(?:{near})", behind, re.IGNORECASE)
        )
        is_result = _RESULT.match(measured) or _OF_RESULTS.search(before)
        is_lasting = _LASTING.search(before) and units.convert(1.0, own, "s") is not None
        if is_named or is_other or parameter["kind"] == "integer" and _counts_others(behind, parameter):
            yield NOTHING
        elif (
            is_result
            and not _AVERAGED.search(about)
            or is_lasting
            and not _LONG.search(about)
            or _DIVIDED.match(behind)
            and not _WHOLE_SESSION.search(about)
        ):
            yield HALF
        else:
            yield WHOLE


def _counts_others(behind: str, parameter: Record) -> bool:
    """Whether what stands behind a count is a noun of other things than the parameter counts: "40 cycles" of trials.
    Of a definition the first noun is what it counts: the participants of a group."""
    definition = (kinds for word in parameter["definition"].split() if (kinds := _kinds([word])))
    own = _kinds(parameter["name"].split("_")) or next(definition, set())
    match = _BEHIND.match(_PARTITIVE.sub("", behind))
    if not match or not own:
        return False
    noun: set[int] = set()
    for word in [match["first"]] if match["joint"] == "-" else [match["first"], *match["rest"].split()]:
        kinds = _kinds([word])
        if word.lower() in _NO_NOUN or noun and not kinds:
            break
        noun = kinds or noun
    return bool(noun) and not noun & own


def _kinds(nouns: Iterable[str]) -> set[int]:
    """Which of the things that are counted some words are."""
    return {place for noun in nouns for place, kind in enumerate(_COUNTED) if kind.fullmatch(noun.strip(".,;()"))}
