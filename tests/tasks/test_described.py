"""Ages and women of groups, and the participants of a whole paper, are read by the program."""

import pytest
from test_groups import LIBRARY, answered, reported

from designspace.tasks import derived
from designspace.tasks.questions import begin


def described(name, kind, characteristic, **more):
    more |= {"unit": "years"} if kind != "integer" else {}
    return {"name": name, "kind": kind, "per": "group", "characteristic": characteristic, "definition": "A."} | more


DESCRIBED = [
    LIBRARY[1],
    described("women", "integer", "female"),
    described("age", "number", "age_mean", multiple=True),
    described("age_spread", "number", "age_sd", multiple=True),
    described("ages", "string", "age_range", multiple=True),
]


def test_ages_and_women_of_groups_are_read_by_the_program(tokenizer, monkeypatch):
    monkeypatch.setattr("test_groups.LIBRARY", DESCRIBED)
    page = [
        "Methods",
        "People were assigned to the Early group (n = 20, 12 women, mean age 21.3 ± 2.1 years, range 18-27) or to the",
        "Late group (n = 18, 19 women, mean age 68.4 ± 5.0 years).",
    ]
    texts = {begin("age"): " [45.2, 21.3],\n", begin("age", group="Early"): " 18,\n", begin("women"): " 12,\n"}
    fields, _ = answered(tokenizer, page, texts)
    early, late = ("", "Early"), ("", "Late")
    assert reported(fields, "women") == {("", ""): [(12, None)], early: [(12, "")]}, "no more women than people"
    assert reported(fields, "age")[early] == [(21.3, "")] and reported(fields, "age")[late] == [(68.4, "")]
    assert [value for value, _ in reported(fields, "age")[("", "")]] == [21.3, 68.4], "of the paper, too"
    assert reported(fields, "age_spread") == {("", ""): [(2.1, ""), (5, "")], early: [(2.1, "")], late: [(5, "")]}
    assert reported(fields, "ages") == {("", ""): [("18-27", "")], early: [("18-27", "")]}


@pytest.mark.parametrize(
    ("total", "women"), [(38, [(22, "12 + 10 women of its groups and experiments")]), (40, [(12, None)])]
)
def test_the_women_of_all_groups_are_those_of_the_paper_if_nobody_else_took_part(tokenizer, monkeypatch, total, women):
    everyone = {"name": "n_total", "kind": "integer", "participants": "total", "definition": "All."}
    monkeypatch.setattr("test_groups.LIBRARY", [everyone, *DESCRIBED])
    page = [
        "Methods",
        "People were assigned to the Early group (n = 20, 12 women) or to the Late group (n = 18, 10 women).",
    ]
    texts = {begin("n_total"): f" {total},\n", begin("women"): " 12,\n"}
    fields, _ = answered(tokenizer, page, texts)
    assert reported(fields, "women")[("", "")] == women
    assert reported(fields, "women")[("", "Late")] == [(10, "")]


def test_what_sentences_about_recruitment_say_stands_in_place_of_the_models_answers(tokenizer, monkeypatch):
    everyone = {"name": "n_total", "kind": "integer", "participants": "total", "definition": "All."}
    monkeypatch.setattr("test_groups.LIBRARY", [everyone, *DESCRIBED[1:]])
    page = [
        "Methods",
        "Experiment 1. Twenty adults (12 women, mean age 21.3 ± 2.1 years, range 18-27) were recruited.",
        "Experiment 2. A further 18 adults (8 women, mean age 24.4 ± 3.0 years) were recruited.",
    ]
    texts = {
        begin("experiments"): ' ["Experiment 1", "Experiment 2"],\n',
        begin("n_total"): " 20,\n",
        begin("women"): " 12,\n",
        begin("age"): " [18, 21.3],\n",
        begin("age", experiment=2): " 21.3,\n",
    }
    fields, _ = answered(tokenizer, page, texts)
    one, two = ("Experiment 1", ""), ("Experiment 2", "")
    assert reported(fields, "n_total") == {("", ""): [(38, "20 + 18 participants")]}
    assert reported(fields, "women") == {("", ""): [(20, "12 + 8 women")], one: [(12, "")], two: [(8, "")]}
    assert reported(fields, "age") == {("", ""): [(21.3, ""), (24.4, "")], one: [(21.3, "")], two: [(24.4, "")]}
    assert reported(fields, "ages") == {("", ""): [("18-27", "")], one: [("18-27", "")]}


def test_a_quantity_that_names_a_group_is_its_value(tokenizer, monkeypatch):
    tilt = {"name": "tilt", "kind": "number", "unit": "deg", "per": "group", "multiple": True, "definition": "Tilt."}
    monkeypatch.setattr("test_groups.LIBRARY", [tilt])
    page = ["Methods", "People were assigned to the 15° group or to the 45° group.", "The tilt was 45°."]
    texts = {begin("tilt"): " 45,\n", begin("tilt", group="15°"): " 45,\n"}
    fields, _ = answered(tokenizer, page, texts)
    of_groups = {("", name): [(value, "the name of the group")] for name, value in (("15°", 15), ("45°", 45))}
    assert reported(fields, "tilt") == {("", ""): [(45, None)]} | of_groups
    monkeypatch.setattr("test_groups.LIBRARY", [tilt, tilt | {"name": "turn"}])  # which of both is not known
    fields, _ = answered(tokenizer, page, texts)
    assert reported(fields, "tilt") == {("", ""): [(45, None)]}


def test_a_count_in_the_name_of_a_group_is_no_quantity():
    tilt = {"name": "tilt", "kind": "number", "unit": "deg", "per": "group", "definition": "Tilt."}
    group = {"experiment": "", "start": 0, "end": 9, "confidence": 0.9}
    names = {"15°": [15], "two-lamp 45°": [45], "4 lamps": [], "15° or 45°": []}
    for name, values in names.items():
        found = derived.named([tilt], [group | {"name": name}])
        assert [reading.value for of in found.values() for reading, _ in of.values()] == values


def test_what_is_asked_of_the_paper_has_no_value_of_an_experiment(tokenizer, monkeypatch):
    women = {"name": "women", "kind": "integer", "characteristic": "female", "definition": "All."}
    monkeypatch.setattr("test_groups.LIBRARY", [women, DESCRIBED[0]])
    page = [
        "Methods",
        "Experiment 1. Adults were assigned to the Early group (n = 20, 12 women) or to the Late group (n = 18).",
        "Experiment 2. Twelve adults (8 women) were recruited.",
    ]
    fields, _ = answered(tokenizer, page, {begin("experiments"): ' ["Experiment 1", "Experiment 2"],\n'})
    assert len(fields["groups"]) == 2 and reported(fields, "women") == {}


def test_without_a_characteristic_only_the_model_answers(tokenizer, monkeypatch):
    plain = [{key: value for key, value in entry.items() if key != "characteristic"} for entry in DESCRIBED]
    monkeypatch.setattr("test_groups.LIBRARY", plain)
    page = ["Methods", "Adults were assigned to the Early group (mean age 21.3 years) or the Late group (68.4 years)."]
    fields, _ = answered(tokenizer, page, {})
    assert len(fields["groups"]) == 2 and reported(fields, "age") == {}
