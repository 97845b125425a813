"""Scores worked out by hand; intervals and sign flips over regimes against simulation and enumeration."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, ttest_1samp

from experiments.measures.clusters import clustered_mean
from experiments.validation import scores
from experiments.validation.scores import Prediction

SEED = 20260705


def test_scores_are_those_worked_out_by_hand() -> None:
    chance, joined = np.array([0.8, 0.8, 0.5]), np.array([1.0, 0.0, 0.5])
    assert scores.brier(chance, joined).tolist() == pytest.approx([0.04, 0.64, 0.0])
    logs = [-math.log(0.8), -math.log(0.2), math.log(2)]
    assert scores.log_score(chance, joined).tolist() == pytest.approx(logs)


def test_the_ranked_score_is_that_worked_out_by_hand() -> None:
    """Chances .2, .3, .5 of 0, 1, 2 labs; cumulated .2, .5, 1."""
    counts = np.array([0.2, 0.3, 0.5])
    assert scores.ranked_score(counts, np.array([1.0, 0.0])) == pytest.approx(0.2**2 + 0.5**2)
    assert scores.ranked_score(counts, np.array([1.0, 1.0])) == pytest.approx(0.2**2 + 0.5**2)
    assert scores.ranked_score(counts, np.array([0.0, 0.0])) == pytest.approx(0.8**2 + 0.5**2)
    halves = (0.2**2 + 0.5**2 + 0.8**2 + 0.5**2) / 2
    assert scores.ranked_score(counts, np.array([0.0, 0.5])) == pytest.approx(halves)


@given(st.lists(st.floats(0, 1), max_size=7))
def test_independent_labs_are_counted_as_enumeration_counts_them(chances: list[float]) -> None:
    found = np.zeros(len(chances) + 1)
    for joins in itertools.product((0, 1), repeat=len(chances)):
        found[sum(joins)] += math.prod(p if its else 1 - p for p, its in zip(chances, joins, strict=True))
    assert scores.independent(np.array(chances)) == pytest.approx(found)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=9))
def test_sign_flips_are_all_of_them(sums: list[int]) -> None:
    totals = [
        sum(s * v for s, v in zip(signs, sums, strict=True)) for signs in itertools.product((1, -1), repeat=len(sums))
    ]
    assert scores.sign_flips(np.array(sums, float), SEED) == np.mean([its >= sum(sums) for its in totals])


def test_with_many_regimes_random_signs_come_near_the_normal_law() -> None:
    """Thirty equal sums: the total is at least as large as seen with 30, 29, ... signs kept, a binomial."""
    sums = np.array([1.0] * 20 + [-1.0] * 10)
    expected = binom.sf(19, 30, 0.5)
    assert scores.sign_flips(sums, SEED) == pytest.approx(expected, abs=4 * math.sqrt(expected / scores.FLIPS))


def test_with_regimes_of_one_size_the_interval_is_that_of_their_means() -> None:
    rng = np.random.default_rng(SEED)
    values, clusters = rng.normal(size=35), np.repeat(np.arange(5), 7)
    found = clustered_mean(values, clusters)
    low, high = ttest_1samp(values.reshape(5, 7).mean(axis=1), 0.0).confidence_interval()
    assert found == pytest.approx((values.mean(), low, high))


def test_intervals_hold_the_truth_where_labs_share_their_fate_and_those_over_labs_do_not() -> None:
    """Of 2,000 samples 95% should; 3.3 standard errors are 1.6 points (error rate 0.1%), 1.5 are for unlike sizes."""
    rng, sizes = np.random.default_rng(SEED), np.array([7, 6, 7, 7, 5, 7, 3, 4, 6, 7, 7, 5, 5, 6, 7, 4, 7, 6, 7])
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    held = naive = 0
    for _ in range(2000):
        values = rng.normal(size=len(sizes))[clusters] + rng.normal(size=len(clusters))
        found = clustered_mean(values, clusters)
        held += found.low < 0.0 < found.high
        naive += abs(values.mean()) < 1.96 * values.std(ddof=1) / math.sqrt(len(values))
    assert 0.919 < held / 2000 < 0.981
    assert naive / 2000 < 0.8


def test_a_predictor_that_is_no_worse_is_called_so_in_no_more_than_one_of_twenty_records() -> None:
    """Of 2,000 records 100 are expected at most; 133 or more have a probability of 0.1%."""
    rng, clusters = np.random.default_rng(SEED), np.repeat(np.arange(9), 6)
    called = sum(
        scores.excess(rng.standard_t(3, size=9)[clusters] + rng.normal(size=54), clusters, SEED).is_clear
        for _ in range(2000)
    )
    assert called < 133


def test_a_record_is_scored_by_lab_and_by_count() -> None:
    """Two regimes; in the second only the first lab was asked. The model says what happened, the other a half."""
    joined = np.array([[1.0, 0.0], [1.0, np.nan]])
    sure = [
        Prediction(np.array([0.9, 0.1]), np.array([0.0, 1.0, 0.0])),
        Prediction(np.array([0.9, 0.5]), np.array([0.1, 0.9])),
    ]
    coin = [Prediction(np.array([0.5, 0.5]), np.array([0.25, 0.5, 0.25])), Prediction(np.full(2, 0.5), np.full(2, 0.5))]
    found = scores.score({"model": sure, "coin": coin}, joined, "model", SEED)
    assert found["model"].brier.mean == pytest.approx(0.01)
    assert found["coin"].brier_excess.interval.mean == pytest.approx(0.24)
    assert found["coin"].brier_excess.chance == pytest.approx(0.25)  # both regimes agree: one way in four
    assert found["model"].ranked.mean == pytest.approx(0.005)
    assert found["coin"].ranked.mean == pytest.approx((0.25**2 + 0.25**2 + 0.25) / 2)
    assert not found["coin"].brier_excess.is_clear


def test_no_score_has_an_interval_below_zero_and_equal_scores_have_none() -> None:
    """Three regimes of one lab, which joins two: a coin scores ln 2 each time, who says 0.9 anything from 0.1 up."""
    joined = np.array([[1.0], [1.0], [0.0]])
    predictions = {
        name: [Prediction(np.array([p]), np.array([1.0 - p, p]))] * 3 for name, p in {"coin": 0.5, "bold": 0.9}.items()
    }
    found = scores.score(predictions, joined, "coin", SEED)
    assert found["coin"].log.mean == pytest.approx(math.log(2))
    assert np.isnan(found["coin"].log[1:]).all()
    values = np.array([0.01, 0.01, 0.81])
    low, high = ttest_1samp(values, 0.0).confidence_interval()
    assert low < 0.0
    assert math.isnan(found["bold"].brier.low)
    assert found["bold"].brier.high == pytest.approx(high)
    differences = ttest_1samp(values - 0.25, 0.0).confidence_interval()
    assert found["bold"].brier_excess.interval[1:] == pytest.approx(tuple(differences))  # below 0 is better
