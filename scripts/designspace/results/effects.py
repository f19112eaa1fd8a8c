"""Effect sizes: Hedges' g of two means, and whether the size that a paper prints beside a statistic follows from it.

Only what follows from the printed numbers is checked: Cohen's d from t and the participants of the two groups, partial
eta squared from F and its degrees of freedom (Lakens 2013, Frontiers in Psychology 4:863). `significance` checks p in
the same way.
"""

import math
from collections.abc import Sequence
from itertools import combinations

from designspace.language.statistics import Printed, Statistic
from designspace.results.agreement import Z
from designspace.results.significance import agrees, limits

Number = float | None


def hedges_g(
    n1: int | None, m1: Number, sd1: Number, n2: int | None, m2: Number, sd2: Number
) -> tuple[float, float] | None:
    """(Hedges' g, its sampling variance) of two independent groups, from their participants, means and deviations, as
    metafor's escalc("SMD") computes them; None if one of them is missing or there is no spread."""
    if n1 is None or n2 is None or m1 is None or m2 is None or sd1 is None or sd2 is None or min(n1, n2) < 2:
        return None
    df = n1 + n2 - 2
    pooled = math.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / df)
    if not pooled:
        return None
    from scipy import special  # a quarter of a second, for few runs

    unbiased = math.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / math.sqrt(df / 2)
    g = unbiased * (m1 - m2) / pooled
    return g, variance(g, n1, n2)


def interval_of_mean(mean: float, sd: Number, n: int | None) -> tuple[float, float] | None:
    """The 95% confidence interval of the mean of n participants; None if it does not follow."""
    if sd is None or n is None or n < 2:
        return None
    from scipy import special

    half = float(special.stdtrit(n - 1, 0.975)) * sd / math.sqrt(n)
    return mean - half, mean + half


def interval_of_effect(size: float, variance: float) -> tuple[float, float]:
    """The 95% confidence interval of an effect, from its sampling variance."""
    half = Z * math.sqrt(variance)
    return size - half, size + half


def variance(size: float, n1: int, n2: int) -> float:
    """The sampling variance of a standardized difference of two groups (Hedges & Olkin 1985)."""
    return 1 / n1 + 1 / n2 + size**2 / (2 * (n1 + n2))


def is_between(test: str, df: Number, n1: int | None, n2: int | None) -> bool:
    """Whether a t or F compares two groups of these sizes: it has Student's degrees of freedom, or Welch's, which are
    fewer and not a whole number."""
    if df is None or n1 is None or n2 is None or test not in ("t", "F"):
        return False
    most = n1 + n2 - 2
    return df == most or not df.is_integer() and min(n1, n2) - 1 <= df <= most


def computed(statistic: Statistic, sizes: Sequence[int | None], value: Number = None) -> Number:
    """The size, without its sign, of the effect that is printed with a statistic, computed from the statistic or from
    another `value` of it. `sizes` are the participants of the groups that it may compare. None if it does not
    follow."""
    value = abs(statistic.value.number or 0.0) if value is None else value
    test, first, second = statistic.test, statistic.df1, statistic.df2
    if test == "chi2":
        follows = statistic.effect in ("phi", "V") and first == 1 and statistic.n
        return math.sqrt(value / statistic.n) if follows and statistic.n else None
    if test not in ("t", "F") or not second or (statistic.value.number or 0.0) < 0 and test == "F":
        return None
    if test == "t":
        first, value = 1.0, value**2  # from here on it is an F
    if statistic.effect in ("eta2", "partial eta2") and first:
        return value * first / (value * first + second)
    if first != 1:
        return None
    if statistic.effect == "r":
        return math.sqrt(value / (value + second))
    if statistic.effect == "dz":
        return math.sqrt(value / (second + 1))
    if statistic.effect in ("d", "g") and (factor := _of_two(test, second, sizes)):
        return math.sqrt(value) * factor * (1 - 3 / (4 * second - 1) if statistic.effect == "g" else 1)
    return None


def _of_two(test: str, df: float, sizes: Sequence[int | None]) -> Number:
    """sqrt(1/n1 + 1/n2) of the two groups that a test compares. None if it may compare others, or, since Welch's test
    has its own weights, if its groups differ in size."""
    pairs = {(n1, n2) for n1, n2 in combinations(sorted(n for n in sizes if n), 2) if is_between(test, df, n1, n2)}
    if len(pairs) != 1:
        return None
    ((n1, n2),) = pairs
    return math.sqrt(1 / n1 + 1 / n2) if n1 == n2 or df.is_integer() else None


def check(statistic: Statistic, sizes: Sequence[int | None]) -> str:
    """consistent or inconsistent; "" if no size is printed, or if none follows: an eta squared below the partial one
    may be that of a design with several factors."""
    size = statistic.size
    if size.number is None or computed(statistic, sizes) is None:
        return ""
    low, high = (computed(statistic, sizes, limit) or 0.0 for limit in limits(statistic))
    unsigned = Printed(size.sign, abs(size.number), size.decimals)
    if agrees(unsigned, low, high):
        return "consistent"
    return "" if statistic.effect == "eta2" and abs(size.number) < low else "inconsistent"
