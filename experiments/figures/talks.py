"""Figures of one negotiation, from its trace."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import ArrowStyle, FancyArrowPatch
from matplotlib.ticker import MaxNLocator

from model.negotiation import Decision
from model.rules.opting_in import total_gain
from model.rules.records import Gain, Outcome

from ..results.trace import Trace, pulls, weights_in
from .style import INK, LESS, MORE, PALE, canvas, colour, spread_out, titled_panels, wrapped

LINES = ("-", "--", ":", "-.")
MOST_ARROWS = 30  # that a reader can still follow
WIDEST = 8.0  # points
FAINTEST = 0.01  # of the widest
MOST_ACROSS = 7  # labs in a row
PART_NAMES = {  # of a lab's gain, costs last
    "goodwill": "federal goodwill",
    "peers": "company of those in",
    "mandate": "a law averted",
    "protection": "ad-hoc holds spared",
    "precedent": "agreement it has",
    "stance": "view of review as such",
    "side_deals": "side deals",
    "courting": "persuasion",
    "delay": "delay at home",
    "foreign_delay": "delay abroad",
    "disclosure": "disclosure",
    "secrecy": "secret threshold",
    "open_weights": "open weights",
}


def caption(trace: Trace, what: str) -> str:
    """What is seen, and of which run."""
    outcome = trace.negotiation.outcome
    ending = "no outcome" if outcome is None else outcome.name.lower().replace("_", " ")
    return f"{what}\nScenario {trace.scenario.called}, run {trace.run.number} of seed {trace.seed}. Ends: {ending}."


def asks(trace: Trace) -> Figure:
    """Every stakeholder's ask on the review period by round, and the draft or offer on the table."""
    text = "Lines: what each asks for at the end of the week; black: the draft or offer on the table; x: sent back."
    first, last = trace.rounds[0].terms.review_days, trace.rounds[-1].terms.review_days
    figure, axes = canvas(
        9, 5, f"The review on the table goes from {first:.0f} to {last:.0f} days", caption(trace, text)
    )
    drawn = _ask_lines(trace, axes)
    weeks = [week.week for week in trace.rounds]
    offered = [week.terms.review_days for week in trace.rounds]
    drawn += axes.plot(weeks, offered, color=INK, linewidth=3, label="On the table")
    back = [week for week in trace.rounds if week.verdict is not None and not week.verdict.signed]
    axes.plot(
        [w.week for w in back], [w.terms.review_days for w in back], "x", color=INK, markersize=10, markeredgewidth=3
    )
    _mark_order(trace, axes)
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
    for place, name in enumerate(trace.run.case.voices):
        weeks = [week.week for week in trace.rounds if name in week.asks]
        days = [week.asks[name].review_days for week in trace.rounds if name in week.asks]
        if weeks:
            style, label = LINES[place % len(LINES)], trace.scenario.labels[name]
            drawn += axes.plot(weeks, days, style, color=colour(name), linewidth=1.8, label=label)
    return drawn


# ---------------------------------------------------------------- whose word weighs how much


def power(trace: Trace) -> Figure:
    """Everybody's share of the weight at the table, round by round, one above the other."""
    weeks = [shares_of_weight(trace, number) for number in range(len(trace.rounds))]
    text = (
        "Bars: weight of each word as a share of all at the table: influence, as refused drafts have left it, lifted\n"
        "by the threat and by the share of the frontier that has not pledged. How much each cares comes on top of it."
    )
    figure, axes = canvas(9, 5, _power_message(trace, weeks), caption(trace, text))
    names = [name for name in trace.run.case.voices if any(name in week for week in weeks)]
    numbers = [week.week for week in trace.rounds]
    below = [0.0] * len(weeks)
    for name in names:
        its = [week.get(name, 0.0) for week in weeks]
        axes.bar(numbers, its, 0.92, below, color=colour(name), edgecolor="white", linewidth=0.6, label=name)
        below = [low + high for low, high in zip(below, its, strict=True)]
    _name_parts(trace, axes, weeks[-1])
    _mark_order(trace, axes, 0.5)
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


def _mark_order(trace: Trace, axes: Axes, shift: float = 0.0) -> None:
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


# ---------------------------------------------------------------- who moved whom


def moved(trace: Trace) -> Figure:
    """Who moved whom on the review period: an arrow from each speaker to each listener, as wide as the days."""
    days = {pair: its for pair, its in pulls(trace.run, trace.rounds).items() if its}
    ranked = sorted(days.items(), key=lambda item: -abs(item[1]))
    drawn = {pair: its for pair, its in ranked[:MOST_ARROWS] if abs(its) > FAINTEST * abs(ranked[0][1])}
    text = _moved_text(days, drawn)
    figure, (axes,) = titled_panels(8.5, 7.5, _moved_message(trace, drawn), caption(trace, text), 1, 1)
    places = _circle(trace)
    most = max(map(abs, drawn.values()), default=1.0)
    for (who, whom), its in drawn.items():
        axes.add_patch(_arrow(places[who], places[whom], its, most))
    for name, (x, y) in places.items():
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
    (who, whom), its = next(iter(drawn.items()))
    labels = trace.scenario.labels
    longer = "longer" if its > 0 else "shorter"
    return f"The strongest pull: {labels[who]} on {labels[whom]}, towards a {longer} review"


