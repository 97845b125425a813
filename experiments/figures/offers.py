"""The review period in one negotiation, week by week: the table, what labs ask for, who stalls, who pledges."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from model.rules.records import Outcome, Word
from model.turns.drafting import Stall

from ..results.trace import Trace
from .captions import caption_of_run
from .style import INK, canvas, colour, spread_out

BACKGROUND = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.5}
LINES = ("-", "--", ":", "-.")
TEXT = (
    "Black: the draft or offer on the table; lines: what each lab asks for. Cross: sent back; square: stalled, in the\n"
    "colour of who stalled; filled dot: the lab pledges; ring: it pledges if enough of the others do. At the right:\n"
    "ideals of the officials."
)


def offers(trace: Trace) -> Figure:
    """Offers and asks on the review period, with stalls, refusals and words."""
    first, last = trace.rounds[0].terms.review_days, trace.rounds[-1].terms.review_days
    message = f"The review on the table goes from {first:.0f} to {last:.0f} days"
    if trace.negotiation.outcome is Outcome.NO_ORDER:
        message = f"No order: the last draft, of {last:.0f} days of review, is not signed"
    figure, axes = canvas(10, 5.4, message, caption_of_run(trace, TEXT))
    drawn = _ask_lines(trace, axes)
    weeks = [week.week for week in trace.rounds]
    drawn += axes.plot(weeks, [week.terms.review_days for week in trace.rounds], color=INK, lw=3, label="On the table")
    _mark_events(trace, axes)
    mark_order(trace, axes)
    if trace.negotiation.outcome is Outcome.ADOPTED:
        axes.annotate(
            "announced",
            (weeks[-1], last),
            (-8, 14),
            textcoords="offset points",
            ha="right",
            fontsize=8,
            bbox=BACKGROUND,
        )
    axes.set_xlabel("Week")
    axes.set_ylabel("Review period (days)")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _mark_ideals(trace, axes, weeks)
    labels = [str(line.get_label()) for line in drawn]  # given, since matplotlib leaves out those that begin with _
    axes.legend(drawn, labels, loc="upper right", frameon=False, fontsize=8, ncols=2)
    return figure


def _ask_lines(trace: Trace, axes: Axes) -> list[Line2D]:
    """A line for each lab, over the weeks in which it asked."""
    drawn = []
    for number, name in enumerate(trace.run.case.labs):
        weeks = [week.week for week in trace.rounds if name in week.asks]
        days = [week.asks[name].review_days for week in trace.rounds if name in week.asks]
        if weeks:
            style, label = LINES[number % len(LINES)], trace.scenario.labels[name]
            drawn += axes.plot(weeks, days, style, color=colour(name), linewidth=1.5, alpha=0.9, label=label)
    return drawn


def _mark_events(trace: Trace, axes: Axes) -> None:
    """Refusals and stalls on the table's line, first words on the labs' own."""
    for week in trace.rounds:
        at = (week.week, week.terms.review_days)
        if week.verdict is not None and not week.verdict.signed:
            axes.plot(*at, "x", color=INK, markersize=10, markeredgewidth=3)
        for entry in week.log:
            if isinstance(entry, Stall):
                axes.plot(*at, "s", color=colour(entry.official), markersize=8, markeredgecolor="white", zorder=4)
        for name, decision in week.decisions.items():
            if decision.word > decision.word_before and name in week.asks:
                inside = colour(name) if decision.word is Word.PLEDGED else "white"
                spot = (week.week, week.asks[name].review_days)
                axes.plot(*spot, "o", color=colour(name), markerfacecolor=inside, markersize=7, zorder=5)


def _mark_ideals(trace: Trace, axes: Axes, weeks: Sequence[int]) -> None:
    """The officials' ideals beside the right edge, each with its name."""
    officials = sorted(trace.run.case.officials, key=lambda name: trace.run.case.voices[name].ideal.review_days)
    days = [trace.run.case.voices[name].ideal.review_days for name in officials]
    top = axes.get_ylim()[1]
    heights = spread_out(days, 0.05 * top, 0.97 * top)
    for name, ideal, height in zip(officials, days, heights, strict=True):
        axes.annotate(
            f"{trace.scenario.labels[name]}: {ideal:.0f}",
            (1.0, min(ideal, top)),
            (1.03, height / top),
            xycoords=("axes fraction", "data"),
            textcoords="axes fraction",
            va="center",
            fontsize=8,
            color=INK,
            arrowprops={"arrowstyle": "-", "color": colour(name), "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 0},
            annotation_clip=False,
        )
    axes.set_xlim(weeks[0] - 0.5, max(weeks[-1] + 0.4, weeks[0] + 1.0))


def mark_order(trace: Trace, axes: Axes) -> None:
    """A line at the week in which the order was signed."""
    for week in trace.rounds:
        if week.verdict is not None and week.verdict.signed:
            axes.axvline(week.week, color=INK, linewidth=1)
            axes.annotate(
                "order signed",
                (week.week, 1.0),
                (4, -11),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                fontsize=8,
                bbox=BACKGROUND,
            )
