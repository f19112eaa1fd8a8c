"""Means and statistics whose parts stand in several cells of a table's row, below heads that say what each is."""

import pytest

from designspace.language import cell_means, cell_statistics, means, statistics


def read_means(row):
    return [(about, mean.text) for about, mean in cell_means.find(row)]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        # In columns of their own
        ("Clamp; Aftereffect M: 12.3; Aftereffect SD: 4.5; n: 12.", [("Aftereffect", "M = 12.3, SD = 4.5, n = 12")]),
        ("Group: Clamp; Aftereffect, M: 12.3; Aftereffect, SD: 4.5.", [("Aftereffect", "M = 12.3, SD = 4.5")]),
        ("Group: Clamp; Mean aim (°): −2.1; s.d. aim (°): 0.5.", [("aim", "M = −2.1°, SD = 0.5")]),
        (
            "Task: A; Young, Mean: 441; Young, S.E.M.: 13; Old, Mean: 9; Old, SE: 2.",
            [("Young", "M = 441, SE = 13")] + [("Old", "M = 9, SE = 2")],
        ),
        ("Group: Clamp; N: 9; Mean RT (ms): 411; SD: 20; Median: 400.", [("RT", "M = 411 ms, SD = 20, n = 9")]),
        ("Group: Clamp; Mean: 4.1; 95% CI: [3.0, 5.2].", [("", "M = 4.1, 95% CI 3.0 to 5.2")]),
        ("Group: Clamp; Aim, Mean: 4; Aim, Standard error of the mean: 1.", [("Aim", "M = 4, SE = 1")]),
        ("Group: Clamp; Mean: 4; SE: 1; SD: 3.", [("", "M = 4, SD = 3")]),
        ("Block: 1; Mean: 4; SD: 1; Mean: 5; SD: 2.", [("", "M = 4, SD = 1"), ("", "M = 5, SD = 2")]),
        # In one column
        ("Group: Clamp; Aim, Mean (SD): 4.1 (2).", [("Aim", "M = 4.1, SD = 2")]),
        ("Group: Clamp; Aim (mean ± SEM): 4.1 ± 0.2*; n: 12.", [("Aim", "M = 4.1, SE = 0.2, n = 12")]),
        ("Group: Clamp; Aim (SD): 4.1 (2).", [("Aim", "M = 4.1, SD = 2")]),
        ("Group: Clamp; Mean aim [95% CI]: 4.1 [−3.0, 5.2].", [("aim", "M = 4.1, 95% CI −3.0 to 5.2")]),
        # In the label of the row
        (
            "Measure: Aim (°), mean (SD); Young: 4.1 (2); Old: 5 (3).",
            [("Young", "M = 4.1°, SD = 2"), ("Old", "M = 5°, SD = 3")],
        ),
        ("Mean (SD); Measure: Aim; Young: 4.1 (2).", [("Young", "M = 4.1, SD = 2")]),
        # As it is
        ("Group: Clamp; Aim: 4.1 ± 2; Age: 21 ± 2 years.", [("Aim", "4.1 ± 2"), ("Age", "21 ± 2 years")]),
    ],
)
def test_a_mean_is_read_with_the_spread_that_the_heads_name(row, found):
    assert read_means(row) == found
    assert all(means.parse(text).text == text for _, text in found)


@pytest.mark.parametrize(
    "row",
    [
        # The head does not say what the numbers are
        "Group: Clamp; Aim: 4.1; Age: 21.",
        "Group: Clamp; Aim: 4.1 (2); Age: 21 (3).",
        "Group: Clamp; Mean aim: 4.1; Age: 21; Mean hand: 3.",
        "Group: Clamp; Aim: 4.1; SD: 2.",
        "Group: Clamp; Mean aim: 4.1; CI: [3, 5].",
        # It is something else
        "Group: Clamp; Median (IQR): 4.1 (2).",
        "Group: Clamp; Estimate (SE): 4.1 (2).",
        "Group: Clamp; Mean (range): 4.1 (2).",
        "Measure: Mean − Baseline (SEM); Young: 4.1 (2).",
        "Group: Clamp; Mean aim: 4; n: 12; Hand SD: 3.",
        "Measure: Women, n (%); Young, mean (SD): 4 (20); Old, mean (SD): 5 (30).",
        "Group: Clamp; Mean (SD) or n (%): 4 (20).",
        "Sex, M: 12; Sex, F: 11.",
        # Not a number of the form that the head names
        "Group: Clamp; Mean (SD): 4 (20%); Age: –.",
        "Group: Clamp; Mean: 4,100; SD: 20.",
        "He measured; it was: fine.",
    ],
)
def test_what_no_head_says_is_not_read(row):
    assert read_means(row) == []


