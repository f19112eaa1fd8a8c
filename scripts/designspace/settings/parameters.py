"""The parameter library: the questions about every paper. It is checked when it is loaded."""

import re
from pathlib import Path
from typing import Any

import yaml

from designspace.planning.roles import KEYS, unfit, with_roles
from designspace.results.outcome_rows import MetaRow
from designspace.results.rows import GroupRow
from designspace.settings.schema import ConfigurationError, refuse, violations

# The other columns of the tables with columns of parameters; SQLite does not distinguish F and f.
COLUMNS = {
    name.lower(): table for table, row in (("meta", MetaRow), ("groups", GroupRow)) for name in row.__annotations__
}
EXAMPLE = re.compile(r"\b(?:for example|for instance|e\.g\.|such as)[^.;)]*", re.IGNORECASE)


def load(path: str | Path) -> list[dict[str, Any]]:
    """The parameter library of a YAML file, checked. ConfigurationError with all errors in it."""
    try:
        parameters: list[dict[str, Any]] = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = "is not valid YAML" if isinstance(error, yaml.YAMLError) else "cannot be read"
        details = " ".join(str(error).split())
        raise ConfigurationError(
            f"The parameter library {path} (config: `parameters`) {why}: {details}; correct the file, or name another."
        ) from None
    return with_roles(check(parameters, str(path)))


def check(parameters: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    """The parameters of the file `path`, unchanged. ConfigurationError with all errors in them."""
    refuse(violations(parameters, "parameters.schema.yaml", path))
    problems: list[str] = []
    names: set[str] = set()
    roles: dict[tuple[str, str], str] = {}
    for parameter in parameters:
        name, kind = parameter["name"], parameter["kind"]
        if name in names:
            problems.append(f"{path}: two parameters have the name `{name}`; rename or remove one.")
        if name in COLUMNS:
            problems.append(f"{path}: `{name}` is the name of another column of {COLUMNS[name]}.csv; rename it.")
        if kind == "category" and "values" not in parameter:
            problems.append(f"{path}: the category `{name}` has no `values`; list those that are allowed.")
        if kind != "category" and "values" in parameter:
            problems.append(f"{path}: `{name}` has `values` but is of kind {kind}; only a category has values.")
        if wrong := unfit(parameter):
            problems.append(f"{path}: {wrong}")
        for key in KEYS:
            if key in parameter and (other := roles.setdefault((key, parameter[key]), name)) != name:
                problems.append(f"{path}: `{name}` and `{other}` have the same `{key}`; remove one of them.")
        names.add(name)
    problems += [
        f"{path}: `{name}` has the name of a column of groups.csv, the source of `{name.removesuffix('_from')}`; "
        "rename it."
        for name in names
        if name.endswith("_from") and name.removesuffix("_from") in names
    ]
    refuse(problems)
    return parameters


def example_warnings(parameters: list[dict[str, Any]], path: str) -> list[str]:
    """A sentence for each definition with an example, which a model may copy as the value of a paper."""
    return [
        f"{path}: the definition of `{parameter['name']}` has an example ({match[0]!r}), and a model may copy it as "
        "the value of a paper that has no such value; describe in words what is meant."
        for parameter in parameters
        if parameter["kind"] not in ("category", "boolean")
        for match in EXAMPLE.finditer(parameter["definition"])
    ]
