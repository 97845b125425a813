"""The figure of a sensitivity analysis."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from ..analysis.sensitivity_finding import MOST_SHOWN, Sensitivity
from ..measures.intervals import Interval
from ..results.words import bracketed
from .captions import named
from .style import FAINT, INK, PALE_WITH, canvas, wrapped

SHARE_MARGIN = 0.05  # beyond the ends of a share, so that what is near them can be seen


def figures(finding: Sensitivity) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures of a sensitivity analysis: name, and a function that draws it; none where all may be luck."""
    if finding.told():
        yield "sensitivity", partial(bars, finding)


def bars(finding: Sensitivity) -> Figure:
    """The parameters that move the measure most: a bar for the total index, a dot for the first order."""
    entries, about, told = finding.plan.scenario.entries, finding.plan.about, finding.told()
    shown = finding.ranked()[:MOST_SHOWN]
    figure, axes = canvas(9, 2.0 + 0.36 * len(shown), _message(finding), _caption(finding))
    for row, path in enumerate(shown):
        axes.barh(row, finding.total[path].mean, height=0.6, color=PALE_WITH if path in told else FAINT)
        _line(axes, row - 0.1, finding.total[path], INK)
        if finding.first:
            axes.plot(finding.first[path].mean, row + 0.15, "o", color=INK, markersize=4, markerfacecolor="white")
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(shown)), [wrapped(entries[path].label, 46) for path in shown])
    axes.invert_yaxis()
    if finding.first:  # an estimate beyond the ends of a share says only that there are too few points
        axes.set_xlim(max(axes.get_xlim()[0], -SHARE_MARGIN), min(axes.get_xlim()[1], 1.0 + SHARE_MARGIN))
    axes.set_xlabel("Share of the variance" if finding.first else f"mu*, mean absolute effect ({about.unit})")
    return figure


def _message(finding: Sensitivity) -> str:
    """How many unknowns move the measure, and by how much that with the highest index."""
    told, label = finding.told(), finding.plan.about.label
    top, *others = told
    index = f"{'a total index' if finding.first else 'a mu*'} of {bracketed(finding.total[top], 'z.2f')}"
    message = f"{label}: {finding.plan.scenario.entries[top].label} moves it, with {index}"
    count = f"{len(others)} more of {len(finding.total)} unknowns" if others else "no other unknown"
    return f"{message}; {count} can be told from luck"


def _caption(finding: Sensitivity) -> str:
    bars = "Bars: mu* of Morris' elementary effects. Lines: 95% intervals (bootstrap)."
    if finding.first:
        bars = "Bars: total-order Sobol indices, interactions included. Lines, cut at 0 and 1: their 95% intervals.\n"
        bars += "Rings: first order."
    plan, unknowns = finding.plan, len(finding.total)
    return (
        f"{bars} Grey: not told from luck. {finding.luck:.0%} of the variance between points is luck.\n"
        f"Scenario {named(plan.scenario)}, {len(plan.points):,} points of {plan.runs:,} runs, "
        f"seed {plan.seed}; the {min(MOST_SHOWN, unknowns)} highest of {unknowns} unknowns."
    )


def _line(axes: Any, height: float, interval: Interval, shade: str) -> None:
    axes.plot([interval.low, interval.high], [height, height], color=shade, linewidth=1.5)
