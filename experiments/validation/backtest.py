"""Each regime predicted from the others, beside yardsticks with the same information.

One regime at a time is left out of the record; the model is fitted to the rest and predicts how likely each lab is to
join the regime left out, and how many join. The yardsticks see the same data: each lab's rate in the other regimes, the
rate of all labs in them, everybody joins, a coin. They know as well with what chance a lab was asked, where that is not
known. The prediction is for the record's entry, which may be misread like the fitted ones.

Brier's score is the mean squared difference, the log score the mean of minus the log of the probability of what
happened, the ranked probability score the sum of squared differences of the distribution functions of how many join;
in all three less is better. An outcome that is half true (a lab that joined in part) is scored as half of each. Labs in
one regime share their fate, so a regime is one observation (`scores`).

Three versions are shown. The first is the test: priors that do not distinguish labs by their views (`exchangeable`),
and regimes as first coded. After it one change was tried, once: which labs the US AI Safety Institute asked in 2024 is
not known, so each lab is asked with a chance of one half there. The third has the baseline's own priors, which were
written with these regimes in view; it is shown for completeness and tests nothing.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.draws import Array
from model.problems import listed

from ..measures.intervals import Interval
from .episodes import joined
from .likelihood import effective_draws, misread
from .posterior import Table, interval, quantiles
from .record import DRAFTING, Record, asked_chances
from .scores import Prediction, Scores, independent, score

if TYPE_CHECKING:
    import pandas as pd

MODEL = "model"
YARDSTICKS = ("own rate", "pooled rate", "everybody", "coin")
SURE = 0.99  # the probability of 'everybody joins', because a log score forgives no certainty
ASKED_DAYS = (14.0, 90.0)  # by labs and in the draft of May 2026
VERSIONS = ("as first coded", "after the one change", "with the baseline's priors")


class Backtest(NamedTuple):
    """One version of the test.

    ``predictions``: predictor -> what it predicts of each regime; ``scores``: predictor -> its scores;
    ``effective_draws`` the least of the posteriors that the model predicts from; ``order``: days of review in the order
    by the model fitted to the regimes alone (with 90% intervals, given an order), and by the yardsticks;
    ``order_days``: the order's actual days.
    """

    record: Record
    predictions: dict[str, list[Prediction]]
    scores: dict[str, Scores]
    effective_draws: float
    order: dict[str, Interval]
    order_days: float

    @property
    def unbeaten(self) -> list[str]:
        """The yardsticks that the model does not beat, in one score or the other."""
        scores = {name: self.scores[name] for name in YARDSTICKS}
        return [
            name
            for name, its in scores.items()
            if min(its.brier_excess.interval.mean, its.log_excess.interval.mean) <= 0.0
        ]

    @property
    def clearly_beaten(self) -> list[str]:
        """The yardsticks that the model beats by more than chance, in both scores."""
        scores = {name: self.scores[name] for name in YARDSTICKS}
        return [name for name, its in scores.items() if its.brier_excess.is_clear and its.log_excess.is_clear]

    def verdict(self) -> str:
        """Which yardsticks the model beats, and which by more than chance: the rest of 'The model ...'."""
        beaten = [name for name in YARDSTICKS if name not in self.unbeaten]
        text = f"beats {listed(beaten, 'no yardstick')}"
        if beaten:
            text += f" (by more than chance: {listed(self.clearly_beaten, 'none of them')})"
        return f"does not beat {listed(self.unbeaten)}; it {text}" if self.unbeaten else text

    def data(self) -> dict[str, Any]:
        """The version as plain data that JSON can hold."""
        return {
            "unbeaten": self.unbeaten,
            "beaten_by_more_than_chance": self.clearly_beaten,
            "scores": {name: scores.data() for name, scores in self.scores.items()},
            "effective_draws": self.effective_draws,
            "chances": {name: self._by_regime(its) for name, its in self.predictions.items()},
            "counts": {
                name: {regime: p.counts.tolist() for regime, p in zip(self.record.regimes, its, strict=True)}
                for name, its in self.predictions.items()
            },
            "order_days": {name: days.data() for name, days in self.order.items()} | {"seen": self.order_days},
        }

    def _by_regime(self, predictions: list[Prediction]) -> dict[str, dict[str, float]]:
        """The probabilities of the labs that were asked, by regime and lab."""
        record = self.record
        return {
            regime: {lab: float(its.labs[k]) for k, lab in enumerate(record.labs) if record.asked[row, k]}
            for row, (regime, its) in enumerate(zip(record.regimes, predictions, strict=True))
        }


def backtest(table: Table, record: Record, ideals: Mapping[str, float]) -> Backtest:
    """Predict each regime from the others, and the order from the regimes.

    Parameters
    ----------
    ideals : mapping
        Yardsticks for the days of review in the order: name -> days.
    """
    assert record.order is not None
    predictions = {name: list[Prediction]() for name in (MODEL, *YARDSTICKS)}
    least = math.inf
    for row, name in enumerate(record.regimes):
        rest = record.without(name)
        weights = table.weights(rest)
        least = min(least, effective_draws(weights))
        predictions[MODEL].append(predicted(table, weights, name, record.asked[row]))
        for yardstick, its in yardsticks(rest, name, record.asked[row]).items():
            predictions[yardstick].append(its)
    days = {name: Interval(its, math.nan, math.nan) for name, its in ideals.items()}
    return Backtest(
        record=record,
        predictions=predictions,
        scores=score(predictions, record.joined, MODEL, table.seed),
        effective_draws=least,
        order={**predict_order(table, record), **days},
        order_days=float(record.order[2]),
    )


def predicted(table: Table, weights: Array, regime: str, asked: Array) -> Prediction:
    """What the weighted draws of a table predict of a regime."""
    signed = joined(table.outcomes.signed[:, :, table.regimes.index(regime)], len(table.labs))[:, :, asked]
    counts = np.stack([(signed.sum(axis=2) == count).mean(axis=1) for count in range(asked.sum() + 1)], axis=1)
    return Prediction(misread(weights @ table.chances(regime), 2), misread_counts(weights @ counts))


def misread_counts(counts: Array) -> Array:
    """The chance that 0, 1, ... labs are recorded to join, if each decision may be misread."""
    most = len(counts) - 1
    return np.asarray(
        sum(
            chance * independent(np.repeat(misread(np.array([1.0, 0.0]), 2), [count, most - count]))
            for count, chance in enumerate(counts)
        )
    )


def yardsticks(record: Record, regime: str, asked: Array) -> dict[str, Prediction]:
    """What simple rules predict of a regime.

    Parameters
    ----------
    record : Record
        Without that regime, so that its outcome is not seen here.
    asked : array (labs,) of bool
        Whose decisions are to be predicted.
    """
    assert regime not in record.regimes
    by_regime = [
        asked_chances(name, record.labs) * known for name, known in zip(record.regimes, record.asked, strict=True)
    ]
    times, joins = np.sum(by_regime, axis=0), np.nansum(record.joined, axis=0)
    willing = {
        "own rate": np.minimum((joins + 1.0) / (times + 2.0), SURE),  # Laplace's rule, for labs that always joined
        "pooled rate": np.full(len(joins), min(joins.sum() / times.sum(), SURE)),
        "everybody": np.full(len(joins), SURE),
        "coin": np.full(len(joins), 0.5),
    }
    here = asked_chances(regime, record.labs)
    return {name: Prediction(chances * here, independent((chances * here)[asked])) for name, chances in willing.items()}


def predict_order(table: Table, record: Record) -> dict[str, Interval]:
    """Days of review in the order, if there is one, by the model fitted without the drafting episode.

    Its mean and its median, each with the interval that holds 90%.
    """
    weights = table.weights(record.without(DRAFTING))
    days = table.outcomes.order[:, :, 2]
    has_order = ~np.isnan(days)
    shares = np.repeat(weights[:, None], days.shape[1], axis=1)[has_order]
    mean = interval(days[has_order], shares / shares.sum())
    (median,) = quantiles(days[has_order], shares, (0.5,))
    return {f"{MODEL}, mean": mean, f"{MODEL}, median": mean._replace(mean=median)}


def order_yardsticks(drafting: "pd.DataFrame") -> dict[str, float]:
    """The order's days by the compromise and the weighted median of everybody's ideals, and by the midpoint.

    Parameters
    ----------
    drafting : DataFrame
        Runs of the drafting episode.
    """
    return {
        "compromise": float(drafting["compromise_review_days"].mean()),
        "weighted median": float(drafting["median_review_days"].mean()),
        "midpoint of 14 and 90": sum(ASKED_DAYS) / 2,
    }
