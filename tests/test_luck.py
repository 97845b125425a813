"""Claims on pure luck: effects of a sweep and boxes of a discovery are named in one analysis of twenty at most.

All points of a sweep meet the same luck, so that an interval over points takes luck for an effect: these data have it
so. Points of a discovery have luck of their own.
"""

import numpy as np
import pytest
from scipy.stats import pearsonr

from experiments.analysis.discover import chance_of_all
from experiments.analysis.discover_finding import ALARM
from experiments.measures import signflips
from experiments.results.effects import Effects, fitted_effects

PATHS = ("a", "b", "c", "d")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer flips."""
    monkeypatch.setattr(signflips, "FLIPS", 1999)


def fitted(points: np.ndarray, by_group: np.ndarray, seed: int) -> Effects:
    positions = {path: points[:, number] for number, path in enumerate(PATHS)}
    found = fitted_effects(positions, by_group.mean(axis=1), by_group, seed)
    assert found is not None
    return found


def shared_luck(rng: np.random.Generator, points: np.ndarray, runs: int) -> np.ndarray:
    """Runs in which parameters pull, each run another way, the same at all points; on average they pull nowhere."""
    return points @ rng.choice([-1.0, 0.0, 2.0], p=[0.3, 0.55, 0.15], size=(points.shape[1], runs))


def test_pure_luck_names_no_effect_of_a_sweep_in_nineteen_of_twenty() -> None:
    # the luck is skew; 5% of 200 are 10, and 10 + 3 standard deviations are 19
    # intervals over points would nearly always name one
    rng, alarms, by_interval = np.random.default_rng(1), 0, 0
    for seed in range(200):
        points = rng.uniform(size=(40, len(PATHS)))
        found = fitted(points, shared_luck(rng, points, 25) + rng.normal(scale=0.3, size=(40, 25)), seed)
        alarms += bool(found.told)
        by_interval += any(its.low > 0 or its.high < 0 for its in found.by_path.values())
    assert alarms <= 19
    assert by_interval > 150


def test_an_effect_of_a_sweep_that_is_there_is_named_and_no_other() -> None:
    rng, found = np.random.default_rng(2), []
    for seed in range(20):
        points = rng.uniform(size=(40, len(PATHS)))
        by_group = 1.5 * points[:, [1]] + shared_luck(rng, points, 25) + rng.normal(scale=0.3, size=(40, 25))
        found.append(fitted(points, by_group, seed).told)
    assert sum("b" in told for told in found) >= 18
    assert sum(bool(told - {"b"}) for told in found) <= 4


def test_a_measure_that_is_the_same_everywhere_has_no_effects_to_explain() -> None:
    points = np.random.default_rng(3).uniform(size=(10, len(PATHS)))
    found = fitted(points, np.full((10, 25), 0.1), 1)
    assert np.isnan(found.explained)
    assert not found.told


@pytest.mark.parametrize("chance", [0.5, 0.02])
def test_points_that_differ_by_luck_alone_pass_for_different_in_one_of_a_hundred_cases(chance: float) -> None:
    # of 1,000 cases 10 are expected, more than 20 in one of a thousand; also where what is counted is rare
    rng = np.random.default_rng(4)
    halves = rng.binomial(16, chance, (1000, 2, 400)) / 16
    assert sum(chance_of_all(*both) <= ALARM for both in halves) <= 20


def test_points_with_more_luck_than_others_pass_for_different_in_one_of_a_hundred_cases() -> None:
    # as before; a test of the correlation, which takes variances to be the same, would have three times as many
    rng, alarms, by_correlation = np.random.default_rng(5), 0, 0
    for _ in range(1000):
        first, second = rng.normal(scale=rng.choice([1.0, 4.0], p=[0.8, 0.2], size=400), size=(2, 400))
        alarms += chance_of_all(first, second) <= ALARM
        by_correlation += pearsonr(first, second, alternative="greater").pvalue <= ALARM
    assert alarms <= 20
    assert by_correlation > 30


def test_points_that_differ_by_less_than_their_luck_are_told_apart() -> None:
    # chances of 40 and 60%: a standard deviation of 10 points where luck has one of 12
    rng = np.random.default_rng(6)
    chances = rng.choice([0.4, 0.6], size=400)
    assert chance_of_all(*rng.binomial(16, chances, (2, 400)) / 16) < 1e-6


def test_points_that_are_all_alike_in_one_half_are_not_told_apart() -> None:
    assert chance_of_all(np.full(400, 0.5), np.random.default_rng(7).random(400)) == 1.0
