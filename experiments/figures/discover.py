"""The figures of a discovery: its boxes on pairs of parameters, and the peeling trajectories that led to them."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from model.draws import Array
from model.schema import choices

from ..analysis.discover_finding import Discovery, FoundBox
from ..analysis.discover_points import Sample, points_of
from ..analysis.prim import Box
from ..plans.design import axis_position
from ..results.words import bracketed
from .captions import named
from .style import INK, WITH, canvas, panels, wrapped

ABOVE, BELOW = WITH, "#CC6677"  # the colours of points whose measure is above the threshold, and of the others
SHADES = ("#0077BB", "#CC6677", "#117733")  # of the boxes, in turn
MOST_AXES = 3  # parameters of a box that are drawn, each pair on a panel


def figures(finding: Discovery) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures of a discovery: name, and a function that draws it; none where there is no box."""
    for number in range(len(finding.boxes)):
        yield f"box-{number + 1}", partial(pairs, finding, number)
    if finding.boxes:
        yield "peeling", partial(peeling, finding)


def _caption(finding: Discovery, text: str) -> str:
    plan = finding.plan
    basis = f"{points_of(plan):,} points of {plan.runs_in_a_world:,} runs, seed {plan.seed}"
    return f"{text}\nScenario {named(plan.scenario)}, {basis}."


# ---------------------------------------------------------------- a box


def pairs(finding: Discovery, number: int) -> Figure:
    """A box and the points it was sought among, on each pair of the parameters that it restricts most stably."""
    box, points = finding.boxes[number], finding.sample()
    remaining = np.ones(len(points.points), dtype=bool)
    for earlier in finding.boxes[:number]:
        remaining &= ~earlier.box.holds(points.points)
    shown = list(itertools.combinations(_drawn_paths(box), 2))
    shares = f"at {bracketed(box.density, '.0%')} of its points, against {box.baseline_density:.0%} of all"
    width = 3.0 + 4.2 * len(shown)
    text = wrapped(f"Box: {finding.where(box)}.", int(15 * width))
    text += "\nCrosses: holdout set; dots: learned from. Faint: outside the box in a parameter not shown."
    if number:
        text += " Points of earlier boxes are left out."
    message = f"Box {number + 1}. {finding.event()} {shares}"
    figure, row = panels(width, 5.4, message, _caption(finding, text), len(shown))
    for axes, pair in zip(row, shown, strict=True):
        _scatter(axes, finding, points, remaining, pair, box)
        _outline(axes, finding, pair, box)
    row[-1].legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9, markerscale=1.5)
    return figure


def _drawn_paths(box: FoundBox) -> list[str]:
    """The parameters that are drawn: those restricted, the most stable first, and at least two."""
    restricted = {restriction.path for restriction in box.restrictions}
    ranked = sorted(box.stability, key=lambda path: path not in restricted)
    return ranked[: max(2, min(MOST_AXES, len(restricted)))]


def _scatter(
    axes: Any, finding: Discovery, points: Sample, remaining: Array, pair: tuple[str, ...], box: FoundBox
) -> None:
    """The remaining points, by side and by half; faint where the box leaves them out in another parameter."""
    seen = np.array([column.path in pair for column in points.columns])
    low, high = np.where(seen, -np.inf, box.box.low), np.where(seen, np.inf, box.box.high)
    inside = Box(low, high).holds(points.points)
    x, y = (_positions(finding, path) for path in pair)
    for sought, holdout, full in itertools.product((False, True), repeat=3):
        chosen = remaining & (points.sought == sought) & (points.holdout == holdout) & (inside == full)
        name = wrapped(finding.event(sought), 24) + (", holdout" if holdout else "")
        axes.scatter(
            *(x[chosen], y[chosen]),
            s=9 if holdout else 5,
            marker="x" if holdout else "o",
            color=ABOVE if sought == finding.asked.above else BELOW,
            alpha=0.8 if full else 0.15,
            linewidths=0.8 if holdout else 0.0,
            label=name if full else None,
        )


def _positions(finding: Discovery, path: str) -> Array:
    """The position of each point on the axis of a parameter."""
    kind = finding.plan.scenario.entries[path].type
    return np.array([axis_position(value, kind) for value in finding.values[path].tolist()])


def _outline(axes: Any, finding: Discovery, pair: tuple[str, ...], box: FoundBox) -> None:
    """The box as a rectangle, open ends at the edge of the points; and the axes, named."""
    entries = finding.plan.scenario.entries
    (left, right), (bottom, top) = (_ends(finding, path, box) for path in pair)
    axes.add_patch(Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=INK, linewidth=2))
    for path, axis in zip(pair, (axes.xaxis, axes.yaxis), strict=True):
        kind = entries[path].type
        axis.set_label_text(wrapped(f"{entries[path].label} ({entries[path].unit})", 44))
        if kind is not float:
            values = sorted(set(_positions(finding, path).tolist()))
            axis.set_ticks(values, [f"{v:.0f}" if kind is int else choices(kind)[int(v)] for v in values])


def _ends(finding: Discovery, path: str, box: FoundBox) -> tuple[float, float]:
    """Both ends of a box on an axis; half a step beyond the outermost of whole numbers and words."""
    kind = finding.plan.scenario.entries[path].type
    positions = _positions(finding, path)
    margin = 0.02 * float(positions.max() - positions.min()) if kind is float else 0.5
    low, high = float(positions.min()) - margin, float(positions.max()) + margin
    restriction = next((r for r in box.restrictions if r.path == path), None)
    if restriction is None:
        return low, high
    if restriction.words:
        inside = [axis_position(word, kind) for word in restriction.words]
        return min(inside) - margin, max(inside) + margin
    beyond = 0.0 if kind is float else margin
    low = low if restriction.low is None else restriction.low - beyond
    return low, high if restriction.high is None else restriction.high + beyond


# ---------------------------------------------------------------- peeling trajectories


def peeling(finding: Discovery) -> Figure:
    """Coverage against density along the peeling trajectories, as learned and in the holdout set, and the boxes."""
    first = finding.boxes[0]
    shares = f"{bracketed(first.density, '.0%')} of its points and {bracketed(first.coverage, '.0%')} of all cases"
    text = "Thin: peeling trajectory from all points inward, as learned. Thick: the same in the holdout set.\n"
    text += "Dots: the boxes chosen, with 95% intervals in the holdout set."
    message = f"{finding.event()}: the first box has it at {shares}"
    figure, axes = canvas(8, 5, message, _caption(finding, text))
    for number, (box, shade) in enumerate(zip(finding.boxes, SHADES, strict=False), 1):
        learned_density, learned_coverage, density, coverage = 100.0 * np.array(box.trajectory).T
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
