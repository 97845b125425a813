"""Logit choice: what weighs in decisions for or against, with errors clustered by who decides.

References
----------
Liang & Zeger (1986), *Biometrika* 73: 13-22, for the errors; Chamberlain (1980), *Review of Economic Studies* 47:
225-238, for choices within persons.
"""

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from model.draws import Array

from ..measures.intervals import LEVEL, Interval

WEAK = 1e-4  # information of a prior around 0, which holds where choices can be told apart without error
STEPS, LONGEST_STEP, SMALL_STEP = 200, 2.0, 1e-9

type Parts = Callable[[Array], tuple[Array, Array, Array]]
"""At some weights: the log-likelihood and the slopes of each cluster, arrays (clusters) and (clusters, weights), and
the information of all, array (weights, weights)."""


class Weights(NamedTuple):
    """Weights in logits, their covariance by cluster, and the log-likelihood."""

    value: Array
    covariance: Array
    log_likelihood: float

    def interval(self, which: int) -> Interval:
        """A weight with its interval."""
        return _normal(float(self.value[which]), float(self.covariance[which, which]))

    def ratio(self, which: int, to: int) -> Interval:
        """A weight as a share of another, by the delta method; NaN where the other's interval holds 0."""
        other = self.interval(to)
        if other.low <= 0.0 <= other.high:
            return Interval(np.nan, np.nan, np.nan)
        share = float(self.value[which] / self.value[to])
        slope = np.zeros(len(self.value))
        slope[[which, to]] = 1.0 / self.value[to], -share / self.value[to]
        return _normal(share, float(slope @ self.covariance @ slope))


def _normal(mean: float, variance: float) -> Interval:
    from scipy.special import ndtri

    half = float(ndtri(0.5 + LEVEL / 2)) * variance**0.5
    return Interval(mean, mean - half, mean + half)


def chances(columns: Array, value: Array) -> Array:
    """The chances of choices: array (choices)."""
    from scipy.special import expit

    return np.asarray(expit(columns @ value))


def logit(columns: Array, chosen: Array, of: Array) -> Weights:
    """The weights of columns, array (choices, columns), in whether something is chosen; `of` numbers the clusters."""
    clusters = int(np.max(of, initial=-1)) + 1

    def parts(value: Array) -> tuple[Array, Array, Array]:
        gain, chance = columns @ value, chances(columns, value)
        logs = np.bincount(of, chosen * gain - np.logaddexp(0.0, gain), clusters)
        slopes = np.zeros((clusters, columns.shape[1]))
        np.add.at(slopes, of, columns * (chosen - chance)[:, None])
        return logs, slopes, (columns * (chance * (1.0 - chance))[:, None]).T @ columns

    return _likeliest(parts, columns.shape[1])


def logit_within(columns: Array, chosen: Array, of: Array) -> Weights:
    """The same, given how many choices of each cluster are for it: whatever a person has in all choices cancels out.

    All selections of as many choices are gone through, so a cluster should be small.
    """
    pairs = []
    for cluster in range(int(np.max(of, initial=-1)) + 1):
        mine, many = columns[of == cluster], int(chosen[of == cluster].sum())
        if 0 < many < len(mine):
            taken = chosen[of == cluster] @ mine
            sums = np.array([mine[list(some)].sum(axis=0) for some in itertools.combinations(range(len(mine)), many)])
            pairs.append((taken, sums))

    def parts(value: Array) -> tuple[Array, Array, Array]:
        logs, slopes = np.zeros(len(pairs)), np.zeros((len(pairs), columns.shape[1]))
        information = np.zeros((columns.shape[1], columns.shape[1]))
        for number, (taken, sums) in enumerate(pairs):
            gain = sums @ value
            total = np.logaddexp.reduce(gain)
            share = np.exp(gain - total)
            mean = share @ sums
            logs[number], slopes[number] = taken @ value - total, taken - mean
            information += (sums - mean).T @ ((sums - mean) * share[:, None])
        return logs, slopes, information

    return _likeliest(parts, columns.shape[1])


def _likeliest(parts: Parts, weights: int) -> Weights:
    """The most likely weights, by Newton's method with steps that cannot go astray."""
    value, prior = np.zeros(weights), WEAK * np.eye(weights)
    for _ in range(STEPS):
        _, slopes, information = parts(value)
        step = np.linalg.solve(information + prior, slopes.sum(axis=0) - WEAK * value)
        value = value + step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), LONGEST_STEP))
        if float(np.abs(step).max()) < SMALL_STEP:
            break
    logs, slopes, information = parts(value)
    inverse = np.linalg.inv(information + prior)
    clusters = max(len(slopes), 2)
    covariance = inverse @ (slopes.T @ slopes) @ inverse * clusters / (clusters - 1)
    return Weights(value, covariance, float(logs.sum()))
