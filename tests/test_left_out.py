"""Regimes predicted from the others: in closed form, and by fits that have never seen the regime."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import binom

from experiments.validation import fit
from experiments.validation.cascade import members
from experiments.validation.left_out import LeftOut, Rule, drawn, left_out, predicted
from experiments.validation.rasch import Rasch
from experiments.validation.record import REGIMES, Record, asked_chances, read_record
from experiments.validation.record_likelihood import Decisions, fits
from experiments.validation.scores import Prediction
from model.draws import Array
from model.scenario import Scenario, load

from .test_rasch import made_up_regime

SEED = 20260705
LABS = ("a", "b", "c", "d")


def made_up_record(labs: Sequence[str], joined: Sequence[Sequence[float]]) -> Record:
    """A record of these rows, of regimes that are numbered."""
    names = tuple(f"regime {number}" for number in range(len(joined)))
    rows = np.array(joined, float)
    return Record(names, tuple(labs), rows, None, np.zeros(rows.shape, bool))


class Coins(NamedTuple):
    """All labs toss the same coin, which joins with a chance of 1/4 (at a point of 0) or 3/4 (at 1)."""

    decisions: Decisions
    dimensions: int = 1

    def chances(self, points: Array, row: int) -> Array:
        """The chance of each set."""
        joins = 0.25 + 0.5 * points
        labs = len(self.decisions.regimes[row].labs)
        inside = members(labs).sum(axis=1)
        return np.asarray(joins**inside * (1 - joins) ** (labs - inside))

    def log_chances(self, points: Array, workers: int) -> Array:
        """The log of the chance of each row."""
        rows = enumerate(self.decisions.fits)
        return np.log(np.column_stack([self.chances(points, row) @ its for row, its in rows]))


class Listed(NamedTuple):
    """A rule whose chances are listed: one regime, a row a draw."""

    decisions: Decisions
    listed: Array
    dimensions: int = 1

    def chances(self, points: Array, row: int) -> Array:
        """The chance of each set; a point is the number of a draw."""
        return np.asarray(self.listed[points[:, 0].astype(int)])

    def log_chances(self, points: Array, workers: int) -> Array:
        """The log of the chance of the one row."""
        return np.log(self.chances(points, 0) @ self.decisions.fits[0])[:, None]


# ---------------------------------------------------------------- closed form

TOSSES = (
    [1, 1, 1, math.nan],
    [0, 1, math.nan, math.nan],
    [0, 0, 0, math.nan],
    [1, 1, 0.5, math.nan],
    [1, math.nan, math.nan, 1],
)


def heads(row: Sequence[float]) -> int:
    """How many more labs joined than did not, of those whose decision says something."""
    return sum({1: 1, 0: -1}.get(its, 0) for its in row)


def coins_left_out(tosses: Sequence[Sequence[float]]) -> LeftOut:
    """What is predicted of each row by draws in exact proportion to the posterior, 3 to the power of `heads` to 1."""
    of = made_up_record(LABS, tosses)
    regimes = tuple(made_up_regime(LABS, np.ones(4)) for _ in tosses)
    rule = Coins(Decisions(regimes, tuple(fits(row) for row in of.joined)))
    more = sum(map(heads, tosses))
    points = np.repeat([[1.0], [0.0]], [3 ** max(more, 0), 3 ** max(-more, 0)], axis=0)
    return left_out(rule, points, of, 1)


def test_a_regime_is_predicted_by_the_posterior_of_the_others_in_closed_form() -> None:
    more = sum(map(heads, TOSSES))
    for row, its in zip(TOSSES, coins_left_out(TOSSES).predictions, strict=True):
        heavy = 1 / (1 + 3.0 ** -(more - heads(row)))
        known = ~np.isnan(row)
        assert its.labs[known] == pytest.approx(0.25 + 0.5 * heavy)
        assert np.isnan(its.labs[~known]).all()
        numbers = np.arange(known.sum() + 1)
        both = (binom.pmf(numbers, known.sum(), joins) for joins in (0.75, 0.25))
        heavy_counts, light_counts = both
        assert its.counts == pytest.approx(heavy * heavy_counts + (1 - heavy) * light_counts)


@pytest.mark.parametrize("row", range(len(TOSSES)))
def test_its_own_outcome_does_not_move_the_prediction_of_a_regime(row: int) -> None:
    turned = [[1 - its for its in tosses] if k == row else tosses for k, tosses in enumerate(TOSSES)]
    before, after = (coins_left_out(tosses).predictions for tosses in (TOSSES, turned))
    assert after[row].labs == pytest.approx(before[row].labs, nan_ok=True)
    assert after[row].counts == pytest.approx(before[row].counts)
    others = [k for k in range(len(TOSSES)) if k != row]
    moves = heads(TOSSES[row]) != 0
    for k in others:
        assert moves != (after[k].counts == pytest.approx(before[k].counts))


def test_effective_draws_are_those_worked_out_by_hand() -> None:
    """One lab joins two regimes: nine draws of 3/4 to one of 1/4; weights 4/3 and 4, (9 x 4/3 + 4)^2 / 32 = 8."""
    of = made_up_record(["a"], [[1], [1]])
    rule = Coins(Decisions((made_up_regime(["a"], [1]),) * 2, (fits(np.ones(1)),) * 2))
    found = left_out(rule, np.array([[1.0]] * 9 + [[0.0]]), of, 1)
    assert found.effective_draws == pytest.approx([8, 8])
    assert found.predictions[0].labs == pytest.approx([(3 * 0.75 + 0.25) / 4])


# ---------------------------------------------------------------- what is predicted


def test_labs_stand_in_the_order_of_the_record_and_those_not_known_are_summed_over() -> None:
    """The regime asks c, a and b (1, 2 and 4) of whom b's decision is not known; d is not asked."""
    of = made_up_record(LABS, [[1, math.nan, 0.5, math.nan]])
    luck = np.random.default_rng(SEED)
    rule = Listed(Decisions((made_up_regime("cab", [1, 1, 1]),), (np.ones(8),)), luck.dirichlet(np.ones(8), 2))
    weights = np.array([0.25, 0.75])
    found = predicted(rule, np.array([[0.0], [1.0]]), weights, of, 0)
    joins, counts = {"c": 0.0, "a": 0.0}, [0.0, 0.0, 0.0]
    for draw, weight in enumerate(weights):
        for number, (_, a, c) in enumerate(itertools.product((0, 1), repeat=3)):
            chance = weight * rule.listed[draw, number]
            joins["c"] += c * chance
            joins["a"] += a * chance
            counts[c + a] += chance
    assert found.labs == pytest.approx([joins["a"], math.nan, joins["c"], math.nan], nan_ok=True)
    assert found.counts == pytest.approx(counts)


