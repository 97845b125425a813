"""How measures respond to what varies: intervals, effects and figures against what can be worked out by hand."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from scipy.stats import linregress, t, ttest_1samp

from experiments.figures import sweeps
from experiments.figures.style import message_of
from experiments.measures import signflips
from experiments.measures.intervals import Intervals
from experiments.plans.design import Part, Plan, cut, keys, plan_of
from experiments.plans.sweepfile import read_sweep
from experiments.publish.findings import findings
from experiments.results.responses import effect_sentence, response, spoken_step, varies
from experiments.results.sweeps import SweepResult, sweep_result
from experiments.runs.collect import collect
from experiments.runs.store import Store
from model.draws import BLOCK
from model.scenario import load

from .drawn import BASELINE

SCENARIO = load(BASELINE)

# ---------------------------------------------------------------- parts


@pytest.mark.slow
@given(st.integers(1, 60), st.integers(0, 5000), st.integers(1, 5000), st.integers(0, 9))
def test_parts_hold_every_run_of_every_point_once_and_never_more_than_a_few_thousand(
    points: int, first: int, count: int, number: int
) -> None:
    parts = list(cut(range(points), first, first + count, number))
    assert [part.number for part in parts] == list(range(number, number + len(parts)))
    rows = sorted((int(p), int(r)) for part in parts for p, r in zip(*keys(part), strict=True))
    assert rows == [(point, run) for point in range(points) for run in range(first, first + count)]
    assert all(part.rows <= 8 * BLOCK for part in parts)
    assert all(len(keys(part)[0]) == part.rows for part in parts)


def test_a_part_goes_block_by_block_and_in_it_point_by_point() -> None:
    point, run = keys(Part(0, (4, 7), BLOCK - 2, BLOCK + 1))
    assert point.tolist() == [4, 4, 7, 7, 4, 7]
    assert run.tolist() == [BLOCK - 2, BLOCK - 1, BLOCK - 2, BLOCK - 1, BLOCK, BLOCK]


def test_ten_million_runs_make_few_files_and_a_thousand_share_the_work() -> None:
    assert len(list(cut([0], 0, 10**7, 0))) == math.ceil(10**7 / (8 * BLOCK))
    assert len(list(cut([0], 0, 10_000, 0))) == 10  # so that several workers have something to do


# ---------------------------------------------------------------- precision


def test_a_run_goes_on_until_it_is_as_precise_as_asked_and_no_further(tmp_path: Path) -> None:
    store = Store(tmp_path, plan_of(SCENARIO, 500, 1, precision=0.02, max_runs=10**6))
    store.begin()
    collect(store, "fast", 2)
    adopted = store["adopted"]

    def half_width(runs: int) -> float:  # Wilson's, written out
        p, z2 = adopted[:runs].mean(), 1.959963984540054**2
        return math.sqrt(z2 * (p * (1 - p) / runs + z2 / (4 * runs**2))) / (1 + z2 / runs)

    assert half_width(len(adopted)) <= 0.02
    steps = [500, 1024, 2048]  # a quarter more, to the end of a block
    assert len(adopted) == next(runs for runs in steps if half_width(runs) <= 0.02) > 500


def test_precision_stops_at_the_stated_maximum_and_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path, plan_of(SCENARIO, 500, 1, precision=0.0001, max_runs=1500))
    store.begin()
    collect(store, "fast", 2)
    assert sorted(store["run"]) == list(range(1500))
    assert "1,500 runs are the most that were asked for; the interval is still wider" in findings(store).text


def test_with_a_precision_the_points_that_need_more_runs_get_them(tmp_path: Path) -> None:
    (tmp_path / "sweep.yaml").write_text(
        "question: q\nscenario: fixed-terms.yaml\nvary: {levers.opening.review_days: [1, 75]}\n"
        "runs: 200\nprecision: 0.02\nmax_runs: 5000\n"
    )
    store = Store(tmp_path / "its", read_sweep(tmp_path / "sweep.yaml"))
    store.begin()
    collect(store, "fast", 2)
    its = sweep_result(store).intervals["adopted"]
    assert (its.half_width <= 0.02).all()
    assert its.runs[1] > its.runs[0]  # about one half against about nine in ten
    for point in (0, 1):
        chosen = np.sort(store["run"][store["point"] == point])
        assert chosen.tolist() == list(range(int(its.runs[point])))


# ---------------------------------------------------------------- effects


def made(points: list[tuple[float, ...]], means: list[float], measure: str = "delay_days") -> SweepResult:
    """The result of a made-up sweep, its means given."""
    varied = ("levers.protection", "climate.threat", "levers.secrecy")[: len(points[0])]
    plan = Plan("made", "Made", "q", SCENARIO, 1, 10, measures=(measure,), varied=varied, points=tuple(points))
    mean = np.array(means)
    of_points = Intervals(np.full(len(means), 10.0), mean, mean - 0.1, mean + 0.1)
    without_luck = np.tile(mean[:, None], 10)
    return SweepResult(plan, {measure: of_points}, {measure: without_luck}, 10, 0, of_points.runs)


def test_the_effects_of_a_linear_response_are_its_slopes_times_the_ranges() -> None:
    rng = np.random.default_rng(3)
    points = [tuple(map(float, point)) for point in rng.uniform(0, 0.8, (20, 3))]
    found = made(points, [2 + 5 * a - 3 * b + 0 * c for a, b, c in points]).effects("delay_days")
    assert found is not None
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    expected = np.array([5, -3, 0]) * (high - low)
    assert [its.mean for its in found.by_path.values()] == pytest.approx(expected.tolist(), abs=1e-9)
    assert found.explained == pytest.approx(1)


def test_the_interval_of_one_effect_is_that_of_a_line_through_the_points() -> None:
    rng = np.random.default_rng(5)
    x = np.linspace(0, 1, 15)
    y = 3 * x + rng.normal(size=15)
    found = made([(float(its),) for its in x], y.tolist()).effects("delay_days")
    assert found is not None
    line = linregress(x, y)
    half = t.ppf(0.975, 13) * line.stderr
    its = found.by_path["levers.protection"]
    assert its == pytest.approx((line.slope, line.slope - half, line.slope + half))
    assert found.explained == pytest.approx(line.rvalue**2)


def test_effects_that_cannot_be_told_apart_are_not_told() -> None:
    together = [(0.1, 0.1), (0.2, 0.2), (0.3, 0.3), (0.5, 0.5)]
    assert made(together, [1, 2, 3, 4]).effects("delay_days") is None
    assert made([(0.1, 0.2), (0.3, 0.1)], [1, 2]).effects("delay_days") is None


# ---------------------------------------------------------------- words and figures


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("swept")
    (folder / "sweep.yaml").write_text(
        "question: q\nscenario: fixed-terms.yaml\nmeasures: [adopted, review_days, joined.meta]\nruns: 60\n"
        "vary: {levers.opening.review_days: [1, 45, 120], levers.quorum_labs: [4, 7]}\n"
    )
    store = Store(folder / "its", read_sweep(folder / "sweep.yaml"))
    store.begin()
    collect(store, "fast", 2)
    return store


def test_the_means_of_a_response_are_those_of_the_table(swept: Store) -> None:
    result = sweep_result(swept)
    for measure in swept.plan.measures:
        for point in range(6):
            values = swept[measure][swept["point"] == point]
            assert result.intervals[measure].mean[point] == pytest.approx(np.nanmean(values))
            assert result.intervals[measure].runs[point] == (~np.isnan(values)).sum()
    assert result.runs == 360
    json.dumps(findings(swept).data, allow_nan=False)


def test_the_headline_says_how_the_first_measure_responds_to_what_varies(swept: Store) -> None:
    result = sweep_result(swept)
    said = result.headline()
    assert said.startswith("Framework adopted: falls by ")
    assert "points from 1 to 120 days (Review in the opening draft) and" in said
    assert said.endswith("; 360 runs at 6 points.")
    assert "falls by" not in result.text().removeprefix(said).partition("Review period at announcement (days)")[0]
    assert "Review period at announcement (days)" in result.text()


def figures(store: Store) -> dict[str, Figure]:
    return {name: draw() for name, draw in sweeps.figures(sweep_result(store))}


def test_two_parameters_are_drawn_as_lines_and_as_a_map_of_each_measure(swept: Store) -> None:
    drawn = ("adopted", "joined-meta")  # the terms are fixed, so that the review is as long as it is set
    assert list(figures(swept)) == [f"{measure}-{kind}" for measure in drawn for kind in ("lines", "map")]
    assert "  opening.review_days sets it, so it is not drawn" in findings(swept).text.splitlines()


def test_the_lines_are_drawn_at_the_means_of_the_points(swept: Store) -> None:
    its = sweep_result(swept).intervals["adopted"]
    axes = figures(swept)["adopted-lines"].axes[0]
    drawn = {str(line.get_label()): np.asarray(line.get_ydata()) for line in axes.lines}
    for which, quorum in enumerate(("4", "7")):
        np.testing.assert_allclose(drawn[quorum], 100 * its.mean[which::2])
    bands = [band.get_paths()[0].vertices[:, 1] for band in axes.collections]
    assert min(band.min() for band in bands) == pytest.approx(100 * its.low.min())
    assert max(band.max() for band in bands) == pytest.approx(100 * its.high.max())


def test_the_cells_of_a_map_are_the_means_of_the_points(swept: Store) -> None:
    its = sweep_result(swept).intervals["adopted"]
    axes = figures(swept)["adopted-map"].axes[0]
    mesh = axes.collections[0]
    np.testing.assert_allclose(np.asarray(mesh.get_array()), 100 * its.mean.reshape(3, 2).T)
    edges = mesh.get_coordinates()  # type: ignore[attr-defined]
    assert edges[0, :, 0].tolist() == [-21, 23, 82.5, 157.5]  # halfway between 1, 45 and 120 days, and as far beyond
    assert edges[:, 0, 1].tolist() == [2.5, 5.5, 8.5]


def grid(levels: list[int], *ends: float) -> SweepResult:
    points = [tuple(float(part) for part in np.unravel_index(k, levels)) for k in range(math.prod(levels))]
    scaled = [tuple(part / 10 for part in point) for point in points]
    return made(scaled, np.linspace(*ends, len(points)).tolist(), "adopted")


@pytest.mark.parametrize("levels", [[5], [4, 3], [2, 4, 3], [12, 8], [1, 5]], ids=str)
@pytest.mark.parametrize("ends", [(0.0, 1.0), (0.9, 0.8), (0.4, 0.6)], ids=str)
def test_figures_of_any_grid_are_drawn(levels: list[int], ends: tuple[float, float]) -> None:
    drawn = dict(sweeps.figures(grid(levels, *ends)))
    assert drawn
    for draw in drawn.values():
        draw().draw_without_rendering()


@pytest.mark.parametrize("mean", [0.0, 1.0, math.nan])
@pytest.mark.parametrize("levels", [[5], [4, 3], [2, 4, 3], [12, 8], [1, 5], [1]], ids=str)
def test_what_nobody_everybody_or_no_run_does_wherever_one_looks_is_not_drawn(levels: list[int], mean: float) -> None:
    found = grid(levels, mean, mean)
    assert dict(sweeps.figures(found)) == {}
    why = "no run has it" if math.isnan(mean) else "it is the same at every point"
    assert f"  {why}, so it is not drawn" in found.text().splitlines()


def test_a_measure_that_no_run_has_is_told_so_however_many_points_there_are() -> None:
    points = [(k / 100,) for k in range(60)]
    assert "  no run has it, so it is not drawn" in made(points, [math.nan] * 60).text().splitlines()


def test_where_all_points_agree_no_least_and_no_most_is_named() -> None:
    assert made([(0.1,)], [3.0]).headline().startswith("Delay at home (days a release): 3")
    headlines = [made([(0.1,), (0.2,)], [3.0, other]).headline() for other in (3.0, math.nan, 4.0)]
    assert ["wherever it is measured" in headline for headline in headlines] == [True, True, False]
    assert [": rises by 1" in headline for headline in headlines] == [False, False, True]


def test_three_parameters_are_drawn_as_maps_beside_each_other() -> None:
    (figure,) = (draw() for _, draw in sweeps.figures(grid([2, 4, 3], 0.2, 0.4)))
    assert [axes.get_title(loc="left").rpartition(": ")[2] for axes in figure.axes[:2]] == ["0", "0.1"]


def test_scattered_points_are_drawn_as_the_effects_of_each_parameter() -> None:
    rng = np.random.default_rng(7)
    points = [tuple(map(float, point)) for point in rng.uniform(0, 1, (30, 3))]
    result = made(points, [0.2 + 0.5 * b for _, b, _ in points], "adopted")
    ((name, draw),) = sweeps.figures(result)
    assert name == "adopted-effects"
    axes = draw().axes[0]
    drawn = [float(line.get_xdata()[0]) for line in axes.lines if len(line.get_xdata()) == 1]
    found = result.effects("adopted")
    assert found is not None
    assert drawn[0] == pytest.approx(100 * found.by_path["climate.threat"].mean)
    its = found.by_path["climate.threat"]
    said = message_of(draw())
    assert said.startswith("Framework adopted moves most with Threat (")
    assert said.endswith(f": {100 * its.mean:+.1f} [{100 * its.low:+.1f} to {100 * its.high:+.1f}] points")


def test_a_sweep_over_words_is_drawn_by_the_words(tmp_path: Path) -> None:
    (tmp_path / "sweep.yaml").write_text(
        "question: q\nscenario: june-order.yaml\nruns: 40\nmeasures: [review_days]\n"
        "vary: {relations.bargaining: [nash, median]}\n"
    )
    store = Store(tmp_path / "its", read_sweep(tmp_path / "sweep.yaml"))
    collect(store, "fast", 2)
    (figure,) = figures(store).values()
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["median", "nash"]
    assert "days with nash than with median (How texts come about)" in message_of(figure)


# ---------------------------------------------------------------- direction and size

LUCK = np.array([-1.5, -0.5, 0.5, 1.5, 0.0, -1.0, 1.0, 0.0])  # of groups of runs; its mean is zero


def told(points: list[tuple[float, ...]], means: list[float], luck: float, measure: str = "adopted") -> str:
    """What is said of means in which one unit of the first parameter brings luck with it."""
    result = made(points, means, measure)
    by_group = np.array(means)[:, None] + luck * np.array([point[0] for point in points])[:, None] * LUCK
    return effect_sentence(result._replace(by_group={measure: by_group}), measure)


def test_along_a_line_the_change_with_each_further_step_is_said_with_students_interval_over_groups() -> None:
    x = [0.0, 0.2, 0.4, 0.8]
    low, high = ttest_1samp(-0.2 * (0.5 + 0.1 * LUCK), 0.0).confidence_interval(0.95)
    ends = f"{-100 * high:.1f} to {-100 * low:.1f}"
    said = told([(its,) for its in x], [0.9 - 0.5 * its for its in x], -0.1)
    assert said.startswith(f"Framework adopted: falls by 10.0 [{ends}] points with each further 0.2 (Protection ")


def test_along_a_bend_the_change_from_end_to_end_is_said_and_of_a_hump_that_from_an_end_to_the_top() -> None:
    x = [(0.0,), (0.2,), (0.4,), (0.8,)]
    assert "falls by 0.300 " in told(x, [0.5, 0.5, 0.5, 0.2], 0.01, "delay_days")
    assert "from 0 to 0.8 (" in told(x, [0.5, 0.5, 0.5, 0.2], 0.01, "delay_days")
    hump = told(x, [0.2, 0.5, 0.9, 0.2], 0.01)
    low, high = ttest_1samp(0.7 + 0.004 * LUCK, 0.0).confidence_interval(1 - 0.05 / 6)  # one of six pairs
    assert hump.startswith(
        f"Framework adopted: rises by 70.0 [{100 * low:.1f} to {100 * high:.1f}] points from 0 to 0.4 ("
    )


def test_two_parameters_are_said_each_by_itself_and_one_that_cannot_be_told_from_luck_not_at_all() -> None:
    points = [(a, b) for a in (0.0, 0.5) for b in (0.0, 1.0)]
    both = told(points, [0.8 - 0.2 * a - 0.3 * b for a, b in points], 0.01)
    assert both.startswith("Framework adopted: falls by 10.0 [")
    assert both.endswith(" and by 30.0 points from 0 to 1 (Threat)")  # no luck: no interval
    one = told(points, [0.8 - 0.2 * a - 0.3 * b for a, b in points], 1.0)
    assert one == "Framework adopted: falls by 30.0 points from 0 to 1 (Threat)"


@pytest.mark.parametrize(("length", "step"), [(119, 30), (1, 0.3), (120, 30), (4, 1), (8, 2), (0.5, 0.1), (38, 10)])
def test_steps_are_round_and_about_a_quarter_of_the_range(length: float, step: float) -> None:
    assert spoken_step(length) == pytest.approx(step)


def test_luck_alone_is_hardly_ever_drawn_and_a_change_as_large_as_the_luck_is(monkeypatch: pytest.MonkeyPatch) -> None:
    # 1% of 300 sweeps are 3, and 3 + 3 standard deviations are 8
    monkeypatch.setattr(signflips, "FLIPS", 1999)
    rng = np.random.default_rng(11)
    strength = rng.normal(size=(300, 6, 1))
    luck = strength * rng.normal(size=(300, 1, 30)) + rng.normal(size=(300, 6, 30))
    assert sum(varies(its, 1) for its in luck) <= 8
    assert sum(varies(its + np.linspace(0, 2, 6)[:, None], 1) for its in luck[:20] / 2) == 20


def test_groups_without_the_measure_are_left_out() -> None:
    by_group = np.array([[1.0, 2.0, math.nan, 3.0], [5.0, 6.1, 7.0, 6.9]])
    found = response(np.array([0.0, 1.0]), np.array([2.0, 6.25]), by_group, ordered=True)
    assert found is not None
    low, high = ttest_1samp([4.0, 4.1, 3.9], 0.0).confidence_interval(0.95)
    assert found.change == pytest.approx((4.25, 4.25 - (high - low) / 2, 4.25 + (high - low) / 2))
    missing = np.array([math.nan, 6.25])
    assert response(np.array([0.0, 1.0]), missing, by_group, ordered=True) is None
