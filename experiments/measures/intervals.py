"""Intervals for what runs report."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from model.draws import Array

from .columns import SHARE

LEVEL = 0.95


def finite(value: float) -> float | None:
    """A number that JSON can hold: None in place of NaN."""
    return None if math.isnan(value) else value


class Interval(NamedTuple):
    """An estimate and its 95% interval; NaN where there is nothing to estimate from."""

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def data(self) -> dict[str, float | None]:
        """As plain data that JSON can hold."""
        return {name: finite(value) for name, value in self._asdict().items()}


class Intervals(NamedTuple):
    """Several estimates with their 95% intervals, and how many values each rests on: arrays of one length."""

    runs: Array
    mean: Array
    low: Array
    high: Array

    @property
    def half_width(self) -> Array:
        """Half the width of each interval."""
        return (self.high - self.low) / 2

    def at(self, index: int) -> Interval:
        """One of them."""
        return Interval(float(self.mean[index]), float(self.low[index]), float(self.high[index]))


def share(count: int, runs: int) -> Interval:
    """Wilson's interval for a share: `count` of `runs`."""
    return shares(np.array([float(count)]), np.array([float(runs)])).at(0)


def shares(count: Array, runs: Array) -> Intervals:
    """Wilson's intervals for shares, which hold near 0 and 1, where the usual ones fail; NaN for no runs.

    References
    ----------
    Wilson (1927), *Journal of the American Statistical Association* 22: 209-212.
    """
    from scipy.special import ndtri

    z2 = float(ndtri(0.5 + LEVEL / 2)) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        p = count / runs
        centre = (p + z2 / (2 * runs)) / (1 + z2 / runs)
        half = np.sqrt(z2 * (p * (1 - p) / runs + z2 / (4 * runs**2))) / (1 + z2 / runs)
    low, high = np.where(count == 0, 0.0, centre - half), np.where(count == runs, 1.0, centre + half)
    return Intervals(runs, p, *(np.where(runs > 0, end, math.nan) for end in (low, high)))


def average(values: ArrayLike) -> Interval:
    """Student's interval for the mean of the values that are not NaN; without ends for fewer than two."""
    known = present(values)
    if not len(known):
        return Interval(math.nan, math.nan, math.nan)
    mean = float(known.mean())
    spread_out = float(np.square(known - mean).sum())
    return averages(Moments(np.array([float(len(known))]), np.array([mean]), np.array([spread_out]))).at(0)


def resampled(estimates: Array) -> Interval:
    """The percentile interval of an estimate, the first of `found`, over its resamples, all others.

    References
    ----------
    Efron (1981), *Canadian Journal of Statistics* 9: 139-158.
    """
    others = estimates[1:][~np.isnan(estimates[1:])]
    if math.isnan(estimates[0]) or not len(others):
        return Interval(math.nan, math.nan, math.nan)
    low, high = np.quantile(others, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(estimates[0]), float(low), float(high))


class Moments(NamedTuple):
    """Of several samples, each an entry of the arrays: size, mean, and sum of squared differences from the mean."""

    runs: Array
    mean: Array
    squares: Array


def no_moments(samples: int) -> Moments:
    """The moments of samples that have no values yet."""
    return Moments(*(np.zeros(samples) for _ in range(3)))


def with_values(moments: Moments, sample: np.ndarray[Any, Any], values: Array) -> Moments:
    """Moments with further values, each belonging to a sample by number; NaN is left out.

    References
    ----------
    Chan, Golub & LeVeque (1983), *The American Statistician* 37: 242-247, for merging two parts of a sample.
    """
    known = ~np.isnan(values)
    sample, values = sample[known], values[known]
    size = len(moments.runs)
    runs = np.bincount(sample, minlength=size).astype(float)
    mean = np.bincount(sample, values, size) / np.maximum(runs, 1.0)
    squares = np.bincount(sample, np.square(values - mean[sample]), size)
    total = np.maximum(moments.runs + runs, 1.0)
    apart = mean - moments.mean
    return Moments(
        moments.runs + runs,
        moments.mean + apart * runs / total,
        moments.squares + squares + np.square(apart) * moments.runs * runs / total,
    )


def averages(moments: Moments) -> Intervals:
    """Student's intervals for the means of samples; without ends for fewer than two values, NaN for none."""
    from scipy.special import stdtrit

    runs = moments.runs
    with np.errstate(invalid="ignore", divide="ignore"):
        half = stdtrit(runs - 1, 0.5 + LEVEL / 2) * np.sqrt(moments.squares / (runs - 1) / runs)
    half = np.where(runs > 1, half, math.nan)
    mean = np.where(runs > 0, moments.mean, math.nan)
    return Intervals(runs, mean, mean - half, mean + half)


def intervals(unit: str, moments: Moments) -> Intervals:
    """The intervals of a measure in this unit: Wilson's for a share of runs, Student's for another mean."""
    if unit == SHARE:
        return shares((moments.runs * moments.mean).round(), moments.runs)
    return averages(moments)


class Spread(NamedTuple):
    """How runs differ: how many have a value, and its 5, 25, 50, 75 and 95% quantiles."""

    runs: int
    p5: float
    p25: float
    median: float
    p75: float
    p95: float

    def data(self) -> dict[str, float | None]:
        """As plain data that JSON can hold."""
        return {name: finite(value) for name, value in self._asdict().items()}


def spread(values: ArrayLike) -> Spread:
    """Quantiles of the values that are not NaN."""
    known = present(values)
    if not len(known):
        return Spread(0, *[math.nan] * 5)
    return Spread(len(known), *(float(q) for q in np.quantile(known, [0.05, 0.25, 0.5, 0.75, 0.95])))


def present(values: ArrayLike) -> Array:
    """The values that are not NaN."""
    array = np.asarray(values, dtype=float)
    return array[~np.isnan(array)]
