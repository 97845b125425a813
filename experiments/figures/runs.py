"""Figures of many runs of one scenario, each from their summary."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..measures.intervals import Interval
from ..results.summary import PERIODS, TWO_RANGES, Summary, ending
from ..results.summary_parts import MonthSummary
from ..results.words import bracketed
from .captions import caption, nothing
from .flow import outcome_flow
from .sets import joint_sets
from .style import INK, OUTCOME_COLOURS, PALE, WITH, WITHOUT, canvas, colour, panels, wrapped

WORLDS = {"with the framework": WITH, "ad-hoc world": WITHOUT}
STAGES = ("compromise of\nthe ideals", "weighted median\nof the ideals", "first draft", "order", "announcement")
MONTHS_AXIS = "Months after the announcement (of four weeks)"
IDEALS = 2  # the first of these stages, before any draft


def outcomes(summary: Summary) -> Figure:
    """How runs end: a bar an outcome, with its interval; the adopted ones divided by what became of them."""
    text = (
        "Bars: share of runs. Lines: 95% Wilson intervals. Durable, eroded (below quorum) and superseded (by a law)\n"
        "divide the adopted runs by how they stand at the horizon."
    )
    if summary.worlds is not None:
        text += "\n" + wrapped(f"Dotted: 90% of worlds. {TWO_RANGES}", 110)
    figure, axes = canvas(7, 4.4, summary.headline(), caption(summary, text))
    for row, (name, interval) in enumerate(summary.outcomes.items()):
        _bar(axes, row, interval, OUTCOME_COLOURS[name])
    if summary.worlds is not None:
        ends = [100 * end.mean for end in (summary.worlds.low, summary.worlds.high)]
        axes.plot(
            ends, [list(summary.outcomes).index("adopted") + 0.4] * 2, ":", color=INK, linewidth=2, label="worlds"
        )
    _finish(axes, [ending(name).strip() for name in summary.outcomes], "Share of runs (%)")
    return figure


def joining(summary: Summary) -> Figure:
    """Who joins: a bar a lab over the runs that adopt, and a dot over all runs."""
    if not summary.adopted:
        return nothing(summary)
    labs = sorted(summary.labs.items(), key=lambda item: -item[1].joined_if_adopted.mean)
    (_, least), rest = labs[-1], labs[:-1]
    message = "Which labs are in an adopted framework"
    if rest and all(lab.joined_if_adopted.low > least.joined_if_adopted.high for _, lab in rest):
        message = f"{least.label} is the lab most often outside an adopted framework"
    text = "Bars: share of the runs that adopt. Dots: share of all runs. Lines: 95% Wilson intervals."
    figure, axes = canvas(7, 1.6 + 0.36 * len(labs), message, caption(summary, text))
    for row, (name, lab) in enumerate(labs):
        _bar(axes, row - 0.12, lab.joined_if_adopted, colour(name))
        _dot(axes, row + 0.3, lab.joined)
    labels = [lab.label for _, lab in labs]
    _finish(axes, labels, "Share of runs in which the lab is in the framework at announcement (%)")
    return figure


def review_period(summary: Summary) -> Figure:
    """The review period from the ideals through the drafts to the terms: median, half and 90% of the runs."""
    spreads = {name: summary.measures[name].spread for name in PERIODS}
    message = "No run reaches a framework"
    if spreads["review_days"].runs:
        first, order, final = (
            f"{spreads[name].median:.0f}" for name in ("first_draft_review_days", "order_review_days", "review_days")
        )
        message = f"From {first} days in the first draft to {order} in the order and {final} at announcement (medians)"
    text = (
        "Thin lines: 90% of the runs; thick: half of them; dots: medians. "
        "Later stages count only the runs that reach them."
    )
    figure, axes = canvas(8, 3.8, message, caption(summary, text))
    for column, spread in enumerate(spreads.values()):
        if spread.runs:
            shade = PALE if column < IDEALS else OUTCOME_COLOURS["adopted"]
            _upright(axes, column, (spread.p5, spread.p95), shade, linewidth=2, alpha=0.5)
            _upright(axes, column, (spread.p25, spread.p75), shade, linewidth=9, alpha=0.6)
            axes.plot(column, spread.median, "o", color=INK)
            number = f"{spread.median:.0f}"
            axes.annotate(number, (column, spread.median), (12, 0), textcoords="offset points", va="center")
    labels = [f"{stage}\n({spread.runs:,} runs)" for stage, spread in zip(STAGES, spreads.values(), strict=True)]
    axes.set_xticks(range(len(labels)), labels)
    axes.set_ylabel("Review period (days)")
    axes.set_ylim(bottom=0)
    axes.set_xlim(-0.5, len(labels) - 0.3)
    return figure


def participation(summary: Summary) -> Figure:
    """Who stays: the share of the frontier in the framework, month by month after an announcement."""
    months = summary.months
    if not months or not summary.adopted:
        return nothing(summary)
    end = months[-1].share_in.median
    members = "all labs" if end > 0.999 else f"at least {100 * end:.0f}% of the frontier"
    message = f"After {months[-1].month} months half of the frameworks have {members}"
    text = "Line: median over the runs that adopt. Bands: half of them and 90% of them. A framework that a law has\n"
    text += "superseded counts with the members it had then."
    figure, axes = canvas(8, 4, message, caption(summary, text))
    _bands(axes, months)
    axes.set_ylim(0, 105)
    axes.set_xlabel(MONTHS_AXIS)
    axes.set_ylabel("Share of the frontier in it (%)")
    return figure


def queue(summary: Summary) -> Figure:
    """How long the line at the review desk is, month by month."""
    months = summary.months
    if not months or not summary.adopted:
        return nothing(summary)
    means = [month.mean_queue for month in months]
    message = f"On average {means[0].mean:.2f} releases wait at the desk after a month, {means[-1].mean:.2f} at the end"
    text = (
        "Line: mean over the runs that adopt, at the end of each month of four weeks. Band: its 95% interval.\n"
        f"In {months[-1].nobody_waits.mean:.0%} of these runs nobody waits at the end."
    )
    figure, axes = canvas(8, 4, message, caption(summary, text))
    numbers = [month.month for month in months]
    low, high = [interval.low for interval in means], [interval.high for interval in means]
    axes.fill_between(numbers, low, high, color=WITH, alpha=0.35, linewidth=0)
    axes.plot(numbers, [interval.mean for interval in means], color=WITH, linewidth=2)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(MONTHS_AXIS)
    axes.set_ylabel("Releases waiting for a review")
    return figure


def delays(summary: Summary) -> Figure:
    """The delay of a release, with the framework and in the ad-hoc world."""
    change = summary.ad_hoc["delay_days"].difference
    if not summary.ad_hoc["delay_days"].runs:
        return nothing(summary)
    law = summary.ad_hoc["mandate"].without.mean
    message = f"Delay at home against the ad-hoc world: {bracketed(change, '+.1f')} days"
    text = (
        "Dots: mean delay of a flagship release in the runs that adopt. Lines: 95% intervals of the means; the\n"
        "difference in the title is paired. The ad-hoc world has reviews under agreements from before, and in\n"
        f"{law:.0%} of these runs under a law."
    )
    figure, axes = canvas(7, 3.0, message, caption(summary, text))
    for row, name in enumerate(("delay_days", "delay_abroad_days")):
        _both_worlds(axes, row, summary.ad_hoc[name].framework, summary.ad_hoc[name].without)
    axes.set_yticks([0, 1], ["at home", "abroad"])
    axes.set_ylim(1.5, -0.9)
    axes.set_xlim(left=0)
    axes.set_xlabel("Delay of a flagship release (days)")
    _name_worlds(axes, loc="upper right", ncols=2)
    return figure


def leaving(summary: Summary) -> Figure:
    """Which labs leave, and how often each is held with the framework and without."""
    if not summary.adopted:
        return nothing(summary)
    labs = sorted(summary.labs.items(), key=lambda item: -item[1].left_if_adopted.mean)
    (_, first), *_ = labs
    message = f"{first.label} leaves in {100 * first.left_if_adopted.mean:.0f}% of the runs that adopt"
    text = (
        "Left: share of the runs that adopt in which the lab left at least once. Right: ad-hoc holds of the lab\n"
        "within the horizon in those runs, with the framework and in the ad-hoc world. Lines: 95% intervals."
    )
    figure, (left, right) = panels(9, 2.2 + 0.36 * len(labs), message, caption(summary, text), 2)
    for row, (name, lab) in enumerate(labs):
        _bar(left, row, lab.left_if_adopted, colour(name))
        _both_worlds(right, row, lab.holds_if_adopted, lab.holds_ad_hoc)
    _finish(left, [lab.label for _, lab in labs], "Ever left (% of runs)")
    highest = max(100 * lab.left_if_adopted.high for _, lab in labs)
    left.set_xlim(0, min(108.0, 1.25 * highest))
    left.xaxis.set_major_locator(MaxNLocator(5))
    right.set_yticks(range(len(labs)), [""] * len(labs))
    right.set_ylim(left.get_ylim())
    right.set_xlim(left=0)
    right.set_xlabel("Ad-hoc holds within the horizon")
    _name_worlds(right, loc="lower right", fontsize=9)
    return figure


def _upright(axes: Axes, column: int, ends: tuple[float, float], shade: str, **look: Any) -> None:
    """An upright line between the ends of a range."""
    axes.plot([column, column], ends, color=shade, solid_capstyle="butt", **look)


def _bands(axes: Axes, months: Sequence[MonthSummary]) -> None:
    """The median share of the frontier in the framework by month, in bands of half and of 90% of the runs."""
    numbers = [month.month for month in months]
    spreads = [month.share_in for month in months]
    for low, high, alpha in (("p5", "p95", 0.2), ("p25", "p75", 0.35)):
        bottom, top = ([100.0 * getattr(spread, end) for spread in spreads] for end in (low, high))
        axes.fill_between(numbers, bottom, top, color=WITH, alpha=alpha, linewidth=0)
    axes.plot(numbers, [100.0 * spread.median for spread in spreads], color=WITH, linewidth=2)


def _both_worlds(axes: Axes, row: float, framework: Interval, without: Interval) -> None:
    """A mean with its interval in either world, one above the other."""
    for shift, interval, (label, shade) in zip((-0.12, 0.12), (framework, without), WORLDS.items(), strict=True):
        if not math.isnan(interval.low):
            axes.plot([interval.low, interval.high], [row + shift] * 2, color=shade, linewidth=2)
        axes.plot(interval.mean, row + shift, "o", color=shade, label=label)


def _name_worlds(axes: Axes, **look: Any) -> None:
    """The legend of `_both_worlds`, each world once."""
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[: len(WORLDS)], labels[: len(WORLDS)], frameon=False, **look)


def _bar(axes: Axes, row: float, interval: Interval, shade: str) -> None:
    """A bar of a share with its interval and its number."""
    mean, low, high = (100 * end for end in interval)
    axes.barh(row, mean, height=0.6, color=shade)
    axes.plot([low, high], [row, row], color=INK, linewidth=1.5, marker="|")
    axes.annotate(f"{mean:.1f}", (high, row), (5, 0), textcoords="offset points", va="center", fontsize=9)


def _dot(axes: Axes, row: float, interval: Interval) -> None:
    """A dot at a share with its interval."""
    mean, low, high = (100 * end for end in interval)
    axes.plot([low, high], [row, row], color=PALE, linewidth=1)
    axes.plot(mean, row, "o", color=PALE, markersize=4)


def _finish(axes: Axes, names: list[str], label: str) -> None:
    """Names from the top down, and an axis of percent."""
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 108)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel(label)


FIGURES = {
    "outcomes": outcomes,
    "outcome-flow": outcome_flow,
    "joining": joining,
    "joining-together": joint_sets,
    "review-period": review_period,
    "participation": participation,
    "delays": delays,
    "queue": queue,
    "leaving": leaving,
}


def figures(summary: Summary) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """Every figure by its name with the function that draws it; none where every run failed."""
    if summary.finished:
        yield from ((name, partial(draw, summary)) for name, draw in FIGURES.items())