def _moved_text(days: dict[tuple[str, str], float], drawn: dict[tuple[str, str], float]) -> str:
    text = (
        "Arrows: days by which one moved another's ask on the review period, summed over the weeks; width by days.\n"
        "The pull of the own ideal, which takes part of it back each week, is not drawn.\n"
        "Below each name: its ideal and its last ask."
    )
    rest = [abs(its) for pair, its in days.items() if pair not in drawn]
    return text + (f"\nNot drawn: {len(rest)} weaker pulls, none above {max(rest):.1f} days." if rest else "")


def _circle(trace: Trace) -> dict[str, tuple[float, float]]:
    """A place on a circle for everybody with a voice, from the top clockwise."""
    names = list(trace.run.case.voices)
    turns = [2.0 * math.pi * (place + 0.5) / len(names) for place in range(len(names))]
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


# ---------------------------------------------------------------- why each lab decided as it did


def gains(trace: Trace) -> Figure:
    """What each lab gained and lost by joining when it last decided, part by part down to the sum."""
    said = {name: _last_decision(trace, name) for name in trace.run.case.labs}
    text = (
        "Bars, from the top: each part of the gain of joining goes on from where the one above ends; last: the sum.\n"
        "1 is worth a whole release cycle; above 0 a lab is likelier to pledge than not. As of its last decision."
    )
    if not any(said.values()):
        figure, axes = canvas(7, 1.8, "No lab took the question up", caption(trace, "There is nothing to show."))
        axes.set_axis_off()
        return figure
    rows = math.ceil(len(said) / MOST_ACROSS)
    columns = math.ceil(len(said) / rows)
    size = (max(7.5, 2.2 + 1.35 * columns), 1.4 + 3.6 * rows)
    figure, panels = titled_panels(*size, _gains_message(trace, said), caption(trace, text), rows, columns)
    for axes, (name, decision) in zip(panels, said.items(), strict=False):
        axes.set_title(_decided(trace, name, decision), fontsize=9)
        if decision is not None:
            _waterfall(axes, decision[1].gain, colour(name))
    _name_gains(panels, len(said), columns)
    return figure


def _name_gains(panels: list[Axes], labs: int, columns: int) -> None:
    """The parts along the left side, the unit under the lowest panel of each column."""
    names = [*(PART_NAMES[part] for part in Gain._fields), "all together"]
    panels[0].set_yticks(range(len(names)), names)
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    low, high = panels[0].get_xlim()
    panels[0].set_xlim(low, high + 0.35 * (high - low))  # room for the numbers
    for axes in panels[labs:]:
        axes.set_axis_off()
    for axes in panels[max(0, labs - columns) : labs]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("Gain (cycles)")


def _last_decision(trace: Trace, name: str) -> tuple[int, Decision] | None:
    """The week in which a lab last took the question up, and what it decided; None if it never did."""
    decided = [(week.week, week.decisions[name]) for week in trace.rounds if name in week.decisions]
    return decided[-1] if decided else None


def _gains_message(trace: Trace, said: dict[str, tuple[int, Decision] | None]) -> str:
    """Who gained most and who least by joining."""
    totals = {name: total_gain(its[1].gain) for name, its in said.items() if its is not None}
    most, least = (choose(totals, key=lambda name: totals[name]) for choose in (max, min))
    labels = trace.scenario.labels
    if totals[most] == totals[least]:
        return f"{labels[most]} gains {totals[most]:+.2f} release cycles by joining"
    return (
        f"{labels[most]} gains most by joining ({totals[most]:+.2f} release cycles), "
        f"{labels[least]} least ({totals[least]:+.2f})"
    )


def _decided(trace: Trace, name: str, decision: tuple[int, Decision] | None) -> str:
    """A lab, and what it last decided when."""
    label = wrapped(trace.scenario.labels[name], 16)
    if decision is None:
        return f"{label}\nnever took it up"
    week, its = decision
    return f"{label}\n{'pledged' if its.pledged else 'stayed out'}\nin week {week}"


def _waterfall(axes: Axes, gain: Gain, shade: str) -> None:
    """The parts of a gain, each from where the one above it leaves the sum, and the sum."""
    start = 0.0
    for place, part in enumerate(gain):
        axes.barh(place, part, 0.7, start, color=MORE if part > 0 else LESS)
        axes.plot([start + part] * 2, [place - 0.35, place + 1.35], color=PALE, linewidth=0.7)
        start += part
    axes.barh(len(gain), start, 0.7, color=shade)
    axes.annotate(
        f"{start:+.2f}", (max(start, 0.0), len(gain)), (4, 0), textcoords="offset points", va="center", fontsize=9
    )
    axes.axvline(0.0, color=PALE, linewidth=0.8)


FIGURES = {"asks": asks, "power": power, "moved": moved, "gains": gains}
