"""The figure of a sensitivity analysis."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from ..analysis.sensitivity_finding import MOST_SHOWN, Sensitivity
from ..measures.intervals import Interval
from .style import INK, WITH, WITHOUT, canvas, wrapped


def figures(finding: Sensitivity) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures of a sensitivity analysis: name, and a function that draws it; none where no point differs."""
    if finding.variance > 0.0:
        yield "sensitivity", partial(bars, finding)


def bars(finding: Sensitivity) -> Figure:
    """The parameters that move the measure most: a bar for the total index, a dot for the first order."""
    entries, about = finding.plan.scenario.entries, finding.plan.about
    shown = finding.ranked()[:MOST_SHOWN]
    figure, axes = canvas(9, 2.0 + 0.36 * len(shown), wrapped(_message(finding), 70), _caption(finding))
    for row, path in enumerate(shown):
        axes.barh(row, finding.total[path].mean, height=0.6, color=WITH, alpha=0.55)
        _line(axes, row, finding.total[path], INK)
        if finding.first:
            _line(axes, row + 0.2, finding.first[path], WITHOUT)
            axes.plot(finding.first[path].mean, row + 0.2, "o", color=WITHOUT, markersize=4)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(shown)), [wrapped(entries[path].label, 46) for path in shown])
    axes.invert_yaxis()
    axes.set_xlabel("Share of the variance" if finding.first else f"mu*, mean absolute effect ({about.unit})")
    return figure


def _message(finding: Sensitivity) -> str:
    label, told = finding.plan.about.label, finding.told()
    if told:
        return f"{label}: moved most by {finding.plan.scenario.entries[told[0]].label}"
    return f"{label}: no unknown's effect can be told from luck"


def _caption(finding: Sensitivity) -> str:
    bars = "Bars: mu* of Morris' elementary effects."
    if finding.first:
        bars = "Bars: total-order Sobol indices, interactions included. Dots: first order."
    plan, unknowns = finding.plan, len(finding.total)
    return (
        f"{bars} Lines: 95% intervals (bootstrap). {finding.luck:.0%} of the variance between points is luck.\n"
        f"Scenario {plan.scenario.called}, {len(plan.points):,} points of {plan.runs:,} runs, "
        f"seed {plan.seed}; the {min(MOST_SHOWN, unknowns)} highest of {unknowns} unknowns."
    )


def _line(axes: Any, height: float, interval: Interval, shade: str) -> None:
    axes.plot([interval.low, interval.high], [height, height], color=shade, linewidth=1.5)
