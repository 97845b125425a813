"""Figures of a sweep, each from its result."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from model.draws import Array
from model.rules.records import About

from ..measures.columns import SHARE
from ..plans.design import Value, axis_position
from ..results.sweeps import SweepResult
from ..results.words import NOTHING, interval_text, number, value_text
from .style import INK, WITH, canvas, panels, series, wrapped

MOST_LINES, MOST_PANELS = 7, 9  # levels that a reader can still tell apart
HALF = 0.5


def figures(result: SweepResult) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures that suit what varies: name and the function that draws it; none of a measure that no run has."""
    varied = result.plan.varied
    for measure in (measure for measure in result.plan.measures if result.ends(measure) is not None):
        name = measure.replace("_", "-").replace(".", "-")
        if not result.is_mapped():
            yield f"{name}-effects", partial(effect_bars, result, measure)
            continue
        if len(varied) <= 2:
            across = max(varied, key=lambda path: len(result.levels(path)))
            others = [path for path in varied if path != across]
            if all(len(result.levels(path)) <= MOST_LINES for path in others):
                yield f"{name}-lines", partial(lines, result, measure, across, others)
        if len(varied) >= 2:
            yield f"{name}-map", partial(maps, result, measure)


def caption(result: SweepResult, text: str) -> str:
    """What is seen, and of which runs."""
    plan = result.plan
    counts = result.intervals[plan.measure].runs
    each = f"{counts.min():,.0f}" if counts.min() == counts.max() else f"{counts.min():,.0f} to {counts.max():,.0f}"
    return f"{text}\nScenario {plan.scenario.called}, {len(plan.points):,} points of {each} runs, seed {plan.seed}."


def scaled(values: Array, about: About) -> Array:
    """Values as they are drawn: shares in percent."""
    return 100.0 * values if about.unit == SHARE else values


def axis_label(about: About) -> str:
    """A measure on an axis."""
    return f"{about.label} ({'% of runs' if about.unit == SHARE else about.unit})"


