"""The p of a printed statistic is computed again and held against the printed one, with the rounding of both."""

import pytest

from designspace.language import statistics
from designspace.results import significance


@pytest.mark.parametrize(
    ("text", "p"),
    [  # as R has them: 2 * pt(-2.94, 38), pf(12.3, 1, 28, lower = FALSE), 2 * pt(-.52 / sqrt((1 - .52^2) / 20), 20),
        # pchisq(4.51, 1, lower = FALSE), 2 * pnorm(-2.31)
        ("t(38) = 2.94", 0.00555879612029),
        ("t(38) = -2.94", 0.00555879612029),
        ("F(1, 28) = 12.3", 0.00154748026471),
        ("r(20) = -.52", 0.01311378789962),
        ("χ2(1, N = 90) = 4.51", 0.03369724072651),
        ("Z = -2.31, p = .02", 0.02088815412390),
    ],
)
def test_p_is_computed(text, p):
    assert significance.p_value(statistics.parse(text)) == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("t(38) = 2.94, p = .006", "consistent"),
        ("t(38) = 2.94, p < .01", "consistent"),
        ("t(38) = 2.94, p > .05", "decision_error"),
        ("t(38) = 2.9, p = .006", "consistent"),  # 2.85 to 2.95
        ("t(38) = 2.90, p = .007", "inconsistent"),
        ("t(38) = 2.94, p = .06", "decision_error"),
        ("t(38) = 2.94, p = .003", "one_sided"),
        ("t(38) = 2.94, p < .001", "inconsistent"),
        ("t(27.0) = 4.3, p < 0.001, d = 1.36", "consistent"),
        ("F(2, 45) = 3.4, p = 0.042, η2 = 0.13", "consistent"),
        ("F(3, 80) = 1.1, p = 0.35", "consistent"),
        ("r(20) = .52, p = .013", "consistent"),
        ("χ2(1, N = 90) = 4.5, p = .034", "consistent"),
        ("F(1, 28) = 0.01, p = .92", "consistent"),
        ("t(38) = 2.94", ""),
        ("r(20) = 1.2, p = .01", "inconsistent"),
        ("F(0, 28) = 3.2, p = .01", "inconsistent"),
    ],
)
def test_p_is_checked(text, check):
    assert significance.check(statistics.parse(text)) == check
