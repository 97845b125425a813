"""Sensitivity: published indices through the same code, inert parameters score nothing, and luck is no effect."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from experiments.analysis.sensitivity import analyse, chances, indices, luck_share, plan_sensitivity, steps, unit_points
from experiments.analysis.sensitivity_finding import Sensitivity
from experiments.figures.sensitivity import bars
from experiments.measures import signflips
from experiments.measures.signflips import GroupMeans, chance, flips, more_than_luck
from experiments.runs.collect import collect
from experiments.runs.store import Store
from model.problems import BadInput
from model.scenario import Scenario, load

from .drawn import BASELINE

X = ("x1", "x2", "x3")


def ishigami(u: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


@pytest.mark.slow
def test_sobols_indices_of_ishigamis_function_are_the_analytic_ones() -> None:
    # Ishigami & Homma (1990) with a = 7, b = 0.1: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2
    a, b = 7.0, 0.1
    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    alone = [0.5 * (1 + b * np.pi**4 / 5) ** 2 / variance, a**2 / 8 / variance, 0.0]
    together = 8 * b**2 * np.pi**8 / 225 / variance  # of x1 and x3
    whole = [alone[0] + together, alone[1], together]
    first, total = indices("saltelli", X, ishigami(unit_points("saltelli", X, 4096, 1)), 1)
    for path, s1, st in zip(X, alone, whole, strict=True):
        assert first[path].mean == pytest.approx(s1, abs=0.02)
        assert total[path].mean == pytest.approx(st, abs=0.02)
        assert first[path].low - 0.01 <= s1 <= first[path].high + 0.01
        assert total[path].low - 0.01 <= st <= total[path].high + 0.01


def test_morris_finds_the_slopes_of_a_line() -> None:
    u = unit_points("morris", X, 10, 3)
    first, total = indices("morris", X, u @ np.array([3.0, -2.0, 0.0]), 3)
    assert first == {}
    assert [total[path].mean for path in X] == pytest.approx([3, 2, 0], abs=1e-9)


def test_what_does_not_vary_at_all_has_no_indices_and_no_warning() -> None:
    first, total = indices("saltelli", X, np.ones(8 * 5), 0)
    for its in [*first.values(), *total.values()]:
        assert its.mean == 0
        assert math.isnan(its.low)


def test_the_share_of_luck_is_that_of_the_noise_put_in() -> None:
    # each half has noise of variance 1, their mean of 1/2; parameters bring 1.5: luck is 0.5 / 2 = a quarter
    rng = np.random.default_rng(2)
    signal = rng.normal(scale=np.sqrt(1.5), size=40_000)
    one, other = (signal + rng.normal(size=signal.size) for _ in range(2))
    assert luck_share(one, other, (one + other) / 2) == pytest.approx(0.25, abs=0.02)  # 4 standard errors are 0.02
    assert luck_share(signal, signal, signal) == pytest.approx(0, abs=1e-12)


def few_unknowns() -> Scenario:
    """A scenario in which only four parameters are unknown; incidents come after adoption and cannot move it."""
    fixed = {path: entry for path, entry in load(BASELINE).entries.items() if entry.distribution is not None}
    unknown = ("levers.extension_days", "levers.quorum_labs", "climate.threat", "climate.reading_width")
    settings = []
    for path, entry in fixed.items():
        if path not in unknown:
            ((form, said),) = (entry.distribution or {}).items()
            middle = said["values"][0] if form == "choice" else (said["low"] + said["high"]) / 2
            settings.append(f"{path}={middle}")
    return load(BASELINE, settings)


def analysed(folder: Path, method: str = "sobol", workers: int = 2) -> Sensitivity:
    plan = plan_sensitivity(few_unknowns(), method, "adopted", 16, 40, 5)
    store = Store(folder, plan)
    store.begin()
    collect(store, "fast", workers)
    return analyse(store)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_a_parameter_that_no_rule_of_the_talks_reads_scores_nothing(method: str, tmp_path: Path) -> None:
    its = analysed(tmp_path, method)
    inert = its.total["climate.reading_width"]
    assert inert.mean == 0  # no run changes, and resampling has nothing to say
    assert math.isnan(inert.low)
    assert "climate.reading_width" not in its.told()
    assert its.total[its.told()[0]].mean > inert.mean
    assert its.runs == len(its.plan.points) * 40


@pytest.mark.slow
def test_the_same_seed_gives_the_same_numbers_on_any_number_of_workers(tmp_path: Path) -> None:
    one, two = (analysed(tmp_path / str(workers), workers=workers) for workers in (1, 2))
    assert one.data() == two.data()
    json.dumps(one.data(), allow_nan=False)


@pytest.mark.slow
def test_the_text_says_what_moves_most_how_much_is_luck_and_what_is_not_distinguishable_from_zero(
    tmp_path: Path,
) -> None:
    its = analysed(tmp_path)
    assert its.text().startswith(its.headline())
    assert f"{its.luck:.0%} of the variance between points is luck" in its.text()
    (line,) = [line for line in its.text().splitlines() if line.startswith("climate.reading_width")]
    assert "not told from luck" in line


@pytest.mark.slow
def test_the_bars_are_drawn_at_the_total_indices(tmp_path: Path) -> None:
    its = analysed(tmp_path)
    (axes,) = bars(its).axes
    assert [bar.get_width() for bar in axes.patches] == [its.total[path].mean for path in its.ranked()]
    dots = [float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == "o"]
    assert dots == [its.first[path].mean for path in its.ranked()]


def test_a_measure_that_some_points_lack_is_refused_instead_of_becoming_zeros(tmp_path: Path) -> None:
    scenario = load(BASELINE, ["levers.quorum_labs=20"])  # nothing is ever adopted
    store = Store(tmp_path, plan_sensitivity(scenario, "morris", "review_days", 2, 4, 1))
    collect(store, "fast", 2)
    with pytest.raises(BadInput, match="too few runs that have review_days"):
        analyse(store)


def test_what_cannot_be_asked_is_refused() -> None:
    scenario = load(BASELINE)
    with pytest.raises(BadInput, match="did you mean 'durable'"):
        plan_sensitivity(scenario, "sobol", "durabl", 16, 10, 1)
    with pytest.raises(BadInput, match="powers of two: 16 or 32"):
        plan_sensitivity(scenario, "sobol", "adopted", 20, 10, 1)
    certain = few_unknowns()
    known = {path: e for path, e in certain.entries.items() if e.distribution is None}
    without = type(certain)(**{**vars(certain), "entries": known})
    with pytest.raises(BadInput, match="no parameter of baseline has a distribution; give one to some"):
        plan_sensitivity(without, "sobol", "adopted", 16, 10, 1)


# ---------------------------------------------------------------- luck

NAMES = tuple(f"x{number}" for number in range(8))


def shared_luck(rng: np.random.Generator, points: int, runs: int) -> np.ndarray:
    """Luck that works more strongly at one point than another, the same in a run at all points, as in paired runs."""
    strength = rng.normal(size=(points, 3))
    return strength @ rng.choice([-1.0, 0.0, 2.0], p=[0.3, 0.55, 0.15], size=(3, runs))  # its mean is 0, and it is skew


@pytest.mark.parametrize("design", ["saltelli", "morris"])
def test_pure_luck_names_no_unknown_in_nineteen_analyses_of_twenty(
    design: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 5% of 120 analyses are 6, and 6 + 3 standard deviations are 13
    monkeypatch.setattr(signflips, "FLIPS", 1999)
    rng, alarms = np.random.default_rng(3), 0
    points = len(unit_points(design, NAMES, 4, 1))
    for _ in range(120):
        alarms += bool(more_than_luck(chances(design, NAMES, shared_luck(rng, points, 20), 1)))
    assert alarms <= 13


@pytest.mark.parametrize("design", ["saltelli", "morris"])
def test_an_effect_as_large_as_the_luck_is_named_and_no_other(design: str) -> None:
    rng, found = np.random.default_rng(4), []
    u = unit_points(design, NAMES, 16, 1)
    for _ in range(20):
        means = 4.0 * u[:, [2]] + shared_luck(rng, len(u), 20) / 2 + rng.normal(size=(len(u), 20))
        found.append(more_than_luck(chances(design, NAMES, means, 1)))
    assert sum("x2" in names for names in found) >= 18
    assert sum(len(names - {"x2"}) > 0 for names in found) <= 4  # 5% of 20 are 1, and 3 standard deviations more


def test_the_steps_of_a_sample_change_one_unknown_alone() -> None:
    for design in ("saltelli", "morris"):
        u = unit_points(design, X, 4, 3)
        for number, (before, after) in enumerate(steps(design, X, len(u), 3).values()):
            assert len(before) == 4
            changed = u[after] != u[before]
            assert changed[:, number].all()
            assert not np.delete(changed, number, axis=1).any()


def test_signs_of_few_runs_cannot_tell_anything_and_no_change_has_a_chance_of_one() -> None:
    signs = flips(4, np.random.default_rng(1))
    assert chance(np.ones((100, 4)), signs) == pytest.approx(2 / 16, abs=0.02)  # all signs equal: 2 of 16 flips
    assert chance(np.zeros((100, 4)), signs) == 1
    assert chance(np.full((100, 4), np.nan), signs) == 1


def test_many_chances_are_allowed_for_step_by_step() -> None:
    assert more_than_luck({"a": 0.004, "b": 0.0045, "c": 0.9}) == frozenset()  # above 0.01 / 3
    assert more_than_luck({"a": 0.003, "b": 0.0045, "c": 0.9}) == {"a", "b"}  # below 0.01 / 3, 0.01 / 2


def test_groups_of_runs_have_the_means_of_their_runs_however_they_come() -> None:
    rng = np.random.default_rng(6)
    point, run = (each.ravel() for each in np.meshgrid(np.arange(3), np.arange(120), indexing="ij"))
    values = rng.normal(size=360)
    values[5] = np.nan
    groups = GroupMeans(3, 120)
    for piece in np.array_split(rng.permutation(360), 7):
        groups.add(point[piece], run[piece], values[piece])
    means = groups.means()
    assert means.shape == (3, 50)
    assert means[2, 7] == pytest.approx(np.mean([values[240 + number] for number in (7, 57, 107)]))
    assert means[0, 5] == pytest.approx(np.mean([values[number] for number in (55, 105)]))
    assert np.isnan(GroupMeans(1, 2).means()).all()
