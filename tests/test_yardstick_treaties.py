"""The joining rule on a record of treaties: its likelihood, its fit, its forecasts, and what a fold sees."""

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from experiments.yardsticks import treaty_acts, treaty_predictions
from experiments.yardsticks.joining import NOT_ASKED, Regimes, Rule, fit, in_one_round, likelihood, play, regimes
from experiments.yardsticks.treaty_acts import Acts, Split, as_regimes, by_time, could_join, folds, read_acts
from experiments.yardsticks.treaty_predictions import Predicted, compared, jackknifed, predict
from model.rules import opting_in
from model.rules.records import Others

from .madeup import as_text, joined_rounds, made_up_files, treaty_rows
from .test_published_results import LAB, LEVERS, NOTHING, RELATIONS

LEVEL = np.array([-1.0, -2.0, -2.0])


def logistic(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def simulated(count: int, deciders: int, rule: Rule, seed: int) -> Regimes:
    generator = np.random.default_rng(seed)
    shocks = generator.normal(0.0, rule.shock_sd, count)
    return regimes(joined_rounds(rule.stance, rule.level, rule.company, shocks, generator), len(rule.level))


def a_rule(deciders: int, company: float, shock_sd: float, level: Any = LEVEL) -> Rule:
    return Rule(np.random.default_rng(0).normal(0.0, 1.0, deciders), level, company, shock_sd)


# ---------------------------------------------------------------- likelihood


def test_without_a_shock_the_likelihood_is_worked_out_by_hand() -> None:
    several = regimes(np.array([[0, 1, 2]]), 2)  # the first joins at once, the second then, the third never
    rule = Rule(np.array([0.5, 0.0, -0.5]), np.array([-1.0, -2.0]), 3.0, 0.0)
    assert several.shares.tolist() == [[0.0, 1 / 3]]
    p = logistic
    by_hand = p(-0.5) * (1 - p(-1.0)) * p(-2.0 + 1.0) * (1 - p(-1.5)) * (1 - p(-2.5 + 1.0))
    (log,), _ = likelihood(several, rule)
    assert log == pytest.approx(math.log(by_hand))


def test_a_state_that_was_not_asked_counts_nowhere() -> None:
    with_it = regimes(np.array([[0, 2, NOT_ASKED]]), 2)
    without = regimes(np.array([[0, 2]]), 2)
    rule = Rule(np.array([0.5, 0.0, 9.0]), np.array([-1.0, -2.0]), 3.0, 1.0)
    assert with_it.shares.tolist() == without.shares.tolist() == [[0.0, 0.5]]
    (log,), slopes = likelihood(with_it, rule)
    assert log == pytest.approx(likelihood(without, rule._replace(stance=rule.stance[:2]))[0][0])
    assert slopes[0, 2] == 0.0


@pytest.mark.parametrize(("deciders", "within"), [(3, 1e-3), (60, 1e-4)])
def test_the_integral_over_the_shock_is_that_of_brute_force(deciders: int, within: float) -> None:
    rule = a_rule(deciders, 1.5, 1.4)
    several = simulated(3, deciders, rule, 2)
    logs, _ = likelihood(several, rule)

    def density(z: float, row: int) -> float:
        """Of the regime at a shock, as a share of the integral."""
        shifted = rule._replace(level=rule.level + 1.4 * z, shock_sd=0.0)
        return math.exp(likelihood(several, shifted)[0][row] - logs[row] - z * z / 2) / math.sqrt(2 * math.pi)

    for row in range(3):
        assert quad(density, -8, 8, (row,), limit=400, epsabs=1e-9)[0] == pytest.approx(1.0, abs=within)


def test_the_slopes_are_those_of_finite_differences() -> None:
    rule = a_rule(40, 1.5, 1.2)
    several = simulated(5, 40, rule, 3)
    _, slopes = likelihood(several, rule)
    flat = np.concatenate([rule.stance, rule.level, [rule.company, rule.shock_sd]])
    for place in (0, 7, 40, 42, 43, 44):
        either = []
        for step in (1e-5, -1e-5):
            moved = flat.copy()
            moved[place] += step
            its = Rule(moved[:40], moved[40:43], float(moved[43]), float(moved[44]))
            either.append(likelihood(several, its)[0])
        assert (either[0] - either[1]) / 2e-5 == pytest.approx(slopes[:, place], abs=5e-3)  # seven nodes


def test_the_chance_to_join_is_the_models_own() -> None:
    relations = RELATIONS._replace(peer_weight=1.5, stance_weight=1.0)
    lab = LAB._replace(stance=0.7)
    parts = opting_in.gain_parts(
        lab, NOTHING, Others(2, 0.5, 0.0), 0.0, 0.0, False, -0.3, 0.0, 0.0, LEVERS, opting_in_climate(), relations
    )
    chance = opting_in.joining_chance(opting_in.total_gain(parts), relations)
    several = regimes(np.array([[0, 1]]), 2)  # half are in when the second decides in the second round
    rule = Rule(np.array([0.0, 0.7]), np.array([0.0, -0.3]), 1.5, 0.0)
    (log,), _ = likelihood(several, rule)
    assert math.exp(log) == pytest.approx(0.5 * (1 - logistic(0.7)) * chance)


def opting_in_climate() -> Any:
    from .test_published_results import CLIMATE

    return CLIMATE


# ---------------------------------------------------------------- fit


def test_a_fit_stands_at_the_top_of_its_likelihood() -> None:
    several = simulated(40, 30, a_rule(30, 1.0, 1.0), 4)
    its = fit(several, company=True, shock=True)
    _, slopes = likelihood(several, its)
    values = np.concatenate([its.stance, its.level, [its.company, its.shock_sd]])
    sds = np.concatenate([np.full(30, 1.0), np.full(5, 5.0)])
    assert np.abs(slopes.sum(axis=0) - values / sds**2).max() < 0.05


def test_what_is_left_out_of_a_fit_is_nought() -> None:
    several = simulated(30, 20, a_rule(20, 1.0, 1.0), 5)
    its = fit(several, company=False, shock=False)
    assert (its.company, its.shock_sd) == (0.0, 0.0)
    assert fit(in_one_round(several), company=False, shock=True).shock_sd > 0.5


@pytest.mark.slow
def test_known_parameters_are_recovered() -> None:
    truth = a_rule(60, 1.5, 1.2)
    its = fit(simulated(300, 60, truth, 6), company=True, shock=True)
    # over 20 such records the standard deviations were 0.05 for the shock, 0.13 for company, 0.10 for levels
    assert its.shock_sd == pytest.approx(1.2, abs=0.20)
    assert its.company == pytest.approx(1.5, abs=0.52)
    assert its.level + its.stance.mean() == pytest.approx(LEVEL + truth.stance.mean(), abs=0.40)
    assert np.corrcoef(its.stance, truth.stance)[0, 1] > 0.97


@pytest.mark.exhaustive
def test_the_interval_of_the_shock_holds_the_truth_at_the_stated_rate() -> None:
    truth, held = a_rule(25, 0.0, 1.4, np.array([-0.5])), 0
    for seed in range(40):
        several = simulated(80, 25, truth, seed)
        parts = [
            fit(Regimes(several.joined[rows], several.shares[rows]), company=False, shock=True).shock_sd
            for rows in (np.arange(80) % 10 != fold for fold in range(10))
        ]
        its = jackknifed(fit(several, company=False, shock=True).shock_sd, parts).interval
        held += its.low <= 1.4 <= its.high
    assert 33 <= held <= 40  # of 40 intervals of 95%; fewer than 33 come about once in 1,400 times


def test_a_jackknife_of_a_mean_is_its_textbook_error() -> None:
    values = np.arange(10.0)
    its = jackknifed(4.5, [float(np.delete(values, k).mean()) for k in range(10)])
    assert its.error == pytest.approx(values.std(ddof=1) / math.sqrt(10))
    assert its.interval.half_width == pytest.approx(2.262157 * its.error)


# ---------------------------------------------------------------- forecast


def exact_counts(rule: Rule) -> Any:
    """The law of how many of few deciders join, by going through all histories; no shock."""
    deciders, rounds = len(rule.stance), len(rule.level)
    law = np.zeros(deciders + 1)
    for history in itertools.product(range(rounds + 1), repeat=deciders):
        joined, chance = np.array(history), 1.0
        for number, base in enumerate(rule.level):
            share = (joined < number).mean()
            p = logistic(rule.stance + base + rule.company * share)
            chance *= np.prod(np.where(joined == number, p, np.where(joined > number, 1.0 - p, 1.0)))
        law[(joined < rounds).sum()] += chance
    return law


def test_plays_follow_the_exact_law_of_how_many_join() -> None:
    rule = Rule(np.array([1.0, 0.0, -1.0]), np.array([-0.5, -1.0]), 2.0, 0.0)
    law = exact_counts(rule)
    assert law.sum() == pytest.approx(1.0)
    plays = 40_000
    joins, counts = play(rule, np.full(3, True), np.random.default_rng(1).random((plays, 3)))
    assert counts.sum() == plays
    assert counts / plays == pytest.approx(law, abs=4 * 0.5 / math.sqrt(plays))
    assert joins.sum() == (counts * np.arange(4)).sum()


def test_in_one_round_plays_with_a_shock_give_the_mean_chance_over_the_shock() -> None:
    rule = Rule(np.array([0.5, 9.0]), np.array([-1.0]), 0.0, 1.5)
    plays = 20_000
    joins, _ = play(rule, np.array([True, False]), np.random.default_rng(1).random((plays, 1)))
    mean = quad(lambda z: logistic(-0.5 + 1.5 * z) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi), -8, 8)[0]
    assert joins[0] / plays == pytest.approx(mean, abs=4 * 0.5 / math.sqrt(plays))


