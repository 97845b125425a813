"""Rasch's rule: chances worked out by hand, simulated shocks, and its posterior by weighting draws from the prior."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, ndtr
from scipy.stats import triang

from experiments.validation import cascade
from experiments.validation.asking import Asking
from experiments.validation.cascade import members
from experiments.validation.episodes import Episode
from experiments.validation.left_out import drawn
from experiments.validation.rasch import Rasch
from experiments.validation.record_likelihood import Decisions, fits
from model.draws import Array
from model.scenario import SHIPPED, Scenario, load

SEED = 20260705
BASELINE = load(SHIPPED / "baseline.yaml")
LABS = ("a", "b", "c")


def made_up_regime(labs: Sequence[str], asked: Sequence[float]) -> Asking:
    """A regime with no more to it than whom it asks, with what chance."""
    scenario = dataclasses.replace(BASELINE, kinds=dict.fromkeys(labs, "lab"))
    bits = tuple(1 << number for number in range(len(labs)))
    return Asking(Episode(scenario, (), (), bits, 0), {}, np.array(asked, float), False, ())


def made_up_decisions(*rows: tuple[Sequence[str], Sequence[float], Sequence[float]]) -> Decisions:
    """Regimes of these labs, with the chance that each is asked, and whether it joined."""
    regimes = tuple(made_up_regime(labs, asked) for labs, asked, _ in rows)
    return Decisions(regimes, tuple(fits(np.array(joined, float)) for *_, joined in rows))


def rule(asked: Sequence[float], priors: Scenario | None = None) -> Rasch:
    """Rasch's rule for a regime of three labs."""
    return Rasch(made_up_decisions((LABS, asked, [1, 1, 1])), LABS, priors)


def with_abilities(abilities: Sequence[float], shock: Sequence[float] = ()) -> Array:
    """A point at which labs have these abilities: a mean of 0 and a spread of 1, which is at 2/3 of 1.5."""
    return np.array([[0.0, 2 / 3, *abilities, *shock]])


def shock_spread(sd: float | Array, temperature: float | Array) -> Array:
    """The ratio of the baseline's spread and temperature at standard normal places, by SciPy's triangular law."""
    both = []
    for path, place in (("relations.regime_sd", sd), ("relations.lab_temperature", temperature)):
        low, mode, high = (BASELINE.entries[path].distribution or {})["triangular"].values()
        both.append(triang((mode - low) / (high - low), low, high - low).ppf(ndtr(place)))
    return np.asarray(both[0] / both[1])


def by_hand(joins: Array) -> Array:
    """The chance of each set of labs that join independently of each other: array (sets,)."""
    numbers = range(1 << joins.shape[-1])
    factors = [[p if number >> k & 1 else 1 - p for k, p in enumerate(joins)] for number in numbers]
    return np.array([math.prod(its) for its in factors])


# ---------------------------------------------------------------- chances


def test_an_ability_is_a_common_mean_and_the_lab_s_own_deviation() -> None:
    """The mean is normal with a spread of 2 logits, that of abilities half normal with 1.5; 2 x 0.5 and 1.5 x 2."""
    point = np.array([[0.5, -2.0, 1.0, -0.25, 0.0]])
    abilities = np.array([1 + 3 * 1.0, 1 - 3 * 0.25, 1.0])
    found = cascade.lab_chances(rule([1, 1, 1]).chances(point, 0))[0]
    assert found == pytest.approx(1 / (1 + np.exp(-abilities)))