def lines(result: SweepResult, measure: str, across: str, others: list[str]) -> Figure:
    """A measure along one parameter, with the band of its interval; a line for each value of another."""
    about, interval = result.about(measure), result.intervals[measure]
    words = any(isinstance(level, str) for level in result.levels(across))
    shown, ends = ("Dots", "lines") if words else ("Lines", "bands")
    text = (
        f"{shown}: means. {ends.capitalize()}: 95% intervals. All points share their luck, so that they differ more\n"
    )
    text += f"surely than overlapping {ends} suggest."
    figure, axes = canvas(8, 4.6, _range_message(result, measure), caption(result, text))
    groups = _groups(result, others)
    for (level, chosen), shade, marker in zip(groups, series(len(groups)), "osD^vPX", strict=False):
        order = chosen[np.argsort(result.positions(across)[chosen], kind="stable")]
        x = result.positions(across)[order]
        mean, low, high = (scaled(ends, about)[order] for ends in (interval.mean, interval.low, interval.high))
        if words:  # there is nothing between two words
            axes.vlines(x, low, high, color=shade, linewidth=1.5)
        else:
            axes.fill_between(x, low, high, color=shade, alpha=0.25, linewidth=0)
        axes.plot(x, mean, marker, linestyle="" if words else "-", color=shade, markersize=4, label=level)
    if others:
        title = wrapped(result.label(others[0]), 24)
        axes.legend(title=title, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    _name_levels(result, axes, across)
    axes.set_ylabel(wrapped(axis_label(about), 44))
    axes.set_ylim(*((-2, 102) if about.unit == SHARE else (min(0.0, axes.get_ylim()[0]), None)))
    return figure


def _groups(result: SweepResult, others: list[str]) -> list[tuple[str, Array]]:
    """The points of each line, with the value that they have in common."""
    if not others:
        return [("", np.arange(len(result.plan.points)))]
    positions, kind = result.positions(others[0]), result.plan.scenario.entries[others[0]].type
    return [
        (number(level), np.flatnonzero(positions == axis_position(level, kind))) for level in result.levels(others[0])
    ]


def _name_levels(result: SweepResult, axes: Any, path: str) -> None:
    """The axis of a parameter, in the words of the scenario."""
    levels = result.levels(path)
    if any(isinstance(level, str) for level in levels):
        axes.set_xticks(range(len(levels)), [str(level) for level in levels])
    elif result.plan.scenario.entries[path].type is int:
        axes.set_xticks(levels)
    axes.set_xlabel(result.label(path))


def _range_message(result: SweepResult, measure: str) -> str:
    """The least and the most of a measure."""
    about, ends = result.about(measure), result.ends(measure)
    if ends is None:
        return f"{about.label}: {NOTHING}"
    least, most = (interval_text(result.intervals[measure].at(point), about) for point in ends)
    if result.is_level(measure):
        return f"{about.label}: {least} wherever it is measured"
    return f"{about.label}: from {least} to {most}"


def maps(result: SweepResult, measure: str) -> Figure:
    """A measure over two parameters, a cell a point; for a third, a map beside a map."""
    about = result.about(measure)
    ordered = sorted(result.plan.varied, key=lambda path: -len(result.levels(path)))
    across, up, *third = ordered
    levels: list[Value | None] = list(result.levels(third[0])) if third else [None]
    levels = [levels[k] for k in sorted({round(k) for k in np.linspace(0, len(levels) - 1, MOST_PANELS)})]
    half = _of_known(np.max, scaled(result.intervals[measure].half_width, about))
    unit = " points" if about.unit == SHARE else ""
    text = f"Colour: mean of each cell; half widths of the 95% intervals are at most {half:.2g}{unit}."
    if about.unit == SHARE:
        text += "\nBlack line: 50%. Dots: cells whose interval holds 50%."
    width = 7.5 if not third else min(14.0, 2.4 + 3.2 * len(levels))
    figure, row = panels(width, 5.0, _range_message(result, measure), caption(result, text), len(levels))
    images = [_map(result, axes, measure, across, up, third, level) for axes, level in zip(row, levels, strict=True)]
    figure.colorbar(images[0], ax=row, label=wrapped(axis_label(about), 44))
    row[0].set_ylabel(wrapped(result.label(up), 44))
    return figure


def _map(
    result: SweepResult, axes: Any, measure: str, across: str, up: str, third: list[str], level: Value | None
) -> Any:
    """Draw one map; its image, for the colour bar."""
    about, interval = result.about(measure), result.intervals[measure]
    columns, rows = result.levels(across), result.levels(up)
    cells = _cells(result, across, up, third, level)
    means = scaled(interval.mean, about)[cells]
    least, most = (_of_known(choose, interval.mean) for choose in (np.min, np.max))
    if about.unit == SHARE:
        least, most = 0.0, 100.0
    image = axes.imshow(means, origin="lower", aspect="auto", cmap="cividis", vmin=least, vmax=most)
    if about.unit == SHARE:
        if min(means.shape) > 1 and (means < 50.0).any() and (means > 50.0).any():
            axes.contour(means, levels=[50.0], colors=INK, linewidths=2)
        unsure = (interval.low[cells] <= HALF) & (interval.high[cells] >= HALF)
        axes.plot(*np.argwhere(unsure).T[::-1], "o", color=INK, markersize=3)
    every = max(1, len(columns) // 12)
    axes.set_xticks(range(0, len(columns), every), [number(value) for value in columns[::every]])
    axes.set_yticks(range(len(rows)), [number(value) for value in rows])
    axes.set_xlabel(wrapped(result.label(across), 44))
    if level is not None:
        text = wrapped(f"{result.label(third[0])}: {number(level)}", 40)
        axes.annotate(text, (0, 1.01), xycoords="axes fraction", fontsize=8)
    return image


def _of_known(choose: Callable[[Array], float], values: Array) -> float:
    """The least or the most of the values that are not NaN; 0 for none."""
    known = values[~np.isnan(values)]
    return choose(known) if len(known) else 0.0


def _cells(result: SweepResult, across: str, up: str, third: list[str], level: Value | None) -> Array:
    """The number of the point in each cell, by row and column."""
    entries, varied = result.plan.scenario.entries, result.plan.varied
    columns, rows = (
        [axis_position(level, entries[path].type) for level in result.levels(path)] for path in (across, up)
    )
    cells = np.zeros((len(rows), len(columns)), dtype=int)
    x, y = result.positions(across), result.positions(up)
    for point, values in enumerate(result.plan.points):
        if not third or values[varied.index(third[0])] == level:
            cells[rows.index(y[point]), columns.index(x[point])] = point
    return cells


def effect_bars(result: SweepResult, measure: str) -> Figure:
    """The change of a measure from the lowest to the highest value of each parameter, all else equal."""
    about, effects = result.about(measure), result.effects(measure)
    if effects is None:
        figure, axes = canvas(6, 1.6, "These points cannot separate the effects", caption(result, "Nothing to show."))
        axes.set_axis_off()
        return figure
    ranked = effects.ranked()
    message = f"{about.label}: no effect can be told from luck"
    if math.isnan(effects.explained):
        message = f"{about.label}: the same at every point"
    for path, effect in [named for named in ranked if named[0] in effects.told][:1]:
        label = result.plan.scenario.entries[path].label
        message = f"{label} moves it most: {value_text(effect.mean, about, signed=True)}"
    text = "Dots: change of the mean from the lowest to the highest value of each, all else equal (least squares).\n"
    text += "Lines: 95% intervals over points."
    if not math.isnan(effects.explained):
        text += f" The effects explain {effects.explained:.0%} of the variance between points."
    figure, axes = canvas(8.5, 2.0 + 0.4 * len(ranked), message, caption(result, text))
    for row, (_, effect) in enumerate(ranked):
        mean, low, high = scaled(np.array(effect), about)
        axes.plot([low, high], [row, row], color=WITH, linewidth=2)
        axes.plot(mean, row, "o", color=WITH)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(ranked)), [_range_label(result, path) for path, _ in ranked])
    axes.invert_yaxis()
    unit = "percentage points" if about.unit == SHARE else about.unit
    axes.set_xlabel(f"Change of: {about.label} ({unit})")
    return figure


def _range_label(result: SweepResult, path: str) -> str:
    """A parameter with its lowest and its highest value."""
    levels = result.levels(path)
    low, high = (axis_position(level, float) for level in (levels[0], levels[-1]))
    return f"{wrapped(result.plan.scenario.entries[path].label, 40)} ({low:.2g} to {high:.2g})"
