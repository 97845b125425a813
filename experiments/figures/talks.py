"""Figures of one negotiation, from its trace."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from model.rules.records import Outcome

from ..trace import Trace
from .style import INK, canvas, colour

LINES = ("-", "--", ":", "-.")


def asks(trace: Trace) -> Figure:
    """Every stakeholder's ask on the review period by round, and the draft or offer on the table."""
    outcome = trace.negotiation.outcome
    ending = "no outcome" if outcome is None else outcome.name.lower().replace("_", " ")
    text = (
        f"Lines: what each asks for at the end of the week; black: the draft or offer on the table; x: a draft sent "
        f"back.\nScenario {trace.scenario.called}, run {trace.run.number} of seed {trace.seed}. Ends: {ending}."
    )
    first, last = trace.rounds[0].terms.review_days, trace.rounds[-1].terms.review_days
    figure, axes = canvas(9, 5, f"The review on the table goes from {first:.0f} to {last:.0f} days", text)
    for place, name in enumerate(trace.run.case.voices):
        weeks = [week.week for week in trace.rounds if name in week.asks]
        days = [week.asks[name].review_days for week in trace.rounds if name in week.asks]
        if weeks:
            axes.plot(
                weeks,
                days,
                LINES[place % len(LINES)],
                color=colour(name),
                linewidth=1.8,
                label=trace.scenario.labels[name],
            )
    weeks = [week.week for week in trace.rounds]
    axes.plot(weeks, [week.terms.review_days for week in trace.rounds], color=INK, linewidth=3, label="On the table")
    back = [week for week in trace.rounds if week.verdict is not None and not week.verdict.signed]
    axes.plot(
        [w.week for w in back], [w.terms.review_days for w in back], "x", color=INK, markersize=10, markeredgewidth=3
    )
    signed = [week for week in trace.rounds if week.verdict is not None and week.verdict.signed]
    for week in signed:
        axes.axvline(week.week, color="#777777", linewidth=1)
        axes.annotate("order signed", (week.week, axes.get_ylim()[1]), (3, -10), textcoords="offset points", fontsize=8)
    if outcome is Outcome.ADOPTED:
        axes.annotate("announced", (weeks[-1], last), (0, 8), textcoords="offset points", ha="right", fontsize=8)
    axes.set_xlabel("Week")
    axes.set_ylabel("Review period (days)")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    return figure
