"""Each regime predicted from the others, beside yardsticks that know as much.

One regime at a time is taken out of the record; the model is fitted to what is left and says how likely each lab is to
join the one taken out. The yardsticks see the same: each lab's rate in the other regimes, the rate of all labs in them,
everybody joins, a coin. What is predicted is the record's entry, which may be misread like those that were fitted.

Brier's score is the mean squared difference, the log score the mean of minus the log of the probability of what
happened; in both less is better. What came half true (a lab that joined in part) is scored as half of each. Intervals
are bootstrapped over lab-and-regime pairs, which is too narrow, as labs in one regime have much in common; five regimes
are too few for anything better.

Three versions are shown. The test is the first: priors that know nothing of the labs (`exchangeable`), regimes as they
were first coded. After it one change was tried, once: whom the US AI Safety Institute asked in 2024 is not known, so
that each lab is asked with a chance of one half there. The third has the baseline's own priors, which were written with
these regimes in view; it is shown for what it is worth and tests nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.draws import Array, stream

from ..measures.intervals import Interval, resampled
from .likelihood import misread
from .markdown import listed, shown, table
from .posterior import Table, interval, quantiles
from .record import DRAFTING, Record

if TYPE_CHECKING:
    import pandas as pd

MODEL = "model"
YARDSTICKS = ("own rate", "pooled rate", "everybody", "coin")
SURE = 0.99  # what 'everybody joins' is taken to mean, since a log score forgives no certainty
RESAMPLES = 4000
ASKED_DAYS = (14.0, 90.0)  # by labs and in the draft of May 2026
VERSIONS = ("as first coded", "after the one change", "with the baseline's priors")


def predicted(table: Table, record: Record, regime: str) -> dict[str, Array]:
    """The probability that each lab joins a regime that the record does not hold, by the model and the yardsticks.

    Parameters
    ----------
    record : Record
        Without that regime; nothing of what came of it is seen here.
    """
    assert regime not in record.regimes
    known = record.asked.sum(axis=0)
    joins = np.nansum(record.joined, axis=0)
    labs = len(record.labs)
    return {
        MODEL: misread(table.weights(record) @ table.chances(regime), 2),
        "own rate": (joins + 1.0) / (known + 2.0),  # Laplace's rule of succession, for labs that always joined
        "pooled rate": np.full(labs, joins.sum() / known.sum()),
        "everybody": np.full(labs, SURE),
        "coin": np.full(labs, 0.5),
    }


class Scores(NamedTuple):
    """How one way of predicting did: its scores, and how much worse they are than the model's (below 0: better)."""

    brier: Interval
    log: Interval
    brier_apart: Interval
    log_apart: Interval


class Backtest(NamedTuple):
    """What was found.

    ``chances``: way of predicting -> array (regimes, labs); ``seen``: the record's entries; ``scores``: way of
    predicting -> its scores; ``order``: days of review in the order by the model fitted to the regimes alone (with 90%
    intervals, given an order), and by the yardsticks; ``order_seen``: what it was.
    """

    record: Record
    chances: dict[str, Array]
    scores: dict[str, Scores]
    order: dict[str, Interval]
    order_seen: float

    @property
    def unbeaten(self) -> list[str]:
        """The yardsticks that the model does not beat, in one score or the other."""
        return [
            name
            for name in YARDSTICKS
            if min(self.scores[name].brier_apart.mean, self.scores[name].log_apart.mean) <= 0.0
        ]

    @property
    def beyond_doubt(self) -> list[str]:
        """The yardsticks that it beats by more than chance, in both scores."""
        its = {name: self.scores[name] for name in YARDSTICKS}
        return [name for name, score in its.items() if min(score.brier_apart.low, score.log_apart.low) > 0.0]


def backtest(table: Table, record: Record, ideals: Mapping[str, float]) -> Backtest:
    """Predict each regime from the others, and the order from the regimes.

    Parameters
    ----------
    ideals : mapping
        Yardsticks for the days of review in the order: name -> days.
    """
    assert record.order is not None
    left_out = [predicted(table, record.without(name), name) for name in record.regimes]
    chances = {name: np.array([its[name] for its in left_out]) for name in (MODEL, *YARDSTICKS)}
    days = {**order_days(table, record), **{name: Interval(its, its, its) for name, its in ideals.items()}}
    scores = scored(chances, record.joined, table.seed)
    return Backtest(record, chances, scores, days, float(record.order[2]))


def order_days(table: Table, record: Record) -> dict[str, Interval]:
    """Days of review in the order, where there is one, by the model that has not seen the drafting episode.

    Its mean and its median, each with the interval that holds 90%.
    """
    weights = table.weights(record.without(DRAFTING))
    days = table.played.order[:, :, 2]
    there = ~np.isnan(days)
    shared = np.repeat(weights[:, None], days.shape[1], axis=1)[there]
    its = interval(days[there], shared / shared.sum())
    (median,) = quantiles(days[there], shared, (0.5,))
    return {f"{MODEL}, mean": its, f"{MODEL}, median": its._replace(mean=median)}


