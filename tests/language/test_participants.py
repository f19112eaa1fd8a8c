"""The participants of groups are read where they are printed, and computed where they follow from a sentence."""

import pytest

from designspace.language import attribution, participants


def counts(text, group, experiments=(), experiment="", groups=2):
    sentences = attribution.read(text, [(0, len(text))], experiments)
    own = [sentence for sentence in sentences if not experiment or experiment in sentence.experiments]
    found = (
        participants.of_group(own, own, [], [group], groups) if group else participants.of_experiment(own, experiment)
    )
    for count in found.values():
        assert text[count.start : count.end] in [sentence.text for sentence in sentences]
    return {role: (count.value, count.rule) for role, count in found.items()}


@pytest.mark.parametrize(
    ("text", "n", "rule"),
    [
        ("We compared a Late group (n = 12) with an Early group (n = 14).", 12, ""),
        ("The Early group had fewer people; 12 participants were assigned to the Late group.", 12, ""),
        ("Twenty-one late learners and 9 early learners took part; these were adults.", None, None),
        ("Twenty-one late adults and nineteen early adults took part.", 21, ""),
        ("Group: Late; n: 12; Age: 22.4.", 12, ""),
        ("Group: Early; n: 14; Age: 22.4.", None, None),
        ("Participants formed two groups of 15.", 15, "15 in each group"),
        ("There were an Early and a Late group of 16 participants each.", 16, "16 in each group"),
        ("We tested 36 subjects (18 per group).", 18, "18 in each group"),
        ("Adults were assigned to four groups (n = 15/group).", 15, "15 in each group"),
        ("We tested two groups (14 participants/group).", 14, "14 in each group"),
        ("In all, 20 subjects were used per condition.", 20, "20 in each group"),
        ("Each group consisted of 14 students.", 14, "14 in each group"),
        ("Participants made 20 trials per condition.", None, None),
        ("Two groups of 16 would be found different with a power of 80%.", None, None),
        ("Sixty participants were randomly assigned to two equal groups.", 30, "60 divided equally among 2 groups"),
        ("Sixty participants were randomly assigned to four equal groups.", None, None),
        (
            "Four people in the Late group were excluded. The 54 who were analyzed formed three groups of 18.",
            18,
            "18 in each group",
        ),
        ("Participants were excluded: two of 22 volunteers from the late group.", 20, "22 recruited less 2 excluded"),
        (
            "Participants formed two groups of 15. Three people in the Late group were excluded.",
            12,
            "15 recruited less 3 excluded",
        ),
        (
            "Aftereffects differed from zero in the Late group (t(14) = 3.1, p = 0.008).",
            15,
            "the degrees of freedom of t(14) and one",
        ),
        ("Aftereffects differed between the Early and the Late group (t(28) = 3.1, p = 0.004).", None, None),
        ("We were comparing the Early with the Late group (t(38) = 1.5, p = 0.13).", None, None),
        ("Slopes were above zero in the Late group (t(12) = 6.9, p < 0.001).", None, None),
        (
            "Aftereffects were above zero in the Late group [t(14) = 3.1, p = 0.008].",
            15,
            "the degrees of freedom of t(14) and one",
        ),
        (
            "Reaches of the Late group were above zero (Late: t(14) = 3.1). Groups were not different (t(14) = 0.2).",
            None,
            None,
        ),
        ("Most errors were those of four people (1 in the Early group, 3 in the Late group).", None, None),
        ("Eight individuals in the Late group had two left feet.", None, None),
        ("Letters were sent to 40 persons in the Early and to 50 in the Late group, whom we invited.", None, None),
        ("Our goal was at least 20 people per group.", None, None),
        (
            "There were two groups of 15. All was the same even when two people in the Late group were removed.",
            15,
            "15 in each group",
        ),
        ("Sixteen adults (8 per group) were excluded.", None, None),
        (
            "Two groups of 15 reached. One adult in the Late group was excluded from this analysis.",
            15,
            "15 in each group",
        ),
        ("The Late group included 7 adults with one lamp and 5 with two lamps.", 12, "7 and 5"),
        (
            "Experiment 1 (n = 24) had lamps. Participants were divided into two groups.",
            12,
            "24 divided among 2 groups, taken as equal",
        ),
        ("Times of participants were 352 ms for the Late group.", None, None),
        ("For the other eight Late participants, it was slow.", None, None),
        ("On Day 1 in the Late group, participants were tired.", None, None),
        # Printed in other words
        ("The Late group consisted of 12 participants, the Early group of 14.", 12, ""),
        ("The Late group (12 participants, 5 women) was fast.", 12, ""),
        ("The Late group (mean age 22 years, n = 12) was fast.", 12, ""),
        ("Means of the Early and Late groups (n = 80).", None, None),
        ("The Early (n = 14) and Late groups (n = 12) were fast.", 12, ""),
        ("The Early and Late groups (n = 14 and 12, respectively) were fast.", 12, ""),
        ("Twelve adolescents (2 girls) with Late syndrome were recruited.", 12, ""),
        ("We split them into one group of 7 and one of 6. One lamp (one per condition) was on.", None, None),
        ("When we excluded slow participants (Early: n = 7, Late: n = 9), all was the same.", None, None),
        ("We did it again with only the data of quick participants (Early: n = 7, Late: n = 9).", None, None),
        ("Most participants were in the Early group [12 were tested in the Late group].", 12, ""),
        ("Participants had no previous experience; 12 of them were told that they would win. Late (n = 12).", 12, ""),
        ("There were 14 and 12 participants in the Early and the Late group, respectively.", 12, ""),
        ("The goal of the Late group (n = 12) was to be fast.", 12, ""),
        ("The Late group (7 women and 5 men) was fast.", 12, "7 women and 5 men"),
        ("The Late group (7 female, 5 male; 22 years) was fast.", 12, "7 female and 5 male"),
        ("Final sample sizes were 26 (Early = 14; Late = 12).", 12, ""),
        ("Hand angles of participants were small (Early = 14; Late = 12.5).", None, None),
        ("Eight unimpaired adults, tested by Doe et al. (1987), were used as Late subjects.", 8, ""),
        ("Twelve students with one lamp served as the Late group.", 12, ""),
        (
            "We sought each Late participant for 18 Early adults; 18 Late adults came. Group: Late; N: 16; Age: 22.",
            16,
            "",
        ),
        ("The Late group made bins of eight trials.", None, None),
        ("Reaches of participants were averaged over bins of eight in the Late group.", None, None),
        ("Subjects of both groups made four blocks of 12 each.", None, None),
        ("Data were in blocks of 8, so that both groups had four bins of 12.", None, None),
        ("Participants of each condition made 8 trials each.", None, None),
        ("Both groups had targets in two conditions of 8 trials.", None, None),
        # The same number in each
        ("There were 12 participants in each of the four groups.", 12, "12 in each group"),
        ("Both groups had two lamps (n = 12 per group).", 12, "12 in each group"),
        ("The Early and Late groups (both n = 12) were fast.", 12, "12 in each group"),
        ("Twelve participants were assigned to each group.", 12, "12 in each group"),
        ("Each of the two groups (n = 12) was fast.", 12, "12 in each group"),
        ("We tested 12 subjects for each condition.", 12, "12 in each group"),
        ("In this experiment, we increased the group sizes to 20 participants.", 20, "20 in each group"),
        ("Twenty-four adults were assigned to one of two groups (n = 12).", 12, "12 in each group"),
        (
            "Twenty-four adults were assigned to one of two groups (n = 24).",
            12,
            "24 divided among 2 groups, taken as equal",
        ),
        # Divided
        (
            "Participants (n = 24) were randomly and evenly divided into two groups.",
            12,
            "24 divided equally among 2 groups",
        ),
        (
            "Two people left, so that 24 adults were distributed equally over two groups.",
            12,
            "24 divided equally among 2 groups",
        ),
        (
            "An additional 24 adults were recruited. They reached. They were evenly divided into two groups.",
            12,
            "24 divided equally among 2 groups",
        ),
        ("Thirty volunteers took part. Trials were equally divided into two conditions.", None, None),
        (
            "Sixteen adults took part. They were assigned to one of two groups.",
            8,
            "16 divided among 2 groups, taken as equal",
        ),
        ("Sixteen adults were assigned to one of three groups.", None, None),
        # Several in one sentence
        ("Five people left, resulting in groups of 12 (Late) and 14 (Early).", 12, ""),
        ("Five people left, resulting in groups of 14 (Early) and 12 (Late) participants.", 12, ""),
        ("There were 12 participants (Late group) and 14 participants (Early group).", 12, ""),
        ("People formed groups of 15 and 14.", None, None),
        ("Participants of both groups made 12 (Late) and 14 (Early) reaches.", None, None),
        # Printed, and not only estimated
        (
            "Twenty-four adults were assigned to one of two groups. The Late group (n = 12) was fast.",
            12,
            "",
        ),
        # Less some
        (
            "There were two groups of 15. Two Late adults were excluded, and one Late adult was excluded for a fall.",
            12,
            "15 recruited less 3 excluded",
        ),
        (
            "Participants formed two groups of 15. Three participants were excluded (Early: 1; Late: 2).",
            13,
            "15 recruited less 2 excluded",
        ),
        (
            "There were two groups of 15. We excluded one adult from the Early group and two from the Late group.",
            13,
            "15 recruited less 2 excluded",
        ),
        # Degrees of freedom
        (
            "It was so in Late participants (1.5 ± 1.6°, t14 = 1.0).",
            15,
            "the degrees of freedom of t(14) and one",
        ),
        (
            "The shift was reliable (Early: 13.2 ± 2.1°, t17 = 6.3; Late: 8.4 ± 1.2°, t_14 = 7.2).",
            15,
            "the degrees of freedom of t(14) and one",
        ),
        (
            "The Late group (t(14) = 2.7) was good. It was over 0 in the Late group (t(14) = 3.1) but not in the Early "
            "group (t(16) = 0.1), and groups were different (t(30) = 2.4).",
            15,
            "the degrees of freedom of t(14) and one",
        ),
    ],
)
def test_participants_of_a_group(text, n, rule):
    assert counts(text, "Late").get("analysed", (None, None)) == (n, rule)


