"""Ages and numbers of women are read where a sentence or a row of a table gives them for a group, and nowhere else."""

import pytest

from designspace.language import attribution, characteristics

NAMES = ("female", "age_mean", "age_sd", "age_range")
NOTHING = (None, None, None, None)


def read(text, group, *others):
    sentences = attribution.read(text, [(0, len(text))], [])
    found = characteristics.of_group(sentences, [group], others)
    for reading in found.values():
        assert text[reading.start : reading.end] in [sentence.text for sentence in sentences]
    return tuple(found[name].value if name in found else None for name in NAMES)


BOTH = (
    "We tested younger adults (n = 20, 12 female, mean age 21.3 ± 2.1 years, range 18-27) and older adults"
    " (n = 18, 10 female, 68.4 ± 5.0 years)."
)


@pytest.mark.parametrize(
    ("text", "early", "late"),
    [
        # In brackets behind the name
        (
            "The Early group (12 women; mean age: 21.3 years, SD = 2.1, range: 18–27) and the Late group (age 20–30).",
            (12, 21.3, 2.1, "18-27"),
            (None, None, None, "20-30"),
        ),
        (
            "Ages did not differ (Early: 22.1 ± 3.0 years; Late: 23.0 ± 2.9).",
            (None, 22.1, 3.0, None),
            (None, 23.0, 2.9, None),
        ),
        ("There were Early (12F/8M, age 21.3 ± 2.1) and Late adults.", (12, 21.3, 2.1, None), NOTHING),
        ("The Early group (8 males and 12 females, aged 18–27) came.", (12, None, None, "18-27"), NOTHING),
        ("The Early group (M = 21.3 years, SD = 2.1; 12 women) came.", (12, 21.3, 2.1, None), NOTHING),
        ("The Early group (mean age ± SD: 21.3 ± 2.1 years; F/M: 12/8) came.", (12, 21.3, 2.1, None), NOTHING),
        ("The Early group (age, mean (SD): 21.3 (2.1) years) came.", (None, 21.3, 2.1, None), NOTHING),
        ("The Early group (aged between 18 and 27 years, mean 21.3) came.", (None, 21.3, None, "18-27"), NOTHING),
        ("The Early group (21.3 ± 2.1 years old, eight women) came.", (8, 21.3, 2.1, None), NOTHING),
        ("The Early (mean age 21.3 years) and the Late group (23 years) came.", (None, 21.3, None, None), NOTHING),
        # In clauses
        (
            "The Early group had a mean age of 21.3 years (SD 2.1), and the Late group had one of 23.4 years (SD 3).",
            (None, 21.3, 2.1, None),
            (None, 23.4, 3.0, None),
        ),
        ("The mean age of the Early group was 21.3 years (SD = 2.1).", (None, 21.3, 2.1, None), NOTHING),
        (
            "The Early group consisted of 20 adults (12 women, mean age 21.3 years).",
            (12, 21.3, None, None),
            NOTHING,
        ),
        (
            "Twenty students (12 women, mean age 21.3 ± 2.1 years) were assigned to the Early group.",
            (12, 21.3, 2.1, None),
            NOTHING,
        ),
        ("The Early group (12 women) had a mean age of 21.3 years (SD 2.1).", (12, 21.3, 2.1, None), NOTHING),
        ("Twenty adults (12 women) were diagnosed with Early rhythm.", (12, None, None, None), NOTHING),
        (
            "Eight others were the Early group. These included 2 men and 6 women ranging in age from 45-78 yrs.",
            (6, None, None, "45-78"),
            NOTHING,
        ),
        (
            "The average age of the Early group was 21 years, ranging between 18 and 27.",
            (None, 21, None, "18-27"),
            NOTHING,
        ),
        ("In the Early group (5 Female/6 Male, ages 18–28), lamps were on.", (5, None, None, "18-28"), NOTHING),
        ("In the Early group (5/6 female/male, ages 18–28), lamps were on.", (5, None, None, "18-28"), NOTHING),
        (
            "Ages did not differ between groups (mean ± s.d., Early: 26.35 ± 5.38; Late: 26.60 ± 5.52; t118 = 0.25).",
            (None, 26.35, 5.38, None),
            (None, 26.6, 5.52, None),
        ),
        ("Group: Early; Age: 64.2 ± 2.0 (40–78); n: 30.", (None, 64.2, None, "40-78"), NOTHING),
        # In the order of the names
        (
            "The mean ages of the Early and Late groups were 21.3 (SD = 2.1) and 68.4 (SD = 5.0), respectively.",
            (None, 21.3, 2.1, None),
            (None, 68.4, 5.0, None),
        ),
        (
            "There were an Early and a Late group. The mean ages of the two groups were 21.3 ± 2.1 and 68.4 ± 5.0"
            " years, respectively.",
            (None, 21.3, 2.1, None),
            (None, 68.4, 5.0, None),
        ),
        (
            "Mean ages of the Late and Early group were 23.4 and 21.3 years (SD 3.0 and 2.1), respectively.",
            (None, 21.3, 2.1, None),
            (None, 23.4, 3.0, None),
        ),
        ("There were three groups. Their ages were 21.3 and 68.4 years, respectively.", NOTHING, NOTHING),
        ("The Early group (n = 20, 8 men, mean age 21.3 years) came.", (12, 21.3, None, None), NOTHING),
        # In tables
        (
            "Group: Early; n: 20; Women: 12; Age (years): 22.7 ± 2.2; Range: 19–27.\n"
            "Group: Late; n: 18; Women: 10; Age (years): 67.4 ± 4.1; Range: 61–76.",
            (12, 22.7, 2.2, "19-27"),
            (10, 67.4, 4.1, "61-76"),
        ),
        (
            "Group: Early; N: 20; Sex (F/M): 12/8; Age (SD): 21.3 (2.1).\n"
            "Group: Late; N: 18; Sex (F/M): 10/8; Age (SD): 68.4 (5.0).",
            (12, 21.3, 2.1, None),
            (10, 68.4, 5.0, None),
        ),
        ("Group: Early; Gender (M:F): 8:12; Mean age: 21.3; SD: 2.1.", (12, 21.3, 2.1, None), NOTHING),
        ("Group: Early; Age, mean (range): 21.3 (18–27); Females, n (%): 12 (60).", (12, 21.3, None, "18-27"), NOTHING),
        (
            "Measure: Age (years); Early (n = 20): 21.3 ± 2.1; Late (n = 18): 68.4 ± 5.0.\n"
            "Measure: Female; Early (n = 20): 12; Late (n = 18): 10.",
            (12, 21.3, 2.1, None),
            (10, 68.4, 5.0, None),
        ),
    ],
)
def test_characteristics_of_two_groups(text, early, late):
    assert (read(text, "Early", "Late"), read(text, "Late", "Early")) == (early, late)


