"""Figures of a sweep, each from its result."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke

from model.draws import Array
from model.rules.records import About

from ..measures.columns import SHARE
from ..plans.design import Value, axis_position
from ..results.responses import effect_sentence, undrawn
from ..results.sweeps import SweepResult
from ..results.words import interval_text, number
from .captions import named
from .style import INK, PALE, WITH, canvas, panels, series, wrapped

MOST_LINES, MOST_PANELS = 7, 9  # levels that a reader can still tell apart
MOST_BANDS = 3  # that do not hide each other
MOST_TICKS = 8  # that have room on a map
WIDE = 40.0  # percentage points from which on the axis of a share is drawn from 0 to 100
HALF = 50.0  # percent


def figures(result: SweepResult) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures that suit what varies: name and the function that draws it; none of a measure that shows nothing."""
    varied = result.plan.varied
    for measure in (measure for measure in result.plan.measures if not undrawn(result, measure)):
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
    return f"{text}\nScenario {named(plan.scenario)}, {len(plan.points):,} points of {each} runs, seed {plan.seed}."


def scaled(values: Array, about: About) -> Array:
    """Values as they are drawn: shares in percent."""
    return 100.0 * values if about.unit == SHARE else values


def axis_label(about: About) -> str:
    """A measure on an axis."""
    return f"{about.label} ({'% of runs' if about.unit == SHARE else about.unit})"


