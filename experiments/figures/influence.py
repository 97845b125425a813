"""Figures of influence, each stakeholder in its colour."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from ..analysis.influence_finding import LABELS, SCALES, UNITS, Influence, is_known, ranked
from ..measures.intervals import Interval
from ..results.words import bracketed, share_text
from .style import INK, canvas, colour, wrapped

VIEWS = "Views of its own against neutral ones: the plain compromise of all ideals, and for labs a stance of 0."


def figures(finding: Influence) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures of influence: name, and a function that draws it; none of one more day where nothing is measured."""
    for measure in finding.shapley:
        yield f"shapley-{measure.replace('_', '-')}", partial(shapley, finding, measure)
    yield "pivotal", partial(pivotal, finding)
    if any(map(is_known, finding.day.values())):
        yield "one-day-more", partial(one_day_more, finding)
    yield "more-influence", partial(more_influence, finding)


def shapley(finding: Influence, measure: str) -> Figure:
    """The effect of each stakeholder's views on a measure; the bars add up to the effect of everybody's."""
    scale = SCALES[measure]
    whole, nobody = scale * finding.whole[measure], scale * finding.nobody[measure]
    unit = "%" if measure == "adopted" else " days"
    message = f"Everybody's views take {LABELS[measure]} from {nobody:.1f} to {whole:.1f}{unit}"
    text = f"Bars: Shapley values; they add up to the change from {nobody:.1f}{unit} to {whole:.1f}{unit}.\n{VIEWS}"
    label = f"Change of {LABELS[measure]} ({UNITS[measure]})"
    return _bars(finding, finding.shapley[measure], scale, message, text, label)


def pivotal(finding: Influence) -> Figure:
    """How often each lab's last word decided."""
    labels = finding.plan.scenario.labels
    top = max(finding.pivotal, key=lambda name: finding.pivotal[name].mean)
    message = "No lab's last word decides in any run"
    if finding.pivotal[top].mean > 0.0:
        message = f"The last word of {labels[top]} decides in {share_text(finding.pivotal[top])} of runs"
    text = "Bars: share of runs that would have ended otherwise, had this lab's last word been the other way and all\n"
    text += "other words the same. Lines: 95% Wilson intervals."
    return _bars(finding, finding.pivotal, 100.0, message, text, "Its last word decides (% of runs)")


def one_day_more(finding: Influence) -> Figure:
    """The effect of one more day in each one's ideal on the review period."""
    top = finding.largest("day", finding.day)
    message = "No stakeholder's ideal by itself moves the review period detectably"
    if top is not None:
        label, days = finding.plan.scenario.labels[top], bracketed(finding.day[top], "+.2f")
        message = f"One more day asked for by {label} moves the review by {days} days"
    text = "Bars: change of the mean review period at announcement, from central differences of five days either way."
    return _bars(finding, finding.day, 1.0, message, text, "Days at announcement for one more day in the ideal")


def more_influence(finding: Influence) -> Figure:
    """The effect of a tenth more influence of each on adoption."""
    top = finding.largest("tenth", finding.tenth)
    message = "No stakeholder's influence by itself moves adoption detectably"
    if top is not None:
        label, points = finding.plan.scenario.labels[top], bracketed(finding.tenth[top], "+.2f", 100.0)
        message = f"A tenth more influence of {label} moves adoption by {points} points"
    text = "Bars: change of adoption, from central differences of a quarter either way."
    return _bars(
        finding, finding.tenth, 100.0, message, text, "Percentage points of adoption for a tenth more influence"
    )


def _bars(
    finding: Influence, values: Mapping[str, Interval], scale: float, message: str, text: str, label: str
) -> Figure:
    """A bar a stakeholder with its interval, the largest change first."""
    plan = finding.plan
    rest = f"Scenario {plan.scenario.called}, {len(plan.points):,} points of {plan.runs:,} runs, seed {plan.seed}."
    lines = "" if "Lines" in text else " Lines: 95% intervals over resampled runs."
    figure, axes = canvas(8.5, 1.9 + 0.36 * len(values), wrapped(message, 76), f"{text}{lines}\n{rest}")
    names = [name for name in ranked(values) if is_known(values[name])]
    for row, name in enumerate(names):
        _bar(axes, row, values[name], scale, colour(name))
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(names)), [plan.scenario.labels[name] for name in names])
    axes.invert_yaxis()
    axes.set_xlabel(label)
    return figure


def _bar(axes: Any, row: float, interval: Interval, scale: float, shade: str) -> None:
    axes.barh(row, scale * interval.mean, height=0.6, color=shade)
    axes.plot([scale * interval.low, scale * interval.high], [row, row], color=INK, linewidth=1.5, marker="|")
