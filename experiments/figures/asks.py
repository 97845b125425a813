"""Everybody's ask on the review period in one negotiation, and what is on the table."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from model.rules.records import Outcome

from ..results.trace import Trace
from .captions import caption_of_run
from .style import INK, canvas, colour

LINES = ("-", "--", ":", "-.")


def asks(trace: Trace) -> Figure:
    """Every stakeholder's ask on the review period by round, and the draft or offer on the table."""
    text = "Lines: what each asks for at the end of the week; black: the draft or offer on the table; x: sent back."
    first, last = trace.rounds[0].terms.review_days, trace.rounds[-1].terms.review_days
    figure, axes = canvas(
        9, 5, f"The review on the table goes from {first:.0f} to {last:.0f} days", caption_of_run(trace, text)
    )
    drawn = _ask_lines(trace, axes)
    weeks = [week.week for week in trace.rounds]
    offered = [week.terms.review_days for week in trace.rounds]
    drawn += axes.plot(weeks, offered, color=INK, linewidth=3, label="On the table")
    refused = [week for week in trace.rounds if week.verdict is not None and not week.verdict.signed]
    weeks_refused, days_refused = [week.week for week in refused], [week.terms.review_days for week in refused]
    axes.plot(weeks_refused, days_refused, "x", color=INK, markersize=10, markeredgewidth=3)
    mark_order(trace, axes)
    if trace.negotiation.outcome is Outcome.ADOPTED:
        axes.annotate("announced", (weeks[-1], last), (0, 8), textcoords="offset points", ha="right", fontsize=8)
    axes.set_xlabel("Week")
    axes.set_ylabel("Review period (days)")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    labels = [str(line.get_label()) for line in drawn]  # given, since matplotlib leaves out those that begin with _
    axes.legend(drawn, labels, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    return figure


def _ask_lines(trace: Trace, axes: Axes) -> list[Line2D]:
    """A line for everybody who had a voice."""
    drawn = []
    for number, name in enumerate(trace.run.case.voices):
        weeks = [week.week for week in trace.rounds if name in week.asks]
        days = [week.asks[name].review_days for week in trace.rounds if name in week.asks]
        if weeks:
            style, label = LINES[number % len(LINES)], trace.scenario.labels[name]
            drawn += axes.plot(weeks, days, style, color=colour(name), linewidth=1.8, label=label)
    return drawn


def mark_order(trace: Trace, axes: Axes, shift: float = 0.0) -> None:
    """A line at the week in which the order was signed, or this many weeks later."""
    for week in trace.rounds:
        if week.verdict is not None and week.verdict.signed:
            axes.axvline(week.week + shift, color=INK, linewidth=1)
            axes.annotate(
                "order signed",
                (week.week + shift, 1.0),
                (4, -11),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                fontsize=8,
                bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.5},
            )
