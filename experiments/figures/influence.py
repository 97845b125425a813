"""Figures of influence, each stakeholder in its colour."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from ..analysis.influence import Influence
from ..analysis.influence_text import LABELS, ranked
from ..measures.intervals import Interval
from .style import INK, canvas, colour, wrapped

VIEWS = "Views of its own against neutral ones: the plain compromise of all ideals, and for labs a stance of 0."


def figures(found: Influence) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """The figures of influence: name, and what draws it."""
    for measure in found.shapley:
        yield f"shapley-{measure.replace('_', '-')}", partial(shapley, found, measure)
    yield "pivotal", partial(pivotal, found)
    yield "one-day-more", partial(one_day_more, found)
    yield "more-influence", partial(more_influence, found)
    yield "moved", partial(moved, found)


def shapley(found: Influence, measure: str) -> Figure:
    """What each stakeholder's views bring to a measure; the bars add up to what everybody's do."""
    its, scale = found.shapley[measure], 100.0 if measure == "adopted" else 1.0
    whole, nobody = (scale * worth[measure] for worth in (found.whole, found.nobody))
    unit = "%" if measure == "adopted" else " days"
    message = f"Everybody's views take {LABELS[measure]} from {nobody:.1f} to {whole:.1f}{unit}"
    text = f"Bars: Shapley values; they add up to the change from {nobody:.1f}{unit} to {whole:.1f}{unit}.\n{VIEWS}"
    label = f"Change of {LABELS[measure]} ({'percentage points' if measure == 'adopted' else 'days'})"
    return _bars(found, its, scale, message, text, label)


def pivotal(found: Influence) -> Figure:
    """How often each lab's last word decided."""
    labels = found.plan.scenario.labels
    top = max(found.pivotal, key=lambda name: found.pivotal[name].mean)
    its = found.pivotal[top]
    message = f"The last word of {labels[top]} decides in {100 * its.mean:.0f}% of runs"
    text = "Bars: share of runs that would have ended otherwise, had this lab's last word been the other way and all\n"
    text += "other words the same. Lines: 95% Wilson intervals."
    return _bars(found, found.pivotal, 100.0, message, text, "Its last word decides (% of runs)")


def one_day_more(found: Influence) -> Figure:
    """What one more day in each one's ideal does to the review period."""
    labels, its = found.plan.scenario.labels, found.day
    top = ranked(its)[0]
    message = f"One more day asked for by {labels[top]} moves the review by {its[top].mean:+.2f} days"
    text = "Bars: change of the mean review period at announcement, from central differences of five days either way."
    return _bars(found, its, 1.0, message, text, "Days at announcement for one more day in the ideal")


def more_influence(found: Influence) -> Figure:
    """What a tenth more influence of each does to adoption."""
    labels, its = found.plan.scenario.labels, found.tenth
    top = ranked(its)[0]
    apart = its[top].low > 0.0 or its[top].high < 0.0
    message = (
        f"A tenth more influence of {labels[top]} moves adoption by {100 * its[top].mean:+.2f} points"
        if apart
        else "No one's influence moves adoption by itself, as far as can be told"
    )
    text = "Bars: change of adoption, from central differences of a quarter either way."
    return _bars(found, its, 100.0, message, text, "Percentage points of adoption for a tenth more influence")


def moved(found: Influence) -> Figure:
    """Who moved whom in the first run of the scenario as it stands."""
    from ..results.trace import trace  # brings Mesa, which the other figures do without
    from .moved import moved as of_one_run

    return of_one_run(trace(found.plan.scenario, 0, found.plan.seed))


def _bars(found: Influence, its: Mapping[str, Interval], scale: float, message: str, text: str, label: str) -> Figure:
    """A bar a stakeholder with its interval, the largest change first."""
    plan = found.plan
    rest = f"Scenario {plan.scenario.called}, {len(plan.points):,} points of {plan.runs:,} runs, seed {plan.seed}."
    lines = "" if "Lines" in text else " Lines: 95% intervals over resampled runs."
    figure, axes = canvas(8.5, 1.9 + 0.36 * len(its), wrapped(message, 76), f"{text}{lines}\n{rest}")
    for place, name in enumerate(ranked(its)):
        _bar(axes, place, its[name], scale, colour(name))
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(its)), [plan.scenario.labels[name] for name in ranked(its)])
    axes.invert_yaxis()
    axes.set_xlabel(label)
    return figure


def _bar(axes: Any, place: float, its: Interval, scale: float, shade: str) -> None:
    axes.barh(place, scale * its.mean, height=0.6, color=shade)
    axes.plot([scale * its.low, scale * its.high], [place, place], color=INK, linewidth=1.5, marker="|")
