"""What each official and each lab got of what it wanted, in one negotiation."""

from matplotlib.figure import Figure

from model.rules import spatial
from model.rules.opting_in import taste_worth, total_gain
from model.rules.records import Outcome

from ..results.trace import Trace
from .captions import caption_of_run
from .style import INK, PALE, colour, say, sheet


def got(trace: Trace) -> Figure:
    """Officials: what the last terms are worth to each, as a share of all it wanted; labs: their gains with taste."""
    text = (
        "Left: what the last terms are worth to an official over no text; 1 is its ideal, below 0 none would be\n"
        "better. Right: what a lab gains by joining, its taste included, as it last answered; it pledges above 0."
    )
    officials, labs = worth_to_officials(trace), gain_of_labs(trace)
    message = _message(trace, officials)
    height = 1.6 + 0.42 * max(len(officials), len(labs), 3)
    figure = sheet(10, height, caption_of_run(trace, text))
    say(figure, message)
    panels = figure.subplots(1, 2)
    for axes, values, unit in zip(
        panels, (officials, labs), ("Share of what it wanted", "Gain with taste\n(release cycles)"), strict=True
    ):
        for row, (name, value) in enumerate(values.items()):
            axes.barh(row, value, 0.7, color=colour(name))
            spot = (max(value, 0.0), row)
            axes.annotate(f"{value:+.2f}", spot, (4, 0), textcoords="offset points", va="center", fontsize=9)
        axes.set_yticks(range(len(values)), [trace.scenario.labels[name] for name in values])
        axes.invert_yaxis()
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_xlabel(unit)
        low, high = axes.get_xlim()
        axes.set_xlim(low, high + 0.25 * (high - low))  # room for the numbers
    panels[0].axvline(1.0, color=PALE, linewidth=0.8)
    if not labs:
        panels[1].set_axis_off()
    return figure


def worth_to_officials(trace: Trace) -> dict[str, float]:
    """What the last terms are worth to each official, as a share of what its ideal is (1 its ideal, 0 no text)."""
    reach, terms = trace.negotiation.state.reach, trace.rounds[-1].terms
    worth = {}
    for name in trace.run.case.officials:
        voice = trace.run.case.voices[name]
        without = next(seat.without for seat in trace.negotiation.officials if seat.name == name)
        worth[name] = spatial.worth(voice, terms, without, reach) / without if without > 0.0 else 0.0
    return worth


def gain_of_labs(trace: Trace) -> dict[str, float]:
    """What each lab gained by joining when it last answered, with its taste (release cycles); those that answered."""
    gains = {}
    for week in trace.rounds:
        for name, decision in week.decisions.items():
            gains[name] = total_gain(decision.gain) + taste_worth(decision.taste, trace.run.case.relations)
    return {name: gains[name] for name in trace.run.case.labs if name in gains}


def _message(trace: Trace, officials: dict[str, float]) -> str:
    """Who got most of what it wanted."""
    best, labels = max(officials, key=lambda name: officials[name]), trace.scenario.labels
    what = "the framework" if trace.negotiation.outcome is Outcome.ADOPTED else "the last text"
    return f"Of the officials, {labels[best]} got most of what it wanted from {what}, {officials[best]:.2f} of it"