# ---------------------------------------------------------------- acts and folds


@pytest.fixture(scope="module")
def acts(tmp_path_factory: pytest.TempPathFactory) -> Acts:
    return read_acts(made_up_files("treaties", tmp_path_factory.mktemp("treaties"))[0])


def test_the_earlier_of_two_acts_counts_and_a_treaty_opens_with_its_first(tmp_path: Path) -> None:
    rows = treaty_rows()
    rows.append(["x", "", "State 1", "1960-01-01", "1970-01-01"])
    rows.append(["x", "", "State 2", "1964-12-30", "1961-01-01"])
    rows.append(["x", "", "State 3", "", "1966-01-01"])
    path = tmp_path / "treaties.csv"
    path.write_text(as_text(rows))
    its = read_acts(path)
    treaty = its.treaties.index("x")
    delays = [its.delay[treaty, its.states.index(f"State {k}")] for k in (1, 2, 3, 4)]
    assert delays == [0.0, 366.0, 2192.0, math.inf]
    asked = np.full(its.delay.shape, True)
    rounds = as_regimes(its, np.array([treaty]), asked).joined[0]
    assert [rounds[its.states.index(f"State {k}")] for k in (1, 2, 3, 4)] == [0, 1, 5, 5]


def test_a_state_can_join_once_it_has_acted_elsewhere_and_if_it_acts_often() -> None:
    delay = np.full((12, 3), 1.0)
    delay[:3, 1] = np.inf  # comes late, with nine acts
    delay[1:, 2] = np.inf  # acts once
    its = Acts(tuple("abcdefghijkl"), ("A", "B", "C"), np.arange(12) * 100.0, delay, 5000.0)
    everything = np.arange(12)
    asked = could_join(its, everything, 5000.0)
    assert asked[:, 0].tolist() == [False] + [True] * 11
    assert not asked[:, 1:].any()
    delay[2, 1] = 1.0  # a tenth act
    assert could_join(its, everything, 5000.0)[:, 1].tolist() == [False] * 3 + [True] * 9
    assert not could_join(its, everything, 1100.0)[:, 1].any()  # the tenth has not been seen