def lines(result: SweepResult, measure: str, across: str, others: list[str]) -> Figure:
    """A measure along one parameter; a line for each value of another, with the bands of intervals if lines are few."""
    about, interval = result.about(measure), result.intervals[measure]
    words = any(isinstance(level, str) for level in result.levels(across))
    groups = _groups(result, others)
    text = _lines_text(result, measure, words, banded := len(groups) <= MOST_BANDS)
    figure, axes = canvas(8, 4.6, effect_sentence(result, measure), caption(result, text))
    for (level, chosen), shade, marker in zip(groups, series(len(groups)), "osD^vPX", strict=False):
        order = chosen[np.argsort(result.positions(across)[chosen], kind="stable")]
        x = result.positions(across)[order]
        mean, low, high = (scaled(ends, about)[order] for ends in (interval.mean, interval.low, interval.high))
        if words:  # there is nothing between two words
            axes.vlines(x, low, high, color=shade, linewidth=1.5)
        elif banded:
            axes.fill_between(x, low, high, color=shade, alpha=0.25, linewidth=0)
        axes.plot(x, mean, marker, linestyle="" if words else "-", color=shade, markersize=4, label=level)
    if others:
        title = wrapped(result.label(others[0]), 24)
        axes.legend(title=title, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    _name_levels(result, axes, across)
    axes.set_ylabel(wrapped(axis_label(about), 44))
    low_end, high_end = axes.get_ylim()
    if about.unit != SHARE:
        axes.set_ylim(min(0.0, low_end), None)
    elif high_end - low_end > WIDE:
        axes.set_ylim(-2, 102)
    return figure


def _lines_text(result: SweepResult, measure: str, words: bool, banded: bool) -> str:
    """What is seen in a figure of lines."""
    half = largest_half_width(result, measure)
    shown, ends = ("Dots", "Lines") if words else ("Lines", "Bands")
    text = f"{shown}: means. "
    text += f"{ends}: 95% intervals. " if words or banded else f"Half widths of their 95% intervals: at most {half}. "
    return (
        text + "All points share\ntheir luck, so that they differ more surely than these suggest; the title pairs them."
    )


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
        axes.margins(x=0.15)
    elif result.plan.scenario.entries[path].type is int:
        axes.set_xticks(levels)
    axes.set_xlabel(result.label(path))


def maps(result: SweepResult, measure: str) -> Figure:
    """A measure over two parameters, a cell a point; for a third, a map beside a map."""
    about = result.about(measure)
    ordered = sorted(result.plan.varied, key=lambda path: -len(result.levels(path)))
    across, up, *third = ordered
    levels: list[Value | None] = list(result.levels(third[0])) if third else [None]
    levels = [levels[k] for k in sorted({round(k) for k in np.linspace(0, len(levels) - 1, MOST_PANELS)})]
    width = 7.5 if not third else min(14.0, 2.4 + 3.2 * len(levels))
    crossed = [_crossings(result, measure, _cells(result, across, up, third, level)) for level in levels]
    half = largest_half_width(result, measure)
    text = f"Colour: mean of each cell; half widths of the 95% intervals are at most {half}."
    if any("mean" in lines for lines in crossed):
        text += "\nLine: 50%."
    if any({"low", "high"} & set(lines) for lines in crossed):
        text += " Dashed: where the interval begins or ends to hold 50%."
    figure, row = panels(width, 5.0, effect_sentence(result, measure), caption(result, text), len(levels))
    for axes, level, lines in zip(row, levels, crossed, strict=True):
        _map(result, axes, measure, (across, up), _cells(result, across, up, third, level), lines)
        if level is not None:
            head = wrapped(f"{result.label(third[0])}: {number(level)}", 40)
            axes.set_title(head, fontsize=8, loc="left")
    figure.colorbar(row[0].collections[0], ax=row, label=wrapped(axis_label(about), 44))
    row[0].set_ylabel(wrapped(result.label(up), 44))
    return figure


def largest_half_width(result: SweepResult, measure: str) -> str:
    """The largest half width of the intervals of a measure, with its unit."""
    about = result.about(measure)
    half = _of_known(np.max, scaled(result.intervals[measure].half_width, about))
    return f"{half:.2g} {'points' if about.unit == SHARE else about.unit}"


def _crossings(result: SweepResult, measure: str, cells: Array) -> dict[str, Array]:
    """Of a share, what crosses one half over a map: 'mean', 'low' or 'high' -> its values in percent."""
    if result.about(measure).unit != SHARE or min(cells.shape) == 1:
        return {}
    known = {name: 100.0 * getattr(result.intervals[measure], name)[cells] for name in ("mean", "low", "high")}
    return {name: values for name, values in known.items() if (values < HALF).any() and (values > HALF).any()}


def _map(
    result: SweepResult, axes: Axes, measure: str, paths: tuple[str, str], cells: Array, crossed: dict[str, Array]
) -> None:
    """Draw one map, its cells as wide and as high as the steps of the parameters."""
    about = result.about(measure)
    means = scaled(result.intervals[measure].mean, about)
    x, y = (np.unique(result.positions(path)) for path in paths)
    least, most = (_of_known(choose, means) for choose in (np.min, np.max))
    if about.unit == SHARE and most - least > WIDE:
        least, most = 0.0, 100.0
    axes.pcolormesh(_edges(x), _edges(y), means[cells], cmap="cividis", vmin=least, vmax=most)
    for name, values in crossed.items():
        look, width = ("solid", 2.0) if name == "mean" else ("dashed", 1.0)
        outlined = [Stroke(linewidth=width + 1.5, foreground=INK), Normal()]
        line = axes.contour(x, y, values, levels=[HALF], colors="white", linewidths=width, linestyles=look)
        line.set(path_effects=outlined)
    for path, axis in zip(paths, (axes.xaxis, axes.yaxis), strict=True):
        levels = result.levels(path)
        if isinstance(levels[0], str):
            axis.set_ticks(range(len(levels)), [str(level) for level in levels])
        elif result.plan.scenario.entries[path].type is int and len(levels) <= MOST_TICKS:
            axis.set_ticks([float(level) for level in levels])
    axes.set_xlabel(wrapped(result.label(paths[0]), 44))


def _edges(places: Array) -> Array:
    """The edges of cells around rising places: halfway between two, and as far beyond the ends."""
    if len(places) == 1:
        return np.array([places[0] - 0.5, places[0] + 0.5])
    between = (places[1:] + places[:-1]) / 2
    return np.array([2 * places[0] - between[0], *between, 2 * places[-1] - between[-1]])


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
    message = f"{about.label}: no effect of a single parameter can be told from luck"
    for path, effect in [each for each in ranked if each[0] in effects.told][:1]:
        size = interval_text(effect, about, signed=True, unit=True)
        message = f"{about.label} moves most with {_range_label(result, path)}: {size}"
    text = "Dots: change of the mean from the lowest to the highest value of each, all else equal (least squares).\n"
    text += "Lines: 95% intervals over points. Grey: not told from luck."
    if not math.isnan(effects.explained):
        text += f" The effects explain {effects.explained:.0%} of the variance between points."
    figure, axes = canvas(8.5, 2.0 + 0.4 * len(ranked), message, caption(result, text))
    for row, (path, effect) in enumerate(ranked):
        mean, low, high = scaled(np.array(effect), about)
        shade = WITH if path in effects.told else PALE
        axes.plot([low, high], [row, row], color=shade, linewidth=2)
        axes.plot(mean, row, "o", color=shade)
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
