"""Captions of figures of runs, and the figure that stands where there is nothing to show."""

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from ..results.summary import Summary
from ..results.words import counted, spoken
from .style import canvas

if TYPE_CHECKING:
    from ..results.trace import Trace


def caption(summary: Summary, text: str) -> str:
    """What is seen, and of which runs."""
    runs = counted(summary.finished, "run")
    return f"{text}\nScenario {summary.scenario.called}, {runs}, seed {summary.seed}."


def caption_of_run(trace: "Trace", text: str) -> str:
    """What is seen, and of which run."""
    outcome = trace.negotiation.outcome
    ending = "no outcome" if outcome is None else spoken(outcome.name.lower())
    return f"{text}\nScenario {trace.scenario.called}, run {trace.run.number} of seed {trace.seed}. Ends: {ending}."


def nothing(summary: Summary) -> Figure:
    """A figure that says why there is nothing to show."""
    message, text = "No run adopts a framework", "There is nothing to show."
    if summary.adopted:
        message, text = "No month to show", "The horizon is shorter than a month."
    figure, axes = canvas(6, 1.6, message, caption(summary, text))
    axes.set_axis_off()
    return figure
