"""Scores of predictions of who joins and of how many, with intervals over clusters; in all of them less is better.

What one cluster holds (the states before one treaty, the choices of one person) goes together: intervals are the
jackknife's over clusters.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array
from model.problems import listed

from ..measures.clusters import clustered_mean
from ..measures.intervals import Interval, average, share
from ..results.words import bracketed
from ..validation.markdown import markdown_table
from ..validation.scores import brier, log_score, ranked_probability

CENTRAL = 0.90  # of a forecast of how many join
GROUPS = 10  # of decisions, by their chances


class Scores(NamedTuple):
    """Mean scores of one predictor, and their excess over the model's (above 0: worse than the model)."""

    brier: Interval
    log: Interval
    brier_excess: Interval
    log_excess: Interval

    def data(self) -> dict[str, Any]:
        """The scores as plain data that JSON can hold."""
        return {name: interval.data() for name, interval in self._asdict().items()}


def scores_from(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Scores]:
    """The scores of predictors from their plain data."""
    return {
        name: Scores(**{field: Interval.from_data(its[field]) for field in Scores._fields})
        for name, its in data.items()
    }


def score(chances: Mapping[str, Array], joined: Array, base: str, clusters: Array) -> dict[str, Scores]:
    """The scores of each predictor's probabilities, and their excess over those of `base`."""
    values = {name: (brier(chance, joined), log_score(chance, joined)) for name, chance in chances.items()}
    return {
        name: Scores(
            *(clustered_mean(value, clusters) for value in its),
            *(clustered_mean(value - reference, clusters) for value, reference in zip(its, values[base], strict=True)),
        )
        for name, its in values.items()
    }


def unbeaten(scores: Mapping[str, Scores], simple: Sequence[str]) -> list[str]:
    """The simple rules that the model does not beat by more than chance in both scores."""
    return [name for name in simple if not min(scores[name].brier_excess.low, scores[name].log_excess.low) > 0.0]


def verdict(scores: Mapping[str, Scores], simple: Sequence[str]) -> str:
    """Which simple rules beat the model, which it does not beat, and which it does: the rest of 'the model ...'."""
    left = unbeaten(scores, simple)
    beaten = [name for name in simple if name not in left]
    better = [name for name in left if max(scores[name].brier_excess.high, scores[name].log_excess.high) < 0.0]
    alike = [name for name in left if name not in better]
    if not left:
        return f"beats {listed(beaten)}, each by more than chance"
    texts = [f"is beaten by {listed(better)}"] if better else []
    texts += [f"does not beat {listed(alike)} by more than chance"] if alike else []
    return " and ".join(texts) + (f"; it beats {listed(beaten)}" if beaten else "")


def scores_table(scores: Mapping[str, Scores], base: str) -> list[str]:
    """The lines of a table of scores."""
    rows = [
        [
            name,
            bracketed(its.brier, ".4f"),
            bracketed(its.log, ".4f"),
            *(["", ""] if name == base else [bracketed(its.brier_excess, "+.4f"), bracketed(its.log_excess, "+.4f")]),
        ]
        for name, its in scores.items()
    ]
    return markdown_table(["predicted by", "Brier", "log", "Brier excess", "log excess"], rows)


# ---------------------------------------------------------------- reliability


class Group(NamedTuple):
    """Decisions whose chances are alike: the mean chance, and the share that joined."""

    expected: float
    joined: Interval

    @property
    def is_met(self) -> bool:
        """Whether the interval of the share holds the mean chance."""
        return self.joined.low <= self.expected <= self.joined.high

    def data(self) -> dict[str, Any]:
        """The group as plain data that JSON can hold."""
        return {"expected": self.expected, "joined": self.joined.data()}


def reliability(chance: Array, joined: Array, clusters: Array) -> list[Group]:
    """Decisions in `GROUPS` of one size, by their chances."""
    groups = np.array_split(np.argsort(chance, kind="stable"), GROUPS)
    return [Group(float(chance[some].mean()), _share(joined[some], clusters[some])) for some in groups]


def _share(joined: Array, clusters: Array) -> Interval:
    """The share that joined; where all or none did, Wilson's interval as if a cluster had one decision."""
    if 0.0 < joined.mean() < 1.0:
        return clustered_mean(joined, clusters)
    count = len(np.unique(clusters))
    return share(count if joined.all() else 0, count)


# ---------------------------------------------------------------- how many join


class HowMany(NamedTuple):
    """Mean scores of forecasts of how many join: log score, ranked probability score, and coverage of 90% intervals.

    ``log_excess``, ``ranked_excess``: how much worse than the forecasts of the model.
    """

    log: Interval
    ranked: Interval
    covered: Interval
    log_excess: Interval
    ranked_excess: Interval

    def data(self) -> dict[str, Any]:
        """The scores as plain data that JSON can hold."""
        return {key: interval.data() for key, interval in self._asdict().items()}


def log_of_count(forecast: Array, joined: int) -> float:
    """Minus the log of the forecast probability of as many as joined."""
    return float(-np.log(max(forecast[joined], np.finfo(float).tiny)))


def central(forecast: Array) -> tuple[int, int]:
    """The ends of the interval between the 5% and the 95% quantile of a forecast, both in it."""
    below = np.cumsum(forecast)
    tail = (1.0 - CENTRAL) / 2
    low, high = np.searchsorted(below, [tail, 1.0 - tail])
    return int(low), min(int(high), len(forecast) - 1)


def score_counts(forecasts: Mapping[str, Sequence[Array]], joined: Sequence[int], base: str) -> dict[str, HowMany]:
    """The scores of each predictor's forecasts, one a cluster, and their excess over those of `base`."""

    def each(score_of: Callable[[Array, int], float], name: str) -> Array:
        return np.array([score_of(forecast, count) for forecast, count in zip(forecasts[name], joined, strict=True)])

    logs = {name: each(log_of_count, name) for name in forecasts}
    ranked = {name: each(ranked_probability, name) for name in forecasts}
    return {
        name: HowMany(
            average(logs[name]),
            average(ranked[name]),
            share(int(each(_covers, name).sum()), len(joined)),
            average(logs[name] - logs[base]),
            average(ranked[name] - ranked[base]),
        )
        for name in forecasts
    }


def _covers(forecast: Array, joined: int) -> float:
    low, high = central(forecast)
    return float(low <= joined <= high)


def counts_table(scores: Mapping[str, HowMany], base: str, members: str) -> list[str]:
    """The lines of a table of scores of how many join."""
    rows = [
        [
            name,
            bracketed(its.log, ".2f"),
            bracketed(its.ranked, ".1f"),
            bracketed(its.covered, ".0%"),
            *(["", ""] if name == base else [bracketed(its.log_excess, "+.2f"), bracketed(its.ranked_excess, "+.1f")]),
        ]
        for name, its in scores.items()
    ]
    head = ["predicted by", "log", f"ranked ({members})", "in 90% interval", "log excess", "ranked excess"]
    return markdown_table(head, rows)
