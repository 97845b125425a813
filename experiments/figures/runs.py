"""Figures of many runs, each from what `experiments.summary` says of them."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..results.summary import PERIODS
from ..results.summary_text import ending, headline
from .captions import Summary, any_year, caption, nothing
from .flow import outcome_flow
from .sets import joint_sets
from .style import INK, OUTCOME_COLOURS, WITH, WITHOUT, canvas, colour, panels

WORLDS = {"with the framework": WITH, "ad-hoc world": WITHOUT}


def outcomes(summary: Summary) -> Figure:
    """How runs end: a bar an outcome, with its interval; the adopted ones divided by what became of them."""
    text = (
        "Bars: share of runs. Lines: 95% Wilson intervals. Durable, eroded (below quorum) and superseded (by a law)\n"
    )
    text += "divide the adopted runs by how they stand at the horizon."
    figure, axes = canvas(7, 4.2, headline(summary), caption(summary, text))
    for place, (name, its) in enumerate(summary["outcomes"].items()):
        _bar(axes, place, its, OUTCOME_COLOURS[name])
    names = [ending(name).strip() for name in summary["outcomes"]]
    _finish(axes, names, "Share of runs (%)")
    return figure


def joining(summary: Summary) -> Figure:
    """Who joins: a bar a lab over the runs that adopt, and a dot over all runs."""
    if not any_year(summary):
        return nothing(summary)
    labs = sorted(summary["labs"].items(), key=lambda item: -item[1]["joined_if_adopted"]["mean"])
    (_, least), rest = labs[-1], labs[:-1]
    apart = all(lab["joined_if_adopted"]["low"] > least["joined_if_adopted"]["high"] for _, lab in rest)
    message = (
        f"{least['label']} is the lab most often outside an adopted framework"
        if rest and apart
        else "Which labs are in an adopted framework"
    )
    text = "Bars: share of the runs that adopt. Dots: share of all runs. Lines: 95% Wilson intervals."
    figure, axes = canvas(7, 1.6 + 0.36 * len(labs), message, caption(summary, text))
    for place, (name, lab) in enumerate(labs):
        _bar(axes, place - 0.12, lab["joined_if_adopted"], colour(name))
        _dot(axes, place + 0.3, lab["joined"])
    _finish(
        axes,
        [lab["label"] for _, lab in labs],
        "Share of runs in which the lab is in the framework at announcement (%)",
    )
    return figure


def review_period(summary: Summary) -> Figure:
    """The review period from the ideals through the drafts to the terms: median, half and 90% of the runs."""
    its = [summary["measures"][name] for name in PERIODS]
    final, order = summary["measures"]["review_days"], summary["measures"]["order_review_days"]
    message = (
        "No run reaches a framework"
        if final["median"] is None
        else f"From {summary['measures']['first_draft_review_days']['median']:.0f} days in the first draft to "
        f"{order['median']:.0f} in the order and {final['median']:.0f} at announcement (medians)"
    )
    text = (
        "Thin lines: 90% of the runs; thick: half of them; dots: medians. "
        "Later stages count only the runs that reach them."
    )
    figure, axes = canvas(8, 3.8, message, caption(summary, text))
    for place, stage in enumerate(its):
        if stage["median"] is None:
            continue
        shade = "#777777" if place < 2 else "#117733"
        axes.plot(
            [place, place], [stage["p5"], stage["p95"]], color=shade, linewidth=2, alpha=0.5, solid_capstyle="butt"
        )
        axes.plot(
            [place, place], [stage["p25"], stage["p75"]], color=shade, linewidth=9, alpha=0.6, solid_capstyle="butt"
        )
        axes.plot(place, stage["median"], "o", color=INK)
        axes.annotate(
            f"{stage['median']:.0f}", (place, stage["median"]), (12, 0), textcoords="offset points", va="center"
        )
    names = ["compromise of\nthe ideals", "weighted median\nof the ideals", "first draft", "order", "announcement"]
    axes.set_xticks(
        range(len(names)), [f"{name}\n({stage['runs']:,} runs)" for name, stage in zip(names, its, strict=True)]
    )
    axes.set_ylabel("Review period (days)")
    axes.set_ylim(bottom=0)
    axes.set_xlim(-0.5, len(names) - 0.3)
    return figure


def participation(summary: Summary) -> Figure:
    """Who stays: the share of the frontier in the framework, month by month after an announcement."""
    months = summary["months"]
    if not months or not any_year(summary):
        return nothing(summary)
    end = months[-1]["share_in"]["median"]
    held = "all labs" if end > 0.999 else f"at least {100 * end:.0f}% of the frontier"
    message = f"After {months[-1]['month']} months half of the frameworks hold {held}"
    text = "Line: median over the runs that adopt. Bands: half of them and 90% of them. A framework that a law has\n"
    text += "superseded counts with the members it had then."
    figure, axes = canvas(8, 4, message, caption(summary, text))
    _bands(axes, months, "share_in", 100.0)
    axes.set_ylim(0, 105)
    axes.set_xlabel("Months after the announcement (of four weeks)")
    axes.set_ylabel("Share of the frontier in it (%)")
    return figure


def queue(summary: Summary) -> Figure:
    """How long the line at the review desk is, month by month."""
    months = summary["months"]
    if not months or not any_year(summary):
        return nothing(summary)
    first, last = (months[place]["mean_queue"]["mean"] for place in (0, -1))
    message = f"On average {first:.2f} releases wait at the desk after a month, {last:.2f} at the end"
    text = "Line: mean over the runs that adopt, at the end of each month of four weeks. Band: its 95% interval.\n"
    text += f"In {months[-1]['nobody_waits']['mean']:.0%} of these runs nobody waits at the end."
    figure, axes = canvas(8, 4, message, caption(summary, text))
    numbers = [month["month"] for month in months]
    means = [month["mean_queue"] for month in months]
    low, high = ([its["mean" if its[end] is None else end] for its in means] for end in ("low", "high"))
    axes.fill_between(numbers, low, high, color=WITH, alpha=0.35, linewidth=0)
    axes.plot(numbers, [its["mean"] for its in means], color=WITH, linewidth=2)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("Months after the announcement (of four weeks)")
    axes.set_ylabel("Releases waiting for a review")
    return figure


def delays(summary: Summary) -> Figure:
    """What a release is delayed, with the framework and in the ad-hoc world."""
    its = summary["ad_hoc"]["delay_days"]
    if its["mean"] is None:
        return nothing(summary)
    law = summary["ad_hoc"]["mandate"]["without"]["mean"]
    more = "more" if its["mean"] > 0 else "less"
    ends = "" if its["low"] is None else f" [{its['low']:+.1f} to {its['high']:+.1f}]"
    message = f"With the framework a release waits {abs(its['mean']):.1f} days {more} at home{ends}"
    text = "Dots: mean delay of a flagship release in the runs that adopt. Lines: 95% intervals of the means; the\n"
    text += (
        f"difference in the title is paired. In {law:.0%} of these runs a law brings reviews to the ad-hoc world too."
    )
    figure, axes = canvas(7, 3.0, message, caption(summary, text))
    for place, name in enumerate(("delay_days", "delay_abroad_days")):
        both = summary["ad_hoc"][name]
        _both_worlds(axes, place, both["framework"], both["without"])
    axes.set_yticks([0, 1], ["at home", "abroad"])
    axes.set_ylim(1.5, -0.9)
    axes.set_xlim(left=0)
    axes.set_xlabel("Delay of a flagship release (days)")
    _name_worlds(axes, loc="upper right", ncols=2)
    return figure


def leaving(summary: Summary) -> Figure:
    """Which labs leave, and how often each is held with the framework and without."""
    if not any_year(summary):
        return nothing(summary)
    labs = sorted(summary["labs"].items(), key=lambda item: -item[1]["left_if_adopted"]["mean"])
    message = (
        f"{labs[0][1]['label']} leaves in {100 * labs[0][1]['left_if_adopted']['mean']:.0f}% of the runs that adopt"
    )
    text = "Left: share of the runs that adopt in which the lab left at least once. Right: ad-hoc holds of the lab\n"
    text += "within the horizon in those runs, with the framework and in the ad-hoc world. Lines: 95% intervals."
    figure, (left, right) = panels(9, 2.2 + 0.36 * len(labs), message, caption(summary, text), 2)
    for place, (name, lab) in enumerate(labs):
        _bar(left, place, lab["left_if_adopted"], colour(name))
        _both_worlds(right, place, lab["holds_if_adopted"], lab["holds_ad_hoc"])
    _finish(left, [lab["label"] for _, lab in labs], "Ever left (% of runs)")
    highest = max(100 * lab["left_if_adopted"]["high"] for _, lab in labs)
    left.set_xlim(0, min(108.0, 1.25 * highest))
    left.xaxis.set_major_locator(MaxNLocator(5))
    right.set_yticks(range(len(labs)), [""] * len(labs))
    right.set_ylim(left.get_ylim())
    right.set_xlim(left=0)
    right.set_xlabel("Ad-hoc holds within the horizon")
    _name_worlds(right, loc="lower right", fontsize=9)
    return figure


def _bands(axes: Any, months: list[dict[str, Any]], name: str, scale: float) -> None:
    numbers = [month["month"] for month in months]
    for low, high, alpha in (("p5", "p95", 0.2), ("p25", "p75", 0.35)):
        ends = [[scale * month[name][end] for month in months] for end in (low, high)]
        axes.fill_between(numbers, *ends, color=WITH, alpha=alpha, linewidth=0)
    axes.plot(numbers, [scale * month[name]["median"] for month in months], color=WITH, linewidth=2)


def _both_worlds(axes: Any, place: float, with_it: dict[str, Any], without: dict[str, Any]) -> None:
    """A mean with its interval in either world, one above the other."""
    for shift, its, (label, shade) in zip((-0.12, 0.12), (with_it, without), WORLDS.items(), strict=True):
        if its["low"] is not None:
            axes.plot([its["low"], its["high"]], [place + shift] * 2, color=shade, linewidth=2)
        axes.plot(its["mean"], place + shift, "o", color=shade, label=label)


def _name_worlds(axes: Any, **where: Any) -> None:
    """The legend of `_both_worlds`, each world once."""
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[: len(WORLDS)], labels[: len(WORLDS)], frameon=False, **where)


def _bar(axes: Any, place: float, its: dict[str, Any], shade: str) -> None:
    mean, low, high = (100 * its[key] for key in ("mean", "low", "high"))
    axes.barh(place, mean, height=0.6, color=shade)
    axes.plot([low, high], [place, place], color=INK, linewidth=1.5, marker="|")
    axes.annotate(f"{mean:.1f}", (high, place), (5, 0), textcoords="offset points", va="center", fontsize=9)


def _dot(axes: Any, place: float, its: dict[str, Any]) -> None:
    mean, low, high = (100 * its[key] for key in ("mean", "low", "high"))
    axes.plot([low, high], [place, place], color="#777777", linewidth=1)
    axes.plot(mean, place, "o", color="#777777", markersize=4)


def _finish(axes: Any, names: list[str], label: str) -> None:
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
