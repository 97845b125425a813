"""Intervals against textbook numbers and their own promise."""

import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest, multinomial, t

from experiments.measures.intervals import (
    average,
    averages,
    difference_in,
    is_clear,
    mean_in,
    no_moments,
    resampled,
    share,
    share_difference,
    shares,
    spread,
    with_values,
)
from experiments.measures.variance import causes


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


# ---------------------------------------------------------------- paired shares


def tango_statistic(gained: int, lost: int, pairs: int, difference: float) -> float:
    """Tango's score statistic, its restricted maximum found on a grid instead of by the formula."""
    least = max(0.0, -difference)
    losing = np.linspace(least, (1 - difference) / 2, 200_001)
    with np.errstate(divide="ignore", invalid="ignore"):
        likelihood = sum(
            np.where(count > 0, count * np.log(share), 0.0)
            for count, share in (
                (gained, losing + difference),
                (lost, losing),
                (pairs - gained - lost, 1 - 2 * losing - difference),
            )
        )
    best = losing[np.nanargmax(likelihood)]
    variance = pairs * (2 * best + difference * (1 - difference))
    return float((gained - lost - pairs * difference) / math.sqrt(variance))


@pytest.mark.parametrize(("gained", "lost", "pairs"), [(12, 2, 50), (4, 1, 9), (0, 7, 20), (3, 3, 30)])
def test_the_ends_of_a_paired_share_difference_are_where_the_score_test_begins_to_reject(
    gained: int, lost: int, pairs: int
) -> None:
    its = share_difference(gained, lost, pairs)
    assert tango_statistic(gained, lost, pairs, its.low) == pytest.approx(1.959964, abs=1e-3)
    assert tango_statistic(gained, lost, pairs, its.high) == pytest.approx(-1.959964, abs=1e-3)


def test_without_discordant_pairs_the_ends_are_those_that_can_be_worked_out_by_hand() -> None:
    # n d^2 = z^2 d (1 - d), so that d = z^2 / (n + z^2)
    z2 = 1.959963984540054**2
    assert share_difference(0, 0, 12) == pytest.approx((0.0, -z2 / (12 + z2), z2 / (12 + z2)))


def test_a_paired_share_difference_has_width_and_stays_between_minus_one_and_one() -> None:
    for pairs in (1, 2, 5, 30):
        for gained in range(pairs + 1):
            for lost in range(pairs + 1 - gained):
                its = share_difference(gained, lost, pairs)
                assert -1 <= its.low <= its.mean <= its.high <= 1
                assert its.high - its.low > 0.05
                other = share_difference(lost, gained, pairs)
                assert (other.low, other.high) == pytest.approx((-its.high, -its.low), abs=1e-12)
    assert math.isnan(share_difference(0, 0, 0).mean)


@pytest.mark.parametrize(
    ("gaining", "losing"), [(0.02, 0.0), (0.1, 0.0), (0.1, 0.02), (0.2, 0.05), (0.5, 0.1), (0.8, 0.05)]
)
@pytest.mark.parametrize("pairs", [5, 10, 20, 40])
def test_a_paired_share_difference_covers_the_true_one_about_as_often_as_it_says(
    gaining: float, losing: float, pairs: int
) -> None:
    # exact: sum over all counts, no sampling; Student's interval would cover in 18% of cases for 10 pairs and 2%
    covered = 0.0
    for gained in range(pairs + 1):
        for lost in range(pairs + 1 - gained):
            weight = multinomial.pmf(
                [gained, lost, pairs - gained - lost], pairs, [gaining, losing, 1 - gaining - losing]
            )
            its = share_difference(gained, lost, pairs) if weight > 1e-9 else None
            covered += weight if its and its.low <= gaining - losing <= its.high else 0.0
    assert covered >= 0.94  # the formula is asymptotic; Newcombe's method 10 falls to 0.91 for 20 pairs, 0.1 and 0


