"""The groups of an experiment are read from the sentences about it, in each of the ways in which papers name them."""

import pytest

from designspace.language import attribution, group_names, groups

EXPERIMENTS = ["Experiment 1", "Experiment 2", "Experiment 3"]


def names(text, experiments=()):
    """{experiment: names of its groups}, in alphabetic order."""
    found = groups.find(attribution.read(text, [(0, len(text))], experiments), experiments)
    return {experiment: sorted(group.name for group in own) for experiment, own in found.items()}


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("Aftereffects were small in the Late group.", ["Late"]),
        ("The Early and the Late groups learned.", ["Early", "Late"]),
        ("The Early, Late, and No Feedback groups learned.", ["Early", "Late", "No Feedback"]),
        ("Thirty adults were randomly assigned to a slow or a fast condition.", ["fast", "slow"]),
        ("Subjects were assigned to either a 2°, 5°, or a 10° clamp group.", ["10°", "2°", "5°"]),
        ("The 5, 12.5, and 40% groups learned.", ["12.5%", "40%", "5%"]),
        ("The slow and the 40° groups learned.", ["40°", "slow"]),
        (
            "Two groups had tea with either long breaks (6 min) or short breaks (0 min).",
            ["long breaks", "short breaks"],
        ),
        ("Two groups were tested with either the low or the high setting of all of the lamps.", []),
        ("For the key press (Plain) group, the lamps were off.", ["Plain"]),
        ("For the vanishing ring (VR) group, the lamps were off.", ["vanishing ring"]),
        (
            "We tested two groups: older adults (n = 12) and younger adults (n = 10).",
            ["older adults", "younger adults"],
        ),
        (
            "Sixty people were assigned to groups that differed in the lag: 0 s, 2 s, and 4 s (control).",
            ["0 s", "2 s", "4 s"],
        ),
        ("Participants were assigned to two groups that saw the “lamp” or the “bell” cue.", ["bell", "lamp"]),
        ("Lags varied across groups (1 s, 3 s, or 5 s).", ["1 s", "3 s", "5 s"]),
        ("The between-subject factor was group (ataxic vs. control).", ["ataxic", "control"]),
        ("There were two groups (one that saw the lamp and one that heard the bell).", []),
        ("Groups 1 and 2 had 40 trials.", ["Group 1", "Group 2"]),
        ("Group: Late; n: 12; Age: 22.4.", ["Late"]),
        ("The clear-sight (CS) and the low-sight (LS) groups learned.", ["clear-sight", "low-sight"]),
        ("A drawing (n = 12) or a writing (n = 10) task was given to two groups.", ["drawing", "writing"]),
        (
            "Thirty adults were assigned to one of three equal-sized groups, Slow, Late, and Dim.",
            ["Dim", "Late", "Slow"],
        ),
        ("We had equally-sized groups and two same groups, and the equal-sized group rested.", []),
        ("They were sorted into learners (n = 6) and nonlearners (n = 4) of two groups.", []),
        ("The Learners and Non-learners groups differed.", []),
        ("The late learners group differed.", ["late learners"]),
        ("The dim and the bright lamp (Lamp-to-Bell) groups learned.", ["Lamp-to-Bell", "bright lamp", "dim"]),
        (
            "Adults were assigned to one of three groups (N = 9/group): bells, lamps, and rings.",
            ["bells", "lamps", "rings"],
        ),
        (
            "Adults (n = 30, 10/group) were assigned to one of three lag lengths: 0.5 s, 2 s, or 4 s.",
            ["0.5 s", "2 s", "4 s"],
        ),
        ("Students were assigned to one of two schedules (abrupt or gradual).", ["abrupt", "gradual"]),
        ("The Reward − group lost, whereas the Reward+ and Lamp− groups won.", ["Lamp−", "Reward −", "Reward+"]),
        ("We compared the early lamp (n = 27) and the late lamp conditions (n = 30).", ["early lamp", "late lamp"]),
        ("Of the modes of feedback, bells (n = 60) and lamps (n = 67) were common.", ["bells", "lamps"]),
        ("Rings (n = 12 trials) and lamps (n = 10 trials) were shown in both conditions.", []),
        (
            "Two groups were tested, one in which all was at once (“No Lag”) and one in which they were late (“Lag”).",
            ["Lag", "No Lag"],
        ),
        ("Experiment: 1, dim; Group: Late; n: 12.", ["Late"]),
        ("Means of the early (green) and the late (dashed line) group.", ["early", "late"]),
        ("Each was assigned to reach to a target at one of three possible places (1°, 2°, or 3°).", []),
        ("Both conditions had faults, of the lamp (n = 1) or of the bell (n = 4).", []),
        ("The AT and the HC group learned.", ["AT", "HC"]),
        ("ALL BUT THE HC GROUP LEARNED.", ["HC"]),
        ("Patients were recruited from a local support group.", []),
        ("Both groups learned, the two experimental groups more than others.", []),
        ("There was no difference at the group level and no group × time interaction.", []),
        ("A small group of ataxic people was tested.", []),
        ("Groups differed, F(1, 22) = 4.2, and group means (12.1, 14.3) were noisy.", []),
        ("Trials of the slow and of the fast condition were randomized.", []),
        ("In all groups F(1,11) was under 1.", []),
        ("Three people were excluded for illness (n = 1) or failure (n = 2) in both groups.", []),
    ],
)
def test_names_in_a_sentence(sentence, named):
    assert sorted(mention.name for mention in group_names.mentioned(sentence)) == named


