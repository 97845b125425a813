"""Approximate Bayesian computation: draws from the priors, weighted by how like the record their episodes came out.

What is compared, chosen before anything was fitted, is the whole record: each lab's word in each regime; and of the
drafting episode whether the draft was sent back, whether an order was signed, for how many days and in which week. The
tolerance is a statement about the record: each entry is taken to be misread with probability `MISREAD`, days of
review to be known to some `DAYS` and weeks to a week. With such a kernel the approximation is exact for a record with
that much noise in it (Wilkinson 2013), so that the procedure can be held to exactness on synthetic records. Given what
is fitted, episodes are independent, so that each can be weighted by itself, as a mean over the times it was played
(White, Kypraios & Preston 2015); the product of unbiased means is unbiased (Andrieu & Roberts 2009).

Why one table of draws is weighted, without a sequential scheme, is said in ``model/DECISIONS.md``.

References
----------
Tavaré, Balding, Griffiths & Donnelly (1997), *Genetics* 145: 505-518; Wilkinson (2013), *Statistical Applications in
Genetics and Molecular Biology* 12: 129-141; White, Kypraios & Preston (2015), *Statistics and Computing* 25: 289-301;
Andrieu & Roberts (2009), *Annals of Statistics* 37: 697-725.
"""

import math

import numpy as np

from model.draws import Array

from .episodes import Played
from .record import Record

MISREAD = 0.05
DAYS, WEEKS = 5.0, 1.0  # standard deviations
MOST_DAYS, MOST_WEEKS = 120.0, 26.0  # between which what is misread lies anywhere


def kernel(seen: Array) -> Array:
    """How well each set of labs fits what was seen of a regime (a lab each; NaN: not asked, 0.5: in part).

    An array with an entry a set, numbered by the sum of the labs' bits. What is in part says nothing either way.
    """
    sets = (np.arange(1 << len(seen))[:, None] >> np.arange(len(seen))) & 1
    fits = np.where(sets == seen, 1.0 - MISREAD, MISREAD)
    fits[:, seen == 0.5] = 0.5
    fits[:, np.isnan(seen)] = 1.0
    return np.asarray(fits.prod(axis=1))


def order_kernel(order: Array, seen: Array) -> Array:
    """How well what came of the draft, array (..., 4), fits what was seen (4).

    A density in days and weeks. Where one has an order and the other none, it is an order misread, with days and week
    that lie anywhere.
    """
    sent_back, signed, days, week = np.moveaxis(order, -1, 0)
    fits = _word(sent_back, seen[0]) * _word(signed, seen[1])
    if not seen[1]:
        return fits
    near = _normal(days - seen[2], DAYS) * _normal(week - seen[3], WEEKS)
    return fits * np.where(signed == 1.0, near, 1.0 / (MOST_DAYS * MOST_WEEKS))


def misread(chance: Array, options: int) -> Array:
    """The probability that an option will be read, where another one is read by mistake with `MISREAD`."""
    return np.asarray((1.0 - MISREAD) * chance + MISREAD * (1.0 - chance) / (options - 1))


def _word(its: Array, seen: float) -> Array:
    return np.where(its == seen, 1.0 - MISREAD, MISREAD)


def _normal(apart: Array, sd: float) -> Array:
    return np.exp(-0.5 * np.square(apart / sd)) / (sd * math.sqrt(2.0 * math.pi))


def log_likelihood(record: Record, played: Played, regimes: tuple[str, ...]) -> Array:
    """The log of the estimated probability of a record under each draw; `regimes` are those that were played."""
    log = np.zeros(len(played.signed))
    for name, seen in zip(record.regimes, record.joined, strict=True):
        log += np.log(kernel(seen)[played.signed[:, :, regimes.index(name)]].mean(axis=1))
    if record.order is not None:
        log += np.log(np.maximum(order_kernel(played.order, record.order).mean(axis=1), np.finfo(float).tiny))
    return log


def weights_of(log: Array) -> Array:
    """Weights that sum to 1 from the logs of likelihoods."""
    weights = np.exp(log - log.max())
    return np.asarray(weights / weights.sum())


def effective(weights: Array) -> float:
    """How many equally weighted draws the weighted ones are worth (Kish 1965)."""
    return float(1.0 / np.square(weights).sum())
