"""Discovery: known boxes are found again, noise gives none, and texts and figures show the counts."""

import json
import math
import warnings
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from scipy.stats import binom

from experiments.analysis import discover, prim
from experiments.analysis.discover import analyse, boxes
from experiments.analysis.discover_finding import Discovery, FoundBox, Restriction
from experiments.analysis.discover_points import Column, Sample, plan_discovery, sample, values_of_points
from experiments.analysis.prim import Box
from experiments.cli.main import main
from experiments.figures.discover import ABOVE, BELOW, figures, pairs, peeling
from experiments.measures.columns import columns
from experiments.measures.intervals import Interval, share
from experiments.plans.design import Question, whole
from experiments.runs.collect import collect
from experiments.runs.play import rounds_of
from experiments.runs.pool import play_parts, run_plan
from experiments.runs.store import Store
from model.problems import BadInput
from model.scenario import Scenario, load

from .drawn import BASELINE
from .test_sensitivity import few_unknowns

X = tuple(Column(f"x{number}") for number in range(1, 6))


def uniform(count: int, seed: int = 0, columns: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).random((count, columns))


def of(points: np.ndarray, sought: np.ndarray, columns: tuple[Column, ...] = X) -> Sample:
    return Sample(points, columns, sought, np.arange(len(points)) % 2 == 1)


def by_path(box: FoundBox) -> dict[str, Restriction]:
    return {restriction.path: restriction for restriction in box.restrictions}


def corner(x: np.ndarray) -> np.ndarray:
    """A box of 0.4 x 0.5 = a fifth of the space."""
    return (x[:, 0] < 0.4) & (x[:, 1] > 0.5)


def test_a_known_box_in_five_dimensions_is_found_with_its_limits_and_nothing_else() -> None:
    x = uniform(2000)
    (box,) = boxes(of(x, corner(x)), 1)
    its = by_path(box)
    assert set(its) == {"x1", "x2"}
    assert (its["x1"].low, its["x2"].high) == (None, None)
    # a slice is a twentieth: of 0.4 it is 0.02 wide, of 0.5 it is 0.025
    assert its["x1"].high == pytest.approx(0.4, abs=0.02)
    assert its["x2"].low == pytest.approx(0.5, abs=0.025)
    assert box.density.mean > 0.9
    assert box.coverage.mean > 0.95
    assert box.mass == pytest.approx(0.2, abs=0.05)  # 4 standard errors
    assert box.baseline_density == pytest.approx(0.2, abs=0.05)


def test_under_noise_the_true_restrictions_are_stable_and_the_others_are_not() -> None:
    x = uniform(3000, 2, 10)
    sought = np.where(corner(x), uniform(3000, 3)[:, 0] < 0.8, uniform(3000, 3)[:, 0] < 0.1)
    (box,) = boxes(of(x, sought, tuple(Column(f"x{number}") for number in range(1, 11))), 1)
    assert set(by_path(box)) == {"x1", "x2"}
    assert min(box.stability["x1"], box.stability["x2"]) > 0.95
    assert max(its for path, its in box.stability.items() if path not in ("x1", "x2")) < 0.5
    # 0.8 of a fifth and 0.1 of the rest: 0.24 of all, of which the box has 0.16 / 0.24 = two thirds
    assert box.density.low < 0.8 < box.density.high + 0.03
    assert box.coverage.low < 2 / 3 < box.coverage.high + 0.03


def test_two_boxes_apart_are_found_one_after_the_other() -> None:
    x = uniform(4000, 4)
    first, second = (x[:, 0] < 0.4) & (x[:, 1] > 0.6), (x[:, 2] > 0.7) & (x[:, 0] > 0.6)
    found = boxes(of(x, first | second), 1)[:2]
    assert [set(by_path(box)) for box in found] == [{"x1", "x2"}, {"x1", "x3"}]
    assert all(box.density.mean > 0.9 for box in found)
    assert sum(box.coverage.mean for box in found) > 0.9


def test_whole_numbers_and_words_are_restricted_to_those_inside() -> None:
    rng = np.random.default_rng(5)
    labs, rule = rng.integers(3, 8, 3000), rng.integers(0, 3, 3000)
    points = np.column_stack([labs, *(rule == word for word in range(3)), uniform(3000, 6)[:, :2]]).astype(float)
    columns = (Column("labs", whole=True), *(Column("rule", word) for word in ("mean", "median", "nash")), *X[:2])
    (box,) = boxes(of(points, (labs >= 6) & (rule != 1), columns), 1)
    assert by_path(box) == {
        "labs": Restriction("labs", 6, None, ()),
        "rule": Restriction("rule", None, None, ("mean", "nash")),
    }
    assert box.density.mean == 1
    assert box.coverage.mean == 1
    (only,) = boxes(of(points, rule == 1, columns), 1)
    assert by_path(only)["rule"].words == ("median",)


