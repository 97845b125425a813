"""The posterior of the model's traits and weights: a table of draws from the priors and their weights."""

from typing import NamedTuple

import numpy as np

from model.draws import Array, stream
from model.scenario import Scenario

from ..measures.intervals import Interval
from .episodes import Outcomes, fitted_paths, joined, play_episodes, prior_draws
from .likelihood import chosen, effective_draws, log_likelihood, normalised
from .record import Record

LEVEL = 0.9  # of the intervals of a posterior
ERROR_RATE = 0.01  # probability that any parameter is called informed if none is


class Table(NamedTuple):
    """Draws from the priors and their outcomes, from which the weights of any record follow.

    ``theta`` has a row a draw and a column for each of ``paths``.
    """

    priors: Scenario
    regimes: tuple[str, ...]
    labs: tuple[str, ...]
    paths: tuple[str, ...]
    theta: Array
    outcomes: Outcomes
    seed: int

    @property
    def times(self) -> int:
        """How often each draw plays each episode."""
        return int(self.outcomes.signed.shape[1])

    def weights(self, record: Record) -> Array:
        """The weight of each draw, given a record; they sum to 1."""
        return normalised(log_likelihood(record, self.outcomes, self.regimes))

    def chances(self, regime: str) -> Array:
        """The probability that each lab joins a regime, under each draw: array (draws, labs)."""
        signed = self.outcomes.signed[:, :, self.regimes.index(regime)]
        return np.asarray(joined(signed, len(self.labs)).mean(axis=1))


def play_table(priors: Scenario, record: Record, draws: int, times: int, seed: int, workers: int) -> Table:
    """Draw from the priors, and play every episode of the record `times` times with each draw."""
    paths, theta = fitted_paths(priors), prior_draws(priors, draws, seed)
    return Table(
        priors=priors,
        regimes=record.regimes,
        labs=record.labs,
        paths=paths,
        theta=theta,
        outcomes=play_episodes(record.regimes, record.labs, paths, theta, times, seed, workers),
        seed=seed,
    )


def resampled(table: Table, weights: Array, count: int) -> Array:
    """The numbers of `count` draws that represent the weighted ones, in random order."""
    luck = stream(table.seed, 0, "resampling")
    return np.asarray(luck.permutation(chosen(weights, count, luck)))


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


def fits(table: Table, weights: Array) -> list[Fitted]:
    """Prior and posterior of every parameter.

    A draw's weight is independent of a parameter that the record does not inform. This is tested by Kolmogorov-Smirnov
    with the effective sample size of the weights, at `ERROR_RATE` over all parameters.
    """
    equal_weights = np.full(len(weights), 1.0 / len(weights))
    size = effective_draws(weights)
    parameters = []
    for path, values in zip(table.paths, table.theta.T, strict=True):
        distance = _ks_distance(values, weights)
        informed = _p_value(distance, size) < ERROR_RATE / len(table.paths)
        prior, posterior = interval(values, equal_weights), interval(values, weights)
        parameters.append(Fitted(path, prior, posterior, distance, informed))
    return parameters


def _ks_distance(values: Array, weights: Array) -> float:
    order = np.argsort(values, kind="stable")
    return float(np.abs(np.cumsum(weights[order]) - np.arange(1, len(values) + 1) / len(values)).max())


def _p_value(distance: float, size: float) -> float:
    from scipy.special import kolmogorov

    return float(kolmogorov(distance * np.sqrt(size)))


def correlations(table: Table, weights: Array, most: int) -> list[tuple[str, str, float]]:
    """The strongest correlations between parameters in the posterior: two paths and the value, the largest first.

    Priors are independent, so that all correlation comes from the record.
    """
    deviations = table.theta - weights @ table.theta
    covariance = (deviations * weights[:, None]).T @ deviations
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    rows, columns = np.triu_indices(len(table.paths), 1)
    values = correlation[rows, columns]
    order = np.argsort(-np.abs(values), kind="stable")[:most]
    return [(table.paths[rows[k]], table.paths[columns[k]], float(values[k])) for k in order]