def read_statistics(row):
    return [one.text for one in cell_statistics.find(row)]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("Outcome: Aim; t: 2.94; df: 38; p: .006; d: 0.8.", ["t(38) = 2.94, p = .006, d = 0.8"]),
        (
            "Aim; t value: −2.94**; d.f.: 37.3; P value: < 0.01; Cohen’s d: 0.8.",
            ["t(37.3) = −2.94, p < 0.01, Cohen’s d = 0.8"],
        ),
        ("Outcome: Aim; t(38): 2.94; p: .006.", ["t(38) = 2.94, p = .006"]),
        ("Effect: Group; F: 3.4; df1: 1; df2: 38; p: .04; η²p: .08.", ["F(1, 38) = 3.4, p = .04, η²p = .08"]),
        ("Effect: Group; df: 1, 38; F: 3.4; Sig.: .04.", ["F(1, 38) = 3.4, p = .04"]),
        ("Effect: Group; F(1, 38): 3.4*; ηp2: .08.", ["F(1, 38) = 3.4, ηp2 = .08"]),
        (
            "Effect: Group; Aim, F(1, 38): 3.4; Aim, p: .04; Hand, F(1, 36): 4.4; Hand, p: .03.",
            ["F(1, 38) = 3.4, p = .04", "F(1, 36) = 4.4, p = .03"],
        ),
        ("Effect: Group; χ2: 4.51; df: 1; p: .034.", ["χ2(1) = 4.51, p = .034"]),
        ("Effect: Group; Z: −2.31; p-value: .021.", ["Z = −2.31, p = .021"]),
        ("Outcome: Aim; t (df): 2.94 (38); p: .006.", ["t(38) = 2.94, p = .006"]),
        ("Effect: Group; Test: F(1, 38) = 3.4; p: .04.", ["F(1, 38) = 3.4, p = .04"]),
        ("Effect: Group; Test: F(1, 38) = 3.4, p = .04.", ["F(1, 38) = 3.4, p = .04"]),
    ],
)
def test_a_statistic_is_read_with_its_degrees_of_freedom_p_and_effect(row, found):
    assert read_statistics(row) == found
    assert all(statistics.parse(text).text == text for text in found)


@pytest.mark.parametrize(
    "row",
    [
        "Outcome: Aim; t: 2.94; p: .006.",  # without degrees of freedom
        "Source: Group; SS: 3; df: 1; MS: 3; F: 3.4; p: .04.",  # those of the error are in another row
        "Region: Putamen; x: 24; y: 4; z: 50; p: .01.",
        "Sex, M: 12; Sex, F: 11; df: 1, 38.",
        "Outcome: Aim; t: 2.94; t: 2.8; df: 38; p: .006.",  # of which are they?
        "Outcome: Aim; t: n.s.; df: 38; p: .6.",
        "Outcome: Aim; Before, t: 2.94; After, df: 38.",
    ],
)
def test_a_statistic_that_is_not_whole_is_not_read(row):
    assert read_statistics(row) == []


@pytest.mark.parametrize("p", ["12", "1.2", "n.s.", "**"])
def test_what_is_no_p_is_left_out(p):
    assert read_statistics(f"Outcome: Aim; t: 2.94; df: 38; p: {p}.") == ["t(38) = 2.94"]
    assert read_statistics("Outcome: Aim; t: 2.94; df: 38; Corrected p: .01; p: .03 (one-tailed).") == ["t(38) = 2.94"]
