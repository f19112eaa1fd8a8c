"""What a user may set. Configuration errors are reported before any job starts."""

import contextlib
import difflib
import itertools
import json
import os
import re
import shlex
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from designspace.core.errors import DesignspaceError
from designspace.parsing import ocr
from designspace.planning import branches, memory, model_files
from designspace.project import ledger
from designspace.results import annotations, corrections

SCHEMAS = Path(__file__).resolve().parents[3] / "workflow" / "schemas"
# New tokens of one branch: fewer do not hold a value, or one finding with its keys.
MIN_NEW_TOKENS = {"extraction": 16, "discovery": 64}
CLOCK_SECONDS = 120  # that the clock of a file server may be ahead of this machine's
EXAMPLE = re.compile(r"\b(?:for example|for instance|e\.g\.|such as)[^.;)]*", re.IGNORECASE)
RESULTS_FOLDERS = ("text", "context", "extraction", "discovery", "pages", "logs", "benchmarks")


class ConfigurationError(DesignspaceError, ValueError):
    """The configuration cannot be run; the message has a sentence for each thing that is wrong."""


def check(config: dict[str, Any]) -> None:
    """Raise a ConfigurationError where the configuration, its library or its papers cannot be used, or where the
    model is not there. Whether the model is supported and fits, `plan` checks."""
    _refuse(_violations(config, "config.schema.yaml", "config"))
    parameters, categories = load_parameters(config["parameters"]), config["discovery"]["categories"]
    for warning in example_warnings(parameters, config["parameters"]):
        print(warning, file=sys.stderr)
    library = {parameter["name"]: parameter for parameter in parameters}
    corrections.load(config["corrections"], library)
    if config["gold"]:
        annotations.load(config["gold"], library)
    _refuse(
        _papers_problems(Path(config["papers"]))
        + _writing_problems(Path(config["results"]))
        + _clock_problems(Path(config["results"]))
        + _cap_problems("extraction", config["extraction"]["max_new_tokens"], parameters, "parameters", more=1)
        + _cap_problems("discovery", config["discovery"]["max_new_tokens"], categories, "categories")
    )
    if config["ocr"] and (missing := ocr.missing()):
        raise ConfigurationError(f"config: {missing}")
    model_files.check_files(config["model"]["name"], config["model"]["revision"])


def plan(config: dict[str, Any]) -> dict[str, Any]:
    """The memory plan of a configuration, see `memory.plan_of`; ValueError if the model does not fit."""
    model, room, library = config["model"], config["memory"], Path(config["parameters"])
    extraction, discovery = config["extraction"], config["discovery"]
    return memory.plan_of(
        model,
        extraction=branches.of_extraction(
            load_parameters(library), extraction["max_new_tokens"], extraction["reasoning"]
        ),
        discovery=branches.of_discovery(len(discovery["categories"]), discovery["max_new_tokens"]),
        capacity=memory.parse_size(room["capacity"]),
        reserve=memory.parse_size(room["reserve"]),
        prefill_chunk=room["prefill_chunk"],
        token_budget=room["token_budget"],
        overhead_tokens=memory.estimate_tokens(library.read_text(encoding="utf-8")),
    )


def load_parameters(path: str | Path) -> list[dict[str, Any]]:
    """The parameter library of a YAML file, checked. ConfigurationError with all that is wrong with it."""
    try:
        parameters: list[dict[str, Any]] = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = "is not valid YAML" if isinstance(error, yaml.YAMLError) else "cannot be read"
        details = " ".join(str(error).split())
        raise ConfigurationError(f"The parameter library {path} (config: `parameters`) {why}: {details}.") from None
    _refuse(_violations(parameters, "parameters.schema.yaml", str(path)))
    problems: list[str] = []
    names: set[str] = set()
    for parameter in parameters:
        name, kind = parameter["name"], parameter["kind"]
        if name in names:
            problems.append(f"{path}: two parameters have the name `{name}`; rename or remove one.")
        if kind == "category" and "values" not in parameter:
            problems.append(f"{path}: the category `{name}` has no `values`; list those that are allowed.")
        if kind != "category" and "values" in parameter:
            problems.append(f"{path}: `{name}` has `values` but is of kind {kind}; only a category has values.")
        names.add(name)
    _refuse(problems)
    return parameters