@given(st.lists(st.floats(-4, 4), min_size=7, max_size=7), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_chances_sum_to_one_over_all_sets(point: list[float], asked: list[float]) -> None:
    for priors, dimensions in ((None, 5), (BASELINE, 7)):
        its = rule(asked, priors)
        assert its.dimensions == dimensions
        chances = its.chances(np.array([point[:dimensions]]), 0)
        assert chances.shape == (1, 8)
        assert (chances >= 0).all()
        assert chances.sum() == pytest.approx(1)


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_without_a_shock_labs_are_independent(abilities: list[float], asked: list[float]) -> None:
    joins = np.array([chance / (1 + math.exp(-ability)) for chance, ability in zip(asked, abilities, strict=True)])
    assert rule(asked).chances(with_abilities(abilities), 0)[0] == pytest.approx(by_hand(joins), abs=1e-12)


@pytest.mark.parametrize(("sd", "temperature"), [(0.0, 0.0), (1.5, -1.0), (-1.0, 1.0)])
def test_with_a_shock_chances_are_the_mean_over_simulated_shocks(sd: float, temperature: float) -> None:
    """4.5 standard errors of 50,000 shocks: an error rate of less than 0.02% over 24 sets."""
    abilities, asked = np.array([-1.0, 0.5, 2.0]), np.array([1.0, 0.5, 0.9])
    shocks = np.random.default_rng(SEED).standard_normal(50_000) * shock_spread(sd, temperature)
    joins = asked * expit(abilities + shocks[:, None])
    inside = members(3)
    by_shock = np.where(inside == 1, joins[:, None], 1 - joins[:, None]).prod(axis=2)
    error = by_shock.std(axis=0) / math.sqrt(len(shocks))
    found = rule(asked.tolist(), BASELINE).chances(with_abilities(abilities.tolist(), [sd, temperature]), 0)[0]
    assert (np.abs(found - by_shock.mean(axis=0)) < 4.5 * error).all()
    together = found[(inside == 1).all(axis=1)]
    assert together > 1.02 * cascade.lab_chances(found).prod()  # fate is shared


@pytest.mark.parametrize("priors", [None, BASELINE])
def test_who_is_asked_by_a_coin_joins_half_as_often_with_each_set_of_the_others(priors: Scenario | None) -> None:
    point = np.random.default_rng(SEED).standard_normal((5, 5 if priors is None else 7))
    sure, coin = (rule([1, asked, 1], priors).chances(point, 0) for asked in (1.0, 0.5))
    inside = members(3)[:, 1] == 1
    assert coin[:, inside] == pytest.approx(sure[:, inside] / 2)
    assert coin[:, ~inside] == pytest.approx(sure[:, ~inside] + sure[:, inside] / 2)


def test_regimes_have_their_own_labs_and_a_lab_the_same_ability_in_all() -> None:
    its = Rasch(made_up_decisions((["c", "a"], [1, 1], [1, 0]), (["b"], [1], [1])), LABS, None)
    point = with_abilities([-2.0, 0.3, 1.0])
    assert its.chances(point, 0)[0] == pytest.approx(by_hand(expit(np.array([1.0, -2.0]))))
    assert its.chances(point, 1)[0] == pytest.approx(by_hand(expit(np.array([0.3]))))


@pytest.mark.parametrize("priors", [None, BASELINE])
def test_the_log_of_a_row_is_that_of_the_sum_over_sets_that_fit(priors: Scenario | None) -> None:
    """Labs a, b and c are 1, 2 and 4; in part (0.5) and not known (NaN) go with both."""
    rows = [([1.0, 0.0, 1.0], [5]), ([1.0, 0.5, 0.0], [1, 3]), ([math.nan, 0.0, math.nan], [0, 1, 4, 5])]
    its = Rasch(made_up_decisions(*((LABS, [1, 0.5, 1], joined) for joined, _ in rows)), LABS, priors)
    points = np.random.default_rng(SEED).standard_normal((6, its.dimensions))
    log = its.log_chances(points, 1)
    assert log.shape == (6, 3)
    for row, (_, sets) in enumerate(rows):
        assert np.exp(log[:, row]) == pytest.approx(its.chances(points, row)[:, sets].sum(axis=1))


# ---------------------------------------------------------------- posterior

TWO = ("a", "b")
FEW = (  # labs, the chance that they are asked, who joined
    (TWO, [1.0, 1.0], [1, 0]),
    (TWO, [1.0, 1.0], [1, 1]),
    (TWO, [1.0, 1.0], [1, math.nan]),
    (TWO, [0.5, 1.0], [0, 0]),
    (TWO, [1.0, 1.0], [1, 0]),
)


def unknowns(points: Array) -> Array:
    """Mean and spread of abilities, both abilities, and the spread of the shock where there is one."""
    mean, spread = 2.0 * points[:, 0], 1.5 * np.abs(points[:, 1])
    parts = [mean, spread, mean + spread * points[:, 2], mean + spread * points[:, 3]]
    return np.column_stack(parts if points.shape[1] == 4 else [*parts, shock_spread(points[:, 4], points[:, 5])])


def likelihood(of: Array) -> Array:
    """Of the few decisions, at unknowns as above; the shock at 49 equal steps from -6 to 6 standard deviations."""
    nodes = np.linspace(-6.0, 6.0, 49) if of.shape[1] == 5 else np.zeros(1)
    shares = np.exp(-0.5 * np.square(nodes))
    spread = of[:, 4:5] if of.shape[1] == 5 else np.zeros((len(of), 1))
    total = np.ones(len(of))
    for _, asked, joined in FEW:
        given = np.ones((len(of), len(nodes)))
        for lab, (chance, seen) in enumerate(zip(asked, joined, strict=True)):
            joins = chance * expit(of[:, 2 + lab, None] + spread * nodes)
            if not math.isnan(seen):
                given *= joins if seen else 1.0 - joins
        total *= given @ shares / shares.sum()
    return total


@pytest.mark.slow
@pytest.mark.parametrize("priors", [None, BASELINE])
def test_the_posterior_is_that_of_weighted_draws_from_the_prior(priors: Scenario | None) -> None:
    """Means and mean squares of nine unknowns: 6 standard errors, Student's with 15 degrees of freedom, are 0.05%."""
    its = Rasch(made_up_decisions(*FEW), TWO, priors)
    sampled = unknowns(drawn(its, 16, 256, SEED, 1)).reshape(16, 256, -1)
    prior = unknowns(np.random.default_rng(SEED).standard_normal((100_000, its.dimensions)))
    weights = likelihood(prior)
    weights /= weights.sum()
    for power in (1, 2):
        means, expected = (sampled**power).mean(axis=1), weights @ prior**power
        by_weights = np.square(weights[:, None] * (prior**power - expected)).sum(axis=0)
        error = np.sqrt(means.var(axis=0, ddof=1) / 16 + by_weights)
        assert (np.abs(means.mean(axis=0) - expected) < 6 * error).all()
        assert (error[2:4] < 0.05 * prior[:, 2:4].std(axis=0) ** power).all()
    assert sampled[:, :, 2].mean() > 1.0  # a joined often, of which the prior, with a mean of 0, says nothing