def test_characteristics_of_groups_that_are_kinds_of_people():
    assert read(BOTH, "younger adults", "older adults") == (12, 21.3, 2.1, "18-27")
    assert read(BOTH, "older adults", "younger adults") == (10, 68.4, 5.0, None)
    assert read(BOTH.replace("older adults", "older\nstroke patients"), "older stroke patients")[0] == 10


@pytest.mark.parametrize(
    "text",
    [
        # Of all, or of both together
        "Adults were assigned to an Early and a Late group (24 women, mean age 22.5 ± 3.1 years).",
        "The Early group (n = 20) and the Late group (n = 18), 22 women, mean age 45.2 years, took part.",
        "Participants (mean age 22.4 ± 2.1 years) formed an Early group.",
        "In the Early group, as in all others, the mean age was 22.4 years.",
        "Participants of the Early group came from a sample with a mean age of 22.4 years.",
        # Of something else
        "The Early group (education: 14.2 ± 2.1 years) came.",
        "The Early group (disease duration 5.2 ± 3.0 years, SD 2) came.",
        "The Early group (5.2 ± 3.0 years of practice) came.",
        "The Early group (error 22.1 ± 3.0) came.",
        "The Early group (mean age 11.3 ± 2.1 months) came.",
        "Group: Early; Education (years): 14.1 ± 2.0; Age at onset: 44.1 ± 3.2; Women (%): 60.",
        "Group: Early; Error: 21.3 ± 2.1.",
        "In age or years of education, groups were alike (Early = 17.0 ± 2.2, Late = 17.1 ± 2.3).",
        "Ages were alike, and errors of the Early and Late groups were 22.1 and 23.4 deg, respectively.",
        # Wanted, not read
        "The Early group would be adults (18–40 years).",
        "The Early group had to meet the criterion of an age between 18 and 40 years.",
        "The Early group (older than 60 years) came.",
        # Not as it should be
        "The Early group (mean age 213 ± 2.1 years) came.",
        "The Early group (mean age 21.3 years, range 28–37) came.",
        # Of some of it, and of other groups
        "In the Early group, 3 women fell asleep.",
        "In the Early group (n = 20), 3 men fell asleep.",
        "The Early group, n = 20, and the Late group, n = 18, of a mean age of 45.2 years, came.",
        "The Early group was compared with that of Doe et al. (mean age 22.4 ± 2.1 years).",
        "The Early group was like the Middle group (mean age 22.4 years).",
    ],
)
def test_what_is_not_the_age_of_a_group(text):
    assert read(text, "Early", "Late", "Middle") == NOTHING


def test_a_mean_with_a_standard_error_has_no_standard_deviation():
    assert read("The Early group (mean age ± SEM: 21.3 ± 0.4 years) came.", "Early", "Late") == (None, 21.3, None, None)


def test_of_two_that_differ_none_is_read():
    text = "The Early group (mean age 21.3 years; 12 women) came. The Early group (mean age 22.4 years) was fast."
    assert read(text, "Early", "Late") == (12, None, None, None)


@pytest.mark.parametrize(
    ("note", "spread"), [("Mean (SD) is given.", 7.6), ("Means (SEM) are given.", None), ("", None)]
)
def test_a_note_says_what_is_behind_the_means_of_a_table(note, spread):
    text = f"Group: Early; N: 18; Age: 65.7 (7.6).\nGroup: Late; N: 18; Age: 64.1 (6.9).\n{note} They sat."
    sentences = attribution.read(text, [(0, len(text))], [])
    found = characteristics.of_group(sentences, ["Early"], ["Late"], characteristics.stated(sentences))
    assert found["age_mean"].value == 65.7 and (found["age_sd"].value if "age_sd" in found else None) == spread


def test_a_row_about_an_experiment_without_groups():
    rows = (
        "Experiment: 1; n Analyzed: 22; Men: 7; Age, yr [mean (min; max)]: 25 (20; 30); n Excluded: 1.\n"
        "Experiment: 2; n Analyzed: 20; Women: 4; Age, yr [mean (min; max)]: 21 (19; 30); n Excluded: 0."
    )
    sentences = attribution.read(rows, [(0, len(rows))], ["Experiment 1", "Experiment 2"])
    found = [characteristics.of_experiment(sentences, name, {}) for name in ("Experiment 1", "Experiment 2")]
    read = [{name: (reading.value, reading.rule) for name, reading in one.items()} for one in found]
    assert read == [
        {"female": (15, "22 less 7 men"), "age_mean": (25, ""), "age_range": ("20-30", "")},
        {"female": (4, ""), "age_mean": (21, ""), "age_range": ("19-30", "")},
    ]
