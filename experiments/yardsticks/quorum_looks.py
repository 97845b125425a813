"""Ratifications before and after a quorum: whether parties that it hangs on join sooner, as in the model's rule.

Four looks. That a sign is one that shows in all of them was settled when first numbers had been seen:

- the rate at which those still out join in the `WINDOW` after the quorum was met, by that in the `WINDOW` before;
- the weight of `pivotality` in a logit of joining in a week, beside a trend (quadratic in the log of the week) and, as
  in the model, company: whether its interval lies above 0;
- the same weight beside those of placebos, with company and without (in one treaty company is itself a trend);
- whether it improves predictions of weeks left out.

A placebo is the same with a quorum that was none: as many parties, with their emissions, as had joined on another day.
A look beside placebos shows something where at most `RARE` of the cases are as strong.
"""

from typing import Any, NamedTuple

import numpy as np

from model.draws import Array

from ..measures.intervals import Interval, share
from .logit import Weights, chances, logit
from .quorum_records import Decisions, Treaty, decisions
from .scoring import CENTRAL, Scores, score, unbeaten

WINDOW = 91  # days
FEWEST, MOST = 10, 0.8  # parties that a placebo has, the most as a share of all that joined
RARE = 0.025  # for either of two treaties by chance alone: 5%
LEAST_PLACEBOS = 20
FOLDS = 10  # of weeks
LEAST_CHANCE = 1e-6
MODEL, TREND, CONSTANT = "model: company and pivotality", "a rule without pivotality", "one rate for all weeks"
SIMPLE = (TREND, CONSTANT)


class Look(NamedTuple):
    """A statistic at the quorum, and at each placebo; ``as_strong``: the share of cases with as strong a sign."""

    actual: Interval
    placebos: Array
    as_strong: float

    def data(self) -> dict[str, Any]:
        """The look as plain data that JSON can hold."""
        low, high = np.quantile(self.placebos, [(1.0 - CENTRAL) / 2, (1.0 + CENTRAL) / 2])
        placebos = {"count": len(self.placebos), "low": float(low), "high": float(high)}
        return {"actual": self.actual.data(), "placebos": placebos, "as_strong": self.as_strong}


class About(NamedTuple):
    """All about one treaty.

    ``before``, ``after``: how many joined in the window; ``rate``: after by before; ``weight``: of pivotality beside
    company, ``bare``: without it; ``scores``: of decisions in weeks left out; ``expected``: predictor -> joiners by
    week, as array (weeks), from the decisions of all weeks.
    """

    treaty: Treaty
    before: int
    after: int
    rate: Look
    weight: Look
    bare: Look
    scores: dict[str, Scores]
    expected: dict[str, Array]

    def shows(self) -> dict[str, bool]:
        """Look -> whether pivotality shows in it."""
        return {
            "the rate after the quorum": self.rate.as_strong <= RARE,
            "its own interval": self.weight.actual.low > 0.0,
            "placebos": max(self.weight.as_strong, self.bare.as_strong) <= RARE,
            "weeks left out": TREND not in unbeaten(self.scores, SIMPLE),
        }

    def data(self) -> dict[str, Any]:
        """All of it as plain data that JSON can hold."""
        return {
            "quorum_met_on_day": self.treaty.met(),
            "joined_before": self.before,
            "joined_after": self.after,
            "window_days": WINDOW,
            "rate_after_by_before": self.rate.data(),
            "weight_of_pivotality": self.weight.data(),
            "weight_without_company": self.bare.data(),
            "shows": self.shows(),
            "who": {name: its.data() for name, its in self.scores.items()},
        }


# ---------------------------------------------------------------- rate


def around(treaty: Treaty, day: float) -> tuple[int, int, Interval]:
    """How many join in the window up to a day and in the one after it, and the ratio of their rates.

    The interval is that of the share of either window (Wilson's), as if all decided apart.
    """
    before = treaty.parties_by(day) - treaty.parties_by(day - WINDOW)
    after = treaty.parties_by(day + WINDOW) - treaty.parties_by(day)
    out_before = len(treaty.day) - treaty.parties_by(day - WINDOW)
    out_after = len(treaty.day) - treaty.parties_by(day)
    by_parties = out_before / max(out_after, 1)
    of_both = share(after, before + after)
    if not before:
        return before, after, Interval((after + 0.5) / 0.5 * by_parties, np.nan, np.nan)
    ends = [end / (1.0 - end) * by_parties for end in (of_both.low, of_both.high)]
    return before, after, Interval((after + 0.5) / (before + 0.5) * by_parties, *ends)


