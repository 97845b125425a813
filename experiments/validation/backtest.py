"""Each regime predicted from the others, beside yardsticks with the same information.

One regime at a time is left out of the record; the model is fitted to the rest and predicts how likely each lab is to
join the regime left out. The yardsticks see the same data: each lab's rate in the other regimes, the rate of all labs
in them, everybody joins, a coin. The prediction is for the record's entry, which may be misread like the fitted ones.

Brier's score is the mean squared difference, the log score the mean of minus the log of the probability of what
happened; in both less is better. An outcome that is half true (a lab that joined in part) is scored as half of each.
Intervals are bootstrapped over lab-and-regime pairs. They are too narrow, because labs in one regime have much in
common; five regimes are too few for anything better.

Three versions are shown. The first is the test: priors that do not distinguish labs (`exchangeable`), and regimes as
first coded. After it one change was tried, once: which labs the US AI Safety Institute asked in 2024 is not known, so
each lab is asked with a chance of one half there. The third has the baseline's own priors, which were written with
these regimes in view; it is shown for completeness and tests nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.draws import Array
from model.problems import listed

from ..measures.intervals import Interval
from .likelihood import misread
from .posterior import Table, interval, quantiles
from .record import DRAFTING, Record
from .scores import Scores, score

if TYPE_CHECKING:
    import pandas as pd

MODEL = "model"
YARDSTICKS = ("own rate", "pooled rate", "everybody", "coin")
SURE = 0.99  # the probability of 'everybody joins', because a log score forgives no certainty
ASKED_DAYS = (14.0, 90.0)  # by labs and in the draft of May 2026
VERSIONS = ("as first coded", "after the one change", "with the baseline's priors")


class Backtest(NamedTuple):
    """One version of the test.

    ``chances``: predictor -> array (regimes, labs); ``scores``: predictor -> its scores; ``order``: days of review in
    the order by the model fitted to the regimes alone (with 90% intervals, given an order), and by the yardsticks;
    ``order_days``: the order's actual days.
    """

    record: Record
    chances: dict[str, Array]
    scores: dict[str, Scores]
    order: dict[str, Interval]
    order_days: float

    @property
    def unbeaten(self) -> list[str]:
        """The yardsticks that the model does not beat, in one score or the other."""
        scores = {name: self.scores[name] for name in YARDSTICKS}
        return [name for name, s in scores.items() if min(s.brier_excess.mean, s.log_excess.mean) <= 0.0]

    @property
    def clearly_beaten(self) -> list[str]:
        """The yardsticks that the model beats by more than chance, in both scores."""
        scores = {name: self.scores[name] for name in YARDSTICKS}
        return [name for name, s in scores.items() if min(s.brier_excess.low, s.log_excess.low) > 0.0]

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
            "chances": {name: self._by_regime(chances) for name, chances in self.chances.items()},
            "order_days": {name: days.data() for name, days in self.order.items()} | {"seen": self.order_days},
        }

    def _by_regime(self, chances: Array) -> dict[str, dict[str, float]]:
        """The probabilities of the labs that were asked, by regime and lab."""
        return {
            regime: {lab: float(chances[row, k]) for k, lab in enumerate(self.record.labs) if self.record.asked[row, k]}
            for row, regime in enumerate(self.record.regimes)
        }


def backtest(table: Table, record: Record, ideals: Mapping[str, float]) -> Backtest:
    """Predict each regime from the others, and the order from the regimes.

    Parameters
    ----------
    ideals : mapping
        Yardsticks for the days of review in the order: name -> days.
    """
    assert record.order is not None
    by_regime = [predictions(table, record.without(name), name) for name in record.regimes]
    chances = {name: np.array([chances[name] for chances in by_regime]) for name in (MODEL, *YARDSTICKS)}
    yardsticks = {name: Interval(days, days, days) for name, days in ideals.items()}
    scores = score(chances, record.joined, MODEL, table.seed)
    return Backtest(record, chances, scores, {**predict_order(table, record), **yardsticks}, float(record.order[2]))


def predictions(table: Table, record: Record, regime: str) -> dict[str, Array]:
    """The probability that each lab joins a regime, by the model and the yardsticks: arrays (labs).

    Parameters
    ----------
    record : Record
        Without that regime, so that its outcome is not seen here.
    """
    assert regime not in record.regimes
    asked = record.asked.sum(axis=0)
    joins = np.nansum(record.joined, axis=0)
    labs = len(record.labs)
    return {
        MODEL: misread(table.weights(record) @ table.chances(regime), 2),
        "own rate": (joins + 1.0) / (asked + 2.0),  # Laplace's rule of succession, for labs that always joined
        "pooled rate": np.full(labs, joins.sum() / asked.sum()),
        "everybody": np.full(labs, SURE),
        "coin": np.full(labs, 0.5),
    }


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
