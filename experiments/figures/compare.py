"""The figure of a comparison: paired differences of scenarios to the first, each with its interval."""

import math
from collections.abc import Callable, Iterator
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.rules.records import ABOUT

from ..measures.intervals import Interval
from ..results.compare import Comparison, Paired
from ..results.words import interval_text
from .style import INK, panels, series, wrapped

ADOPTED = ABOUT["adopted"]
PERCENT = "percentage points"
GROUPS = {  # what is drawn, on axes of their own by what the difference is in
    PERCENT: ("adopted", "durable", "share_at_horizon"),
    "days": ("review_days", "delay_days"),
    "labs, or holds": ("labs_joined", "holds"),
    "incidents, or releases": ("incidents", "covered_unreviewed"),
}
MOST_TOLD = 3  # scenarios whose effect is in the title
MARKERS = "osD^vPX"
SPREAD = 0.62  # of the distance between measures, over which the scenarios of one are spread


def figures(comparison: Comparison) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figure of a comparison: its name and the function that draws it; none where nothing differs."""
    if _shown(comparison):
        yield "differences", partial(differences, comparison)


def differences(comparison: Comparison) -> Figure:
    """The paired differences of the main measures, in panels; a colour and a marker for each scenario."""
    shown, others = _shown(comparison), len(comparison.differences)
    heights = [1.0 + len(measures) * max(1.25, 0.45 * others) for measures in shown.values()]
    caption = (
        f"Differences to {comparison.base} under the same luck, with 95% intervals; hollow where they hold 0.\n"
        f"{comparison.runs:,} runs each, seed {comparison.seed}. A measure that only some runs have is over those that "
        "have it in both."
    )
    figure, rows = panels(8.5, 1.9 + 0.33 * sum(heights), _message(comparison), caption, 1, heights)
    for axes, (unit, measures) in zip(rows, shown.items(), strict=True):
        _panel(axes, comparison, measures, unit)
    if others > 1:
        rows[0].legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return figure


def _shown(comparison: Comparison) -> dict[str, list[str]]:
    """The measures that differ somewhere, by what the difference is in."""
    pairs = comparison.differences.values()
    differ = {
        unit: [measure for measure in measures if any(_differs(its[measure]) for its in pairs)]
        for unit, measures in GROUPS.items()
    }
    return {unit: measures for unit, measures in differ.items() if measures}


def _differs(its: Paired) -> bool:
    """Whether there is a difference to be drawn: neither unknown nor none at all."""
    return its.difference.mean != 0.0 and not math.isnan(its.difference.mean)


def _panel(axes: Axes, comparison: Comparison, measures: list[str], unit: str) -> None:
    """The differences of some measures in one unit, a row each."""
    colours = series(len(comparison.differences))
    for number, (name, pairs) in enumerate(comparison.differences.items()):
        shift = (number - (len(colours) - 1) / 2) * SPREAD / len(colours)
        for row, measure in enumerate(measures):
            its = _scaled(pairs[measure].difference, unit)
            axes.plot([its.low, its.high], [row + shift] * 2, color=colours[number], linewidth=2)
            axes.plot(
                its.mean,
                row + shift,
                MARKERS[number % len(MARKERS)],
                color=colours[number],
                markerfacecolor=colours[number] if its.leaves_out_zero else "white",
                label="" if row else wrapped(name, 24),
            )
    axes.axvline(0.0, color=INK, linewidth=1)
    axes.set_yticks(range(len(measures)), [wrapped(ABOUT[measure].label, 34) for measure in measures])
    axes.set_ylim(len(measures) - 0.5, -0.5)
    axes.set_xlabel(f"Difference in {unit}")
    axes.tick_params(axis="y", length=0)


def _scaled(difference: Interval, unit: str) -> Interval:
    return Interval(*(100.0 * end for end in difference)) if unit == PERCENT else difference


def _message(comparison: Comparison) -> str:
    """How adoption differs from the first scenario, as far as the intervals tell."""
    changes = {name: pairs["adopted"].difference for name, pairs in comparison.differences.items()}
    told = [(name, change) for name, change in changes.items() if not math.isnan(change.mean)]
    if len(told) > MOST_TOLD:
        told.sort(key=lambda its: its[1].mean)
        low, high = (f"{interval_text(change, ADOPTED, signed=True)} ({name})" for name, change in (told[0], told[-1]))
        return f"Adoption against {comparison.base}: from {low} to {high}"
    if len(told) != 1:
        words = [f"{name} {interval_text(change, ADOPTED, signed=True)}" for name, change in told]
        return f"Adoption against {comparison.base}: {', '.join(words) or 'unknown'}"
    ((name, change),) = told
    shown = interval_text(change, ADOPTED, signed=True)
    if change.leaves_out_zero:
        return f"{name} adopts {'more' if change.mean > 0.0 else 'less'} often than {comparison.base}: {shown}"
    return f"{name} and {comparison.base} are not told apart by adoption: {shown}"
