"""Groups are rows: what is theirs, what holds for them from above, where it comes from, and whether it adds up."""

import pytest
import yaml
from made_up_run import Run, reported

LIBRARY = [
    {"name": "n_total", "kind": "integer", "participants": "total", "definition": "All."},
    {"name": "n", "kind": "integer", "multiple": True, "per": "group", "participants": "analysed", "definition": "n."},
    {
        "name": "n_start",
        "kind": "integer",
        "multiple": True,
        "per": "group",
        "participants": "recruited",
        "definition": ".",
    },
    {"name": "size", "kind": "number", "unit": "deg", "multiple": True, "per": "group", "definition": "Its size."},
    {"name": "targets", "kind": "integer", "multiple": True, "definition": "Targets."},
]
PLACE = {"evidence": "They took part.", "page": 3, "start": 7, "end": 22, "boxes": [], "confidence": 0.7}
FIRST, SECOND = {"experiment": "Experiment 1"}, {"experiment": "Experiment 2"}
EARLY, LATE = FIRST | {"group": "Early"}, FIRST | {"group": "Late"}


@pytest.fixture
def run(tmp_path):
    run = Run(tmp_path)
    run.parameters.write_text(yaml.safe_dump(LIBRARY))
    return run


def grouped(run, **more):
    """A paper with an experiment of two groups, one of which lost a participant, and one of all participants."""
    values = [
        reported("n_total", 60),
        reported("n", 20, rule="20 in each group", **EARLY),
        reported("n", 19, rule="20 recruited less 1 excluded", **LATE),
        reported("n_start", 20, **LATE),
        reported("n", 20, **SECOND),
        reported("size", 30),
        reported("size", 45, **FIRST),
        reported("size", 60, **LATE),
        reported("targets", 8),
    ]
    experiments = [{"name": name} | PLACE for name in ("Experiment 1", "Experiment 2")]
    groups = [{"experiment": "Experiment 1", "name": name} | PLACE for name in ("Early", "Late")]
    run.add("grouped_2020", values=[*values, *more.pop("values", [])], experiments=experiments, groups=groups)
    return run.write().merge()


def test_a_group_has_all_that_holds_for_it_and_where_it_comes_from(run):
    table = grouped(run)["groups"].set_index("group")
    assert table["experiment"].to_dict() == {"Early": "Experiment 1", "Late": "Experiment 1", "": "Experiment 2"}
    for name, expected in {
        "n": [("20", "group: 20 in each group"), ("19", "group: 20 recruited less 1 excluded"), ("20", "experiment")],
        "n_start": [("", ""), ("20", "group"), ("", "")],
        "size": [("45", "experiment"), ("60", "group"), ("30", "paper")],
        "targets": [("8", "paper")] * 3,
    }.items():
        assert list(zip(table[name], table[f"{name}_from"], strict=True)) == expected
    assert set(table["warning"]) == {""} and table.loc["Late", "evidence"] == "They took part."


def test_parameters_have_a_row_for_each_level_as_they_differ(run):
    wide = grouped(run)["parameters"]
    assert wide[["experiment", "group", "n", "size"]].values.tolist() == [
        ["", "", "", "30"],
        ["Experiment 1", "", "", "45"],
        ["Experiment 1", "Early", "20", ""],
        ["Experiment 1", "Late", "19", "60"],
        ["Experiment 2", "", "20", ""],
    ]


def test_extractions_name_group_and_rule(run):
    rows = grouped(run)["extractions"].query("parameter == 'n' and status == 'reported'")
    assert rows[["experiment", "group", "value", "rule"]].values.tolist() == [
        ["Experiment 1", "Early", "20", "20 in each group"],
        ["Experiment 1", "Late", "19", "20 recruited less 1 excluded"],
        ["Experiment 2", "", "20", ""],
    ]


def test_a_paper_without_groups_is_a_group(run):
    run.add("single_2020", values=[reported("n_total", 8), reported("n", 8)])
    (row,) = run.write().merge()["groups"].to_dict("records")
    assert (row["experiment"], row["group"], row["n"], row["n_from"], row["warning"]) == ("", "", "8", "paper", "")


def test_groups_that_do_not_sum_to_the_total_are_a_warning(run):
    frames = grouped(run, values=[reported("n_start", 30, **EARLY)])
    assert set(frames["groups"]["warning"]) == {"The groups have 70 participants together, and n_total is 60."}


@pytest.mark.parametrize(("number", "warned"), [(40, True), (39, False), (20, False)])
def test_groups_that_do_not_sum_to_their_experiment_are_a_warning_there(run, number, warned):
    """39 are the sum; 20 is the number of a group."""
    table = grouped(run, values=[reported("n", number, **FIRST)])["groups"].set_index("group")
    sentence = f"The groups of Experiment 1 have 39 participants together, and its n is {number}." if warned else ""
    assert table["warning"].to_dict() == {"Early": sentence, "Late": sentence, "": ""}


def test_a_sample_that_two_experiments_share_counts_once(run):
    experiments = [{"name": "Experiment 1"} | PLACE, {"name": "Experiment 2", "same_sample": "Experiment 1"} | PLACE]
    values = [reported("n_total", 20), reported("n", 20, **FIRST), reported("n", 20, **SECOND)]
    run.add("same_2020", values=values, experiments=experiments)
    table = run.write().merge()["groups"]
    assert table["same_sample"].tolist() == ["", "Experiment 1"] and set(table["warning"]) == {""}


def test_a_group_has_the_sample_of_the_group_of_its_name_alone(run):
    experiments = [{"name": "Experiment 1"} | PLACE, {"name": "Experiment 2", "same_sample": "Experiment 1"} | PLACE]
    named = [("Experiment 1", "Early"), ("Experiment 1", "Late"), ("Experiment 2", "late"), ("Experiment 2", "New")]
    groups = [{"experiment": experiment, "name": name} | PLACE for experiment, name in named]
    run.add("same_2020", values=[reported("n_total", 20)], experiments=experiments, groups=groups)
    table = run.write().merge()["groups"].set_index(["experiment", "group"])
    assert table["same_sample"].to_dict() == dict.fromkeys(named, "") | {("Experiment 2", "late"): "Experiment 1"}


def test_a_correction_of_a_group_is_that_of_its_cell(run):
    run.corrections.write_text("paper,experiment,group,parameter,value\ngrouped_2020,Experiment 1,late,size,75\n")
    frames = grouped(run)
    sizes = frames["extractions"].query("parameter == 'size' and status == 'reported'")
    assert sizes[["group", "value", "review"]].values.tolist() == [
        ["", "30", ""],
        ["", "45", ""],
        ["Late", "75", "corrected"],
    ]
    assert frames["groups"].set_index("group").loc["Late", ["size", "size_from"]].tolist() == ["75", "group"]


def test_answers_of_a_version_without_groups_are_made_again(run):
    run.add("old_2020", values=[reported("n_total", 8)])
    del run.batches["extraction", "b0001"][0]["groups"]
    assert "has no groups of old_2020" in run.write().merge()
    assert (run.results / "extraction" / "b0001.jsonl.broken").exists()
