"""Intervals for what runs report."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

LEVEL = 0.95


class Interval(NamedTuple):
    """An estimate and its 95% interval; NaN where there is nothing to estimate from."""

    mean: float
    low: float
    high: float


NOTHING = Interval(math.nan, math.nan, math.nan)


def share(count: int, runs: int) -> Interval:
    """Wilson's interval for a share: `count` of `runs`. Holds near 0 and 1, where the usual one fails.

    References
    ----------
    Wilson (1927), *Journal of the American Statistical Association* 22: 209-212.
    """
    from scipy.stats import binomtest

    if runs == 0:
        return NOTHING
    ends = binomtest(count, runs).proportion_ci(LEVEL, method="wilson")
    return Interval(count / runs, float(ends.low), float(ends.high))


def average(values: ArrayLike) -> Interval:
    """Student's interval for the mean of the values that are not NaN; without ends for fewer than two."""
    from scipy.stats import t

    known = present(values)
    if len(known) < 2:
        return Interval(float(known.mean()), math.nan, math.nan) if len(known) else NOTHING
    half = float(t.ppf(0.5 + LEVEL / 2, len(known) - 1)) * float(known.std(ddof=1)) / math.sqrt(len(known))
    mean = float(known.mean())
    return Interval(mean, mean - half, mean + half)


class Spread(NamedTuple):
    """How runs differ: how many have a value, and its 5, 25, 50, 75 and 95% quantiles."""

    runs: int
    p5: float
    p25: float
    median: float
    p75: float
    p95: float


def spread(values: ArrayLike) -> Spread:
    """Quantiles of the values that are not NaN."""
    known = present(values)
    if not len(known):
        return Spread(0, *[math.nan] * 5)
    return Spread(len(known), *(float(q) for q in np.quantile(known, [0.05, 0.25, 0.5, 0.75, 0.95])))


def present(values: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The values that are not NaN."""
    array = np.asarray(values, dtype=float)
    return array[~np.isnan(array)]
