"""Values as text: in the tables, as a person writes them, and protected from spreadsheets."""

import math
import re
from typing import Any

from designspace.core.sheets import NUMBER
from designspace.language import expressions, quantities

QUANTITY = re.compile(rf"(?P<number>{NUMBER.pattern})\s*(?P<unit>\S*)")

Value = bool | int | float | str


def as_text(value: Value | None) -> str:
    """A value of any kind as text: 158, 12.5, true, right; of None, nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else "" if value is None else str(value)


def parse(text: str, parameter: dict[str, Any]) -> list[Value]:
    """The values that a person wrote into one cell, each as `typed`: none where the cell is empty, and several, with
    semicolons between them, only where the parameter may have several."""
    pieces = text.split(";") if parameter.get("multiple") else [text]
    return [typed(piece, parameter) for piece in map(str.strip, pieces) if piece]


def typed(text: str, parameter: dict[str, Any]) -> Value:
    """A value as its parameter's kind has it: int, float, bool or str. A number may have a unit of its own.

    ValueError, with the end of a sentence that begins with the text, where it is not such a value.
    """
    kind, unit = parameter["kind"], parameter.get("unit", "")
    if kind in ("integer", "number"):
        match = QUANTITY.fullmatch(text)
        number = quantities.convert(float(match["number"]), match["unit"] or unit, unit) if match else None
        if number is None or not math.isfinite(number) or kind == "integer" and not number.is_integer():
            what = "a whole number" if kind == "integer" else "a number"
            raise ValueError(f"it must be {what}" + (f" in {unit}" if unit else ""))
        return int(number) if kind == "integer" else number
    if kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise ValueError("it must be true or false")
        return text.lower() == "true"
    if kind in expressions.KINDS and not expressions.is_one(kind, text):
        raise ValueError(f"it must be a {kind} such as {expressions.EXAMPLES[kind]}")
    if kind == "category" and text not in parameter["values"]:
        raise ValueError(f"it must be one of {', '.join(parameter['values'])}")
    return text
