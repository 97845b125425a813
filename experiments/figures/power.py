"""Whose word weighs how much in one negotiation."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..results.trace import Trace, weights_in
from .asks import mark_order
from .captions import caption_of_run
from .style import canvas, colour, spread_out

# ---------------------------------------------------------------- whose word weighs how much


def power(trace: Trace) -> Figure:
    """Everybody's share of the weight at the table, round by round, one above the other."""
    weeks = [shares_of_weight(trace, number) for number in range(len(trace.rounds))]
    text = (
        "Bars: weight of each word as a share of all at the table: influence, as refused drafts have left it, lifted\n"
        "by the threat and by the share of the frontier that has not pledged. How much each cares comes on top of it."
    )
    figure, axes = canvas(9, 5, _power_message(trace, weeks), caption_of_run(trace, text))
    names = [name for name in trace.run.case.voices if any(name in week for week in weeks)]
    numbers = [week.week for week in trace.rounds]
    below = [0.0] * len(weeks)
    for name in names:
        its = [week.get(name, 0.0) for week in weeks]
        axes.bar(numbers, its, 0.92, below, color=colour(name), edgecolor="white", linewidth=0.6, label=name)
        below = [low + high for low, high in zip(below, its, strict=True)]
    _name_parts(trace, axes, weeks[-1])
    mark_order(trace, axes, 0.5)
    axes.set_xlim(numbers[0] - 0.6, numbers[-1] + 0.6)
    axes.set_ylim(0, 100)
    axes.set_xlabel("Week")
    axes.set_ylabel("Share of the weight at the table (%)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def shares_of_weight(trace: Trace, number: int) -> dict[str, float]:
    """Everybody's share of the weight at the table in one round, in percent."""
    weights = weights_in(trace.run, trace.rounds, number)
    total = sum(weights.values())
    return {name: 100.0 * weight / total for name, weight in weights.items()}


def _power_message(trace: Trace, weeks: list[dict[str, float]]) -> str:
    """Who has the most weight at first and at last."""
    first, last = (max(week, key=lambda name: week[name]) for week in (weeks[0], weeks[-1]))
    labels = trace.scenario.labels
    message = f"Most weight: {labels[first]}, {weeks[0][first]:.0f}%"
    if len(weeks) == 1:
        return message
    return f"{message} in the first week; {labels[last]}, {weeks[-1][last]:.0f}% in the last"


def _name_parts(trace: Trace, axes: Axes, shares: dict[str, float]) -> None:
    """The names of the last bar's parts beside it, each with its share."""
    middles, below = [], 0.0
    for its in shares.values():
        middles.append(below + its / 2)
        below += its
    edge = trace.rounds[-1].week + 0.46
    for (name, its), middle, place in zip(shares.items(), middles, spread_out(middles, 5.2, 99.0), strict=True):
        axes.annotate(
            f"{trace.scenario.labels[name]} {its:.0f}%",
            (edge, middle),
            (1.04, place / 100.0),
            textcoords="axes fraction",
            va="center",
            fontsize=9,
            arrowprops={"arrowstyle": "-", "color": colour(name), "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 0},
            annotation_clip=False,
        )
