"""Additive effects: how much each varied number changes a measure, all else equal."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, stream

from ..measures.intervals import LEVEL, ROUNDING, Interval, finite
from ..measures.signflips import chance, flips, more_than_luck


class Effects(NamedTuple):
    """The change of a measure from the lowest to the highest value of each parameter: path -> interval.

    ``explained`` is the share of the variance between points (0..1) that the effects add up to. ``told`` are the paths
    whose effect differs detectably from zero: its interval, which is over points, leaves out 0, and it is more than the
    luck that all points share, at 1% for all paths together.
    """

    by_path: dict[str, Interval]
    explained: float
    told: frozenset[str]

    def ranked(self) -> list[tuple[str, Interval]]:
        """The effects, the largest first."""
        return sorted(self.by_path.items(), key=lambda effect: -abs(effect[1].mean))

    def data(self) -> dict[str, Any]:
        """As plain data that JSON can hold."""
        by_path = {path: interval._asdict() for path, interval in self.by_path.items()}
        return {"explained": finite(self.explained), "by_path": by_path, "told_from_zero": sorted(self.told)}


def fitted_effects(positions: Mapping[str, Array], means: Array, by_group: Array, seed: int) -> Effects | None:
    """The effects of parameters on the means of points; None with too few points, or where they do not vary apart.

    An ordinary least squares fit, with Student's intervals.

    Parameters
    ----------
    positions : path -> where each point stands on the axis of this parameter
    means : the mean at each point, NaN where no run has the measure
    by_group : the same over each group of runs (a row a point), by which effects are told from luck

    References
    ----------
    Kleijnen (2015), *Design and Analysis of Simulation Experiments*, chapter 2.
    """
    from scipy.special import stdtrit

    known = ~np.isnan(means)
    freedom = int(known.sum()) - len(positions) - 1
    if freedom < 1 or not positions:
        return None
    means, by_group = means[known], by_group[known]
    matrix = np.column_stack([np.ones(len(means)), *(_from_0_to_1(column[known]) for column in positions.values())])
    effects, _, rank, _ = np.linalg.lstsq(matrix, means)
    if rank < matrix.shape[1]:
        return None
    residuals = means - matrix @ effects
    unexplained = float(residuals @ residuals)
    variance = unexplained / freedom * np.diag(np.linalg.inv(matrix.T @ matrix))
    half = float(stdtrit(freedom, 0.5 + LEVEL / 2)) * np.sqrt(variance)
    total = float(np.square(means - means.mean()).sum())
    varies = total > len(means) * float(ROUNDING * means.mean()) ** 2
    ends = zip(positions, effects[1:].tolist(), half[1:].tolist(), strict=True)
    by_path = {path: Interval(effect, effect - width, effect + width) for path, effect, width in ends}
    slopes = (np.linalg.pinv(matrix) @ by_group)[1:]
    signs = flips(by_group.shape[1], stream(seed, 0, "signs", "effects"))
    beyond = more_than_luck({path: chance(slope[None], signs) for path, slope in zip(positions, slopes, strict=True)})
    told = frozenset(path for path in beyond if by_path[path].leaves_out_zero)
    return Effects(by_path, 1.0 - unexplained / total if varies else math.nan, told)


def _from_0_to_1(column: Array) -> Array:
    """A column scaled to its range; zeros where it does not vary."""
    low, high = column.min(), column.max()
    return (column - low) / (high - low) if high > low else np.zeros(len(column))