@pytest.mark.parametrize(
    "text",
    [
        "Twelve patients with ataxia and 14 age/gender-matched controls were recruited.",
        "Twelve individuals with ataxia were recruited, and a control group (n = 14).",
        "Ten patients had two left feet. There were 12 right-handed patients and 14 controls.",
    ],
)
def test_participants_who_are_called_patients(text):
    names = {"patients": ["ataxic", "patients", "individuals with"], "controls": ["control", "controls"]}
    sentences = attribution.read(text, [(0, len(text))], [])
    found = {name: participants.of_group(sentences, [], [], of, 2)["analysed"].value for name, of in names.items()}
    assert found == {"patients": 12, "controls": 14}


def test_a_number_for_all_groups_of_a_paper_holds_where_an_experiment_has_none():
    text = (
        "There were 10 people per group. Experiment 1. The Late group sat. Experiment 2. Twelve people per group sat."
    )
    names = ("Experiment 1", "Experiment 2")
    sentences = attribution.read(text, [(0, len(text))], names)
    own = [[sentence for sentence in sentences if name in sentence.experiments] for name in names]
    general = [sentence for sentence in sentences if not sentence.experiments]
    found = [participants.of_group(of, of, general, ["Late"], 2)["analysed"] for of in own]
    assert [count.value for count in found] == [10, 12]


