"""Test statistics and means with their spread, as papers print them."""

import pytest

from designspace.language import means, statistics


@pytest.mark.parametrize(
    ("text", "test", "df", "value", "p", "effect"),
    [
        ("t(38) = 2.94, p = .006, d = 0.8", "t", (None, 38), 2.94, ("=", 0.006), ("d", 0.8)),
        ("F(1, 28) = 12.30, MSE = 2.1, p < .001, ηp² = .31", "F", (1, 28), 12.3, ("<", 0.001), ("partial eta2", 0.31)),
        ("F(2, 45) = 23.6, p < 0.001, η\n2 = 0.51", "F", (2, 45), 23.6, ("<", 0.001), ("eta2", 0.51)),
        ("F1,28 = 4.2; P = 0.05", "F", (1, 28), 4.2, ("=", 0.05), ("", None)),
        ("r(20) = −.52, p=.013", "r", (None, 20), -0.52, ("=", 0.013), ("", None)),
        ("χ2(1, N = 90) = 4.51, p = .034, φ = .22", "chi2", (1, None), 4.51, ("=", 0.034), ("phi", 0.22)),
        ("Z = −2.31, p = 0.021, r = 0.4", "Z", (None, None), -2.31, ("=", 0.021), ("r", 0.4)),
        ("t38 = 2.9, p = 3.1 × 10−3", "t", (None, 38), 2.9, ("=", 0.0031), ("", None)),
        (
            "t(37.3) = 2.9, 95% CI [0.3, 1.4], p = 0.006, Cohen’s d = 0.9",
            "t",
            (None, 37.3),
            2.9,
            ("=", 0.006),
            ("d", 0.9),
        ),
        ("F_3.6, 207.4 = 40.2, P < 0.001", "F", (3.6, 207.4), 40.2, ("<", 0.001), ("", None)),
        ("F (76) = 67.97, p < 0.001", "F", (None, 76), 67.97, ("<", 0.001), ("", None)),  # the error's alone
        ("t_37.3 = 2.9, p = .01", "t", (None, 37.3), 2.9, ("=", 0.01), ("", None)),
        ("F(1,\n30) = 9.8", "F", (1, 30), 9.8, ("", None), ("", None)),
    ],
)
def test_a_statistic_is_read_into_its_parts(text, test, df, value, p, effect):
    (found,) = statistics.find(f"They differed ({text}), as expected.")
    assert (found.test, (found.df1, found.df2), found.value.number) == (test, df, value)
    assert (found.p.sign, found.p.number) == (p[0], pytest.approx(p[1]) if p[1] else None)
    assert (found.effect, found.effect_size) == effect
    assert found.text == text


def test_the_size_of_a_sample_and_the_decimals_are_kept():
    (found,) = statistics.find("χ²(1, N = 90) = 4.50, p = .034")
    assert found.n == 90 and (found.value.decimals, found.p.decimals) == (2, 3)


def test_each_of_several_statistics_has_its_own_p():
    text = "(F(2, 45) = 23.6, p < 0.001; Gradual versus Abrupt, t(30) = 2.5, p = 0.018, d = 0.9; t(30) = 4.5, p < .01)"
    found = [(one.test, one.df2, one.value.number, one.p.number) for one in statistics.find(text)]
    assert found == [("F", 45, 23.6, 0.001), ("t", 30, 2.5, 0.018), ("t", 30, 4.5, 0.01)]


@pytest.mark.parametrize(
    "text",
    [
        "a model fitted well (R2 = 0.96)",
        "at t = 3 s the target moved",
        "F = ma",
        "z = 12 cm",
        "the start (8 mm) = 3",
        "Fig. 2, p = 3",
    ],
)
def test_what_is_no_test_is_none(text):
    assert statistics.find(text) == []


@pytest.mark.parametrize("space", ["\u00a0", "\t", "\u202f", "\n"])
def test_any_space_may_stand_in_a_number(space):
    (found,) = statistics.find(f"t(38) = −{space}2.94, p = 3.1 ×{space}10{space}−3")
    assert (found.value.number, found.p.number) == (-2.94, 0.0031)
    assert means.find(f"−{space}2.5{space}± 1")[0].mean == -2.5


