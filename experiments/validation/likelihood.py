"""Weights of draws by a likelihood, and the likelihood of the order, which has no closed form.

The drafting episode is played, and the record says whether the draft was sent back, whether an order was signed, for
how many days and in which week. The tolerance is a statement about that record: whether is assumed to be misread with
probability `MISREAD`, days of review to be known within a standard deviation of `DAYS`, and the week within one of
`WEEKS`. With such a kernel the approximation is exact for a record with that much noise (Wilkinson 2013). Each draw is
weighted by a mean over the times it was played, which is unbiased (Andrieu & Roberts 2009).

References
----------
Wilkinson (2013), *Statistical Applications in Genetics and Molecular Biology* 12: 129-141; Andrieu & Roberts (2009),
*Annals of Statistics* 37: 697-725; Kish (1965), *Survey Sampling*; Kitagawa (1996), *Journal of Computational and
Graphical Statistics* 5: 1-25.
"""

import math

import numpy as np

from model.draws import Array

MISREAD = 0.05
DAYS, WEEKS = 5.0, 1.0  # standard deviations
MOST_DAYS, MOST_WEEKS = 120.0, 26.0  # a misread order has days and week anywhere from 0 to these


def order_kernel(order: Array, observed: Array) -> Array:
    """The density of the recorded order (4) under each simulated outcome of the draft, array (..., 4).

    A density in days and weeks. If only one of the two has an order, that order is a misreading, with days and week
    anywhere in their range.
    """
    sent_back, signed, days, week = np.moveaxis(order, -1, 0)
    fits = _yes_no_kernel(sent_back, observed[0]) * _yes_no_kernel(signed, observed[1])
    if not observed[1]:
        return fits
    near = _normal(days - observed[2], DAYS) * _normal(week - observed[3], WEEKS)
    return fits * np.where(signed == 1.0, near, 1.0 / (MOST_DAYS * MOST_WEEKS))


def misread(chance: Array, options: int) -> Array:
    """The probability that an option is recorded, if with `MISREAD` another option is recorded by mistake."""
    return np.asarray((1.0 - MISREAD) * chance + MISREAD * (1.0 - chance) / (options - 1))


def _yes_no_kernel(simulated: Array, observed: float) -> Array:
    return np.where(simulated == observed, 1.0 - MISREAD, MISREAD)


def _normal(difference: Array, sd: float) -> Array:
    return np.exp(-0.5 * np.square(difference / sd)) / (sd * math.sqrt(2.0 * math.pi))


def normalised(log: Array) -> Array:
    """Weights that sum to 1 from the logs of likelihoods."""
    weights = np.exp(log - log.max())
    return np.asarray(weights / weights.sum())


def effective_draws(weights: Array) -> float:
    """The effective sample size of weighted draws (Kish 1965)."""
    return float(1.0 / np.square(weights).sum())


def chosen(weights: Array, count: int, luck: np.random.Generator) -> Array:
    """The numbers of `count` draws that represent weighted ones, in their order: array (count,).

    Systematic resampling: each comes up as often as its weight says, to within one (Kitagawa 1996).
    """
    places = (luck.random() + np.arange(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)
