"""Influence: published voting games through the same engine, axioms as properties, and what must be nothing."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.analysis import influence, shapley
from experiments.analysis.influence import analyse, neutral_views, plan_influence
from experiments.analysis.influence_finding import Influence
from experiments.analysis.shapley import Game, banzhaf_values, game_of, resampled_shapley_values, shapley_values
from experiments.figures.influence import figures, one_day_more
from experiments.figures.style import message_of
from experiments.runs.collect import collect
from experiments.runs.pool import run_many
from experiments.runs.store import Store
from experiments.validation.verification import voting
from model.case import runs_of_block
from model.rules import talks
from model.rules.records import Others
from model.scenario import frozen, load

from .drawn import BASELINE

# ---------------------------------------------------------------- the game


def test_the_six_of_1958_have_their_published_power() -> None:
    game, worth = voting([4, 4, 4, 2, 2, 1], 12)
    assert shapley_values(game, worth) == pytest.approx([14 / 60] * 3 + [9 / 60] * 2 + [0])
    power = banzhaf_values(game, worth)
    assert power / power.sum() == pytest.approx(np.array([10, 10, 10, 6, 6, 0]) / 42)


def test_the_security_council_has_its_published_power() -> None:
    game, worth = voting([7] * 5 + [1] * 10, 39)
    found = shapley_values(game, worth)
    assert found[:5] == pytest.approx([0.19627] * 5, abs=5e-6)
    assert found[5:] == pytest.approx([0.001865] * 10, abs=5e-7)


games = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.floats(-10, 10), min_size=2**n, max_size=2**n).map(
        lambda worth: (game_of(tuple(map(str, range(n))), 1), np.array(worth))
    )
)


@given(games)
def test_shapley_values_sum_to_what_everybody_is_worth_over_nobody(its: tuple[Game, np.ndarray]) -> None:
    game, worth = its
    assert shapley_values(game, worth).sum() == pytest.approx(worth[-1] - worth[0], abs=1e-9)


@given(games)
def test_a_player_that_adds_nothing_gets_nothing_and_twins_get_the_same(its: tuple[Game, np.ndarray]) -> None:
    game, worth = its
    n = len(game.players)
    null = np.array([worth[c & ~1] for c in game.coalitions])  # player 0 changes nothing
    assert shapley_values(game, null)[0] == pytest.approx(0, abs=1e-9)
    assert banzhaf_values(game, null)[0] == pytest.approx(0, abs=1e-9)
    if n > 1:  # worth depends on 0 and 1 only by how many of them are in
        twins = np.array([worth[(c & ~3) | (1 if c & 3 in (1, 2) else c & 3)] for c in game.coalitions])
        found = shapley_values(game, twins)
        assert found[0] == pytest.approx(found[1], abs=1e-9)


def test_orders_at_random_come_near_the_exact_values_and_sum_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    game, worth = voting([4, 4, 4, 2, 2, 1], 12)
    monkeypatch.setattr(shapley, "MOST_EXACT", 3)
    monkeypatch.setattr(shapley, "ORDERS", 2000)
    sampled = game_of(game.players, 7)
    found = shapley_values(sampled, worth[list(sampled.coalitions)])
    assert found.sum() == pytest.approx(1)
    # a marginal of 0 or 1 with mean p has a standard error of at most .5 / sqrt(2000) = .011; four of them
    assert found == pytest.approx(shapley_values(game, worth), abs=0.045)


WEIGHTS = np.arange(1.0, 14.0)  # of 13 players, one more than have every coalition played


def runs_of_squares(coalitions: tuple[int, ...], runs: int, rng: np.random.Generator) -> np.ndarray:
    """A game played with luck: a coalition is worth the square of its weight, by luck more or less; a row a run.

    A run's luck is a factor for all and one for each coalition. The Shapley values are known: who brings w to v before
    adds w^2 + 2 w v, and on average half of the others have come before, which is w times the weight of all.
    """
    weight = np.array([sum(w for k, w in enumerate(WEIGHTS) if bits >> k & 1) for bits in coalitions])
    luck = rng.normal(1.0, 0.1, (runs, 1)) + rng.normal(0.0, 0.1, (runs, len(coalitions)))
    return weight**2 * luck


@pytest.mark.slow
def test_with_sampled_orders_intervals_hold_the_known_shapley_values_as_often_as_they_say() -> None:
    """Of 200 analyses of 13 players 190 are expected to hold each value; fewer than 177 in one of a thousand.

    With the luck of runs alone fewer than three in four do: 200 orders are a sample as well.
    """
    rng, times, resamples, runs = np.random.default_rng(3), 200, 200, 60
    true = WEIGHTS * WEIGHTS.sum()
    held = np.zeros((2, 13))
    for seed in range(times):
        game = game_of(tuple("abcdefghijklm"), seed)
        assert game.orders is not None
        counts = np.vstack([np.ones(runs), rng.multinomial(runs, np.full(runs, 1 / runs), size=resamples)])
        values = counts @ runs_of_squares(game.coalitions, runs, rng) / runs
        both = resampled_shapley_values(game, values, rng), shapley_values(game, values)
        for row, found in enumerate(both):
            low, high = np.quantile(found[1:], [0.025, 0.975], axis=0)
            held[row] += (low <= true) & (true <= high)
            assert found[0].sum() == pytest.approx(values[0, -1] - values[0, 0])
    assert (held[0] >= 177).all()
    assert held[1].mean() < 150


def test_the_text_says_so_where_orders_are_sampled(found: Influence) -> None:
    assert "sampled" not in found.text()
    many = found._replace(players=tuple("abcdefghijklm"))
    assert "Of the orders in which 13 players can come in 200 are sampled" in many.text()


def test_where_every_coalition_is_played_resampled_values_are_the_exact_ones() -> None:
    game, worth = voting([4, 4, 4, 2, 2, 1], 12)
    rows = np.vstack([worth, 2.0 * worth])
    found = resampled_shapley_values(game, rows, np.random.default_rng(1))
    assert found == pytest.approx(shapley_values(game, rows))


# ---------------------------------------------------------------- pivotal


def test_a_lab_without_a_share_never_decides_where_only_shares_count() -> None:
    scenario = load(BASELINE, ["levers.quorum_labs=0", "levers.quorum_share=0.5"])
    share = "stakeholders.xai.frontier_share"
    nothing = {**scenario.entries, share: replace(scenario.entries[share], value=0.0, distribution=None)}
    table = run_many(replace(scenario, entries=frozen(nothing)), 400, 1)
    assert table["pivotal.xai"].sum() == 0
    assert table["pivotal.openai"].sum() > 0


def test_every_lab_decides_where_all_are_needed_and_all_have_pledged() -> None:
    table = run_many(load(BASELINE, ["levers.quorum_labs=7"]), 400, 1)
    adopted = table[table["adopted"] == 1]
    labs = load(BASELINE).named("lab")
    assert len(adopted) > 50
    assert (adopted[[f"pivotal.{lab}" for lab in labs]] == 1).all(axis=None)


def test_nobody_decides_without_an_order_or_beyond_any_quorum() -> None:
    assert run_many(load(BASELINE, ["levers.quorum_labs=20"]), 100, 1).filter(like="pivotal.").sum(axis=None) == 0
    table = run_many(load(BASELINE), 2000, 1)
    assert table[table["outcome"] == 0].filter(like="pivotal.").sum(axis=None) == 0


def test_a_lab_in_an_adopted_framework_decides_if_and_only_if_the_rest_fall_short() -> None:
    scenario = load(BASELINE, ["levers.quorum_labs=5", "levers.quorum_share=0"])
    adopted = run_many(scenario, 400, 1).query("adopted == 1")
    for lab in scenario.named("lab"):
        expected = (adopted["labs_joined"] == 5) & (adopted[f"joined.{lab}"] == 1)
        assert (adopted[f"pivotal.{lab}"] == expected).all()


def test_a_lab_that_a_benchmark_keeps_waiting_does_not_decide() -> None:
    (run,) = runs_of_block(load(BASELINE, ["levers.quorum_labs=4"]), 1, 0, range(1))
    levers = run.case.levers
    without = Others(levers.quorum_labs - 1, 1.0, 10.0)
    with_it = without._replace(labs_in=levers.quorum_labs)
    assert talks.is_pivotal(True, without, with_it, levers)
    assert not talks.is_pivotal(False, without, with_it, levers)
    assert not talks.is_pivotal(True, with_it, with_it, levers)


# ---------------------------------------------------------------- the command's numbers

FEW = [f"stakeholders.{name}=null" for name in ("amazon", "microsoft", "google", "xai", "openai")]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Influence:
    scenario = load(BASELINE, [*FEW, "levers.quorum_labs=2"])
    store = Store(tmp_path_factory.mktemp("influence"), plan_influence(scenario, 100, 3))
    store.begin()
    collect(store, "fast", 2)
    return analyse(store)


def test_everybodys_value_is_that_of_the_unchanged_scenario(found: Influence) -> None:
    alone = run_many(found.plan.scenario, 100, 3)
    assert found.whole["adopted"] == pytest.approx(alone["adopted"].mean())
    assert found.whole["review_days"] == pytest.approx(alone["review_days"].mean())
    for lab in ("meta", "anthropic"):
        assert found.pivotal[lab].mean == pytest.approx(alone[f"pivotal.{lab}"].mean())


def test_the_shares_of_the_players_sum_to_the_change(found: Influence) -> None:
    for measure, its in found.shapley.items():
        total = sum(one.mean for one in its.values())
        assert total == pytest.approx(found.whole[measure] - found.nobody[measure], abs=1e-9)
        assert all(one.low <= one.mean <= one.high for one in its.values())
    assert set(found.shapley) == {"adopted", "review_days"}


def test_nobodys_value_is_the_scenario_with_neutral_views_set(found: Influence) -> None:
    scenario = found.plan.scenario
    neutral = {path: its for views in neutral_views(scenario, found.players).values() for path, its in views.items()}
    alone = run_many(load(BASELINE, [*scenario.settings, *(f"{p}={v!r}" for p, v in neutral.items())]), 100, 3)
    assert found.nobody["adopted"] == pytest.approx(alone["adopted"].mean())


def test_neutral_views_are_the_weighted_mean_of_what_all_want() -> None:
    ideals, weights = [10.0, 40.0, 100.0, 20.0, 30.0], [1.0, 2.0, 0.5, 1.0, 0.25]
    names = ("national_security", "commerce", "industry_aides", "anthropic", "meta")
    settings = [f"stakeholders.{n}.ideal.review_days={i}" for n, i in zip(names, ideals, strict=True)]
    settings += [f"stakeholders.{n}.influence={w}" for n, w in zip(names, weights, strict=True)]
    settings += [f"stakeholders.{n}.salience.review_days=0.5" for n in names]
    views = neutral_views(load(BASELINE, [*FEW, *settings]), names)
    expected = sum(i * w for i, w in zip(ideals, weights, strict=True)) / sum(weights)
    for name, its in views.items():
        assert its[f"stakeholders.{name}.ideal.review_days"] == pytest.approx(expected)
    assert views["meta"]["stakeholders.meta.stance"] == 0
    assert "stakeholders.commerce.stance" not in views["commerce"]


def test_one_more_day_is_the_paired_difference_over_ten(found: Influence) -> None:
    scenario = found.plan.scenario
    path = "stakeholders.industry_aides.ideal.review_days"
    middle = influence.central(scenario.entries[path])
    ends = [
        run_many(load(BASELINE, [*scenario.settings, f"{path}={middle + by!r}"]), 100, 3)["review_days"].mean()
        for by in (-5.0, 5.0)
    ]
    assert found.day["industry_aides"].mean == pytest.approx((ends[1] - ends[0]) / 10)


def test_the_text_and_the_data_say_the_same(found: Influence) -> None:
    assert found.text().startswith(found.headline())
    its = json.loads(json.dumps(found.data(), allow_nan=False))
    assert its["shapley"]["adopted"]["stakeholders"]["meta"]["mean"] == found.shapley["adopted"]["meta"].mean
    assert set(its["shapley"]["adopted"]) == {"whole", "nobody", "stakeholders"}


def test_the_bars_of_every_figure_are_the_numbers(found: Influence) -> None:
    drawn = {name: draw() for name, draw in figures(found)}
    assert list(drawn) == [
        "shapley-adopted",
        "shapley-review-days",
        "pivotal",
        "one-day-more",
        "more-influence",
    ]
    widths = sorted(bar.get_width() for bar in drawn["shapley-review-days"].axes[0].patches)
    assert widths == pytest.approx(sorted(its.mean for its in found.shapley["review_days"].values()))
    assert sum(widths) == pytest.approx(found.whole["review_days"] - found.nobody["review_days"])


def test_where_frameworks_are_rare_the_review_period_is_not_divided(tmp_path: Path) -> None:
    scenario = load(BASELINE, [*FEW, "levers.quorum_labs=3"])  # more than there are labs
    store = Store(tmp_path, plan_influence(scenario, 20, 1))
    collect(store, "fast", 2)
    its = analyse(store)
    assert list(its.shapley) == ["adopted"]
    assert all(one.mean == 0 for one in its.shapley["adopted"].values())
    assert all(math.isnan(one.mean) for one in its.day.values())
    assert "the review period is not divided" in its.text()
    assert "no stakeholder's effect differs detectably from zero" in its.headline()
    for _, draw in figures(its):
        draw().draw_without_rendering()


def test_with_too_few_runs_nothing_is_said_about_adoption_and_nothing_fails(tmp_path: Path) -> None:
    scenario = load(BASELINE, [*FEW, "levers.quorum_labs=2"])
    store = Store(tmp_path, plan_influence(scenario, 10, 1))
    collect(store, "fast", 2)
    its = analyse(store)
    assert its.headline().startswith("Some coalition has fewer than 20 runs")
    assert its.shapley == {}
    assert "nan" not in its.text()
    json.dumps(its.data(), allow_nan=False)
    assert "shapley-adopted" not in dict(figures(its))


def test_where_no_run_reaches_a_framework_one_more_day_is_neither_measured_nor_drawn(tmp_path: Path) -> None:
    scenario = load(BASELINE, [*FEW, "levers.quorum_labs=20"])
    store = Store(tmp_path, plan_influence(scenario, 20, 1))
    collect(store, "fast", 2)
    its = analyse(store)
    assert "One more day in its ideal: days at announcement: not measured and not drawn" in its.text()
    assert "one-day-more" not in dict(figures(its))
    assert all(not names for names in its.clear.values())
    assert list(figures(its)) == []
    assert "Not drawn, since they change no run: effects on adoption, last words and more influence." in its.text()


def test_only_effects_that_are_clear_are_named(found: Influence) -> None:
    nobody = found._replace(clear=dict.fromkeys(found.clear, frozenset()))
    assert "no stakeholder's effect differs detectably from zero" in nobody.headline()
    assert message_of(one_day_more(nobody)) == "No stakeholder's ideal by itself moves the review period detectably"
    one = found._replace(clear={**nobody.clear, "adopted": frozenset({"meta"}), "day": frozenset({"meta"})})
    assert message_of(one_day_more(one)).startswith("One more day asked for by Meta moves the review by ")
