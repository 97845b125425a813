"""Each regime predicted from the others, beside yardsticks with the same information.

One regime at a time is left out of the record (`left_out`); the model predicts from the rest how likely each lab is to
join that regime, and how many join. The yardsticks see the same record: each lab's rate in the other regimes, the rate
of all labs in them, everybody joins, a coin, and Rasch's rule (`rasch`), without a shock and with one. Where it is not
known whether a lab was asked, they know the chance of it as well.

Whether the model's mechanism adds anything is asked of Rasch's rule with a shock: it has an effect of each lab and one
of each regime, the same prior of the shock, the same sampler, and nothing of what a regime asks or what other labs do.

Brier's score is the mean squared difference, the log score the mean of minus the log of the probability of what
happened, the ranked probability score the sum of squared differences of the distribution functions of how many join;
in all three less is better. An outcome that is half true (a lab that joined in part) is scored as half of each. Labs in
one regime share their fate, so a regime is one observation (`scores`).

The test is the first of the versions: priors that do not distinguish labs by their views (`exchangeable`), all regimes,
a "no" of a lab that may not have been asked as 0. The others change one thing each.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.draws import Array
from model.problems import listed
from model.scenario import Scenario

from ..measures.intervals import Interval
from .episodes import fitted_paths, play_drafting, prior_draws
from .fit import Effort, problem
from .left_out import LeftOut, Rule, drawn, left_out
from .posterior import interval
from .rasch import Rasch
from .record import Record, asked_chances
from .record_likelihood import decisions
from .scores import Prediction, Scores, brier, independent, score

if TYPE_CHECKING:
    import pandas as pd

MODEL, RASCH, SHARED = "model", "Rasch", "Rasch with a shock"
SIMPLE = ("own rate", "pooled rate", "everybody", "coin")
YARDSTICKS = (SHARED, RASCH, *SIMPLE)
SURE = 0.99  # the probability of 'everybody joins', because a log score forgives no certainty
ASKED_DAYS = (14.0, 90.0)  # by labs and in the draft of May 2026


class Backtest(NamedTuple):
    """One version of the test.

    ``predictions``: predictor -> what it predicts of each regime; ``scores``: predictor -> its scores;
    ``effective_draws``: the least behind any prediction of each predictor that was fitted.
    """

    record: Record
    predictions: dict[str, list[Prediction]]
    scores: dict[str, Scores]
    effective_draws: dict[str, float]
    seed: int

    @property
    def before(self) -> list[str]:
        """The yardsticks that come before the model or level with it, in one score or the other."""
        return [
            name
            for name in YARDSTICKS
            if min(self.scores[name].brier_excess.interval.mean, self.scores[name].log_excess.interval.mean) <= 0.0
        ]

    @property
    def clearly_beaten(self) -> list[str]:
        """The yardsticks that the model beats by more than chance, in both scores."""
        scores = {name: self.scores[name] for name in YARDSTICKS}
        return [name for name, its in scores.items() if its.brier_excess.is_clear and its.log_excess.is_clear]

    def verdict(self) -> str:
        """Which yardsticks the model beats by more than chance, and which come before it: the rest of 'The model'."""
        text = f"beats {listed(self.clearly_beaten, 'no yardstick')} by more than chance"
        return f"{text}; before it or level {'come' if len(self.before) > 1 else 'comes'} {listed(self.before, 'none')}"

    def brier_of(self, lab: str) -> float:
        """The model's mean Brier score over one lab's decisions."""
        column = self.record.labs.index(lab)
        rows = np.flatnonzero(self.record.asked[:, column])
        chances = np.array([self.predictions[MODEL][row].labs[column] for row in rows])
        return float(brier(chances, self.record.joined[rows, column]).mean())

    def only(self, rows: Iterable[int]) -> "Backtest":
        """The same predictions, scored on some of the regimes alone."""
        chosen = list(rows)
        of_record = self.record._replace(
            regimes=tuple(self.record.regimes[row] for row in chosen),
            joined=self.record.joined[chosen],
            doubtful=self.record.doubtful[chosen],
        )
        predictions = {name: [its[row] for row in chosen] for name, its in self.predictions.items()}
        return self._replace(
            record=of_record,
            predictions=predictions,
            scores=score(predictions, of_record.joined, MODEL, self.seed),
        )

    def data(self) -> dict[str, Any]:
        """The test as plain data that JSON can hold."""
        return {
            "beaten by more than chance": self.clearly_beaten,
            "before the model": self.before,
            "effective_draws": self.effective_draws,
            "scores": {name: its.data() for name, its in self.scores.items()},
            "chances": {name: self._by_regime(its) for name, its in self.predictions.items()},
            "counts": {
                name: {regime: p.counts.tolist() for regime, p in zip(self.record.regimes, its, strict=True)}
                for name, its in self.predictions.items()
            },
        }

    def _by_regime(self, predictions: list[Prediction]) -> dict[str, dict[str, float]]:
        """The probabilities of the labs whose decision is known, by regime and lab."""
        record = self.record
        return {
            regime: {lab: float(its.labs[k]) for k, lab in enumerate(record.labs) if record.asked[row, k]}
            for row, (regime, its) in enumerate(zip(record.regimes, predictions, strict=True))
        }


def by_rasch(record: Record, priors: Scenario, effort: Effort, seed: int, workers: int) -> dict[str, LeftOut]:
    """What Rasch's rule predicts of each regime from the others, with a shock and without; of priors, the shock's."""
    of_record = decisions(record, priors)
    rules = {SHARED: Rasch(of_record, record.labs, priors), RASCH: Rasch(of_record, record.labs, None)}
    return {name: _left_out(rule, record, effort, seed, workers) for name, rule in rules.items()}


def backtest(
    record: Record, priors: Scenario, rasch: Mapping[str, LeftOut], effort: Effort, seed: int, workers: int
) -> Backtest:
    """Predict each regime of a record from the others.

    Parameters
    ----------
    rasch : mapping
        What `by_rasch` predicts of the same record.
    """
    found = {MODEL: _left_out(problem(record, priors), record, effort, seed, workers), **rasch}
    predictions = {name: list(its.predictions) for name, its in found.items()}
    for row, regime in enumerate(record.regimes):
        for name, its in yardsticks(record.without(regime), regime, record.asked[row]).items():
            predictions.setdefault(name, []).append(its)
    return Backtest(
        record=record,
        predictions=predictions,
        scores=score(predictions, record.joined, MODEL, seed),
        effective_draws={name: float(its.effective_draws.min()) for name, its in found.items()},
        seed=seed,
    )


def _left_out(rule: Rule, record: Record, effort: Effort, seed: int, workers: int) -> LeftOut:
    return left_out(rule, drawn(rule, effort.samples, effort.particles, seed, workers), record, workers)


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


# ---------------------------------------------------------------- the order


class OrderCheck(NamedTuple):
    """Days of review in the order: ``days`` by the model (with the interval that holds 90%) and by yardsticks; seen."""

    days: dict[str, Interval]
    seen: float

    def data(self) -> dict[str, Any]:
        """The check as plain data that JSON can hold."""
        return {name: days.data() for name, days in self.days.items()} | {"seen": self.seen}


def check_order(
    record: Record, priors: Scenario, ideals: Mapping[str, float], effort: Effort, seed: int, workers: int
) -> OrderCheck:
    """Days of review in the order, if there is one, by the priors of the offices, which no decision of a lab informs.

    Parameters
    ----------
    ideals : mapping
        Yardsticks for the days of review in the order: name -> days.
    """
    assert record.order is not None
    theta = prior_draws(priors, effort.samples * effort.particles, seed)
    days = play_drafting(record.labs, fitted_paths(priors), theta, effort.times, seed, workers)[:, :, 2]
    known = days[~np.isnan(days)]
    equal = np.full(len(known), 1.0 / len(known))
    mean = interval(known, equal)
    by_model = {f"{MODEL}, mean": mean, f"{MODEL}, median": mean._replace(mean=float(np.median(known)))}
    return OrderCheck(
        by_model | {name: Interval(its, np.nan, np.nan) for name, its in ideals.items()}, float(record.order[2])
    )


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
