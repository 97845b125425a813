"""Settings of the levers: the front, what it is searched with, and the packages that bring a lab in."""

import importlib.util
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.analysis.levers import finding, front, pareto, plan, search, worlds
from experiments.analysis.levers.finding import Front, Setting
from experiments.analysis.levers.front import analyse, pareto_optimal
from experiments.analysis.levers.moves import (
    cost,
    sampled_genes,
    scenario_genes,
    settings_of,
    with_smallest_moves,
    without_needless_moves,
)
from experiments.analysis.levers.pareto import best, evolve, far_apart, nondominated
from experiments.analysis.levers.plan import plan_levers
from experiments.analysis.levers.search import cheapest
from experiments.analysis.levers.wants import usual_direction
from experiments.cli.main import main
from experiments.figures.levers import figures, is_drawn
from experiments.measures.intervals import Interval, shares
from experiments.plans.design import Part, Plan
from experiments.runs.pool import play_parts, run_many
from experiments.runs.store import Store, opened
from model.draws import BLOCK, draw_parameters
from model.problems import BadInput
from model.scenario import SHIPPED, load

from .drawn import BASELINE

FEW = ("levers.quorum_share", "levers.quorum_labs", "levers.side_deals")
JOINS = 0.65  # a package brings xAI in with at least this probability; it joins in fewer runs as it is

# ---------------------------------------------------------------- the front


@given(arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=st.integers(0, 4).map(float)))
def test_nondominated_rows_are_those_that_no_other_row_dominates(losses: np.ndarray) -> None:
    def beats(one: np.ndarray, other: np.ndarray) -> bool:
        return bool(all(one <= other) and any(one < other))

    expected = [k for k, its in enumerate(losses) if not any(beats(other, its) for other in losses)]
    assert nondominated(losses).tolist() == expected


def test_far_apart_takes_both_ends_and_then_what_lies_between() -> None:
    losses = np.array([[0, 10], [1, 9.9], [5, 5], [9.9, 1], [10, 0]])
    assert far_apart(losses, 3).tolist() == [0, 2, 4]
    assert far_apart(losses, 9).tolist() == [0, 1, 2, 3, 4]


def test_the_best_are_those_of_the_front_and_then_those_just_behind_it() -> None:
    losses = np.array([[2, 2], [0, 1], [9, 9], [1, 0], [1, 1]])
    assert best(losses, 2).tolist() == [1, 3]
    assert best(losses, 4).tolist() == [1, 3, 4, 0]
    assert sorted(best(losses, 9).tolist()) == [0, 1, 2, 3, 4]


def zdt1(genes: np.ndarray) -> np.ndarray:
    """Zitzler, Deb & Thiele (2000), whose front is f2 = 1 - sqrt(f1)."""
    f1, g = genes[:, 0], 1 + 9 * genes[:, 1:].mean(axis=1)
    return np.column_stack([f1, g * (1 - np.sqrt(f1 / g))])


def test_the_optimiser_comes_within_five_hundredths_of_a_known_front(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pareto, "GENERATIONS", 100)
    monkeypatch.setattr(pareto, "POPULATION", 50)
    start = np.random.default_rng(1).random((100, 6))
    tried: list[np.ndarray] = [start]

    def play(genes: np.ndarray) -> np.ndarray:
        tried.append(genes)
        return zdt1(genes)

    evolve(start, zdt1(start), play, 1)
    assert len(tried) == 101
    losses = zdt1(np.vstack(tried))
    front = losses[nondominated(losses)]
    assert (front[:, 1] - (1 - np.sqrt(front[:, 0]))).max() < 0.05
    along = np.sort(front[:, 0])
    assert along[0] < 0.02
    assert along[-1] > 0.95
    assert np.diff(along).max() < 0.1


def test_the_optimiser_has_its_luck_from_the_seed() -> None:
    start = np.random.default_rng(2).random((20, 3))
    tried: dict[int, list[np.ndarray]] = {}
    for call, seed in enumerate((1, 1, 2)):
        its = tried.setdefault(call, [])
        evolve(start, zdt1(start), lambda genes, its=its: its.append(genes) or zdt1(genes), seed)
    assert np.array_equal(np.vstack(tried[0]), np.vstack(tried[1]))
    assert not np.array_equal(np.vstack(tried[0]), np.vstack(tried[2]))


