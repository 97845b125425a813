"""What the record says of the model's traits and weights: a table of draws from the priors and their weights."""

from typing import NamedTuple

import numpy as np

from model.draws import Array, stream
from model.scenario import Scenario

from ..measures.intervals import Interval
from .episodes import Played, fitted, joined, play_episodes, prior_draws
from .likelihood import effective, log_likelihood, weights_of
from .record import Record

LEVEL = 0.9  # of the intervals of a posterior
ERROR_RATE = 0.01  # at which some parameter is called informed though none is


class Table(NamedTuple):
    """Draws from the priors and what came of them; the weights of any record are had from it.

    ``theta`` has a row a draw and a column for each of ``paths``.
    """

    priors: Scenario
    regimes: tuple[str, ...]
    labs: tuple[str, ...]
    paths: tuple[str, ...]
    theta: Array
    played: Played
    seed: int

    @property
    def times(self) -> int:
        """How often each draw plays each episode."""
        return int(self.played.signed.shape[1])

    def weights(self, record: Record) -> Array:
        """The weight of each draw, given a record; they sum to 1."""
        return weights_of(log_likelihood(record, self.played, self.regimes))

    def chances(self, regime: str) -> Array:
        """The probability that each lab joins a regime, under each draw: array (draws, labs)."""
        return np.asarray(joined(self.played.signed[:, :, self.regimes.index(regime)], len(self.labs)).mean(axis=1))


def table_of(priors: Scenario, record: Record, draws: int, times: int, seed: int, workers: int) -> Table:
    """Draw from the priors, and play every episode of the record `times` times with each draw."""
    paths, theta = fitted(priors), prior_draws(priors, draws, seed)
    played = play_episodes(record.regimes, record.labs, paths, theta, times, seed, workers)
    return Table(priors, record.regimes, record.labs, paths, theta, played, seed)


def resampled(table: Table, weights: Array, count: int) -> Array:
    """The numbers of `count` draws that stand for the weighted ones, in an order that says nothing.

    Systematic resampling: each comes up as often as its weight says, but for less than one (Kitagawa 1996).
    """
    luck = stream(table.seed, 0, "resampling")
    at = (luck.random() + np.arange(count)) / count
    drawn = np.minimum(np.searchsorted(np.cumsum(weights), at), len(weights) - 1)
    return np.asarray(luck.permutation(drawn))


def interval(values: Array, weights: Array) -> Interval:
    """Mean and central 90% interval of weighted values."""
    low, high = quantiles(values, weights, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Interval(float(weights @ values), low, high)


def quantiles(values: Array, weights: Array, at: tuple[float, ...]) -> list[float]:
    """Quantiles of weighted values: the smallest value with at least that much weight up to it."""
    order = np.argsort(values, kind="stable")
    up_to = np.cumsum(weights[order])
    places = np.minimum(np.searchsorted(up_to, np.array(at) * up_to[-1]), len(values) - 1)
    return [float(value) for value in values[order][places]]


class Fitted(NamedTuple):
    """What the record says of one parameter.

    ``moved`` is the largest difference between the distribution functions of prior and posterior (0..1);
    ``informed`` whether that is more than chance brings about among as many parameters.
    """

    path: str
    prior: Interval
    posterior: Interval
    moved: float
    informed: bool


def fits(table: Table, weights: Array) -> list[Fitted]:
    """What the record says of every parameter.

    A draw's weight has nothing to do with a parameter of which the record says nothing. Whether it has is judged as a
    Kolmogorov-Smirnov test with as many draws as the weights are worth, at `ERROR_RATE` over all parameters.
    """
    alike = np.full(len(weights), 1.0 / len(weights))
    worth = effective(weights)
    found = []
    for path, values in zip(table.paths, table.theta.T, strict=True):
        moved = _moved(values, weights)
        informed = _chance_of(moved, worth) < ERROR_RATE / len(table.paths)
        found.append(Fitted(path, interval(values, alike), interval(values, weights), moved, informed))
    return found


def _moved(values: Array, weights: Array) -> float:
    order = np.argsort(values, kind="stable")
    return float(np.abs(np.cumsum(weights[order]) - np.arange(1, len(values) + 1) / len(values)).max())


def _chance_of(moved: float, worth: float) -> float:
    from scipy.special import kolmogorov

    return float(kolmogorov(moved * np.sqrt(worth)))


def correlations(table: Table, weights: Array, most: int) -> list[tuple[str, str, float]]:
    """The pairs of parameters that the record ties together most: two paths and their correlation, the largest first.

    Priors are independent, so that all of it comes from the record.
    """
    apart = table.theta - weights @ table.theta
    covariance = (apart * weights[:, None]).T @ apart
    sd = np.sqrt(np.diag(covariance))
    its = covariance / np.outer(sd, sd)
    rows, columns = np.triu_indices(len(table.paths), 1)
    order = np.argsort(-np.abs(its[rows, columns]), kind="stable")[:most]
    return [(table.paths[rows[k]], table.paths[columns[k]], float(its[rows[k], columns[k]])) for k in order]
