"""Choices in a laboratory: whether joining rises with expected company and with pivotality, as in the model's rule.

Both run from 0 to 1, as in `peers` and `pivotality` of `model/rules/opting_in.py`. Company is the share of the others
that is expected to join. Pivotality is the probability that one's own joining completes the threshold, if each of the
others joins with that share for a chance. The model's rule splits the credit among all missing pledges; its expectation
is the second form tried. Beliefs are stated, not set by the experiment: who joins may expect others to be alike, and
then the weight of company is too large. A comparison within persons is free of what a person brings to all choices.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array

from ..measures.intervals import Interval, share
from ..results.words import bracketed
from ..validation.markdown import markdown_table
from .laboratory_choices import Choices, completing, credited, met_without, read_choices
from .logit import Weights, chances, logit, logit_within
from .page import section
from .scoring import Scores, clusters, score, scores_table, verdict
from .tables import Record

SOURCE = "ryutau/voluntary-collaboration at 55fa1b7 (Apache-2.0)"
FOLDS = 10  # of persons
LEAST_CHANCE = 1e-3  # a log score forgives no certainty
SURE = 0.9  # a probability from which a person is called sure

MODEL, EXACT = "model: company and split pivotality", "company and exact pivotality"
COMPANY, PIVOTALITY = "company alone", "pivotality alone"
BY_THRESHOLD, POOLED = "rate at the threshold", "rate of all"
SIMPLE = (COMPANY, PIVOTALITY, BY_THRESHOLD, POOLED)

NONE = Interval(np.nan, np.nan, np.nan)
MAIN = "may not leave"
SPLIT, LEVELS, WITHIN = f"{MAIN}; split credit", f"{MAIN}; a level a threshold", f"{MAIN}; within persons"
LEAVERS, STAYERS = "may leave; leavers do not join", "may leave; among those who stay"
CAVEAT = "Beliefs are stated, not set: people may expect others to be as they are, which makes company weigh more."


class Fit(NamedTuple):
    """Weights of pivotality and company in some choices, in logits; NaN where one was left out."""

    choices: int
    pivotality: Interval
    company: Interval
    ratio: Interval
    log_likelihood: float

    def data(self) -> dict[str, Any]:
        """The weights as plain data that JSON can hold."""
        return {name: its.data() if isinstance(its, Interval) else its for name, its in self._asdict().items()}


class Laboratory(NamedTuple):
    """All that was found in a record of choices.

    ``fits``: description -> weights; ``sure``: what persons are sure of -> share of those choices that join, and how
    many there are; ``scores``: predictor -> its scores on persons left out; ``rates``: threshold -> share that joins;
    ``expected``: predictor -> threshold -> mean chance on persons left out. The latter three where nobody may leave.
    """

    record: Record
    seed: int
    persons: int
    fits: dict[str, Fit]
    sure: dict[str, tuple[Interval, int]]
    scores: dict[str, Scores]
    rates: dict[int, Interval]
    expected: dict[str, dict[int, float]]

    def headline(self) -> str:
        """Whether joining rises with company and with pivotality, how much, and whether that predicts."""
        its = self.fits[MAIN]
        return (
            f"Joining {_moves(its.company)} with expected company ({bracketed(its.company, '+.1f')} logits from none "
            f"to all) and {_moves(its.pivotality)} with pivotality ({bracketed(its.pivotality, '+.1f')} from 0 to 1"
            f"{_of_company(its.ratio)}); on persons left out the model {verdict(self.scores, SIMPLE)}."
        )

    def text(self) -> str:
        """The comparison as text, the headline first."""
        return "\n".join(
            [
                self.headline(),
                *self._sentences(),
                "",
                "Weights in logits, 95% intervals by person",
                "",
                *self._fits_table(),
                "",
                f"{self.persons} persons left out in {FOLDS} folds, in choices where nobody may leave",
                "",
                *scores_table(self.scores, MODEL),
                "",
                "Excess: how much worse than the model (below 0: better). In all scores less is better.",
                CAVEAT,
            ]
        )

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        return {
            "record": self.record.data(),
            "seed": self.seed,
            "persons": self.persons,
            "weights": {name: fit.data() for name, fit in self.fits.items()},
            "sure": {name: {**joined.data(), "choices": choices} for name, (joined, choices) in self.sure.items()},
            "who": {name: its.data() for name, its in self.scores.items()},
            "joined": {str(threshold): rate.data() for threshold, rate in self.rates.items()},
            "expected": {
                name: {str(threshold): chance for threshold, chance in its.items()}
                for name, its in self.expected.items()
            },
        }

    def page(self) -> str:
        """The comparison for the page on validation, as Markdown."""
        return section(
            "Choices to join in a laboratory",
            SOURCE,
            [self.record],
            "optin yardstick laboratory voluntary-collaboration.csv",
            [self.headline(), *self._sentences(), CAVEAT],
            self._fits_table(),
        )

    def _sentences(self) -> list[str]:
        exact, split = self.fits[MAIN], self.fits[SPLIT]
        parts = [
            f"{bracketed(joined, '.0%')} of {choices} choices join where {what}"
            for what, (joined, choices) in self.sure.items()
            if choices
        ]
        return [
            f"Of those who are at least {SURE:.0%} sure: {'; '.join(parts)}.",
            f"In the model's form, which splits the credit among all that are missing, joining "
            f"{_moves(split.pivotality)} with pivotality ({bracketed(split.pivotality, '+.1f')}). Log-likelihood: "
            f"{split.log_likelihood:.1f} in that form, {exact.log_likelihood:.1f} with the exact probability, "
            f"{self.fits[COMPANY].log_likelihood:.1f} with company alone, "
            f"{self.fits[PIVOTALITY].log_likelihood:.1f} with pivotality alone.",
        ]

    def _fits_table(self) -> list[str]:
        rows = [
            [
                name,
                str(its.choices),
                *("" if np.isnan(one.mean) else bracketed(one, ".2f") for one in (its.company, its.pivotality)),
                "" if np.isnan(its.ratio.mean) else bracketed(its.ratio, ".0%"),
                f"{its.log_likelihood:.1f}",
            ]
            for name, its in self.fits.items()
        ]
        head = ["choices in which people", "choices", "company", "pivotality", "as share of company", "log-likelihood"]
        return markdown_table(head, rows)


def _of_company(ratio: Interval) -> str:
    return "" if np.isnan(ratio.mean) else f", {bracketed(ratio, '.0%')} of company"


def _moves(weight: Interval) -> str:
    if weight.low > 0.0:
        return "rises"
    return "falls" if weight.high < 0.0 else "does not clearly move"


# ---------------------------------------------------------------- weights


def _ones(its: Choices) -> Array:
    return np.ones(len(its.share))


def _exact(its: Choices) -> Array:
    return np.column_stack([_ones(its), completing(its.share, its.threshold), its.share])


def _split(its: Choices) -> Array:
    return np.column_stack([_ones(its), credited(its.share, its.threshold), its.share])


def _levels(its: Choices) -> Array:
    thresholds = np.unique(its.threshold)[1:]
    return np.column_stack([_exact(its), *(its.threshold == threshold for threshold in thresholds)])


def weights(choices: Choices) -> dict[str, Fit]:
    """The weights of pivotality and company, by which choices and how."""
    held = choices.where(~choices.may_leave)
    free = choices.where(choices.may_leave)
    known = free.where(~np.isnan(free.share_of_stayers))
    staying = known._replace(share=known.share_of_stayers)
    fits = {
        MAIN: _fit(logit(_exact(held), held.joins, held.person), held),
        SPLIT: _fit(logit(_split(held), held.joins, held.person), held),
        LEVELS: _fit(logit(_levels(held), held.joins, held.person), held),
        WITHIN: _fit(logit_within(_exact(held)[:, 1:], held.joins, held.person), held, first=0),
        LEAVERS: _fit(logit(_exact(free), free.joins, free.person), free),
        STAYERS: _fit(logit(_exact(staying), staying.joins, staying.person), staying),
    }
    company = logit(_exact(held)[:, [0, 2]], held.joins, held.person)
    pivotal = logit(_exact(held)[:, [0, 1]], held.joins, held.person)
    size = len(held.joins)
    return {
        **fits,
        COMPANY: Fit(size, NONE, company.interval(1), NONE, company.log_likelihood),
        PIVOTALITY: Fit(size, pivotal.interval(1), NONE, NONE, pivotal.log_likelihood),
    }


def _fit(its: Weights, choices: Choices, first: int = 1) -> Fit:
    """Weights of which `first` is that of pivotality, and the next that of company."""
    return Fit(
        len(choices.joins),
        its.interval(first),
        its.interval(first + 1),
        its.ratio(first, first + 1),
        its.log_likelihood,
    )


def sure(choices: Choices) -> dict[str, tuple[Interval, int]]:
    """Of those who are sure what their joining does: the share that joins, and how many choices there are."""
    met = met_without(choices.share, choices.threshold)
    decisive = completing(choices.share, choices.threshold)
    cases = {
        "the others meet the threshold without them": met,
        "their own joining completes it": decisive,
        "it is missed even so": 1.0 - met - decisive,
    }
    joined = {name: choices.joins[chance >= SURE] for name, chance in cases.items()}
    return {name: (share(int(its.sum()), len(its)), len(its)) for name, its in joined.items()}


# ---------------------------------------------------------------- persons left out


def predict(choices: Choices) -> dict[str, Array]:
    """The chance of each choice by each predictor, from the choices of persons in other folds."""
    columns = {
        MODEL: _split(choices),
        EXACT: _exact(choices),
        COMPANY: _exact(choices)[:, [0, 2]],
        PIVOTALITY: _exact(choices)[:, [0, 1]],
        BY_THRESHOLD: np.column_stack([choices.threshold == one for one in np.unique(choices.threshold)]).astype(float),
        POOLED: _ones(choices)[:, None],
    }
    predicted = {name: np.empty(len(choices.joins)) for name in columns}
    for fold in range(FOLDS):
        out = choices.person % FOLDS == fold
        seen = choices.where(~out)
        for name, its in columns.items():
            fitted = logit(its[~out], seen.joins, seen.person)
            predicted[name][out] = np.clip(chances(its[out], fitted.value), LEAST_CHANCE, 1.0 - LEAST_CHANCE)
    return predicted


def compare(records: Sequence[Path], seed: int, workers: int) -> Laboratory:  # noqa: ARG001 - it takes a second
    """The model's reasons to join beside stated beliefs and choices.

    Raises
    ------
    BadInput
        Where the file is no such record, or too small to leave out persons.
    """
    choices, record = read_choices(records[0])
    held = choices.where(~choices.may_leave)
    predicted = predict(held)
    thresholds = [int(threshold) for threshold in np.unique(held.threshold)]
    at = {threshold: held.threshold == threshold for threshold in thresholds}
    return Laboratory(
        record,
        seed,
        int(choices.person.max()) + 1,
        weights(choices),
        sure(held),
        score(predicted, held.joins, MODEL, clusters(held.person, seed)),
        {threshold: share(int(held.joins[here].sum()), int(here.sum())) for threshold, here in at.items()},
        {name: {one: float(its[here].mean()) for one, here in at.items()} for name, its in predicted.items()},
    )
