"""What stands beneath figures of runs, and what is drawn where there is nothing to show."""

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from .style import canvas

if TYPE_CHECKING:
    from ..results.trace import Trace

type Summary = dict[str, Any]


def caption(summary: Summary, what: str) -> str:
    """What is seen, and of which runs."""
    good = summary["runs"] - summary["failed"]
    return f"{what}\nScenario {summary['called']}, {runs_told(good)}, seed {summary['seed']}."


def caption_of_run(trace: "Trace", what: str) -> str:
    """What is seen, and of which run."""
    outcome = trace.negotiation.outcome
    ending = "no outcome" if outcome is None else outcome.name.lower().replace("_", " ")
    return f"{what}\nScenario {trace.scenario.called}, run {trace.run.number} of seed {trace.seed}. Ends: {ending}."


def runs_told(count: int) -> str:
    """A number of runs."""
    return f"{count:,} run{'s' * (count != 1)}"


def any_year(summary: Summary) -> bool:
    """Whether any run has adopted a framework, so that there is a year after to show."""
    return bool(summary["ad_hoc"]["releases"]["runs"])


def nothing(summary: Summary) -> Figure:
    """A figure that says why there is nothing to show."""
    message = "No month to show" if any_year(summary) else "No run adopts a framework"
    text = "The horizon is shorter than a month." if any_year(summary) else "There is nothing to show."
    figure, axes = canvas(6, 1.6, message, caption(summary, text))
    axes.set_axis_off()
    return figure
