"""What a parameter counts, or describes of the participants, so that the program reads it itself: its role.

An entry of the library says so with `participants`, `characteristic` or `counts`, or by a usual name.
"""

from typing import Any

from designspace.planning.branches import Library, per

KEYS = ("participants", "characteristic", "counts")
USUAL = {
    "n_experiments": ("counts", "experiments"),
    "n_total": ("participants", "total"),
    "n_female": ("characteristic", "female"),
    "age_mean": ("characteristic", "age_mean"),
    "age_sd": ("characteristic", "age_sd"),
    "age_range": ("characteristic", "age_range"),
}


def with_roles(library: Library) -> Library:
    """The library, in which a parameter with a usual name has its role if it fits and no other parameter has it."""
    given: set[tuple[str, str]] = {(key, entry[key]) for entry in library for key in KEYS if key in entry}
    return [_with_role(entry, given) for entry in library]


def _with_role(parameter: dict[str, Any], given: set[tuple[str, str]]) -> dict[str, Any]:
    key, role = usual = USUAL.get(parameter["name"], ("", ""))
    if not key or usual in given or set(KEYS) & set(parameter):
        return parameter
    likely = parameter | {key: role}
    return parameter if unfit(likely) else likely


def unfit(parameter: dict[str, Any]) -> str:
    """What is wrong with a parameter for its role, as a sentence; "" if nothing is."""
    name, kind = parameter["name"], parameter["kind"]
    if role := parameter.get("participants"):
        level = "paper" if role == "total" else "group"
        if (kind, per(parameter)) != ("integer", level):
            return f"`{name}` counts participants, and so must be of kind integer, per {level}."
    if role := parameter.get("characteristic"):
        of_kind = {"female": "integer", "age_range": "string"}.get(role, "number")
        unit = "" if role == "female" else "years"
        if (kind, parameter.get("unit", "")) != (of_kind, unit):
            unit = "with the unit years" if unit else "without a unit"
            return f"`{name}` is the characteristic {role}, and so must be of kind {of_kind}, {unit}."
    if "counts" in parameter and (kind, per(parameter)) != ("integer", "paper"):
        return f"`{name}` counts experiments, and so must be of kind integer, per paper."
    return ""
