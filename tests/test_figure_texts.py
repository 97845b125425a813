"""Every figure of every kind can be read: no text on another, none beyond the edge, none broken inside an interval."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from experiments.analysis.influence import plan_influence
from experiments.analysis.influence_finding import Influence
from experiments.analysis.levers.finding import Front, Setting
from experiments.analysis.levers.plan import plan_levers
from experiments.analysis.sensitivity import plan_sensitivity
from experiments.analysis.sensitivity_finding import Sensitivity
from experiments.figures import discover, influence, levers, runs, sensitivity, sweeps, talks, validation, why
from experiments.figures.style import beside, canvas, kept_whole, message_of, wrapped
from experiments.figures.yardsticks import figures as yardstick_figures
from experiments.measures.intervals import Interval
from experiments.plans.sweepfile import SWEEPS, read_sweep
from experiments.publish.findings import ANALYSES, findings
from experiments.results.summary import summarise
from experiments.results.trace import trace
from experiments.runs.collect import collect
from experiments.runs.pool import run_many
from experiments.runs.store import Store
from experiments.validation.backtest import MODEL, YARDSTICKS, Backtest
from experiments.validation.backtest_finding import VERSIONS, Backtests
from experiments.validation.forecast import Forecast
from experiments.validation.posterior import Fitted
from experiments.validation.predictive import Statistic
from experiments.validation.questions import Question
from experiments.validation.record import read_record
from experiments.validation.scores import Excess, Prediction, Scores
from experiments.validation.validate import priors_of_fit
from experiments.yardsticks import KINDS, compare
from model.scenario import SHIPPED, Scenario, load

from .conftest import ROOT
from .drawn import BASELINE, crowded
from .madeup import made_up_files
from .test_discover import discovered, slow_agency
from .test_forecast_scores import ALL, QUESTIONS, scored
from .test_response import grid
from .test_why import made_up
from .texts import faults

type Figures = Mapping[str, Callable[[], Figure]]

RNG = np.random.default_rng(21)
LONG = "National Laboratory of the Union of All"  # as long as a label may be


def near(mean: float, spread: float) -> Interval:
    """An estimate near a value with an interval of about this half width."""
    mean, half = mean + spread * RNG.normal(), spread * (1.0 + RNG.random())
    return Interval(float(mean), float(mean - half), float(mean + half))


# ---------------------------------------------------------------- small findings of every kind


def of_runs(scenario: Scenario, count: int) -> Figures:
    return dict(runs.figures(summarise(scenario, run_many(scenario, count, 1), 1)))


def with_long_labels(folder: Path) -> Scenario:
    labs = ("openai", "anthropic", "google", "microsoft", "amazon", "meta", "xai", "commerce", "national_security")
    labels = {name: {"label": f"{name} {LONG}"[:40]} for name in labs}
    said = {"extends": "june-order.yaml", "question": "q", "title": "Wide " * 39, "stakeholders": labels}
    path = folder / f"{'w' * 200}.yaml"
    path.write_text(json.dumps(said))
    return load(path)


def of_sweep(name: str, folder: Path) -> Figures:
    store = Store(folder, read_sweep(SWEEPS / f"{name}.yaml", runs=24))
    collect(store, "fast", 1)
    return findings(store).figures


def of_trace(scenario: Scenario, run: int) -> Figures:
    told = trace(scenario, run, 1)
    return {name: partial(draw, told) for name, draw in talks.FIGURES.items()}


def of_sensitivity(method: str) -> Figures:
    """The unknowns with the longest labels move most, some of them detectably."""
    plan = plan_sensitivity(load(BASELINE), method, "adopted", 2, 4, 1)
    paths = plan.varied
    long = sorted(paths, key=lambda path: -len(plan.scenario.entries[path].label))
    total = {path: near(0.9 / (1 + rank), 0.02) for rank, path in enumerate(long)}
    first = {path: near(its.mean / 2, 0.02) for path, its in total.items()} if method == "sobol" else {}
    chances = dict.fromkeys(paths, 0.5) | dict.fromkeys(long[:3], 1e-6)
    return dict(sensitivity.figures(Sensitivity(plan, first, total, 0.5, 0.1, 0.2, chances, 1000, 0)))


def of_influence(scenario: Scenario) -> Figures:
    plan = plan_influence(scenario, 20, 1)
    players = (*scenario.named("official"), *scenario.named("lab"))
    days, points = ({name: near(0.0, spread) for name in players} for spread in (3.0, 0.03))
    shapley = {"adopted": points, "review_days": days}
    finding = Influence(
        plan=plan,
        players=players,
        whole={"adopted": 0.7, "review_days": 21.0},
        nobody={"adopted": 0.6, "review_days": 30.0},
        shapley=shapley,
        banzhaf=shapley,
        pivotal={name: near(0.3, 0.05) for name in scenario.named("lab")},
        day=days,
        tenth={name: Interval(0.0, np.nan, np.nan) for name in players} | {players[0]: near(-0.01, 0.001)},
        clear=dict.fromkeys(("adopted", "review_days", "day", "tenth"), frozenset(players[::2])),
        runs=1000,
        failed=0,
    )
    return dict(influence.figures(finding))


def of_levers() -> Figures:
    """Settings in a crowd, as they are near an optimum, and every shipped scenario beside them."""
    plan = plan_levers(load(BASELINE), ("adopted", "review_days:max", "holds"), [], [], None, 4, 16, 1)

    def setting(name: str, adopted: float) -> Setting:
        values = [
            {
                "adopted": near(at, 0.01),
                "review_days": near(60.0 - 40.0 * at, 0.5),
                "holds": near(3.0 * at, 0.1),
            }
            for at in (adopted, adopted - 0.3)
        ]
        mean, worst = values
        return Setting(name, (None,) * len(plan.varied), 3.7, mean, worst, counts=True, levers_only=len(name) % 2 == 0)

    found = (setting("baseline", 0.7), *(setting("", 0.9 + 0.005 * k) for k in range(16)))
    shipped = tuple(setting(path.stem, 0.5 + 0.02 * k) for k, path in enumerate(sorted(SHIPPED.glob("*.yaml"))))
    numbers = tuple(range(1, len(found)))
    finding = Front(plan, found, shipped, numbers, numbers[::2], {"adopted": 1}, (), 1, 1000, 0)
    return dict(levers.figures(finding))


def of_calibration() -> Figures:
    """A posterior of the parameters with the longest labels, ranks of them, and every statistic of the record."""
    record, scenario = read_record().changed(), priors_of_fit()
    bounded = [entry for entry in scenario.entries.values() if entry.low is not None and entry.high is not None]
    entries = sorted(bounded, key=lambda entry: -len(entry.label))[:40]
    fitted = []
    for entry in entries:
        ends = Interval(entry.low or 0.0, entry.low or 0.0, entry.high or 1.0)
        fitted.append(Fitted(entry.path, ends, ends, 0.1, False))
    names = [f"labs in {name}" for name in record.regimes] + [f"regimes that {lab} joined" for lab in record.labs]
    names += [f"order: {what}" for what in ("sent_back", "signed", "review_days", "week")]
    ranks, shrunk = RNG.random((100, 41)), RNG.random(40)
    made = SimpleNamespace(
        entries=scenario.entries,
        fitted=fitted,
        informed=[],
        effective_draws=(1200.0, 3000.0),
        posterior=SimpleNamespace(seed=1, problem=SimpleNamespace(entries=entries, read=range(40))),
        record=record,
        statistics=[Statistic(name, 3.0, 3.1, 2.0, 5.0, 0.5) for name in names],
        synthetic=SimpleNamespace(ranks=ranks, shrunk=shrunk, coverage=near(0.9, 0.01), passed=True),
    )
    return validation.calibration_figures(made)  # type: ignore[arg-type]


def of_backtest() -> Figures:
    record = read_record().changed()
    labs, regimes = len(record.labs), len(record.regimes)

    def test() -> Backtest:
        its = [Prediction(RNG.random(labs), np.full(labs + 1, 1 / (labs + 1))) for _ in range(regimes)]
        excess = Excess(near(0.0, 0.01), 0.4)
        score = near(0.2, 0.02)
        scores = {name: Scores(score, score, score, excess, excess, excess) for name in (MODEL, *YARDSTICKS)}
        return Backtest(record, {MODEL: its}, scores, {}, 1)

    order: Any = None  # which is not drawn
    return validation.backtest_figures(Backtests({name: test() for name in VERSIONS}, order))


def of_forecast() -> Figures:
    """The questions of the latest forecast on record."""
    data = json.loads(sorted((ROOT / "experiments" / "forecasts").glob("*.json"))[-1].read_text(encoding="utf-8"))
    questions = {
        name: Question(
            its["question"], "", {option: Interval.from_data(chance) for option, chance in its["probabilities"].items()}
        )
        for name, its in data["questions"].items()
    }
    draws: Any = None
    return validation.forecast_figures(Forecast(questions, draws, None, None))  # type: ignore[arg-type]


def of_scores(folder: Path) -> Figures:
    file = folder / "rain.json"
    data = {"as_of": "2026-07-05", "model": {"version": "0", "rules": "none"}, "questions": QUESTIONS}
    file.write_text(json.dumps(data), encoding="utf-8")
    return validation.score_figures(scored(file, *ALL))


def of_yardstick(kind: str, folder: Path) -> Figures:
    return yardstick_figures(kind, compare(kind, made_up_files(kind, folder), 1, 1).finding)


FIVE_MORE = {name: f"{name} {LONG}"[:40] for name in ("a1", "a2", "a3", "a4", "a5")}
MADE: dict[str, Callable[[Path], Figures]] = {
    "runs": lambda _: of_runs(load(BASELINE), 200),
    "runs of twelve labs": lambda folder: of_runs(load(crowded(folder, FIVE_MORE)), 100),
    "runs with long labels": lambda folder: of_runs(with_long_labels(folder), 60),
    "runs without a framework": lambda _: of_runs(load(BASELINE, ["levers.quorum_labs=20"]), 30),
    "runs with many settings": lambda _: of_runs(slow_agency(), 60),
    "sweep": lambda folder: of_sweep("review-length", folder),
    "sweep of words": lambda folder: of_sweep("bargaining", folder),
    "sweep with long labels": lambda folder: of_sweep("protection-and-capacity", folder),
    "sweep of scattered points": lambda folder: of_sweep("lab-stances", folder),
    "sweep over three": lambda _: dict(sweeps.figures(grid([9, 4, 3], 0.2, 0.8))),
    "sensitivity": lambda _: of_sensitivity("sobol"),
    "sensitivity by Morris": lambda _: of_sensitivity("morris"),
    "influence": lambda _: of_influence(load(BASELINE)),
    "influence of twelve labs": lambda folder: of_influence(load(crowded(folder, FIVE_MORE))),
    "discover": lambda folder: dict(discover.figures(discovered(folder, slow_agency(), workers=1))),
    "levers": lambda _: of_levers(),
    "why": lambda _: dict(why.figures(made_up(40, 20))),
    "trace": lambda _: of_trace(load(BASELINE), 3),
    "trace that fails": lambda _: of_trace(load(BASELINE), 0),
    "trace of twelve labs": lambda folder: of_trace(load(crowded(folder, FIVE_MORE)), 3),
    "trace with long labels": lambda folder: of_trace(with_long_labels(folder), 3),
    "calibrate": lambda _: of_calibration(),
    "backtest": lambda _: of_backtest(),
    "forecast": lambda _: of_forecast(),
    "score": of_scores,
    **{f"yardstick {kind}": partial(of_yardstick, kind) for kind in KINDS},
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", MADE)
def test_the_texts_of_every_figure_keep_apart_and_inside(kind: str, tmp_path: Path) -> None:
    figures = MADE[kind](tmp_path)
    assert figures
    assert {name: found for name, draw in figures.items() if (found := faults(draw()))} == {}


def test_every_kind_of_analysis_and_of_yardstick_is_looked_at() -> None:
    assert set(ANALYSES) <= set(MADE)
    assert {f"yardstick {kind}" for kind in KINDS} <= set(MADE)


# ---------------------------------------------------------------- what is looked for can be found


def figure_of(message: str = "A message", caption: str = "A caption") -> Figure:
    return canvas(6, 4, message, caption)[0]


def test_a_clean_figure_has_no_faults() -> None:
    assert faults(figure_of("Adopted in 74.4% [71.6% to 77.0%] of runs, " * 4)) == []


def test_texts_on_one_another_are_found() -> None:
    figure = figure_of()
    for place in (0.40, 0.42):
        figure.axes[0].text(place, 0.5, "here")
    assert faults(figure) == ["'here' and 'here' are on one another"]


def test_crowded_tick_labels_are_found() -> None:
    figure = figure_of()
    figure.axes[0].set_xticks([0.5, 0.51], ["half", "more"])
    assert faults(figure) == ["'half' and 'more' are on one another"]


def test_a_text_beyond_the_edge_is_found() -> None:
    figure = figure_of()
    figure.text(0.95, 0.5, "beyond the edge")
    assert faults(figure) == ["'beyond the edge' leaves the canvas"]


def test_a_caption_on_a_panel_or_a_label_is_found() -> None:
    figure = figure_of(caption="A caption of many words that goes far across\n" * 3)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    figure.axes[0].set_position((0.1, 0.0, 0.8, 0.8))
    assert "the caption is on a panel" in faults(figure)


def test_an_interval_that_breaks_is_found_and_those_of_messages_and_captions_never_do() -> None:
    figure = figure_of()
    figure.axes[0].set_title("1.2 [1.0\nto 1.4]")
    assert faults(figure) == ["'1.2 [1.0\\nto 1.4]' can break inside an interval"]
    figure.axes[0].set_title("")
    figure.suptitle("1.2 [1.0 to 1.4]", wrap=True)
    assert faults(figure) == ["'1.2 [1.0 to 1.4]' can break inside an interval"]
    lines = wrapped("It is 74.4% [71.6% to 77.0%] of runs", 26).split("\n")
    assert [" ".join(line.split()) for line in lines] == ["It is", "74.4% [71.6% to 77.0%] of", "runs"]
    assert kept_whole("a list [of words] stays") == "a list [of words] stays"
    assert (
        message_of(figure_of("Adopted in 74.4% [71.6% to 77.0%] of runs"))
        == "Adopted in 74.4% [71.6% to 77.0%] of runs"
    )


def test_numbers_beside_dots_are_on_no_other_number_and_on_no_dot() -> None:
    spots = [(float(x), float(y)) for x, y in RNG.normal(scale=8.0, size=(25, 2))]
    places = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(spots, beside(spots, (11.0, 9.0)), strict=True)]
    for number, (x, y) in enumerate(places):
        assert all(abs(x - a) >= 11.0 or abs(y - b) >= 9.0 for a, b in places[:number])
        assert all(abs(x - a) >= 5.5 or abs(y - b) >= 4.5 for a, b in spots)
