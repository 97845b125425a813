"""How measures respond to what varies: intervals, effects and figures against what can be worked out by hand."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from scipy.stats import linregress, t

from experiments.figures import sweeps
from experiments.measures.intervals import Intervals
from experiments.plans.design import Part, Plan, cut, keys, plan_of
from experiments.plans.sweepfile import read_sweep
from experiments.publish.findings import findings
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


def test_the_headline_names_where_the_first_measure_is_least_and_where_it_is_most(swept: Store) -> None:
    result = sweep_result(swept)
    said = result.headline()
    assert "at opening.review_days 120, quorum_labs 7 to " in said
    assert said.endswith("360 runs at 6 points.")
    assert "Review period at announcement (days)" in result.text()


def figures(store: Store) -> dict[str, Figure]:
    return {name: draw() for name, draw in sweeps.figures(sweep_result(store))}


def test_two_parameters_are_drawn_as_lines_and_as_a_map_of_each_measure(swept: Store) -> None:
    assert list(figures(swept)) == [
        f"{measure}-{kind}" for measure in ("adopted", "review-days", "joined-meta") for kind in ("lines", "map")
    ]


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
    (image,) = figures(swept)["adopted-map"].axes[0].images
    np.testing.assert_allclose(np.asarray(image.get_array()), 100 * its.mean.reshape(3, 2).T)


def grid(levels: list[int], mean: float) -> SweepResult:
    points = [tuple(float(part) for part in np.unravel_index(k, levels)) for k in range(math.prod(levels))]
    scaled = [tuple(part / 10 for part in point) for point in points]
    return made(scaled, [mean] * len(points), "adopted")


@pytest.mark.parametrize("mean", [0.0, 1.0, math.nan])
@pytest.mark.parametrize("levels", [[5], [4, 3], [2, 4, 3], [12, 8], [1, 5]], ids=str)
def test_figures_are_drawn_with_nobody_with_everybody_and_with_nothing(levels: list[int], mean: float) -> None:
    drawn = dict(sweeps.figures(grid(levels, mean)))
    assert bool(drawn) != math.isnan(mean)  # what no run has is not drawn
    for draw in drawn.values():
        draw().draw_without_rendering()


def test_a_measure_that_no_run_has_is_told_so_however_many_points_there_are() -> None:
    points = [(k / 100,) for k in range(60)]
    assert "  no run has it, so it is not drawn" in made(points, [math.nan] * 60).text().splitlines()


def test_where_all_points_agree_no_least_and_no_most_is_named() -> None:
    assert made([(0.1,)], [3.0]).headline().startswith("Delay at home (days a release): 3")
    headlines = [made([(0.1,), (0.2,)], [3.0, other]).headline() for other in (3.0, math.nan, 4.0)]
    assert ["wherever it is measured" in headline for headline in headlines] == [True, True, False]
    assert [" to 4" in headline for headline in headlines] == [False, False, True]


def test_three_parameters_are_drawn_as_maps_beside_each_other() -> None:
    (figure,) = (draw() for _, draw in sweeps.figures(grid([2, 4, 3], 0.4)))
    assert len([axes for axes in figure.axes if axes.images]) == 2


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
    assert axes.get_title(loc="left").startswith("Threat moves it most: +")


def test_a_sweep_over_words_is_drawn_by_the_words(tmp_path: Path) -> None:
    (tmp_path / "sweep.yaml").write_text(
        "question: q\nscenario: baseline.yaml\nruns: 30\nvary: {relations.bargaining: [nash, compromise]}\n"
    )
    store = Store(tmp_path / "its", read_sweep(tmp_path / "sweep.yaml"))
    collect(store, "fast", 2)
    (figure,) = figures(store).values()
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["compromise", "nash"]