def setting(adopted: float, days: float, counts: bool = True) -> Setting:
    mean = {
        "adopted": Interval(adopted, adopted - 0.01, adopted + 0.01),
        "review_days": Interval(days, days - 1, days + 1),
    }
    return Setting("", (), 0.0, mean, mean, counts)


def test_differences_that_cannot_be_distinguished_do_not_keep_a_setting_on_the_front() -> None:
    plan = plan_levers(load(BASELINE), ["adopted", "review_days:max"], [], [], None, 2, 2, 1)
    its = [setting(0.845, 26.5), setting(0.995, 26.2), setting(0.993, 33.6), setting(0.5, 40.2), setting(1, 50, False)]
    assert pareto_optimal(plan, its, "mean") == (2, 3)


def test_the_best_of_settings_that_do_not_differ_is_reported_as_no_better_than_the_others() -> None:
    """24 settings alike: what is reported of the best is off by 4 standard errors of 150 searches at most.

    In the worlds that choose it is off by far more: the largest of 24 normal means lies 1.95 standard deviations above,
    here 5 points, or somewhat less as differences that cannot be told do not count.
    """
    rng, searches = np.random.default_rng(9), 150
    asked = plan_levers(load(BASELINE), ["adopted", "holds:max"], [], [], None, 24, 16, 1)
    asked = asked._replace(measures=("adopted", "holds"), points=asked.points[:24])
    above = np.zeros((searches, 2))
    for number in range(searches):
        chances = np.broadcast_to(rng.random((1, 60, 1)), (24, 60, 8))  # the same for all settings in each of 60 worlds
        by_world = {"adopted": (rng.random((24, 60, 8)) < chances).astype(float), "holds": rng.random((24, 60, 8))}
        both = front.chosen_and_reported(asked, by_world)
        best_one = front.best_in_each(asked, both[0], pareto_optimal(asked, both[0], "mean"))["adopted"]
        for column, settings in enumerate(both):
            usual = np.mean([its.mean["adopted"].mean for its in settings])
            above[number, column] = settings[best_one].mean["adopted"].mean - usual
    chose, reported = above.mean(axis=0)
    error = above[:, 1].std() / math.sqrt(searches)
    assert abs(reported) < 4 * error
    assert chose > 10 * error


# ---------------------------------------------------------------- worlds


