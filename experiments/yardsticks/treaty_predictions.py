"""Who joins a treaty that was left out, and how many, by the joining rule of the model and by simple rules.

The predictors: the model (stance, company, a shock that all states share), the same without company and without the
shock, the rate of all states, each state's own rate, and Rasch's rule (stance alone, whatever the year) without and
with a shock. The weight of company is free to take either sign, where the model allows none below 0.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from model.draws import Array, stream

from ..measures.clusters import error_and_half_width
from ..measures.intervals import Interval
from ..validation.scores import independent
from .joining import Regimes, Rule, chances_by_shock, fit, in_one_round, play
from .scoring import Group, HowMany, Scores, reliability, score, score_counts
from .treaty_acts import LEAST_STATES, Acts, Split, as_regimes, could_join

PLAYS = 4096  # of a treaty by the model
MODEL, ALONE, CALM = "model", "model without company", "model without a shock"
POOLED, OWN = "rate of all states", "own rate"
RASCH, RASCH_SHOCK = "Rasch", "Rasch with a shock"
SIMPLE = (POOLED, OWN, RASCH, RASCH_SHOCK)


class Rules(NamedTuple):
    """The rules that were fitted to the same treaties."""

    model: Rule
    alone: Rule
    calm: Rule
    rasch: Rule
    rasch_shock: Rule


class Predicted(NamedTuple):
    """Predictions for one treaty that was left out.

    ``chances``: predictor -> array (states asked); ``forecasts``: predictor -> array (states asked + 1).
    """

    treaty: int
    joined: Array
    chances: dict[str, Array]
    forecasts: dict[str, Array]


class Comparison(NamedTuple):
    """The scores of all predictors for the same treaties, and how reliable the model's chances are."""

    predicted: list[Predicted]
    scores: dict[str, Scores]
    how_many: dict[str, HowMany]
    reliable: list[Group]

    @property
    def decisions(self) -> int:
        """Pairs of a state and a treaty."""
        return sum(len(one.joined) for one in self.predicted)

    def data(self) -> dict[str, Any]:
        """The scores as plain data that JSON can hold."""
        return {
            "treaties": len(self.predicted),
            "decisions": self.decisions,
            "who": {name: its.data() for name, its in self.scores.items()},
            "how_many": {name: its.data() for name, its in self.how_many.items()},
            "reliability": [group.data() for group in self.reliable],
        }


class Estimate(NamedTuple):
    """A number with its 95% interval and its standard error, both clustered by treaty."""

    interval: Interval
    error: float

    def data(self) -> dict[str, float | None]:
        """As plain data that JSON can hold."""
        return {**self.interval.data(), "standard_error": self.error}


class Estimates(NamedTuple):
    """What was fitted to all treaties, in logits.

    The spread of the shock by the model, by the model without company and by Rasch's rule; the weight of company by the
    model and by the model without a shock.
    """

    shock_sd: Estimate
    shock_sd_alone: Estimate
    shock_sd_rasch: Estimate
    company: Estimate
    company_calm: Estimate

    def data(self) -> dict[str, Any]:
        """The estimates as plain data that JSON can hold."""
        return {name: estimate.data() for name, estimate in self._asdict().items()}


def fitted_rules(several: Regimes) -> Rules:
    """All rules fitted to treaties."""
    flat = in_one_round(several)
    return Rules(
        fit(several, company=True, shock=True),
        fit(several, company=False, shock=True),
        fit(several, company=True, shock=False),
        fit(flat, company=False, shock=False),
        fit(flat, company=False, shock=True),
    )


def predict(acts: Acts, split: Split, seed: int) -> tuple[Rules, list[Predicted]]:
    """Predictions for the treaties that a split leaves out, from the others."""
    asked = could_join(acts, split.fitted, split.seen_until)
    several = as_regimes(acts, split.fitted, asked)
    rules = fitted_rules(several)
    outcomes = as_regimes(acts, split.predicted, asked).ever
    predicted = []
    for row, treaty in enumerate(split.predicted):
        if asked[treaty].sum() < LEAST_STATES:
            continue
        luck = stream(seed, int(treaty), "yardstick", "treaties").random((PLAYS, int(asked[treaty].sum())))
        chances, forecasts = _predictions(several, rules, asked[treaty], luck)
        predicted.append(Predicted(int(treaty), outcomes[row][asked[treaty]].astype(float), chances, forecasts))
    return rules, predicted


def _predictions(
    several: Regimes, rules: Rules, asked: Array, luck: Array
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The chances of the states asked, and the forecasts of how many join, by each predictor."""
    joins, chosen = several.ever.sum(axis=0), several.asked.sum(axis=0)
    pooled = np.full(int(asked.sum()), (joins.sum() + 1.0) / (chosen.sum() + 2.0))  # Laplace's rule of succession
    own = ((joins + 1.0) / (chosen + 2.0))[asked]
    alone, _ = chances_by_shock(rules.rasch, asked)
    shaken, weights = chances_by_shock(rules.rasch_shock, asked)
    apart = {POOLED: pooled, OWN: own, RASCH: alone[0]}
    by_name = {MODEL: rules.model, ALONE: rules.alone, CALM: rules.calm}
    played = {name: play(rule, asked, luck) for name, rule in by_name.items()}
    chances = {name: (joined + 0.5) / (PLAYS + 1.0) for name, (joined, _) in played.items()}
    forecasts = {name: (counts + 1.0) / (PLAYS + len(counts)) for name, (_, counts) in played.items()}
    return (
        {**chances, **apart, RASCH_SHOCK: weights @ shaken},
        {
            **forecasts,
            **{name: independent(chance) for name, chance in apart.items()},
            RASCH_SHOCK: weights @ independent(shaken),
        },
    )


def compared(predicted: Sequence[Predicted]) -> Comparison:
    """The scores of predictions."""
    joined = np.concatenate([one.joined for one in predicted])
    of = np.repeat(np.arange(len(predicted)), [len(one.joined) for one in predicted])
    chances = {name: np.concatenate([one.chances[name] for one in predicted]) for name in predicted[0].chances}
    forecasts = {name: [one.forecasts[name] for one in predicted] for name in predicted[0].forecasts}
    counts = [int(one.joined.sum()) for one in predicted]
    return Comparison(
        list(predicted),
        score(chances, joined, MODEL, of),
        score_counts(forecasts, counts, MODEL),
        reliability(chances[MODEL], joined, of),
    )


# ---------------------------------------------------------------- estimates


def estimates(rules: Rules, without_a_fold: Sequence[Rules]) -> Estimates:
    """The numbers of the rules fitted to all treaties, with intervals from those fitted without each fold."""
    return Estimates(
        *(
            jackknifed(estimate, others)
            for estimate, *others in zip(*(_numbers(its) for its in (rules, *without_a_fold)), strict=True)
        )
    )


def _numbers(its: Rules) -> tuple[float, ...]:
    """In the order of `Estimates`."""
    return (its.model.shock_sd, its.alone.shock_sd, its.rasch_shock.shock_sd, its.model.company, its.calm.company)


def jackknifed(estimate: float, without_a_fold: Sequence[float]) -> Estimate:
    """An estimate with its standard error and the jackknife's interval, from those without each of several folds."""
    error, half = (float(part) for part in error_and_half_width(np.array(without_a_fold)))
    return Estimate(Interval(estimate, estimate - half, estimate + half), error)
