"""Why each lab decided as it did in one negotiation."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.rules.opting_in import taste_worth, total_gain
from model.rules.records import GAIN_ABOUT, Word
from model.turns.table import Decision

from ..results.trace import Trace
from .captions import caption_of_run
from .style import LESS, MORE, PALE, canvas, colour, titled_panels, wrapped

MOST_ACROSS = 7  # labs in a row
TASTE = "taste: what these leave out"
WORDS = {Word.OUT: "held out", Word.CONDITIONAL: "pledged if\nothers do", Word.PLEDGED: "pledged"}


def gains(trace: Trace) -> Figure:
    """The gain of each lab from joining at its last answer, part by part and with its taste, down to the sum."""
    decisions = {name: _last_decision(trace, name) for name in trace.run.case.labs}
    text = (
        "Bars, from the top: each part of the gain from joining starts where the one above ends; last: the sum.\n"
        "1 is a whole release cycle; at the last call a lab pledges above 0. As of its last answer."
    )
    if not any(decisions.values()):
        figure, axes = canvas(7, 1.8, "No lab took the question up", caption_of_run(trace, "There is nothing to show."))
        axes.set_axis_off()
        return figure
    rows = math.ceil(len(decisions) / MOST_ACROSS)
    columns = math.ceil(len(decisions) / rows)
    size = (max(7.5, 2.2 + 1.35 * columns), 1.4 + 3.6 * rows)
    figure, panels = titled_panels(*size, _gains_message(trace, decisions), caption_of_run(trace, text), rows, columns)
    for axes, (name, decision) in zip(panels, decisions.items(), strict=False):
        axes.set_title(_decided(trace, name, decision), fontsize=9)
        if decision is not None:
            taste = taste_worth(decision[1].taste, trace.run.case.relations)
            _waterfall(axes, [*decision[1].gain, taste], colour(name))
    _name_gains(panels, len(decisions), columns)
    return figure


def _name_gains(panels: list[Axes], labs: int, columns: int) -> None:
    """The parts along the left side, the unit under the lowest panel of each column."""
    names = [*(about.label for about in GAIN_ABOUT.values()), TASTE, "all together"]
    panels[0].set_yticks(range(len(names)), names)
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    low, high = panels[0].get_xlim()
    panels[0].set_xlim(low, high + 0.35 * (high - low))  # room for the numbers
    for axes in panels[labs:]:
        axes.set_axis_off()
    for axes in panels[max(0, labs - columns) : labs]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("Gain (release\ncycles)")


def _last_decision(trace: Trace, name: str) -> tuple[int, Decision] | None:
    """The week in which a lab last took the question up, and what it decided; None if it never did."""
    decided = [(week.week, week.decisions[name]) for week in trace.rounds if name in week.decisions]
    return decided[-1] if decided else None


def _gains_message(trace: Trace, decisions: dict[str, tuple[int, Decision] | None]) -> str:
    """Who gained most and who least by joining."""
    relations = trace.run.case.relations
    totals = {
        name: total_gain(decision[1].gain) + taste_worth(decision[1].taste, relations)
        for name, decision in decisions.items()
        if decision is not None
    }
    most, least = (choose(totals, key=lambda name: totals[name]) for choose in (max, min))
    labels = trace.scenario.labels
    if totals[most] == totals[least]:
        return f"{labels[most]} gains {totals[most]:+.2f} release cycles by joining"
    return (
        f"{labels[most]} gains most by joining ({totals[most]:+.2f} release cycles), "
        f"{labels[least]} least ({totals[least]:+.2f})"
    )


def _decided(trace: Trace, name: str, decision: tuple[int, Decision] | None) -> str:
    """A lab, its last decision and the week of it."""
    label = wrapped(trace.scenario.labels[name], 16)
    if decision is None:
        return f"{label}\nnever took it up"
    week, last = decision
    return f"{label}\n{WORDS[last.word]}\nin week {week}"


def _waterfall(axes: Axes, gain: list[float], shade: str) -> None:
    """The parts of a gain and the taste, each from where the one above it leaves the sum, and the sum."""
    start = 0.0
    for row, part in enumerate(gain):
        axes.barh(row, part, 0.7, start, color=MORE if part > 0 else LESS)
        axes.plot([start + part] * 2, [row - 0.35, row + 1.35], color=PALE, linewidth=0.7)
        start += part
    axes.barh(len(gain), start, 0.7, color=shade)
    axes.annotate(
        f"{start:+.2f}", (max(start, 0.0), len(gain)), (4, 0), textcoords="offset points", va="center", fontsize=9
    )
    axes.axvline(0.0, color=PALE, linewidth=0.8)
