"""Whether the p that a paper prints beside a statistic is that of the statistic, as statcheck asks.

Nuijten et al. 2016, Behavior Research Methods 48:1205. A printed statistic represents all numbers that are rounded to
it, and therefore a range of p; a printed p is inconsistent if none of these is rounded to it. Tests of t, r and Z are
two-sided.
"""

import math

from designspace.language.statistics import Printed, Statistic

ALPHA = 0.05


def p_value(statistic: Statistic, value: float | None = None) -> float | None:
    """The p of a statistic, or of another `value` of it; None if it has none, such as an r above 1, or if its degrees
    of freedom are not printed."""
    value = statistic.value.number if value is None else value
    first, second = statistic.df1, statistic.df2
    if value is None or not _is_whole(statistic) or any(df is not None and df <= 0 for df in (first, second)):
        return None
    if statistic.test == "r":
        if abs(value) >= 1:
            return None
        value *= math.sqrt(second / (1 - value**2)) if second else 1.0
    from scipy import special  # importing it takes a quarter of a second, and few runs need it

    p = {
        "t": lambda: 2 * special.stdtr(second, -abs(value)),
        "r": lambda: 2 * special.stdtr(second, -abs(value)),
        "F": lambda: special.fdtrc(first, second, max(value, 0.0)),
        "chi2": lambda: special.chdtrc(first, max(value, 0.0)),
        "Z": lambda: 2 * special.ndtr(-abs(value)),
    }[statistic.test]()
    return float(p) if math.isfinite(p) else None


def _is_whole(statistic: Statistic) -> bool:
    """Whether all degrees of freedom that its p needs are printed."""
    first, second = statistic.df1, statistic.df2
    needed = {"F": (first, second), "t": (second,), "r": (second,), "chi2": (first,), "Z": ()}
    return None not in needed[statistic.test]


def check(statistic: Statistic) -> str:
    """consistent, one_sided (half of the p), inconsistent, or decision_error if the printed p is also on the other side
    of 0.05; "" if no p, or not all degrees of freedom, are printed."""
    if not statistic.p.sign or statistic.value.number is None or statistic.p.number is None or not _is_whole(statistic):
        return ""
    p = p_value(statistic)
    if p is None:
        return "inconsistent"
    upper, lower = (p_value(statistic, limit) for limit in limits(statistic))
    low, high = p if lower is None else lower, p if upper is None else upper
    if agrees(statistic.p, low, high):
        return "consistent"
    if statistic.test in ("t", "r", "Z") and agrees(statistic.p, low / 2, high / 2):
        return "one_sided"
    return "decision_error" if _significant(statistic.p) is not (p <= ALPHA) else "inconsistent"


def limits(statistic: Statistic) -> tuple[float, float]:
    """The two numbers, without sign, between which all numbers lie that are rounded to the value of a statistic."""
    size, half = abs(statistic.value.number or 0.0), 0.5 * 10.0**-statistic.value.decimals
    return max(size - half, 0.0), size + half


def agrees(printed: Printed, low: float, high: float) -> bool:
    """Whether a printed number, such as p, may be rounded from a number between the two limits."""
    assert printed.number is not None
    if printed.sign == "<":
        return low < printed.number
    if printed.sign == ">":
        return high > printed.number
    return round(low, printed.decimals) <= printed.number <= round(high, printed.decimals)


def _significant(printed: Printed) -> bool:
    assert printed.number is not None
    return printed.sign != ">" and printed.number <= ALPHA
