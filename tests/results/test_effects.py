"""The size of an effect follows from a statistic, and a printed one is held against it; two means have Hedges' g."""

import pytest

from designspace.language import statistics
from designspace.results import effects


@pytest.mark.parametrize(
    ("one", "other", "effect"),
    [  # as metafor has them: escalc("SMD", n1i, m1i, sd1i, n2i, m2i, sd2i)
        ((20, 19.6, 5.4), (16, 8.8, 3.75), (2.226213376293, 0.1813336943998)),
        ((5, 1, 1), (6, 2, 1.5), (-0.702058138765, 0.3890705589488)),
        ((30, 3, 2), (30, 3, 2), (0, 0.0666666666667)),
    ],
)
def test_hedges_g(one, other, effect):
    assert effects.hedges_g(*one, *other) == pytest.approx(effect, rel=1e-9)


@pytest.mark.parametrize(
    ("one", "other"), [((1, 3, 1), (8, 2, 1)), ((8, 3, 0), (8, 2, 0)), ((None, 3, 1), (8, 2, 1)), ((8, 3, None),) * 2]
)
def test_there_is_no_g_without_participants_and_spread(one, other):
    assert effects.hedges_g(*one, *other) is None


@pytest.mark.parametrize(
    ("text", "sizes", "computed", "check"),
    [
        ("t(38) = 2.94, p = .006, d = 0.93", [20, 20], 0.92971, "consistent"),  # 2.94 * sqrt(1/20 + 1/20)
        ("t(38) = -2.94, p = .006, d = 0.93", [20, 20], 0.92971, "consistent"),  # of the other sign
        ("t(38) = 2.9, d = 0.90", [20, 20], 0.91706, "consistent"),  # 2.85 to 2.95: 0.90 to 0.93
        ("t(38) = 2.94, d = 0.80", [20, 20], 0.92971, "inconsistent"),
        ("t(38) = 2.94, g = 0.91", [20, 20], 0.91123, "consistent"),  # times 1 - 3 / (4 * 38 - 1)
        ("t(38) = 2.94, d = 0.94", [16, 24], 0.94888, "inconsistent"),
        ("t(38) = 2.94, d = 0.93", [20, 20, 20], 0.92971, "consistent"),  # each two of them
        ("t(38) = 2.94, d = 0.93", [20, 20, 10, 30], None, ""),  # two kinds of pairs have 38 degrees of freedom
        ("t(38) = 2.94, d = 0.93", [None, 20], None, ""),
        ("t(19) = 2.94, d = 0.66", [20], None, ""),  # of one sample, d has several definitions
        ("t(19) = 2.94, dz = 0.66", [20], 0.65740, "consistent"),  # 2.94 / sqrt(20)
        ("t(37.3) = 2.9, p = 0.006, d = 0.92", [20, 20], 0.91706, "consistent"),  # Welch's, of as many participants
        ("t(33.3) = 2.9, p = 0.006, d = 0.9", [24, 16], None, ""),  # and of unequal numbers, it has other weights
        ("F(1, 38) = 8.64, d = 0.93", [20, 20], 0.92952, "consistent"),
        ("F(2, 45) = 3.4, p = 0.042, η2 = 0.13", [], 0.13127, "consistent"),
        ("F(2, 45) = 3.4, ηp2 = 0.13", [], 0.13127, "consistent"),
        ("F(2, 45) = 3.4, ηp2 = 0.31", [], 0.13127, "inconsistent"),
        ("F(2, 45) = 3.4, η2 = 0.10", [], 0.13127, ""),  # in a design of several factors it is the smaller
        ("F(2, 45) = 3.4, η2 = 0.31", [], 0.13127, "inconsistent"),
        ("F(2, 45) = 0.1, ηp2 < .01", [], 0.00442, "consistent"),
        ("F(2, 45) = 3.4, ηp2 < .01", [], 0.13127, "inconsistent"),
        ("F(45) = 3.4, ηp2 = .13", [], None, ""),
        ("t(38) = 2.94, r = .43", [], 0.43048, "consistent"),
        ("χ2(1, N = 90) = 4.51, φ = .22", [], 0.22385, "consistent"),
        ("χ2(1, N = 90) = 4.51, V = .32", [], 0.22385, "inconsistent"),
        ("χ2(2, N = 90) = 4.51, V = .32", [], None, ""),
        ("F(2, 45) = -3.4, ηp2 = .13", [], None, ""),
        ("t(38) = 2.94, p = .006", [20, 20], None, ""),
    ],
)
def test_a_printed_effect_is_checked(text, sizes, computed, check):
    found = statistics.parse(text)
    assert effects.computed(found, sizes) == (None if computed is None else pytest.approx(computed, abs=1e-5))
    assert effects.check(found, sizes) == check
