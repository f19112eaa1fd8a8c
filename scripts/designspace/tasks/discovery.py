"""The task *discovery*: findings of a paper that the library does not ask for, a branch for each category."""

import json
import re
from typing import Any

from designspace.engine.generator import Answer, Question, Rounds
from designspace.language import evidence, matching, quantities
from designspace.language.evidence import Record, repeats, shared_words
from designspace.language.group_names import PEOPLE, PEOPLE_WORD
from designspace.language.tokens import plain
from designspace.language.units import known
from designspace.planning.branches import FINDING_CHARACTERS, of_discovery
from designspace.tasks import answers, grammars
from designspace.tasks.extraction import BEFORE
from designspace.tasks.scopes import written

AFTER = """
\"\"\"

Some parameters of this paper are recorded already: {known}.
Find others that a reader who compares experiments would record: at most {most} in each of the categories {categories}.
Answer with one JSON object that has a key for each category and as its value a list of findings in the form
{{"name": ..., "value": ..., "unit": ..., "description": ..., "importance": ...}}. The name is in snake_case, the value
as the paper gives it, the unit may be empty, the description is one sentence, the importance high, medium or low.
Report only what the paper says.
"""

SIGNS = re.compile(r'[{}\[\]"\\_|<>`]|[,:;]\s*$')  # of the grammar that an answer is written in
AROUND = " ,:;="  # signs that stand around a value, and are no part of it
NEAR = 30  # characters between a value and its unit, at most
_OF_PEOPLE = re.compile(rf"[\w-]+\s(?:[\w-]+\s){{0,3}}{PEOPLE}", re.IGNORECASE)  # from a number on
COUNT_OF_PEOPLE = re.compile(r"((total|number|n|of|participants?|subjects?|people|sample|size)(_|$))+")


def depends_on(library: list[Record]) -> list[Record]:
    """What the findings depend on of a library: which parameters it has, and whether they count participants."""
    return [{"name": parameter["name"], "counts": "participants" in parameter} for parameter in library]


def frame(library: list[Record], settings: Record) -> tuple[str, str]:
    """The prompt before and after the paper."""
    known = ", ".join(parameter["name"] for parameter in library)
    categories = ", ".join(settings["categories"])
    return BEFORE, AFTER.format(known=known, most=settings["findings"], categories=categories)


def begin(category: str) -> str:
    """The beginning of a branch."""
    return f"{{{json.dumps(category)}:"


def shape(tokenizer: Any, library: list[Record], settings: Record) -> tuple[int, int, int]:
    """(branches, new tokens of one branch, slots of one branch)."""
    branches, share = of_discovery(len(settings["categories"]), settings["max_new_tokens"])
    forced = max(len(plain(tokenizer, begin(category))) for category in settings["categories"])
    return branches, share, forced + share


class Paper:
    """The questions about a paper, and the findings in their answers.

    A branch that runs out of tokens keeps its complete findings. A finding is kept if its evidence has its value in its
    unit and a word of its name or description, if the library does not have it, and if its value says more than its
    name, here and in the evidence; each name is kept once for a paper.
    """

    def __init__(
        self,
        tokenizer: Any,
        grammar_tokenizer: Any,
        record: Record,
        context: Record,
        library: list[Record],
        settings: Record,
    ) -> None:
        self.grammar_tokenizer, self.record, self.context = grammar_tokenizer, record, context
        self.known = [parameter["name"] for parameter in library]
        self.counts_people = any("participants" in parameter for parameter in library)
        _, share, _ = shape(tokenizer, library, settings)
        allowed = grammars.findings(settings["findings"], self.known)
        self.asked = {
            category: Question(plain(tokenizer, begin(category)), allowed, share) for category in settings["categories"]
        }

    def rounds(self) -> Rounds[None]:
        """Ask for findings, a question for each category."""
        self.replies: list[Answer] = yield list(self.asked.values())

    def fields(self) -> Record:
        """The record's findings and new_tokens, as in docs/files.md."""
        findings: dict[str, Record] = {}
        categories = " ".join(self.asked)
        for category, reply in zip(self.asked, self.replies, strict=True):
            for item, probability in answers.objects(self.grammar_tokenizer, reply):
                if len(item["value"]) == FINDING_CHARACTERS:  # the grammar cut it
                    continue
                item["value"] = item["value"].strip(AROUND)
                if self._in_library(item["name"]) or repeats(item["value"], f"{item['name']} {categories}"):
                    continue
                place = locate(self.record, self.context, item)
                sentence, about = place["evidence"], f"{item['name']} {item['description']}"
                is_held = holds(sentence, item["value"], item["unit"]) and says_more(sentence, item)
                if is_held and shared_words(sentence, about, item["value"]):
                    finding = {"category": category, **item, "confidence": probability} | place
                    findings.setdefault(item["name"], finding)
        return {"findings": list(findings.values()), "new_tokens": sum(len(reply.tokens) for reply in self.replies)}

    def _in_library(self, name: str) -> bool:
        """Whether the library asks for this already, under this name with an affix, or as a number of participants."""
        if self.counts_people and COUNT_OF_PEOPLE.fullmatch(name):
            return True
        return any(varies(name, known) for known in self.known)