def test_every_treaty_is_left_out_once(acts: Acts) -> None:
    splits = folds(acts)
    usable = treaty_acts.usable_treaties(acts)
    assert sorted(np.concatenate([split.predicted for split in splits])) == usable.tolist()
    assert all(not set(split.fitted) & set(split.predicted) for split in splits)
    assert all(len(split.fitted) + len(split.predicted) == len(usable) for split in splits)


def test_the_newest_are_predicted_from_treaties_that_were_over(acts: Acts) -> None:
    split = by_time(acts)
    first = acts.opening[split.predicted].min()
    assert acts.closed[split.fitted].max() < first
    assert split.seen_until < first
    assert len(split.predicted) == pytest.approx(len(treaty_acts.usable_treaties(acts)) / 3, abs=1)


def changed(acts: Acts, hidden: Any, seed: int) -> Acts:
    """The same with other outcomes where they are hidden; each treaty still opens on its day."""
    delay = np.where(hidden, np.random.default_rng(seed).choice([30.0, 900.0, np.inf], acts.delay.shape), acts.delay)
    return acts._replace(delay=np.where(acts.delay == 0.0, 0.0, delay))


def same(one: list[Predicted], other: list[Predicted]) -> bool:
    return all(
        a.treaty == b.treaty
        and all(np.array_equal(a.chances[name], b.chances[name]) for name in a.chances)
        and all(np.array_equal(a.forecasts[name], b.forecasts[name]) for name in a.forecasts)
        for a, b in zip(one, other, strict=True)
    )


