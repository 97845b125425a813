"""The law of who joins terms to be taken or left: published numbers, enumeration, and the cascade played out."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import binom

from experiments.validation import cascade
from experiments.validation.cascade import members
from model.draws import Array

ONE, NONE = np.ones(1), np.zeros(1)


def law(gains: Array, spread: float = 0.0, asked: Array | None = None, conditional: bool = False) -> Array:
    """The chance of each set for one draw with temperature 1; gains are (labs, sets)."""
    labs, sets = gains.shape
    everybody = np.ones(labs) if asked is None else asked
    chances = cascade.set_chances(gains[None], ONE, np.array([spread]), everybody, conditional, np.ones(sets, bool))
    return np.asarray(chances[0])


def with_peers(theta: Array, peers: float, shares: Array) -> Array:
    """Gains of labs that gain the more, the greater the share of the others that are in: array (labs, sets)."""
    seen = members(len(theta)) @ shares
    own = members(len(theta)) * shares
    return np.asarray(theta[:, None] + peers * (seen[:, None] - own).T)


def by_number(theta: float, peers: float, labs: int) -> Array:
    """Gains of labs that are all alike and look at how many others are in."""
    return with_peers(np.full(labs, theta), peers * labs, np.full(labs, 1 / labs))


def most_variation(chances: Array, plays: int, error: float) -> float:
    """What the total variation of that many independent plays from their law exceeds with less than a probability.

    Its mean is at most half the sum of the standard deviations, and one play moves it by at most 1/plays (McDiarmid).
    """
    expected = 0.5 * np.sqrt(chances * (1 - chances) / plays).sum()
    return float(expected + math.sqrt(math.log(1 / error) / (2 * plays)))


# ---------------------------------------------------------------- published numbers


def test_three_labs_join_as_often_as_published() -> None:
    gains = with_peers(np.array([-0.5, 0.0, 0.5]), 2.0, np.array([0.5, 0.3, 0.2]))
    published = [0.117502, 0.018523, 0.059316, 0.038154, 0.131140, 0.073062, 0.164819, 0.397484]  # a, b, c: 1, 2, 4
    assert law(gains) == pytest.approx(published, abs=5e-7)


def test_thresholds_uniform_on_seven_values_are_parking_functions() -> None:
    # a lab with k others in joins with chance (k + 1) / 7; all join with 8^6 / 7^7
    gains = np.broadcast_to(logit(np.minimum((members(7).sum(axis=1) + 1) / 7, 1 - 1e-16)), (7, 128))
    published = [0.339917, 0.132810, 0.078335, 0.055079, 0.042499, 0.033047, 0.0, 0.318312]
    assert cascade.count_chances(law(gains)) == pytest.approx(published, abs=5e-7)
    assert law(gains)[-1] == pytest.approx(8**6 / 7**7)


@given(st.floats(-4, 4), st.integers(1, 7), st.booleans())
def test_labs_alike_that_ignore_each_other_are_binomial(theta: float, labs: int, conditional: bool) -> None:
    counts = cascade.count_chances(law(by_number(theta, 0.0, labs), conditional=conditional))
    assert counts == pytest.approx(binom.pmf(np.arange(labs + 1), labs, expit(theta)), abs=1e-12)


# ---------------------------------------------------------------- enumeration and plays

TASTES = st.lists(st.floats(-3, 3), min_size=3, max_size=3)


def settled(willing: Array, conditional: bool) -> int:
    """The set in which a cascade ends; willing (labs, sets): whether a lab would be in among these others."""
    labs = len(willing)
    inside = (1 << labs) - 1 if conditional else 0
    while True:
        others = [inside & ~(1 << lab) for lab in range(labs)]
        will = [bool(willing[lab, others[lab]]) for lab in range(labs)]
        moves = [lab for lab in range(labs) if will[lab] != bool(inside >> lab & 1) and will[lab] != conditional]
        if not moves:
            return inside
        inside ^= 1 << moves[0]


def enumerated(gains: Array, conditional: bool) -> Array:
    """The law by enumeration of the intervals between the chances of each lab, in which its taste may lie."""
    chances = expit(gains)
    labs, sets = gains.shape
    ends = [np.concatenate([[0.0], np.sort(chances[lab]), [1.0]]) for lab in range(labs)]
    total = np.zeros(sets)
    for cell in itertools.product(*(range(len(own) - 1) for own in ends)):
        sizes = [ends[lab][k + 1] - ends[lab][k] for lab, k in enumerate(cell)]
        middle = [(ends[lab][k + 1] + ends[lab][k]) / 2 for lab, k in enumerate(cell)]
        if min(sizes) > 0.0:
            total[settled(np.array(middle)[:, None] < chances, conditional)] += math.prod(sizes)
    return total


@given(TASTES, st.floats(0, 4), st.booleans())
def test_three_labs_are_as_enumerated(theta: list[float], peers: float, conditional: bool) -> None:
    gains = with_peers(np.array(theta), peers, np.array([0.6, 0.3, 0.1]))
    assert law(gains, conditional=conditional) == pytest.approx(enumerated(gains, conditional), abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("conditional", [False, True])
def test_four_labs_with_a_common_shock_join_as_they_do_in_plays(conditional: bool) -> None:
    # labs in a random order, again and again, until nobody moves; fails with probability below 0.001
    plays, luck = 200_000, np.random.default_rng(1)
    gains = with_peers(np.array([-1.0, -0.4, 0.3, 0.6]), 1.5, np.array([0.4, 0.3, 0.2, 0.1]))
    shock = 1.4 * luck.standard_normal(plays)
    taste = logit(luck.random((plays, 4)))  # joins where the taste is below what it gains
    inside = np.full(plays, 15 if conditional else 0)
    for _ in range(4):
        for lab in luck.permuted(np.tile(np.arange(4), (plays, 1)), axis=1).T:
            bit = 1 << lab
            will = taste[np.arange(plays), lab] < gains[lab, inside & ~bit] + shock
            moves = ~will if conditional else will
            inside = np.where(moves, inside & ~bit if conditional else inside | bit, inside)
    played = np.bincount(inside, minlength=16) / plays
    chances = law(gains, 1.4, conditional=conditional)
    assert 0.5 * np.abs(played - chances).sum() < most_variation(chances, plays, 0.001)
    assert most_variation(chances, plays, 0.001) < 0.01


# ---------------------------------------------------------------- what must hold of any law

GAINS = st.integers(1, 7).flatmap(
    lambda labs: st.tuples(
        st.lists(st.floats(-30, 30), min_size=labs, max_size=labs),
        st.lists(st.floats(0.01, 1), min_size=labs, max_size=labs),
    )
)


@given(GAINS, st.floats(-3, 8), st.floats(0, 5), st.booleans())
def test_all_chances_sum_to_one_and_none_is_below_zero(
    labs: tuple[list[float], list[float]], peers: float, spread: float, conditional: bool
) -> None:
    """Also where company makes joining worth less, so that who came first counts as keeping its word."""
    theta, shares = map(np.array, labs)
    chances = law(with_peers(theta, peers, shares), spread, conditional=conditional)
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    assert chances.min() > -1e-12
    assert cascade.lab_chances(chances).sum() == pytest.approx(
        cascade.count_chances(chances) @ np.arange(len(theta) + 1)
    )


@given(TASTES, st.floats(0, 3), st.floats(0, 2), st.sampled_from(range(1, 255)), st.booleans())
def test_fewer_possible_sets_have_the_same_chances_and_read_fewer_gains(
    theta: list[float], peers: float, spread: float, which: int, conditional: bool
) -> None:
    gains = with_peers(np.array(theta), peers, np.array([0.5, 0.3, 0.2]))
    possible = (which >> np.arange(8) & 1).astype(bool)
    read = cascade.gains_read(possible, conditional)
    unread = np.where(read, gains, np.nan)
    chances = cascade.set_chances(unread[None], ONE, np.array([spread]), np.ones(3), conditional, possible)[0]
    assert chances == pytest.approx(np.where(possible, law(gains, spread, conditional=conditional), 0.0), abs=1e-14)


def test_a_record_of_all_who_join_on_condition_reads_one_gain_a_lab() -> None:
    only_all = np.arange(128) == 127
    assert cascade.gains_read(only_all, True).sum(axis=1).tolist() == [1] * 7
    assert cascade.gains_read(only_all, False).sum(axis=1).tolist() == [64] * 7


@given(TASTES, st.floats(0, 3))
def test_who_joins_on_condition_holds_whoever_joins_without(theta: list[float], peers: float) -> None:
    gains = with_peers(np.array(theta), peers, np.array([0.5, 0.3, 0.2]))
    without, on_condition = (cascade.lab_chances(law(gains, conditional=choice)) for choice in (False, True))
    assert (on_condition >= without - 1e-12).all()


@pytest.mark.parametrize("conditional", [False, True])
def test_a_lab_that_was_not_asked_might_as_well_not_be_there(conditional: bool) -> None:
    theta, shares = np.array([0.2, -0.3, 0.7]), np.array([0.5, 0.3, 0.2])
    chances = law(with_peers(theta, 2.0, shares), 0.5, np.array([1.0, 1.0, 0.0]), conditional)
    assert chances[:4] == pytest.approx(law(with_peers(theta[:2], 2.0, shares[:2]), 0.5, None, conditional))
    assert chances[4:] == pytest.approx(0)


@pytest.mark.parametrize("conditional", [False, True])
def test_a_lab_asked_by_a_coin_is_a_mixture_of_both(conditional: bool) -> None:
    gains = with_peers(np.array([0.2, -0.3, 0.7]), 2.0, np.array([0.5, 0.3, 0.2]))
    mixed, out, asked = (law(gains, 0.5, np.array([1.0, 1.0, a]), conditional) for a in (0.5, 0.0, 1.0))
    assert mixed == pytest.approx((out + asked) / 2)


# ---------------------------------------------------------------- the common shock


@pytest.mark.parametrize(
    ("spread", "most"), [(0.2, 1e-5), (1.0, 5e-5), (1.4, 5e-5), (2.0, 2e-4), (3.0, 5e-3), (4.0, 2e-2)]
)
def test_the_quadrature_leaves_out_no_more_than_said(spread: float, most: float) -> None:
    """Total variation from the law at 801 shocks; spreads in temperatures, of which 1.4 is common among treaties."""
    luck = np.random.default_rng(2)
    shocks = np.linspace(-8, 8, 801)
    shares = np.exp(-0.5 * shocks**2) / np.exp(-0.5 * shocks**2).sum()
    for _ in range(5):
        gains = with_peers(luck.normal(0, 1.5, 7), luck.uniform(0, 3), luck.dirichlet(np.ones(7)))
        at_each = gains[None] + spread * shocks[:, None, None]
        everybody, possible = np.ones(7), np.ones(128, bool)
        fine = cascade.set_chances(at_each, np.ones(801), np.zeros(801), everybody, False, possible)
        assert 0.5 * np.abs(law(gains, spread) - shares @ fine).sum() < most


def test_the_nodes_have_the_moments_of_a_normal_variable() -> None:
    nodes, shares = cascade.quadrature()
    assert [float(shares @ nodes**k) for k in (0, 1, 2, 4)] == pytest.approx([1, 0, 1, 3], abs=0.01)


def test_a_very_large_gain_is_no_overflow() -> None:
    assert law(np.array([[1e6, 1e6]])).tolist() == [0.0, 1.0]
    assert law(np.array([[-1e6, -1e6]]), 10.0) == pytest.approx([1.0, 0.0])
