"""Figures of many runs, each from what `experiments.summary` says of them."""

from typing import Any

from matplotlib.figure import Figure

from ..summary import PERIODS, headline, words
from .style import INK, OUTCOME_COLOURS, canvas, colour

Summary = dict[str, Any]


def caption(summary: Summary, what: str) -> str:
    """What is seen, and of which runs."""
    good = summary["runs"] - summary["failed"]
    return f"{what}\nScenario {summary['scenario']}, {good:,} runs, seed {summary['seed']}."


def outcomes(summary: Summary) -> Figure:
    """How negotiations end: a bar an outcome, with its interval."""
    figure, axes = canvas(
        7, 3.2, headline(summary), caption(summary, "Bars: share of runs. Lines: 95% Wilson intervals.")
    )
    for place, (name, its) in enumerate(summary["outcomes"].items()):
        _bar(axes, place, its, OUTCOME_COLOURS[name])
    names = [words(name) for name in summary["outcomes"]]
    _finish(axes, names, "Share of runs (%)")
    return figure


def joining(summary: Summary) -> Figure:
    """Who joins: a bar a lab over the runs that adopt, and a dot over all runs."""
    labs = sorted(summary["labs"].items(), key=lambda item: -(item[1]["joined_if_adopted"]["mean"] or 0.0))
    least = labs[-1][1]
    message = (
        "No run adopts a framework"
        if least["joined_if_adopted"]["mean"] is None
        else f"{least['label']} is the lab most often outside an adopted framework"
    )
    text = "Bars: share of the runs that adopt. Dots: share of all runs. Lines: 95% Wilson intervals."
    figure, axes = canvas(7, 1.6 + 0.36 * len(labs), message, caption(summary, text))
    for place, (name, lab) in enumerate(labs):
        if lab["joined_if_adopted"]["mean"] is not None:
            _bar(axes, place - 0.12, lab["joined_if_adopted"], colour(name))
        _dot(axes, place + 0.3, lab["joined"])
    _finish(axes, [lab["label"] for _, lab in labs], "Share of runs in which the lab is in the framework (%)")
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


FIGURES = {"outcomes": outcomes, "joining": joining, "review-period": review_period}