def test_groups_are_those_of_their_experiment():
    text = (
        "Experiment 1. Forty adults were assigned to the Early or the Late group. As in Experiment 2, they sat. "
        "Experiment 2. Adults were assigned to the Bell or the Lamp group. The Bell group was faster than the Early "
        "group of Experiment 1. Experiment 3. All 12 adults reached."
    )
    assert names(text, EXPERIMENTS) == {"Experiment 1": ["Early", "Late"], "Experiment 2": ["Bell", "Lamp"]}


def test_groups_of_another_experiment_need_one_mention():
    text = "In Experiment 1, the Early group sat and the Late group stood. In Experiment 2, all was red. "
    assert names(text + 2 * "The Early group sat. The Late group stood. ", EXPERIMENTS) == {
        "Experiment 1": ["Early", "Late"],
        "Experiment 2": ["Early", "Late"],
    }


def test_a_table_says_which_groups_an_experiment_has():
    text = "Experiment 1. Lamps.\nExperiment: 1; Group: Early; n: 9.\nExperiment: 1; Group: Late; n: 9.\nExperiment 2. "
    assert names(text + 8 * "The Early and Late groups reached. ", EXPERIMENTS) == {
        "Experiment 1": ["Early", "Late"],
        "Experiment 2": ["Early", "Late"],
    }


def test_a_name_that_is_mentioned_once_is_no_group():
    assert names("The Early group learned. The Late group did not.") == {}
    assert names("The Early group learned. The Late group did not. The Early and Late groups forgot.") == {
        "": ["Early", "Late"]
    }


def test_spellings_of_one_group():
    text = (
        "People were assigned to the vanishing ring group (VR) or the steady ring group (SR). The VR and SR groups "
        "learned. The VR group and the SR group forgot."
    )
    found = groups.find(attribution.read(text, [(0, len(text))], []), [])[""]
    assert {group.name: set(group.spellings) for group in found} == {
        "VR": {"VR", "vanishing ring"},
        "SR": {"SR", "steady ring"},
    }
    text = (
        "People were assigned to the no ring group (NoR) or the ring group (R1). The NoR and the ring groups learned. "
        "The NoR group forgot."
    )
    found = groups.find(attribution.read(text, [(0, len(text))], []), [])[""]
    assert sorted(sorted(group.spellings) for group in found) == [["NoR", "no ring"], ["ring"]]
    text = "People were assigned to the bright lamp or the bell group. Of these, the lamp group was fast."
    found = groups.find(attribution.read(text, [(0, len(text))], []), [])[""]
    assert {group.name: set(group.spellings) for group in found} == {
        "bright lamp": {"bright lamp", "lamp"},
        "bell": {"bell"},
    }


