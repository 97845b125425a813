"""Intervals for estimates from values in clusters: those of a cluster are alike, and it counts as a whole."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from model.draws import Array

from .intervals import LEVEL, ROUNDING, Interval

type Estimate = Callable[[Array], Array]
"""From sums over values, an array (..., quantities), to estimates, an array (...)."""


def sums_in(clusters: np.ndarray[Any, Any], values: Array) -> Array:
    """The sums of values in each cluster, by name: array (clusters, quantities).

    Parameters
    ----------
    clusters : array (values,)
    values : array (values, quantities)
    """
    names, cluster = np.unique(clusters, return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, cluster, values)
    return sums


def clustered(sums: Array, estimate: Estimate) -> Interval:
    """The jackknife's interval over clusters, with Student's quantile for one degree of freedom less than clusters.

    Simulated (20,000 samples each) with clusters of one to six values, as the proposals in 351 EU decisions, and
    correlations of 0, 0.5 and 1 inside, it holds the true mean at least so often: normal values 94%, for 5 to 137
    clusters; exponential ones 94% for 137 clusters, 92% for 40, 87% for 5; lognormal ones 92% for 137, 83% for 10. So
    with few clusters of very skewed values it is too narrow. The percentile bootstrap over clusters is narrower: 90%
    for 10 clusters of normal values. Without ends for fewer than two clusters, and where the estimate is the same
    whichever is left out.

    Parameters
    ----------
    sums : array (clusters, quantities)

    References
    ----------
    MacKinnon, Nielsen & Webb (2023), *Journal of Applied Econometrics* 38: 671-694, who call its variance CV3J.
    """
    mean, half = jackknife(sums, estimate)
    if math.isnan(half):
        return Interval(float(mean), math.nan, math.nan)
    return Interval(float(mean), float(mean - half), float(mean + half))


def jackknife(sums: Array, estimate: Estimate) -> tuple[Array, Array]:
    """Estimates and the half widths of their intervals, NaN where there is none.

    Parameters
    ----------
    sums : array (..., clusters, quantities)
    """
    from scipy.special import stdtrit

    clusters = sums.shape[-2]
    totals = sums.sum(axis=-2)
    mean = estimate(totals)
    if clusters < 2:
        return mean, np.full_like(mean, math.nan)
    without = estimate(totals[..., None, :] - sums)
    error = np.sqrt((clusters - 1) * without.var(axis=-1))
    half = float(stdtrit(clusters - 1, 0.5 + LEVEL / 2)) * error
    return mean, np.where(error > ROUNDING, half, math.nan)


def coverage(sums: Array, estimate: Estimate, generator: np.random.Generator, samples: int) -> float:
    """Share of samples of clusters, drawn with replacement, whose interval holds the estimate from all; NaN if none.

    Parameters
    ----------
    sums : array (clusters, quantities)
    """
    drawn = sums[generator.integers(len(sums), size=(samples, len(sums)))]
    mean, half = jackknife(drawn, estimate)
    true = estimate(sums.sum(axis=0))
    known = ~np.isnan(half)
    return float((np.abs(mean - true) <= half)[known].mean()) if known.any() else math.nan
