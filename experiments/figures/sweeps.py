"""Figures of sweeps, each from what `experiments.response` found."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from model.draws import Array
from model.rules.records import About

from ..measures.columns import SHARE
from ..plans.design import Value, axis_position
from ..results.sweeps import Response, effects
from ..results.words import interval_text, number, value_text
from .style import INK, WITH, canvas, panels, wrapped

MOST_LINES, MOST_PANELS = 7, 9  # levels that a reader can still tell apart
HALF = 0.5


def figures(response: Response) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures that suit what varies: name, and what draws it."""
    varied = response.plan.varied
    for measure in response.plan.measures:
        name = measure.replace("_", "-").replace(".", "-")
        if not response.is_mapped():
            yield f"{name}-effects", partial(effect_bars, response, measure)
            continue
        if len(varied) <= 2:
            across = max(varied, key=lambda path: len(response.levels(path)))
            others = [path for path in varied if path != across]
            if all(len(response.levels(path)) <= MOST_LINES for path in others):
                yield f"{name}-lines", partial(lines, response, measure, across, others)
        if len(varied) >= 2:
            yield f"{name}-map", partial(maps, response, measure)


def caption(response: Response, what: str) -> str:
    """What is seen, and of which runs."""
    plan = response.plan
    counts = response.found[plan.measure].runs
    each = f"{counts.min():,.0f}" if counts.min() == counts.max() else f"{counts.min():,.0f} to {counts.max():,.0f}"
    return f"{what}\nScenario {plan.scenario.called}, {len(plan.points):,} points of {each} runs, seed {plan.seed}."


def scaled(values: Array, about: About) -> Array:
    """Values as they are drawn: shares in percent."""
    return 100.0 * values if about.unit == SHARE else values


def axis_label(about: About) -> str:
    """A measure on an axis."""
    return f"{about.label} ({'% of runs' if about.unit == SHARE else about.unit})"


