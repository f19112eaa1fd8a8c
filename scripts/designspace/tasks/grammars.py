"""The grammars of the answers, in llguidance's Lark dialect.

A grammar begins behind a forced text that ends with a colon, takes the space that a tokenizer may put before a value,
and includes what ends the value: where it stopped at the value itself, a number could only end by growing. The end is
the one that models write in a JSON object of a line for each key; where it is one token, another end is not natural.
"""

import json
from typing import Any

from designspace.planning.branches import (
    DECIMALS,
    DIGITS,
    FINDING_CHARACTERS,
    FINDING_PARTS,
    NAME_CHARACTERS,
    PART_CHARACTERS,
    REASON_CHARACTERS,
    TEXT_CHARACTERS,
    UNIT_CHARACTERS,
)

END = r"/,\n|\n}/"
NULL = rf"start: / ?null/ {END}"

# Neither quotes, backslashes nor control, format, private and unassigned characters: what needs no escape in JSON.
_CHARACTER = r'[^"\\\p{C}]'


def _string(fewest: int, most: int) -> str:
    """A regular expression for a JSON string of `fewest` to `most` characters that does not begin with a space."""
    return rf'/"[^"\\\p{{C}}\s]{_CHARACTER}{{{fewest - 1},{most - 1}}}"/'


_WHOLE = f"-?(0|[1-9][0-9]{{0,{DIGITS - 1}}})"
_SCALARS = {
    "integer": f"/{_WHOLE}/",
    "number": rf"/{_WHOLE}(\.[0-9]{{1,{DECIMALS}}})?/",
    "boolean": "/true|false/",
    "string": _string(1, TEXT_CHARACTERS),
    "statistic": _string(1, TEXT_CHARACTERS),
    "mean": _string(1, TEXT_CHARACTERS),
}
SENTENCE = f"start: TEXT {END}\nTEXT: / ?/ {_string(2, REASON_CHARACTERS)}"


def _literal(text: str) -> str:
    """A Lark string that matches the JSON string of a text."""
    return json.dumps(json.dumps(text, ensure_ascii=False), ensure_ascii=False)


def _several(item: str, most: int | None = None) -> str:
    """One to `most` items, separated by commas; without `most` any number of them."""
    if most == 1:  # llguidance has no repetition from 0 to 0 times
        return item
    return f"{item} (/, ?/ {item}){{0,{most - 1}}}" if most else f"{item} (/, ?/ {item})*"


def value(parameter: dict[str, Any]) -> str:
    """The grammar of a parameter's value; for a parameter with several values, of one value or a list without null.

    Only the limit of the branch's tokens ends a long list, so that no number is shortened to fit; the complete values
    of such a list count. The list may contain a value twice: a grammar that forbids this grows without bounds with the
    values of a category.
    """
    if parameter["kind"] == "category":
        scalar = " | ".join(map(_literal, parameter["values"]))
    else:
        scalar = _SCALARS[parameter["kind"]]
    if not parameter.get("multiple"):
        return f"start: ANSWER END\nANSWER: / ?/ SCALAR\nSCALAR: {scalar}\nEND: {END}\n"
    # A single value stays allowed, because a model that must give a list fills it.
    answer = f'/ ?/ (SCALAR | "[" / ?/ {_several("SCALAR")} "]")'
    return f"start: ANSWER END\nANSWER: {answer}\nSCALAR: {scalar}\nEND: {END}\n"


def names(most: int) -> str:
    """The grammar of a list of at most `most` names, which may be empty."""
    return f'start: / ?\\[/ ({_several("NAME", most)})? "]" END\nNAME: {_string(1, NAME_CHARACTERS)}\nEND: {END}\n'


def findings(most: int, refused: list[str]) -> str:
    """The grammar of a list of at most `most` findings whose names are in snake_case and not among the refused ones."""
    part, more = PART_CHARACTERS, FINDING_PARTS - 1
    name = rf"/[a-z][a-z0-9]{{0,{part - 1}}}(_[a-z0-9]{{1,{part}}}){{0,{more}}}/"
    if refused:
        name = f"({name}) & ~({' | '.join(json.dumps(n) for n in refused)})"
    return f"""start: / ?\\[/ ({_several("finding", most)})? /\\][,}}]/
finding: "{{\\"name\\": \\"" NAME "\\", \\"value\\": " TEXT ", \\"unit\\": " UNIT ", " about "}}"
about: "\\"description\\": " TEXT ", \\"importance\\": " /"(high|medium|low)"/
NAME: {name}
TEXT: {_string(1, FINDING_CHARACTERS)}
UNIT: /"{_CHARACTER}{{0,{UNIT_CHARACTERS}}}"/
"""
