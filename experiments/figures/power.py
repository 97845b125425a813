"""How much everybody's voice weighs in one negotiation."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..results.moves import weights_in
from ..results.trace import Trace
from .asks import mark_order
from .captions import caption_of_run
from .style import canvas, colour, spread_out


def power(trace: Trace) -> Figure:
    """Everybody's share of the weight at the table, round by round, one above the other."""
    weeks = [shares_of_weight(trace, number) for number in range(len(trace.rounds))]
    text = (
        "Bars: weight of each voice as a share of all at the table: influence, as changed by refused drafts, raised\n"
        "by the threat and by the share of the frontier that has not pledged. Salience is not included."
    )
    figure, axes = canvas(9, 5, _power_message(trace, weeks), caption_of_run(trace, text))
    names = [name for name in trace.run.case.voices if any(name in week for week in weeks)]
    numbers = [week.week for week in trace.rounds]
    below = [0.0] * len(weeks)
    for name in names:
        shares = [week.get(name, 0.0) for week in weeks]
        axes.bar(numbers, shares, 0.92, below, color=colour(name), edgecolor="white", linewidth=0.6, label=name)
        below = [low + high for low, high in zip(below, shares, strict=True)]
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
    then = f"{weeks[-1][last]:.0f}% in the last"
    return (
        f"{message} in the first week and {then}"
        if last == first
        else f"{message} in the first week; {labels[last]}, {then}"
    )


def _name_parts(trace: Trace, axes: Axes, shares: dict[str, float]) -> None:
    """The names of the last bar's parts beside it, each with its share."""
    middles, below = [], 0.0
    for share in shares.values():
        middles.append(below + share / 2)
        below += share
    edge = trace.rounds[-1].week + 0.46
    for (name, share), middle, height in zip(shares.items(), middles, spread_out(middles, 5.2, 99.0), strict=True):
        axes.annotate(
            f"{trace.scenario.labels[name]} {share:.0f}%",
            (edge, middle),
            (1.04, height / 100.0),
            textcoords="axes fraction",
            va="center",
            fontsize=9,
            arrowprops={"arrowstyle": "-", "color": colour(name), "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 0},
            annotation_clip=False,
        )