def test_what_has_too_many_digits_is_no_number():
    digits = "9" * 400
    assert statistics.find(f"t(38) = {digits}, F({digits}, 3) = 2, χ2(1, N = {digits}) = 3, t({digits}) = 2") == []
    assert means.find(f"{digits} ± 1 and 1 ± {digits}; 12 (SD {digits})") == []


def test_an_answer_is_the_expression_of_the_paper():
    printed = statistics.find("first (t(38) = 2.94, p = .006, d = 0.8), then (t(36) = 2.94, p = .006)")
    assert statistics.printed("t(38) = 2.94", printed) == "t(38) = 2.94, p = .006, d = 0.8"
    assert statistics.printed("t(36)=2.94, p = .0", printed) == "t(36) = 2.94, p = .006"
    assert statistics.printed("t(38) = 2.95, p = .006", printed) is None
    assert statistics.printed("t = 2.94, p = .006", printed) == "t(38) = 2.94, p = .006, d = 0.8"
    assert statistics.printed("F = 2.94", printed) is None and statistics.printed("t = 2.9", printed) is None
    assert statistics.printed("a large effect", printed) is None


@pytest.mark.parametrize(
    ("text", "mean", "unit", "spread", "size", "interval"),
    [
        ("19.6 ± 1.2°", 19.6, "°", "", 1.2, None),
        ("−7.4 ± 0.7 cm", -7.4, "cm", "", 0.7, None),
        ("36.9\n± 1.8 %", 36.9, "%", "", 1.8, None),
        ("M = 12.3, SD = 4.5", 12.3, "", "SD", 4.5, None),
        ("M = .42, SD = .11", 0.42, "", "SD", 0.11, None),
        ("M = 12.3, SD = 4.5, n = 12", 12.3, "", "SD", 4.5, None),
        ("22.4 years, SD 2.9", 22.4, "years", "SD", 2.9, None),
        ("24.8 years (SD = 3.6)", 24.8, "years", "SD", 3.6, None),
        ("12.3° ± 1.1° (SEM)", 12.3, "°", "SE", 1.1, None),
        ("12.3 ± 1.1 SD", 12.3, "", "SD", 1.1, None),
        ("15.0 ms (SE 2)", 15.0, "ms", "SE", 2, None),
        ("12.3° (95% CI 10.1 to 14.5)", 12.3, "°", "CI", None, (10.1, 14.5)),
        ("M = 12.3, 95% CI [−1.5, 14.5]", 12.3, "", "CI", None, (-1.5, 14.5)),
    ],
)
def test_a_mean_is_read_with_its_spread(text, mean, unit, spread, size, interval):
    (found,) = means.find(f"The aftereffect was {text} in the Late group.")
    assert (found.mean, found.unit, found.spread, found.size, found.interval) == (mean, unit, spread, size, interval)
    assert found.text == text


@pytest.mark.parametrize("bracket", ["(M = 25.9, SD = 2.8)", "(mean age 25.9 y, SD 2.8)", "(25.9; SE: 2.8)"])
def test_a_mean_ends_before_the_bracket_that_it_stands_in(bracket):
    (found,) = means.find(f"The Late group {bracket} was older.")
    assert found.text.endswith("2.8") and found.text in bracket


def test_an_answer_is_the_mean_of_the_paper():
    printed = means.find("It was 19.6 ± 1.2° in the Immediate and 8.8 ± 1.0° in the Delayed group.")
    assert means.printed("8.8 ± 1.0", printed) == "8.8 ± 1.0°"
    assert means.printed("8.8", printed) == means.printed("8.8 (1.0)", printed) == "8.8 ± 1.0°"
    assert means.printed("9.8 ± 1.0", printed) is None and means.printed("large", printed) is None


TEXT = """Ages were 23.1 ± 2.4 years. Values are means ± standard errors from here on. It was 31 ± 1.9 mm.
Table 1. Participants before exclusion (means ± standard deviations).
Measure: Age (years); Young: 68.7 ± 4.6.
Table 2. Errors.
Measure: Error (mm); Young: 9 ± 0.7.
The lead was 41 ± 8 ms."""


@pytest.mark.parametrize(
    ("expression", "spread"), [("23.1", ""), ("31", "SE"), ("68.7", "SD"), ("9 ±", "SE"), ("41", "SE")]
)
def test_what_follows_a_plus_minus_is_what_the_paper_states_before_it(expression, spread):
    assert means.stated(TEXT, TEXT.index(expression)) == spread
