"""The figure of a sensitivity analysis."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from ..analysis.sensitivity import MOST_TOLD, Sensitivity
from ..measures.intervals import Interval
from .style import INK, WITH, WITHOUT, canvas, wrapped


def figures(found: Sensitivity) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures of a sensitivity analysis: name, and what draws it."""
    yield "sensitivity", partial(bars, found)


def bars(found: Sensitivity) -> Figure:
    """The parameters that move the measure most: a bar for the total index, a dot for the first order."""
    entries = found.plan.scenario.entries
    shown = found.ranked()[:MOST_TOLD]
    top = shown[0]
    label = found.plan.about.label
    message = (
        f"{label}: moved most by {entries[top].label}"
        if found.told_apart(top)
        else f"{label}: no effect can be told from zero"
    )
    text = (
        f"{_what(found)} Lines: 95% intervals (bootstrap). {found.luck:.0%} of the variance between points is luck.\n"
    )
    text += (
        f"Scenario {found.plan.scenario.called}, {len(found.plan.points):,} points of {found.plan.runs:,} runs, "
        f"seed {found.plan.seed}; the {len(shown)} highest of {len(found.total)} unknowns."
    )
    figure, axes = canvas(9, 2.0 + 0.36 * len(shown), wrapped(message, 70), text)
    for place, path in enumerate(shown):
        axes.barh(place, found.total[path].mean, height=0.6, color=WITH, alpha=0.55)
        _line(axes, place, found.total[path], INK)
        if found.first:
            _line(axes, place + 0.2, found.first[path], WITHOUT)
            axes.plot(found.first[path].mean, place + 0.2, "o", color=WITHOUT, markersize=4)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(shown)), [wrapped(entries[path].label, 46) for path in shown])
    axes.invert_yaxis()
    axes.set_xlabel("Share of the variance" if found.first else f"mu*, mean absolute effect ({found.plan.about.unit})")
    return figure


def _what(found: Sensitivity) -> str:
    if found.first:
        return "Bars: total-order Sobol indices, interactions included. Dots: first order."
    return "Bars: mu* of Morris' elementary effects."


def _line(axes: Any, place: float, its: Interval, shade: str) -> None:
    axes.plot([its.low, its.high], [place, place], color=shade, linewidth=1.5)
