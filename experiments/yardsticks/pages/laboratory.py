"""What choices in a laboratory say about company and pivotality, in words."""

import math

from ...measures.intervals import Interval
from ...results.words import bracketed
from ...validation.markdown import markdown_table
from ..laboratory_fits import EXACT, MAIN, SIMPLE, SPLIT, SURE
from ..scoring import scores_from, verdict
from . import Data, Section, shown

READING = (
    "Weights in logits, with intervals over persons. Pivotality is the probability that one's own joining completes "
    "the threshold, except where the credit is split."
)
HEAD = ["choices in which people", "choices", "company", "pivotality", "as share of company"]
LIMITS = (
    "Beliefs are stated, not set: people may expect others to be as they are, which makes company weigh more. It is "
    "one laboratory."
)


def headline(data: Data) -> str:
    """Whether joining rises with company and with pivotality, how much, and whether that predicts."""
    its = data["weights"][MAIN]
    company, pivotality, ratio = (Interval.from_data(its[name]) for name in ("company", "pivotality", "ratio"))
    of_company = "" if math.isnan(ratio.mean) else f", {bracketed(ratio, '.0%')} of company"
    also = "" if _moves(pivotality) == _moves(company) else f"{_moves(pivotality)} "
    return (
        f"Joining {_moves(company)} with expected company ({bracketed(company, '+.1f')} logits from none to all) and "
        f"{also}with pivotality ({bracketed(pivotality, '+.1f')} from 0 to 1{of_company}); on persons left out "
        f"the model {verdict(scores_from(data['who']), SIMPLE)}."
    )


def _moves(weight: Interval) -> str:
    if weight.low > 0.0:
        return "rises"
    return "falls" if weight.high < 0.0 else "does not clearly move"


def sentences(data: Data) -> list[str]:
    """Whether the model's form of pivotality or the exact one tells more, and what those do who are sure."""
    split, exact = (Interval.from_data(data["weights"][name]["pivotality"]) for name in (SPLIT, MAIN))
    gain = scores_from(data["who"])[EXACT]
    better = max(gain.brier_excess.high, gain.log_excess.high) < 0.0
    sure = [
        f"{shown(its, '.0%')} of {its['choices']} join where {what}"
        for what, its in data["sure"].items()
        if its["choices"]
    ]
    return [
        f"The model splits the credit for a threshold among all pledges that are missing. In that form the weight is "
        f"{bracketed(split, '+.1f')}, with the exact probability to complete it {bracketed(exact, '+.1f')}. On persons "
        f"left out the latter is {'better' if better else 'not better'} by more than chance (Brier score "
        f"{bracketed(gain.brier_excess, '+.4f')}, log score {bracketed(gain.log_excess, '+.4f')}; below 0: better)"
        f"{'' if better else ', so that the model keeps its form'}.",
        f"Where people are at least {SURE:.0%} sure: {'; '.join(sure)}.",
    ]


def section(data: Data) -> Section:
    """The table of weights, and what they leave open."""
    rows = [
        [
            name,
            str(its["choices"]),
            shown(its["company"], ".2f"),
            shown(its["pivotality"], ".2f"),
            shown(its["ratio"], ".0%"),
        ]
        for name, its in data["weights"].items()
        if name not in SIMPLE
    ]
    return Section(markdown_table(HEAD, rows), READING, LIMITS)