def varies(name: str, known: str) -> bool:
    """Whether a name is that of a known parameter, or that with an affix: n_total_trials of n_total."""
    return f"_{known}_" in f"_{name}_"


def locate(record: Record, context: Record, item: Record) -> Record:
    """The evidence for a finding, best a sentence that has its value letter by letter."""
    like = {"name": item["name"], "kind": "string", "unit": item["unit"], "definition": item["description"]}
    return evidence.locate(record, context, like, item["value"], near=written(item["value"]))


def holds(text: str, value: str, unit: str) -> bool:
    """Whether a text has a finding: its numbers as quantities in its unit, other values as whole words, and a unit
    beside them. A value without a letter or a digit is in no text; one with characters of JSON must occur letter by
    letter."""
    if any(SIGNS.search(written) and written not in text for written in (value, unit)):
        return False
    if quantities.alone(value):
        return _holds_numbers(quantities.find(text), text, quantities.find(value), value, unit)
    in_text = quantities.find(text)
    if not all(quantities.stands(one.number, one.unit, in_text) for one in quantities.find(value)):
        return False
    found = matching.places(text, value)
    whole = [(begin, end) for begin, end in found if not _goes_on(text, begin, end)]
    in_value = _word(unit).search(value) and matching.letters(unit) != matching.letters(value)
    return bool(whole) and bool(not unit or in_value or any(_beside(text, *place, unit) for place in whole))


def says_more(text: str, item: Record) -> bool:
    """Whether a value is that of a finding, as far as the words beside it in a text say: not if it is a bare number of
    people and the name does not say so, the rest of the name ("keyboard" and "layout"), its abbreviation, or a
    verb ("a keyboard was used")."""
    if numbers := quantities.alone(item["value"]) and quantities.find(item["value"]):
        named = COUNT_OF_PEOPLE.fullmatch(item["name"]) or PEOPLE_WORD.search(item["name"].replace("_", " "))
        places = [one.position for one in quantities.find(text) if one.number == numbers[0].number]
        of_people = places and all(_OF_PEOPLE.match(text, place) for place in places)
        return bool(item["unit"] or named or not of_people)
    value, name = re.escape(item["value"]), r"[\s-]".join(map(re.escape, item["name"].split("_")))
    is_rest = re.search(rf"(?i:\b{name})(?:,?\s(?=[a-z])|\s?\()(?i:{value})\b", text) and not re.search(r"\d", value)
    is_verb = re.match(r"\w+ed\b", value) and re.search(rf"\b(?:is|are|was|were)\s+{value}", text)
    return not is_rest and not is_verb


def _holds_numbers(
    in_text: quantities.Quantities, text: str, numbers: quantities.Quantities, value: str, unit: str
) -> bool:
    """Whether the quantities of a text have the numbers of a value, in its unit or, if they have none, beside it."""
    last, own = numbers[-1].number, numbers[-1].unit
    if not quantities.stands(value if len(numbers) > 1 else last, own or unit, in_text):
        return False
    if own and unit and quantities.convert(1.0, own, unit) is None:
        return False
    if not (own or unit) or any(
        known(q.unit) and quantities.agreement(*q[1:], last, own or unit) == 1 for q in in_text
    ):
        return True
    alike = [q.position for q in in_text if q.number == last]
    return any(_beside(text, position, position + len(value), own or unit) for position in alike)


def _goes_on(text: str, begin: int, end: int) -> bool:
    """Whether a word continues before or after a piece of a text."""
    return text[max(begin - 1, 0) : begin].isalnum() or text[end : end + 1].isalnum()


def _beside(text: str, begin: int, end: int, unit: str) -> bool:
    """Whether a unit, in singular or plural, is printed near a piece of a text, as it is in the header of a table."""
    before, behind = text[max(begin - NEAR, 0) : begin], text[end : end + NEAR]
    return any(_word(unit).search(piece) for piece in (before, behind))


def _word(unit: str) -> re.Pattern[str]:
    """A pattern of a unit as a word of its own."""
    unit = unit.strip()
    single = unit.removesuffix("s") if len(unit) > 3 else unit  # neither "s" nor "ms" is a plural
    return re.compile(rf"(?<![^\W\d_]){re.escape(single)}s?(?!\w)", re.IGNORECASE)
