"""How far a chance differs between worlds: against known mixtures, and against many runs of each world of the model."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

from experiments.figures.style import message_of
from experiments.measures.worlds import Between, between_worlds, likeness, quantile_of_worlds, share_above_half
from experiments.notebook import run
from experiments.plans.design import FEWEST_WORLDS, MOST_WORLDS, WORLD_RUNS, plan_of, plan_worlds
from experiments.plans.sweepfile import SWEEPS, read_sweep
from experiments.runs.pool import run_plan
from model.draws import BLOCK, Array, draw_parameters, quantile
from model.scenario import Scenario, frozen, load

from .drawn import BASELINE
from .test_cli import as_json, optin, refused

type Mixture = Callable[[np.random.Generator, int], Array]
"""Chances in so many worlds."""


def tally(happened: Array) -> Array:
    """In how many worlds it happened in no run, in one, and so on."""
    return np.bincount(happened.sum(axis=1).astype(int), minlength=happened.shape[1] + 1)


def played(chances: Array, size: int, rng: np.random.Generator) -> Array:
    """Whether it happened, in so many runs of each world."""
    return (rng.random((len(chances), size)) < chances[:, None]).astype(float)


def certainty(scenario: Scenario) -> Scenario:
    """A scenario in which nothing is unknown: everything has its median."""
    medians = {
        path: replace(entry, distribution=None, value=quantile(entry, np.array([0.5])).tolist()[0])
        for path, entry in scenario.entries.items()
        if entry.distribution is not None
    }
    return replace(scenario, entries=frozen({**scenario.entries, **medians}))


# ---------------------------------------------------------------- estimation


def test_the_likeness_of_two_runs_of_a_world_is_that_of_the_beta_distribution() -> None:
    """Of beta(a, b) it is 1 / (a + b + 1), here 1/6 and 1/3."""
    rng = np.random.default_rng(1)
    for a, b in ((2.0, 3.0), (0.5, 1.5)):
        for size in (2, 4):
            tallies = tally(played(rng.beta(a, b, 200_000), size, rng))[None]
            assert likeness(tallies)[0] == pytest.approx(1 / (a + b + 1), abs=0.01)


def test_runs_that_always_end_alike_are_alike_and_those_of_one_chance_are_not() -> None:
    always = np.array([[30, 0, 0, 0, 70]])
    never_mixed = np.array([[100, 0, 0, 0, 0], [0, 0, 0, 0, 100], [0, 0, 100, 0, 0]])
    assert likeness(always) == pytest.approx([1.0])
    assert likeness(never_mixed) == pytest.approx([0.0, 0.0, 0.0])


def test_likeness_worked_out_by_hand() -> None:
    """Three worlds of two runs: one with none, one with one, one with two.

    Two runs of a world both have it in 1 of 3 pairs; two runs of different worlds in (3^2 - 5) / (3 x 2 x 4) = 1/6; two
    runs of a world differ in 1 of 3 worlds, which is E[2 p (1 - p)], so that luck has 1/6.
    """
    assert likeness(np.array([[1, 1, 1]])) == pytest.approx([(1 / 3 - 1 / 6) / (1 / 3 - 1 / 6 + 1 / 6)])


def test_range_and_share_are_those_of_the_beta_distribution_and_of_its_limits() -> None:
    mean, alike = np.array([0.75]), np.array([0.2])  # a + b = 1 / 0.2 - 1 = 4
    assert quantile_of_worlds(mean, alike, 0.05) == pytest.approx([beta.ppf(0.05, 3, 1)])
    assert share_above_half(mean, alike) == pytest.approx(
        [1 - 0.5**3]
    )  # the distribution function of beta(3, 1) is x^3
    for q, sure in ((0.05, 0.0), (0.24, 0.0), (0.26, 1.0), (0.95, 1.0)):
        assert quantile_of_worlds(mean, np.array([1.0]), q) == [sure]
        assert quantile_of_worlds(mean, np.array([0.0]), q) == [0.75]
        assert quantile_of_worlds(mean, np.array([1 - 2e-6]), q) == pytest.approx([sure], abs=1e-6)
        assert quantile_of_worlds(mean, np.array([2e-6]), q) == pytest.approx([0.75], abs=2e-3)
    assert share_above_half(mean, np.array([1.0])) == [0.75]
    assert share_above_half(mean, np.array([0.0])) == [1.0]
    assert share_above_half(np.array([0.4, 0.0, 1.0]), np.array([0.0, 0.5, 0.5])).tolist() == [0.0, 0.0, 1.0]


def estimated(mixture: Mixture, mean: float, worlds: int, runs: int, rng: np.random.Generator) -> Between:
    """What one command would say: chances in worlds, and runs in worlds of their own."""
    happened = played(mixture(rng, worlds), WORLD_RUNS, rng)
    return between_worlds(happened, int(rng.binomial(runs, mean)), runs, rng)


@pytest.mark.slow
@pytest.mark.parametrize(("a", "b"), [(4.3, 1.35), (1.2, 1.2), (0.6, 0.1), (15.0, 35.0)])
def test_with_a_beta_distribution_of_chances_its_range_is_found_and_the_intervals_hold_it(a: float, b: float) -> None:
    """As `optin run` has it: 512 worlds of 4 runs, 1,000 runs. Stated: within 5 points on average, intervals of 90%.

    Of 200 commands 180 are to hold the truth; were each to do so with a probability of 90%, 167 or fewer would in one
    case of a thousand.
    """
    rng, times = np.random.default_rng(7), 200
    truth = np.array([*beta.ppf([0.05, 0.95], a, b), beta.sf(0.5, a, b)])
    said = [
        estimated(lambda rng, count: rng.beta(a, b, count), a / (a + b), MOST_WORLDS, 1000, rng) for _ in range(times)
    ]
    means = np.array([[end.mean for end in its[2:]] for its in said])
    held = np.array([[end.low <= true <= end.high for end, true in zip(its[2:], truth, strict=True)] for its in said])
    assert (abs(means - truth).mean(axis=0) < 0.05).all()
    assert (held.sum(axis=0) > 167).all()


@pytest.mark.parametrize(("low", "high", "low_worlds"), [(0.2, 0.9, 0.5), (0.49, 0.863, 0.27), (0.6, 0.95, 0.5)])
def test_where_worlds_are_of_two_kinds_the_share_above_half_is_off_by_at_most_twenty_points(
    low: float, high: float, low_worlds: float
) -> None:
    """Which the beta distribution cannot tell: mean and variance are right, its shape is not.

    The second is about the worst: a quarter of the worlds lies just below one half.
    """
    rng = np.random.default_rng(8)
    mean = low_worlds * low + (1 - low_worlds) * high
    alike = low_worlds * (1 - low_worlds) * (high - low) ** 2 / (mean * (1 - mean))
    shape = np.array([mean]), np.array([alike])
    assert abs(share_above_half(*shape)[0] - np.mean([high > 0.5] * 2 if low > 0.5 else [1 - low_worlds])) < 0.2
    two_kinds = np.where(rng.random(100_000) < low_worlds, low, high)
    assert likeness(tally(played(two_kinds, WORLD_RUNS, rng))[None])[0] == pytest.approx(alike, abs=0.01)


def test_where_the_chance_is_the_same_in_all_worlds_hardly_any_range_is_told() -> None:
    """A chance of 0.7 in all of 512 worlds; by luck a likeness of up to 0.05 or so is seen, a range of 18 points."""
    rng = np.random.default_rng(9)
    widths = [
        its.high.mean - its.low.mean
        for its in (estimated(lambda _, count: np.full(count, 0.7), 0.7, 512, 1000, rng) for _ in range(50))
    ]
    assert np.mean(widths) < 0.15
    assert min(widths) == 0.0


# ---------------------------------------------------------------- in the model


def test_runs_of_a_world_share_its_unknowns_and_these_are_worlds_of_the_scenario() -> None:
    plan = plan_worlds(plan_of(load(BASELINE), 1000, 3))
    assert plan is not None
    assert plan.runs == WORLD_RUNS * MOST_WORLDS
    table, path = run_plan(plan), "climate.hold_chance"
    own = np.concatenate(
        [
            draw_parameters(plan.scenario.entries.values(), 3, block)[path][: BLOCK // WORLD_RUNS]
            for block in range(plan.runs // BLOCK)
        ]
    )
    np.testing.assert_array_equal(
        table[path].to_numpy().reshape(-1, WORLD_RUNS), np.repeat(own[:, None], WORLD_RUNS, 1)
    )


def test_a_run_stays_in_a_world_of_its_own() -> None:
    """So that its number is the same negotiation in a trace, a comparison and a sweep."""
    assert plan_of(load(BASELINE), 1000, 1).runs_in_a_world == 1


def test_there_are_no_worlds_where_nothing_is_unknown_or_the_runs_are_few_or_something_varies() -> None:
    baseline = load(BASELINE)
    assert plan_worlds(plan_of(baseline, FEWEST_WORLDS, 1)) is not None
    assert plan_worlds(plan_of(baseline, FEWEST_WORLDS - 1, 1)) is None
    precise = plan_worlds(plan_of(baseline, FEWEST_WORLDS - 1, 1, precision=0.01, max_runs=300))
    assert precise is not None
    assert (precise.runs, precise.precision) == (1200, None)
    assert plan_worlds(plan_of(certainty(baseline), 1000, 1)) is None
    assert plan_worlds(plan_of(baseline, 1000, 1)._replace(runs_in_a_world=2)) is None
    assert plan_worlds(read_sweep(SWEEPS / "review-length.yaml")) is None


def test_beside_the_headline_stands_how_far_the_unknowns_move_it() -> None:
    result = run(BASELINE, 200)
    its = result.data["worlds"]["adopted"]
    head, *about = result.text.splitlines()[:3]
    percents = [f"{100 * its[name]:.0f}" for name in ("low", "high", "likelier_than_not")]
    assert "The unknowns move that from {} to {}% (90% of worlds); likelier than not in {}%".format(*percents) in head
    assert "The interval is sampling error" in about[0]
    assert "is ignorance" in about[1]
    assert its["worlds"] == 200
    for name in ("low", "high", "likelier_than_not"):
        low, high = its["sampling"][name]
        assert 0 <= low <= its[name] <= high <= 1


def test_the_figure_of_outcomes_draws_the_range_over_worlds_beside_the_interval() -> None:
    result = run(BASELINE, 150)
    figure, its = result.plot("outcomes"), result.data["worlds"]["adopted"]
    (line,) = (line for line in figure.axes[0].lines if line.get_label() == "worlds")
    assert line.get_xdata() == pytest.approx([100 * its["low"], 100 * its["high"]])
    assert result.text.startswith(message_of(figure))
    assert "Dotted: 90% of worlds." in figure.get_supxlabel()


def test_where_nothing_is_unknown_nothing_is_said_of_worlds_and_few_runs_say_that_they_are_few() -> None:
    certain, few = run(certainty(load(BASELINE)), 200), run(BASELINE, 20)
    assert certain.data["worlds"] is few.data["worlds"] is None
    assert "world" not in "".join(certain.text.splitlines()[:3])
    assert "unknown" not in "".join(certain.text.splitlines()[:3])
    assert "Fewer than 100 runs do not tell how far the unknowns move that." in few.text


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("name", ["baseline", "may-draft"])
def test_the_worlds_of_the_model_are_nearly_beta(name: str) -> None:
    """Of 600 worlds of 256 runs each, where luck moves a chance by 3 points: stated are 3 points for ends and share."""
    size = 256
    plan = plan_of(load(BASELINE.parent / f"{name}.yaml"), 600 * size, 5)._replace(runs_in_a_world=size)
    happened = run_plan(plan)["adopted"].to_numpy().reshape(-1, size)
    chances = happened.mean(axis=1)
    its = between_worlds(happened, int(happened.sum()), happened.size, np.random.default_rng(1))
    low, high = np.quantile(chances, [0.05, 0.95])
    assert its.low.mean == pytest.approx(low, abs=0.03)
    assert its.high.mean == pytest.approx(high, abs=0.03)
    assert its.likelier_than_not.mean == pytest.approx((chances > 0.5).mean(), abs=0.03)


# ---------------------------------------------------------------- on disk


@pytest.mark.slow
def test_a_folder_keeps_its_worlds_refuses_damaged_ones_and_the_same_command_mends_them(tmp_path: Path) -> None:
    command = ("run", str(BASELINE), "--runs", "120", "--out", str(tmp_path))
    first = as_json(*command)
    assert first["worlds"]["adopted"]["runs"] == 480
    assert optin("report", str(tmp_path)).returncode == 0
    page = (tmp_path / "report.html").read_text()
    assert page.count("(90% of worlds); likelier than not in ") > 1
    assert "is ignorance, which they do not. From 120 worlds of 4 runs" in page
    assert "; 90% of worlds: " in page
    part = tmp_path / "worlds" / "parts" / "000000.parquet"
    content = part.read_bytes()
    part.write_bytes(content[:-100])
    assert f"{part}: is damaged" in refused("report", str(tmp_path))
    part.unlink()
    assert f"{part}: is missing; the command that made it makes it anew" in refused("plot", str(tmp_path))
    assert as_json(*command) == first
    assert part.read_bytes() == content


@pytest.mark.slow
def test_shards_of_runs_bring_their_worlds_along(tmp_path: Path) -> None:
    command = ("run", str(BASELINE), "--runs", "2100")
    whole = as_json(*command, "--out", str(tmp_path / "whole"))
    shards = [str(tmp_path / number) for number in "12"]
    for number, folder in enumerate(shards, 1):
        assert optin(*command, "--shard", f"{number}/2", "--out", folder).returncode == 0
    merged = as_json("merge", *shards, "--out", str(tmp_path / "merged"))
    assert merged == whole
    for path in (tmp_path / "whole" / "worlds" / "parts").iterdir():
        assert (tmp_path / "merged" / "worlds" / "parts" / path.name).read_bytes() == path.read_bytes()
