"""Scores of predicted probabilities, with intervals over regimes; in all of them less is better.

Labs in one regime share their fate, so a regime is one observation, however many labs it asked. Intervals are the
jackknife's over regimes, with Student's t; an end below 0 is left out, since no score is. Whether a predictor is worse
than another by more than chance is asked of the regimes' signs: if neither is better, each regime's sum of differences
is as likely to have the other sign.

References
----------
Good (2005), *Permutation, Parametric and Bootstrap Tests of Hypotheses*, chapter 3, for sign flips.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, stream

from ..measures.clusters import clustered_mean
from ..measures.intervals import Interval

ALARM = 0.05  # the chance, of one-sided sign flips, below which a difference is more than chance
MOST_EXACT = 18  # regimes whose signs are all tried; with more, so many are drawn
FLIPS = 1 << MOST_EXACT


class Excess(NamedTuple):
    """How much worse a predictor is than the model, and the chance of as much if it were no worse (0..1)."""

    interval: Interval
    chance: float

    @property
    def is_clear(self) -> bool:
        """Whether it is worse by more than chance."""
        return self.interval.low > 0.0 and self.chance < ALARM

    def data(self) -> dict[str, Any]:
        """The excess as plain data that JSON can hold."""
        return {**self.interval.data(), "chance": self.chance}


class Scores(NamedTuple):
    """Mean scores of one predictor, and how much worse they are than the model's.

    ``brier`` and ``log`` are of each lab's decision, ``ranked`` of how many join a regime.
    """

    brier: Interval
    log: Interval
    ranked: Interval
    brier_excess: Excess
    log_excess: Excess
    ranked_excess: Excess

    def data(self) -> dict[str, Any]:
        """The scores as plain data that JSON can hold."""
        return {name: part.data() for name, part in self._asdict().items()}


class Prediction(NamedTuple):
    """What is predicted of a regime: ``labs`` (labs,) the chance that each joins, ``counts`` that of 0, 1, ... labs.

    Counts are of the labs that were asked.
    """

    labs: Array
    counts: Array


def score(predictions: Mapping[str, list[Prediction]], joined: Array, base: str, seed: int) -> dict[str, Scores]:
    """The scores of each predictor and their excess over those of `base`.

    Parameters
    ----------
    predictions : mapping of lists
        Predictor -> what it predicts of each regime.
    joined : array (regimes, labs)
        Entries of the record; NaN: not asked, 0.5: in part, which is scored as half of each.
    """
    asked = ~np.isnan(joined)
    regimes = np.nonzero(asked)[0]
    values = {}
    for name, its in predictions.items():
        chances = np.array([prediction.labs for prediction in its])[asked]
        ranked = [ranked_score(p.counts, row[~np.isnan(row)]) for p, row in zip(its, joined, strict=True)]
        values[name] = (brier(chances, joined[asked]), log_score(chances, joined[asked]), np.array(ranked))
    clusters = (regimes, regimes, np.arange(len(joined)))
    found = {}
    for name, scores in values.items():
        means = [clustered_mean(its, of).inside(0.0, math.inf) for its, of in zip(scores, clusters, strict=True)]
        worse = [
            excess(its - reference, of, seed) for its, reference, of in zip(scores, values[base], clusters, strict=True)
        ]
        found[name] = Scores(*means, *worse)  # type: ignore[arg-type]  # three of each
    return found


# ---------------------------------------------------------------- scores


def brier(chance: Array, joined: Array) -> Array:
    """Brier's score of each prediction (Brier 1950)."""
    return np.asarray(np.square(chance - joined))


def log_score(chance: Array, joined: Array) -> Array:
    """The logarithmic score of each prediction, in natural units (Good 1952)."""
    return np.asarray(-(joined * np.log(chance) + (1.0 - joined) * np.log1p(-chance)))


def ranked_probability(forecast: Array, joined: int) -> float:
    """The ranked probability score in members: the sum of squared differences of the two distribution functions.

    Parameters
    ----------
    forecast : array (members + 1,)
        The chance that 0, 1, ... of them join.

    References
    ----------
    Epstein (1969), *Journal of Applied Meteorology* 8: 985-987; without his division by the number of categories.
    """
    happened = np.arange(len(forecast)) >= joined
    return float(np.square(np.cumsum(forecast) - happened).sum())


def ranked_score(counts: Array, joined: Array) -> float:
    """The ranked probability score of how many labs join; of a lab in part both counts are scored.

    Parameters
    ----------
    counts : array (labs asked + 1,)
        The chance that 0, 1, ... of them join.
    joined : array (labs asked,)
    """
    in_full, in_part = int((joined == 1.0).sum()), int((joined == 0.5).sum())
    by_count = [ranked_probability(counts, in_full + more) for more in range(in_part + 1)]
    return float(sum(math.comb(in_part, more) * score for more, score in enumerate(by_count)) / 2.0**in_part)


def independent(chances: Array) -> Array:
    """The chance that 0, 1, ... join, each for itself with its chance: array (..., members) -> (..., members + 1)."""
    counts = np.zeros((*chances.shape[:-1], chances.shape[-1] + 1))
    counts[..., 0] = 1.0
    for member in range(chances.shape[-1]):
        chance = chances[..., member, None]
        counts[..., 1:] = counts[..., 1:] * (1.0 - chance) + counts[..., :-1] * chance
        counts[..., :1] *= 1.0 - chance
    return counts


# ---------------------------------------------------------------- over regimes


def excess(differences: Array, clusters: Array, seed: int) -> Excess:
    """How much worse a predictor is, and the chance of as much by chance."""
    return Excess(clustered_mean(differences, clusters), sign_flips(np.bincount(clusters, differences), seed))


def sign_flips(sums: Array, seed: int) -> float:
    """The share of all ways to give the sums signs in which their total is at least as large (0..1).

    Exact for up to `MOST_EXACT` sums; beyond, over as many random ways, the one seen among them.
    """
    count, total = len(sums), float(sums.sum())
    if count <= MOST_EXACT:
        totals = np.zeros(1)
        for each in sums:
            totals = np.concatenate([totals + each, totals - each])
    else:
        signs = stream(seed, 0, "signs", "scores").choice([-1.0, 1.0], size=(FLIPS, count))
        totals = np.append(signs @ sums, total)
    return float((totals >= total - 1e-12 * np.abs(sums).sum()).mean())