def lines(response: Response, measure: str, across: str, others: list[str]) -> Figure:
    """A measure along one parameter, with the band of its interval; a line for each value of another."""
    about, its = response.about(measure), response.found[measure]
    text = "Lines: means. Bands: 95% intervals. All points share their luck, so that they differ more surely than\n"
    text += "overlapping bands suggest."
    figure, axes = canvas(8, 4.6, _range_message(response, measure), caption(response, text))
    groups = _groups(response, others)
    shades = [WITH] if len(groups) == 1 else mpl.colormaps["viridis"](np.linspace(0.0, 0.85, len(groups)))
    for (level, chosen), shade, marker in zip(groups, shades, "osD^vPX", strict=False):
        order = chosen[np.argsort(response.places(across)[chosen], kind="stable")]
        at = response.places(across)[order]
        axes.fill_between(
            at, scaled(its.low, about)[order], scaled(its.high, about)[order], color=shade, alpha=0.25, linewidth=0
        )
        axes.plot(at, scaled(its.mean, about)[order], marker, linestyle="-", color=shade, markersize=4, label=level)
    if others:
        title = wrapped(response.label(others[0]), 24)
        axes.legend(title=title, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    _name_places(response, axes, across)
    axes.set_ylabel(axis_label(about))
    axes.set_ylim(*((-2, 102) if about.unit == SHARE else (min(0.0, axes.get_ylim()[0]), None)))
    return figure


def _groups(response: Response, others: list[str]) -> list[tuple[str, Array]]:
    """The points of each line, with the value that they share."""
    if not others:
        return [("", np.arange(len(response.plan.points)))]
    at = response.places(others[0])
    kind = response.plan.scenario.entries[others[0]].type
    return [(number(level), np.flatnonzero(at == axis_position(level, kind))) for level in response.levels(others[0])]


def _name_places(response: Response, axes: Any, path: str) -> None:
    """The axis of a parameter, in the words of the scenario."""
    levels = response.levels(path)
    if any(isinstance(level, str) for level in levels):
        axes.set_xticks(range(len(levels)), [str(level) for level in levels])
    elif response.plan.scenario.entries[path].type is int:
        axes.set_xticks(levels)
    axes.set_xlabel(response.label(path))


def _range_message(response: Response, measure: str) -> str:
    """From where to where a measure goes."""
    about, its = response.about(measure), response.found[measure]
    if np.isnan(its.mean).all():
        return f"{about.label}: no run has it"
    least, most = (int(choose(its.mean)) for choose in (np.nanargmin, np.nanargmax))
    return f"{about.label}: from {interval_text(its.at(least), about)} to {interval_text(its.at(most), about)}"


def maps(response: Response, measure: str) -> Figure:
    """A measure over two parameters, a cell a point; for a third, a map beside a map."""
    about = response.about(measure)
    ordered = sorted(response.plan.varied, key=lambda path: -len(response.levels(path)))
    across, up, *third = ordered
    levels: list[Value | None] = list(response.levels(third[0])) if third else [None]
    levels = [levels[k] for k in sorted({round(k) for k in np.linspace(0, len(levels) - 1, MOST_PANELS)})]
    half = _of_known(np.max, scaled(response.found[measure].half_width, about))
    unit = " points" if about.unit == SHARE else ""
    text = f"Colour: mean of each cell; half widths of the 95% intervals are at most {half:.2g}{unit}."
    if about.unit == SHARE:
        text += "\nBlack line: 50%. Dots: cells whose interval holds 50%."
    width = 7.5 if not third else min(14.0, 2.4 + 3.2 * len(levels))
    figure, row = panels(width, 5.0, _range_message(response, measure), caption(response, text), len(levels))
    drawn = [_map(response, axes, measure, across, up, third, level) for axes, level in zip(row, levels, strict=True)]
    figure.colorbar(drawn[0], ax=row, label=wrapped(axis_label(about), 44))
    row[0].set_ylabel(wrapped(response.label(up), 44))
    return figure


def _map(
    response: Response, axes: Any, measure: str, across: str, up: str, third: list[str], level: Value | None
) -> Any:
    """One map; its colours."""
    about, its = response.about(measure), response.found[measure]
    columns, rows = response.levels(across), response.levels(up)
    cells = _cells(response, across, up, third, level)
    means = scaled(its.mean, about)[cells]
    ends = (0.0, 100.0) if about.unit == SHARE else (_of_known(np.min, its.mean), _of_known(np.max, its.mean))
    drawn = axes.imshow(means, origin="lower", aspect="auto", cmap="cividis", vmin=ends[0], vmax=ends[1])
    if about.unit == SHARE:
        if min(means.shape) > 1 and (means < 50.0).any() and (means > 50.0).any():
            axes.contour(means, levels=[50.0], colors=INK, linewidths=2)
        unsure = (its.low[cells] <= HALF) & (its.high[cells] >= HALF)
        axes.plot(*np.argwhere(unsure).T[::-1], "o", color=INK, markersize=3)
    every = max(1, len(columns) // 12)
    axes.set_xticks(range(0, len(columns), every), [number(value) for value in columns[::every]])
    axes.set_yticks(range(len(rows)), [number(value) for value in rows])
    axes.set_xlabel(wrapped(response.label(across), 44))
    if level is not None:
        text = wrapped(f"{response.label(third[0])}: {number(level)}", 40)
        axes.annotate(text, (0, 1.01), xycoords="axes fraction", fontsize=8)
    return drawn


def _of_known(choose: Callable[[Array], float], values: Array) -> float:
    """The least or the most of the values that there are; 0 for none."""
    known = values[~np.isnan(values)]
    return choose(known) if len(known) else 0.0


def _cells(response: Response, across: str, up: str, third: list[str], level: Value | None) -> Array:
    """The number of the point in each cell, by row and column."""
    entries, varied = response.plan.scenario.entries, response.plan.varied
    columns, rows = ([axis_position(v, entries[path].type) for v in response.levels(path)] for path in (across, up))
    cells = np.zeros((len(rows), len(columns)), dtype=int)
    here, there = response.places(across), response.places(up)
    for point, values in enumerate(response.plan.points):
        if not third or values[varied.index(third[0])] == level:
            cells[rows.index(there[point]), columns.index(here[point])] = point
    return cells


def effect_bars(response: Response, measure: str) -> Figure:
    """What each parameter does to a measure, from its lowest to its highest value, all else equal."""
    about, found = response.about(measure), effects(response, measure)
    if found is None:
        figure, axes = canvas(6, 1.6, "Too few points to tell the effects apart", caption(response, "Nothing to show."))
        axes.set_axis_off()
        return figure
    ranked = sorted(found.by_path.items(), key=lambda item: -abs(item[1].mean))
    path, most = ranked[0]
    entries = response.plan.scenario.entries
    apart = most.low > 0 or most.high < 0
    message = (
        f"{entries[path].label} moves it most: {value_text(most.mean, about, signed=True)}"
        if apart
        else f"{about.label}: no effect can be told from zero"
    )
    text = "Dots: change of the mean from the lowest to the highest value of each, all else equal (least squares).\n"
    text += f"Lines: 95% intervals. The effects explain {found.explained:.0%} of the variance between points."
    figure, axes = canvas(8.5, 2.0 + 0.4 * len(ranked), message, caption(response, text))
    for row, (_, its) in enumerate(ranked):
        low, mean, high = scaled(np.array([its.low, its.mean, its.high]), about)
        axes.plot([low, high], [row, row], color=WITH, linewidth=2)
        axes.plot(mean, row, "o", color=WITH)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(ranked)), [_range_label(response, path) for path, _ in ranked])
    axes.invert_yaxis()
    unit = "percentage points" if about.unit == SHARE else about.unit
    axes.set_xlabel(f"Change of: {about.label} ({unit})")
    return figure


def _range_label(response: Response, path: str) -> str:
    """A parameter, and from where to where it goes."""
    levels = response.levels(path)
    low, high = (axis_position(level, float) for level in (levels[0], levels[-1]))
    return f"{wrapped(response.plan.scenario.entries[path].label, 40)} ({low:.2g} to {high:.2g})"