def example_warnings(parameters: list[dict[str, Any]], path: str) -> list[str]:
    """A sentence for each definition with an example, which a model may copy as the value of a paper."""
    return [
        f"{path}: the definition of `{parameter['name']}` has an example ({match[0]!r}), and a model may copy it as "
        "the value of a paper that has no such value; describe in words what is meant."
        for parameter in parameters
        if parameter["kind"] in ("integer", "number", "string")
        for match in EXAMPLE.finditer(parameter["definition"])
    ]


def _refuse(problems: list[str]) -> None:
    """Raise the problems, if there are any, a line each."""
    if problems:
        raise ConfigurationError("\n".join(problems))


def _papers_problems(folder: Path) -> list[str]:
    if not folder.is_dir():
        return [f"config: the folder {folder} (`papers`) does not exist; make it and put PDFs there, or name another."]
    if not ledger.pdf_files(folder):
        return [f"config: the folder {folder} (`papers`) has no PDF in it; its subfolders are not searched."]
    return []


def _writing_problems(results: Path) -> list[str]:
    """The first folder that may not be written of the results, and Snakemake's."""
    problems = []
    for what, folders in (
        ("the results go (`results`)", [results, *(results / name for name in RESULTS_FOLDERS)]),
        ("Snakemake keeps its notes", [Path(".snakemake")]),
    ):
        for folder in folders:
            there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
            if not os.access(there, os.W_OK | os.X_OK):
                problems.append(
                    f"config: you may not write in {there}, where {what}; make that folder writable, or use another."
                )
                break
    return problems


def _clock_problems(results: Path) -> list[str]:
    """Results from the future were made while a clock was wrong. What changed since then looks older than they are, so
    that Snakemake would leave it out, and jobs that read them would fail."""
    late = [changed for changed in _changes(results) if changed > time.time() + CLOCK_SECONDS]
    if not late:
        return []
    until, now = (time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) for seconds in (max(late), time.time()))
    return [
        f"config: {len(late)} files in {results} are from the future, up to {until}, and here it is {now}. If this is "
        f"wrong, set the clock. If it was wrong before, give them an old time; then only what has changed runs again: "
        f"find {shlex.quote(f'{results}/')} -newermt now -not -name ledger.csv -exec touch -d 2000-01-01 {{}} +"
    ]


def _changes(results: Path) -> Iterator[float]:
    """When the results were written, in seconds; the ledger sees to its own time."""
    for path in itertools.chain(results.glob("*.*"), results.glob("*/*.json*")):
        with contextlib.suppress(FileNotFoundError):  # of a run that is at work
            if path.name != "ledger.csv":
                yield path.stat().st_mtime


def _cap_problems(task: str, cap: int, asked: Sequence[object], what: str, more: int = 0) -> list[str]:
    """`more` branches, besides one for each that is asked, have a share."""
    n, each = len(asked) + more, MIN_NEW_TOKENS[task]
    if cap >= n * each:
        return []
    return [
        f"config: `{task}.max_new_tokens` is {cap}, which leaves each of the {len(asked)} {what} {cap // n} tokens, "
        f"and at least {each} are needed; set it to {n * each} or more, or have fewer {what}."
    ]


def _violations(data: Any, schema_file: str, source: str) -> list[str]:
    """A sentence for each way in which the data break the schema."""
    import jsonschema

    schema = yaml.safe_load((SCHEMAS / schema_file).read_text(encoding="utf-8"))
    base = jsonschema.Draft202012Validator
    # 16.0 counts as an integer in JSON but not in range().
    types = base.TYPE_CHECKER.redefine("integer", lambda _, x: isinstance(x, int) and not isinstance(x, bool))
    extend: Any = jsonschema.validators.extend  # which has no types
    validator = extend(base, type_checker=types)(schema)
    errors = sorted(validator.iter_errors(data), key=lambda error: [str(step) for step in error.absolute_path])
    return list(dict.fromkeys(f"{source}: {sentence}" for error in errors for sentence in _sentences(error, data)))


def _sentences(error: Any, data: Any) -> list[str]:
    """A violation in words. The description in the schema states what is allowed."""
    where = _where(error.absolute_path, data)
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        of = f" of {where}" if where else ""
        return [
            f"`{key}` is no key{of}{_suggestion(key, known)}; the keys are {', '.join(known)}."
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
