"""Rasch's rule of who joins what, in place of the model: a yardstick that knows labs and regimes but no mechanism.

A lab joins a regime with the chance ``logistic(ability + shock)``. The ability belongs to the lab and is the same in
every regime; the shock is what a regime has that all labs feel alike, and nobody knows it beforehand. What a regime
asks, what is at stake and what other labs do has no part.

The likelihood is the one of `cascade` with gains that depend on nobody else, so that Rasch's rule knows what the model
knows: who was asked with what chance, which entries are open, and the same prior of the shock (the model's spread over
the model's temperature, in logits). Abilities are normal about a mean of their own, both unknown.

References
----------
Rasch (1960), *Probabilistic Models for Some Intelligence and Attainment Tests*.
"""

from typing import NamedTuple

import numpy as np

from model.draws import Array, quantiles
from model.scenario import Scenario

from . import cascade
from .record_likelihood import Decisions, log_of

MEAN_SD = 2.0  # of the prior of the mean ability, in logits
SPREAD_SD = 1.5  # of the prior of the spread of abilities, which is half normal, in logits
SHOCK = ("relations.regime_sd", "relations.lab_temperature")  # their ratio is the shock's spread in logits


class Rasch(NamedTuple):
    """Rasch's rule for the decisions of a record.

    ``priors`` are those that the shock's spread comes from; None: there is no shock.
    """

    decisions: Decisions
    labs: tuple[str, ...]
    priors: Scenario | None

    @property
    def dimensions(self) -> int:
        """Of its points: mean and spread of abilities, each lab's own, what the shock's spread is made of."""
        return 2 + len(self.labs) + (0 if self.priors is None else len(SHOCK))

    def chances(self, points: Array, row: int) -> Array:
        """The chance of each set of the labs of a regime to join it: array (points, sets).

        Parameters
        ----------
        points : array (points, dimensions)
            Standard normal under the prior.
        row : int
            The regime's place among those of the decisions.
        """
        return self._chances(points, row, np.ones(1 << len(self.decisions.regimes[row].labs), bool))

    def log_chances(self, points: Array, workers: int) -> Array:
        """The log of the chance of each regime's row at some points: array (points, regimes)."""
        del workers  # this is quick
        columns = [self._chances(points, row, fits > 0.0) @ fits for row, fits in enumerate(self.decisions.fits)]
        return log_of(np.column_stack(columns))

    def _chances(self, points: Array, row: int, possible: Array) -> Array:
        regime = self.decisions.regimes[row]
        mean, spread, own = (
            MEAN_SD * points[:, :1],
            SPREAD_SD * np.abs(points[:, 1:2]),
            points[:, 2 : 2 + len(self.labs)],
        )
        abilities = (mean + spread * own)[:, [self.labs.index(lab) for lab in regime.labs]]
        gains = np.repeat(abilities[:, :, None], len(possible), axis=2)
        shock = self._shock_spread(points[:, 2 + len(self.labs) :])
        return cascade.set_chances(gains, np.ones(len(points)), shock, regime.asked, False, possible)

    def _shock_spread(self, points: Array) -> Array:
        """The shock's standard deviation at some points, in logits: array (points,)."""
        if self.priors is None:
            return np.zeros(len(points))
        from scipy.special import ndtr

        drawn = quantiles([self.priors.entries[path] for path in SHOCK], ndtr(points).T)
        spread, temperature = (drawn[path] for path in SHOCK)
        return np.asarray(spread / temperature)
