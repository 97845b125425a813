"""Who moved whom in one negotiation."""

import math

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import ArrowStyle, FancyArrowPatch

from ..results.moves import pulls
from ..results.trace import Trace
from .captions import caption_of_run
from .style import LESS, MORE, PALE, colour, titled_panels, wrapped

MOST_ARROWS = 30  # that a reader can still follow
WIDEST = 8.0  # points
FAINTEST = 0.01  # of the widest


def moved(trace: Trace) -> Figure:
    """Who moved whom on the review period: an arrow from each speaker to each listener, as wide as the days."""
    days = {pair: pull for pair, pull in pulls(trace.run, trace.rounds).items() if pull}
    ranked = sorted(days.items(), key=lambda item: -abs(item[1]))
    drawn = {pair: pull for pair, pull in ranked[:MOST_ARROWS] if abs(pull) > FAINTEST * abs(ranked[0][1])}
    text = _moved_text(days, drawn)
    figure, (axes,) = titled_panels(8.5, 7.5, _moved_message(trace, drawn), caption_of_run(trace, text), 1, 1)
    points = _circle(trace)
    most = max(map(abs, drawn.values()), default=1.0)
    for (speaker, listener), pull in drawn.items():
        axes.add_patch(_arrow(points[speaker], points[listener], pull, most))
    for name, (x, y) in points.items():
        axes.plot(x, y, "o", color=colour(name), markersize=17, markeredgecolor="white", zorder=3)
        across = "center" if abs(x) < 0.05 else "left" if x > 0 else "right"
        upright = "center" if abs(y) < 0.85 else "bottom" if y > 0 else "top"
        axes.text(1.08 * x + math.copysign(0.04, x), 1.1 * y, _from_to(trace, name), ha=across, va=upright, fontsize=9)
    handles = [
        Line2D([], [], color=shade, linewidth=width, label=label)
        for shade, width, label in (
            (MORE, 3.0, "towards a longer review"),
            (LESS, 3.0, "towards a shorter one"),
            (PALE, WIDEST, f"{most:.0f} days in all"),
            (PALE, WIDEST / 4, f"{most / 4:.0f} days"),
        )[: 4 if drawn else 0]
    ]
    if handles:
        axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=4, frameon=False, fontsize=9)
    axes.set_xlim(-1.75, 1.75)
    axes.set_ylim(-1.3, 1.3)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return figure


def _moved_message(trace: Trace, drawn: dict[tuple[str, str], float]) -> str:
    if not drawn:
        return "Nobody moved anybody's ask"
    (speaker, listener), pull = next(iter(drawn.items()))
    labels = trace.scenario.labels
    change = "longer" if pull > 0 else "shorter"
    return f"The strongest pull: {labels[speaker]} on {labels[listener]}, towards a {change} review"


def _moved_text(days: dict[tuple[str, str], float], drawn: dict[tuple[str, str], float]) -> str:
    text = (
        "Arrows: days by which one moved another's ask on the review period, summed over the weeks; width by days.\n"
        "The pull of the own ideal, which takes part of it back each week, is not drawn.\n"
        "Below each name: its ideal and its last ask."
    )
    weaker = [abs(pull) for pair, pull in days.items() if pair not in drawn]
    return f"{text}\nNot drawn: {len(weaker)} weaker pulls, none above {max(weaker):.1f} days." if weaker else text


def _circle(trace: Trace) -> dict[str, tuple[float, float]]:
    """A point on a circle for everybody with a voice, from the top clockwise."""
    names = list(trace.run.case.voices)
    turns = [2.0 * math.pi * (number + 0.5) / len(names) for number in range(len(names))]
    return {name: (math.sin(turn), math.cos(turn)) for name, turn in zip(names, turns, strict=True)}


def _arrow(start: tuple[float, float], end: tuple[float, float], days: float, most: float) -> FancyArrowPatch:
    width = WIDEST * abs(days) / most
    return FancyArrowPatch(
        start,
        end,
        arrowstyle=ArrowStyle.Simple(head_length=7 + width, head_width=5 + 1.6 * width, tail_width=width),
        connectionstyle="arc3,rad=0.14",
        mutation_scale=1,
        shrinkA=10,
        shrinkB=10,
        linewidth=0,
        color=MORE if days > 0 else LESS,
        alpha=0.65,
    )


def _from_to(trace: Trace, name: str) -> str:
    """A name, and the review period from the ideal to the last ask."""
    ideal = trace.run.case.voices[name].ideal.review_days
    last = trace.rounds[-1].asks.get(name)
    days = f"{ideal:.0f} days" if last is None else f"{ideal:.0f} to {last.review_days:.0f} days"
    return f"{wrapped(trace.scenario.labels[name], 20)}\n{days}"
