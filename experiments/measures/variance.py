"""Which of the values that were drawn for runs go with a measure of these runs, and how much of its variance."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from model.draws import Array

from .intervals import Interval, average

GROUPS = 10  # of runs, by what was drawn for them
ALARM = 0.01  # the chance that luck alone has anything named


class Cause(NamedTuple):
    """A parameter that a measure goes with: the ``share`` of its variance (0..1), and two of its means.

    They are those over the runs with the ``least`` and with the ``most`` of the parameter.
    """

    share: float
    least: Interval
    most: Interval


def causes(values: Array, drawn: Mapping[str, Array]) -> dict[str, Cause]:
    """The parameters that explain most of a measure's variance, the largest share first; none that luck may have named.

    Runs are put into groups by the values drawn; the share is that between the groups, less what luck puts there.
    Alone, that is: what a parameter does only together with others does not show.

    Parameters
    ----------
    values : array (runs,)
        The measure, none of it NaN.
    drawn : mapping of names to arrays (runs,)
        What was drawn for each run.

    References
    ----------
    Plischke, Borgonovo & Smith (2013), *European Journal of Operational Research* 226: 536-550, for effects from given
    data; Kelley (1935), *Proceedings of the National Academy of Sciences* 21: 554-559, for the share less luck.
    """
    found = {}
    for name, column in drawn.items():
        groups = _groups(column)
        share, chance = _between(values, groups)
        if chance < ALARM / len(drawn):
            found[name] = Cause(share, average(values[groups == 0]), average(values[groups == groups.max()]))
    return dict(sorted(found.items(), key=lambda item: -item[1].share))


def _groups(column: Array) -> Array:
    """A group for each run: its value where there are few, else equally many of each tenth."""
    kinds, codes = np.unique(column, return_inverse=True)
    if len(kinds) <= GROUPS:
        return codes
    ranks = np.empty(len(column), dtype=np.int64)
    ranks[np.argsort(column, kind="stable")] = np.arange(len(column))
    return ranks * GROUPS // len(column)


def _between(values: Array, groups: Array) -> tuple[float, float]:
    """The share of the variance that lies between groups, less luck's, and the probability of as much by luck."""
    from scipy.special import fdtrc

    counts = np.bincount(groups)
    between, within = len(counts) - 1, len(values) - len(counts)
    spread = float(((values - values.mean()) ** 2).sum())
    if between < 1 or within < 1 or spread <= 0.0:
        return 0.0, 1.0
    means = np.bincount(groups, values) / counts
    explained = float((counts * (means - values.mean()) ** 2).sum())
    noise = (spread - explained) / within
    if noise <= 0.0:
        return 1.0, 0.0
    return (explained - between * noise) / spread, float(fdtrc(between, within, explained / between / noise))
