"""Each regime of a record predicted from all others, by any rule that has a likelihood.

The rule is fitted once, to all regimes. The posterior without a regime is that with it, each draw weighted by one over
the chance that it gives the regime's row: importance sampling, exact as the number of draws grows (Gelfand, Dey & Chang
1992). How many draws the weights leave says whether that is good enough; `tests/test_left_out.py` compares with fits
that have never seen the regime.

References
----------
Gelfand, Dey & Chang (1992), *Bayesian Statistics* 4: 147-167; Vehtari, Gelman & Gabry (2017), *Statistics and
Computing* 27: 1413-1432.
"""

from typing import NamedTuple, Protocol

import numpy as np

from model.draws import Array

from . import cascade
from .likelihood import effective_draws, normalised
from .record import Record
from .record_likelihood import Decisions
from .sampler import sample
from .scores import Prediction


class Rule(Protocol):
    """What gives each set of labs a chance to join a regime, at points that are standard normal under the prior."""

    @property
    def decisions(self) -> Decisions:
        """The regimes and the rows of their record."""

    @property
    def dimensions(self) -> int:
        """Of its points."""

    def chances(self, points: Array, row: int) -> Array:
        """The chance of each set of the labs of a regime to join it: array (points, sets)."""

    def log_chances(self, points: Array, workers: int) -> Array:
        """The log of the chance of each regime's row at some points: array (points, regimes)."""


class LeftOut(NamedTuple):
    """What is predicted of each regime from the others, and the effective draws behind each: array (regimes,)."""

    predictions: list[Prediction]
    effective_draws: Array


def drawn(rule: Rule, samples: int, particles: int, seed: int, workers: int) -> Array:
    """Equally likely draws from a rule's posterior: array (samples x particles, dimensions)."""

    def log_likelihood(points: Array) -> Array:
        return np.asarray(rule.log_chances(points, workers).sum(axis=1))

    several = [
        sample(log_likelihood, rule.dimensions, particles, seed, f"sample {number}").points for number in range(samples)
    ]
    return np.concatenate(several)


def left_out(rule: Rule, points: Array, record: Record, workers: int) -> LeftOut:
    """Predict each regime from the others.

    Parameters
    ----------
    points : array (draws, dimensions)
        Equally likely draws from the rule's posterior, given all regimes.
    """
    log = rule.log_chances(points, workers)
    weights = [normalised(-log[:, row]) for row in range(log.shape[1])]
    predictions = [predicted(rule, points, its, record, row) for row, its in enumerate(weights)]
    return LeftOut(predictions, np.array([effective_draws(its) for its in weights]))


def predicted(rule: Rule, points: Array, weights: Array, record: Record, row: int) -> Prediction:
    """What weighted draws predict of the labs whose decision a regime's row of the record has."""
    labs = rule.decisions.regimes[row].labs
    columns = [record.labs.index(lab) for lab in labs]
    known = record.asked[row, columns]
    by_set = weights @ rule.chances(points, row)
    chances = np.full(len(record.labs), np.nan)
    chances[columns] = cascade.lab_chances(by_set)
    numbers = cascade.members(len(labs))[:, known].sum(axis=1)
    return Prediction(np.where(record.asked[row], chances, np.nan), np.bincount(numbers, by_set))
