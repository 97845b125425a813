"""Figures: they carry their provenance, colours are fixed and told apart, and text from files stays text."""

from pathlib import Path

import pytest
from PIL import Image

from experiments.execute import run_many
from experiments.figures import runs, style, talks
from experiments.summary import summarise
from experiments.trace import trace
from model.scenario import load

from .drawn import BASELINE

SCENARIO = load(BASELINE)
SUMMARY = summarise(SCENARIO, run_many(SCENARIO, 40, 1), 1)


def test_a_figure_carries_its_provenance_in_both_formats(tmp_path: Path) -> None:
    png, svg = style.save(runs.outcomes(SUMMARY), tmp_path, "outcomes", "made by a test, seed 1")
    with Image.open(png) as image:
        assert image.info["Description"] == "made by a test, seed 1"
    assert "made by a test, seed 1" in svg.read_text()


def test_the_same_figure_is_the_same_file(tmp_path: Path) -> None:
    first = style.save(runs.joining(SUMMARY), tmp_path / "a", "x", "p")
    again = style.save(runs.joining(SUMMARY), tmp_path / "b", "x", "p")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


@pytest.mark.parametrize("name", sorted(runs.FIGURES))
def test_every_figure_says_of_which_runs_it_is(name: str) -> None:
    figure = runs.FIGURES[name](SUMMARY)
    assert "40 runs, seed 1" in figure.get_supxlabel()
    assert figure.axes[0].get_title(loc="left")
    assert all(axes.get_xlabel() or axes.get_ylabel() for axes in figure.axes)


def test_the_joining_figure_draws_each_lab_at_its_share_with_its_interval() -> None:
    (axes,) = runs.joining(SUMMARY).axes
    widths = sorted(round(bar.get_width(), 9) for bar in axes.patches)
    shares = sorted(round(100 * lab["joined_if_adopted"]["mean"], 9) for lab in SUMMARY["labs"].values())
    assert widths == shares
    assert len(axes.lines) == 3 * len(shares)  # an interval for the bar, a dot and an interval for all runs


def test_a_trace_draws_one_line_for_each_voice_and_one_for_the_table() -> None:
    its = trace(SCENARIO, 3, 1)
    (axes,) = talks.asks(its).axes
    labels = [line.get_label() for line in axes.lines if not str(line.get_label()).startswith("_")]
    assert labels == [*(SCENARIO.labels[name] for name in its.run.case.voices), "On the table"]


def test_everybody_has_a_colour_of_their_own_that_newcomers_do_not_change() -> None:
    names = [*SCENARIO.named("official"), *SCENARIO.named("lab")]
    assert len({style.colour(name) for name in names}) == len(names)
    assert style.colour("newcomer") == style.colour("newcomer")


def test_a_horizon_of_less_than_a_month_is_drawn_too() -> None:
    scenario = load(BASELINE, ["relations.horizon_days=7"])
    short = summarise(scenario, run_many(scenario, 20, 1), 1)
    assert short["months"] == []
    for draw in runs.FIGURES.values():
        draw(short).canvas.draw()


def test_a_newcomer_never_takes_the_colour_of_somebody_known() -> None:
    newcomers = {style.colour(f"newcomer_{number}") for number in range(50)}
    assert not newcomers & set(style.COLOURS.values())


def test_the_panels_of_the_leaving_figure_share_their_rows() -> None:
    left, right = runs.leaving(SUMMARY).axes
    assert left.get_ylim() == right.get_ylim()


def test_figures_of_runs_without_a_framework_are_drawn_too() -> None:
    scenario = load(BASELINE, ["levers.quorum_labs=20"])
    nobody = summarise(scenario, run_many(scenario, 20, 1), 1)
    for draw in runs.FIGURES.values():
        draw(nobody).canvas.draw()