def test_runs_in_a_world_share_what_is_unknown_and_a_world_of_one_run_is_as_ever() -> None:
    entries = load(BASELINE).entries
    alone, shared = (draw_parameters(entries.values(), 3, 1, runs) for runs in (1, 16))
    for path, its in draw_parameters(entries.values(), 3, 1).items():
        assert np.array_equal(its, alone[path])
        assert np.array_equal(shared[path], np.repeat(its[: BLOCK // 16], 16))


@pytest.mark.slow
def test_both_engines_play_the_same_worlds() -> None:
    plan = Plan("", "", "", load(BASELINE), 7, 40, runs_in_a_world=4, varied=FEW[:1], points=((None,), (0.3,)))
    parts = [Part(0, (0, 1), 0, 40)]
    (fast,), (mesa,) = ([rows for _, rows in play_parts(plan, parts, e, 1, lambda _: None)] for e in ("fast", "mesa"))
    assert np.array_equal(fast.measured, mesa.measured, equal_nan=True)
    assert len(np.unique(fast.measured[:, 0])) > 1


def test_without_luck_the_worst_tenth_is_that_of_the_worlds() -> None:
    values = np.repeat(np.arange(40.0)[::-1], 16).reshape(40, 16)  # the worst four are worth 0 to 3, or 36 to 39
    weights = worlds.resamples(40, np.random.default_rng(1))
    assert worlds.worst_tenth(values, True, weights).mean == pytest.approx(1.5)
    assert worlds.worst_tenth(values, False, weights).mean == pytest.approx(37.5)
    assert worlds.mean(values, weights).mean == pytest.approx(19.5)


def test_luck_alone_does_not_pass_for_bad_worlds() -> None:
    values = (np.random.default_rng(2).random((2000, 16)) < 0.5).astype(float)
    its = worlds.worst_tenth(values, True, worlds.resamples(2000, np.random.default_rng(3)))
    assert its.mean == pytest.approx(0.5, abs=0.036)  # 4 standard errors of 200 x 16 runs
    assert np.sort(values.mean(axis=1))[:200].mean() < 0.35  # what the same runs would say of themselves
    assert its.low < 0.5 < its.high


def test_a_tenth_of_bad_worlds_is_found() -> None:
    luck, chance = np.random.default_rng(4).random((1000, 16)), np.full((1000, 1), 0.9)
    chance[::10] = 0.1
    its = worlds.worst_tenth((luck < chance).astype(float), True, worlds.resamples(1000, np.random.default_rng(5)))
    assert its.mean == pytest.approx(0.1, abs=0.03)  # 4 standard errors of 100 x 16 runs
    assert its.low < its.mean < its.high


def test_the_interval_of_a_mean_holds_it_in_95_of_100_cases() -> None:
    rng, held = np.random.default_rng(6), 0
    weights = worlds.resamples(100, rng)
    for _ in range(200):
        chance = rng.random((100, 1))
        its = worlds.mean((rng.random((100, 16)) < chance).astype(float), weights)
        held += its.low < 0.5 < its.high
    assert held / 200 == pytest.approx(0.95, abs=0.062)  # 4 standard errors of 200 cases


def test_runs_without_a_measure_are_left_out_of_its_mean() -> None:
    values = np.array([[1.0, math.nan, 3.0, math.nan], [math.nan] * 4, [5.0, 5.0, 5.0, 5.0]])
    assert worlds.mean(values, worlds.resamples(3, np.random.default_rng(1))).mean == pytest.approx(24 / 6)
    nothing = np.full((3, 4), math.nan)
    assert math.isnan(worlds.worst_tenth(nothing, True, worlds.resamples(3, np.random.default_rng(1))).mean)


def test_where_all_worlds_agree_a_share_still_has_an_interval() -> None:
    its = worlds.of_share(Interval(1.0, 1.0, 1.0), 32)
    assert its.high == 1
    assert its.low == pytest.approx(32 / (32 + 1.959964**2))  # Wilson's, for 32 of 32
    assert worlds.of_share(Interval(0.5, 0.4, 0.6), 32) == Interval(0.5, 0.4, 0.6)


# ---------------------------------------------------------------- settings


def test_the_lower_half_of_a_gene_leaves_a_lever_and_the_upper_is_its_range() -> None:
    varied = ("levers.opening.review_days", "levers.quorum_labs", "relations.bargaining")
    genes = np.array([[0.0, 0.49, 0.2], [0.5, 0.5, 0.5], [0.75, 0.75, 0.75], [1.0, 1.0, 1.0]])
    assert settings_of(genes, varied, load(BASELINE)) == [
        (None, None, None),
        (1.0, 0, "offers"),
        (60.5, 10, "median"),
        (120.0, 20, "nash"),
    ]


def test_a_sample_leaves_every_lever_at_half_of_its_settings() -> None:
    genes = sampled_genes(100, ("a", "b", "c"), 1)
    assert genes.shape == (101, 3)
    assert (genes[0] < 0.5).all()
    assert (genes[1:] < 0.5).sum(axis=0).tolist() == [50, 50, 50]


def test_the_cost_of_a_package_is_the_sum_of_shares_of_ranges() -> None:
    varied = ("levers.opening.review_days", "levers.protection", "relations.bargaining", "levers.quorum_labs")
    # 90 of 1..120 to 120; triangular(0, 0.25, 0.6), whose median is 0.6 - sqrt(0.5 x 0.6 x 0.35), to 1; a word; nothing
    expected = 30 / 119 + 1 - (0.6 - math.sqrt(0.105)) + 1
    assert cost(load(BASELINE), varied, (120.0, 1.0, "nash", None)) == pytest.approx(expected)
    assert cost(load(BASELINE), varied, (90.0, None, "offers", 5)) == 0


def test_moves_that_are_not_needed_are_left_and_the_others_stay() -> None:
    genes = np.array([[0.9, 0.8, 0.7, 0.1], [0.9, 0.6, 0.9, 0.9]])
    lean = without_needless_moves(genes, lambda its: (its[:, 0] > 0.5) & (its[:, 1] > 0.7), np.random.default_rng(1))
    assert (lean[0] >= 0.5).tolist() == [True, True, False, False]
    assert lean[1].tolist() == genes[1].tolist()  # it never did


def test_moves_are_cut_to_what_is_needed() -> None:
    genes, there = np.array([[0.9, 0.9, 0.2], [0.9, 0.9, 0.2]]), np.array([0.5, math.nan, 0.5])
    (near, never) = with_smallest_moves(genes, there, lambda its: its[:, 0] >= np.array([0.6, 2.0]))
    assert 0.6 <= near[0] <= 0.6 + 0.4 / 32  # a 32nd of the move
    assert near[1:].tolist() == [0.9, 0.2]  # words have no way between, and what is left stays left
    assert never.tolist() == genes[1].tolist()


def test_scenario_genes_stand_for_the_values_of_the_scenario() -> None:
    varied = ("levers.opening.review_days", "relations.bargaining", "levers.protection")
    its = scenario_genes(varied, load(BASELINE))
    assert its[0] == pytest.approx(0.5 + 0.5 * 89 / 119)
    assert math.isnan(its[1])
    assert its[2] == pytest.approx(0.5 + 0.5 * (0.6 - math.sqrt(0.105)))


def test_of_packages_that_move_the_same_levers_the_cheapest_counts() -> None:
    moved = [frozenset(its) for its in ("ab", "a", "ab", "c", "a")]
    assert cheapest(np.array([3.0, 2.0, 1.0, 4.0, 2.5]), moved, 5) == [2, 1, 3]
    assert cheapest(np.array([3.0, 2.0, 1.0, 4.0, 2.5]), moved, 2) == [2, 1]


# ---------------------------------------------------------------- the command

ASKED = ("--want", "adopted", "--want", "review_days:max", "--holdout", "xai", "--seed", "3")
SMALL = ("--points", "30", "--runs-per-point", "60", *(word for path in FEW for word in ("--lever", path)))


def small(folder: Path, *more: str) -> int:
    """A small call of the command."""
    return main(["levers", str(BASELINE), *ASKED, *SMALL, "--out", str(folder), *more])


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Few generations and worlds, and a probability that packages of few levers reach."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pareto, "GENERATIONS", 3)
        patch.setattr(pareto, "POPULATION", 10)
        patch.setattr(plan, "WORLDS", 64)
        patch.setattr(search, "MOST_SETTINGS", 6)
        patch.setattr(search, "MOST_LOOKED_AT", 10)
        patch.setattr(search, "SURE_RUNS", 400)
        for module in (search, front, finding):
            patch.setattr(module, "JOINS", JOINS)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("levers")
    assert small(made) == 0
    return made


@pytest.fixture
def found(folder: Path) -> Front:
    return analyse(opened(folder))


def rows_of(folder: Path) -> dict[str, bytes]:
    """All that the numbers are in: the points, parts and summaries of the sample, the front and the scenarios."""
    paths = [
        path for path in sorted(folder.rglob("*")) if path.suffix in (".parquet", ".csv") or path.stem == "summary"
    ]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.exhaustive
def test_the_same_seed_gives_the_same_bytes_on_any_number_of_workers(folder: Path, tmp_path: Path) -> None:
    assert small(tmp_path, "--workers", "1") == 0
    assert rows_of(tmp_path) == rows_of(folder)
    assert {"design.csv", "summary.json", "sample/design.csv"} <= set(rows_of(folder))


@pytest.mark.slow
def test_work_that_stops_in_any_part_is_gone_on_with(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = Store.keep

    def stopping(self: Store, part: Part, rows: object) -> None:
        if self.folder == tmp_path and part.number == 1:
            raise KeyboardInterrupt
        keep(self, part, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "keep", stopping)
    assert small(tmp_path) == 130  # the sample is there, and one part of the front
    said = capsys.readouterr().err.splitlines()[-1]
    runs, all_runs = (
        int(text.replace(",", "")) for text in re.findall(r"; ([\d,]+) of ([\d,]+) runs saved in", said)[0]
    )
    assert runs == pq.read_metadata(tmp_path / "parts" / "000000.parquet").num_rows < all_runs
    assert said.endswith(f"saved in {tmp_path}, the same command goes on from there")
    monkeypatch.undo()
    assert main(["plot", str(tmp_path)]) == 2
    assert "is not finished" in capsys.readouterr().err
    assert small(tmp_path) == 0
    assert "parts were there already" in capsys.readouterr().err
    assert rows_of(tmp_path) == rows_of(folder)


@pytest.mark.slow
def test_a_package_brings_the_lab_in_on_luck_that_it_has_never_seen(found: Front) -> None:
    assert found.packages
    for its in (found.settings[k] for k in found.packages):
        printed = its.mean["joined.xai"]
        assert printed.high >= JOINS  # other worlds have chosen
        moved = [f"{path}={value!r}" for path, value in its.moves(found.plan).items()]
        again = run_many(load(BASELINE, moved), 2000, 99)["joined.xai"]
        both = shares(np.array([float(again.sum())]), np.array([2000.0])).at(0)
        assert abs(both.mean - printed.mean) < 1.5 * (both.half_width + printed.half_width)
        assert cost(found.plan.scenario, found.plan.varied, its.point) == its.cost
    costs = [found.settings[k].cost for k in found.packages]
    assert costs == sorted(costs)


@pytest.mark.slow
def test_the_unchanged_scenario_is_reported_as_it_plays_alone(found: Front) -> None:
    stands, alone = found.settings[0], run_many(load(BASELINE), 4000, 98)
    assert (stands.name, stands.cost) == ("baseline", 0)
    for name in ("adopted", "review_days"):
        # the interval of 64 worlds, doubled: 4 standard errors
        assert abs(alone[name].mean() - stands.mean[name].mean) < 2 * stands.mean[name].half_width
    assert stands.worst["adopted"].mean < stands.mean["adopted"].mean
    names = [its.name for its in found.beside]
    assert {"june-order", "full-protection", "treasury-seat", "five-firms"} - set(names) == {"five-firms"}  # no xAI
    assert [its.name for its in found.beside if its.levers_only] == [
        *("full-protection", "june-order", "may-draft", "no-protection", "side-deals")
    ]


@pytest.mark.slow
def test_the_text_and_the_data_say_the_same(
    folder: Path, found: Front, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = found.text()
    assert text.startswith(found.headline())
    best = found.settings[found.best["adopted"]]
    assert f"Framework adopted {100 * best.mean['adopted'].mean:.1f}% [" in found.headline()
    assert "The cheapest packages with which xAI joins in at least 65% of runs" in text
    its = json.loads((folder / "summary.json").read_text())
    assert its == json.loads(json.dumps(found.data(), allow_nan=False))
    assert its["wants"] == {"adopted": "max", "review_days": "max"}
    assert (its["worlds"], its["worlds_that_chose"]) == (32, 32)
    assert its["settings"][its["best"]["adopted"]]["mean"]["adopted"] == best.mean["adopted"].data()
    assert small(folder, "--json") == 0
    assert json.loads(capsys.readouterr().out) == its


@pytest.mark.slow
def test_the_figure_shows_what_was_found_with_its_intervals(folder: Path, found: Front) -> None:
    ((name, draw),) = figures(found)
    assert name == "front"
    over_all, in_the_worst = draw().axes
    for axes, of in ((over_all, "mean"), (in_the_worst, "worst")):
        star = next(line for line in axes.lines if line.get_marker() == "*")
        its = getattr(found.settings[0], of)
        assert star.get_xdata()[0] == pytest.approx(100 * its["adopted"].mean)
        assert star.get_ydata()[0] == pytest.approx(its["review_days"].mean)
        ends = [tuple(line.get_xdata()) for line in axes.lines]
        for one in (*(k for k in found.settings if k.counts), *(its for its in found.beside if is_drawn(found, its))):
            assert tuple(100 * end for end in getattr(one, of)["adopted"][1:]) in ends
    labels = over_all.get_legend_handles_labels()[1]
    assert labels[:3] == ["Pareto-optimal", "dominated, or not distinguishable", "baseline, unchanged"]
    assert set(labels[3:]) == {its.name for its in found.beside if is_drawn(found, its)}
    assert main(["plot", str(folder), "--figure", "front"]) == 0
    assert (folder / "figures" / "front.svg").exists()


@pytest.mark.slow
def test_more_than_two_wants_have_a_row_of_panels_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wants = ("--want", "adopted", "--want", "holds", "--want", "joined.meta")
    assert main(["levers", str(BASELINE), *wants, *SMALL, "--out", str(tmp_path)]) == 0
    found = analyse(opened(tmp_path))
    assert list(found.asked.wants.values()) == ["max", "min", "max"]
    assert found.packages == ()
    ((_, draw),) = figures(found)
    assert len(draw().axes) == 4
    holds = found.settings[found.front[0]].mean["holds"]
    assert f"Ad-hoc holds {holds.mean:.3g} [" in capsys.readouterr().out.partition("\n")[0]


@pytest.mark.slow
def test_an_export_says_what_each_run_was_played_with(folder: Path, found: Front, tmp_path: Path) -> None:
    import pandas as pd

    assert main(["export", str(folder), "--csv", str(tmp_path / "runs.csv")]) == 0
    table = pd.read_csv(tmp_path / "runs.csv", low_memory=False)
    assert len(table) == found.runs
    which = FEW[0]
    assert table[which].notna().all()
    set_to = table[table["point"] == next(k for k, its in enumerate(found.settings) if its.point[0] is not None)]
    assert set_to[which].nunique() == 1
    as_it_stands = table[table["point"] == 0].sort_values("run")
    assert as_it_stands.groupby(as_it_stands["run"] // 16)[which].nunique().eq(1).all()
    assert as_it_stands[which].nunique() > 50


@pytest.mark.slow
def test_where_nothing_brings_the_lab_in_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--want", "adopted", "--want", "holds", "--holdout", "meta", "--lever", "levers.opening.foreign_lag_days")
    size = ("--points", "10", "--runs-per-point", "50", "--out", str(tmp_path))
    assert main(["levers", str(BASELINE), *asked, *size]) == 0
    assert "No package found makes Meta join in at least 65% of runs: the most" in capsys.readouterr().out


@pytest.mark.slow
def test_where_nobody_adopts_there_is_no_front(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--want", "adopted", "--want", "review_days:max", "--set", "levers.quorum_labs=20")
    size = ("--lever", "levers.side_deals", "--points", "10", "--runs-per-point", "50", "--out", str(tmp_path))
    assert main(["levers", str(BASELINE), *asked, *size]) == 0
    assert capsys.readouterr().out.startswith("No setting has every wanted measure in 10% of its runs")
    assert list(figures(analyse(opened(tmp_path)))) == []


LENGTH = ("--lever", "levers.opening.review_days", "--points", "40", "--runs-per-point", "200")


@pytest.mark.slow
def test_a_best_length_of_review_lies_between_the_shortest_and_the_longest(tmp_path: Path) -> None:
    """Short reviews find little, and long ones few sign: beyond two months the front has nothing."""
    asked = ("--want", "danger_out", "--want", "delay_days", *LENGTH, "--out", str(tmp_path))
    assert main(["levers", str(SHIPPED / "fixed-terms.yaml"), *asked]) == 0
    found = analyse(opened(tmp_path))
    days = [found.settings[k].point[0] or 30.0 for k in found.front]
    assert max(days) < 60.0
    assert any(its > 5.0 for its in days)


@pytest.mark.slow
def test_settings_below_a_floor_do_not_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--want", "adopted", "--want", "delay_days", *LENGTH, "--floor", "danger_caught=0.55")
    assert main(["levers", str(SHIPPED / "fixed-terms.yaml"), *asked, "--out", str(tmp_path)]) == 0
    found = analyse(opened(tmp_path))
    assert found.front
    assert all(found.settings[k].mean["danger_caught"].high >= 0.55 for k in found.front)  # other worlds have chosen
    assert any(not its.counts for its in (*found.settings, *found.beside))
    out = capsys.readouterr().out
    assert "Floors: a setting counts only with Dangerous capability caught before release at least 0.55" in out
    assert out.count("Releases designated as covered") > len(found.front)


# ---------------------------------------------------------------- what cannot be asked


def test_floors_that_cannot_be_are_refused() -> None:
    for floor, said in (
        ("danger_cauht=0.5", "did you mean 'danger_caught'"),
        ("danger_caught", "say the measure and the least that it must be"),
        ("danger_caught=much", "say the measure and the least that it must be"),
    ):
        with pytest.raises(BadInput, match=said):
            plan_levers(load(BASELINE), ["adopted", "holds"], [], [floor], None, 10, 10, 1)


@pytest.mark.parametrize(
    ("wants", "chosen", "holdout", "said"),
    [
        (["adoptd", "holds"], [], None, "--want: found the measure 'adoptd'; did you mean 'adopted'?"),
        (["adopted", "review_days"], [], None, "say which way is wanted, as review_days:max or review_days:min"),
        (["adopted", "holds:up"], [], None, "found 'holds:up'; say which way is wanted, as holds:max or holds:min"),
        (["adopted"], [], None, "found fewer than two wants"),
        ([], [], None, "found fewer than two wants"),
        (["adopted", "adopted"], [], None, "found adopted twice"),
        (["adopted", "holds"], ["levers.protecton"], None, "did you mean 'levers.protection'?"),
        (["adopted", "holds"], ["protection"], None, "found the lever 'protection'; did you mean 'levers.protection'?"),
        (["adopted", "holds"], ["zzz"], None, "--lever: found the lever 'zzz'; the levers are levers.opening"),
        (["adopted", "holds"], [], "metta", "--holdout: found the lab 'metta'; did you mean 'meta'?"),
        (["adopted", "joined.meta"], [], "meta", "found joined.meta among the wants; leave out one"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_nearest(
    wants: list[str], chosen: list[str], holdout: str | None, said: str
) -> None:
    with pytest.raises(BadInput) as refused:
        plan_levers(load(BASELINE), wants, chosen, [], holdout, 10, 10, 1)
    assert said in str(refused.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        plan_levers(load(BASELINE), ["adoptd", "review_days"], ["zzz"], [], "metta", 10, 10, 1)
    assert len(refused.value.problems) == 4


def test_what_counts_as_a_framework_is_not_set_unless_it_is_named() -> None:
    scenario = load(BASELINE)
    every = plan_levers(scenario, ["adopted", "holds"], [], [], None, 4, 4, 1).varied
    assert "levers.quorum_labs" not in every
    assert "levers.protection" in every
    assert plan_levers(scenario, ["adopted", "holds"], ["levers.quorum_labs"], [], None, 4, 4, 1).varied == (
        "levers.quorum_labs",
    )


def test_more_adoption_and_fewer_holds_are_wanted_unless_a_direction_is_given() -> None:
    assert [usual_direction(name) for name in ("durable", "joined.meta", "delay_days", "left.xai", "review_days")] == [
        *("max", "max", "min", "min", ""),
    ]


def test_without_the_optimiser_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["levers", str(BASELINE), *ASKED]) == 2
    assert (
        capsys.readouterr().err == "optin: levers: pymoo is not installed; it comes with pip install 'opt-in[levers]'\n"
    )