def test_degrees_of_freedom_confirm_an_estimate():
    text = "Thirty adults took part. They were assigned to one of two groups."
    sure = " The mean was above zero in the Late group (t(14) = 3.1, p = 0.01)."
    found = [attribution.read(t, [(0, len(t))], []) for t in (text, text + sure)]
    of_late = [participants.of_group(own, own, [], ["Late"], 2)["analysed"] for own in found]
    assert [(count.value, count.probability) for count in of_late] == [(15, 0.5), (15, 1.0)]


def test_those_recruited_are_distinguished_from_those_analysed():
    text = (
        "Of two groups, each group had 18 subjects. The mean was above zero in the Late group (t(14) = 3.1, p = 0.01)."
    )
    assert counts(text, "Late") == {
        "analysed": (15, "the degrees of freedom of t(14) and one"),
        "recruited": (18, "18 in each group"),
    }


def test_a_number_of_each_group_is_not_that_of_an_experiment():
    text = "Experiment 1 had lamps. We tested 12 participants per group in Experiments 1 and 2."
    names = ("Experiment 1", "Experiment 2")
    assert [counts(text, "", names, name) for name in names] == [{}, {}]


def test_those_left_and_those_excluded_were_recruited():
    text = "Both groups had 12 adults each in the final sample. We excluded five (Early: 2; Late: 3)."
    assert counts(text, "Late") == {"analysed": (12, "12 in each group"), "recruited": (15, "12 left and 3 excluded")}


