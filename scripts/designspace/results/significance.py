"""Whether the p that a paper prints beside a statistic is that of the statistic, as statcheck asks.

Nuijten et al. 2016, Behavior Research Methods 48:1205.

A printed statistic stands for all numbers that are rounded to it, and so for a range of p; a printed p that none of
them is rounded to is inconsistent. Tests of t, r and Z are two-sided.
"""

import math

from designspace.language.statistics import Printed, Statistic

ALPHA = 0.05


def p_value(statistic: Statistic, value: float | None = None) -> float | None:
    """The p of a statistic, or of another `value` of it; None where it has none, as an r above 1, or where its degrees
    of freedom are not printed."""
    value = statistic.value.number if value is None else value
    first, second = statistic.df1, statistic.df2
    if value is None or not _is_whole(statistic) or any(df is not None and df <= 0 for df in (first, second)):
        return None
    if statistic.test == "r":
        if abs(value) >= 1:
            return None
        value *= math.sqrt(second / (1 - value**2)) if second else 1.0
    from scipy import special  # a quarter of a second, for few runs

    p = {
        "t": lambda: 2 * special.stdtr(second, -abs(value)),
        "r": lambda: 2 * special.stdtr(second, -abs(value)),
        "F": lambda: special.fdtrc(first, second, max(value, 0.0)),
        "chi2": lambda: special.chdtrc(first, max(value, 0.0)),
        "Z": lambda: 2 * special.ndtr(-abs(value)),
    }[statistic.test]()
    return float(p) if math.isfinite(p) else None


def _is_whole(statistic: Statistic) -> bool:
    """Whether all degrees of freedom are printed that its p needs."""
    first, second = statistic.df1, statistic.df2
    needed = {"F": (first, second), "t": (second,), "r": (second,), "chi2": (first,), "Z": ()}
    return None not in needed[statistic.test]


def check(statistic: Statistic) -> str:
    """consistent, one_sided (as half of the p), inconsistent, or decision_error where the printed p also lies on the
    other side of 0.05; "" where no p, or not all degrees of freedom, are printed."""
    if not statistic.p.sign or statistic.value.number is None or statistic.p.number is None or not _is_whole(statistic):
        return ""
    p = p_value(statistic)
    if p is None:
        return "inconsistent"
    most, least = (p_value(statistic, limit) for limit in limits(statistic))
    low, high = p if least is None else least, p if most is None else most
    if agrees(statistic.p, low, high):
        return "consistent"
    if statistic.test in ("t", "r", "Z") and agrees(statistic.p, low / 2, high / 2):
        return "one_sided"
    return "decision_error" if _significant(statistic.p) is not (p <= ALPHA) else "inconsistent"


def limits(statistic: Statistic) -> tuple[float, float]:
    """The numbers without their sign between which lie all that are rounded to the value of a statistic."""
    size, half = abs(statistic.value.number or 0.0), 0.5 * 10.0**-statistic.value.decimals
    return max(size - half, 0.0), size + half


def agrees(printed: Printed, low: float, high: float) -> bool:
    """Whether a printed number, such as p, is that of a statistic for which it is between two limits."""
    assert printed.number is not None
    if printed.sign == "<":
        return low < printed.number
    if printed.sign == ">":
        return high > printed.number
    return round(low, printed.decimals) <= printed.number <= round(high, printed.decimals)


def _significant(printed: Printed) -> bool:
    assert printed.number is not None
    return printed.sign != ">" and printed.number <= ALPHA