@pytest.mark.parametrize("seed", range(4))
def test_pure_noise_gives_no_box(seed: int) -> None:
    assert boxes(of(uniform(1000, seed), uniform(1000, 100 + seed)[:, 0] < 0.3), seed) == ()


def test_a_band_is_cut_at_both_ends() -> None:
    x = uniform(2000, 7)
    box = prim.find(x, (x[:, 3] > 0.3) & (x[:, 3] < 0.6))
    assert (box.low[3], box.high[3]) == pytest.approx((0.3, 0.6), abs=0.01)
    assert box.restricted().tolist() == [False, False, False, True, False]


def test_the_first_slice_is_the_one_that_raises_the_density_most_for_each_point_lost() -> None:
    # of 20 points a slice is one; losing the outermost of the first column loses no sought one, of the second it does
    x = np.column_stack([np.arange(20.0), np.arange(20.0)[::-1]])
    _, first, *_ = prim.peeled(x, np.arange(20) >= 10)
    assert first.low.tolist() == [0.5, -math.inf]
    assert first.high.tolist() == [math.inf, math.inf]


def of_every_kind(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points with a column of fractions, of tenths, of three numbers, of yes and no, of one value; which are sought."""
    rng = np.random.default_rng(seed)
    x = rng.random((180, 6))
    x = np.column_stack([x[:, :2], x[:, 2].round(1), np.floor(3 * x[:, 3]), x[:, 4] < 0.3, np.ones(180), x[:, 5]])
    return x, (x[:, 0] < 0.5) & (x[:, 3] > 0) & (x[:, 2] < 0.8) | (rng.random(180) < 0.1)


def peeled_one_by_one(x: np.ndarray, sought: np.ndarray) -> list[Box]:
    """The peeling by its definition: at each step every slice is taken off, one by one, and what is left is counted."""
    low, high = [-math.inf] * x.shape[1], [math.inf] * x.shape[1]
    found, rows = [Box(np.array(low), np.array(high))], list(range(len(x)))
    while True:
        most, step = 0.0, None
        for upper in (False, True):
            for column in range(x.shape[1]):
                outward = sorted((x[row, column] for row in rows), reverse=upper)
                last = outward[max(1, math.floor(0.05 * len(rows))) - 1]
                left = [row for row in rows if (x[row, column] < last if upper else x[row, column] > last)]
                if not left:
                    continue
                denser = sum(sought[left]) / len(left) - sum(sought[rows]) / len(rows)
                if denser / (len(rows) - len(left)) > most:
                    most, step = denser / (len(rows) - len(left)), (upper, column, last, left)
        if step is None or len(step[-1]) < 0.05 * len(x):
            return found
        upper, column, last, rows = step
        values = [x[row, column] for row in rows]
        (high if upper else low)[column] = (last + (max(values) if upper else min(values))) / 2
        found.append(Box(np.array(low), np.array(high)))


@pytest.mark.parametrize("seed", range(5))
def test_the_peeling_is_that_of_the_definition_to_the_last_bit_on_columns_of_every_kind(seed: int) -> None:
    x, sought = of_every_kind(seed)
    expected, its = peeled_one_by_one(x, sought), prim.peeled(x, sought)
    assert len(expected) > 10
    np.testing.assert_array_equal(np.array(its), np.array(expected))


@pytest.mark.parametrize("seed", range(5))
def test_the_points_that_a_trajectory_holds_are_those_inside_each_box_and_the_best_of_them_is_widened(
    seed: int,
) -> None:
    x, sought = of_every_kind(seed)
    others, of_others = of_every_kind(seed + 100)
    trajectory = prim.peeled(x, sought)
    inside = [np.array([all(box.low <= row) and all(row <= box.high) for row in others]) for box in trajectory]
    np.testing.assert_array_equal(list(prim.held(trajectory, others)), inside)
    correlation = [np.corrcoef(of_others, kept)[0, 1] if not kept.all() else 0.0 for kept in inside]
    best = prim.pasted(trajectory[int(np.argmax(correlation))], x, sought)
    np.testing.assert_array_equal(prim.find(x, sought, others, of_others), best)


def test_phi_is_the_correlation_of_two_answers() -> None:
    rng = np.random.default_rng(8)
    one, other = rng.random(500) < 0.3, rng.random(500) < 0.6
    assert prim.phi(one, other) == pytest.approx(np.corrcoef(one, other)[0, 1])
    assert prim.phi(one, one) == pytest.approx(1)
    assert prim.phi(one, np.ones(500, dtype=bool)) == 0


def test_pasting_gives_back_what_peeling_took_too_much_of() -> None:
    x = uniform(2000, 9)
    sought = x[:, 0] < 0.4
    narrow = prim.everything(5).moved(0, True, 0.2).moved(1, False, 0.5)
    wide = prim.pasted(narrow, x, sought)
    assert wide.high[0] == pytest.approx(0.4, abs=0.01)
    assert wide.restricted().tolist() == [True, False, False, False, False]


def test_the_box_is_that_of_the_ema_workbench() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pytest.importorskip("ema_workbench.analysis.prim")
        import pandas as pd

        x = uniform(1000, 10)
        other = theirs.Prim(pd.DataFrame(x, columns=[its.path for its in X]), corner(x), peel_alpha=0.05).find_box()
    ours = prim.find(x, corner(x))
    ends = other.box_lim
    assert ours.high[0] == pytest.approx(ends["x1"].iloc[1], abs=0.025)
    assert ours.low[1] == pytest.approx(ends["x2"].iloc[0], abs=0.025)
    inside = ours.holds(x)
    assert float(other.density) == pytest.approx(corner(x)[inside].mean(), abs=0.06)  # one slice
    assert float(other.coverage) == pytest.approx(corner(x)[inside].sum() / corner(x).sum(), abs=0.06)


def moved_by_luck(x: np.ndarray, shared: bool, rng: np.random.Generator) -> np.ndarray:
    """Which points fail in at least half of 16 runs: a run fails where its luck is below 0.35, in the corner 0.6."""
    luck = rng.random(16) if shared else rng.random((len(x), 16))
    return (luck < np.where(corner(x), 0.6, 0.35)[:, None]).mean(axis=1) >= 0.5


def true_shares(box: FoundBox, rng: np.random.Generator) -> tuple[float, float]:
    """The probabilities that a point of a box fails in at least 8 of 16 runs, and that one that does is in the box."""
    x = rng.random((50_000, 5))
    fails = np.where(corner(x), binom.sf(7, 16, 0.6), binom.sf(7, 16, 0.35))
    inside = box.box.holds(x)
    return float(fails[inside].mean()), float(fails[inside].sum() / fails.sum())


def most_missed(intervals: int) -> int:
    """As many of some 95% intervals miss the truth, or fewer, in all but one of a thousand cases."""
    return int(binom.isf(0.001, intervals, 0.05))


@pytest.mark.slow
def test_intervals_of_a_box_hold_the_truth_where_points_have_luck_of_their_own_and_not_where_they_share_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(discover, "RESAMPLES", 10)
    rng = np.random.default_rng(12)
    held: dict[bool, list[tuple[bool, bool]]] = {False: [], True: []}
    for seed in range(100):
        for shared, of_kind in held.items():
            x = rng.random((1000, 5))
            for box in boxes(of(x, moved_by_luck(x, shared, rng)), seed)[:1]:
                density, coverage = true_shares(box, rng)
                of_kind.append((holds(box.density, density), holds(box.coverage, coverage)))
    own, shared_luck = (np.array(of_kind) for of_kind in held.values())
    assert len(own) > 80
    assert ((~own).sum(axis=0) <= most_missed(len(own))).all()
    assert (shared_luck.mean(axis=0) < 0.6).all()


def holds(interval: Interval, value: float) -> bool:
    return interval.low <= value <= interval.high


# ---------------------------------------------------------------- of scenarios


def test_points_are_worlds_with_runs_of_their_own() -> None:
    plan = plan_discovery(load(BASELINE), "fails", "adopted", None, 100, 16, 5)
    table, values = run_plan(plan), values_of_points(plan)
    assert len(table) == 1600
    assert table["run"].is_unique
    for path in ("climate.hold_chance", "levers.extension_days"):
        assert (table[path].to_numpy().reshape(100, 16) == values[path][:, None]).all()
        assert len(np.unique(values[path])) > 90


def failing(seed: int, points: int, shared: bool) -> np.ndarray:
    """At which points the baseline fails in at least half of 16 runs, whose luck they share or not."""
    plan = plan_discovery(load(BASELINE), "fails", "adopted", None, points, 16, seed)
    if not shared:
        return run_plan(plan)["adopted"].to_numpy().reshape(points, 16).mean(axis=1) <= 0.5
    values = values_of_points(plan)
    by_point = tuple(zip(*(column.tolist() for column in values.values()), strict=True))
    sweep = plan._replace(runs=16, runs_in_a_world=1, varied=tuple(values), points=by_point)
    column = list(columns(sweep.scenario, rounds_of(sweep))).index("adopted")
    parts = play_parts(sweep, whole(sweep), "fast", 2, int)
    adopted = np.concatenate([rows.measured[:, column] for _, rows in parts])
    return adopted.reshape(points, 16).mean(axis=1) <= 0.5


@pytest.mark.slow
def test_the_interval_of_a_share_of_points_holds_that_of_many_more_and_would_not_with_shared_luck() -> None:
    """The same 200 points with luck of their own and with the luck of 16 runs for all; 3,000 points are the truth."""
    truth = failing(1000, 3000, shared=False).mean()
    held = {
        shared: sum(holds(share(int(failing(seed, 200, shared).sum()), 200), truth) for seed in range(25))
        for shared in (False, True)
    }
    assert 25 - held[False] <= most_missed(25)
    assert 25 - held[True] > most_missed(25)


@pytest.mark.parametrize("runs", [0, 1, 3, 25, 2048])
def test_runs_at_a_point_that_are_no_part_of_a_block_are_refused(runs: int) -> None:
    with pytest.raises(BadInput, match=r"--runs-per-point: found .*; a power of 2 from 2 to 1,024 is allowed"):
        plan_discovery(load(BASELINE), "fails", "adopted", None, 20, runs, 1)


def slow_agency() -> Scenario:
    """A scenario of four unknowns in which the NSA takes so long that a short extension is not enough."""
    return load(BASELINE, [*few_unknowns().settings, "stakeholders.nsa.benchmark_days=160"])


def discovered(folder: Path, scenario: Scenario, sought: str = "fails", workers: int = 2) -> Discovery:
    store = Store(folder, plan_discovery(scenario, sought, "adopted", None, 400, 16, 5))
    store.begin()
    collect(store, "fast", workers)
    return analyse(store)


@pytest.mark.slow
def test_a_short_extension_is_where_adoption_fails_and_a_long_one_where_it_holds(tmp_path: Path) -> None:
    fails = discovered(tmp_path / "fails", slow_agency())
    holds = discovered(tmp_path / "holds", slow_agency(), "holds")
    for found, end in ((fails, "low"), (holds, "high")):
        its = by_path(found.boxes[0])["levers.extension_days"]
        assert getattr(its, end) is None
    assert (fails.sought == ~holds.sought).all()
    assert fails.headline().startswith("Adoption fails at ")
    assert "Extension after the deadline is below " in fails.headline()
    assert holds.headline().startswith("Adoption holds at ")


@pytest.mark.slow
def test_the_shares_are_those_of_the_holdout_set(tmp_path: Path) -> None:
    found = discovered(tmp_path, slow_agency())
    box = found.boxes[0]
    (its,) = [r for r in box.restrictions if r.path == "levers.extension_days"]
    assert its.high is not None
    assert len(box.restrictions) == 1
    chances = run_plan(found.plan)["adopted"].to_numpy().reshape(400, 16).mean(axis=1)
    assert (found.sought == (chances <= 0.5)).all()
    ends = zip(found.values[its.path], found.sought, strict=True)
    odd = [(bool(value <= its.high), bool(hit)) for value, hit in ends]
    odd = odd[1::2]
    inside = [hit for within, hit in odd if within]
    assert box.density.mean == pytest.approx(sum(inside) / len(inside))
    assert box.coverage.mean == pytest.approx(sum(inside) / sum(hit for _, hit in odd))
    assert box.mass == pytest.approx(len(inside) / len(odd))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_boxes_on_any_number_of_workers(tmp_path: Path) -> None:
    one, four = (discovered(tmp_path / str(n), slow_agency(), workers=n).data() for n in (1, 4))
    assert json.dumps(one, allow_nan=False) == json.dumps(four, allow_nan=False)


@pytest.mark.slow
def test_the_text_says_how_noisy_points_are_and_how_stable_restrictions(tmp_path: Path) -> None:
    found = discovered(tmp_path, slow_agency())
    text = found.text()
    assert text.startswith(found.headline())
    assert f"{found.unsure.mean():.0%} of the points have the threshold, 50.0%, in it" in text
    assert f"in {found.boxes[0].stability['levers.extension_days']:4.0%} of resamples" in text


@pytest.mark.slow
def test_figures_are_drawn_at_what_was_counted(tmp_path: Path) -> None:
    found = discovered(tmp_path, slow_agency())
    box = found.boxes[0]
    assert [name for name, _ in figures(found)] == [*(f"box-{k + 1}" for k in range(len(found.boxes))), "peeling"]
    axes = pairs(found, 0).axes[0]
    assert axes.get_xlabel() == "Extension after the deadline (days)"
    (outline,) = axes.patches
    assert outline.get_x() + outline.get_width() == pytest.approx(by_path(box)["levers.extension_days"].high)
    dots = [its for its in axes.collections if len(its.get_offsets())]
    for shade, kind in ((ABOVE, ~found.sought), (BELOW, found.sought)):
        of_shade = [its for its in dots if to_hex(its.get_facecolor()[0][:3]) == shade.lower()]
        assert sum(len(its.get_offsets()) for its in of_shade) == kind.sum()
    (axes,) = peeling(found).axes
    assert axes.lines[1].get_ydata().tolist() == [100 * step.holdout_density for step in box.trajectory]
    dot = next(line for line in axes.lines if line.get_marker() == "o")
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (100 * box.coverage.mean, 100 * box.density.mean)


def test_where_all_or_none_fail_it_is_said_and_nothing_is_drawn(tmp_path: Path) -> None:
    nobody = load(BASELINE, ["levers.quorum_labs=20"])  # nothing is ever adopted
    store = Store(tmp_path, plan_discovery(nobody, "fails", "adopted", None, 40, 2, 1))
    collect(store, "fast", 2)
    found = analyse(store)
    assert found.headline() == "Adoption fails at all of the 40 points: there is nothing to tell apart."
    assert list(figures(found)) == []
    holds = Question("discover", {"sought": "holds", "threshold": 0.5})
    opposite = found._replace(plan=found.plan._replace(asks=holds), sought=~found.sought)
    assert opposite.headline() == "Adoption holds at none of the 40 points: there is nothing to tell apart."
    few = np.arange(40) < 3
    assert found._replace(sought=few).headline().startswith("Adoption fails at 3 of 40 points: too few of one kind")
    half = np.arange(40) < 20
    luck = "at 50% of the points, which differ by no more than luck."
    assert found._replace(sought=half).headline().endswith(luck)
    no_box = "at 50% of the points, and no box does better than chance."
    assert found._replace(sought=half, luck=0.001).headline().endswith(no_box)


def test_words_of_a_scenario_become_columns_of_their_own() -> None:
    scenario = load(BASELINE)
    rule = scenario.entries["relations.bargaining"]
    its = sample(scenario, {rule.path: np.array(["median", "nash", "offers", "median"])}, np.zeros(4, dtype=bool))
    assert [column.word for column in its.columns] == ["offers", "compromise", "median", "nash"]
    assert its.points.tolist() == [[0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]]


def test_a_measure_that_some_points_lack_is_refused(tmp_path: Path) -> None:
    nobody = load(BASELINE, ["levers.quorum_labs=20"])
    store = Store(tmp_path, plan_discovery(nobody, "fails", "review_days", 20.0, 20, 2, 1))
    collect(store, "fast", 2)
    with pytest.raises(BadInput, match="too few runs that have review_days at 20 of 20 points"):
        analyse(store)


def test_what_cannot_be_asked_is_refused() -> None:
    scenario = load(BASELINE)
    with pytest.raises(BadInput, match="did you mean 'durable'"):
        plan_discovery(scenario, "fails", "durabl", None, 20, 2, 1)
    with pytest.raises(BadInput, match=r"review_days \(days\) has no threshold of its own; give one with --threshold"):
        plan_discovery(scenario, "fails", "review_days", None, 20, 2, 1)
    with pytest.raises(BadInput, match="found 50; adopted is a share of runs: a number from 0 to 1"):
        plan_discovery(scenario, "fails", "adopted", 50.0, 20, 2, 1)
    known = {path: e for path, e in scenario.entries.items() if e.distribution is None}
    with pytest.raises(BadInput, match="no parameter of baseline has a distribution; give one to some"):
        plan_discovery(type(scenario)(**{**vars(scenario), "entries": known}), "fails", "adopted", None, 20, 2, 1)


def test_the_command_writes_what_it_found_and_plot_draws_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--holds", "--measure", "durable", "--threshold", "0.3", "--points", "60", "--runs-per-point", "4"]
    assert main(["discover", str(BASELINE), *asked, "--out", str(tmp_path), "--json"]) == 0
    its = json.loads(capsys.readouterr().out)
    assert (its["sought"], its["measure"], its["threshold"]) == ("holds", "durable", 0.3)
    assert (its["points"], its["runs"]) == (60, 240)
    assert its == json.loads((tmp_path / "summary.json").read_text())
    assert main(["plot", str(tmp_path)]) == 0
    assert main(["discover", str(BASELINE), "--threshold", "half"]) == 2
    assert "found 'half'; a number is allowed" in capsys.readouterr().err