def test_equal_values_have_no_ends_since_they_do_not_say_how_often_others_occur() -> None:
    for values in ([0.0] * 5, [0.1] * 7, [-3.5, -3.5]):
        its = average(values)
        assert its.mean == pytest.approx(values[0])
        assert math.isnan(its.low)
        assert math.isnan(its.high)
    several = averages(with_values(no_moments(2), np.array([0, 0, 0, 1, 1]), np.array([0.1, 0.1, 0.1, 1.0, 2.0])))
    assert several.half_width[0] == 0  # more of them would narrow nothing
    assert np.isnan(several.low[0])
    assert several.low[1] < 1.5 < several.high[1]


def test_resamples_that_are_all_equal_have_no_ends() -> None:
    assert math.isnan(resampled(np.full(100, 0.25)).low)
    assert resampled(np.linspace(0, 1, 101)).low < 0.1


def test_shares_have_wilsons_interval_and_other_means_students() -> None:
    values = [1.0, 0.0, 1.0, math.nan]
    assert mean_in("share of runs", values) == share(2, 3)
    assert mean_in("days", values) == average(values)
    assert difference_in("share of runs", [1.0, 0.0, -1.0, 1.0, math.nan]) == share_difference(2, 1, 4)
    assert difference_in("days", values) == average(values)


def test_of_ten_effects_that_are_luck_one_is_called_clear_in_one_case_of_twenty() -> None:
    # 300 analyses of 10 null effects of 40 runs each; 5% of 300 are 15, and 15 + 3 standard deviations are 26
    rng, alarms = np.random.default_rng(11), 0
    for _ in range(300):
        changes = rng.choice([-1.0, 0.0, 1.0], p=[0.1, 0.8, 0.1], size=(40, 10))
        counts = np.vstack([np.ones(40), rng.multinomial(40, np.full(40, 1 / 40), size=400)])
        estimates = counts @ changes / 40
        alarms += any(is_clear(estimates[:, k], 40, 10) for k in range(10))
    assert alarms <= 26


def test_an_effect_in_a_third_of_the_runs_is_clear_and_one_that_all_share_too() -> None:
    rng = np.random.default_rng(12)
    counts = np.vstack([np.ones(60), rng.multinomial(60, np.full(60, 1 / 60), size=400)])
    assert is_clear(counts @ (np.arange(60) % 3 == 0) / 60, 60, 10)
    assert is_clear(np.full(401, 0.5), 60, 10)
    assert not is_clear(np.zeros(401), 60, 10)
    assert not is_clear(np.full(401, 0.5), 1, 10)
    assert not is_clear(np.full(401, math.nan), 60, 10)


# ---------------------------------------------------------------- what a measure hangs on


def test_shares_of_variance_are_those_of_a_linear_model() -> None:
    """y = 3 x1 + x2 + noise with uniform x: shares 9/12 : 1/12 : 2/12 of the variance; tenths keep 99% of them."""
    rng = np.random.default_rng(1)
    drawn = {name: rng.random(50_000) for name in ("x1", "x2", "x3")}
    noise = rng.normal(0.0, math.sqrt(2.0 / 12.0), 50_000)
    found = causes(3.0 * drawn["x1"] + drawn["x2"] + noise, drawn)
    assert list(found) == ["x1", "x2"]
    assert found["x1"].share == pytest.approx(0.99 * 9.0 / 12.0, abs=0.01)
    assert found["x2"].share == pytest.approx(0.99 * 1.0 / 12.0, abs=0.01)
    assert found["x1"].most.mean - found["x1"].least.mean == pytest.approx(3.0 * 0.9, abs=0.05)


def test_luck_alone_is_named_in_no_more_than_one_of_a_hundred_tables() -> None:
    """Of 500 tables of 20 columns 5 are expected; 14 or more have a probability below 0.1%."""
    rng = np.random.default_rng(2)
    named = sum(bool(causes(rng.exponential(size=400), dict(enumerate(rng.random((20, 400)))))) for _ in range(500))
    assert named < 14


def test_words_and_whole_numbers_are_groups_of_their_own() -> None:
    kinds = np.repeat([4, 5, 6], 100)
    found = causes(np.where(kinds == 5, 1.0, 0.0) + np.tile([0.0, 0.1], 150), {"labs": kinds, "same": np.ones(300)})
    assert list(found) == ["labs"]
    assert found["labs"].least.mean == pytest.approx(0.05)
    assert causes(np.ones(300), {"labs": kinds}) == {}