@pytest.mark.parametrize("known", list(itertools.product((False, True), repeat=3)))
def test_counts_sum_to_one_and_there_is_one_more_than_labs_whose_decision_is_known(known: tuple[bool, ...]) -> None:
    of = made_up_record("abc", [[1.0 if its else math.nan for its in known]])
    luck = np.random.default_rng(SEED)
    rule = Listed(Decisions((made_up_regime("bca", [1, 1, 1]),), (np.ones(8),)), luck.dirichlet(np.ones(8), 3))
    found = predicted(rule, np.arange(3.0)[:, None], np.full(3, 1 / 3), of, 0)
    assert found.counts.shape == (sum(known) + 1,)
    assert found.counts.sum() == pytest.approx(1)
    assert np.nansum(found.labs) == pytest.approx(np.arange(sum(known) + 1) @ found.counts)


# ---------------------------------------------------------------- fits that have never seen the regime

SAMPLES = 8
BOUND = 7.0  # standard errors, Student's with at least 7 degrees of freedom: 0.02% for one number


def some_regimes(*names: str) -> Record:
    """Some of the regimes of the record as shipped."""
    past = read_record().changed()
    rows = [past.regimes.index(name) for name in names]
    return past._replace(regimes=names, joined=past.joined[rows], order=None, doubtful=past.doubtful[rows])


def numbers(prediction: Prediction) -> Array:
    """Chances of known labs and counts, one after another."""
    return np.concatenate([prediction.labs[~np.isnan(prediction.labs)], prediction.counts])


def each(rule: Rule, particles: int) -> list[Array]:
    """Draws of samples that have nothing in common."""
    return [drawn(rule, 1, particles, SEED + number, 1) for number in range(SAMPLES)]


def assert_predicts_as_if_never_seen(seen: Rule, unseen: Rule, of: Record, row: int, particles: int) -> None:
    """Whether weighted draws predict a row as a fit without it does; unweighted ones do not pass the same test."""
    with_it, without = each(seen, particles), each(unseen, particles)
    equal = np.full(particles, 1 / particles)
    true = np.array([numbers(predicted(seen, points, equal, of, row)) for points in without])
    weighted = np.array([numbers(left_out(seen, points, of, 1).predictions[row]) for points in with_it])
    unweighted = np.array([numbers(predicted(seen, points, equal, of, row)) for points in with_it])

    def off(found: Array) -> Array:
        error = np.sqrt((found.var(axis=0, ddof=1) + true.var(axis=0, ddof=1)) / SAMPLES)
        return np.asarray(np.abs(found.mean(axis=0) - true.mean(axis=0)) / error)

    assert (off(weighted) < BOUND).all()
    assert off(unweighted).max() > BOUND


def rasch_of(of: Record, priors: Scenario) -> Rasch:
    """Rasch's rule with a shock, for regimes of which it knows whom they asked."""
    regimes, of_rows = [], []
    for name, row in zip(of.regimes, of.joined, strict=True):
        asked = asked_chances(name, of.labs)
        there = np.flatnonzero(asked)
        regimes.append(made_up_regime([of.labs[lab] for lab in there], asked[there]))
        of_rows.append(fits(row[there]))
    return Rasch(Decisions(tuple(regimes), tuple(of_rows)), of.labs, priors)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["seoul-2024", "aisi-2024-few-asked", "whistleblowing-2025"])
def test_rasch_s_rule_predicts_a_regime_as_if_it_had_never_seen_it(name: str) -> None:
    """Over 41 numbers, in three regimes: an error rate of at most 1%."""
    of = some_regimes("seoul-2024", "aisi-2024-few-asked", "eu-code-2025", "whistleblowing-2025", "uk-access-2024")
    priors = load(REGIMES / "exchangeable.yaml")
    row = of.regimes.index(name)
    assert_predicts_as_if_never_seen(rasch_of(of, priors), rasch_of(of.without(name), priors), of, row, 512)


@pytest.mark.slow
def test_the_model_predicts_a_regime_as_if_it_had_never_seen_it() -> None:
    """Over eleven numbers: an error rate of at most 0.3%."""
    name = "whistleblowing-2025"
    of = some_regimes("seoul-2024", name, "uk-access-2024")
    priors = load(REGIMES / "exchangeable.yaml")
    seen, unseen = fit.problem(of, priors), fit.problem(of.without(name), priors)
    assert seen.read == unseen.read  # so that a point means the same to both
    assert_predicts_as_if_never_seen(seen, unseen, of, of.regimes.index(name), 192)
