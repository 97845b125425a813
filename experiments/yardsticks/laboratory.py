"""Choices in a laboratory: company and pivotality as reasons to join, beside stated beliefs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..measures.intervals import Interval, share
from .laboratory_choices import read_choices
from .laboratory_fits import FOLDS, MODEL, Fit, predict, sure, weights
from .pages import laboratory as words
from .pages import wrapped
from .scoring import Group, Scores, reliability, score, scores_table


class Laboratory(NamedTuple):
    """All that was found in a record of choices.

    ``fits``: description -> weights; ``sure``: what persons are sure of -> share of those choices that join, and how
    many there are; ``scores``: predictor -> its scores on persons left out; ``rates``: threshold -> share that joins;
    ``expected``: predictor -> threshold -> mean chance on persons left out; ``reliable``: how reliable the model's are.
    All from ``sure`` on where nobody may leave.
    """

    persons: int
    fits: dict[str, Fit]
    sure: dict[str, tuple[Interval, int]]
    scores: dict[str, Scores]
    rates: dict[int, Interval]
    expected: dict[str, dict[int, float]]
    reliable: list[Group]

    def headline(self) -> str:
        """Whether joining rises with company and with pivotality, how much, and whether that predicts."""
        return words.headline(self.data())

    def text(self) -> str:
        """The comparison as text, the headline first."""
        data = self.data()
        weights = words.section(data)
        return "\n".join(
            [
                *wrapped([words.headline(data)]),
                *wrapped(words.sentences(data)),
                "",
                *weights.table,
                "",
                *wrapped([weights.reading, weights.limits]),
                "",
                f"{self.persons} persons left out in {FOLDS} folds, in choices where nobody may leave",
                "",
                *scores_table(self.scores, MODEL),
                "",
                "Excess: how much worse than the model (below 0: better). In all scores less is better.",
            ]
        )

    def data(self) -> dict[str, Any]:
        """The comparison as plain data that JSON can hold."""
        return {
            "persons": self.persons,
            "weights": {name: fit.data() for name, fit in self.fits.items()},
            "sure": {name: {**joined.data(), "choices": choices} for name, (joined, choices) in self.sure.items()},
            "who": {name: its.data() for name, its in self.scores.items()},
            "joined": {str(threshold): rate.data() for threshold, rate in self.rates.items()},
            "expected": {
                name: {str(threshold): chance for threshold, chance in its.items()}
                for name, its in self.expected.items()
            },
            "reliability": [group.data() for group in self.reliable],
        }


def compare(records: Sequence[Path], seed: int, workers: int) -> Laboratory:  # noqa: ARG001 - nothing is drawn; a second
    """The model's reasons to join beside stated beliefs and choices.

    Raises
    ------
    BadInput
        Where the file is no such record, or too small to leave out persons.
    """
    choices = read_choices(records[0])
    held = choices.where(~choices.may_leave)
    predicted = predict(held)
    thresholds = [int(threshold) for threshold in np.unique(held.threshold)]
    at = {threshold: held.threshold == threshold for threshold in thresholds}
    return Laboratory(
        int(choices.person.max()) + 1,
        weights(choices),
        sure(held),
        score(predicted, held.joins, MODEL, held.person),
        {threshold: share(int(held.joins[here].sum()), int(here.sum())) for threshold, here in at.items()},
        {name: {one: float(its[here].mean()) for one, here in at.items()} for name, its in predicted.items()},
        reliability(predicted[MODEL], held.joins, held.person),
    )
