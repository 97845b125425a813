"""How far a chance differs between worlds, from a few runs in each.

A world is a value for every unknown parameter. Many runs, each in a world of its own, tell the mean chance over the
worlds and nothing of how far it differs between them; runs that share a world do, by how much more often they end
alike than runs of different worlds.
"""

from typing import Any, NamedTuple

import numpy as np

from model.draws import Array

from .intervals import Interval, finite, resampled

ENDS = (0.05, 0.95)  # of the range in which nine of ten worlds lie
RESAMPLES = 999
TINY = 1e-6  # a likeness this far from 0 or 1 is 0 or 1


class Between(NamedTuple):
    """The chance of something over worlds: where it is lowest and highest in nine of ten of them (0..1).

    ``likelier_than_not`` is the share of the worlds in which it is above one half. The intervals are of the sampling of
    so many ``worlds`` and ``runs`` in them, and take for granted that chances follow a beta distribution.
    """

    worlds: int
    runs: int
    low: Interval
    high: Interval
    likelier_than_not: Interval

    def data(self) -> dict[str, Any]:
        """As plain data that JSON can hold: the three estimates, and their sampling intervals apart."""
        estimates = {name: getattr(self, name) for name in ("low", "high", "likelier_than_not")}
        return {
            **{name: finite(interval.mean) for name, interval in estimates.items()},
            "sampling": {name: [finite(interval.low), finite(interval.high)] for name, interval in estimates.items()},
            "worlds": self.worlds,
            "runs": self.runs,
        }


def between_worlds(happened: Array, count: int, runs: int, luck: np.random.Generator) -> Between:
    """The range of a chance over worlds, by the beta distribution of its mean and its variance between worlds.

    Two moments do not tell a shape. Where all worlds are of two kinds, the share of them in which the chance is above
    one half can be off by 20 points or so; how far it is off in this model a test says (`tests/test_worlds.py`).

    Parameters
    ----------
    happened : array (worlds, runs of each), 0 or 1
        Whether it happened in runs that share a world; at least two worlds and two runs of each.
    count, runs : in how many of how many runs, each in a world of its own, it happened
    luck : for resampling both

    References
    ----------
    Skellam (1948), *Journal of the Royal Statistical Society B* 10: 257-261, for the beta distribution of a chance.
    """
    worlds, size = happened.shape
    tally = np.bincount(happened.sum(axis=1).astype(int), minlength=size + 1)
    tallies = np.vstack([tally, luck.multinomial(worlds, tally / worlds, size=RESAMPLES)])
    means = np.concatenate([[count], luck.binomial(runs, count / runs, size=RESAMPLES)]) / runs
    alike = likeness(tallies)
    low, high = (resampled(quantile_of_worlds(means, alike, end)) for end in ENDS)
    return Between(worlds, worlds * size, low, high, resampled(share_above_half(means, alike)))


def likeness(tallies: Array) -> Array:
    """The variance of the chance between worlds as a share of the most that it could be (0..1).

    That is the correlation of two runs of one world. Both parts of it are estimated without bias: the covariance
    within worlds, and the mean variance by luck.

    Parameters
    ----------
    tallies : array (samples, runs in a world + 1)
        In each sample the number of worlds in which it happened in no run, in one, and so on.

    References
    ----------
    Ridout, Demetrio & Firth (1999), *Biometrics* 55: 137-148.
    """
    size, worlds = tallies.shape[1] - 1, tallies.sum(axis=1)
    hits = np.arange(size + 1.0)
    pairs = worlds * size * (size - 1)
    both, differ = (tallies @ (hits * others) / pairs for others in (hits - 1, size - hits))
    in_two_worlds = ((tallies @ hits) ** 2 - tallies @ hits**2) / (worlds * (worlds - 1) * size**2)
    variance = both - in_two_worlds
    most = variance + differ
    share: Array = np.clip(np.divide(variance, most, out=np.zeros(len(tallies)), where=most > 0), 0.0, 1.0)
    return share


def quantile_of_worlds(mean: Array, alike: Array, q: float) -> Array:
    """The chance (0..1) below which it lies in the share `q` of worlds, by its mean and its likeness within worlds."""
    from scipy.special import betaincinv

    a, b, is_beta = _beta(mean, alike)
    sure = np.where(q > 1 - mean, 1.0, 0.0)  # where every world decides: it never happens in 1 - mean of them
    return np.where(is_beta, betaincinv(a, b, q), np.where(alike > 0.5, sure, mean))


def share_above_half(mean: Array, alike: Array) -> Array:
    """The share of worlds in which it is likelier than not, by its mean and its likeness within worlds."""
    from scipy.special import betaincc

    a, b, is_beta = _beta(mean, alike)
    return np.where(is_beta, betaincc(a, b, 0.5), np.where(alike > 0.5, mean, mean > 0.5))


def _beta(mean: Array, alike: Array) -> tuple[Array, Array, Array]:
    """The parameters of a beta distribution, and where there is one."""
    is_beta = (alike > TINY) & (alike < 1 - TINY) & (mean > 0) & (mean < 1)
    known, centre = np.where(is_beta, alike, 0.5), np.where(is_beta, mean, 0.5)
    size = 1 / known - 1
    return centre * size, (1 - centre) * size, is_beta