@pytest.fixture
def few_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(treaty_predictions, "PLAYS", 64)


@pytest.mark.slow
@pytest.mark.usefixtures("few_plays")
def test_a_fold_never_sees_what_it_predicts(acts: Acts) -> None:
    split = folds(acts)[3]
    hidden = np.zeros(acts.delay.shape, dtype=bool)
    hidden[split.predicted] = True
    others = changed(acts, hidden, 1)
    _, before = predict(acts, split, 1)
    _, after = predict(others, split, 1)
    assert any(not np.array_equal(a.joined, b.joined) for a, b in zip(before, after, strict=True))
    assert same(before, after)


@pytest.mark.slow
@pytest.mark.usefixtures("few_plays")
def test_older_treaties_predict_newer_ones_from_nothing_that_came_later(acts: Acts) -> None:
    split = by_time(acts)
    _, before = predict(acts, split, 1)
    later = np.zeros(acts.delay.shape, dtype=bool)
    later[split.predicted] = True
    others = changed(acts, later, 2)
    unseen = others.day > split.seen_until
    unseen[split.predicted] = False
    _, after = predict(others._replace(delay=np.where(unseen, np.inf, others.delay)), split, 1)
    assert unseen.any()
    assert same(before, after)
    hidden = np.zeros(acts.delay.shape, dtype=bool)
    hidden[split.fitted[0]] = True
    assert not same(before, predict(changed(acts, hidden, 3), split, 1)[1])  # what it may see does matter


@pytest.mark.slow
@pytest.mark.usefixtures("few_plays")
def test_where_states_share_a_shock_only_rules_with_one_cover_how_many_join(acts: Acts) -> None:
    predicted = [one for split in folds(acts)[:4] for one in predict(acts, split, 1)[1]]
    its = compared(predicted).how_many
    assert its["model"].covered.mean > 0.75
    assert its["Rasch with a shock"].covered.mean > 0.75
    assert its["own rate"].covered.mean < 0.6
    assert its["own rate"].ranked_excess.low > 0.0


@pytest.mark.usefixtures("few_plays")
def test_own_rates_and_the_rate_of_all_are_laplaces(acts: Acts) -> None:
    split = Split(treaty_acts.usable_treaties(acts)[:12], treaty_acts.usable_treaties(acts)[20:21], acts.last)
    asked = could_join(acts, split.fitted, acts.last)
    several = as_regimes(acts, split.fitted, asked)
    _, (one,) = predict(acts, split, 1)
    joins, chosen = several.ever.sum(axis=0), several.asked.sum(axis=0)
    assert one.chances["rate of all states"] == pytest.approx((joins.sum() + 1) / (chosen.sum() + 2))
    assert one.chances["own rate"] == pytest.approx(((joins + 1) / (chosen + 2))[asked[one.treaty]])
    assert sum(one.forecasts["model"]) == pytest.approx(1.0)