def test_the_cells_of_a_design_are_its_groups_and_not_the_levels():
    text = (
        "The four groups crossed two factors. The 3L and 9L groups learned. The 3L group and the 9L group forgot. "
        "Only the 3L 20° group was late.\n3L 20°\n3L 80°\n9L 20°\n9L 80°\n"
    )
    assert names(text) == {"": ["3L 20°", "3L 80°", "9L 20°", "9L 80°"]}


def test_the_cells_of_a_design_of_a_size_and_a_kind():
    text = (
        "They were assigned to one of four groups. Both 3.5° lamp groups and the 30° bell group learned. The 30° bell "
        "group forgot. Lamps were better (3.5° lamp: 4.1; 30° lamp: 4.2; 3.5° bell: 1.1; 30° bell: 3.3; 3.5° lamp: 4; "
        "30° lamp: 4). The 3.5° bell group rested. The lamp groups were many. The lamp groups were good."
    )
    assert names(text) == {"": ["3.5° bell", "3.5° lamp", "30° bell", "30° lamp"]}


def test_names_of_the_same_words_in_another_order_or_with_another_sign():
    text = "The Lamp-to-Bell and Bell-to-Lamp groups learned. The Lamp-to-Bell and Bell-to-Lamp groups forgot."
    assert names(text) == {"": ["Bell-to-Lamp", "Lamp-to-Bell"]}
    text = "The 7.5° and 5° groups learned. The Reward+ and Reward − groups lost. The Reward + and Reward− groups won. "
    assert sorted(map(len, names(text + "The 7.5° and 5° groups forgot.").values())) == [4]


@pytest.mark.parametrize("other", ["controls", "control participants"])
def test_people_of_two_kinds_are_groups_where_nothing_else_is(other):
    text = (
        f"Here, patients and age-matched {other} (n = 10/group) reached. The patients were slower than the controls. "
    )
    assert names(text) == {"": [other, "patients"]}
    assert names(text + "The PX and HC groups learned. The PX and HC groups forgot.") == {"": ["HC", "PX"]}
    assert names("We compared older adults with children. Later, older adults and children differ.") == {
        "": ["children", "older adults"]
    }
    assert names("Thirty people came: 16 young adults (9 women) and 14 older adults (8 women).") == {
        "": ["older adults", "young adults"]
    }
    assert names("Young adults and 14 older adults came.") == {}
    assert names("Patients were slow. Some are controls. Patients were recruited.") == {}


def test_those_who_are_compared_with_controls_are_the_patients():
    text = "The ataxic and control groups learned. The ataxic and control groups forgot. Patients sat. Patients stood."
    found = {group.name: group.spellings for group in groups.find(attribution.read(text, [(0, len(text))], []), [])[""]}
    assert found == {
        "ataxic": {"ataxic", "patients", "individuals with"},
        "control": {"control", "controls"},
    }
    text = 2 * "The ataxic, Parkinson, and control groups learned. "
    found = groups.find(attribution.read(text, [(0, len(text))], []), [])[""]
    assert [group.spellings for group in found if group.name == "control"] == [{"control", "controls"}]
    text = 2 * "The ataxic and control groups learned. "
    assert "patients" not in groups.find(attribution.read(text, [(0, len(text))], []), [])[""][0].spellings


def test_rows_of_a_table_are_groups_of_their_own():
    rows = "Group: Novice; n: 9; Age: 22.\nGroup: Expert; n: 9; Age: 31.\nGroup: Expert rested; n: 9; Age: 30."
    assert names(rows) == {"": ["Expert", "Expert rested", "Novice"]}


def test_no_more_groups_than_are_stated():
    text = "People formed two groups. The slow and fast groups learned. The slow and fast groups forgot. "
    assert names(text + "The idle and odd groups of others rested.") == {"": ["fast", "slow"]}
    text += "A third group was added. The idle group rested. The idle group slept."
    assert names(text) == {"": ["fast", "idle", "slow"]}


