"""How a measure does over the unknowns: its mean, and its mean in the worst tenth of the worlds.

A world is a value for every unknown, in which several runs differ by luck alone. Single runs of 0 or 1 cannot say in
which worlds a setting does badly: their worst tenth is the unlucky, whatever is set. Nor may the runs that make a world
look bad also measure it, since then luck would pass for a bad world. So the tenth that looks worst in one half of each
world's runs is measured in the other half, and the other way round; both together are the estimate. As halves are short
some worlds are picked wrongly, so it is a little better than the true worst tenth, never worse by luck.

References
----------
Rockafellar & Uryasev (2000), *Journal of Risk* 2(3): 21-41, for the mean in a tail (conditional value at risk).
"""

import numpy as np

from model.draws import Array

from ...measures.intervals import Interval, resampled, share

TENTH = 0.1
RESAMPLES = 1000


def resamples(worlds: int, luck: np.random.Generator) -> Array:
    """How often each world counts: once in the first row, as often as it is drawn in the others."""
    drawn = luck.multinomial(worlds, np.full(worlds, 1 / worlds), size=RESAMPLES)
    return np.vstack([np.ones(worlds), drawn])


def mean(values: Array, weights: Array) -> Interval:
    """The mean of a measure over all runs that have it, with its interval over resampled worlds.

    Parameters
    ----------
    values : a row a world, a column a run; NaN where a run lacks the measure
    weights : as `resamples` gives them
    """
    return resampled(_ratio(weights @ np.nansum(values, axis=1), weights @ (~np.isnan(values)).sum(axis=1)))


def worst_tenth(values: Array, highest_is_best: bool, weights: Array) -> Interval:
    """The mean of a measure in the tenth of the worlds that is worst in it, with its interval over resampled worlds."""
    totals, counts = np.zeros(len(weights)), np.zeros(len(weights))
    halves = [values[:, 0::2], values[:, 1::2]]
    for judged, measured in (halves, halves[::-1]):
        judged_means = _ratio(np.nansum(judged, axis=1), (~np.isnan(judged)).sum(axis=1))
        worst_first = np.argsort(judged_means if highest_is_best else -judged_means, kind="stable")
        order = worst_first[: int((~np.isnan(judged_means)).sum())]
        ordered = weights[:, order]
        before = np.cumsum(ordered, axis=1) - ordered
        taken = np.clip(TENTH * ordered.sum(axis=1, keepdims=True) - before, 0.0, ordered)
        totals += taken @ np.nansum(measured, axis=1)[order]
        counts += taken @ (~np.isnan(measured)).sum(axis=1)[order]
    return resampled(_ratio(totals, counts))


def of_share(interval: Interval, worlds: int) -> Interval:
    """The interval of a share of runs; Wilson's for as many worlds where all agree and resampling can say nothing."""
    return share(round(interval.mean * worlds), worlds) if interval.mean in (0.0, 1.0) else interval


def _ratio(totals: Array, counts: Array) -> Array:
    """Totals over counts, NaN where there is nothing."""
    ratio: Array = np.where(counts > 0, totals / np.maximum(counts, 1e-9), np.nan)
    return ratio
