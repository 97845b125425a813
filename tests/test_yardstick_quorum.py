"""Ratifications before and after a quorum: pivotality as in the model's rule, counts by hand, and placebos."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.yardsticks.quorum_looks import around, placebo_days, predict, rate, weights
from experiments.yardsticks.quorum_records import Treaty, decisions, pivotality, read_treaties
from model.rules import opting_in
from model.rules.records import Others

from .madeup import made_up_files
from .test_published_results import LAB, LEVERS

NEVER = np.inf


def a_treaty(days: Any, quorum_parties: int, quorum_share: float = 0.0) -> Treaty:
    days = np.array(days, dtype=float)
    return Treaty("Somewhere", 1, quorum_parties, quorum_share, days, np.full(len(days), 1.0 / len(days)))


# ---------------------------------------------------------------- records


def test_the_union_is_no_party_and_the_united_states_joined_in_2016(tmp_path: Path) -> None:
    paris, kigali = made_up_files("quorum", tmp_path)
    paris.write_text(paris.read_text() + "USA,United States,2021-01-20,17.89\n")
    kigali.write_text(kigali.read_text() + "EUU,Union,2018-09-27\n")
    first, second = read_treaties([paris, kigali])
    assert len(first.day) == len(second.day) == 81
    assert first.day[-1] == (datetime.date(2016, 9, 3) - datetime.date(2016, 4, 22)).days
    assert (first.share[-1], second.day[-1]) == (0.1789, NEVER)


def test_a_quorum_is_met_when_both_halves_are() -> None:
    its = a_treaty([0, 5, 5, 9, 12, NEVER, NEVER, NEVER, NEVER, NEVER], 3, 0.4)
    assert its.met() == 9.0
    assert its._replace(quorum_share=0.3).met() == 5.0
    assert its._replace(quorum_share=0.6).met() == NEVER
    assert its.weeks == 2


# ---------------------------------------------------------------- pivotality


@pytest.mark.parametrize("members", range(7))
def test_pivotality_is_that_of_the_models_rule(members: int) -> None:
    levers = LEVERS._replace(quorum_labs=4, quorum_share=0.55)
    shares = np.array([0.0, 0.02, 0.1, 0.3])
    for share_in in (0.0, 0.3, 0.5, 0.55, 0.9):
        rule = [
            opting_in.pivotality(LAB._replace(frontier_share=share), Others(members, share_in, 0.0), levers)
            for share in shares
        ]
        assert pivotality(shares, members, share_in, 4, 0.55) == pytest.approx(rule)


def test_decisions_are_those_of_who_is_out_before_each_week() -> None:
    its = decisions(a_treaty([0, 6, 7, 20, NEVER], 3), 3, 0.0)
    assert its.week.tolist() == [0] * 5 + [1] * 3 + [2] * 2
    assert its.joins.tolist() == [1, 1, 0, 0, 0, 1, 0, 0, 1, 0]
    assert its.company.tolist() == [0.0] * 5 + [0.4] * 3 + [0.6] * 2
    assert its.pivotality == pytest.approx([1 / 3] * 5 + [1.0] * 3 + [0.0] * 2)


# ---------------------------------------------------------------- rate


def test_the_rate_around_a_day_is_worked_out_by_hand() -> None:
    its = a_treaty([10, 100, 150, 190, 191, 200, 281, 282, NEVER, NEVER], 4)
    assert its.met() == 190.0
    before, after, ratio = around(its, 190.0)
    assert (before, after) == (3, 3)  # from 100 to 190; from 191 to 281
    assert ratio.mean == pytest.approx(9 / 6)  # nine were out at first, six later
    assert ratio.low < 1.0 < ratio.high


def test_with_nobody_before_the_rate_has_no_ends() -> None:
    before, after, ratio = around(a_treaty([0, 200, 201, 400], 1), 150.0)
    assert (before, after) == (0, 2)
    assert ratio.mean == pytest.approx(5.0)
    assert np.isnan(ratio.low)


def test_placebos_are_other_days_with_some_in_and_some_out() -> None:
    its = a_treaty([*range(0, 300, 10), NEVER], 15)
    days = placebo_days(its)
    assert its.met() not in days
    assert [its.parties_by(day) for day in (days.min(), days.max())] == [10, 24]


# ---------------------------------------------------------------- weight


def history(rush: float, seed: int) -> Treaty:
    """Parties that join at an even pace, and faster by `rush` logits times their pivotality for a quorum of 40."""
    generator = np.random.default_rng(seed)
    day = np.full(80, NEVER)
    for week in range(60):
        out = np.isinf(day)
        pivotal = pivotality(np.full(int(out.sum()), 1 / 80), int((~out).sum()), 0.0, 40, 0.0)
        chance = 1.0 / (1.0 + np.exp(3.4 - rush * pivotal))
        now = np.flatnonzero(out)[generator.random(len(pivotal)) < chance]
        day[now] = 7 * week + generator.integers(0, 7, len(now))
    return a_treaty(day, 40)


@pytest.mark.slow
def test_the_weight_of_a_rush_is_recovered_and_placebos_near_the_quorum_look_much_like_it() -> None:
    looks = [weights(history(6.0, seed))[0] for seed in range(100, 110)]
    # over 30 such histories the mean was 6.6, and the interval lay above 0 in 27
    assert np.mean([look.actual.mean for look in looks]) == pytest.approx(6.3, abs=1.5)
    assert sum(look.actual.low > 0.0 for look in looks) >= 7
    assert 0.0 < np.mean([look.as_strong for look in looks]) < 0.3


@pytest.mark.slow
def test_without_a_rush_the_actual_quorum_is_one_among_placebos_and_the_interval_too_narrow() -> None:
    looks = [weights(history(0.0, seed))[0] for seed in range(20)]
    assert sum(look.as_strong <= 0.1 for look in looks) <= 6  # more come about once in 400 times
    assert 0.3 < float(np.mean([look.as_strong for look in looks])) < 0.7
    assert sum(look.actual.low > 0.0 for look in looks) <= 9  # a fifth, as the text says; more once in 380 times


def test_a_standstill_after_the_quorum_stands_out_from_placebos() -> None:
    steady = np.sort(np.random.default_rng(1).integers(0, 1500, 60)).astype(float)
    met = steady[29]
    late = np.where((steady > met) & (steady <= met + 120), steady + 500, steady)
    *_, look = rate(a_treaty([*late, NEVER, NEVER], 30))
    assert look.as_strong < 0.1


# ---------------------------------------------------------------- weeks left out


def test_a_fold_never_sees_the_weeks_that_it_predicts() -> None:
    its = decisions(history(1.0, 4), 40, 0.0)
    out = its.week % 10 == 3
    before, _ = predict(its)
    after, _ = predict(its._replace(joins=np.where(out, 1.0 - its.joins, its.joins)))
    assert all(np.array_equal(before[name][out], after[name][out]) for name in before)


def test_all_who_joined_are_expected_over_all_weeks() -> None:
    its = decisions(history(1.0, 5), 40, 0.0)
    _, expected = predict(its)
    for by_week in expected.values():
        assert by_week.sum() == pytest.approx(its.joins.sum(), rel=1e-3)
