"""Brier and log scores of predicted probabilities, with intervals; in both less is better."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, stream

from ..measures.intervals import Interval, resampled

RESAMPLES = 4000


class Scores(NamedTuple):
    """Mean scores of one predictor, and their excess over the model's (above 0: worse than the model)."""

    brier: Interval
    log: Interval
    brier_excess: Interval
    log_excess: Interval

    def data(self) -> dict[str, Any]:
        """The scores as plain data that JSON can hold."""
        keys = ("brier", "log", "brier_apart", "log_apart")
        return {key: interval.data() for key, interval in zip(keys, self, strict=True)}


def score(chances: Mapping[str, Array], joined: Array, base: str, seed: int) -> dict[str, Scores]:
    """The scores of each predictor and their excess over those of `base`, resampled over lab-and-regime pairs.

    Parameters
    ----------
    chances : mapping of arrays (regimes, labs)
        Predictor -> its probabilities.
    joined : array (regimes, labs)
        Entries of the record; NaN: not asked.
    """
    asked = ~np.isnan(joined)
    pairs = int(asked.sum())
    samples = stream(seed, 0, "backtest").integers(pairs, size=(RESAMPLES, pairs))
    values = {
        name: (brier(chance[asked], joined[asked]), log_score(chance[asked], joined[asked]))
        for name, chance in chances.items()
    }
    return {
        name: Scores(
            *(resampled(_means(score, samples)) for score in scores),
            *(
                resampled(_means(score - reference, samples))
                for score, reference in zip(scores, values[base], strict=True)
            ),
        )
        for name, scores in values.items()
    }


def brier(chance: Array, joined: Array) -> Array:
    """Brier's score of each prediction (Brier 1950)."""
    return np.asarray(np.square(chance - joined))


def log_score(chance: Array, joined: Array) -> Array:
    """The logarithmic score of each prediction, in natural units (Good 1952)."""
    return np.asarray(-(joined * np.log(chance) + (1.0 - joined) * np.log1p(-chance)))


def _means(values: Array, samples: Array) -> Array:
    """The mean of all values, and those of its resamples."""
    return np.append(values.mean(), values[samples].mean(axis=1))
