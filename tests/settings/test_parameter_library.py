"""Errors in the parameter library, the corrections and the gold are reported before any job starts."""

from pathlib import Path

import pytest
import yaml
from configurations import PARAMETERS, make_config, sentences
from conftest import ROOT

from designspace.planning.roles import KEYS
from designspace.settings import configuration, parameters


@pytest.fixture
def config(tmp_path, monkeypatch):
    return make_config(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("library", "sentence"),
    [
        ("- {name: a, kind: int, definition: x}", '`kind` of the parameter `a` is "int"'),
        (
            "- {name: a, kind: integr, definition: x}",
            '"integr"; it must be integer, number, string, boolean, category, statistic or mean.',
        ),
        ("- {name: a, kind: integer}", "the parameter `a` has no `definition`; it must be a sentence that says"),
        ("- {kind: integer, definition: x}", "entry 1 has no `name`; it must be a name in snake_case"),
        (
            "- {name: nTotal, kind: integer, definition: x}",
            '`name` of entry 1 is "nTotal"; it must be a name in snake_case',
        ),
        ("- {name: paper, kind: integer, definition: x}", "other than paper"),
        ("- {name: experiment, kind: integer, definition: x}", "other than paper, experiment and group"),
        ("- {name: group, kind: integer, definition: x}", "other than paper, experiment and group"),
        (
            "- {name: a, kind: integer, definition: x, units: cm}",
            "`units` is not a key of the parameter `a` (did you mean unit?)",
        ),
        (
            "- {name: a, kind: integer, definition: x, multiple: 1}",
            "`multiple` of the parameter `a` is 1; it must be true or",
        ),
        ("- {name: n1i, kind: integer, definition: x}", "`n1i` is the name of another column of meta.csv; rename it."),
        ("- {name: f, kind: integer, definition: x}", "`f` is the name of another column of meta.csv; rename it."),
        (
            "- {name: page, kind: integer, definition: x}",
            "`page` is the name of another column of groups.csv; rename it.",
        ),
        ("- {name: a, kind: category, definition: x}", "the category `a` has no `values`"),
        (
            "- {name: a, kind: category, definition: x, values: []}",
            "`values` of the parameter `a` is []; it must be a list",
        ),
        (
            "- {name: a, kind: category, definition: x, values: [yes]}",
            "entry 1 of `values` of the parameter `a` is true; it must",
        ),
        ("- {name: a, kind: category, definition: x, values: ['\"']}", "entry 1 of `values` of the parameter `a` is"),
        ("- {name: a, kind: category, definition: x, values: [b; c]}", "entry 1 of `values` of the parameter `a` is"),
        ("- {name: a, kind: number, definition: x, values: [b]}", "`a` has `values` but is of kind number"),
        (
            "- {name: a, kind: number, definition: x}\n- {name: a, kind: string, definition: y}",
            "two parameters have the name `a`",
        ),
        ("- {name: a, kind: integer, definition: x, per: arm}", '"arm"; it must be paper, experiment or group.'),
        (
            "- {name: a, kind: integer, definition: x, participants: analysed}",
            "`a` counts participants, and so must be of kind integer, per group.",
        ),
        (
            "- {name: a, kind: integer, per: group, definition: x, participants: analysed}\n"
            "- {name: b, kind: integer, per: group, definition: y, participants: analysed}",
            "`b` and `a` have the same `participants`",
        ),
        (
            "- {name: a, kind: integer, per: group, unit: years, definition: x, characteristic: age_mean}",
            "`a` is the characteristic age_mean, and so must be of kind number, with the unit years.",
        ),
        (
            "- {name: a, kind: integer, unit: years, definition: x, characteristic: female}",
            "`a` is the characteristic female, and so must be of kind integer, without a unit.",
        ),
        (
            "- {name: a, kind: integer, per: group, definition: x, characteristic: female}\n"
            "- {name: b, kind: integer, per: group, definition: y, characteristic: female}",
            "`b` and `a` have the same `characteristic`",
        ),
        (
            "- {name: a, kind: number, counts: experiments, definition: x}",
            "`a` counts experiments, and so must be of kind integer, per paper.",
        ),
        (
            "- {name: a, kind: number, definition: x}\n- {name: a_from, kind: string, definition: y}",
            "`a_from` has the name of a column of groups.csv, the source of `a`; rename it.",
        ),
        ("- just a text", 'entry 1 is "just a text"; it must be a mapping with the keys name, kind and definition.'),
        ("a: b", 'parameters.yaml: it is {"a": "b"}; it must be a list of at least one parameter.'),
        ("[]", "it is []; it must be a list of at least one parameter."),
        ("", "it is null; it must be a list of at least one parameter."),
        ("- {name: a, kind", "is not valid YAML: while parsing a flow mapping"),
    ],
)
def test_a_wrong_parameter_library_is_one_sentence(config, library, sentence):
    with open(config["parameters"], "w") as file:
        file.write(library)
    (message,) = sentences(config)
    assert sentence in message
    assert "config/parameters.yaml" in message


