"""Figures of influence: who moves what, by how much, and of whom that can be told."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from ..analysis.influence_finding import LABELS, SCALES, UNITS, Influence, any_moves, moves, ranked
from ..measures.intervals import Interval
from ..results.words import bracketed, share_text
from .captions import named
from .style import INK, LESS, MORE, WITHOUT, canvas

VIEWS = "Views of its own against neutral ones: the plain compromise of all ideals, for labs a stance of 0."


def figures(finding: Influence) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures of influence: name, and a function that draws it; none of what nobody moves."""
    for measure, values in finding.shapley.items():
        if any_moves(values):
            yield f"shapley-{measure.replace('_', '-')}", partial(shapley, finding, measure)
    drawn = {
        "pivotal": (pivotal, finding.pivotal),
        "one-day-more": (one_day_more, finding.day),
        "more-influence": (more_influence, finding.tenth),
    }
    for name, (draw, values) in drawn.items():
        if any_moves(values):
            yield name, partial(draw, finding)


def shapley(finding: Influence, measure: str) -> Figure:
    """The effect of each stakeholder's views on a measure; the bars add up to the effect of everybody's."""
    scale, values = SCALES[measure], finding.shapley[measure]
    whole, nobody = scale * finding.whole[measure], scale * finding.nobody[measure]
    unit, points = ("%", " points") if measure == "adopted" else (" days", " days")
    message = f"Everybody's views take {LABELS[measure]} from {nobody:.1f}{unit} to {whole:.1f}{unit}"
    top = finding.largest(measure, values)
    if top is None:
        message += "; whose cannot be told"
    else:
        size = bracketed(values[top], "+.1f", scale)
        message += f"; those of {finding.plan.scenario.labels[top]} by {size}{points}"
    text = f"Bars: Shapley values; they add up to the change from {nobody:.1f}{unit} to {whole:.1f}{unit}.\n{VIEWS}"
    label = f"Change of {LABELS[measure]} ({UNITS[measure]})"
    return _bars(finding, values, finding.clear[measure], scale, message, text, label)


def pivotal(finding: Influence) -> Figure:
    """How often each lab's last word decided."""
    labels, values = finding.plan.scenario.labels, finding.pivotal
    top, *others = sorted(values, key=lambda name: -values[name].mean)
    message = f"The last word of {labels[top]} decides in {share_text(values[top])} of runs"
    if others and values[top].low > max(values[name].high for name in others):
        message += ", more often than that of any other lab"
    text = "Bars: share of runs that would have ended otherwise, had this lab's last word been the other way and all\n"
    text += "other words the same. Lines: 95% Wilson intervals."
    return _bars(finding, values, set(values), 100.0, message, text, "Its last word decides (% of runs)")


def one_day_more(finding: Influence) -> Figure:
    """The effect of one more day in each one's ideal on the review period."""
    top = finding.largest("day", finding.day)
    message = "No stakeholder's ideal by itself moves the review period detectably"
    if top is not None:
        label, days = finding.plan.scenario.labels[top], bracketed(finding.day[top], "+.2f")
        message = f"One more day asked for by {label} moves the review by {days} days"
    text = "Bars: change of the mean review period at announcement, from central differences of five days either way."
    label = "Change at announcement for one more day in the ideal (days)"
    return _bars(finding, finding.day, finding.clear["day"], 1.0, message, text, label)


def more_influence(finding: Influence) -> Figure:
    """The effect of a tenth more influence of each on adoption."""
    top = finding.largest("tenth", finding.tenth)
    message = "No stakeholder's influence by itself moves adoption detectably"
    if top is not None:
        label, points = finding.plan.scenario.labels[top], bracketed(finding.tenth[top], "+.2f", 100.0)
        message = f"A tenth more influence of {label} moves adoption by {points} points"
    text = "Bars: change of adoption, from central differences of a quarter either way."
    label = "Change of adoption for a tenth more influence (percentage points)"
    return _bars(finding, finding.tenth, finding.clear["tenth"], 100.0, message, text, label)


def _bars(
    finding: Influence,
    values: Mapping[str, Interval],
    clear: Collection[str],
    scale: float,
    message: str,
    text: str,
    label: str,
) -> Figure:
    """A bar for each stakeholder that changes a run, with its interval, the largest change first."""
    plan = finding.plan
    names = [name for name in ranked(values) if moves(values[name])]
    rest = f"Scenario {named(plan.scenario)}, {len(plan.points):,} points of {plan.runs:,} runs, seed {plan.seed}."
    if "Lines" not in text:
        text += " Lines: 95% intervals over resampled\nruns. Blue: more; red: less; grey: not told from zero."
    if len(names) < len(values):
        text += f" Of {len(values) - len(names)} more no run changes."
    figure, axes = canvas(8.5, 1.9 + 0.36 * max(len(names), 3), message, f"{text}\n{rest}")
    for row, name in enumerate(names):
        shade = (MORE if values[name].mean > 0.0 else LESS) if name in clear else WITHOUT
        _bar(axes, row, values[name], scale, shade)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(names)), [plan.scenario.labels[name] for name in names])
    axes.set_ylim(max(len(names), 3) - 0.5, -0.5)
    axes.set_xlabel(label)
    return figure


def _bar(axes: Any, row: float, interval: Interval, scale: float, shade: str) -> None:
    axes.barh(row, scale * interval.mean, height=0.6, color=shade, alpha=0.6)
    axes.plot([scale * interval.low, scale * interval.high], [row, row], color=INK, linewidth=1.5, marker="|")
