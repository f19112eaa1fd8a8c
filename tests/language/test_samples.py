"""What sentences about recruitment say of all participants of a paper."""

import pytest

from designspace.language import attribution, samples

EXPERIMENTS = ["Experiment 1", "Experiment 2"]


def read(*lines, experiments=()):
    """(total, women, mean ages, ages from youngest to oldest) of a paper with these lines, and the samples."""
    text = "\n".join(lines)
    found = samples.find(attribution.read(text, [(0, len(text))], list(experiments)))
    parts = samples.whole(found, list(experiments))
    total, women = samples.total(parts), samples.women(parts, found)
    for reading in filter(None, (total, women)):
        assert 0 <= reading.start < reading.end <= len(text)
    values = [sorted({sample.values[role] for sample in found if role in sample.values}) for role in AGES]
    return total and (total.value, total.rule), women and (women.value, women.rule), *values


AGES = ("age_mean", "age_range")


@pytest.mark.parametrize(
    "sentence, total, women, means, ranges",
    [
        ("Forty people (24 females/16 males, ages 18–24) were recruited.", 40, (24, ""), [], ["18-24"]),
        ("A total of 130 students (43 males, age 21 ± 2 years) took part.", 130, (87, "130 less 43 men"), [21.0], []),
        ("One hundred and thirty volunteers (76 women, 54 men) were tested.", 130, (76, ""), [], []),
        ("Healthy adults (N = 126, 89 females, age = 21 ± 2 years old) were recruited.", 126, (89, ""), [21.0], []),
        ("Thirty adults were recruited (see Power analysis).", 30, None, [], []),
        ("Ten adults (12 women) were recruited.", 10, None, [], []),
        ("Ten adults (12 men) were recruited.", 10, None, [], []),
        ("Twelve of them were paid, for 30 trials.", None, None, [], []),
        ("A power analysis said that 40 participants should be recruited.", None, None, [], []),
        ("Smith et al. tested 40 participants (20 women).", None, None, [], []),
        ("Participants had to be between 18 and 30 years old to be recruited.", None, None, [], []),
        ("Seven participants (6 women) were excluded, and others were tested.", None, None, [], []),
        ("We recruited 20 participants for each condition.", None, None, [], []),
        ("Participants (n = 20 per group) were tested.", None, None, [], []),
    ],
)
def test_a_sentence_about_all_participants(sentence, total, women, means, ranges):
    expected = total and (total, "")
    assert read("Methods", sentence) == (expected, women, means, ranges)


def test_the_samples_of_all_experiments_are_added():
    first = "Experiment 1. Twenty-four adults (13 women, ages 18-22 years) were recruited."
    second = "Experiment 2. An additional sixty-one adults (37 women, ages 18-35 years) were recruited."
    assert read(first, second, experiments=EXPERIMENTS) == (
        (85, "24 + 61 participants"),
        (50, "13 + 37 women"),
        [],
        ["18-22", "18-35"],
    )
    assert read(first, "Experiment 2. The lamp was red.", experiments=EXPERIMENTS)[:2] == (None, None)
    total = "Methods. A total of 90 adults (55 women) were recruited for both experiments."
    assert read(total, first, second, experiments=EXPERIMENTS)[:2] == ((90, ""), (55, ""))


def test_a_total_of_one_experiment_is_not_that_of_the_paper():
    first = "Experiment 1. Twelve adults (6 women, mean age 23 ± 6 years) were recruited."
    second = "Experiment 2. A total of 13 adults (11 men, aged 28 ± 7 years) were recruited."
    found = read(first, second, experiments=EXPERIMENTS)
    assert found == ((25, "12 + 13 participants"), (8, "6 + 2 women"), [23.0, 28.0], [])


def test_samples_side_by_side_in_one_sentence_are_added():
    both = "Eighty people [57 women, mean age 20.4 (SD 3.2) yrs.] and 26 people [18 women, mean age 19.7 (SD 1.4) yrs.]"
    found = read("Methods", f"{both} were recruited.")
    assert found == ((106, "80 + 26 participants"), (75, "57 + 18 women"), [19.7, 20.4], [])
    halves = (
        "Of these, 100 were younger adults (mean age 23.6 years; 42 females), and 100 were older adults (57 females)."
    )
    assert read("We recruited a total of 200 adults.", halves)[:2] == ((200, ""), (99, "42 + 57 women"))


def test_where_it_is_not_clear_who_all_are_nothing_is_read():
    patients = "Nineteen patients (10 males) were tested (mean age 61.5 years)."
    controls = "Fourteen controls (5 males) were recruited, matched in terms of age (65.1 ± 7.7 years)."
    assert read(patients, controls) == (None, None, [61.5, 65.1], [])
    assert read("Patients came from the clinic.", "We also recruited 20 matched controls.")[0] is None
    some = "Patients and controls (n = 10/group) were recruited from a clinic."
    assert read("Students (n = 160, 115 women) were recruited.", some)[:2] == (None, None)


def test_rows_of_groups_have_ages():
    rows = ["Group: Early; N: 16; Age: 57.5 ± 11.8; Sex: 5 M, 11 F.", "Group: Late; N: 16; Age: 59.8 ± 11.7."]
    assert read(*rows) == (None, None, [57.5, 59.8], [])
    assert read("ID: 1; Age: 64; Sex: M.", "ID: 2; Age: 59; Sex: F.")[2] == [], "those of single people are none"
