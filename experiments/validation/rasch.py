"""Rasch's rule of who joins what, in place of the model: a yardstick that knows labs and regimes but no mechanism.

A lab joins a regime with the chance ``expit(ability + shock)``. The ability belongs to the lab and is the same in
every regime; the shock is what a regime has that all labs feel alike, and nobody knows it beforehand. What a regime
asks, what is at stake and what other labs do has no part.

Rasch's rule knows what the model knows: who was asked with what chance, which entries are open, and the same prior of
the shock (the model's spread over the model's temperature, in logits). Abilities are normal about a mean of their own,
both unknown.

References
----------
Rasch (1960), *Probabilistic Models for Some Intelligence and Attainment Tests*.
"""

from typing import NamedTuple

import numpy as np

from model.draws import Array, quantiles
from model.scenario import Scenario

from .cascade import members, quadrature
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
        return self._chances(points, row, members(len(self.decisions.regimes[row].labs)))

    def log_chances(self, points: Array, workers: int) -> Array:
        """The log of the chance of each regime's row at some points: array (points, regimes)."""
        del workers  # one is quick enough
        rows = enumerate(self.decisions.fits)
        sets = [(row, members(len(self.decisions.regimes[row].labs))[fits > 0.0]) for row, fits in rows]
        return log_of(np.column_stack([self._chances(points, row, its).sum(axis=1) for row, its in sets]))

    def _chances(self, points: Array, row: int, sets: Array) -> Array:
        """The chances of some sets, which have a row each and 0 or 1 for each lab: array (points, sets)."""
        from scipy.special import expit

        regime, abilities = self.decisions.regimes[row], self._abilities(points)
        nodes, shares = quadrature()
        shocks = self._shock_spread(points)[:, None] * nodes
        chances = np.ones((len(points), len(nodes), len(sets)))
        for number, lab in enumerate(regime.labs):
            joins = regime.asked[number] * expit(abilities[:, self.labs.index(lab), None] + shocks)
            chances *= np.where(sets[:, number] == 1, joins[:, :, None], 1.0 - joins[:, :, None])
        return np.asarray(np.einsum("n,pns->ps", shares, chances))

    def _abilities(self, points: Array) -> Array:
        """In logits: array (points, labs)."""
        own = points[:, 2 : 2 + len(self.labs)]
        return np.asarray(MEAN_SD * points[:, :1] + SPREAD_SD * np.abs(points[:, 1:2]) * own)

    def _shock_spread(self, points: Array) -> Array:
        """The shock's standard deviation at some points, in logits: array (points,)."""
        if self.priors is None:
            return np.zeros(len(points))
        from scipy.special import ndtr

        places = ndtr(points[:, -len(SHOCK) :])
        drawn = quantiles([self.priors.entries[path] for path in SHOCK], places.T)
        spread, temperature = (drawn[path] for path in SHOCK)
        return np.asarray(spread / temperature)
