"""Summaries of a posterior: intervals, parameters before and after the fit, correlations."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.draws import Array

from ..measures.intervals import Interval

LEVEL = 0.9  # of the intervals of a posterior
ERROR_RATE = 0.01  # probability that any parameter is called informed if none is


def interval(values: Array, weights: Array) -> Interval:
    """Mean and central 90% interval of weighted values."""
    low, high = quantiles(values, weights, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Interval(float(weights @ values), low, high)


def quantiles(values: Array, weights: Array, levels: tuple[float, ...]) -> list[float]:
    """Quantiles of weighted values: the smallest value with at least that much weight up to it."""
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order])
    indices = np.minimum(np.searchsorted(cumulative, np.array(levels) * cumulative[-1]), len(values) - 1)
    return [float(value) for value in values[order][indices]]


class Fitted(NamedTuple):
    """One parameter before and after the fit.

    ``ks_distance`` is the largest difference between the distribution functions of prior and posterior (0..1);
    ``informed`` whether chance alone would seldom make it as large among as many parameters.
    """

    path: str
    prior: Interval
    posterior: Interval
    ks_distance: float
    informed: bool


def correlations(paths: Sequence[str], theta: Array, weights: Array, most: int) -> list[tuple[str, str, float]]:
    """The strongest correlations between parameters in the posterior: two paths and the value, the largest first.

    Priors are independent, so that all correlation comes from the record.
    """
    deviations = theta - weights @ theta
    covariance = (deviations * weights[:, None]).T @ deviations
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    rows, columns = np.triu_indices(len(paths), 1)
    values = correlation[rows, columns]
    order = np.argsort(-np.abs(values), kind="stable")[:most]
    return [(paths[rows[k]], paths[columns[k]], float(values[k])) for k in order]