def scored(chances: Mapping[str, Array], seen: Array, seed: int) -> dict[str, Scores]:
    """The scores of each way of predicting, with intervals over resampled lab-and-regime pairs."""
    asked = ~np.isnan(seen)
    luck = stream(seed, 0, "backtest")
    pairs = int(asked.sum())
    drawn = luck.integers(pairs, size=(RESAMPLES, pairs))
    each = {name: (brier(its[asked], seen[asked]), log_score(its[asked], seen[asked])) for name, its in chances.items()}
    return {
        name: Scores(
            *(resampled(_means(its, drawn)) for its in both),
            *(resampled(_means(its - base, drawn)) for its, base in zip(both, each[MODEL], strict=True)),
        )
        for name, both in each.items()
    }


def brier(chance: Array, seen: Array) -> Array:
    """Brier's score of each prediction (Brier 1950)."""
    return np.asarray(np.square(chance - seen))


def log_score(chance: Array, seen: Array) -> Array:
    """The logarithmic score of each prediction, in natural units (Good 1952)."""
    return np.asarray(-(seen * np.log(chance) + (1.0 - seen) * np.log1p(-chance)))


def _means(values: Array, drawn: Array) -> Array:
    """The mean of all values, and those of its resamples."""
    return np.append(values.mean(), values[drawn].mean(axis=1))


def yardsticks_of_order(drafting: "pd.DataFrame") -> dict[str, float]:
    """What the compromise and the weighted median of everybody's ideals, and the midpoint, say the order would be.

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


# ---------------------------------------------------------------- in words


def told(versions: Mapping[str, Backtest]) -> str:
    """The tests as text, the verdict first."""
    first, changed, _ = versions.values()
    off = {name: abs(its.mean - changed.order_seen) for name, its in changed.order.items()}
    nearer = [name for name in off if not name.startswith(MODEL) and off[name] < off[f"{MODEL}, mean"]]
    lines = [
        f"The model as first coded {_verdict(first)}.",
        f"After one change to how a regime was read, tried once, the model {_verdict(changed)}.",
        f"Nearer to the order's {changed.order_seen:.0f} days than the model's mean: {listed(nearer, 'no yardstick')}.",
        "",
        *_scores_told(versions),
        "",
        "Apart: how much worse than the model (below 0: better). 95% intervals over lab-and-regime pairs; labs in one",
        "regime have much in common, so that they are too narrow.",
        "",
        "After the change: probability of joining, regime left out, and in brackets what happened",
        "",
        *_chances_told(changed),
        "",
        f"Days of review in the order, which had {changed.order_seen:.0f} (drafting episode left out)",
        "",
        *_order_told(changed),
        "",
        "The priors of the drafting episode were written with the order in view: its length is a check, not a test.",
    ]
    return "\n".join(lines)


def _verdict(its: Backtest) -> str:
    beaten = [name for name in YARDSTICKS if name not in its.unbeaten]
    told_beaten = f"beats {listed(beaten, 'no yardstick')}"
    sure = f", by more than chance {listed(its.beyond_doubt, 'none of them')}" if beaten else ""
    return f"does not beat {listed(its.unbeaten, 'x')}; it {told_beaten}{sure}" if its.unbeaten else told_beaten + sure


def _scores_told(versions: Mapping[str, Backtest]) -> list[str]:
    rows = [
        [version, way, shown(its.brier), shown(its.log), *([""] * 2 if way == MODEL else _apart(its))]
        for version, test in versions.items()
        for way, its in test.scores.items()
    ]
    return table(["version", "predicted by", "Brier", "log", "Brier apart", "log apart"], rows)


def _apart(its: Scores) -> list[str]:
    return [shown(its.brier_apart, "+.3f"), shown(its.log_apart, "+.3f")]


def _chances_told(its: Backtest) -> list[str]:
    rows = [
        [name, *(_beside(chance, seen) for chance, seen in zip(chances, words, strict=True))]
        for name, chances, words in zip(its.record.regimes, its.chances[MODEL], its.record.joined, strict=True)
    ]
    return table(["regime", *its.record.labs], rows)


def _beside(chance: float, seen: float) -> str:
    return "-" if np.isnan(seen) else f"{chance:.2f} ({seen:g})"


def _order_told(its: Backtest) -> list[str]:
    rows = [
        [
            name,
            shown(days, ".1f") if days.low < days.high else f"{days.mean:.1f}",
            f"{abs(days.mean - its.order_seen):.1f}",
        ]
        for name, days in its.order.items()
    ]
    return table(["predicted by", "days (model: 90% interval)", "off by"], rows)


def as_data(versions: Mapping[str, Backtest]) -> dict[str, Any]:
    """The tests as plain data for JSON."""
    return {version: _data(its) for version, its in versions.items()}


def _data(its: Backtest) -> dict[str, Any]:
    asked = its.record.asked
    return {
        "unbeaten": its.unbeaten,
        "beaten_by_more_than_chance": its.beyond_doubt,
        "scores": {
            way: {name: score._asdict() for name, score in scores._asdict().items()}
            for way, scores in its.scores.items()
        },
        "chances": {
            way: {
                regime: {
                    lab: float(chances[row, column]) for column, lab in enumerate(its.record.labs) if asked[row, column]
                }
                for row, regime in enumerate(its.record.regimes)
            }
            for way, chances in its.chances.items()
        },
        "order_days": {name: days._asdict() for name, days in its.order.items()} | {"seen": its.order_seen},
    }
