"""Figures of many runs of one scenario, each from their summary."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..measures.intervals import Interval, Spread
from ..results.summary import PERIODS, TWO_RANGES, Summary
from ..results.summary_parts import MonthSummary
from ..results.words import bracketed, share_text
from .captions import caption
from .flow import outcome_flow
from .sets import joint_sets
from .style import INK, OUTCOME_COLOURS, PALE, PALE_WITH, WITH, WITHOUT, canvas, panels, wrapped

WORLDS = {"with the framework": WITH, "ad-hoc world": WITHOUT}
ENDINGS = {  # as they are called beside their bars, which are all of all runs
    "no_order": "no order",
    "no_framework": "no framework",
    "adopted": "adopted",
    "durable": "adopted, durable",
    "eroded": "adopted, eroded",
    "superseded": "adopted, superseded",
}
STAGES = ("first draft", "order", "announcement")
IDEALS = ("compromise of\nthe ideals", "weighted median\nof the ideals")
STAGE_PLACES, IDEAL_PLACES = (0.0, 1.0, 2.0), (3.4, 4.4)  # apart, since the ideals are no stage
WEEKS_AXIS = "Weeks after the announcement"
MONTH = 4  # weeks


def outcomes(summary: Summary) -> Figure:
    """How runs end: a bar an outcome, with its interval; the adopted ones divided by what became of them."""
    text = (
        "Bars: share of all runs. Lines: 95% Wilson intervals. Durable, eroded (below quorum) and superseded (by a\n"
        "law), which are thinner, divide the adopted runs by how they stand at the horizon."
    )
    if summary.worlds is not None:
        text += "\n" + wrapped(f"Dotted: 90% of worlds. {TWO_RANGES}", 110)
    figure, axes = canvas(7, 4.4, summary.headline(), caption(summary, text))
    for row, (name, interval) in enumerate(summary.outcomes.items()):
        _bar(axes, row, interval, OUTCOME_COLOURS[name], height=0.35 if "," in ENDINGS[name] else 0.65)
    if summary.worlds is not None:
        ends = [100 * end.mean for end in (summary.worlds.low, summary.worlds.high)]
        axes.plot(
            ends, [list(summary.outcomes).index("adopted") + 0.45] * 2, ":", color=INK, linewidth=2, label="worlds"
        )
    _finish(axes, [ENDINGS[name] for name in summary.outcomes], "Share of all runs (%)")
    return figure


def joining(summary: Summary) -> Figure:
    """Who joins: a bar a lab over the runs that adopt, and in it a dot over all runs."""
    labs = sorted(summary.labs.values(), key=lambda lab: -lab.joined_if_adopted.mean)
    least, rest = labs[-1], labs[:-1]
    message = f"{least.label} is in {share_text(least.joined_if_adopted)} of the adopted frameworks"
    if rest and all(lab.joined_if_adopted.low > least.joined_if_adopted.high for lab in rest):
        message += ", less often than any other lab"
    elif rest:
        message += "; no lab is surely in fewer"
    text = "Bars: share of the runs that adopt. Dots: share of all runs. Lines: 95% Wilson intervals."
    figure, axes = canvas(7, 1.8 + 0.36 * len(labs), message, caption(summary, text))
    for row, lab in enumerate(labs):
        _bar(axes, row, lab.joined_if_adopted, PALE_WITH, height=0.7, line=row - 0.12)
        _dot(axes, row + 0.2, lab.joined)
    _finish(
        axes, [lab.label for lab in labs], "Share of runs in which the lab is in\nthe framework at announcement (%)"
    )
    return figure


def review_period(summary: Summary) -> Figure:
    """The review period from the first draft to the terms, and apart from these the ideals, by quantiles of runs."""
    ideals, stages = PERIODS[: len(IDEALS)], PERIODS[len(IDEALS) :]
    first, order, final = (summary.measures[name].spread for name in stages)
    message = "No run reaches a framework"
    if final.runs:
        message = (
            f"From {first.median:.0f} days of review in the first draft to {order.median:.0f} in the order and "
            f"{final.median:.0f} at announcement (medians; 90% of the frameworks: {final.p5:.0f} to {final.p95:.0f})"
        )
    text = (
        "Thin lines: 90% of the runs; thick: half of them; dots: medians. Later stages count only the runs that reach\n"
        "them. Grey, for comparison: what the ideals of all come to."
    )
    figure, axes = canvas(8, 4.0, message, caption(summary, text))
    labels = []
    for places, names, titles, shade in (
        (STAGE_PLACES, stages, STAGES, WITH),
        (IDEAL_PLACES, ideals, IDEALS, PALE),
    ):
        for place, name, title in zip(places, names, titles, strict=True):
            spread = summary.measures[name].spread
            labels.append(f"{title}\n({spread.runs:,} runs)")
            if spread.runs:
                _column(axes, place, spread, shade)
    axes.set_xticks([*STAGE_PLACES, *IDEAL_PLACES], labels)
    axes.axvline((STAGE_PLACES[-1] + IDEAL_PLACES[0]) / 2, color=PALE, linewidth=0.8, linestyle=":")
    axes.set_ylabel("Review period (days)")
    axes.set_ylim(bottom=0)
    axes.set_xlim(-0.5, IDEAL_PLACES[-1] + 0.5)
    return figure


def participation(summary: Summary) -> Figure:
    """Who stays: the share of the frontier in the framework, month by month after an announcement."""
    first, end = summary.months[0].share_in, summary.months[-1].share_in
    message = (
        f"{MONTH * summary.months[-1].month} weeks after the announcement half of the frameworks have "
        f"{_members(end.median)}, and one in twenty has at most {100 * end.p5:.0f}% of the frontier"
    )
    if len(summary.months) > 1:
        message += f" (after {MONTH} weeks: {100 * first.p5:.0f}%)"
    text = "Line: median over the runs that adopt. Bands: half of them and 90% of them. A framework that a law has\n"
    text += "superseded counts with the members it had then."
    figure, axes = canvas(8, 4, message, caption(summary, text))
    _bands(axes, summary.months)
    axes.set_ylim(0, 105)
    axes.set_xlabel(WEEKS_AXIS)
    axes.set_ylabel("Share of the frontier in it (%)")
    return figure


def _members(share_in: float) -> str:
    """A share of the frontier (0..1) in words."""
    return "all labs" if share_in > 0.999 else f"at least {100 * share_in:.0f}% of the frontier"


def queue(summary: Summary) -> Figure:
    """How long the line at the review desk is, month by month."""
    months = summary.months
    means = [month.mean_queue for month in months]
    weeks = [MONTH * month.month for month in months]
    idle = f"{share_text(months[-1].nobody_waits)} of the frameworks have none"
    message = f"After {weeks[-1]} weeks {bracketed(means[-1], '.2f')} releases wait on average; {idle}"
    if means[0].high < means[-1].low:
        message = (
            f"The queue at the desk grows from {bracketed(means[0], '.2f')} releases after {MONTH} weeks to "
            f"{bracketed(means[-1], '.2f')} after {weeks[-1]}; {idle}"
        )
    text = "Line: mean over the runs that adopt, at the end of every four weeks. Band: its 95% interval."
    figure, axes = canvas(8, 4, message, caption(summary, text))
    low, high = [interval.low for interval in means], [interval.high for interval in means]
    axes.fill_between(weeks, low, high, color=WITH, alpha=0.35, linewidth=0)
    axes.plot(weeks, [interval.mean for interval in means], color=WITH, linewidth=2)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(WEEKS_AXIS)
    axes.set_ylabel("Releases waiting for a review")
    return figure


def delays(summary: Summary) -> Figure:
    """The delay of a release, with the framework and in the ad-hoc world."""
    change, lawless = (each["delay_days"].difference for each in (summary.ad_hoc, summary.ad_hoc_without_law))
    law = summary.ad_hoc["mandate"].without.mean
    message = f"Delay at home against the ad-hoc world: {bracketed(change, '+.1f')} days a release"
    if summary.ad_hoc_without_law["delay_days"].runs and law > 0.0:
        message += f"; where no law comes in either, {bracketed(lawless, '+.1f')}"
    text = (
        "Dots: mean delay of a flagship release in the runs that adopt. Lines: 95% intervals of the means; the\n"
        "differences in the title are paired. The ad-hoc world has reviews under agreements from before, and in\n"
        f"{law:.0%} of these runs under a law."
    )
    figure, axes = canvas(8, 3.2, message, caption(summary, text))
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
    labs = sorted(summary.labs.values(), key=lambda lab: -lab.left_if_adopted.mean)
    first, *rest = labs
    message = f"{first.label} leaves {share_text(first.left_if_adopted)} of the frameworks"
    if not first.left_if_adopted.mean:
        message = "No lab leaves"
    elif all(lab.left_if_adopted.high < first.left_if_adopted.low for lab in rest):
        message += ", more often than any other lab"
    holds = summary.ad_hoc["holds"].difference
    message += f"; ad-hoc holds of all labs against the ad-hoc world: {bracketed(holds, '+.1f')}"
    text = (
        "Left: share of the runs that adopt in which the lab left at least once. Right: ad-hoc holds of the lab\n"
        "within the horizon in those runs, with the framework and in the ad-hoc world. Lines: 95% intervals; the\n"
        "difference in the title is paired."
    )
    figure, (left, right) = panels(9, 2.2 + 0.36 * len(labs), message, caption(summary, text), 2)
    for row, lab in enumerate(labs):
        _bar(left, row, lab.left_if_adopted, WITH)
        _both_worlds(right, row, lab.holds_if_adopted, lab.holds_ad_hoc)
        ends = [lab.holds_if_adopted.mean, lab.holds_ad_hoc.mean]
        right.plot(ends, [row - 0.12, row + 0.12], color=PALE, linewidth=0.6, zorder=1)
    _finish(left, [lab.label for lab in labs], "Ever left (% of the runs that adopt)")
    highest = max(100 * lab.left_if_adopted.high for lab in labs)
    left.set_xlim(0, min(108.0, 1.25 * highest))
    left.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    right.set_yticks(range(len(labs)), [""] * len(labs))
    right.set_ylim(left.get_ylim())
    right.set_xlim(left=0)
    right.set_xlabel("Ad-hoc holds within the horizon (holds)")
    _name_worlds(right, loc="lower right", fontsize=9)
    return figure


def _column(axes: Axes, place: float, spread: Spread, shade: str) -> None:
    """An upright line for 90% of the runs, a thicker one for half of them, and a dot at the median with its number."""
    _upright(axes, place, (spread.p5, spread.p95), shade, linewidth=2, alpha=0.5)
    _upright(axes, place, (spread.p25, spread.p75), shade, linewidth=9, alpha=0.6)
    axes.plot(place, spread.median, "o", color=INK)
    number = f"{spread.median:.0f}"
    axes.annotate(number, (place, spread.median), (12, 0), textcoords="offset points", va="center")


def _upright(axes: Axes, place: float, ends: tuple[float, float], shade: str, **look: Any) -> None:
    """An upright line between the ends of a range."""
    axes.plot([place, place], ends, color=shade, solid_capstyle="butt", **look)


def _bands(axes: Axes, months: Sequence[MonthSummary]) -> None:
    """The median share of the frontier in the framework by month, in bands of half and of 90% of the runs."""
    weeks = [MONTH * month.month for month in months]
    spreads = [month.share_in for month in months]
    for low, high, alpha in (("p5", "p95", 0.2), ("p25", "p75", 0.35)):
        bottom, top = ([100.0 * getattr(spread, end) for spread in spreads] for end in (low, high))
        axes.fill_between(weeks, bottom, top, color=WITH, alpha=alpha, linewidth=0)
    axes.plot(weeks, [100.0 * spread.median for spread in spreads], color=WITH, linewidth=2)


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


def _bar(
    axes: Axes, row: float, interval: Interval, shade: str, height: float = 0.6, line: float | None = None
) -> None:
    """A bar of a share with its interval, by itself in the middle, and its number."""
    mean, low, high = (100 * end for end in interval)
    axes.barh(row, mean, height=height, color=shade)
    axes.plot([low, high], [row if line is None else line] * 2, color=INK, linewidth=1.5, marker="|")
    axes.annotate(f"{mean:.1f}", (high, row), (5, 0), textcoords="offset points", va="center", fontsize=9)


def _dot(axes: Axes, row: float, interval: Interval) -> None:
    """A dot at a share with its interval."""
    mean, low, high = (100 * end for end in interval)
    axes.plot([low, high], [row, row], color=INK, linewidth=1)
    axes.plot(mean, row, "o", color=INK, markersize=4)


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
    """Every figure that has something to show, by its name with the function that draws it; none without runs."""
    if summary.finished:
        undrawn = summary.undrawn()
        yield from ((name, partial(draw, summary)) for name, draw in FIGURES.items() if name not in undrawn)