def placebo_days(treaty: Treaty) -> Array:
    """Days on which somebody joined, and that could have been the day of a quorum."""
    days = np.unique(treaty.day[np.isfinite(treaty.day)])
    members = np.array([treaty.parties_by(day) for day in days])
    return np.asarray(days[(members >= FEWEST) & (members <= MOST * members[-1]) & (days != treaty.met())])


def rate(treaty: Treaty) -> tuple[int, int, Look]:
    """How many join before and after the quorum, and the ratio beside that of days whose windows it is not in."""
    met, last = treaty.met(), treaty.day[np.isfinite(treaty.day)].max()
    before, after, actual = around(treaty, met)
    days = placebo_days(treaty)
    apart = days[(days >= WINDOW) & (days <= last - WINDOW) & (np.abs(days - met) > WINDOW)]
    placebos = np.array([around(treaty, day)[2].mean for day in apart])
    return before, after, Look(actual, placebos, _as_strong(placebos <= actual.mean))


def _as_strong(placebos: Array) -> float:
    """The share of cases that are as strong as the actual one, which is one of them."""
    return float((placebos.sum() + 1) / (len(placebos) + 1))


# ---------------------------------------------------------------- weight


def _columns(its: Decisions) -> Array:
    """A constant, the trend, company and pivotality."""
    weeks = np.log1p(its.week)
    return np.column_stack([np.ones(len(weeks)), weeks, np.square(weeks), its.company, its.pivotality])


FULL, BARE = [0, 1, 2, 3, 4], [0, 1, 2, 4]  # of the columns, the latter without company


def _fitted(its: Decisions, columns: Array) -> Weights:
    return logit(columns, its.joins, its.week)


def weights(treaty: Treaty) -> tuple[Look, Look]:
    """The weight of pivotality beside company, and without it, each beside placebos."""
    actual = decisions(treaty, treaty.quorum_parties, treaty.quorum_share)
    placebos = [
        decisions(treaty, treaty.parties_by(day), treaty.share_by(day) if treaty.quorum_share else 0.0)
        for day in placebo_days(treaty)
    ]
    looks = []
    for chosen in (FULL, BARE):
        weight = _fitted(actual, _columns(actual)[:, chosen]).interval(-1)
        others = np.array([_fitted(its, _columns(its)[:, chosen]).value[-1] for its in placebos])
        looks.append(Look(weight, others, _as_strong(others >= weight.mean)))
    return looks[0], looks[1]


# ---------------------------------------------------------------- weeks left out


def predict(its: Decisions) -> tuple[dict[str, Array], dict[str, Array]]:
    """The chance of each decision by each predictor, from the weeks of other folds; and joiners by week, from all."""
    everything = _columns(its)
    columns = {MODEL: everything, TREND: everything[:, :4], CONSTANT: everything[:, :1]}
    out = {name: np.empty(len(its.joins)) for name in columns}
    expected = {}
    for name, chosen in columns.items():
        for fold in range(FOLDS):
            left = its.week % FOLDS == fold
            seen = np.unique(its.week[~left], return_inverse=True)[1]
            value = logit(chosen[~left], its.joins[~left], seen).value
            out[name][left] = np.clip(chances(chosen[left], value), LEAST_CHANCE, 1.0 - LEAST_CHANCE)
        expected[name] = np.bincount(its.week, chances(chosen, _fitted(its, chosen).value))
    return out, expected


def about(treaty: Treaty) -> About:
    """All about one treaty."""
    its = decisions(treaty, treaty.quorum_parties, treaty.quorum_share)
    predicted, expected = predict(its)
    scores = score(predicted, its.joins, MODEL, its.week)
    return About(treaty, *rate(treaty), *weights(treaty), scores, expected)
