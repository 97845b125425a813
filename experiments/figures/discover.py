"""The figures of a discovery: its boxes on pairs of parameters, and the way inward that led to them."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from model.draws import Array
from model.schema import choices

from ..analysis.discover import DESIGNS, Discovery, Found, Sample, sample
from ..analysis.discover_text import event, where
from ..analysis.prim import Box
from ..plans.design import place
from .style import INK, WITH, canvas, panels, wrapped

ABOVE, BELOW = WITH, "#CC6677"  # the colours of points whose measure is above the threshold, and of the others
SHADES = ("#0077BB", "#CC6677", "#117733")  # of the boxes, in turn
MOST_AXES = 3  # parameters of a box that are drawn, each pair on a panel


def figures(found: Discovery) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures of a discovery: name, and what draws it; none where there is no box."""
    for number in range(len(found.boxes)):
        yield f"box-{number + 1}", partial(pairs, found, number)
    if found.boxes:
        yield "peeling", partial(peeling, found)


def _caption(found: Discovery, what: str) -> str:
    plan = found.plan
    return (
        f"{what}\nScenario {plan.scenario.called}, {len(plan.points):,} points of {plan.runs:,} runs, seed {plan.seed}."
    )


# ---------------------------------------------------------------- a box


def pairs(found: Discovery, number: int) -> Figure:
    """A box and the points it was looked for among, on each pair of the parameters that it restricts most stably."""
    box, its = found.boxes[number], sample(found.plan, found.sought)
    left = np.ones(len(its.points), dtype=bool)
    for earlier in found.boxes[:number]:
        left &= ~earlier.box.holds(its.points)
    restricted = {restriction.path for restriction in box.restrictions}
    ranked = sorted(box.stability, key=lambda path: path not in restricted)[: max(2, min(MOST_AXES, len(restricted)))]
    chosen = list(itertools.combinations(ranked, 2))
    message = f"Box {number + 1}. {event(found)} at {box.density.mean:.0%} of its points, against {box.left:.0%}"
    width = 3.0 + 4.2 * len(chosen)
    text = wrapped(f"Box: {where(box, found)}.", int(15 * width))
    text += "\nCrosses: held back; dots: learned from. Faint: outside the box in a parameter not shown."
    text += " Points of earlier boxes are left out." * bool(number)
    figure, row = panels(width, 5.4, wrapped(message, 46), _caption(found, text), len(chosen))
    for axes, pair in zip(row, chosen, strict=True):
        _scatter(axes, found, its, left, pair, box)
        _outline(axes, found, pair, box)
    row[-1].legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9, markerscale=1.5)
    return figure


def _scatter(axes: Any, found: Discovery, its: Sample, left: Array, pair: tuple[str, ...], box: Found) -> None:
    """The points left, by side and by whether they were held back; faint where the box leaves them out elsewhere."""
    seen = np.array([column.path in pair for column in its.columns])
    low, high = np.where(seen, -np.inf, box.box.low), np.where(seen, np.inf, box.box.high)
    inside = Box(low, high).holds(its.points)
    x, y = (_at(found, path) for path in pair)
    holds = found.plan.design == DESIGNS["holds"]
    for sought, held, full in itertools.product((False, True), repeat=3):
        chosen = left & (its.sought == sought) & (its.held == held) & (inside == full)
        name = wrapped(event(found, sought), 24) + (", held back" if held else "")
        axes.scatter(
            *(x[chosen], y[chosen]),
            s=9 if held else 5,
            marker="x" if held else "o",
            color=ABOVE if sought == holds else BELOW,
            alpha=0.8 if full else 0.15,
            linewidths=0.8 if held else 0.0,
            label=name if full else None,
        )


def _at(found: Discovery, path: str) -> Array:
    """Where each point stands on the axis of a parameter."""
    which, kind = found.plan.varied.index(path), found.plan.scenario.entries[path].type
    return np.array([place(point[which], kind) for point in found.plan.points])


def _outline(axes: Any, found: Discovery, pair: tuple[str, ...], box: Found) -> None:
    """The box as a rectangle, open ends at the edge of the points; and the axes, named."""
    entries = found.plan.scenario.entries
    ends = [_ends(found, path, box) for path in pair]
    (left, right), (bottom, top) = ends
    axes.add_patch(Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=INK, linewidth=2))
    for path, axis in zip(pair, (axes.xaxis, axes.yaxis), strict=True):
        axis.set_label_text(wrapped(f"{entries[path].label} ({entries[path].unit})", 44))
        if entries[path].type is not float:
            values = sorted(set(_at(found, path).tolist()))
            whole = entries[path].type is int
            axis.set_ticks(
                values, [f"{value:.0f}" if whole else choices(entries[path].type)[int(value)] for value in values]
            )


def _ends(found: Discovery, path: str, box: Found) -> tuple[float, float]:
    """From where to where a box goes on an axis; half a step beyond the outermost of whole numbers and words."""
    kind = found.plan.scenario.entries[path].type
    at = _at(found, path)
    margin = 0.02 * float(at.max() - at.min()) if kind is float else 0.5
    low, high = float(at.min()) - margin, float(at.max()) + margin
    for its in box.restrictions:
        if its.path == path and its.words:
            places = [place(word, kind) for word in its.words]
            return min(places) - margin, max(places) + margin
        if its.path == path:
            beyond = 0.0 if kind is float else margin
            low, high = low if its.low is None else its.low - beyond, high if its.high is None else its.high + beyond
    return low, high


# ---------------------------------------------------------------- the way inward


def peeling(found: Discovery) -> Figure:
    """Coverage against density on the way inward, as learned and on the points held back, and the boxes at its end."""
    first = found.boxes[0]
    message = (
        f"{event(found)}: the first box has {first.density.mean:.0%} density and {first.coverage.mean:.0%} coverage"
    )
    text = "Thin: boxes on the way inward from all points, as learned. Thick: the same on the points held back.\n"
    text += "Dots: the boxes chosen, with 95% intervals on the points held back."
    figure, axes = canvas(8, 5, wrapped(message, 66), _caption(found, text))
    for number, (box, shade) in enumerate(zip(found.boxes, SHADES, strict=False), 1):
        learned_density, learned_coverage, density, coverage = 100.0 * np.array(box.way).T
        axes.plot(learned_coverage, learned_density, color=shade, linewidth=1, alpha=0.6)
        axes.plot(coverage, density, color=shade, linewidth=2)
        x, y = 100.0 * box.coverage.mean, 100.0 * box.density.mean
        axes.plot([x, x], [100.0 * box.density.low, 100.0 * box.density.high], color=INK, linewidth=1.5)
        axes.plot([100.0 * box.coverage.low, 100.0 * box.coverage.high], [y, y], color=INK, linewidth=1.5)
        axes.plot(x, y, "o", color=shade, markersize=8, markeredgecolor=INK, label=f"Box {number}")
    axes.set_xlim(0, 102)
    axes.set_ylim(0, 102)
    axes.set_xlabel("Coverage (% of all points sought)")
    axes.set_ylabel("Density (% of the points in the box)")
    axes.legend(frameon=False, loc="upper right")
    return figure
