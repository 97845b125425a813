"""Choices in a laboratory: whether joining rises with expected company and with pivotality, as in the model's rule.

Both run from 0 to 1, as in `peers` and `pivotality` of `model/rules/opting_in.py`. Company is the share of the others
that is expected to join. Pivotality is the probability that one's own joining completes the threshold, if each of the
others joins with that share for a chance. The model's rule splits the credit among all missing pledges; its expectation
is the second form tried. Beliefs are stated, not set by the experiment: who joins may expect others to be alike, and
then the weight of company is too large. A comparison within persons is free of what a person brings to all choices.
"""

from typing import Any, NamedTuple

import numpy as np

from model.draws import Array

from ..measures.intervals import Interval, share
from .laboratory_choices import Choices, completing, credited, met_without
from .logit import Weights, chances, logit, logit_within

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
        "the others meet the threshold": met,
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
