"""Violations of a JSON schema in plain English: where they are, what is there, and what is allowed."""

import difflib
import json
import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from designspace.core.errors import DesignspaceError

SCHEMAS = Path(__file__).resolve().parents[3] / "workflow" / "schemas"


class ConfigurationError(DesignspaceError, ValueError):
    """The configuration cannot be used; the message has a sentence for each error."""


def refuse(problems: list[str]) -> None:
    """Raise the problems, one a line, if there are any."""
    if problems:
        raise ConfigurationError("\n".join(problems))


def violations(data: Any, schema_file: str, source: str) -> list[str]:
    """A sentence for each violation of the schema by the data."""
    found = _validator(schema_file).iter_errors(data)
    errors = sorted(found, key=lambda error: [str(step) for step in error.absolute_path])
    return list(dict.fromkeys(f"{source}: {sentence}" for error in errors for sentence in _sentences(error, data)))


@cache  # reading a schema takes longer than what is checked by it
def _validator(schema_file: str) -> Any:
    import jsonschema

    schema = yaml.safe_load((SCHEMAS / schema_file).read_text(encoding="utf-8"))
    base = jsonschema.Draft202012Validator
    # 16.0 is an integer in JSON but not for range(), and YAML has numbers that are not finite.
    types = base.TYPE_CHECKER.redefine_many({"integer": _is_integer, "number": _is_finite})
    extend: Any = jsonschema.validators.extend  # which has no types
    return extend(base, type_checker=types)(schema)


def _is_integer(_: Any, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_finite(_: Any, value: object) -> bool:
    return _is_integer(_, value) or isinstance(value, float) and math.isfinite(value)


def _sentences(error: Any, data: Any) -> list[str]:
    """A violation in words. The description in the schema states what is allowed."""
    where = _where(error.absolute_path, data)
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        of = f" of {where}" if where else ""
        return [
            f"`{key}` is not a key{of}{_suggestion(key, known)}; the keys are {', '.join(known)}."
            for key in error.instance
            if key not in known
        ]
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        about = error.schema["properties"]
        has = f"{where} has" if where else "it has"
        return [f"{has} no `{key}`; it must be {about[key]['description']}." for key in missing]
    given = json.dumps(error.instance, ensure_ascii=False, default=str)
    given = given if len(given) <= 80 else given[:77] + "..."
    return [f"{where or 'it'} is {given}; it must be {error.schema['description']}."]


def _where(path: Iterable[str | int], data: Any) -> str:
    """A place in the data, in a user's words: `model.dtype`; `kind` of the parameter `n_total`."""
    steps = list(path)
    if steps and isinstance(steps[0], int):
        entry = data[steps[0]]
        name = entry.get("name") if isinstance(entry, dict) else None
        of = f"the parameter `{name}`" if isinstance(name, str) and steps[1:] != ["name"] else f"entry {steps[0] + 1}"
        return f"{_keys(steps[1:])} of {of}" if steps[1:] else of
    return _keys(steps)


def _keys(steps: list[str | int]) -> str:
    keys = [step for step in steps if isinstance(step, str)]
    place = f"`{'.'.join(keys)}`" if keys else ""
    return f"entry {steps[-1] + 1} of {place}" if steps and isinstance(steps[-1], int) else place


def _suggestion(key: object, known: list[str]) -> str:
    near = difflib.get_close_matches(str(key), known, 1)
    return f" (did you mean {near[0]}?)" if near else ""