def test_a_list_to_which_people_are_assigned_is_of_all_groups():
    text = "Twelve people were assigned to one of two lamp sizes: 2 cm or 4 cm. They formed two groups. "
    assert names(text + "The glad and sad groups learned. The glad and sad groups forgot.") == {"": ["2 cm", "4 cm"]}


def test_an_experiment_without_names_has_the_groups_of_the_others():
    text = (
        "Patients and controls took part: the ataxic and control groups were tested twice. Experiment 1. Both groups "
        "reached. The groups were fast. Experiment 2. The ataxic and control groups pointed."
    )
    assert names(text, EXPERIMENTS[:2]) == dict.fromkeys(EXPERIMENTS[:2], ["ataxic", "control"])


@pytest.mark.parametrize(
    "same",
    [
        "There were the same three groups as in Experiment 1.",
        "We tested new people in the same groups as Experiment 1.",
        "The groups were the same as in Experiment 1.",
        "The three groups of Experiment 1 were tested again.",
    ],
)
def test_an_experiment_has_the_groups_that_it_is_said_to_share(same):
    text = f"Experiment 1. {2 * 'The slow, fast and idle groups learned. '}Experiment 2. {same} All pointed. "
    assert names(text, EXPERIMENTS[:2]) == dict.fromkeys(EXPERIMENTS[:2], ["fast", "idle", "slow"])


def test_an_experiment_with_other_groups_does_not_share_them():
    first = f"Experiment 1. {2 * 'The slow, fast and idle groups learned. '}Experiment 2. "
    text = first + "We compared it with the three groups of Experiment 1. " + 2 * "The odd and even groups pointed. "
    assert names(text, EXPERIMENTS[:2])["Experiment 2"] == ["even", "odd"]
    assert list(names(first + "All were like the groups of Experiment 1.", EXPERIMENTS[:2])) == ["Experiment 1"]


def test_what_a_sentence_calls_a_group():
    sentences = attribution.read(text := "The Late group met older men. Left came first.", [(0, len(text))], [])
    called = groups.called(["late", "older men", "older", "Left"], sentences)
    assert called == ["late", "older men", "older"]


def test_people_of_a_kind_have_one_name_in_all_experiments():
    text = (
        "In Experiment 1, older and younger adults reached. The older adult group and the younger adult group learned. "
        "The older adult and younger adult groups forgot. In Experiment 2, the older and younger groups learned. The "
        "older group and the younger group forgot."
    )
    found = groups.find(attribution.read(text, [(0, len(text))], EXPERIMENTS), EXPERIMENTS)
    assert found["Experiment 1"] and {g.name for g in found["Experiment 1"]} == {g.name for g in found["Experiment 2"]}


def test_adults_may_be_a_group():
    text = "The adults group and the children group reached. The adults group won. The children group did not."
    assert names(text) == {"": ["adults", "children"]}


def test_an_experiment_may_consist_of_groups_of_another_as_conditions():
    text = "Experiment 1. People were assigned to the Early, the Late, or the Long group. Experiment 2. All was red. "
    assert names(text, EXPERIMENTS)["Experiment 1"] == ["Early", "Late", "Long"]
    assert names(text + "Experiment 2 consisted of only the Early and Long conditions.", EXPERIMENTS) == {
        "Experiment 1": ["Early", "Late", "Long"],
        "Experiment 2": ["Early", "Long"],
    }


def test_conditions_within_participants_are_no_groups():
    text = (
        "Experiment 1. People were assigned to the Early or the Late group. Experiment 2. All was red. The Early group "
        "and the Late group reached. The Early and Late groups won. "
    )
    assert list(names(text, EXPERIMENTS)) == EXPERIMENTS[:2]
    assert list(names(text + "A within-subject design was employed.", EXPERIMENTS)) == ["Experiment 1"]
    text += "A within-subject design was employed. There were two groups."
    assert list(names(text, EXPERIMENTS)) == EXPERIMENTS[:2]
