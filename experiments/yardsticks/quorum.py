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

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array
from model.problems import listed, refusal

from ..measures.intervals import Interval, share
from ..results.words import bracketed
from ..validation.markdown import markdown_table
from .logit import Weights, chances, logit
from .page import WIDTH, section
from .quorum_records import Decisions, Treaty, decisions, read_treaties
from .scoring import Scores, clusters, score, scores_table, unbeaten, verdict
from .tables import Record

SOURCE = "openclimatedata, from the UN Treaty Collection"
WINDOW = 91  # days
FEWEST, MOST = 10, 0.8  # parties that a placebo has, the most as a share of all that joined
RARE = 0.025  # for either of two treaties by chance alone: 5%
LEAST_PLACEBOS = 20
FOLDS = 10  # of weeks
LEAST_CHANCE = 1e-6
MODEL, TREND, CONSTANT = "model: company and pivotality", "a rule without pivotality", "one rate for all weeks"
SIMPLE = (TREND, CONSTANT)
READING = (
    "Intervals of weights and scores are 95%, by week; they know nothing of other reasons for a rush, such as a "
    "meeting that begins soon, which placebos do. Excess: how much worse than the model (below 0: better)."
)
CAVEAT = (
    "Neither yes nor no weighs much. Of made-up histories the interval shows pivotality in a fifth of those without "
    "any, since it is high in a few weeks alone; placebos show it in a tenth of those with three to eight logits of "
    "it, since those near the quorum are much like it."
)


class Look(NamedTuple):
    """A statistic at the quorum, and at each placebo; ``as_strong``: the share of cases with as strong a sign."""

    actual: Interval
    placebos: Array
    as_strong: float

    def data(self) -> dict[str, Any]:
        """The look as plain data that JSON can hold."""
        return {
            "actual": self.actual.data(),
            "placebos": [float(value) for value in self.placebos],
            "as_strong": self.as_strong,
        }


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


class Quorum(NamedTuple):
    """All that was found on treaties with a quorum."""

    records: list[Record]
    seed: int
    treaties: list[About]

    def headline(self) -> str:
        """In which looks pivotality shows."""
        looks = {its.treaty.name: its.shows() for its in self.treaties}
        everywhere = [name for name, shows in looks.items() if all(shows.values())]
        found = [
            f"{name} in {sum(shows.values())} of {len(shows)} ({listed([look for look in shows if shows[look]])})"
            for name, shows in looks.items()
        ]
        verb = "show" if len(everywhere) > 1 else "shows"
        return (
            f"{listed(everywhere, 'No treaty')} {verb} the model's pivotality in every look: {'; '.join(found)}. "
            f"On weeks left out the model {self._verdicts()}."
        )

    def _verdicts(self) -> str:
        names: dict[str, list[str]] = {}
        for its in self.treaties:
            names.setdefault(verdict(its.scores, SIMPLE), []).append(its.treaty.name)
        return "; ".join(f"{text} ({listed(treaties)})" for text, treaties in names.items())

    def text(self) -> str:
        """The comparison as text, the headline first."""
        lines = [self.headline(), *self._sentences(), "", *self._table()]
        for its in self.treaties:
            lines += ["", f"{its.treaty.name}: decisions of parties in weeks left out", ""]
            lines += scores_table(its.scores, MODEL)
        return "\n".join(
            [
                *lines,
                "",
                *textwrap.wrap(f"{READING} {CAVEAT}", WIDTH),
            ]
        )

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        return {
            "records": [record.data() for record in self.records],
            "seed": self.seed,
            "treaties": {its.treaty.name: its.data() for its in self.treaties},
        }

    def page(self) -> str:
        """The comparison for the page on validation, as Markdown."""
        return section(
            "Ratifications before and after a quorum",
            SOURCE,
            self.records,
            "optin yardstick quorum paris.csv kigali.csv",
            [self.headline(), *self._sentences(), CAVEAT],
            self._table(),
        )

    def _sentences(self) -> list[str]:
        return [
            f"{its.treaty.name}: {its.before} joined in the {WINDOW} days up to the quorum and {its.after} in those "
            f"after it, by rate {bracketed(its.rate.actual, '.2f')} times as many; among {len(its.rate.placebos)} "
            f"placebos {its.rate.as_strong:.0%} of cases fall as much."
            for its in self.treaties
        ]

    def _table(self) -> list[str]:
        rows = [
            [its.treaty.name, how, bracketed(look.actual, "+.1f"), *_placebo_cells(look)]
            for its in self.treaties
            for how, look in (("company and trend", its.weight), ("trend", its.bare))
        ]
        head = ["treaty", "beside", "weight of pivotality", "placebos", "90% of them", "as strong"]
        return markdown_table(head, rows)


def _placebo_cells(look: Look) -> list[str]:
    low, high = np.quantile(look.placebos, [0.05, 0.95])
    return [str(len(look.placebos)), f"{low:+.1f} to {high:+.1f}", f"{look.as_strong:.1%}"]


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


def about(treaty: Treaty, seed: int) -> About:
    """All about one treaty."""
    its = decisions(treaty, treaty.quorum_parties, treaty.quorum_share)
    predicted, expected = predict(its)
    scores = score(predicted, its.joins, MODEL, clusters(its.week, seed))
    return About(treaty, *rate(treaty), *weights(treaty), scores, expected)


def compare(records: Sequence[Path], seed: int, workers: int) -> Quorum:  # noqa: ARG001 - it takes seconds
    """Ratifications before and after the quorums of Paris and Kigali.

    Raises
    ------
    BadInput
        Where the files are no such records, or have too few days for placebos.
    """
    treaties, its_records = read_treaties(records)
    for treaty, record in zip(treaties, its_records, strict=True):
        days = len(placebo_days(treaty))
        if days < LEAST_PLACEBOS:
            raise refusal(record.file, f"found {days} days for placebo quorums; at least {LEAST_PLACEBOS} are needed")
    return Quorum(its_records, seed, [about(treaty, seed) for treaty in treaties])