def test_a_sentence_is_about_the_experiment_that_was_named_last():
    text = (
        "Experiment 1 was first. Thirty volunteers took part. They formed two groups of 15. In Experiment 2, all was "
        "as before. Forty volunteers took part. Participants of Experiments 1 and 2 were paid. There were 18 analyzed "
        "participants in experiment 3."
    )
    names = ("Experiment 1", "Experiment 2", "Experiment 3")
    assert [counts(text, "", names, name)["analysed"] for name in names] == [(30, ""), (40, ""), (18, "")]
    assert counts(text, "Late", names, "Experiment 1") == {"analysed": (15, "15 in each group")}
    assert counts(text, "Late", names, "Experiment 2") == {}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("In Experiment 1, 12 people reached. In Experiment 2, the same participants pointed.", "Experiment 1"),
        ("The same 12 subjects took part in Experiments 1 and 2.", "Experiment 1"),
        ("Experiment 1 was first. Experiment 2. The same participants pointed.", "Experiment 1"),
        ("In Experiment 1, 12 people reached. In Experiment 2, other participants pointed.", None),
        ("Experiment 1 was first. Experiment 2. The same fourteen healthy young adults returned.", "Experiment 1"),
        ("Experiment 1 was first. Experiment 2. They are not active in the same sense that people act.", None),
        ("Experiment 1 was first. Experiment 2. It is the same trajectory when participants aim.", None),
        ("Experiments 1 and 2 follow two studies of others. In both of these the same people were tested.", None),
        (
            "Experiment 1 was first. Experiment 2. Ten people who had taken part in Experiment 1 returned.",
            "Experiment 1",
        ),
        ("Experiment 1 was first. Experiment 2. No participants took part in both experiments.", None),
        ("Experiment 1 was first. Experiment 2. People who had taken part in Experiment 1 were excluded.", None),
    ],
)
def test_a_sample_that_two_experiments_share(text, same):
    sentences = attribution.read(text, [(0, len(text))], ["Experiment 1", "Experiment 2"])
    assert participants.same_samples(sentences).get("Experiment 2", (None,))[0] == same


def test_what_is_too_long_for_a_sentence_is_not_looked_through():
    text = "one participant in a group of " * 20_000
    assert counts(text, "Late") == {}


def test_a_sentence_made_to_be_hard_is_looked_through_in_a_moment():
    hard = 40 * "12 participants divided 4 " + "equal. And "
    assert len(hard) < 1100 and counts(30 * hard[-1000:], "Late") == {}
