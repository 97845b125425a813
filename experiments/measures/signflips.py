"""Whether changes of a measure from point to point are more than the luck of the runs.

All points meet the same luck. So luck that works more strongly at one point than at another looks the same wherever
the two are compared, and no number of points can tell it from an effect; only further runs can. A parameter without an
effect changes each run as likely up as down. So the signs of whole runs are flipped at random: the changes are an
effect where few flips give mean changes as large.

References
----------
Good (2005), *Permutation, Parametric and Bootstrap Tests of Hypotheses*, 3rd edition, chapter 3, for tests that flip
signs. Holm (1979), *Scandinavian Journal of Statistics* 6: 65-70, for many tests together.
"""

from collections.abc import Mapping

import numpy as np

from model.draws import Array

FLIPS = 19_999  # so that one of 150 unknowns can be named
ALARM = 0.01  # the test is exact for symmetric luck; at 1% a claim on skew luck stays near 5%
MOST_GROUPS = 50  # of runs, each with one sign


class GroupMeans:
    """Means of a measure by point and by group of runs, gathered part by part."""

    def __init__(self, points: int, runs: int) -> None:
        """Begin with no values; every so many runs belong to the same group."""
        self._groups = min(runs, MOST_GROUPS)
        self._totals, self._counts = (np.zeros((points, self._groups)) for _ in range(2))

    def add(self, point: Array, run: Array, values: Array) -> None:
        """Add values, each of a run at a point; NaN is left out."""
        known = ~np.isnan(values)
        places = (point[known], run[known] % self._groups)
        np.add.at(self._totals, places, values[known])
        np.add.at(self._counts, places, 1.0)

    def means(self) -> Array:
        """The means: a row a point, a column a group; NaN where there is no value."""
        means: Array = np.where(self._counts > 0, self._totals / np.maximum(self._counts, 1.0), np.nan)
        return means


def flips(groups: int, luck: np.random.Generator) -> Array:
    """Signs (-1 or 1) at random: a row a flip, a column a group of runs."""
    signs: Array = luck.choice([-1.0, 1.0], size=(FLIPS, groups))
    return signs


def chance(changes: Array, signs: Array) -> float:
    """The probability of mean changes as large by luck alone (0..1); 1 where nothing changes.

    Parameters
    ----------
    changes : a row a comparison of two points, a column a group of runs; NaN counts as no change
    signs : as `flips` gives them
    """
    known = np.nan_to_num(changes)
    alike = known.T @ known
    squares = ((signs @ alike) * signs).sum(axis=1)  # of the summed changes, summed over comparisons
    as_large = squares >= alike.sum() * (1.0 - 1e-9)
    return float((1 + as_large.sum()) / (1 + len(signs)))


def more_than_luck(chances: Mapping[str, float]) -> frozenset[str]:
    """The names whose chance is so small that of a hundred analyses of pure luck one has any (Holm's steps)."""
    told = []
    for rank, name in enumerate(sorted(chances, key=lambda name: chances[name])):
        if chances[name] > ALARM / (len(chances) - rank):
            break
        told.append(name)
    return frozenset(told)
