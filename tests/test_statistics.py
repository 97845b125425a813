"""Intervals against textbook numbers and their own promise."""

import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest, t

from experiments.measures.intervals import average, averages, no_moments, share, shares, spread, with_values


def test_wilsons_interval_for_no_success_in_ten_ends_at_three_ninths() -> None:
    # centre (0 + z^2/2)/(10 + z^2), so the upper end is z^2/(10 + z^2) with z = 1.959964
    z2 = 1.959963984540054**2
    its = share(0, 10)
    assert its.low == pytest.approx(0.0, abs=1e-12)
    assert its.high == pytest.approx(z2 / (10 + z2), abs=1e-9)


def test_wilsons_interval_covers_a_rare_share_about_as_often_as_it_says() -> None:
    # exact: sum over all counts, no sampling; Wald's interval would cover 39% of the time at n = 50, p = .01
    n, p = 50, 0.01
    covered = sum(binom.pmf(k, n, p) for k in range(n + 1) if share(k, n).low <= p <= share(k, n).high)
    assert covered > 0.90


def test_half_of_9650_runs_is_known_to_one_point() -> None:
    its = share(4825, 9650)
    assert (its.high - its.low) / 2 == pytest.approx(0.01, abs=2e-4)


def test_the_mean_of_one_to_five_has_the_interval_of_the_t_table() -> None:
    half = 2.776445105 * math.sqrt(2.5 / 5)  # t(.975, 4 degrees of freedom)
    its = average([1, 2, 3, 4, 5, math.nan])
    assert its == pytest.approx((3, 3 - half, 3 + half), abs=1e-8)


def test_what_cannot_be_estimated_is_nan() -> None:
    assert all(math.isnan(value) for value in share(0, 0))
    assert all(math.isnan(value) for value in average([math.nan]))
    one = average([7.0])
    assert one.mean == 7.0
    assert math.isnan(one.low)
    assert spread([]).runs == 0


def test_quantiles_leave_out_what_is_missing() -> None:
    its = spread([*np.arange(101.0), math.nan])
    assert its == (101, 5, 25, 50, 75, 95)


def test_shares_are_those_of_scipy_one_by_one() -> None:
    counts, runs = np.array([0.0, 3, 50, 99, 100, 0]), np.array([100.0, 10, 100, 100, 100, 0])
    its = shares(counts, runs)
    for place in range(5):
        ends = binomtest(int(counts[place]), int(runs[place])).proportion_ci(0.95, method="wilson")
        assert (its.low[place], its.high[place]) == pytest.approx((ends.low, ends.high), abs=1e-12)
    assert np.isnan([its.mean[5], its.low[5], its.high[5]]).all()


def test_moments_gathered_in_pieces_give_the_means_and_intervals_of_each_sample() -> None:
    rng = np.random.default_rng(4)
    sample, values = rng.integers(0, 4, 1000), 1e6 + rng.normal(size=1000)  # far from 0: naive sums of squares fail
    values[::17] = math.nan
    sample[sample == 3] = 2  # so that the last sample has no values
    moments = no_moments(4)
    for piece in np.array_split(np.arange(1000), 7):
        moments = with_values(moments, sample[piece], values[piece])
    its = averages(moments)
    for number in range(3):
        known = values[(sample == number) & ~np.isnan(values)]
        ends = t.interval(0.95, len(known) - 1, known.mean(), known.std(ddof=1) / math.sqrt(len(known)))
        assert its.runs[number] == len(known)
        assert (its.mean[number], its.low[number], its.high[number]) == pytest.approx((known.mean(), *ends), abs=1e-7)
    assert its.runs[3] == 0
    assert np.isnan(its.mean[3])


def test_a_single_value_has_a_mean_and_no_interval() -> None:
    its = averages(with_values(no_moments(1), np.array([0]), np.array([7.0])))
    assert its.mean[0] == 7.0
    assert np.isnan(its.half_width[0])
