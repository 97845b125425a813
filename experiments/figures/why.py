"""The figure of why a lab stayed out."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from ..analysis.why_finding import JOINS, NO_FRAMEWORK, OUT, Why
from ..measures.intervals import Interval
from .captions import named
from .style import INK, LESS, PALE, WITH, say, sheet, wrapped

SHADES = {JOINS: WITH, OUT: LESS, NO_FRAMEWORK: PALE}


def figures(finding: Why) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures of why a lab stayed out: name, and a function that draws it."""
    yield "why", partial(parts, finding)


def parts(finding: Why) -> Figure:
    """The parts of the gain by outcome, and beside them where the lab stayed out less where it joined."""
    rows = range(len(finding.parts))
    figure = sheet(11, 2.4 + 0.42 * len(rows), _caption(finding))
    means, apart = figure.subplots(1, 2, sharey=True)
    for row, part in zip(rows, finding.parts, strict=True):
        for shift, (name, shade) in zip((-0.2, 0.0, 0.2), SHADES.items(), strict=True):
            _dot(means, row + shift, part.means[name], shade)
        _dot(apart, row, part.difference, INK if part.is_told else PALE)
    for name, shade in SHADES.items():
        means.plot([], [], "o", color=shade, label=f"{name} ({finding.runs[name]:,} runs)")
    means.set_yticks(rows, [wrapped(part.label, 34) for part in finding.parts])
    means.invert_yaxis()
    means.set_xlabel("Mean part of the gain (release cycles)")
    apart.set_xlabel(f"Difference: {OUT} less {JOINS} (release cycles)")
    for axes in (means, apart):
        axes.axvline(0, color=INK, linewidth=0.8)
    means.legend(loc="best", frameon=False, fontsize=9)
    say(figure, finding.headline())
    return figure


def _dot(axes: Any, height: float, interval: Interval, shade: str) -> None:
    if math.isnan(interval.mean):
        return
    axes.plot([interval.low, interval.high], [height, height], color=shade, linewidth=1.5)
    axes.plot(interval.mean, height, "o", color=shade, markersize=4)


def _caption(finding: Why) -> str:
    plan = finding.plan
    return (
        "Lines: 95% intervals, Student's for means and Welch's for differences; pale: not told from zero.\n"
        f"Scenario {named(plan.scenario)}, {plan.runs:,} runs, seed {plan.seed}."
    )