def test_wrong_corrections_are_one_sentence(config, tmp_path):
    (tmp_path / "config" / "corrections.csv").write_text("paper,parameter,value\nsmith_2019,n_total,many\n")
    message = 'config/corrections.csv, row 2: `value` of n_total is "many"; it must be a whole number.'
    assert sentences(config) == [message]


def test_wrong_or_missing_gold_is_one_sentence(config, tmp_path):
    config["gold"] = "gold.csv"
    assert sentences(config) == ["There is no gold.csv: make it, or set `gold` to null."]
    (tmp_path / "gold.csv").write_text("paper,parameter,value\nsmith_2019,handedness,both\n")
    (message,) = sentences(config)
    assert message.startswith('gold.csv, row 2: `value` of handedness is "both"; it must be one of right, left, mixed')


def test_an_example_in_a_definition_is_warned_of(config, capsys):
    assert parameters.example_warnings(yaml.safe_load(PARAMETERS), "") == []
    library = (
        "- {name: range, kind: string, definition: 'Ages, e.g. 18-34.'}\n- {name: a, kind: boolean, definition: x}"
    )
    Path(config["parameters"]).write_text(library)
    configuration.check(config)
    (warning,) = capsys.readouterr().err.splitlines()
    assert "config/parameters.yaml: the definition of `range` has an example ('e.g. 18-34')" in warning


def test_a_parameter_library_that_cannot_be_read(config, tmp_path):
    config["parameters"] = "nowhere.yaml"
    assert sentences(config)[0].startswith("The parameter library nowhere.yaml (config: `parameters`) cannot be read")
    (tmp_path / "nowhere.yaml").write_bytes(b"\xff\xfe\xff")
    assert "nowhere.yaml" in sentences(config)[0]


def test_the_parameter_library_as_it_is():
    loaded = parameters.load(ROOT / "config" / "parameters.yaml")
    assert len(loaded) == 34
    assert loaded == yaml.safe_load(PARAMETERS)


def test_a_usual_name_has_its_role_where_it_fits(tmp_path):
    library = tmp_path / "library.yaml"
    entries = [
        "{name: n_experiments, kind: integer, definition: x}",
        "{name: n_total, kind: integer, definition: x}",
        "{name: n_female, kind: integer, definition: x}",
        "{name: age_mean, kind: number, unit: years, definition: x}",
        "{name: age_sd, kind: number, unit: months, definition: x}",
        "{name: ages, kind: string, unit: years, characteristic: age_range, definition: x}",
        "{name: age_range, kind: string, unit: years, definition: x}",
    ]
    library.write_text("".join(f"- {entry}\n" for entry in entries))
    roles = [next((entry[key] for key in KEYS if key in entry), None) for entry in parameters.load(library)]
    assert roles == ["experiments", "total", "female", "age_mean", None, "age_range", None]
